"""DuplicateArticle: an article that was set aside, with the reason and the evidence."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt, PositiveInt

from copydesk_schemas.base import Instant, Record, Score
from copydesk_schemas.parts import Algorithm, Author, Language, RawRef, Source, Stats, Window
from copydesk_schemas.reasons import DuplicateVerdict
from copydesk_schemas.version import SCHEMA_VERSION


class DuplicateOf(Record):
    """The published article that this is a copy of."""

    article_id: str
    """Its id."""
    revision: PositiveInt
    """Its revision at the time."""
    url: str | None
    """Its canonical address."""
    title: str | None
    """Its headline."""
    source: str | None
    """Its publisher's domain or name."""
    published_at: Instant | None
    """When it was published."""


class DifferingSpan(Record):
    """A stretch that only one of the two texts has."""

    side: str
    """`this` or `original`."""
    text: str
    """The words, at most 200 characters."""


class Evidence(Record):
    """What the verdict rests on."""

    shingles_shared: NonNegativeInt | None = None
    """Sketch hashes that both texts have."""
    shingles_total: NonNegativeInt | None = None
    """Sketch hashes of this text."""
    title_similarity: Score | None = None
    """Similarity of the two titles; null when one is missing."""
    length_ratio: float | None = Field(default=None, ge=0)
    """Words of this text over words of the original."""
    differing_spans: list[DifferingSpan] = Field(default_factory=list, max_length=3)
    """At most 3 stretches that differ, where the original's text is still known."""
    published_delta_s: float | None = None
    """Seconds from the original's publication to this one's."""


class ThisCopy(Record):
    """The copy itself, short."""

    url: str | None
    """Its canonical address, else where it was fetched."""
    title: str | None
    """Its headline."""
    source: Source
    """Its publisher."""
    authors: list[Author]
    """Its authors."""
    published_at: Instant | None
    """When it was published."""
    language: Language
    """Its language."""
    stats: Stats
    """Its counts."""


class DuplicateArticle(Record):
    """One article set aside as a copy of a published one."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract."""
    article_id: str
    """Id of this copy."""
    duplicate_of: DuplicateOf
    """The published article."""
    verdict: DuplicateVerdict
    """Why it was set aside."""
    similarity: Score
    """1 for exact copies, else containment."""
    threshold: Score
    """From where on texts count as the same."""
    method: str
    """How it was found. Example: `bottom16-containment`."""
    evidence: Evidence
    """What the verdict rests on."""
    copies: PositiveInt
    """Running count of copies of the original, this one included."""
    decided_at: Instant
    """When it was decided."""
    algorithm: Algorithm
    """What decided."""
    window: Window
    """How far back was looked."""
    this: ThisCopy
    """The copy itself."""
    raw: RawRef
    """The exact record that it came from."""
