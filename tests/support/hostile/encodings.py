"""Hostile bytes: wrong, broken and mixed character sets, and what is no text at all."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib

from tests.support.hostile.base import STORY, Dice, headed, html, kind
from tests.support.service import Raw

_CHARSETS = (
    "utf-8", "utf-16", "utf-32", "utf-7", "windows-1252", "windows-1251", "koi8-r", "shift_jis", "euc-jp", "iso-2022-jp",
    "hz", "gb18030", "big5", "iso-8859-8", "cp037", "rot13", "hex", "base64", "zlib", "idna", "punycode", "unicode_escape",
    "raw_unicode_escape", "undefined", "mbcs", "x" * 5000, "", "\x00", "utf-8-sig", "utf_8_sig", "ascii", "none", "cp65001",
)  # fmt: skip
_CODECS = (
    "utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp1251", "koi8-r", "shift_jis", "euc-jp", "iso2022_jp", "gb18030",
    "big5", "cp037", "utf-7", "hz",
)  # fmt: skip
_MIXED = "Die Brücke über den Fluss — «мост через реку» 橋は閉鎖された — ξανά ανοίγει. "


@kind
def wrong_charset_claim(dice: Dice) -> Raw:
    value = (_MIXED * dice.much(2_000)).encode(dice.choice(_CODECS), "replace")
    claim = dice.choice(_CHARSETS)
    page = f'<html><head><meta charset="{claim}"></head><body><p>'.encode("utf-8", "replace") + value
    return headed(page, (("content-type", f"text/html; charset={dice.choice(_CHARSETS)}".encode()),))


@kind
def mixed_encodings(dice: Dice) -> bytes:
    return b"".join(_MIXED.encode(dice.choice(_CODECS), "replace") for _ in range(dice.much(3_000)))


@kind
def cut_in_mid_character(dice: Dice) -> bytes:
    value = (_MIXED * dice.much(2_000)).encode(dice.choice(_CODECS), "replace")
    return value[: len(value) - dice.randrange(1, 4)]


@kind
def lone_surrogates(dice: Dice) -> bytes:
    """WTF-8 and CESU-8: what careless encoders write."""
    one = dice.choice(("\ud800", "\udfff", "\ud83d\ude00", "\udc00\ud800"))
    return html(f"<p>{STORY}{one}</p>" * dice.much(2_000))


@kind
def overlong_utf_8(dice: Dice) -> bytes:
    one = dice.choice(
        (b"\xc0\xbc", b"\xe0\x80\xbc", b"\xf0\x80\x80\xbc", b"\xf8\x88\x80\x80\x80", b"\xff", b"\x80", b"\xc3")
    )
    return html(STORY) + one * dice.much(200_000)


@kind
def byte_order_marks(dice: Dice) -> bytes:
    mark = dice.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"))
    return mark * dice.randrange(1, 2_000) + (html(STORY) if dice.random() < 0.5 else STORY.encode("utf-16-le"))


@kind
def utf_16_with_lone_surrogates(dice: Dice) -> bytes:
    return b"\xff\xfe" + (STORY + "\ud800" * dice.randrange(1, 9) + STORY).encode("utf-16-le", "surrogatepass")


@kind
def random_bytes(dice: Dice) -> bytes:
    return dice.randbytes(dice.much(2**20))


@kind
def random_high_bytes(dice: Dice) -> bytes:
    return bytes(dice.choices(range(0x80, 0x100), k=dice.much(2**18))) + STORY.encode()


@kind
def null_bytes(dice: Dice) -> bytes:
    return dice.choice((b"\x00" * dice.much(2**20), STORY.encode() + b"\x00" * dice.much(1_000) + STORY.encode()))


@kind
def every_second_byte_is_null(dice: Dice) -> bytes:
    value = (STORY * dice.much(500)).encode(dice.choice(("utf-16-le", "utf-16-be", "utf-32-le")))
    return value[dice.randrange(2) :]


@kind
def packed(dice: Dice) -> bytes:
    bomb = bytes(dice.much(50 * 2**20))
    match dice.randrange(3):
        case 0:
            return gzip.compress(bomb)
        case 1:
            return zlib.compress(bomb)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("article.html", bomb)
    return archive.getvalue()


@kind
def magic_and_prose(dice: Dice) -> bytes:
    magic = dice.choice(
        (b"%PDF-1.7\n", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF", b"ID3", b"BZh9", b"{\\rtf1 ")
    )
    return magic + html(STORY)


@kind
def escape_sequences(dice: Dice) -> bytes:
    one = dice.choice((b"\x1b$B", b"\x1b(B", b"~{", b"~}", b"\x0e", b"\x0f", b"\x1b$)C", b"+AGE-", b"\x1b$B0!\x1b(B"))
    claim = dice.choice(("iso-2022-jp", "hz", "iso-2022-kr", "utf-7"))
    return f'<meta charset="{claim}">'.encode() + html(STORY) + one * dice.much(200_000)


@kind
def decoded_too_often(dice: Dice) -> bytes:
    wrong = _MIXED.encode()
    for _ in range(dice.randrange(1, 4)):
        wrong = wrong.decode("cp1252", "replace").encode()
    value = wrong * (dice.much(2**21) // len(wrong))
    return value if dice.random() < 0.5 else value.replace(b"\n", b" ")
