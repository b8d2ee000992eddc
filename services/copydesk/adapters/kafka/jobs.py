"""The unit of work between a pump and an agent: a batch of one partition, and the future that its answer arrives in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from copydesk.core.ports import Overlay
from copydesk.core.records import Message, StageResult
from copydesk_schemas.reasons import Stage

Event = tuple[bytes, bytes | None]
"""One record of the state log: key and value."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What one record led to: its result, and the state events to log in the same transaction."""

    result: StageResult
    events: tuple[Event, ...] = ()


def _nobody() -> None:
    """Nobody wants to know."""


@dataclass(slots=True)
class Job:
    """A batch for an agent. The answer has one `Handled` a message, in order.

    `overlay` is the state to read and change, for stages that have one. `refused` names messages by index whose
    records the broker does not take, with the reason: the handler makes dead letters of them and changes no state.
    """

    stage: Stage
    messages: tuple[Message, ...]
    answer: asyncio.Future[list[Handled]]
    overlay: Overlay | None = None
    refused: Mapping[int, Exception] = field(default_factory=dict)
    moved: Callable[[], None] = _nobody
    """Told of each record handled: a batch of slow records moves on, although nothing of it is committed yet."""
    abandoned: bool = False
    """Set when nobody waits any more: what has not begun need not begin."""


Ask = Callable[[Job], Awaitable[None]]
"""Hands a job to the stage's agent."""


class AbandonedError(Exception):
    """The job's partition went to another worker; its records are handled there."""
