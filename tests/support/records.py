"""Raw records and results for tests that need no broker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from copydesk.core.options import Options
from copydesk.core.parse import ItemFailure, parse_message
from copydesk.core.ports import Overlay
from copydesk.core.records import Message
from copydesk_schemas.parsed import ParsedArticle

ARRIVED_MS = 1_772_366_400_000
"""2026-03-01T12:00:00Z"""
ARRIVED = datetime.fromtimestamp(ARRIVED_MS / 1000, UTC)


def raw(value: bytes | str | None, *, offset: int = 0, timestamp_ms: int = ARRIVED_MS, **headers: str) -> Message:
    """A raw record; underscores of header names become hyphens."""
    content = value.encode() if isinstance(value, str) else value
    return with_headers(content, headers, offset=offset, timestamp_ms=timestamp_ms)


def with_headers(
    value: bytes | None, headers: Mapping[str, str], *, offset: int = 0, timestamp_ms: int = ARRIVED_MS
) -> Message:
    """The same with the headers in a mapping."""
    pairs = tuple((name.replace("_", "-"), text.encode()) for name, text in headers.items())
    return Message("raw-articles", 0, offset, timestamp_ms, None, value, pairs)


def articles(message: Message, options: Options | None = None) -> list[ParsedArticle]:
    """The articles of a record; a failure of any item is raised."""
    found = []
    for item in parse_message(message, options or Options()).items:
        if isinstance(item, ItemFailure):
            raise item.error
        found.append(item)
    return found


def failures(message: Message, options: Options | None = None) -> list[ItemFailure]:
    """The failures of a record."""
    return [item for item in parse_message(message, options or Options()).items if isinstance(item, ItemFailure)]


class DictState:
    """A dedupe state in a dictionary."""

    def __init__(self) -> None:
        self.data: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        """The value under `key`."""
        return self.data.get(key)

    @contextmanager
    def transaction(self) -> Iterator[Overlay]:
        """An overlay whose changes are kept at the end."""
        overlay = Overlay(self)
        yield overlay
        self.data.update(overlay.changes)
