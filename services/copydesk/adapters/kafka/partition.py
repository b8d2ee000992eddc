"""One assigned partition: open, then fetch, hand to the agent, publish and commit, again and again, until revoked.

Whatever goes wrong ends in the same place: close everything, pause, open again. Opening asks the broker what is
committed, so a commit whose answer was lost is found out, and nothing is done twice or left out. There is no last try:
a broker that is away for an hour or a disk that is full is waited for, and other partitions go on meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from copydesk.adapters.kafka.authorization import explain_kafka_error
from copydesk.adapters.kafka.batch import (
    Batch,
    Refuse,
    address,
    commit_of,
    guilty_decisions,
    oversized,
    size_of,
    split,
    with_dead_letters,
)
from copydesk.adapters.kafka.behind import Behind
from copydesk.adapters.kafka.budget import ByteBudget
from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.fuse import Fuse, FuseBlownError
from copydesk.adapters.kafka.jobs import Ask, Handled, Job
from copydesk.adapters.kafka.ledger import committed_offset
from copydesk.adapters.kafka.observe import DeliveryMetrics
from copydesk.adapters.kafka.outbox import FENCED, Outbox, PlainOutbox, RefusedError, TransactionalOutbox
from copydesk.adapters.kafka.progress import Progress
from copydesk.adapters.kafka.restore import Apply, restore
from copydesk.adapters.kafka.upkeep import Prune, Upkeep
from copydesk.core.ports import Overlay, StateStore, StateStores, StateUnavailableError
from copydesk.core.records import Message
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

_log = structlog.get_logger("copydesk.delivery")
_FETCH_WAIT_MS = 1_000
_MAX_REFUSALS = 20
"""Rounds of taking refused records out of one batch; each finds all that are guilty of that round."""


class State(StrEnum):
    """What a partition is doing."""

    OPENING = "opening"
    RESTORING = "restoring"
    IDLE = "idle"
    QUEUED = "queued"
    """Records are there, and the bytes in work of other partitions leave no room for them yet."""
    WORKING = "working"
    COMMITTING = "committing"
    WAITING = "waiting"
    """Something failed; it is opened again after a pause."""
    PAUSED = "paused"
    """The fuse has blown."""
    CLOSED = "closed"


OPEN = frozenset({State.IDLE, State.QUEUED, State.WORKING, State.COMMITTING})
"""States with a complete ledger, and a complete state where there is one."""


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
    budget: ByteBudget
    fuse: Fuse
    activity: Progress | None = None
    """Touched for each record that the pool is done with: what the stage's records may wait for."""
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

    batch: Batch
    began: float
    fenced: bool = False


class PartitionPump:
    """Runs one partition as a task of its own, so that the pool stays busy while another one commits."""

    def __init__(self, work: StageWork, consumer: AIOKafkaConsumer, source: TopicPartition) -> None:
        self.work = work
        self.source = source
        self.state = State.OPENING
        self.next_offset: int | None = None
        """The ledger: offset of the next record to handle."""
        self.in_flight = 0
        self.lag: int | None = None
        """Records behind the end when it was last measured; None while nobody knows, or it is closed."""
        self.behind = Behind()
        """The same for the figures, also while it is closed, and in seconds."""
        self.restored: tuple[int, int] | None = None
        """Offsets of the state log that are restored, and how many there are to restore."""
        self._restored_furthest = -1
        """Of the restores since the last commit: a restore that fails at the same place again is no progress."""
        self.trouble: str | None = None
        """Why it does not work, while it does not."""
        self.progress = Progress()
        self._consumer = consumer
        self._stopping = False
        self._outbox: Outbox | None = None
        self._store: StateStore | None = None
        self._upkeep = Upkeep(work.prune) if work.prune is not None else None
        self._uncommitted: _Uncommitted | None = None
        self._acknowledged = -1
        """Next offset of the last commit that the broker has confirmed to us."""
        self._task: asyncio.Task[None] | None = None
        self._log = _log.bind(stage=str(work.stage), topic=source.topic, partition=source.partition)

    @property
    def ready(self) -> bool:
        """Whether it is open and its state is complete."""
        return self.state in OPEN

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=f"{self.work.stage}-{self.source.partition}")

    async def stop(self, grace_s: float) -> None:
        """End: a commit under way is finished, anything before it is dropped, for the next owner does it again.

        A commit that takes longer than `grace_s`, for the brokers may be away, is left to the next owner too: it asks
        them what became of it.
        """
        self._stopping = True
        if self._task is None:
            return
        if self.state in (State.COMMITTING, State.CLOSED):  # closed: it is just closing its producer
            await asyncio.wait({self._task}, timeout=grace_s)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        # Also what libraries log in this task says which partition it is about.
        structlog.contextvars.bind_contextvars(
            stage=str(self.work.stage), topic=self.source.topic, partition=self.source.partition
        )
        failures = 0
        while not self._stopping:
            pause_s, state = 0.0, State.WAITING
            try:
                await self._open()
                while not self._stopping:
                    for messages in split(await self._fetch(), self.work.config.batch_bytes):
                        await self._process(messages)
                        failures = 0
                        if self._stopping:
                            break
            except FuseBlownError as error:
                pause_s, state = self.work.fuse.config.pause_s, State.PAUSED
                self._note_fuse(error, pause_s)
            except Exception as error:  # noqa: BLE001 - whatever it is, the partition is opened anew
                failures += 1
                pause_s = self._pause(failures)
                self._note(error, failures, pause_s)
            finally:
                await self._close()
            if not self._stopping:
                self.state = state
                await asyncio.sleep(pause_s)
                if state is State.PAUSED:
                    self.progress.touch()  # the pause was meant; the next try has all its time

    def _pause(self, failures: int) -> float:
        """Twice as long each time, up to a limit; a little by chance, so that partitions do not knock all at once."""
        config = self.work.config
        longest: float = min(config.backoff_s * 2.0 ** min(failures, 16), config.max_backoff_s)
        return longest * random.uniform(0.75, 1.0)

    def _note_fuse(self, error: FuseBlownError, pause_s: float) -> None:
        self.trouble = f"paused: {error}"
        self.work.metrics.fuse_blown(self.work.stage)
        self.work.metrics.restarted(self.work.stage, "fuse")
        self._log.error(
            "THE FUSE HAS BLOWN: nothing more goes to the dead letters, the batch is tried again after a pause",
            reason=str(error),
            pause_s=pause_s,
            next_offset=self.next_offset,
        )

    def _note(self, error: Exception, failures: int, pause_s: float) -> None:
        if isinstance(error, FENCED):
            # Also the true owner is fenced when its transaction times out, so this is no reason to leave.
            self.trouble = "another producer has taken over its transactional id, or its transaction timed out"
            self.work.metrics.fenced(self.work.stage)
            self.work.metrics.restarted(self.work.stage, "fenced")
            self._log.warning("fenced", failures=failures, pause_s=round(pause_s, 2))
            return
        self.trouble = in_words(error)
        self.work.metrics.restarted(self.work.stage, type(error).__name__)
        self._log.warning(
            "partition failed, opening it again",
            failures=failures,
            pause_s=round(pause_s, 2),
            why=self.trouble,
            # The first time the trace helps; while the same goes on, a line a try is enough.
            exc_info=error if failures == 1 else None,
        )

    # --- open and close -------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        """Fence, then ask what is committed, then seek there, then restore: in this order no zombie can interfere."""
        self.state = State.OPENING
        config = self.work.config
        if config.transactional:
            self._outbox = await TransactionalOutbox.open(config, self.work.group, self.source)
        else:
            self._outbox = await PlainOutbox.open(config, self.source, self._consumer)
        next_offset = await committed_offset(config, self.work.group, self.source, self._consumer)
        if next_offset < self._acknowledged:
            # Offsets only grow. What is done again now may come out twice: see docs/reliability.md.
            self._log.error(
                "THE BROKER HAS TAKEN BACK A COMMIT that it had confirmed: its records are done again",
                confirmed=self._acknowledged,
                committed=next_offset,
            )
            self._acknowledged = next_offset
        self._settle(next_offset)
        self.progress.reach(next_offset)
        self.behind.opened(next_offset)
        self._consumer.seek(self.source, next_offset)
        if self.work.stores is not None and self.work.apply is not None:
            await self._restore(self.work.stores, self.work.apply)
        self.next_offset = next_offset
        self.state = State.IDLE
        self.trouble = None
        self._log.info("partition opened", next_offset=next_offset)

    async def _restore(self, stores: StateStores, apply: Apply) -> None:
        self.state = State.RESTORING
        self._store = stores.open(self.source.partition)
        log = TopicPartition(self.work.config.topic(TopicRole.FINGERPRINTS), self.source.partition)

        def moved(done: int, total: int) -> None:
            self.restored = done, total
            if done > self._restored_furthest:
                self._restored_furthest = done
                self.progress.touch()
            self.work.metrics.restore_progress(self.source.partition, done, total)

        applied = await restore(self.work.config, log, self._store, apply, moved)
        self._log.info("state restored", records=applied, next_offset=self._store.next_offset)

    def _settle(self, next_offset: int) -> None:
        """Account for a batch whose commit went through although its answer was lost."""
        unsure, self._uncommitted = self._uncommitted, None
        if unsure is None:
            return
        if unsure.batch.next_offset == next_offset:
            self._account(unsure.batch, unsure.began)
            self._acknowledged = next_offset
        elif not unsure.fenced:
            self.work.metrics.aborted(self.work.stage)

    async def _close(self) -> None:
        outbox, self._outbox = self._outbox, None
        store, self._store = self._store, None
        self.next_offset = self.lag = None
        self.in_flight = 0
        self.state = State.CLOSED
        # Whatever fails here, the partition must be opened again: both are made anew then.
        try:
            if store is not None:
                store.close()
        except Exception as error:  # noqa: BLE001 - see above
            self._log.warning("state not closed cleanly", exc_info=error)
        try:
            if outbox is not None:
                await outbox.close()
        except Exception as error:  # noqa: BLE001 - see above
            self._log.warning("producer not closed cleanly", exc_info=error)

    # --- one batch ------------------------------------------------------------------------------------------------

    async def _fetch(self) -> list[Message]:
        """New records from the ledger's position on; none after a quiet second."""
        records = await self._consumer.getmany(
            self.source, timeout_ms=_FETCH_WAIT_MS, max_records=self.work.config.batch_records
        )
        assert self.next_offset is not None  # noqa: S101 - the partition is open
        return [_message(r) for r in records.get(self.source, ()) if r.offset >= self.next_offset]

    async def _process(self, messages: tuple[Message, ...]) -> None:
        self.in_flight = len(messages)
        self.state = State.QUEUED
        self.behind.working(messages[0].timestamp_ms)
        async with self.work.budget.take(sum(map(size_of, messages))):
            self.state = State.WORKING
            # Waiting for records is no standstill: the time to handle them begins here.
            self.progress.reach(messages[0].offset, 1)
            batch = await self._handle(messages, {})
            assert self._outbox is not None  # noqa: S101 - the partition is open
            for _ in range(_MAX_REFUSALS):
                await address(batch, self.work.config, self._outbox, self.source.partition)
                guilty = oversized(batch, self.work.config)
                if not guilty:
                    self.work.fuse.check(batch.handled)
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
        if self._upkeep is not None and self._store is not None:
            self.work.metrics.pruned(self._upkeep.run(self._store))

    async def _handle(self, messages: tuple[Message, ...], refused: dict[int, Exception]) -> Batch:
        """Let the agent work on a batch. Nothing that it does is visible before the commit."""
        overlay = Overlay(self._store) if self._store is not None else None
        answer: asyncio.Future[list[Handled]] = asyncio.get_running_loop().create_future()
        count = itertools.count(1)

        def moved() -> None:
            if not job.abandoned:
                self.progress.reach(messages[0].offset, 1, next(count))

        job = Job(self.work.stage, messages, answer, overlay, refused, moved)
        try:
            await self.work.ask(job)
            handled = await answer
        except BaseException:
            job.abandoned = True
            raise
        if len(handled) != len(messages):
            raise RuntimeError(f"{len(handled)} answers to {len(messages)} records")
        return Batch(messages, handled, overlay, refused)

    async def _without(self, batch: Batch, guilty: dict[int, Exception]) -> Batch:
        """The batch with dead letters in place of what cannot be published."""
        self._log.warning("records refused", records=len(guilty), reason=str(next(iter(guilty.values())))[:200])
        self.work.metrics.refused(self.work.stage, len(guilty))
        # Where the state changed with a guilty record, that must not happen either, and later records may have built
        # on it: the batch is decided again.
        decisions = guilty_decisions(batch, guilty) if batch.overlay is not None else {}
        if decisions:
            return await self._handle(batch.messages, {**batch.refused, **decisions})
        with_dead_letters(batch, guilty, self.work.refuse)
        return batch

    async def _commit(self, batch: Batch) -> None:
        assert self._outbox is not None  # noqa: S101 - the partition is open
        began = time.perf_counter()
        self._uncommitted = _Uncommitted(batch, began)
        self.state = State.COMMITTING
        try:
            offsets = await self._outbox.publish(batch.outgoing, batch.next_offset)
        except RefusedError:
            self._uncommitted = None
            self.state = State.WORKING
            self.work.metrics.aborted(self.work.stage)
            raise
        except FENCED:
            self._uncommitted.fenced = True  # and counted as such
            raise
        # From here on it has happened, whatever becomes of the local state.
        self._uncommitted = None
        self.next_offset = self._acknowledged = batch.next_offset
        self._restored_furthest = -1
        self.progress.reach(batch.next_offset)
        self.behind.committed(batch.next_offset, batch.messages[-1].timestamp_ms)
        self._account(batch, began)
        if self._store is not None and batch.overlay is not None:
            logged = batch.logged(offsets)
            if logged:
                self._store.write(batch.overlay.changes, max(logged) + 1)

    def measure_state(self) -> None:
        """Tell how large the state is, where there is one and it is open."""
        if self._store is None or not self.ready:
            return
        try:
            keys, size = self._store.size()
        except StateUnavailableError as error:
            self._log.warning("state not measured", reason=str(error))  # who needs the state will find out
        else:
            self.work.metrics.state_size(self.source.partition, keys, size)

    def _account(self, batch: Batch, began: float) -> None:
        self.work.fuse.accept(batch.handled)
        if self._upkeep is not None:
            self._upkeep.committed(batch.handled)
        self.work.committed(self.work.stage, batch.handled)
        self.work.metrics.committed(self.work.stage, commit_of(batch, time.perf_counter() - began))


def in_words(error: Exception) -> str:
    """What went wrong, for a person; a time-out brings no text of its own."""
    if isinstance(error, TimeoutError):
        return "the brokers did not answer in time"
    return explain_kafka_error(error)[:300]


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
