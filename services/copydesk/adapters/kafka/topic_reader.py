"""Read topics from where they begin to where they end now, as a committed reader sees them, in bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import reader
from copydesk_schemas.topics import MIB

_FETCH_BYTES = MIB
"""Bytes from one partition at a time; the broker sends a larger record nevertheless."""
_POLL_MS = 200
_STUCK_AFTER_S = 30.0
_TRANSACTION_MARGIN_S = 15.0
"""The broker looks for transactions that have timed out every ten seconds."""

Offsets = Mapping[TopicPartition, int]


class StuckError(TimeoutError):
    """The brokers answer, but a partition does not get on."""


def parts(topic: str, partitions: Iterable[int]) -> list[TopicPartition]:
    """Partitions of a topic."""
    return [TopicPartition(topic, partition) for partition in partitions]


def place_of(record: ConsumerRecord[Any, Any]) -> str:
    """Coordinates of a record: `topic-partition-offset`."""
    return f"{record.topic}-{record.partition}-{record.offset}"


async def bounds(config: DeliveryConfig, places: Iterable[TopicPartition]) -> tuple[Offsets, Offsets]:
    """First retained offset and end of each partition. The end is the last stable offset: committed records only."""
    wanted = list(places)
    if not wanted:
        return {}, {}
    async with reader(config) as consumer:
        return await _bounds(consumer, wanted)


async def settled_ends(config: DeliveryConfig, places: Iterable[TopicPartition]) -> Offsets:
    """Ends behind everything that has been written by now, once all transactions that were open have ended.

    The markers of one transaction reach its partitions one by one: a group's committed offset may be seen before the
    records that were published with it. Who compares both has to wait for the markers.

    Raises:
        StuckError: a transaction is still open although the broker should have ended it.
    """
    wanted = list(places)
    if not wanted:
        return {}
    async with reader(config, isolation_level="read_uncommitted") as consumer:
        _, written = await _bounds(consumer, wanted)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _patience_s(config)
    async with reader(config) as consumer:
        while True:
            _, ends = await _bounds(consumer, wanted)
            open_ = [place for place in wanted if ends[place] < written[place]]
            if not open_:
                return ends
            if loop.time() > deadline:
                raise StuckError(f"a transaction on {open_[0].topic}-{open_[0].partition} is still open")
            await asyncio.sleep(_POLL_MS / 1000)


def _patience_s(config: DeliveryConfig) -> float:
    """How long to wait for a partition: at least until the broker has ended any transaction of ours."""
    return max(_STUCK_AFTER_S, config.transaction_timeout_ms / 1000 + _TRANSACTION_MARGIN_S)


async def _bounds(consumer: AIOKafkaConsumer[Any, Any], places: list[TopicPartition]) -> tuple[Offsets, Offsets]:
    consumer.assign(places)
    begins = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    return begins, ends


async def read_topics(
    config: DeliveryConfig,
    places: Iterable[TopicPartition],
    *,
    starts: Offsets | None = None,
    ends: Offsets | None = None,
) -> AsyncGenerator[ConsumerRecord[Any, Any]]:
    """Records of some partitions, in order within each.

    Args:
        config: how to reach the brokers.
        places: the partitions.
        starts: where to begin; what is older than what is retained, or not named, begins there.
        ends: where to stop; where the partitions end now, by default.

    Raises:
        StuckError: nothing has come for 30 s or longer although the end is not reached.
    """
    wanted = list(places)
    if not wanted:
        return
    async with reader(replace(config, fetch_bytes=_FETCH_BYTES)) as consumer:
        begins, now = await _bounds(consumer, wanted)
        stops = {place: min(now[place], ends[place]) if ends and place in ends else now[place] for place in wanted}
        positions = {place: max(begins[place], (starts or {}).get(place, 0)) for place in wanted}
        for place, position in positions.items():
            consumer.seek(place, position)
        left = {place for place in wanted if positions[place] < stops[place]}
        consumer.pause(*(set(wanted) - left))
        loop = asyncio.get_running_loop()
        moved = loop.time()
        while left:
            batches = await consumer.getmany(*left, timeout_ms=_POLL_MS)
            for place, batch in batches.items():
                for record in batch:
                    if record.offset < stops[place]:
                        yield record
            # Transaction markers take offsets too, and the last one is often such: only the position tells the end.
            for place in sorted(left):
                position = await consumer.position(place)
                if position > positions[place]:
                    positions[place], moved = position, loop.time()
                if position >= stops[place]:
                    left.discard(place)
                    consumer.pause(place)
            if loop.time() - moved > _patience_s(config):
                stuck = min(left)
                raise StuckError(f"{stuck.topic}-{stuck.partition} is stuck at offset {positions[stuck]}")


async def read_one(config: DeliveryConfig, place: TopicPartition, offset: int) -> ConsumerRecord[Any, Any] | None:
    """The record at an offset; None where it is not retained any more."""
    async with aclosing(read_topics(config, [place], starts={place: offset}, ends={place: offset + 1})) as records:
        async for record in records:
            if record.offset == offset:
                return record
    return None
