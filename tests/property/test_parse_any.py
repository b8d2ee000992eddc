"""Whatever comes in, each item ends as an article in normal form or as a failure; nothing is raised."""

import json
import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.records import with_headers

from copydesk.core.decode import decode
from copydesk.core.errors import Rejected
from copydesk.core.options import Options
from copydesk.core.parse import ItemFailure, parse_message

FORMATS = Path(__file__).parents[1] / "golden" / "formats"
WORDS = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<div>",
            "nitf:p>",
            "# ",
            "[a](",
            "]]>",
            '":',
            "{",
            "the council said",
            "“yes”",
            "&amp;",
            "\x00",
            "\ud800",
            "ü",
            "\n",
        ]
    )
)
PIECES = WORDS.map(lambda parts: " ".join(parts).encode("utf-8", "surrogatepass"))
ENVELOPES = st.dictionaries(
    st.sampled_from(["content", "url", "action", "media_type", "fetched_at", "raw_id", "http", "priority"]),
    st.one_of(st.none(), st.text(max_size=40), st.integers(), st.lists(st.text(max_size=5), max_size=3)),
).map(lambda fields: json.dumps(fields).encode())
DOCUMENTS = st.tuples(
    st.sampled_from([path.read_bytes() for path in sorted(FORMATS.iterdir()) if path.suffix != ".json"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), max_size=6),
)
"""Documents of the formats, and what is cut out of them and put in instead, where."""
BYTES = st.one_of(st.binary(max_size=400), PIECES, ENVELOPES, st.text(max_size=300).map(str.encode))


@settings(deadline=None, max_examples=150)
@given(DOCUMENTS, st.sampled_from([None, "text/html", "text/markdown", "text/plain", "text/xml"]))
def test_every_damaged_document_ends(
    document: tuple[bytes, list[tuple[float, int, bytes]]], claimed: str | None
) -> None:
    value, changes = document
    for place, length, piece in changes:
        at = int(place * len(value))
        value = value[:at] + piece + value[at + length :]
    ends(value, claimed)


@settings(deadline=None, max_examples=150)
@given(BYTES, st.sampled_from([None, "text/html", "text/plain", "application/rss+xml", "image/png", "x"]))
def test_every_record_ends(value: bytes, claimed: str | None) -> None:
    ends(value, claimed)


def ends(value: bytes, claimed: str | None) -> None:
    headers = {} if claimed is None else {"content_type": claimed}
    output = parse_message(with_headers(value, headers), Options())
    assert output.items
    for number, item in enumerate(output.items):
        assert item.raw.item == number
        if isinstance(item, ItemFailure):
            assert isinstance(item.error, Rejected), repr(item.error)
            continue
        for text in (item.title or "", item.body, *item.key_points):
            text.encode("utf-8")
            assert text == unicodedata.normalize("NFC", text)
            assert "\u00a0" not in text
        assert all(" ".join(part.split()) == part for part in item.body.split("\n\n"))


@settings(deadline=None)
@given(st.binary(max_size=600), st.sampled_from([None, "utf-8", "windows-1252", "shift_jis", "nonsense", "utf-16"]))
def test_decoding_gives_text_that_encodes_or_rejects(content: bytes, hint: str | None) -> None:
    try:
        decoded = decode(content, hint=hint)
    except Rejected:
        return
    decoded.text.encode("utf-8")
    assert decoded.charset


@given(st.text(max_size=300))
def test_valid_utf_8_is_never_changed_by_a_wrong_hint(text: str) -> None:
    try:
        plain, hinted = decode(text.encode()), decode(text.encode(), hint="windows-1252")
    except Rejected:
        return
    assert plain.text == hinted.text
