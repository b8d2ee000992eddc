"""Every enum of the contract. Closed unless the docstring says open."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What the producer asks for."""

    UPSERT = "upsert"
    DELETE = "delete"


class Priority(StrEnum):
    """`backfill` stays out of the freshness figures."""

    LIVE = "live"
    BACKFILL = "backfill"


class PubStatus(StrEnum):
    """Publication status, after IPTC ninjs."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


class ChangeKind(StrEnum):
    """What happened to this article with this record."""

    NEW = "new"
    REVISION = "revision"
    CORRECTION = "correction"
    TAKEDOWN = "takedown"


class DatePrecision(StrEnum):
    """Finest unit of a date that its source states."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class DateRole(StrEnum):
    """What a date candidate claims to be (open)."""

    PUBLISHED = "published"
    MODIFIED = "modified"
    PAGE = "page"
    DATELINE = "dateline"
    MENTIONED = "mentioned"
    URL = "url"
    HTTP = "http"
    FEED = "feed"
    FETCHED = "fetched"


class LinkRel(StrEnum):
    """Relation of a link to the article."""

    BODY = "body"
    RELATED = "related"
    SOURCE = "source"


class MediaType(StrEnum):
    """Kind of a media item (open)."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class EntityType(StrEnum):
    """Kind of a named entity."""

    PERSON = "person"
    ORGANIZATION = "organization"
    PLACE = "place"
    OTHER = "other"


class Verdict(StrEnum):
    """Verdict of deduplication on an article that is published."""

    UNIQUE = "unique"
    REVISION = "revision"
    EXPANDED = "expanded"


class DuplicateVerdict(StrEnum):
    """Verdict of deduplication on an article that is set aside."""

    REDELIVERED = "redelivered"
    EXACT_BYTES = "exact_bytes"
    EXACT_TEXT = "exact_text"
    SAME_URL_UNCHANGED = "same_url_unchanged"
    NEAR_DUPLICATE = "near_duplicate"
    CONTAINED = "contained"


class Flag(StrEnum):
    """Quality flags (open)."""

    DATE_CONFLICT = "date_conflict"
    DATE_MISSING = "date_missing"
    DATE_FUTURE = "date_future"
    NO_TITLE = "no_title"
    NO_AUTHOR = "no_author"
    BODY_SHORT = "body_short"
    BOILERPLATE_REMOVED = "boilerplate_removed"
    TRUNCATED = "truncated"
    PAYWALL_SUSPECTED = "paywall_suspected"
    ENCODING_REPAIRED = "encoding_repaired"
    MEDIA_TYPE_MISMATCH = "media_type_mismatch"
    LANGUAGE_UNCERTAIN = "language_uncertain"
    LIVE_BLOG = "live_blog"
    LISTING_PAGE = "listing_page"
    SYNDICATED = "syndicated"


class FoundIn(StrEnum):
    """Where a field was found (open)."""

    JSONLD = "jsonld"
    OPENGRAPH = "opengraph"
    META = "meta"
    DOM = "dom"
    FEED = "feed"
    HEADER = "header"
    TEXT = "text"
    DERIVED = "derived"
    MODEL = "model"


class Stage(StrEnum):
    """Stages of the pipeline."""

    PARSE = "parse"
    DEDUPE = "dedupe"
    ENRICH = "enrich"


class DeadLetterKind(StrEnum):
    """`rejected` is policy, `failed` is a fault."""

    REJECTED = "rejected"
    FAILED = "failed"


class Code(StrEnum):
    """Why an item became a dead letter (open)."""

    EMPTY = "empty"
    UNDECODABLE = "undecodable"
    OVERSIZED = "oversized"
    INVALID_ENVELOPE = "invalid_envelope"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    NOT_ARTICLE = "not_article"
    HOMEPAGE = "homepage"
    LISTING_PAGE = "listing_page"
    BODY_SHORT = "body_short"
    NO_TEXT = "no_text"
    LANGUAGE_BLOCKED = "language_blocked"
    BAD_URL = "bad_url"
    BAD_TAKEDOWN = "bad_takedown"
    TAKEN_DOWN = "taken_down"
    WITHHELD = "withheld"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_ERROR = "parse_error"
    ENRICH_TIMEOUT = "enrich_timeout"
    ENRICH_ERROR = "enrich_error"
    STATE_UNAVAILABLE = "state_unavailable"
    SCHEMA_INVALID = "schema_invalid"
    PUBLISH_TOO_LARGE = "publish_too_large"
    PUBLISH_FAILED = "publish_failed"
    INTERNAL = "internal"


FAILURES = frozenset(
    {
        Code.PARSE_TIMEOUT,
        Code.PARSE_ERROR,
        Code.ENRICH_TIMEOUT,
        Code.ENRICH_ERROR,
        Code.STATE_UNAVAILABLE,
        Code.SCHEMA_INVALID,
        Code.PUBLISH_TOO_LARGE,
        Code.PUBLISH_FAILED,
        Code.INTERNAL,
    }
)
"""Codes whose dead letters have kind `failed`; all others are `rejected`."""

RETRYABLE = frozenset(
    {
        Code.PARSE_TIMEOUT,
        Code.ENRICH_TIMEOUT,
        Code.STATE_UNAVAILABLE,
        Code.PUBLISH_FAILED,
        Code.INTERNAL,
    }
)
"""Codes where the same input may succeed at a later try."""
