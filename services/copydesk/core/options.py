"""Options of the core: everything that can change a result. Frozen, hashable, picklable; no environment here."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any


def _all_enrichers() -> tuple[str, ...]:
    # Imported late: enrichers take options themselves.
    from copydesk.core.enrich.registry import names

    return names()


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """Options of the parse stage."""

    max_content_bytes: int = 10 * 1024 * 1024
    """Larger documents are dead letters, code oversized."""
    max_html_depth: int = 500
    """Deeper nesting is cut before a tree is built."""
    max_html_tags: int = 100_000
    """A page with more tags is refused: extraction would not end in time."""
    max_html_links: int = 10_000
    """A page with more links is refused: extraction compares each with its neighbours."""
    max_feed_items: int = 1_000
    """A feed with more items is refused."""
    min_body_words: int = 20
    """Shorter bodies are dead letters, code body_short, unless the item has a title."""
    short_body_words: int = 60
    """Shorter bodies carry the flag body_short."""
    blocked_languages: tuple[str, ...] = ()
    """BCP 47 primary codes that are refused."""


@dataclass(frozen=True, slots=True)
class DedupeOptions:
    """Options of the dedupe stage. Figures behind the defaults: docs/choices.md."""

    window_days: int = 14
    threshold: float = 0.7
    min_shared_keys: int = 2
    min_words: int = 40
    max_postings: int = 64
    shards: int = 1
    """Partitions of `parsed-articles`; a language group belongs to one of them."""


@dataclass(frozen=True, slots=True)
class EnrichOptions:
    """Options of the enrich stage."""

    enrichers: tuple[str, ...] = field(default_factory=_all_enrichers)
    """Which run, by default all of the registry; language and stats always do."""
    max_keywords: int = 10
    max_topics: int = 5
    summary_sentences: int = 3


@dataclass(frozen=True, slots=True)
class Options:
    """All options of the core."""

    parse: ParseOptions = field(default_factory=ParseOptions)
    dedupe: DedupeOptions = field(default_factory=DedupeOptions)
    enrich: EnrichOptions = field(default_factory=EnrichOptions)


@cache
def config_hash(options: Any) -> str:
    """First 16 hex digits of the SHA-256 of an options dataclass as sorted JSON."""
    text = json.dumps(dataclasses.asdict(options), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
