"""The three stages without a broker: records in, what the worker would publish for them out, in order.

Parsing and enriching run in the process pool, many records at a time; deduplication takes the records one by one in
their order, as its partition's owner does. The result depends on the input alone: internal coordinates are counted,
and the only clock is the record's own timestamp (`processing` apart).
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

import orjson
from pydantic import TypeAdapter

from copydesk.core.options import Options
from copydesk.core.ports import Overlay, StateStore, StateStores, TaskPool, TaskTimeoutError, WorkerCrashedError
from copydesk.core.records import Emit, Message, Outcome, OutcomeKind, StageResult
from copydesk.core.stages import dead_letter_for, run_dedupe, run_enrich, run_parse
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.base import Instant
from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.raw import RAW_MEDIA_TYPE
from copydesk_schemas.reasons import Code, Stage
from copydesk_schemas.topics import TopicRole

Turn = asyncio.Future[None]
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


class StageFunction(Protocol):
    """A stage that needs no state."""

    def __call__(self, message: Message, options: Options, now: datetime, *, trace: Trace = ...) -> StageResult:
        """What one record leads to."""


@dataclass(frozen=True, slots=True)
class Published:
    """One item's end: the record for its output topic, and the outcome that the worker would account for."""

    emit: Emit
    outcome: Outcome


class LocalPipeline:
    """Runs records through parse, dedupe and enrich.

    Args:
        options: options of the core.
        pool: runs parse and enrich.
        stores: the dedupe state.
        window: records in work at a time; the others wait unread.
        clock: wall clock, for the `processing` block only.
        trace: where decisions are noted; needs a pool that runs in this process.
    """

    def __init__(
        self,
        options: Options,
        pool: TaskPool,
        stores: StateStores,
        *,
        window: int = 8,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        trace: Trace = NO_TRACE,
    ) -> None:
        self._options = options
        self._pool = pool
        self._stores = stores
        self._window = window
        self._clock = clock
        self._trace = trace
        self._open: dict[int, StateStore] = {}
        self._offsets: dict[tuple[TopicRole, int], int] = {}

    async def run(self, messages: AsyncIterator[Message]) -> AsyncIterator[tuple[Published, ...]]:
        """What becomes of each record, in the order of the records; a feed has an entry an item."""
        tasks: asyncio.Queue[asyncio.Task[tuple[Published, ...]] | None] = asyncio.Queue(self._window)
        started: set[asyncio.Task[tuple[Published, ...]]] = set()

        async def feed() -> None:
            turn = _passed()
            try:
                async for message in messages:
                    after = asyncio.get_running_loop().create_future()
                    task = asyncio.create_task(self._record(message, turn, after))
                    started.add(task)
                    task.add_done_callback(started.discard)
                    turn = after
                    await tasks.put(task)
            finally:
                await tasks.put(None)

        feeder = asyncio.create_task(feed())
        try:
            while (task := await tasks.get()) is not None:
                yield await task
            await feeder
        finally:
            for unfinished in (feeder, *started):
                unfinished.cancel()
            await asyncio.gather(feeder, *started, return_exceptions=True)

    async def _record(self, message: Message, turn: Turn, after: Turn) -> tuple[Published, ...]:
        """One record through all stages. Deduplication waits for `turn`, and sets `after` for the next record."""
        now = record_time(message)
        try:
            parsed = await self._in_pool(run_parse, Stage.PARSE, message, now)
            await turn
            decided = [self._decide(emit, outcome, message, now) for emit, outcome in _pairs(parsed)]
        finally:
            if not after.done():
                after.set_result(None)
        return tuple(await asyncio.gather(*(self._finish(item, now) for item in decided)))

    def _decide(self, emit: Emit, outcome: Outcome, raw: Message, now: datetime) -> Published | Message:
        """Dedupe one item of the parse stage: its end, or the unique article that goes on to enrich."""
        if outcome.kind is not OutcomeKind.FORWARDED:
            return Published(emit, outcome)
        message = self._internal(emit, raw)
        store = self._open.get(message.partition)
        if store is None:
            store = self._open[message.partition] = self._stores.open(message.partition)
        overlay = Overlay(store)
        decided = run_dedupe(message, overlay, self._options, now, trace=self._trace)
        store.write(overlay.changes, (store.next_offset or 0) + len(decided.events))
        ((emit, outcome),) = _pairs(decided.result)
        return self._internal(emit, raw) if outcome.kind is OutcomeKind.FORWARDED else Published(emit, outcome)

    async def _finish(self, item: Published | Message, now: datetime) -> Published:
        if isinstance(item, Message):
            result = await self._in_pool(run_enrich, Stage.ENRICH, item, self._clock())
            ((emit, outcome),) = _pairs(result)
            item = Published(emit, outcome)
        return _reproducible(item, now) if item.outcome.kind is OutcomeKind.DEAD else item

    async def _in_pool(self, function: StageFunction, stage: Stage, message: Message, now: datetime) -> StageResult:
        try:
            if self._trace.enabled:
                return await self._pool.run(partial(function, trace=self._trace), message, self._options, now)
            return await self._pool.run(function, message, self._options, now)
        except (TaskTimeoutError, WorkerCrashedError) as error:
            return dead_letter_for(message, stage, _FAULTS[stage, type(error)], error, self._options, now)

    def _internal(self, emit: Emit, raw: Message) -> Message:
        """The record of an internal topic as its next stage would read it."""
        partition = emit.partition or 0
        offset = self._offsets.get((emit.role, partition), 0)
        self._offsets[emit.role, partition] = offset + 1
        return Message(emit.role.value, partition, offset, raw.timestamp_ms, emit.key, emit.value, emit.headers)


_FAULTS: dict[tuple[Stage, type[Exception]], Code] = {
    (Stage.PARSE, TaskTimeoutError): Code.PARSE_TIMEOUT,
    (Stage.PARSE, WorkerCrashedError): Code.PARSE_ERROR,
    (Stage.ENRICH, TaskTimeoutError): Code.ENRICH_TIMEOUT,
    (Stage.ENRICH, WorkerCrashedError): Code.ENRICH_ERROR,
}


def envelope_messages(lines: Iterable[bytes]) -> Iterator[Message]:
    """Lines of JSON as raw records: partition 0, the line's number from 0 as offset; blank lines are passed over.

    The record's timestamp is the envelope's `fetched_at`, so that the result depends on the input alone.
    """
    for number, line in enumerate(lines):
        value = line.strip()
        if value:
            headers = (("content-type", RAW_MEDIA_TYPE.encode()),)
            yield Message(TopicRole.RAW.value, 0, number, _fetched_ms(value), None, value, headers)


def bare_message(value: bytes, number: int, *, media_type: str | None = None, url: str | None = None) -> Message:
    """A document as it was fetched, as the raw record number `number` without a timestamp."""
    headers = [("content-type", media_type.encode())] if media_type else []
    if url:
        headers.append(("x-url", url.encode()))
    return Message(TopicRole.RAW.value, 0, number, 0, None, value, tuple(headers))


def record_time(message: Message) -> datetime:
    """The record's own timestamp as an instant, the epoch where none is known."""
    return datetime.fromtimestamp(max(message.timestamp_ms, 0) / 1000, UTC)


def _fetched_ms(value: bytes) -> int:
    """`fetched_at` of an envelope, milliseconds since the epoch; 0 where there is none that can be read."""
    try:
        fields = orjson.loads(value)
        fetched_at = fields.get("fetched_at") if isinstance(fields, dict) else None
        return 0 if fetched_at is None else max(round(_INSTANT.validate_python(fetched_at).timestamp() * 1000), 0)
    except ValueError:
        return 0  # the parse stage says what is wrong with it


def _pairs(result: StageResult) -> list[tuple[Emit, Outcome]]:
    return list(zip(result.emits, result.outcomes, strict=True))


def _passed() -> Turn:
    turn = asyncio.get_running_loop().create_future()
    turn.set_result(None)
    return turn


def _reproducible(dead: Published, now: datetime) -> Published:
    """The dead letter without wall clock: failure times are the record's, and the input it carries loses its timings.

    An enriched record has both in `processing`; a dead letter of a later stage would differ from run to run.
    """
    letter = DeadLetter.model_validate_json(dead.emit.value or b"")
    original = letter.original
    if letter.stage is not Stage.PARSE and original.value_b64 is not None:
        original = original.model_copy(update={"value_b64": _without_timings(original.value_b64)})
    letter = letter.model_copy(update={"first_failed_at": now, "last_failed_at": now, "original": original})
    return replace(dead, emit=replace(dead.emit, value=letter.model_dump_json().encode()))


def _without_timings(value_b64: str) -> str:
    fields = orjson.loads(base64.b64decode(value_b64))
    fields.get("article", fields)["stages"] = {}
    return base64.b64encode(orjson.dumps(fields)).decode()
