"""Headers of published records: CloudEvents 1.0 (Kafka binding, binary mode), tracing, and what internal topics carry.

Source: CloudEvents Kafka Protocol Binding 1.0.2; W3C Trace Context.
"""

from __future__ import annotations

import re
from datetime import datetime

from copydesk.core.records import Headers
from copydesk_schemas.base import format_instant
from copydesk_schemas.version import SCHEMA_VERSION

TRACEPARENT = "traceparent"
RAW_KEY = "copydesk-raw-key"
"""On internal topics: the raw record's key, which a dead letter of a later stage is published under."""

RAW = "copydesk-raw"
"""On internal topics: `topic-partition-offset-item` of the raw record, readable where the value is not."""

_CAP = 200
_MAX_TRACE = 256
"""A trace's parent has 55 bytes. Whatever is larger would go along with every record that follows."""
_TRACEPARENT = re.compile(
    rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?P<more>-.*)?", re.DOTALL
)
"""Version, trace, parent, flags; later versions may have more. W3C Trace Context, 3.2.2 and 4.3."""


def header(headers: Headers, name: str) -> bytes | None:
    """The last value of a header, by name without regard to case."""
    for key, value in reversed(headers):
        if key.lower() == name:
            return value
    return None


def schema_uri(record: str) -> str:
    """`ce_dataschema` of a record type, the `$id` of its JSON Schema."""
    return f"urn:copydesk:schema:{record}:{SCHEMA_VERSION}"


def capped(text: str) -> bytes:
    """A header value that a person can read: one line, at most 200 characters."""
    return " ".join(text.split())[:_CAP].encode("utf-8", "replace")


def trace_headers(incoming: Headers) -> Headers:
    """`traceparent`, carried over where it is valid; one that is not counts as none."""
    value = header(incoming, TRACEPARENT)
    return () if value is None or _trace_of(value) is None else ((TRACEPARENT, value),)


def trace_id(incoming: Headers) -> str | None:
    """32 hex digits of the trace that a record belongs to; None where it belongs to none."""
    value = header(incoming, TRACEPARENT)
    return None if value is None else _trace_of(value)


def _trace_of(value: bytes) -> str | None:
    match = _TRACEPARENT.fullmatch(value) if len(value) <= _MAX_TRACE else None
    if match is None or (match[1] == b"00" and match["more"]):
        return None
    return match[2].decode()


def internal_headers(incoming: Headers, raw_key: bytes | None, raw: str) -> Headers:
    """Headers on the internal topics.

    Args:
        incoming: headers of the record that led to this one.
        raw_key: key of the raw record.
        raw: its coordinates with the item.
    """
    key: Headers = () if raw_key is None else ((RAW_KEY, raw_key),)
    return (*trace_headers(incoming), *key, (RAW, raw.encode()))


def event_headers(record: str, *, event_id: str, source: str, subject: str | None, time: datetime) -> Headers:
    """CloudEvents attributes of a published record.

    Args:
        record: `enriched`, `duplicate` or `dead-letter`.
        event_id: unique with `source`.
        source: the raw topic.
        subject: the article's id, where there is one.
        time: event time; Kafka's own timestamp is the append time.
    """
    pairs = [
        ("content-type", "application/json"),
        ("ce_specversion", "1.0"),
        ("ce_id", event_id),
        ("ce_type", f"news.article.{record}.v1"),
        ("ce_source", f"/copydesk/{source}"),
        ("ce_time", format_instant(time)),
        ("ce_dataschema", schema_uri(record)),
    ]
    if subject is not None:
        pairs.insert(5, ("ce_subject", subject))
    return tuple((name, value.encode()) for name, value in pairs)
