"""A dedupe desk: a state, and parsed articles that arrive one after the other."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import Decision, decide
from copydesk.core.fingerprint import fingerprint
from copydesk.core.ids import article_id, content_sha256
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay
from copydesk_schemas.duplicate import DuplicateArticle
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.parts import Language, Quality, RawRef, Source, Stats
from copydesk_schemas.reasons import Action

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPTIONS = DedupeOptions()
URL = "https://example.com/story"


def prose(words: int, seed: int = 1) -> str:
    """Words that no other seed gives in this order."""
    numbers = random.Random(seed)
    return " ".join(f"w{numbers.randrange(50_000)}" for _ in range(words))


STORY, OTHER = prose(300, 1), prose(300, 2)


class Desk:
    """A state, and records that arrive one after the other, a second apart."""

    def __init__(self, options: DedupeOptions = OPTIONS) -> None:
        self.options = options
        self.state = Overlay(MemoryStore())
        self.log: list[tuple[bytes, bytes | None]] = []
        self.offset = 0

    def parsed(
        self,
        body: str,
        *,
        url: str | None = None,
        offset: int | None = None,
        content: bytes | None = None,
        arrived: datetime | None = None,
        item: int = 0,
        **fields: Any,
    ) -> ParsedArticle:
        """A parsed article; without an `offset` the next one, without `content` no other has its bytes."""
        self.offset += 1
        at = self.offset if offset is None else offset
        sha256 = content_sha256(content if content is not None else f"{at} {body}".encode())
        arrived = arrived or NOW + timedelta(seconds=at)
        values: dict[str, Any] = {
            "article_id": article_id(url, sha256),
            "url": url,
            "canonical_url": url,
            "source": Source(domain="example.com"),
            "title": "A title of some length",
            "body": body,
            "language": Language(code="en", confidence=1),
            "ingested_at": arrived,
            "stats": Stats(chars=len(body), words=0, sentences=0, paragraphs=0, reading_seconds=0),
            "quality": Quality(score=1),
            "fingerprint": fingerprint(body, "en"),
            "raw": RawRef(
                topic="raw-articles", partition=2, offset=at, item=item, timestamp=arrived, sha256=sha256,
                bytes=len(body), media_type=None, charset=None,
            ),
        }  # fmt: skip
        return ParsedArticle(**{**values, **fields})

    def decide(self, article: ParsedArticle) -> Decision:
        """Decide on it, and keep its events."""
        decision = decide(article, self.state, self.options, now=NOW)
        self.log.extend(decision.events)
        return decision

    def send(self, body: str, **fields: Any) -> Decision:
        """Decide on an article of this text."""
        return self.decide(self.parsed(body, **fields))

    def unique(self, body: str, **fields: Any) -> UniqueArticle:
        """The same, which must be published."""
        unique = self.send(body, **fields).unique
        assert unique is not None
        return unique

    def copy(self, body: str, **fields: Any) -> DuplicateArticle:
        """The same, which must be set aside."""
        duplicate = self.send(body, **fields).duplicate
        assert duplicate is not None
        return duplicate

    def take_down(self, **fields: Any) -> Decision:
        """Decide on a takedown."""
        return self.send("", action=Action.DELETE, title=None, content=b"", **fields)
