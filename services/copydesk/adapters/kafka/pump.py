"""The pump of a stage: one consumer, one `PartitionPump` an assigned partition."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NoBrokersAvailable,
    NodeNotReadyError,
    RequestTimedOutError,
    StaleMetadata,
)

from copydesk.adapters.kafka.authorization import explain_kafka_error
from copydesk.adapters.kafka.behind import first_times
from copydesk.adapters.kafka.config import SOURCES
from copydesk.adapters.kafka.connection import group_consumer
from copydesk.adapters.kafka.observe import Place
from copydesk.adapters.kafka.partition import PartitionPump, StageWork, State
from copydesk.adapters.kafka.progress import Progress

_log = structlog.get_logger("copydesk.delivery")
_ANSWER_WITHIN_S = 10.0
_AWAY = (
    KafkaConnectionError,
    KafkaTimeoutError,
    NodeNotReadyError,
    NoBrokersAvailable,
    RequestTimedOutError,
    StaleMetadata,
    TimeoutError,
)
"""What brokers that are away look like. Everything else is an answer."""


class StagePump:
    """Feeds a stage's agent from its topic and publishes the answers.

    Args:
        work: what the partitions share.
    """

    def __init__(self, work: StageWork) -> None:
        self.work = work
        self.topic = work.config.topic(SOURCES[work.stage])
        self.partitions: dict[TopicPartition, PartitionPump] = {}
        self.joined = False
        """Whether the group has given this worker its share, which may be none."""
        self.broker_answers = False
        """Whether the brokers answered when they were last asked."""
        self._answers = Progress()
        self._stopping = False
        self._membership = Progress()
        self._consumer: AIOKafkaConsumer | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Joined, and every assigned partition open and restored."""
        return self.joined and all(pump.ready for pump in self.partitions.values())

    async def start(self) -> None:
        """Join the group. The topic must exist."""
        self._consumer = group_consumer(self.work.config, self.work.group)
        self._consumer.subscribe([self.topic], listener=_Listener(self))
        try:
            await self._consumer.start()
        except BaseException:
            await self._consumer.stop()
            raise
        self._watch = asyncio.create_task(self._measure(), name=f"{self.work.stage}-lag")

    async def stop(self) -> None:
        """Finish what is being committed, drop the rest, leave the group."""
        self._stopping = True
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.give_up(list(self.partitions), self.work.config.stop_grace_s)
        if self._consumer is not None:
            with suppress(KafkaError, TimeoutError):  # the group's session time-out does it otherwise
                async with asyncio.timeout(self.work.config.stop_grace_s):
                    await self._consumer.stop()

    def take_over(self, assigned: Iterable[TopicPartition]) -> None:
        """Start on newly assigned partitions."""
        assert self._consumer is not None  # noqa: S101 - only its listener calls this
        if self._stopping:
            return  # a rebalance during the stop: the next one gives them to others
        self.joined = True
        self.work.metrics.rebalanced(self.work.stage)
        for partition in sorted(assigned):
            if partition not in self.partitions:
                pump = PartitionPump(self.work, self._consumer, partition)
                self.partitions[partition] = pump
                pump.start()
        _log.info("assigned", stage=str(self.work.stage), partitions=[p.partition for p in sorted(self.partitions)])

    async def give_up(self, revoked: Sequence[TopicPartition], grace_s: float) -> None:
        """Stop partitions; returns when nothing of them is under way any more. A commit gets `grace_s` to finish."""
        self.joined = False
        self._membership.touch()
        pumps = [pump for partition in revoked if (pump := self.partitions.pop(partition, None)) is not None]
        await asyncio.gather(*(pump.stop(grace_s) for pump in pumps))
        for pump in pumps:
            self.work.metrics.place(self.work.stage, pump.source.topic, pump.source.partition, Place())
            if self.work.stores is not None:
                self.work.metrics.state_forgotten(pump.source.partition)

    # --- is it alive? ---------------------------------------------------------------------------------------------

    def stalled(self, after_s: float) -> list[str]:
        """What ought to move and has not for `after_s` seconds, a sentence each; nothing while the brokers are away.

        A partition moves when a record is handled, a batch committed, a piece of state restored, or when the reader
        passes over what was aborted. It need not move where there is nothing to read, while the fuse holds it, or while
        other partitions' bytes leave no room for its own.
        """
        if not self.broker_answers:
            return []
        stage = self.work.stage
        if not self.joined:
            idle = self._membership.idle_for()
            return [f"{stage}: the group has given it no partitions for {idle:.0f} s"] if idle > after_s else []
        return [
            f"{stage}: partition {pump.source.partition} has been {pump.state} for {self._idle_for(pump):.0f} s "
            f"at offset {pump.next_offset} with {'unknown' if pump.lag is None else pump.lag} records to read"
            + (f" ({pump.trouble})" if pump.trouble else "")
            for _, pump in sorted(self.partitions.items())
            if self._idle_for(pump) > after_s and _ought_to_move(pump)
        ]

    def _idle_for(self, pump: PartitionPump) -> float:
        """Its records may wait in the pool for slow ones of other partitions: while those move on, so does it."""
        idle = pump.progress.idle_for()
        if pump.state is State.WORKING and self.work.activity is not None:
            return min(idle, self.work.activity.idle_for())
        return idle

    def forgive(self, seconds: float) -> None:
        """So much time was nobody's fault: the brokers were away, or the whole process stood still."""
        self._membership.forgive(seconds)
        for pump in self.partitions.values():
            pump.progress.forgive(seconds)

    # --- figures --------------------------------------------------------------------------------------------------

    async def _measure(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    await self.measure()
            except _AWAY as error:
                if self.broker_answers:
                    _log.warning("the brokers do not answer", stage=str(self.work.stage), error=repr(error))
                self.broker_answers = False
                for pump in self.partitions.values():
                    pump.lag = pump.lag or None
                    pump.behind.unanswered()
            except Exception as error:  # noqa: BLE001 - the next measurement may go well, and this task must not end
                # An answer all the same, but what is to read is not known.
                self._answered()
                for pump in self.partitions.values():
                    pump.lag = None
                    pump.behind.lost_sight()
                _log.warning("lag not measured", stage=str(self.work.stage), why=explain_kafka_error(error))
            else:
                await self.try_to_look_at_the_oldest()
            self.observe()
            await asyncio.sleep(self.work.config.lag_interval_s)

    async def try_to_look_at_the_oldest(self) -> None:
        """Its age is a figure and no more: what goes wrong here says nothing of the brokers."""
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await self._look_at_the_oldest()
        except Exception as error:  # noqa: BLE001 - tried again with the next measurement
            _log.debug("age of the backlog not known", stage=str(self.work.stage), error=repr(error))

    def _answered(self) -> None:
        if not self.broker_answers:
            self.broker_answers = True
            self.forgive(self._answers.idle_for())
        self._answers.touch()

    async def measure(self) -> dict[int, int]:
        """Lag a partition, in records: the end as a committed reader sees it minus the ledger.

        Transaction markers at the end would show as a lag for ever. The consumer's position has passed them, so it
        counts where nothing is in flight.
        """
        assert self._consumer is not None  # noqa: S101 - started
        # Also a worker without partitions asks: it wants to know whether the brokers are there.
        asked = list(self.partitions) or [TopicPartition(self.topic, 0)]
        ends = await self._consumer.end_offsets(asked)
        self._answered()
        if not self.partitions:
            # Nobody reads, so nobody would be told what befell the membership, and aiokafka waits until somebody is.
            await self._consumer.getmany(timeout_ms=0)
        lags: dict[int, int] = {}
        for partition, pump in list(self.partitions.items()):
            if partition not in ends:
                continue  # assigned meanwhile
            if pump.next_offset is None:
                if pump.behind.next_offset is not None:  # not open, but behind all the same
                    pump.behind.measured(ends[partition], pump.behind.next_offset)
                continue
            reached = pump.next_offset
            if pump.state is State.IDLE and partition in self._consumer.assignment():
                reached = max(reached, await self._consumer.position(partition))
                if pump.next_offset is None:
                    continue  # closed meanwhile
            pump.progress.reach(reached)
            pump.lag = lags[partition.partition] = max(0, ends[partition] - reached)
            pump.behind.measured(ends[partition], reached)
            if pump.lag == 0:
                pump.progress.touch()
            pump.measure_state()
        return lags

    async def _look_at_the_oldest(self) -> None:
        """Find out how old the backlog is where nothing of it has been read yet."""
        unread = {
            place: pump
            for place, pump in self.partitions.items()
            if pump.behind.lag and pump.behind.next_offset is not None and pump.behind.seconds() is None
        }
        if not unread:
            return
        starts = {place: pump.behind.next_offset or 0 for place, pump in unread.items()}
        for place, timestamp_ms in (await first_times(self.work.config, starts)).items():
            if unread[place].behind.next_offset == starts[place]:  # else it has been committed meanwhile
                unread[place].behind.working(timestamp_ms)

    def observe(self) -> None:
        """Tell the figures, as far as they are known without asking anybody."""
        metrics, stage, budget = self.work.metrics, self.work.stage, self.work.budget
        pumps = self.partitions.values()
        metrics.broker_up(stage, up=self.broker_answers)
        metrics.in_flight(stage, sum(pump.in_flight for pump in pumps), budget.used, budget.limit)
        states = Counter(pump.state for pump in pumps)
        metrics.partition_states(stage, {state: states[state] for state in State})
        for pump in pumps:
            behind = pump.behind
            idle_s = self._idle_for(pump) if _ought_to_move(pump) else 0.0
            now = Place(behind.lag, behind.seconds(), behind.next_offset, behind.end, idle_s)
            metrics.place(stage, pump.source.topic, pump.source.partition, now)


def _ought_to_move(pump: PartitionPump) -> bool:
    if pump.state is State.IDLE:
        return bool(pump.lag)
    return pump.state not in (State.PAUSED, State.QUEUED)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka leaves it untyped
    def __init__(self, pump: StagePump) -> None:
        self._pump = pump

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        # Half of what the group waits for its members.
        await self._pump.give_up(list(revoked), self._pump.work.config.rebalance_timeout_ms / 2000)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._pump.take_over(assigned)
