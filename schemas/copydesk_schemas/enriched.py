"""EnrichedArticle: what consumers read from `enriched-articles`."""

from __future__ import annotations

from pydantic import PositiveInt

from copydesk_schemas.base import Instant, Record
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
    """Stable id: from the canonical URL, else from the raw content's bytes."""
    revision: PositiveInt
    """1 = first seen."""
    pub_status: PubStatus
    """Whether it may be used."""
    change: Change
    """What happened to this article with this record."""
    url: str | None
    """Where it was fetched."""
    canonical_url: str | None
    """The address that identifies the article."""
    source: Source
    """Publisher of this copy."""
    syndicated_from: SyndicatedFrom | None
    """Agency credit or source line."""
    title: str | None
    """Headline without the site's name; null only with flag `no_title`."""
    subtitle: str | None
    """Deck below the headline."""
    description: str | None
    """The publisher's own summary."""
    key_points: list[str]
    """Bullet summary above the story."""
    body: str
    """Clean text, NFC, paragraphs divided by one blank line; empty for a canceled article."""
    authors: list[Author]
    """Authors, split, without site names."""
    dateline: Dateline | None
    """Place and date before the first sentence."""
    section: str | None
    """The publisher's own section."""
    tags: list[str]
    """The publisher's own tags."""
    genre: Genre | None
    """Journalistic genre."""
    language: Language
    """Language of the text."""
    published_at: Instant | None
    """When it was published; null when that cannot be established."""
    published_precision: DatePrecision | None
    """Finest unit that the source states; finer units of `published_at` are zero."""
    published_tz_known: bool | None
    """Whether the source states a time zone; if not, UTC was assumed."""
    modified_at: Instant | None
    """When it was last modified."""
    date_candidates: list[DateCandidate]
    """Every date on offer, taken or not, and why."""
    fetched_at: Instant | None
    """When the producer fetched it."""
    ingested_at: Instant
    """When the raw record was appended to Kafka."""
    media: list[Media]
    """Pictures, videos, sounds, with their captions."""
    links: list[Link]
    """Links of the body, related stories, source."""
    is_accessible_for_free: bool | None
    """Whether the publisher says that it can be read without paying."""
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
    """SHA-256 of the canonical JSON (RFC 8785) of the content: same bytes, same pipeline, same hash."""
    processing: Processing
    """The only wall-clock block."""
