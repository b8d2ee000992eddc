"""What the parse stage works with: the raw document that came in, and the draft of an article that goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from copydesk_schemas.parts import (
    Author,
    Dateline,
    Genre,
    Link,
    Media,
    Provenance,
    Rights,
    Source,
    SyndicatedFrom,
)
from copydesk_schemas.raw import FeedItemHint, HttpHint, SourceHint
from copydesk_schemas.reasons import Action, DateRole, Flag, FoundIn, Priority


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One raw record, both forms alike: the bytes and what the producer says of them."""

    content: bytes
    media_type: str | None = None
    charset: str | None = None
    url: str | None = None
    final_url: str | None = None
    raw_id: str | None = None
    """Only where the producer gave one."""
    source: SourceHint | None = None
    fetched_at: datetime | None = None
    """Given by the producer, else the record's timestamp, else None."""
    http: HttpHint | None = None
    feed_item: FeedItemHint | None = None
    title_hint: str | None = None
    published_hint: str | None = None
    language_hint: str | None = None
    action: Action = Action.UPSERT
    priority: Priority = Priority.LIVE


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date as it stands in the document or its metadata, not yet read or weighed.

    `source` says where, as in `jsonld:datePublished` or `text:header-line`. Dates within the story (captions, body)
    have the role mentioned; their sentence goes into `context`, so that weekdays can be checked against them.
    """

    raw: str
    role: DateRole
    source: str
    confidence: float
    context: str = ""


@dataclass(slots=True)
class Draft:
    """An article under construction: a format parser fills it, `core.parse` finishes it.

    `content` is what the item's SHA-256 is taken of: the document's bytes, or the entry's within a feed.
    """

    content: bytes
    title: str | None = None
    subtitle: str | None = None
    description: str | None = None
    key_points: list[str] = field(default_factory=list)
    body: str = ""
    authors: list[Author] = field(default_factory=list)
    dateline: Dateline | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    genre: Genre | None = None
    language_claims: list[str] = field(default_factory=list)
    """BCP 47 codes that the document claims, the most reliable first."""
    dates: list[FoundDate] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    url: str | None = None
    canonical_link: str | None = None
    """`rel=canonical`, `og:url` or the entry's link, absolute, unchecked."""
    source: Source | None = None
    syndicated_from: SyndicatedFrom | None = None
    is_accessible_for_free: bool | None = None
    withdrawn: bool = False
    """Its provider takes the article back: a takedown of the article that has its address, or the record's `raw_id`."""
    rights: Rights | None = None
    flags: set[Flag] = field(default_factory=set)
    provenance: dict[str, Provenance] = field(default_factory=dict)

    def took(
        self, name: str, extractor: str, version: str, source: FoundIn, confidence: float, candidates: int = 1
    ) -> None:
        """Note who found the field `name`, and where."""
        self.provenance[name] = Provenance(
            extractor=extractor,
            version=version,
            source=source,
            confidence=round(confidence, 3),
            candidates=candidates,
        )
