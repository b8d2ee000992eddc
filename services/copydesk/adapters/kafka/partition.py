"""One assigned partition: open, then fetch, hand to the agent, publish and commit, again and again, until revoked.

Whatever goes wrong ends in the same place: close everything, pause, open again. Opening asks the broker what is
committed, so a commit whose answer was lost is found out, and nothing is done twice or left out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from copydesk.adapters.kafka.authorization import explain_kafka_error
from copydesk.adapters.kafka.budget import ByteBudget
from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.jobs import Ask, Handled, Job
from copydesk.adapters.kafka.ledger import committed_offset
from copydesk.adapters.kafka.observe import DeliveryMetrics, Progress
from copydesk.adapters.kafka.outbox import FENCED, Outbox, Outgoing, PlainOutbox, RefusedError, TransactionalOutbox
from copydesk.adapters.kafka.partitioner import partition_for
from copydesk.adapters.kafka.restore import Apply, restore
from copydesk.adapters.kafka.upkeep import Prune, Upkeep
from copydesk.core.ports import Overlay, StateStore, StateStores
from copydesk.core.records import Message
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

_log = structlog.get_logger("copydesk.delivery")
_FETCH_WAIT_MS = 1_000
_MAX_REFUSALS = 20
"""Rounds of taking refused records out of one batch; each finds all that are guilty of that round."""

Refuse = Callable[[Handled, Message, int, Exception], Handled]
"""Replaces the emit at an index, which cannot be published, by a dead letter of the same item."""


class State(StrEnum):
    """What a partition is doing."""

    OPENING = "opening"
    IDLE = "idle"
    WORKING = "working"
    COMMITTING = "committing"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class StageWork:
    """What the partitions of a stage share."""

    stage: Stage
    config: DeliveryConfig
    ask: Ask
    refuse: Refuse
    committed: Callable[[Stage, Sequence[Handled]], None]
    """Told of every record whose transaction has committed, once."""
    metrics: DeliveryMetrics
    progress: Progress
    budget: ByteBudget
    stores: StateStores | None = None
    """The state, for the stage that has one."""
    apply: Apply | None = None
    prune: Prune | None = None

    @property
    def group(self) -> str:
        """The stage's consumer group."""
        return self.config.group(self.stage)


@dataclass(slots=True)
class _Uncommitted:
    """A batch whose commit was begun and not confirmed."""

    next_offset: int
    handled: list[Handled]


@dataclass(slots=True)
class _Batch:
    messages: tuple[Message, ...]
    handled: list[Handled]
    overlay: Overlay | None
    outgoing: list[Outgoing] = field(default_factory=list)
    origins: list[tuple[int, int | None]] = field(default_factory=list)
    """For each outgoing record: index of its message, and of its emit there; None for state events."""

    @property
    def next_offset(self) -> int:
        return self.messages[-1].offset + 1


class PartitionPump:
    """Runs one partition as a task of its own, so that the pool stays busy while another one commits."""

    def __init__(
        self, work: StageWork, consumer: AIOKafkaConsumer, source: TopicPartition, failed: Callable[[Exception], None]
    ) -> None:
        self.work = work
        self.source = source
        self.state = State.OPENING
        self.next_offset: int | None = None
        """The ledger: offset of the next record to handle."""
        self.in_flight = 0
        self._consumer = consumer
        self._failed = failed
        self._stopping = False
        self._outbox: Outbox | None = None
        self._store: StateStore | None = None
        self._upkeep = Upkeep(work.prune) if work.prune is not None else None
        self._uncommitted: _Uncommitted | None = None
        self._task: asyncio.Task[None] | None = None
        self._log = _log.bind(stage=str(work.stage), topic=source.topic, partition=source.partition)

    @property
    def ready(self) -> bool:
        """Whether it is open and its state is complete."""
        return self.state in (State.IDLE, State.WORKING, State.COMMITTING)

    def start(self) -> None:
        """Begin; errors that do not pass are told to `failed`."""
        self._task = asyncio.create_task(self._run(), name=f"{self.work.stage}-{self.source.partition}")

    async def stop(self) -> None:
        """End: a commit under way is finished, anything before it is dropped, for the next owner does it again."""
        self._stopping = True
        if self._task is None:
            return
        if self.state is not State.COMMITTING:
            self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                await self._open()
                while not self._stopping:
                    for messages in self._batches(await self._fetch()):
                        await self._process(messages)
                        failures = 0
                        if self._stopping:
                            break
            except Exception as error:  # noqa: BLE001 - whatever it is, the partition is opened anew or the process ends
                failures += 1
                self._note(error, failures)
                if failures > self.work.config.give_up_after:
                    self._failed(error)
                    return
            finally:
                await self._close()
            if not self._stopping:
                self.state = State.WAITING
                await asyncio.sleep(min(self.work.config.backoff_s * 2**failures, self.work.config.max_backoff_s))

    def _note(self, error: Exception, failures: int) -> None:
        if isinstance(error, FENCED):
            # Also the true owner is fenced when its transaction times out, so this is no reason to leave.
            self.work.metrics.fenced(self.work.stage)
            self._log.warning("fenced", failures=failures)
        else:
            self.work.metrics.transaction_aborted(self.work.stage, type(error).__name__)
            why = explain_kafka_error(error)
            self._log.warning("partition failed, opening it again", failures=failures, why=why, exc_info=error)

    # --- open and close -------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        """Fence, then ask what is committed, then seek there, then restore: in this order no zombie can interfere."""
        self.state = State.OPENING
        config, stage = self.work.config, self.work.stage
        if config.transactional:
            self._outbox = await TransactionalOutbox.open(config, self.work.group, self.source)
        else:
            self._outbox = await PlainOutbox.open(config, self.source, self._consumer)
        next_offset = await committed_offset(config, self.work.group, self.source, self._consumer)
        self._settle(next_offset)
        self._consumer.seek(self.source, next_offset)
        if self.work.stores is not None and self.work.apply is not None:
            self._store = self.work.stores.open(self.source.partition)
            log = TopicPartition(config.topic(TopicRole.FINGERPRINTS), self.source.partition)
            applied = await restore(config, log, self._store, self.work.apply, self.work.metrics)
            self._log.info("state restored", records=applied, next_offset=self._store.next_offset)
        self.next_offset = next_offset
        self.state = State.IDLE
        self.work.progress.touch()
        self._log.info("partition opened", stage=str(stage), next_offset=next_offset)

    def _settle(self, next_offset: int) -> None:
        """Account for a batch whose commit went through although its answer was lost."""
        if self._uncommitted is not None and self._uncommitted.next_offset == next_offset:
            self.work.committed(self.work.stage, self._uncommitted.handled)
        self._uncommitted = None

    async def _close(self) -> None:
        outbox, self._outbox = self._outbox, None
        store, self._store = self._store, None
        self.next_offset = None
        self.in_flight = 0
        self.state = State.CLOSED
        if store is not None:
            store.close()
        if outbox is not None:
            await outbox.close()

    # --- one batch ------------------------------------------------------------------------------------------------

    async def _fetch(self) -> list[Message]:
        """New records from the ledger's position on; none after a quiet second."""
        records = await self._consumer.getmany(
            self.source, timeout_ms=_FETCH_WAIT_MS, max_records=self.work.config.batch_records
        )
        assert self.next_offset is not None  # noqa: S101 - the partition is open
        return [_message(r) for r in records.get(self.source, ()) if r.offset >= self.next_offset]

    def _batches(self, messages: list[Message]) -> Iterator[tuple[Message, ...]]:
        """Split by bytes, so that a transaction stays small; at least one record each."""
        batch: list[Message] = []
        size = 0
        for message in messages:
            if batch and size + _size(message) > self.work.config.batch_bytes:
                yield tuple(batch)
                batch, size = [], 0
            batch.append(message)
            size += _size(message)
        if batch:
            yield tuple(batch)

    async def _process(self, messages: tuple[Message, ...]) -> None:
        self.in_flight = len(messages)
        self.state = State.WORKING
        async with self.work.budget.take(sum(map(_size, messages))):
            batch = await self._handle(messages, {})
            for _ in range(_MAX_REFUSALS):
                await self._address(batch)
                guilty = self._oversized(batch)
                if not guilty:
                    try:
                        await self._commit(batch)
                    except RefusedError as error:
                        guilty = error.guilty
                    else:
                        break
                batch = await self._without(batch, guilty)
            else:
                raise RuntimeError("records are refused again and again, their dead letters too")
        self.in_flight = 0
        self.state = State.IDLE
        self.work.progress.touch()
        if self._upkeep is not None and self._store is not None:
            self._upkeep.run(self._store)

    async def _handle(self, messages: tuple[Message, ...], refused: dict[int, Exception]) -> _Batch:
        """Let the agent work on a batch. Nothing that it does is visible before the commit."""
        overlay = Overlay(self._store) if self._store is not None else None
        answer: asyncio.Future[list[Handled]] = asyncio.get_running_loop().create_future()
        job = Job(self.work.stage, messages, answer, overlay, refused)
        try:
            await self.work.ask(job)
            handled = await answer
        finally:
            job.abandoned = not answer.done() or answer.cancelled()
        if len(handled) != len(messages):
            raise RuntimeError(f"{len(handled)} answers to {len(messages)} records")
        return _Batch(messages, handled, overlay)

    async def _address(self, batch: _Batch) -> None:
        """Name topic and partition of everything that the batch leads to."""
        assert self._outbox is not None  # noqa: S101 - the partition is open
        config = self.work.config
        counts: dict[str, int] = {}
        batch.outgoing.clear()
        batch.origins.clear()
        for index, (message, handled) in enumerate(zip(batch.messages, batch.handled, strict=True)):
            for position, emit in enumerate(handled.result.emits):
                topic = config.topic(emit.role)
                if topic not in counts:
                    counts[topic] = await self._outbox.partitions(topic)
                if emit.partition is None:
                    partition = partition_for(emit.key, counts[topic], fallback=message.offset)
                else:
                    partition = emit.partition % counts[topic]
                batch.outgoing.append(Outgoing(topic, partition, emit.key, emit.value, emit.headers))
                batch.origins.append((index, position))
            for key, value in handled.events:
                log = config.topic(TopicRole.FINGERPRINTS)
                batch.outgoing.append(Outgoing(log, self.source.partition, key, value))
                batch.origins.append((index, None))

    def _oversized(self, batch: _Batch) -> dict[int, Exception]:
        """Records over the limit of their topic: cheaper to find here than by a refusal."""
        limits = {topic.name: topic.spec.max_message_bytes for topic in self.work.config.topics.values()}
        return {
            index: ValueError(f"{size} bytes as a record, {record.topic} takes {limits[record.topic]}")
            for index, record in enumerate(batch.outgoing)
            if (size := record.size()) > limits[record.topic]
        }

    async def _without(self, batch: _Batch, guilty: dict[int, Exception]) -> _Batch:
        """The batch with dead letters in place of what cannot be published."""
        self._log.warning("records refused", records=len(guilty), reason=str(next(iter(guilty.values())))[:200])
        if batch.overlay is None:
            for index in sorted(guilty):
                origin, position = batch.origins[index]
                assert position is not None  # noqa: S101 - only a stage with a state has events
                batch.handled[origin] = self.work.refuse(
                    batch.handled[origin], batch.messages[origin], position, guilty[index]
                )
            return batch
        # Its state changes must not happen either, and later records may have built on them: decide the batch again.
        refused: dict[int, Exception] = {}
        for index, error in guilty.items():
            origin = batch.origins[index][0]
            if batch.handled[origin].events:
                refused[origin] = error
        if refused:
            return await self._handle(batch.messages, refused)
        return await self._without(replace(batch, overlay=None), guilty)

    async def _commit(self, batch: _Batch) -> None:
        assert self._outbox is not None  # noqa: S101 - the partition is open
        began = time.perf_counter()
        self._uncommitted = _Uncommitted(batch.next_offset, batch.handled)
        self.state = State.COMMITTING
        try:
            offsets = await self._outbox.publish(batch.outgoing, batch.next_offset)
        except RefusedError:
            self._uncommitted = None
            self.state = State.WORKING
            raise
        self._uncommitted = None
        self.next_offset = batch.next_offset
        if self._store is not None and batch.overlay is not None:
            logged = [offset for offset, (_, position) in zip(offsets, batch.origins, strict=True) if position is None]
            if logged:
                self._store.write(batch.overlay.changes, max(logged) + 1)
        if self._upkeep is not None:
            self._upkeep.committed(batch.handled)
        self.work.committed(self.work.stage, batch.handled)
        self.work.metrics.transaction_committed(
            self.work.stage, self.source.partition, time.perf_counter() - began, len(batch.messages)
        )


def _size(message: Message) -> int:
    return len(message.value or b"") + len(message.key or b"")


def _message(record: Any) -> Message:
    return Message(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=max(record.timestamp or 0, 0),
        key=record.key,
        value=record.value,
        headers=tuple((name, value or b"") for name, value in record.headers),
    )
