"""Does the broker mean its transactions? Some (mocks, for example) say yes to every call and keep none of them."""

from __future__ import annotations

import uuid

from aiokafka import TopicPartition

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import reader, start_producer
from copydesk_schemas.topics import TopicRole

_POLL_MS = 500


class PretendedTransactionsError(Exception):
    """The broker shows aborted records to a read_committed reader."""


async def check_transactions(config: DeliveryConfig) -> None:
    """Abort a record on the dead-letter topic and see that it stays invisible. Its trace is one unseen record.

    Raises:
        PretendedTransactionsError: it became visible, so `transactional` would not be exactly once.
    """
    topic = TopicPartition(config.topic(TopicRole.DEAD), 0)
    mark = uuid.uuid4().hex.encode()
    producer = await start_producer(config, f"{config.app_id}-self-test-{mark.decode()}")
    try:
        await producer.begin_transaction()
        sent = await producer.send_and_wait(topic.topic, b"self-test", mark, partition=topic.partition)
        await producer.abort_transaction()
    finally:
        await producer.stop()
    async with reader(config) as consumer:
        consumer.assign([topic])
        consumer.seek(topic, sent.offset)
        while await consumer.position(topic) <= sent.offset:
            batch = await consumer.getmany(topic, timeout_ms=_POLL_MS)
            if any(record.key == mark for record in batch.get(topic, ())):
                raise PretendedTransactionsError(
                    "the broker shows aborted records, so its transactions are pretended: "
                    "set COPYDESK_DELIVERY=at_least_once, or use a real Kafka broker"
                )
