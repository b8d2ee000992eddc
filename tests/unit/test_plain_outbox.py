"""At-least-once publishing, against the embedded broker."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from copydesk.adapters.embedded_broker import PARTITIONS, EmbeddedBroker
from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.outbox import Outgoing, PlainOutbox, RefusedError
from copydesk.app.delivery import delivery_config
from copydesk.app.settings import Delivery, Settings

SOURCE = TopicPartition("raw-articles", 1)


@pytest.fixture
async def config() -> AsyncIterator[DeliveryConfig]:
    with EmbeddedBroker() as broker:
        broker.create_topics("raw-articles", "parsed-articles", "dead-letter")
        yield delivery_config(
            Settings.load({}, bootstrap_servers=broker.bootstrap_servers, delivery=Delivery.AT_LEAST_ONCE)
        )


@pytest.fixture
async def consumer(config: DeliveryConfig) -> AsyncIterator[AIOKafkaConsumer]:
    client = AIOKafkaConsumer(
        bootstrap_servers=config.connection["bootstrap_servers"],
        group_id="plain",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await client.start()
    client.assign([SOURCE])
    yield client
    await client.stop()


async def read(config: DeliveryConfig, topic: str, count: int) -> list[tuple[int, bytes | None, bytes | None]]:
    client = AIOKafkaConsumer(bootstrap_servers=config.connection["bootstrap_servers"], auto_offset_reset="earliest")
    await client.start()
    client.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
    found = [await client.getone() for _ in range(count)]
    await client.stop()
    return sorted((record.partition, record.key, record.value) for record in found)


async def test_records_are_published_before_the_offset_is_committed(
    config: DeliveryConfig, consumer: AIOKafkaConsumer
) -> None:
    outbox = await PlainOutbox.open(config, SOURCE, consumer)
    assert await outbox.partitions("parsed-articles") == PARTITIONS
    records = [
        Outgoing("parsed-articles", 2, b"k", b"first"),
        Outgoing("dead-letter", 0, None, b"dead", (("dlq-code", b"empty"),)),
        Outgoing("parsed-articles", 2, b"k", b"second"),
    ]
    assert await consumer.committed(SOURCE) is None
    offsets = await outbox.publish(records, 17)
    assert offsets[2] == offsets[0] + 1
    assert await consumer.committed(SOURCE) == 17
    await outbox.close()
    assert await read(config, "parsed-articles", 2) == [(2, b"k", b"first"), (2, b"k", b"second")]
    assert await read(config, "dead-letter", 1) == [(0, None, b"dead")]


async def test_a_record_that_no_client_sends_is_named_and_nothing_is_committed(
    config: DeliveryConfig, consumer: AIOKafkaConsumer
) -> None:
    outbox = await PlainOutbox.open(config, SOURCE, consumer)
    huge = Outgoing("parsed-articles", 0, b"k", b"x" * (64 << 20))
    with pytest.raises(RefusedError) as refused:
        await outbox.publish([Outgoing("parsed-articles", 0, b"k", b"small"), huge], 3)
    assert set(refused.value.guilty) == {1}
    assert await consumer.committed(SOURCE) is None
    await outbox.publish([Outgoing("parsed-articles", 0, b"k", b"small")], 3)
    assert await consumer.committed(SOURCE) == 3
    await outbox.close()
