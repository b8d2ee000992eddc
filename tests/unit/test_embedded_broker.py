from __future__ import annotations

import socket

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from copydesk.adapters.embedded_broker import PARTITIONS, EmbeddedBroker


async def test_any_client_writes_and_reads_large_records_too() -> None:
    with EmbeddedBroker() as broker:
        broker.create_topics("pages")
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, max_request_size=8 << 20)
        await producer.start()
        sent = await producer.send_and_wait("pages", b"x" * (3 << 20), key=b"k", headers=[("x-url", b"u")])
        await producer.stop()
        consumer = AIOKafkaConsumer(
            bootstrap_servers=broker.bootstrap_servers, auto_offset_reset="earliest", max_partition_fetch_bytes=8 << 20
        )
        await consumer.start()
        consumer.assign([TopicPartition("pages", number) for number in range(PARTITIONS)])
        record = await consumer.getone()
        await consumer.stop()
    assert (record.partition, record.offset, record.key) == (sent.partition, 0, b"k")
    assert record.value == b"x" * (3 << 20)
    assert record.headers == (("x-url", b"u"),)


def test_two_brokers_share_nothing_and_end_when_closed() -> None:
    with EmbeddedBroker() as first, EmbeddedBroker() as second:
        assert first.bootstrap_servers != second.bootstrap_servers
        address = first.bootstrap_servers
    host, port = address.split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=2)
