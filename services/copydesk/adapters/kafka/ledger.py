"""What is committed of a partition, and where it goes on."""

from __future__ import annotations

from aiokafka import AIOKafkaConsumer, TopicPartition

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import admin


async def committed_offset(
    config: DeliveryConfig, group: str, source: TopicPartition, consumer: AIOKafkaConsumer
) -> int:
    """Next offset to consume: the committed one, or the beginning where there is none or where it has expired.

    Asked of the broker, after the producer has fenced its predecessor; the consumer's own memory may be older.
    """
    async with admin(config) as client:
        offsets = await client.list_consumer_group_offsets(group, partitions=[source])
    found = offsets.get(source)
    begin = int((await consumer.beginning_offsets([source]))[source])
    return max(int(found.offset), begin) if found is not None and found.offset >= 0 else begin
