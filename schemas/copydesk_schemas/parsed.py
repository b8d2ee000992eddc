"""ParsedArticle and UniqueArticle: what crosses the internal topics `parsed-articles` and `unique-articles`."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from copydesk_schemas.base import Instant, Record, Untrusted
from copydesk_schemas.parts import (
    Author,
    Change,
    DateCandidate,
    Dateline,
    Dedup,
    Genre,
    Language,
    Link,
    Media,
    Provenance,
    Quality,
    RawRef,
    Rights,
    Source,
    Stats,
    SyndicatedFrom,
)
from copydesk_schemas.reasons import Action, DatePrecision, Priority
from copydesk_schemas.version import SCHEMA_VERSION


class Fingerprint(Record):
    """What deduplication knows of a text. Computed in the parse stage, where there is CPU."""

    exact_hash: str
    """SHA-256 of the normalised body, hex."""
    near_keys: list[int] = Field(default_factory=list)
    """The 16 smallest 64-bit shingle hashes, ascending; empty below 40 words."""
    sketch: list[int] = Field(default_factory=list)
    """Every fourth shingle hash by value (modulo), 32 bit, ascending."""
    shingles: int = 0
    """Number of distinct shingles."""
    words: int = 0
    """Number of words (segments where the script has no spaces)."""
    method: str = "word3"
    """`word3` (3-word shingles), `char15` (scripts without spaces) or `exact` (too short)."""


class ParsedArticle(Record):
    """One item after the parse stage. A takedown has `action` delete, an empty body and null fields."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract."""
    action: Action = Action.UPSERT
    """What was asked for: an article, or a takedown of one."""
    priority: Priority = Priority.LIVE
    """Whether it counts in the freshness figures."""
    raw_id: Untrusted | None = None
    """The producer's explicit idempotency key, else null."""
    article_id: str
    url: Untrusted | None = None
    requested_url: Untrusted | None = None
    """The address that was asked for, where redirects led from it to `url`: a takedown may name it."""
    canonical_url: Untrusted | None = None
    source: Source = Source()
    syndicated_from: SyndicatedFrom | None = None
    title: Untrusted | None = None
    subtitle: Untrusted | None = None
    description: Untrusted | None = None
    key_points: list[Untrusted] = Field(default_factory=list)
    body: Untrusted = ""
    authors: list[Author] = Field(default_factory=list)
    dateline: Dateline | None = None
    section: Untrusted | None = None
    tags: list[Untrusted] = Field(default_factory=list)
    genre: Genre | None = None
    language: Language
    published_at: Instant | None = None
    published_precision: DatePrecision | None = None
    published_tz_known: bool | None = None
    modified_at: Instant | None = None
    date_candidates: list[DateCandidate] = Field(default_factory=list)
    fetched_at: Instant | None = None
    ingested_at: Instant
    media: list[Media] = Field(default_factory=list)
    links: list[Link] = Field(default_factory=list)
    is_accessible_for_free: bool | None = None
    rights: Rights | None = None
    stats: Stats
    quality: Quality
    provenance: dict[str, Provenance] = Field(default_factory=dict)
    fingerprint: Fingerprint
    """What deduplication compares it by."""
    raw: RawRef
    stages: dict[str, float] = Field(default_factory=dict)
    """Work time so far, milliseconds a step."""


class UniqueArticle(Record):
    """An article that deduplication lets through, with its verdict."""

    article: ParsedArticle
    """The article as the parse stage left it."""
    revision: PositiveInt
    """1 = first seen."""
    change: Change
    """What happened to this article with this record."""
    dedup: Dedup
    """Verdict of deduplication."""
