"""The pump of a stage: one consumer, one `PartitionPump` an assigned partition."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from copydesk.adapters.kafka.config import SOURCES
from copydesk.adapters.kafka.connection import group_consumer
from copydesk.adapters.kafka.partition import PartitionPump, StageWork, State

_log = structlog.get_logger("copydesk.delivery")


class StagePump:
    """Feeds a stage's agent from its topic and publishes the answers.

    Args:
        work: what the partitions share.
        failed: told of an error that does not pass; the process should end.
    """

    def __init__(self, work: StageWork, failed: Callable[[Exception], None]) -> None:
        self.work = work
        self.topic = work.config.topic(SOURCES[work.stage])
        self.partitions: dict[TopicPartition, PartitionPump] = {}
        self.joined = False
        """Whether the group has given this worker its share, which may be none."""
        self._failed = failed
        self._consumer: AIOKafkaConsumer | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Joined, and every assigned partition open and restored."""
        return self.joined and all(pump.ready for pump in self.partitions.values())

    @property
    def working(self) -> bool:
        """Whether anything is under way that ought to end."""
        return any(pump.state not in (State.IDLE, State.CLOSED) for pump in self.partitions.values())

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
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.give_up(list(self.partitions))
        if self._consumer is not None:
            with suppress(KafkaError, TimeoutError):  # the group's session time-out does it otherwise
                async with asyncio.timeout(self.work.config.stop_timeout_s / 2):
                    await self._consumer.stop()

    def take_over(self, assigned: Iterable[TopicPartition]) -> None:
        """Start on newly assigned partitions."""
        assert self._consumer is not None  # noqa: S101 - only its listener calls this
        self.joined = True
        self.work.metrics.rebalanced(self.work.stage)
        for partition in sorted(assigned):
            if partition not in self.partitions:
                pump = PartitionPump(self.work, self._consumer, partition, self._failed)
                self.partitions[partition] = pump
                pump.start()
        _log.info("assigned", stage=str(self.work.stage), partitions=[p.partition for p in sorted(self.partitions)])

    async def give_up(self, revoked: Sequence[TopicPartition]) -> None:
        """Stop partitions; returns when nothing of them is under way any more."""
        pumps = [pump for partition in revoked if (pump := self.partitions.pop(partition, None)) is not None]
        await asyncio.gather(*(pump.stop() for pump in pumps))
        for pump in pumps:
            self.work.metrics.lag_forgotten(self.work.stage, pump.source.topic, pump.source.partition)

    # --- figures --------------------------------------------------------------------------------------------------

    async def _measure(self) -> None:
        while True:
            await asyncio.sleep(self.work.config.lag_interval_s)
            try:
                await self.measure()
            except KafkaError as error:
                _log.warning("lag not measured", stage=str(self.work.stage), error=repr(error))

    async def measure(self) -> dict[int, int]:
        """Lag a partition, in records: the end as a committed reader sees it minus the ledger.

        Transaction markers at the end would show as a lag for ever. The consumer's position has passed them, so it
        counts where nothing is in flight.
        """
        assert self._consumer is not None  # noqa: S101 - started
        self.work.metrics.in_flight(self.work.stage, sum(pump.in_flight for pump in self.partitions.values()))
        lags: dict[int, int] = {}
        open_pumps = {p: pump for p, pump in self.partitions.items() if pump.next_offset is not None}
        if not open_pumps:
            return lags
        ends = await self._consumer.end_offsets(list(open_pumps))
        for partition, pump in open_pumps.items():
            if pump.next_offset is None or self.partitions.get(partition) is not pump:
                continue  # closed or revoked meanwhile
            reached = pump.next_offset
            if pump.state is State.IDLE and partition in self._consumer.assignment():
                reached = max(reached, await self._consumer.position(partition))
            lags[partition.partition] = max(0, ends[partition] - reached)
            self.work.metrics.lag(self.work.stage, partition.topic, partition.partition, lags[partition.partition])
        return lags


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka leaves it untyped
    def __init__(self, pump: StagePump) -> None:
        self._pump = pump

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._pump.give_up(list(revoked))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._pump.take_over(assigned)
