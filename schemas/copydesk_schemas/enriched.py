"""EnrichedArticle: what consumers read from `enriched-articles`."""

from __future__ import annotations

from pydantic import PositiveInt

from copydesk_schemas.base import Instant, Record, Untrusted
from copydesk_schemas.parts import (
    Author,
    Change,
    DateCandidate,
    Dateline,
    DateMentioned,
    Dedup,
    Entity,
    Genre,
    Keyword,
    Language,
    Link,
    Media,
    Pipeline,
    Place,
    Processing,
    Provenance,
    Quality,
    Quote,
    RawRef,
    Rights,
    Sentiment,
    Source,
    Stats,
    Summary,
    SyndicatedFrom,
    Topic,
)
from copydesk_schemas.reasons import DatePrecision, PubStatus


class EnrichedArticle(Record):
    """One clean article. Every key is present: unknown is null, an empty list is []."""

    schema_version: str
    """Version of this contract. Example: `1.0`."""
    article_id: str
    """Stable id: from the canonical URL, else from the raw content's bytes.
    Example: `5f2b8a1c9d3e4f60718293a4b5c6d7e8`.
    """
    revision: PositiveInt
    """1 = first seen. Example: `1`."""
    pub_status: PubStatus
    """Whether it may be used. Example: `usable`."""
    change: Change
    """What happened to this article with this record."""
    url: Untrusted | None
    """Where it was fetched. Example: `https://example.com/news/bridge-reopens?utm_source=feed`."""
    canonical_url: Untrusted | None
    """The address that identifies the article. Example: `https://example.com/news/bridge-reopens`."""
    source: Source
    """Publisher of this copy."""
    syndicated_from: SyndicatedFrom | None
    """Agency credit or source line."""
    title: Untrusted | None
    """Headline without the site's name; null only with flag `no_title`. Example: `Bridge reopens after repairs`."""
    subtitle: Untrusted | None
    """Deck below the headline. Example: `Two years of detours end`."""
    description: Untrusted | None
    """The publisher's own summary. Example: `The bridge is open to traffic again.`."""
    key_points: list[Untrusted]
    """Bullet summary above the story. Example: `["The bridge reopened on Monday", "Repairs took two years"]`."""
    body: Untrusted
    """Clean text, NFC, paragraphs divided by one blank line; empty for a canceled article.
    Example: `The bridge reopened on Monday after two years of repairs.`.
    """
    authors: list[Author]
    """Authors, split, without site names."""
    dateline: Dateline | None
    """Place and date before the first sentence."""
    section: Untrusted | None
    """The publisher's own section. Example: `World`."""
    tags: list[Untrusted]
    """The publisher's own tags. Example: `["bridges", "traffic"]`."""
    genre: Genre | None
    """Journalistic genre."""
    language: Language
    """Language of the text."""
    published_at: Instant | None
    """When it was published; null when that cannot be established. Example: `2019-03-28T15:42:00Z`."""
    published_precision: DatePrecision | None
    """Finest unit that the source states; finer units of `published_at` are zero. Example: `minute`."""
    published_tz_known: bool | None
    """Whether the source states a time zone; if not, UTC was assumed. Example: `true`."""
    modified_at: Instant | None
    """When it was last modified. Example: `2019-03-28T17:05:00Z`."""
    date_candidates: list[DateCandidate]
    """Every date on offer, taken or not, and why."""
    fetched_at: Instant | None
    """When the producer fetched it. Example: `2019-03-28T16:00:00Z`."""
    ingested_at: Instant
    """When the raw record was appended to Kafka. Example: `2019-03-28T16:00:01.250Z`."""
    media: list[Media]
    """Pictures, videos, sounds, with their captions."""
    links: list[Link]
    """Links of the body, related stories, source."""
    is_accessible_for_free: bool | None
    """Whether the publisher says that it can be read without paying. Example: `true`."""
    rights: Rights | None
    """Rights statement and reservations."""
    stats: Stats
    """Counts over the body."""
    entities: list[Entity]
    """Persons, organisations, places, others with their mentions."""
    places: list[Place]
    """Places with country codes and coordinates."""
    topics: list[Topic]
    """IPTC Media Topics."""
    keywords: list[Keyword]
    """Characteristic terms."""
    quotes: list[Quote]
    """Direct speech with speakers."""
    dates_mentioned: list[DateMentioned]
    """Dates that the body speaks of."""
    sentiment: Sentiment | None
    """Tone."""
    summary: Summary | None
    """Machine-made summary, labelled as such."""
    dedup: Dedup
    """Verdict of deduplication."""
    quality: Quality
    """How good the parse is."""
    provenance: dict[str, Provenance]
    """For each non-empty parsed field: who found it, and where."""
    raw: RawRef
    """The exact record that it came from."""
    pipeline: Pipeline
    """What software made this record."""
    content_hash: str
    """SHA-256 of the canonical JSON (RFC 8785) of the content: same bytes, same pipeline, same hash.
    Example: `9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab`.
    """
    processing: Processing
    """The only wall-clock block."""
