"""How far a partition is behind: in records, and in the age of the oldest record that is not committed yet.

The broker tells where a partition ends, but not when the record at an offset was appended; only reading it does. The
batch in work begins with that record. Where none is in work, the record came after the last one that was committed,
and after the last time that there was none. Where nothing at all is known, right after the start, it is looked at.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from aiokafka import TopicPartition

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import reader

_PEEK_BYTES = 64 * 1024
_PEEK_S = 3.0
_POLL_MS = 200


class Behind:
    """What is known of one partition's backlog. It outlives failures: a partition that is closed falls behind too.

    Args:
        clock: seconds since 1970, as the brokers stamp records.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.next_offset: int | None = None
        """Of the next record to commit."""
        self.end: int | None = None
        """Offset after the last record, when it was last measured."""
        self.lag: int | None = None
        """Records between both, transaction markers that the reader has passed left out."""
        self._clock = clock
        self._oldest_ms: int | None = None
        self._after_ms: float | None = None

    def opened(self, next_offset: int) -> None:
        """The broker says what is committed."""
        if next_offset != self.next_offset:
            self.next_offset, self._oldest_ms, self._after_ms = next_offset, None, None

    def working(self, timestamp_ms: int) -> None:
        """The time of the next record to commit is known; 0 is none."""
        if timestamp_ms > 0:
            self._oldest_ms = timestamp_ms

    def committed(self, next_offset: int, timestamp_ms: int) -> None:
        """A batch was committed; its last record has this time."""
        self.next_offset, self._oldest_ms = next_offset, None
        self._after_ms = timestamp_ms if timestamp_ms > 0 else self._clock() * 1000
        if self.end is not None:
            self.lag = max(0, self.end - next_offset)

    def measured(self, end: int, reached: int) -> None:
        """The partition ends there, and there is nothing to read before `reached`."""
        self.end, self.lag = end, max(0, end - reached)
        if self.lag == 0:
            self._oldest_ms, self._after_ms = None, self._clock() * 1000

    def lost_sight(self) -> None:
        """Nobody knows where it ends."""
        self.end = self.lag = None

    def unanswered(self) -> None:
        """Nobody says where it ends now. A backlog that was there is there still; that there is none is not known."""
        if not self.lag:
            self.lost_sight()

    def seconds(self) -> float | None:
        """Age of the oldest record that is not committed; 0 where there is none, None where nobody knows."""
        since_ms = self._oldest_ms
        if since_ms is None:
            if not self.lag:
                return None if self.lag is None else 0.0
            if self._after_ms is None:
                return None
            since_ms = round(self._after_ms)
        return max(0.0, self._clock() - since_ms / 1000)


async def first_times(config: DeliveryConfig, starts: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """Times of the first committed records from some offsets on, milliseconds since 1970; none of what is slow to come.

    Args:
        config: how to reach the brokers.
        starts: where to look.
    """
    found: dict[TopicPartition, int] = {}
    async with reader(replace(config, fetch_bytes=_PEEK_BYTES)) as consumer:
        consumer.assign(list(starts))
        for place, offset in starts.items():
            consumer.seek(place, offset)
        loop = asyncio.get_running_loop()
        until = loop.time() + _PEEK_S
        while len(found) < len(starts) and loop.time() < until:
            for place, records in (await consumer.getmany(timeout_ms=_POLL_MS, max_records=1)).items():
                if place not in found and records:
                    found[place] = max(records[0].timestamp or 0, 0)
                    consumer.pause(place)
    return found
