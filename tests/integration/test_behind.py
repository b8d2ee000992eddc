"""How old a backlog is that nobody has read, on a real broker."""

from __future__ import annotations

import time

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from tests.support.kafka import KafkaBroker

from copydesk.adapters.kafka.behind import first_times
from copydesk.app.delivery import delivery_config
from copydesk.app.settings import Settings

pytestmark = pytest.mark.kafka


async def test_the_first_committed_record_from_an_offset_on_tells_its_time(broker: KafkaBroker, app_id: str) -> None:
    config = delivery_config(Settings.load({}, app_id=app_id, bootstrap_servers=broker.bootstrap))
    place, empty = TopicPartition(app_id, 0), TopicPartition(f"{app_id}-empty", 0)
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=f"{app_id}-writer")
    await producer.start()
    begun_ms = round(time.time() * 1000)
    try:
        await producer.partitions_for(empty.topic)
        for number, commits in enumerate((True, False, True)):
            await producer.begin_transaction()
            stamped = begun_ms - 60_000 * (10 - number)  # a topic made by itself keeps the producer's times
            await producer.send_and_wait(place.topic, b"x", partition=0, timestamp_ms=stamped)
            await (producer.commit_transaction() if commits else producer.abort_transaction())
    finally:
        await producer.stop()
    assert await first_times(config, {place: 0, empty: 0}) == {place: begun_ms - 600_000}
    # Offsets 1, 3 and 5 are markers, 2 was aborted: the first record from 1 on is the third.
    assert await first_times(config, {place: 1}) == {place: begun_ms - 480_000}
