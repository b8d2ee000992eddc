"""Whether transactions that a lone broker has confirmed are whole after it was stopped or frozen.

A lone broker that hands over its partitions when it stops has nobody to hand them to; one that was frozen for longer
than its session is declared dead when it goes on. Either way its partitions are without a leader for a moment, and
Kafka's transaction coordinator leaves out the markers of partitions without a leader: it takes them for deleted. A
transaction that it confirms at that moment is then committed on some partitions and aborted on others.

Usage: python -m benchmarks.broker_stop [--stops N] [--hand-over] [--freeze S] [--session S]. Needs Java and Maven.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError
from tests.support.kafka import KafkaBroker

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import admin, reader
from copydesk.adapters.kafka.ledger import group_offsets
from copydesk.adapters.kafka.outbox import Outgoing, TransactionalOutbox
from copydesk.app.delivery import delivery_config
from copydesk.app.settings import Settings

GROUP = "stops"
WRITERS = 12
BATCH = 100
AWAY = (KafkaError, OSError, TimeoutError, AssertionError)


@dataclass(slots=True)
class Writer:
    """One writer of transactions: where it is, and what was confirmed to it."""

    source: TopicPartition
    log: TopicPartition
    outbox: TransactionalOutbox | None = None
    offset: int = 0
    log_end: int = 0
    """Offset after the last record of its own partition in a confirmed transaction."""


def main() -> int:
    """0 where every confirmed transaction was whole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--hand-over", action="store_true", help="controlled.shutdown.enable=true, Kafka's default")
    parser.add_argument("--freeze", type=float, default=0.0, help="seconds, instead of stopping it")
    parser.add_argument("--session", type=float, help="broker.session.timeout.ms, in seconds")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    properties = {"controlled.shutdown.enable": str(options.hand_over).lower()}
    if options.session is not None:
        properties["broker.session.timeout.ms"] = str(round(options.session * 1000))
    with tempfile.TemporaryDirectory(prefix="copydesk-stops-") as folder:
        broker = KafkaBroker(Path(folder), properties=properties)
        broker.start()
        try:
            undone = asyncio.run(run(broker, options.stops, options.freeze))
        finally:
            broker.kill()
    print(f"{options.stops} stops: {undone} confirmed transactions were not whole")
    return int(undone > 0)


async def run(broker: KafkaBroker, stops: int, freeze_s: float) -> int:
    """Write, stop or freeze, go on, compare; the number of confirmed transactions that were not whole."""
    config = delivery_config(Settings.load({}, bootstrap_servers=broker.bootstrap, app_id=GROUP))
    writers = [Writer(TopicPartition("in", number), TopicPartition("log", number)) for number in range(WRITERS)]
    async with admin(config) as client:
        await client.create_topics([NewTopic(name, WRITERS, 1) for name in ("in", "log", "out")])
    rng = random.Random(1)
    undone = 0
    for stop in range(stops):
        await asyncio.gather(*(open_outbox(config, writer) for writer in writers))
        tasks = [asyncio.create_task(write(writer, rng)) for writer in writers]
        await asyncio.sleep(rng.uniform(1.5, 3.0))
        if freeze_s:
            broker.signal(signal.SIGSTOP)
            await asyncio.sleep(freeze_s)
            broker.signal(signal.SIGCONT)
            await asyncio.sleep(3.0)  # what was under way is confirmed
        else:
            await asyncio.to_thread(broker.stop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(close_outbox(writer) for writer in writers))
        if not freeze_s:
            await asyncio.to_thread(broker.start)
        found = await asyncio.gather(*(compare(config, writer) for writer in writers))
        undone += sum(found)
        print(f"stop {stop + 1}: {sum(found)} of {sum(w.offset for w in writers) // BATCH} not whole", flush=True)
    return undone


async def write(writer: Writer, rng: random.Random) -> None:
    """Transactions without end: records for its own partition and for all, and its offset."""
    assert writer.outbox is not None  # noqa: S101 - opened before
    while True:
        own = [Outgoing("log", writer.log.partition, None, b"x" * 200) for _ in range(BATCH)]
        others = [Outgoing("out", rng.randrange(WRITERS), None, b"x" * 200) for _ in range(BATCH)]
        offsets = await writer.outbox.publish([*own, *others], writer.offset + BATCH)
        writer.offset += BATCH
        writer.log_end = offsets[BATCH - 1] + 1


async def open_outbox(config: DeliveryConfig, writer: Writer) -> None:
    """Fence the former outbox as the service does, as soon as the broker lets it."""
    while writer.outbox is None:
        with suppress(*AWAY):
            writer.outbox = await TransactionalOutbox.open(config, GROUP, writer.source)
        await asyncio.sleep(0.1)


async def close_outbox(writer: Writer) -> None:
    """Break off what is under way."""
    outbox, writer.outbox = writer.outbox, None
    if outbox is not None:
        await outbox.close()


async def compare(config: DeliveryConfig, writer: Writer) -> bool:
    """Whether what was confirmed is gone; the writer goes on from what the broker says."""
    await open_outbox(config, writer)
    while True:
        with suppress(*AWAY):
            async with admin(config) as client, reader(config) as consumer:
                committed = (await group_offsets(client, GROUP, [writer.source]))[writer.source] or 0
                end = (await consumer.end_offsets([writer.log]))[writer.log]
                whole = committed >= writer.offset and await is_visible(consumer, writer.log, writer.log_end - 1, end)
            break
        await asyncio.sleep(0.1)
    writer.offset, writer.log_end = committed, 0
    return not whole


async def is_visible(consumer: AIOKafkaConsumer, place: TopicPartition, offset: int, end: int) -> bool:
    """Whether the record is there for a read_committed reader; nothing before the first is asked for."""
    if offset < 0 or offset >= end:
        return offset < 0
    consumer.assign([place])
    consumer.seek(place, offset)
    while await consumer.position(place) < end:
        for record in (await consumer.getmany(place, timeout_ms=500)).get(place, ()):
            return bool(record.offset == offset)
    return False


if __name__ == "__main__":
    sys.exit(main())
