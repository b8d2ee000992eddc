"""Parts that several record types share. Offsets count Unicode code points, half open."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt, PositiveInt

from copydesk_schemas.base import Instant, Record, Score, Untrusted
from copydesk_schemas.reasons import (
    ChangeKind,
    DateRole,
    EntityType,
    Flag,
    FoundIn,
    LinkRel,
    MediaType,
    Verdict,
)


class RawRef(Record):
    """The exact record that an article came from."""

    topic: str
    """Topic of the raw record. Example: `raw-articles`."""
    partition: NonNegativeInt
    """Its partition. Example: `4`."""
    offset: NonNegativeInt
    """Its offset. Example: `128731`."""
    item: NonNegativeInt = 0
    """Position of the entry in a feed document; 0 otherwise. Example: `0`."""
    items: PositiveInt | None = None
    """Number of entries of the feed document, 1 for any other; null where it was never divided. Example: `1`."""
    timestamp: Instant
    """Kafka timestamp of the raw record (log append time). Example: `2019-03-28T16:00:01.250Z`."""
    sha256: str
    """SHA-256 of the content's bytes, hex.
    Example: `9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab`.
    """
    bytes: NonNegativeInt
    """Size of the content, bytes. Example: `48213`."""
    media_type: str | None
    """Media type that the document was read as. Example: `text/html`."""
    charset: Untrusted | None
    """Character set that it was decoded with. Example: `utf-8`."""


class Source(Record):
    """Publisher of this copy; every member may be null."""

    domain: Untrusted | None = None
    """Host name of the publisher without `www.`. Example: `example.com`."""
    name: Untrusted | None = None
    """Name of the publisher. Example: `The Example Times`."""
    country: Untrusted | None = None
    """ISO 3166-1 alpha-2. Example: `GB`."""
    type: Untrusted | None = None
    """Kind of publisher where stated: newspaper, agency, broadcaster, blog. Example: `newspaper`."""
    feed_url: Untrusted | None = None
    """Feed that the item came from. Example: `https://example.com/feed.xml`."""


class SyndicatedFrom(Record):
    """Agency credit or «Source: …» line."""

    name: Untrusted | None = None
    """Name as credited. Example: `Reuters`."""
    url: Untrusted | None = None
    """Address of the original, where given. Example: `https://agency.example/2019/bridge`."""


class Author(Record):
    """One author, split from the byline, without site names."""

    name: Untrusted
    """Display name. Example: `Jane Doe`."""
    url: Untrusted | None = None
    """Profile page. Example: `https://example.com/authors/jane-doe`."""
    role: Untrusted | None = None
    """Role as printed. Example: `Political Editor`."""
    raw: Untrusted | None = None
    """The byline that it was read from. Example: `By Jane Doe, Political Editor`."""


class Dateline(Record):
    """Place and date before the first sentence, as in «CARACAS, March 28 (Reuters) —»."""

    text: Untrusted
    """As printed. Example: `CARACAS, March 28 (Reuters) —`."""
    location: Untrusted | None = None
    """Place. Example: `CARACAS`."""
    date: str | None = None
    """Instant or partial date. Example: `--03-28`."""


class Genre(Record):
    """Journalistic genre (open): news, opinion, live, press-release, listing."""

    value: str
    """The genre. Example: `news`."""
    confidence: Score
    """How sure. Example: `0.9`."""


class Language(Record):
    """Language of the text."""

    code: str
    """BCP 47; `und` when unsure. Example: `en`."""
    confidence: Score
    """How sure. Example: `0.998`."""


class DateCandidate(Record):
    """One date that the document or its metadata offers, taken or not, and why."""

    value: str
    """Instant (`2019-03-28T15:42:00Z`) or partial date (`2019-03-28`, `2019-03`, `--03-28`).
    Example: `2019-03-28T15:42:00Z`.
    """
    raw: Untrusted
    """As written, at most 200 characters. Example: `28 Mar 2019 15:42 GMT`."""
    role: DateRole
    """What it claims to be. Example: `published`."""
    source: str
    """Where it stood. Example: `jsonld:datePublished`."""
    confidence: Score
    """How sure that it is what its role says. Example: `0.95`."""
    chosen: bool
    """Whether `published_at` (or `modified_at`, for role modified) was taken from it. Example: `true`."""
    reason: Untrusted
    """Why it was taken or not, one sentence. Example: `the publisher's own statement, to the minute`."""


class Media(Record):
    """A picture, video or sound with its caption. Captions live here, not in the body."""

    type: MediaType = MediaType.IMAGE
    """Kind. Example: `image`."""
    url: Untrusted | None = None
    """Address. Example: `https://example.com/img/bridge.jpg`."""
    caption: Untrusted | None = None
    """Caption text. Example: `The bridge on the morning of its reopening.`."""
    credit: Untrusted | None = None
    """Credit line. Example: `Reuters`."""
    width: PositiveInt | None = None
    """Pixels. Example: `1200`."""
    height: PositiveInt | None = None
    """Pixels. Example: `675`."""


class Link(Record):
    """A link of the article."""

    url: Untrusted | None
    """Address; null where a plain-text scrape kept only the words.
    Example: `https://example.com/news/bridge-closed`.
    """
    text: Untrusted | None
    """Words of the link. Example: `closed two years ago`."""
    rel: LinkRel
    """In the body, a teaser for another story, or the source of this one. Example: `body`."""


class Rights(Record):
    """Rights statement and reservations."""

    copyright_holder: Untrusted | None = None
    """Holder as stated. Example: `The Example Times`."""
    license: Untrusted | None = None
    """Licence name or address. Example: `https://creativecommons.org/licenses/by/4.0/`."""
    notice: Untrusted | None = None
    """Copyright notice as printed. Example: `© 2019 The Example Times`."""
    tdm_reserved: bool | None = None
    """Whether text and data mining is reserved (TDMRep, or `noai` for robots). Example: `false`."""


class Stats(Record):
    """Counts over the body."""

    chars: NonNegativeInt
    """Unicode code points. Example: `4210`."""
    words: NonNegativeInt
    """Words; scripts without spaces count segments (see the data dictionary). Example: `702`."""
    sentences: NonNegativeInt
    """Sentences. Example: `31`."""
    paragraphs: NonNegativeInt
    """Paragraphs, divided by one blank line. Example: `14`."""
    reading_seconds: NonNegativeInt
    """Reading time at 238 words a minute (Brysbaert 2019), 500 characters a minute for Chinese and Japanese.
    Example: `177`.
    """


class Quality(Record):
    """How good the parse is."""

    score: Score
    """Overall. Example: `0.93`."""
    fields: dict[str, Score] = Field(default_factory=dict)
    """Confidence a field. Example: `{"title": 0.98, "published_at": 0.95}`."""
    flags: list[Flag] = Field(default_factory=list)
    """What a consumer should know, sorted. Example: `["no_author"]`."""


class Provenance(Record):
    """Who found a field, and where."""

    extractor: str
    """Name of the extractor. Example: `structured_data`."""
    version: str
    """Its version. Example: `0.1.0`."""
    source: FoundIn
    """Where it was found. Example: `jsonld`."""
    confidence: Score
    """How sure. Example: `0.95`."""
    candidates: NonNegativeInt
    """How many candidates it was chosen from. Example: `3`."""


class Mention(Record):
    """One mention: `record[field][start:end] == text`."""

    field: str
    """`title`, `subtitle`, `body` or `media[i].caption`. Example: `body`."""
    start: NonNegativeInt
    """First code point. Example: `12`."""
    end: NonNegativeInt
    """One past the last code point. Example: `26`."""
    text: Untrusted
    """The words. Example: `Vladimir Putin`."""


class Entity(Record):
    """A named entity with its mentions."""

    id: Untrusted
    """Stable within the record. Example: `person:vladimir-putin`."""
    type: EntityType
    """Kind. Example: `person`."""
    name: Untrusted
    """Fullest name found. Example: `Vladimir Putin`."""
    mentions: list[Mention]
    """Where, in order of field and offset."""
    count: PositiveInt
    """Number of mentions. Example: `1`."""
    salience: Score
    """Share of the story's attention; the first paragraphs and the title count more. Example: `0.21`."""
    confidence: Score
    """How sure of kind and span. Example: `0.94`."""
    links: dict[str, str] = Field(default_factory=dict)
    """Identifiers elsewhere. Example: `{"iso3166": "RU", "geonames": "2017370"}`."""


class Place(Record):
    """A place that the story is about or mentions."""

    name: Untrusted
    """Usual English name. Example: `Caracas`."""
    role: str
    """`dateline`, `subject` or `mentioned` (open). Example: `subject`."""
    country_code: str | None = None
    """ISO 3166-1 alpha-2. Example: `VE`."""
    lat: float | None = Field(default=None, ge=-90, le=90)
    """Degrees north, WGS 84. Example: `10.48801`."""
    lon: float | None = Field(default=None, ge=-180, le=180)
    """Degrees east, WGS 84. Example: `-66.87919`."""
    geonames_id: int | None = None
    """GeoNames identifier. Example: `3646738`."""


class Topic(Record):
    """A subject of a controlled vocabulary."""

    scheme: str
    """Vocabulary. Example: `iptc-mediatopics`."""
    id: str
    """Identifier in it. Example: `medtop:11000000`."""
    label: str
    """English label. Example: `politics and government`."""
    score: Score
    """Strength. Example: `0.72`."""


class Keyword(Record):
    """A term that is characteristic of the text."""

    term: Untrusted
    """The term as it is most often written. Example: `bridge repairs`."""
    score: Score
    """Strength; the first is 1. Example: `1.0`."""


class Quote(Record):
    """Direct speech: `body[start:end] == text`."""

    text: Untrusted
    """The words without the outer marks; over several paragraphs the whole span with the marks inside it.
    Example: `We are glad that the work is done,`.
    """
    speaker: Untrusted | None
    """Full name of the speaker where known. Example: `Anna Keller`."""
    speaker_entity: Untrusted | None
    """`id` in `entities`. Example: `person:anna-keller`."""
    cue: Untrusted | None
    """The verb or phrase that attributes it. Example: `said`."""
    start: NonNegativeInt
    """First code point, in the body. Example: `120`."""
    end: NonNegativeInt
    """One past the last. Example: `154`."""
    confidence: Score
    """How sure of the speaker; of the quotation where there is none. Example: `0.9`."""


class DateMentioned(Record):
    """A date that the body speaks of: `body[start:end] == text`."""

    text: Untrusted
    """As written. Example: `last Wednesday`."""
    start: NonNegativeInt
    """First code point, in the body. Example: `40`."""
    end: NonNegativeInt
    """One past the last. Example: `54`."""
    value: str | None
    """Instant or partial date, resolved against the story's date; null when that is unknown. Example: `2019-03-20`."""
    grain: str
    """`hour`, `day`, `week`, `month`, `quarter`, `season`, `year`, `decade` (open). Example: `day`."""
    confidence: Score
    """How sure. Example: `0.8`."""


class Sentiment(Record):
    """Tone of the text."""

    polarity: str
    """`positive`, `neutral` or `negative`. Example: `negative`."""
    score: float = Field(ge=-1, le=1)
    """-1 to 1. Example: `-0.21`."""
    confidence: Score
    """How sure. Example: `0.6`."""
    method: str
    """How it was computed. Example: `vader-sentence-mean`."""


class Summary(Record):
    """Machine-made summary."""

    text: Untrusted
    """Sentences of the body. Example: `The bridge reopened on Monday after two years of repairs.`."""
    method: str
    """How it was made. Example: `lead-weighted-extract`."""


class Change(Record):
    """What happened to this article with this record."""

    kind: ChangeKind
    """New, revision, correction or takedown. Example: `revision`."""
    previous_revision: PositiveInt | None = None
    """The revision before. Example: `1`."""
    changed_fields: list[str] = Field(default_factory=list)
    """Fields that differ from the revision before, as far as the state remembers them. Example: `["title", "body"]`."""
    diff: list[Untrusted] = Field(default_factory=list)
    """Short human-readable differences. Example: `["Body grew from 310 to 702 words."]`."""


class Nearest(Record):
    """The published article most like this one."""

    article_id: str
    """Its id. Example: `5f2b8a1c9d3e4f60718293a4b5c6d7e8`."""
    similarity: Score
    """Containment of the smaller text in the larger. Example: `0.83`."""
    method: str
    """How it was measured. Example: `bottom16-containment`."""
    threshold: Score
    """From where on they count as the same. Example: `0.7`."""


class Window(Record):
    """The dedupe window."""

    days: PositiveInt
    """How far back copies are looked for. Example: `14`."""
    oldest: Instant | None = None
    """Arrival of the oldest article that could have matched. Example: `2019-03-14T16:00:01Z`."""
    published_from: Instant | None = None
    """Publication of the oldest article whose text could have matched, where its date is known. Null where this one's
    is not, or where identity decided (address, bytes, `raw_id`), which holds whatever the dates say.
    Example: `2019-03-14T15:42:00Z`.
    """
    published_to: Instant | None = None
    """Publication of the newest likewise: backfill may come after younger articles. Example: `2019-04-11T15:42:00Z`."""


class Algorithm(Record):
    """What decided."""

    name: str
    """Name of the method. Example: `bottom16-containment`."""
    version: str
    """Changes with every change of verdicts. Example: `1`."""
    config_hash: str
    """Hash of the options in force. Example: `3f1c9a7be2d40586`."""


class Dedup(Record):
    """Verdict of deduplication."""

    verdict: Verdict
    """Unique, revision or expanded. Example: `unique`."""
    exact_hash: str
    """SHA-256 of the normalised body, hex.
    Example: `9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab`.
    """
    near_keys: str
    """The 16 key hashes (64 bit, big endian), base64url without padding; empty for texts too short to have any.
    Example: `AAt9cGfYQfwBQ0mFqw…`.
    """
    story_id: str | None
    """Id of the earliest article of this chain of revisions and expansions.
    Example: `5f2b8a1c9d3e4f60718293a4b5c6d7e8`.
    """
    nearest: Nearest | None
    """The most similar published article, if any came near."""
    window: Window
    """How far back was looked."""
    algorithm: Algorithm
    """What decided."""


class ModelInfo(Record):
    """A model, lexicon or table in use."""

    name: str
    """Its name. Example: `py3langid`."""
    version: str
    """Its version. Example: `0.3.0`."""
    sha256: str | None = None
    """Hash of its data, where it is a file of ours.
    Example: `9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab`.
    """


class Pipeline(Record):
    """What software made this record."""

    service_version: str
    """Version of the service. Example: `0.1.0`."""
    config_hash: str
    """Hash of all options that can change a result. Example: `3f1c9a7be2d40586`."""
    models: list[ModelInfo] = Field(default_factory=list)
    """Models, lexicons and tables used."""


class Processing(Record):
    """The only wall-clock block."""

    processed_at: Instant
    """When the enrich stage finished. Example: `2019-03-28T16:00:01.402Z`."""
    duration_ms: float = Field(ge=0)
    """Work time over all stages, milliseconds. Example: `41.7`."""
    stages: dict[str, float] = Field(default_factory=dict)
    """Work time a step, milliseconds. Example: `{"extract": 12.4, "entities": 9.8}`."""
    attempt: PositiveInt = 1
    """Number of the try. Example: `1`."""
