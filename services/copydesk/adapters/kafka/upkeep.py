"""Upkeep of a partition's state: now and then, between two batches, what fell out of the window is removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import structlog

from copydesk.adapters.kafka.jobs import Handled
from copydesk.core.ports import StateStore

Prune = Callable[[StateStore, int, int], int]
"""Removes what is too old for a newest arrival (milliseconds since 1970), at most so many records; how many it were."""

EVERY_RECORDS = 1_000
EVERY_S = 60.0
AT_ONCE = 1_000
"""Records removed in one go, as many as have come since. The event loop stands still meanwhile, 0.13 ms a record."""

_log = structlog.get_logger("copydesk.delivery")


class Upkeep:
    """Knows when the state of one partition is to be pruned, and does it.

    Args:
        prune: removes what is too old.
        clock: seconds, monotonic.
        wall: seconds since 1970. A raw record from the future must not push the whole state out of the window.
    """

    def __init__(
        self, prune: Prune, *, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._prune = prune
        self._clock = clock
        self._wall = wall
        self._newest_ms = 0
        self._since = 0
        self._last = clock()
        self._more = False

    def committed(self, handled: Sequence[Handled]) -> None:
        """Learn of records whose transaction has committed."""
        self._since += len(handled)
        now_ms = int(self._wall() * 1000)
        for one in handled:
            for outcome in one.result.outcomes:
                if outcome.raw_timestamp_ms <= now_ms:
                    self._newest_ms = max(self._newest_ms, outcome.raw_timestamp_ms)

    @property
    def due(self) -> bool:
        """Whether it is time. Without new records nothing grows older: the newest record is the clock."""
        if self._more:
            return True
        return self._since >= EVERY_RECORDS or (self._since > 0 and self._clock() - self._last >= EVERY_S)

    def run(self, store: StateStore) -> int:
        """Prune if it is time; the number of records removed. No overlay on the store may wait for its commit."""
        if not self.due:
            return 0
        removed = self._prune(store, self._newest_ms, AT_ONCE)
        self._more = removed >= AT_ONCE
        self._since = 0
        self._last = self._clock()
        if removed:
            _log.info("state pruned", records=removed, more=self._more)
        return removed
