"""What a user would write instead: one loop with aiokafka, trafilatura and datasketch. The benchmark's yardstick.

At-least-once by auto-commit, near-duplicates by MinHash LSH in memory; start it twice in one group for two cores.

Usage: python -m benchmarks.plain_script BOOTSTRAP IN_TOPIC OUT_TOPIC GROUP
"""

from __future__ import annotations

import asyncio
import json
import sys

import trafilatura
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from datasketch import MinHash, MinHashLSH

PERMUTATIONS = 128


def signature(text: str) -> MinHash:
    """MinHash over 3-word shingles."""
    words = text.lower().split()
    mark = MinHash(num_perm=PERMUTATIONS)
    mark.update_batch([" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))])
    return mark


async def run(bootstrap: str, source: str, target: str, group: str) -> None:
    """Consume, extract, match, produce; for ever."""
    index = MinHashLSH(threshold=0.5, num_perm=PERMUTATIONS)
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=11 << 20,
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=11 << 20)
    await producer.start()
    await consumer.start()
    while not consumer.assignment():
        await consumer.getmany(timeout_ms=100, max_records=1)
    print("ready", flush=True)
    try:
        async for record in consumer:
            found = trafilatura.extract(record.value, output_format="json", with_metadata=True, url=record.key.decode())
            article = json.loads(found) if found else {"text": ""}
            mark = signature(article["text"])
            copies = index.query(mark)
            name = f"{record.partition}-{record.offset}"
            if not copies:
                index.insert(name, mark)
            article["duplicate_of"] = copies[0] if copies else None
            await producer.send(target, json.dumps(article).encode(), key=record.key)
    finally:
        await consumer.stop()
        await producer.stop()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:5]))
