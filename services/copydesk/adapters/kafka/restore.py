"""Bring a dedupe store up to the end of its log topic, which is the truth; the store is a cache of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from aiokafka import TopicPartition

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import reader
from copydesk.core.ports import Overlay, StateStore

Apply = Callable[[bytes, bytes | None, Overlay], None]
"""Applies one record of the log to a state."""

_POLL_MS = 500
_RECORDS_A_WRITE = 5_000
_STUCK_AFTER_S = 30.0

_log = structlog.get_logger("copydesk.delivery")


class RestoreError(Exception):
    """The end of the log was not reached: the state is incomplete and must not be used."""


async def restore(
    config: DeliveryConfig, log: TopicPartition, store: StateStore, apply: Apply, moved: Callable[[int, int], None]
) -> int:
    """Apply what the store has not seen of the log; the number of records applied.

    A store that is new, or whose position lies outside the log (another cluster, records that have expired), is
    rebuilt from the beginning. `moved` is told how many offsets of how many are restored.

    Raises:
        RestoreError: the log's end could not be read.
    """
    applied = 0
    async with reader(config) as consumer:
        consumer.assign([log])
        begin = (await consumer.beginning_offsets([log]))[log]
        # With read_committed this is the last stable offset. Our producer has fenced its predecessor, so that nothing
        # of this partition is still open.
        end = (await consumer.end_offsets([log]))[log]
        position = store.next_offset
        if position is None or not begin <= position <= end:
            if position is not None:
                _log.warning("state rebuilt", partition=log.partition, position=position, begin=begin, end=end)
            store.clear()
            position = begin
        first = position
        consumer.seek(log, position)
        loop = asyncio.get_running_loop()
        last = loop.time()
        moved(0, end - first)
        overlay = Overlay(store)
        pending = 0
        while position < end:
            batch = await consumer.getmany(log, timeout_ms=_POLL_MS, max_records=_RECORDS_A_WRITE)
            for record in batch.get(log, ()):
                if record.offset >= end:
                    break
                apply(record.key, record.value, overlay)
                pending += 1
            # Transaction markers are holes: only the position tells that the end was reached.
            reached = min(await consumer.position(log), end)
            if reached > position:
                position, last = reached, loop.time()
                if pending >= _RECORDS_A_WRITE or position >= end:
                    store.write(overlay.changes, position)
                    overlay, applied, pending = Overlay(store), applied + pending, 0
                moved(position - first, end - first)
            elif loop.time() - last > _STUCK_AFTER_S:
                raise RestoreError(f"{log.topic}-{log.partition}: stuck at offset {position}, the end is {end}")
    if store.next_offset is None:
        store.write({}, end)
    if store.next_offset != end:
        raise RestoreError(f"{log.topic}-{log.partition}: restored to {store.next_offset}, the end is {end}")
    return applied
