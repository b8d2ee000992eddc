from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from copydesk.core.envelope import read_raw, split_media_type
from copydesk.core.errors import Rejected
from copydesk.core.records import Headers, Message
from copydesk_schemas.reasons import Action, Code, Priority

ARRIVED = 1_553_788_800_000


def message(value: bytes | None, headers: Headers = (), timestamp_ms: int = ARRIVED) -> Message:
    return Message("raw-articles", 0, 7, timestamp_ms, None, value, headers)


def envelope(**fields: Any) -> Message:
    return message(json.dumps(fields).encode())


def refused(raw: Message) -> Rejected:
    with pytest.raises(Rejected) as caught:
        read_raw(raw)
    return caught.value


def test_bare_document_takes_its_metadata_from_headers_without_regard_to_case() -> None:
    raw = read_raw(
        message(
            b"<p>Hello</p>",
            (
                ("Content-Type", b"text/html; charset=ISO-8859-1"),
                ("X-URL", b"https://example.com/a"),
                ("x-final-url", b"https://example.com/b"),
                ("ce_id", b"crawl-1"),
                ("ce_time", b"2019-03-28T15:42:00+01:00"),
            ),
        )
    )
    assert (raw.content, raw.media_type, raw.charset) == (b"<p>Hello</p>", "text/html", "ISO-8859-1")
    assert (raw.url, raw.final_url, raw.raw_id) == ("https://example.com/a", "https://example.com/b", "crawl-1")
    assert raw.fetched_at == datetime(2019, 3, 28, 14, 42, tzinfo=UTC)


def test_bare_document_without_headers_was_fetched_when_it_arrived() -> None:
    assert read_raw(message(b"text")).fetched_at == datetime(2019, 3, 28, 16, 0, tzinfo=UTC)
    assert read_raw(message(b"text", timestamp_ms=0)).fetched_at is None
    assert read_raw(message(b"text")).raw_id is None


def test_envelope_is_known_by_its_keys_or_by_its_header() -> None:
    assert read_raw(envelope(content="Hello", url="https://example.com/a")).content == b"Hello"
    header = (("content-type", b"application/vnd.copydesk.raw+json"),)
    assert read_raw(message(b'{"content": "Hello"}', header)).content == b"Hello"
    assert read_raw(message(b'{"items": []}')).content == b'{"items": []}'


def test_envelope_carries_hints_over() -> None:
    raw = read_raw(
        envelope(
            content_base64=base64.b64encode("Grüße".encode("latin-1")).decode(),
            charset="latin-1",
            media_type="text/plain; charset=utf-8",
            raw_id="r1",
            priority="backfill",
            title_hint="T",
            source={"name": "The Example Times"},
            unknown_key=1,
        )
    )
    assert (raw.content, raw.charset, raw.media_type) == ("Grüße".encode("latin-1"), "latin-1", "text/plain")
    assert raw.priority is Priority.BACKFILL
    assert raw.source is not None
    assert (raw.raw_id, raw.title_hint, raw.source.name) == ("r1", "T", "The Example Times")


def test_text_content_is_utf8_whatever_charset_it_once_had() -> None:
    assert read_raw(envelope(content="Grüße", charset="windows-1252")).charset == "utf-8"


def test_lone_surrogates_in_an_envelope_become_replacement_characters() -> None:
    assert read_raw(message(b'{"content": "a\\ud800b"}')).content == "a�b".encode()


@pytest.mark.parametrize("value", [None, b"", b" \r\n\t", b"\xef\xbb\xbf", b'{"content": " \\n"}'])
def test_nothing_is_empty(value: bytes | None) -> None:
    assert refused(message(value)).code is Code.EMPTY


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"content": "x", "fetched_at": "soon"}, "fetched_at"),
        ({"content": 5}, "content"),
        ({"content": "x", "priority": "urgent"}, "priority"),
        ({"content": "x", "source": {"country": "Germany"}}, "source.country"),
        ({"content_base64": "***"}, "content_base64"),
        ({"content": "x", "content_base64": "eA=="}, "exactly one"),
    ],
)
def test_wrong_envelope_names_its_key_and_shows_no_content(fields: dict[str, Any], key: str) -> None:
    error = refused(envelope(**fields))
    assert error.code is Code.INVALID_ENVELOPE
    assert key in error.message


def test_declared_envelope_that_is_no_json_is_refused() -> None:
    error = refused(message(b"<html>", (("content-type", b"application/vnd.copydesk.raw+json"),)))
    assert error.code is Code.INVALID_ENVELOPE


def test_wrong_header_is_named() -> None:
    assert "ce_time" in refused(message(b"text", (("ce_time", b"yesterday"),))).message
    assert "ce_id" in refused(message(b"text", (("ce_id", b"x" * 513),))).message


def test_takedown_needs_an_address_or_an_id_and_no_content() -> None:
    assert read_raw(envelope(action="delete", raw_id="r1")).action is Action.DELETE
    assert refused(envelope(action="delete")).code is Code.BAD_TAKEDOWN
    assert refused(envelope(action="delete", raw_id="r1", content="x")).code is Code.BAD_TAKEDOWN


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/a", "file:///etc/passwd", "example.com/a", "https://", "https://exa mple.com/", "http://a:b/"],
)
def test_only_web_addresses_are_addresses(url: str) -> None:
    assert refused(envelope(content="x", url=url)).code is Code.BAD_URL
    assert refused(message(b"x", (("x-final-url", url.encode()),))).code is Code.BAD_URL


def test_media_type_and_charset_of_a_content_type() -> None:
    assert split_media_type('Text/HTML; boundary=x; Charset="utf-8"') == ("text/html", "utf-8")
    assert split_media_type(" ") == (None, None)


def test_a_record_beyond_any_envelope_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Rejected) as refused:
        read_raw(message(b'{"content": "' + b"x" * (48 * 1024 * 1024) + b'"}'))
    assert refused.value.code is Code.OVERSIZED
