"""What goes into a stage and what comes out of it. Frozen and picklable, because stages run in other processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from copydesk_schemas.reasons import ChangeKind, Code, Flag, Stage
from copydesk_schemas.topics import TopicRole

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One Kafka record as consumed. `timestamp_ms` is 0 where no arrival time is known."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Emit:
    """One record to publish. Without a `partition` the publisher derives one from the key."""

    role: TopicRole
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


class OutcomeKind(StrEnum):
    """What became of an item in a stage. `forwarded` goes on to the next stage, the others are final."""

    FORWARDED = "forwarded"
    ENRICHED = "enriched"
    DUPLICATE = "duplicate"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item's outcome in one stage, for accounting and for the one log line. Holds no article text."""

    stage: Stage
    kind: OutcomeKind
    raw_topic: str
    raw_partition: int
    raw_offset: int
    item: int
    raw_timestamp_ms: int
    items: int | None = None
    """Number of items of the raw record, where it is known."""
    reentered: bool = False
    """Whether a replay brought it in at this stage."""
    article_id: str | None = None
    revision: int | None = None
    code: Code | None = None
    verdict: str | None = None
    duplicate_of: str | None = None
    domain: str | None = None
    language: str | None = None
    extractor: str | None = None
    backfill: bool = False
    """Not live: backfill, or the replay of a dead letter, which comes as late as its repair did."""
    flags: tuple[Flag, ...] = ()
    filled: tuple[str, ...] = ()
    message: str | None = None
    """Why it was refused, without any words of the record; None of a fault, whose text may quote it."""
    error_class: str | None = None
    """Class of the error, of a fault."""
    error_place: str | None = None
    """Where it was raised, `file:function`; None where that is not known."""
    change: ChangeKind | None = None
    """Of an article that is published."""
    method: str | None = None
    """How a copy was found."""
    similarity: float | None = None
    """Of a copy to its original, 0 to 1."""
    quality: float | None = None
    """Score of an article that is published, 0 to 1."""
    words: int | None = None
    """Of the body."""
    published_ms: int | None = None
    """When it was published, milliseconds since 1970; None where that is not known."""
    earlier_ms: Mapping[Stage, float] = field(default_factory=dict)
    """Work time in earlier stages, milliseconds, as far as it travels along."""
    trace_id: str | None = None
    """32 hex digits of the trace that the raw record belongs to."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """Everything that one input record leads to: what to publish, what to account for, milliseconds a step.

    Both run in parallel: `emits[i]` is what `outcomes[i]` leads to, so that a record which cannot be published can be
    replaced, together with its outcome, by a dead letter of the same item.
    """

    emits: tuple[Emit, ...]
    outcomes: tuple[Outcome, ...]
    timings: Mapping[str, float] = field(default_factory=dict)
