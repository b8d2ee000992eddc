"""Parts that several record types share. Offsets count Unicode code points, half open."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt, PositiveInt

from copydesk_schemas.base import Instant, Record, Score
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
    """Its partition."""
    offset: NonNegativeInt
    """Its offset."""
    item: NonNegativeInt = 0
    """Position of the entry in a feed document; 0 otherwise."""
    timestamp: Instant
    """Kafka timestamp of the raw record (log append time)."""
    sha256: str
    """SHA-256 of the content's bytes, hex."""
    bytes: NonNegativeInt
    """Size of the content, bytes."""
    media_type: str | None
    """Media type that the document was read as. Example: `text/html`."""
    charset: str | None
    """Character set that it was decoded with. Example: `utf-8`."""


class Source(Record):
    """Publisher of this copy; every member may be null."""

    domain: str | None = None
    """Host name of the publisher without `www.`. Example: `example.com`."""
    name: str | None = None
    """Name of the publisher. Example: `The Example Times`."""
    country: str | None = None
    """ISO 3166-1 alpha-2. Example: `GB`."""
    type: str | None = None
    """Kind of publisher where stated: newspaper, agency, broadcaster, blog."""
    feed_url: str | None = None
    """Feed that the item came from."""


class SyndicatedFrom(Record):
    """Agency credit or «Source: …» line."""

    name: str | None = None
    """Name as credited. Example: `Reuters`."""
    url: str | None = None
    """Address of the original, where given."""


class Author(Record):
    """One author, split from the byline, without site names."""

    name: str
    """Display name. Example: `Jane Doe`."""
    url: str | None = None
    """Profile page."""
    role: str | None = None
    """Role as printed. Example: `Political Editor`."""
    raw: str | None = None
    """The byline that it was read from."""


class Dateline(Record):
    """Place and date before the first sentence, as in «CARACAS, March 28 (Reuters) —»."""

    text: str
    """As printed."""
    location: str | None = None
    """Place. Example: `CARACAS`."""
    date: str | None = None
    """Instant or partial date. Example: `--03-28`."""


class Genre(Record):
    """Journalistic genre (open): news, opinion, live, press-release, listing."""

    value: str
    """The genre. Example: `news`."""
    confidence: Score
    """How sure."""


class Language(Record):
    """Language of the text."""

    code: str
    """BCP 47; `und` when unsure. Example: `en`."""
    confidence: Score
    """How sure."""


class DateCandidate(Record):
    """One date that the document or its metadata offers, taken or not, and why."""

    value: str
    """Instant (`2019-03-28T15:42:00Z`) or partial date (`2019-03-28`, `2019-03`, `--03-28`)."""
    raw: str
    """As written, at most 200 characters."""
    role: DateRole
    """What it claims to be."""
    source: str
    """Where it stood. Example: `jsonld:datePublished`."""
    confidence: Score
    """How sure that it is what its role says."""
    chosen: bool
    """Whether `published_at` (or `modified_at`, for role modified) was taken from it."""
    reason: str
    """Why it was taken or not, one sentence."""


class Media(Record):
    """A picture, video or sound with its caption. Captions live here, not in the body."""

    type: MediaType = MediaType.IMAGE
    """Kind."""
    url: str | None = None
    """Address."""
    caption: str | None = None
    """Caption text."""
    credit: str | None = None
    """Credit line. Example: `Reuters`."""
    width: PositiveInt | None = None
    """Pixels."""
    height: PositiveInt | None = None
    """Pixels."""


class Link(Record):
    """A link of the article."""

    url: str | None
    """Address; null where a plain-text scrape kept only the words."""
    text: str | None
    """Words of the link."""
    rel: LinkRel
    """In the body, a teaser for another story, or the source of this one."""


class Rights(Record):
    """Rights statement and reservations."""

    copyright_holder: str | None = None
    """Holder as stated."""
    license: str | None = None
    """Licence name or address."""
    notice: str | None = None
    """Copyright notice as printed."""
    tdm_reserved: bool | None = None
    """Whether text and data mining is reserved (TDMRep)."""


class Stats(Record):
    """Counts over the body."""

    chars: NonNegativeInt
    """Unicode code points."""
    words: NonNegativeInt
    """Words; scripts without spaces count segments (see the data dictionary)."""
    sentences: NonNegativeInt
    """Sentences."""
    paragraphs: NonNegativeInt
    """Paragraphs, divided by one blank line."""
    reading_seconds: NonNegativeInt
    """Reading time at 238 words a minute (Brysbaert 2019), 500 characters a minute for Chinese and Japanese."""


class Quality(Record):
    """How good the parse is."""

    score: Score
    """Overall."""
    fields: dict[str, Score] = Field(default_factory=dict)
    """Confidence a field."""
    flags: list[Flag] = Field(default_factory=list)
    """What a consumer should know, sorted."""


class Provenance(Record):
    """Who found a field, and where."""

    extractor: str
    """Name of the extractor. Example: `structured_data`."""
    version: str
    """Its version."""
    source: FoundIn
    """Where it was found."""
    confidence: Score
    """How sure."""
    candidates: NonNegativeInt
    """How many candidates it was chosen from."""


class Mention(Record):
    """One mention: `record[field][start:end] == text`."""

    field: str
    """`title`, `subtitle`, `body` or `media[i].caption`."""
    start: NonNegativeInt
    """First code point."""
    end: NonNegativeInt
    """One past the last code point."""
    text: str
    """The words."""


class Entity(Record):
    """A named entity with its mentions."""

    id: str
    """Stable within the record. Example: `person:vladimir-putin`."""
    type: EntityType
    """Kind."""
    name: str
    """Fullest name found. Example: `Vladimir Putin`."""
    mentions: list[Mention]
    """Where, in order of field and offset."""
    count: PositiveInt
    """Number of mentions."""
    salience: Score
    """Share of the story's attention; the first paragraphs and the title count more."""
    confidence: Score
    """How sure of kind and span."""
    links: dict[str, str] = Field(default_factory=dict)
    """Identifiers elsewhere. Example: `{"iso3166": "RU", "geonames": "2017370"}`."""


class Place(Record):
    """A place that the story is about or mentions."""

    name: str
    """Usual English name. Example: `Caracas`."""
    role: str
    """`dateline`, `subject` or `mentioned` (open)."""
    country_code: str | None = None
    """ISO 3166-1 alpha-2."""
    lat: float | None = Field(default=None, ge=-90, le=90)
    """Degrees north, WGS 84."""
    lon: float | None = Field(default=None, ge=-180, le=180)
    """Degrees east, WGS 84."""
    geonames_id: int | None = None
    """GeoNames identifier."""


class Topic(Record):
    """A subject of a controlled vocabulary."""

    scheme: str
    """Vocabulary. Example: `iptc-mediatopics`."""
    id: str
    """Identifier in it. Example: `medtop:11000000`."""
    label: str
    """English label. Example: `politics and government`."""
    score: Score
    """Strength."""


class Keyword(Record):
    """A term that is characteristic of the text."""

    term: str
    """The term as it is most often written."""
    score: Score
    """Strength; the first is 1."""


class Quote(Record):
    """Direct speech: `body[start:end] == text`."""

    text: str
    """The words without the outer marks; over several paragraphs the whole span with the marks inside it."""
    speaker: str | None
    """Full name of the speaker where known."""
    speaker_entity: str | None
    """`id` in `entities`."""
    cue: str | None
    """The verb or phrase that attributes it. Example: `said`."""
    start: NonNegativeInt
    """First code point, in the body."""
    end: NonNegativeInt
    """One past the last."""
    confidence: Score
    """How sure of the speaker; of the quotation where there is none."""


class DateMentioned(Record):
    """A date that the body speaks of: `body[start:end] == text`."""

    text: str
    """As written. Example: `last Wednesday`."""
    start: NonNegativeInt
    """First code point, in the body."""
    end: NonNegativeInt
    """One past the last."""
    value: str | None
    """Instant or partial date, resolved against the story's date; null when that is unknown."""
    grain: str
    """`hour`, `day`, `week`, `month`, `quarter`, `season`, `year`, `decade` (open)."""
    confidence: Score
    """How sure."""


class Sentiment(Record):
    """Tone of the text."""

    polarity: str
    """`positive`, `neutral` or `negative`."""
    score: float = Field(ge=-1, le=1)
    """-1 to 1."""
    confidence: Score
    """How sure."""
    method: str
    """How it was computed. Example: `vader-sentence-mean`."""


class Summary(Record):
    """Machine-made summary."""

    text: str
    """Sentences of the body."""
    method: str
    """How it was made. Example: `lead-weighted-extract`."""


class Change(Record):
    """What happened to this article with this record."""

    kind: ChangeKind
    """New, revision, correction or takedown."""
    previous_revision: PositiveInt | None = None
    """The revision before."""
    changed_fields: list[str] = Field(default_factory=list)
    """Fields that differ from the revision before, as far as the state remembers them."""
    diff: list[str] = Field(default_factory=list)
    """Short human-readable differences."""


class Nearest(Record):
    """The published article most like this one."""

    article_id: str
    """Its id."""
    similarity: Score
    """Containment of the smaller text in the larger."""
    method: str
    """How it was measured."""
    threshold: Score
    """From where on they count as the same."""


class Window(Record):
    """The dedupe window."""

    days: PositiveInt
    """How far back copies are looked for."""
    oldest: Instant | None = None
    """Arrival of the oldest article that could have matched."""


class Algorithm(Record):
    """What decided."""

    name: str
    """Example: `bottom16-containment`."""
    version: str
    """Example: `1`."""
    config_hash: str
    """Hash of the options in force."""


class Dedup(Record):
    """Verdict of deduplication."""

    verdict: Verdict
    """Unique, revision or expanded."""
    exact_hash: str
    """SHA-256 of the normalised body, hex."""
    near_keys: str
    """The 16 key hashes (64 bit, big endian), base64url without padding; empty for texts too short to have any."""
    story_id: str | None
    """Id of the earliest article of this chain of revisions and expansions."""
    nearest: Nearest | None
    """The most similar published article, if any came near."""
    window: Window
    """How far back was looked."""
    algorithm: Algorithm
    """What decided."""


class ModelInfo(Record):
    """A model, lexicon or table in use."""

    name: str
    """Example: `py3langid`."""
    version: str
    """Its version."""
    sha256: str | None = None
    """Hash of its data, where it is a file of ours."""


class Pipeline(Record):
    """What software made this record."""

    service_version: str
    """Example: `0.1.0`."""
    config_hash: str
    """Hash of all options that can change a result."""
    models: list[ModelInfo] = Field(default_factory=list)
    """Models, lexicons and tables used."""


class Processing(Record):
    """The only wall-clock block."""

    processed_at: Instant
    """When the enrich stage finished."""
    duration_ms: float = Field(ge=0)
    """Work time over all stages, milliseconds."""
    stages: dict[str, float] = Field(default_factory=dict)
    """Work time a step, milliseconds."""
    attempt: PositiveInt = 1
    """Number of the try."""
