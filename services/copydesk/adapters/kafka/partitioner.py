"""Which partition a record goes to. The service names it itself: default partitioners differ between clients."""

from __future__ import annotations

from aiokafka.partitioner import murmur2


def partition_for(key: bytes | None, partitions: int, *, fallback: int) -> int:
    """Partition of a key, as the Java client chooses it (murmur2), so that its producers and ours agree.

    Args:
        key: the record's key.
        partitions: number of partitions that the topic has.
        fallback: spreads records without a key, deterministically; the source's offset does.
    """
    if key is None:
        return fallback % partitions
    return int(murmur2(key) & 0x7FFFFFFF) % partitions
