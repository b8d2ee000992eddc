"""What is committed of a partition, and where it goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.commit import OffsetFetchRequest

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
        committed = (await group_offsets(client, group, [source]))[source]
    begin = int((await consumer.beginning_offsets([source]))[source])
    end = int((await consumer.end_offsets([source]))[source])
    return next_offset(source, committed, begin, end)


async def group_offsets(
    client: AIOKafkaAdminClient, group: str, places: Iterable[TopicPartition]
) -> dict[TopicPartition, int | None]:
    """What a group has committed of each of these partitions; None where it has never committed anything.

    Raises:
        KafkaError: the coordinator did not say. The library's own call overlooks the error code of the answer as a
            whole, which comes without any partition: a coordinator that is still loading its log after a restart would
            look like one that knows of no commits, and everything would be done again from the beginning.
    """
    asked: dict[str, list[int]] = defaultdict(list)
    for topic, partition in places:
        asked[topic].append(partition)
    coordinator = await client.find_coordinator(group)
    response = await client._send_request(OffsetFetchRequest(group, list(asked.items())), coordinator)  # noqa: SLF001
    return read_offsets(response, asked)


def read_offsets(response: Any, asked: Mapping[str, Sequence[int]]) -> dict[TopicPartition, int | None]:
    """The offsets of an answer to OffsetFetch, version 1 to 3, which must speak of every partition that was asked for.

    Raises:
        KafkaError: the answer is an error, or says nothing of a partition.
    """
    errors = [getattr(response, "error_code", 0)]  # version 1 has none
    found: dict[TopicPartition, int | None] = {}
    for topic, partitions in response.topics:
        for partition, offset, _, error in partitions:
            errors.append(error)
            found[TopicPartition(topic, partition)] = int(offset) if offset >= 0 else None
    failed = next(filter(None, errors), None)
    if failed is not None:
        raise for_code(failed)("the group's offsets could not be read")
    missing = [f"{t}-{p}" for t, partitions in asked.items() for p in partitions if TopicPartition(t, p) not in found]
    if missing:
        raise KafkaError(f"the coordinator's answer says nothing of {', '.join(missing)}")
    return found


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
