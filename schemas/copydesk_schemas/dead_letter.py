"""DeadLetter: an item that could not be published, with everything needed to understand and replay it."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt, PositiveInt

from copydesk_schemas.base import Instant, Record
from copydesk_schemas.parts import Pipeline, RawRef
from copydesk_schemas.reasons import Code, DeadLetterKind, Stage
from copydesk_schemas.version import SCHEMA_VERSION


class Original(Record):
    """The failing stage's own input, where a replay re-enters."""

    topic: str
    """Topic that the stage read."""
    partition: NonNegativeInt
    """Its partition."""
    offset: NonNegativeInt
    """Its offset."""
    key_b64: str | None
    """Key, base64."""
    value_b64: str | None
    """Value, base64; null where it was null or too large to carry."""
    headers: list[tuple[str, str | None]]
    """Headers in order, values base64."""


class DeadLetter(Record):
    """One item that ended without an article."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract."""
    dead_letter_id: str
    """`topic-partition-offset-item` of the raw record."""
    kind: DeadLetterKind
    """Policy or fault."""
    stage: Stage
    """Where it ended."""
    code: Code
    """Why, for machines."""
    message: str = Field(max_length=500)
    """Why, for people."""
    error_class: str | None
    """Class of the exception, for faults."""
    error_fingerprint: str | None
    """Class and innermost frame, hashed: same fault, same fingerprint."""
    stack: str | None = Field(max_length=8192)
    """Stack trace without local variables."""
    retryable: bool
    """Whether the same input may succeed later."""
    attempts: PositiveInt
    """How often it was tried."""
    first_failed_at: Instant
    """First failure."""
    last_failed_at: Instant
    """Last failure."""
    pipeline: Pipeline
    """What software made this record."""
    article_id: str | None
    """Id of the article, where it had one."""
    raw: RawRef
    """The exact record that it came from."""
    original: Original
    """The failing stage's own input."""
    hint: str
    """What a person can do about it, one sentence."""
