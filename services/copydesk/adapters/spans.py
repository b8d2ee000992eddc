"""Spans of the work on a record, for who traces; nobody does by default, and that costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from copydesk.core.records import Message, StageResult
from copydesk_schemas.reasons import Stage


class Span(Protocol):
    """The work on one record in one stage."""

    def done(self, result: StageResult) -> StageResult:
        """Note what it led to; the result as it should be published, which carries the trace on."""


class Spans(Protocol):
    """Begins spans."""

    def of(self, stage: Stage, message: Message) -> AbstractContextManager[Span]:
        """A span that lasts as long as the block, below the one that the record's `traceparent` names."""

    def close(self) -> None:
        """Hand on what has not been handed on yet. It may take some seconds."""


class _NoSpan:
    def done(self, result: StageResult) -> StageResult:
        return result


class NoSpans:
    """Nobody traces: a `traceparent` goes on as it came."""

    @contextmanager
    def of(self, stage: Stage, message: Message) -> Iterator[Span]:  # noqa: ARG002 - the signature is the protocol's
        """A span that notes nothing."""
        yield _NO_SPAN

    def close(self) -> None:
        """Nothing is left."""


_NO_SPAN = _NoSpan()
