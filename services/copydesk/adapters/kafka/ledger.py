"""What is committed of a partition, and where it goes on."""

from __future__ import annotations

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import admin

_log = structlog.get_logger("copydesk.delivery")


class OffsetBeyondEndError(Exception):
    """Only a person can know where to go on."""


async def committed_offset(
    config: DeliveryConfig, group: str, source: TopicPartition, consumer: AIOKafkaConsumer
) -> int:
    """Next offset to consume: the committed one, or the beginning where there is none.

    Asked of the broker, after the producer has fenced its predecessor; the consumer's own memory may be older.
    """
    async with admin(config) as client:
        offsets = await client.list_consumer_group_offsets(group, partitions=[source])
    found = offsets.get(source)
    committed = int(found.offset) if found is not None and found.offset >= 0 else None
    begin = int((await consumer.beginning_offsets([source]))[source])
    end = int((await consumer.end_offsets([source]))[source])
    return next_offset(source, committed, begin, end)


def next_offset(source: TopicPartition, committed: int | None, begin: int, end: int) -> int:
    """Where to go on. What can't be read any more is said loudly: those records have no outcome and never will.

    Raises:
        OffsetBeyondEndError: the committed offset is of records that are not there.

    Args:
        source: the partition, for the log.
        committed: the group's offset, None where it has none.
        begin: first offset that is still there.
        end: offset after the last committed record.
    """
    if committed is None:
        return begin
    where = {"topic": source.topic, "partition": source.partition, "committed": committed, "begin": begin, "end": end}
    if committed < begin:
        _log.error("RECORDS EXPIRED UNREAD: the topic's retention is shorter than the worker was behind", **where)
        return begin
    if committed > end:
        # Lost records (go on at the end), or a topic made anew (begin at the beginning)? A guess would lose or repeat.
        raise OffsetBeyondEndError(
            f"the group's offset {committed} is beyond the end of {source.topic}-{source.partition}, {end}: the topic "
            "has lost records or was made anew. Set the group's offset to where it should go on"
        )
    return committed
