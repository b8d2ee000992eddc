from __future__ import annotations

import pytest

from copydesk.core.decode import codec_of, decode
from copydesk.core.errors import Rejected
from copydesk_schemas.raw import HttpHint
from copydesk_schemas.reasons import Code

GERMAN = "Die Bürger von Köln müssen für das neue Gebäude größere Umwege in Kauf nehmen, sagte der Bürgermeister."
RUSSIAN = "Мэр города заявил, что мост откроют в понедельник после двух лет ремонта, сообщает наш корреспондент."
JAPANESE = "市長は月曜日、二年にわたる修理を終えて港の橋が再開されたと記者団に語った。"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (GERMAN, "cp1252", "iso-8859-1"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (GERMAN, "utf-16", None),
        (GERMAN, "utf-16-le", None),
        (GERMAN, "utf-8-sig", "windows-1252"),
    ],
)
def test_true_hints_are_followed(text: str, codec: str, label: str | None) -> None:
    decoded = decode(text.encode(codec), hint=label)
    assert decoded.text == text
    assert decoded.repaired is (codec == "utf-8-sig"), "the mark of UTF-8 stands against the label"


@pytest.mark.parametrize(
    ("text", "codec", "lie"),
    [
        (GERMAN, "utf-8", "windows-1252"),
        (RUSSIAN, "cp1251", "windows-1252"),
        (RUSSIAN, "cp1251", "utf-8"),
        (GERMAN, "cp1252", "windows-1251"),
        (GERMAN, "utf-8", "no-such-charset"),
        (GERMAN, "utf-8", "rot13"),
    ],
)
def test_a_false_hint_gives_way_to_the_bytes(text: str, codec: str, lie: str) -> None:
    decoded = decode(f"{text}\n".encode(codec) * 5, hint=lie)
    assert decoded.text == f"{text}\n" * 5
    # A label that names no charset claims nothing.
    assert decoded.repaired is (lie not in {"no-such-charset", "rot13"})


@pytest.mark.parametrize(
    ("head", "repaired"),
    [
        ('<meta charset="utf-8">', False),
        ('<meta charset="windows-1251">', True),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', True),
        ('<?xml version="1.0" encoding="us-ascii"?>', True),
        ('Write <meta charset="iso-8859-1"> for the old ones.', False),
        ("", False),
    ],
)
def test_a_document_that_is_wrong_about_itself_is_told(head: str, *, repaired: bool) -> None:
    decoded = decode(f"{head}<p>{GERMAN}</p>".encode())
    assert (decoded.text, decoded.repaired) == (f"{head}<p>{GERMAN}</p>", repaired)
    assert not decode(f"{head}<p>Plain letters.</p>".encode()).repaired, "which makes no difference"
    assert not decode(f"{head}<p>{GERMAN}</p>".encode(), hint="utf-8").repaired, "the producer has the first word"


def test_declarations_are_looked_for_in_the_response_the_page_and_the_xml() -> None:
    content = f"<p>{RUSSIAN}</p>"
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"></head>{content}'
    assert decode(page.encode("koi8-r")).charset == "koi8-r"
    xml = f'<?xml version="1.0" encoding="windows-1251"?>{content}'
    assert decode(xml.encode("cp1251")).charset == "windows-1251"
    http = HttpHint(headers={"Content-Type": "text/html; charset=windows-1251"})
    assert decode(content.encode("cp1251"), http=http).charset == "windows-1251"


def test_a_few_damaged_bytes_do_not_cost_the_document() -> None:
    decoded = decode(f"{GERMAN} Ü".encode()[:-1])
    assert decoded.repaired
    assert decoded.text == f"{GERMAN} �"


def test_text_decoded_once_too_often_is_repaired() -> None:
    wrong = GERMAN.encode().decode("cp1252")
    decoded = decode(wrong.encode())
    assert (decoded.text, decoded.repaired) == (GERMAN, True)


def test_a_page_that_quotes_mojibake_is_left_alone() -> None:
    text = f"{GERMAN} {RUSSIAN} Ein falsch gelesenes ü sieht so aus: Ã¼."
    decoded = decode(text.encode())
    assert (decoded.text, decoded.repaired) == (text, False)


def test_binary_is_no_text() -> None:
    with pytest.raises(Rejected) as caught:
        decode(bytes(range(256)) * 40)
    assert caught.value.code is Code.UNDECODABLE


def test_a_stray_control_character_is_dirt() -> None:
    decoded = decode(b"A long enough sentence about the harbour bridge" * 5 + b"\x00.")
    assert "\x00" not in decoded.text
    assert decoded.repaired


def test_labels_mean_what_the_web_means() -> None:
    assert codec_of("ISO-8859-1") == "cp1252"
    assert codec_of("gb2312") == "gb18030"
    assert codec_of("ks_c_5601-1987") == "cp949"
    assert codec_of("base64") is None
    assert codec_of("unicode_escape") is None
