"""DuplicateArticle: an article that was set aside, with the reason and the evidence."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt, PositiveInt

from copydesk_schemas.base import Instant, Record, Score, Untrusted
from copydesk_schemas.parts import Algorithm, Author, Language, RawRef, Source, Stats, Window
from copydesk_schemas.reasons import DuplicateVerdict
from copydesk_schemas.version import SCHEMA_VERSION


class DuplicateOf(Record):
    """The published article that this is a copy of."""

    article_id: str
    """Its id. Example: `5f2b8a1c9d3e4f60718293a4b5c6d7e8`."""
    revision: PositiveInt
    """Its revision at the time. Example: `1`."""
    url: Untrusted | None
    """Its canonical address. Example: `https://example.com/news/bridge-reopens`."""
    title: Untrusted | None
    """Its headline. Example: `Bridge reopens after repairs`."""
    source: Untrusted | None
    """Its publisher's domain or name. Example: `example.com`."""
    published_at: Instant | None
    """When it was published. Example: `2019-03-28T15:42:00Z`."""


class DifferingSpan(Record):
    """A stretch that only one of the two texts has."""

    side: str
    """`this` or `original`. Example: `this`."""
    text: Untrusted
    """The words, at most 200 characters. Example: `Additional reporting by John Roe`."""


class Evidence(Record):
    """What the verdict rests on."""

    shingles_shared: NonNegativeInt | None = None
    """Sketch hashes that both texts have. Example: `148`."""
    shingles_total: NonNegativeInt | None = None
    """Sketch hashes of this text. Example: `160`."""
    title_similarity: Score | None = None
    """Similarity of the two titles; null when one is missing. Example: `0.92`."""
    length_ratio: float | None = Field(default=None, ge=0)
    """Words of this text over words of the original. Example: `1.04`."""
    differing_spans: list[DifferingSpan] = Field(default_factory=list, max_length=3)
    """At most 3 stretches that differ, where the original's text is still known."""
    published_delta_s: float | None = None
    """Seconds from the original's publication to this one's. Example: `5400.0`."""


class ThisCopy(Record):
    """The copy itself, short."""

    url: Untrusted | None
    """Its canonical address, else where it was fetched. Example: `https://copy.example/bridge`."""
    title: Untrusted | None
    """Its headline. Example: `Bridge reopens`."""
    source: Source
    """Its publisher."""
    authors: list[Author]
    """Its authors."""
    published_at: Instant | None
    """When it was published. Example: `2019-03-28T17:12:00Z`."""
    language: Language
    """Its language."""
    stats: Stats
    """Its counts."""


class DuplicateArticle(Record):
    """One article set aside as a copy of a published one."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract. Example: `1.0`."""
    article_id: str
    """Id of this copy. Example: `0d1c2b3a49586776859493a2b1c0dfee`."""
    duplicate_of: DuplicateOf
    """The published article."""
    verdict: DuplicateVerdict
    """Why it was set aside. Example: `near_duplicate`."""
    similarity: Score
    """1 for exact copies, else containment. Example: `0.93`."""
    threshold: Score
    """From where on texts count as the same. Example: `0.7`."""
    method: str
    """How it was found. Example: `bottom16-containment`."""
    evidence: Evidence
    """What the verdict rests on."""
    copies: PositiveInt
    """Running count of copies of the original, this one included. Example: `3`."""
    decided_at: Instant
    """When it was decided. Example: `2019-03-28T17:20:02.118Z`."""
    algorithm: Algorithm
    """What decided."""
    window: Window
    """How far back was looked."""
    this: ThisCopy
    """The copy itself."""
    raw: RawRef
    """The exact record that it came from."""
