"""Parsed and unique articles for tests of the enrich stage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk.core.fingerprint import fingerprint
from copydesk.core.options import EnrichOptions
from copydesk.core.text.stats import compute_stats
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.parts import Algorithm, Change, Dedup, Language, Quality, RawRef, Window
from copydesk_schemas.reasons import ChangeKind, Verdict

ARRIVED = datetime(2026, 3, 10, 9, 41, 7, tzinfo=UTC)
RAW = RawRef(
    topic="raw-articles",
    partition=2,
    offset=17,
    timestamp=ARRIVED,
    sha256="0" * 64,
    bytes=100,
    media_type="text/plain",
    charset="utf-8",
)


def parsed(body: str, title: str | None = None, language: str = "en", **more: Any) -> ParsedArticle:
    """An article with this text and nothing else, but for `more`."""
    return ParsedArticle(
        **{
            "article_id": "a" * 32,
            "title": title,
            "body": body,
            "language": Language(code=language, confidence=0.99),
            "ingested_at": ARRIVED,
            "stats": compute_stats(body, language),
            "quality": Quality(score=0.9),
            "fingerprint": fingerprint(body, language),
            "raw": RAW,
            **more,
        }
    )


def document(body: str, title: str | None = None, language: str = "en", **options: Any) -> Document:
    """The same as enrichers see it; `options` are those of the enrich stage."""
    return Document(parsed(body, title, language), EnrichOptions(**options))


def unique(article: ParsedArticle, **more: Any) -> UniqueArticle:
    """The article with the verdict of one that was never seen before."""
    return UniqueArticle(
        **{
            "article": article,
            "revision": 1,
            "change": Change(kind=ChangeKind.NEW),
            "dedup": Dedup(
                verdict=Verdict.UNIQUE,
                exact_hash=article.fingerprint.exact_hash,
                near_keys="",
                story_id=article.article_id,
                nearest=None,
                window=Window(days=14),
                algorithm=Algorithm(name="bottom16-containment", version="1", config_hash="0" * 16),
            ),
            **more,
        }
    )
