"""DeadLetter: an item that could not be published, with everything needed to understand and replay it."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt, PositiveInt

from copydesk_schemas.base import Instant, Record, Untrusted
from copydesk_schemas.parts import Pipeline, RawRef
from copydesk_schemas.reasons import Code, DeadLetterKind, Stage
from copydesk_schemas.version import SCHEMA_VERSION


class Original(Record):
    """The failing stage's own input, where a replay re-enters."""

    topic: str
    """Topic that the stage read. Example: `raw-articles`."""
    partition: NonNegativeInt
    """Its partition. Example: `4`."""
    offset: NonNegativeInt
    """Its offset. Example: `128731`."""
    key_b64: Untrusted | None
    """Key, base64. Example: `aHR0cHM6Ly9leGFtcGxlLmNvbS8=`."""
    value_b64: Untrusted | None
    """Value, base64; null where it was null, too large to carry, or taken down.
    Example: `PGgxPkJyaWRnZSByZW9wZW5zPC9oMT4=`.
    """
    headers: list[tuple[Untrusted, Untrusted | None]]
    """Headers in order, values base64. Example: `[["x-url", "aHR0cHM6Ly9leGFtcGxlLmNvbS8="]]`."""


class DeadLetter(Record):
    """One item that ended without an article."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract. Example: `1.0`."""
    dead_letter_id: str
    """`topic-partition-offset-item` of the raw record. Example: `raw-articles-4-128731-0`."""
    kind: DeadLetterKind
    """Policy or fault. Example: `failed`."""
    stage: Stage
    """Where it ended. Example: `parse`."""
    code: Code
    """Why, for machines. Example: `parse_error`."""
    message: Untrusted = Field(max_length=500)
    """Why, for people. Example: `ValueError: the tree has no root`."""
    error_class: str | None
    """Class of the exception, for faults. Example: `ValueError`."""
    error_fingerprint: str | None
    """Class and innermost frame, hashed: same fault, same fingerprint. Example: `8d1e6b0c4f2a9375`."""
    stack: Untrusted | None = Field(max_length=8192)
    """Stack trace without local variables. Example: `Traceback (most recent call last): …`."""
    retryable: bool
    """Whether the same input may succeed later. Example: `false`."""
    attempts: PositiveInt
    """How often it was tried. Example: `1`."""
    first_failed_at: Instant
    """First failure. Example: `2019-03-28T16:00:01.402Z`."""
    last_failed_at: Instant
    """Last failure. Example: `2019-03-28T16:00:01.402Z`."""
    pipeline: Pipeline
    """What software made this record."""
    article_id: str | None
    """Id of the article, where it had one. Example: `5f2b8a1c9d3e4f60718293a4b5c6d7e8`."""
    raw: RawRef
    """The exact record that it came from."""
    original: Original
    """The failing stage's own input."""
    hint: str
    """What a person can do about it, one sentence.
    Example: `A fault in parsing: keep the dead letter, report its fingerprint, replay after the mend.`.
    """
