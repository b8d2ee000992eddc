"""For comparison: a plain aiokafka loop, at least once. Consume, send, wait for the broker, commit.

It takes the variables of a copydesk worker.
"""

from __future__ import annotations

import asyncio
import os
import signal

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tests.support.counting import ORIGIN


async def main() -> None:
    """Run until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    bootstrap, target = os.environ["COPYDESK_BOOTSTRAP_SERVERS"], os.environ["COPYDESK_TOPICS__PARSED__NAME"]
    consumer = AIOKafkaConsumer(
        os.environ["COPYDESK_TOPICS__RAW__NAME"],
        bootstrap_servers=bootstrap,
        group_id=os.environ["COPYDESK_APP_ID"],
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await consumer.start()
    await producer.start()
    try:
        while not stop.is_set():
            batches = await consumer.getmany(timeout_ms=200, max_records=100)
            sent = [
                await producer.send(
                    target,
                    record.value,
                    record.key,
                    partition=0,
                    headers=[(ORIGIN, f"{record.partition}-{record.offset}".encode())],
                )
                for records in batches.values()
                for record in records
            ]
            await asyncio.gather(*sent)
            if sent:
                await consumer.commit()
    finally:
        await producer.stop()
        await consumer.stop()


if __name__ == "__main__":
    asyncio.run(main())
