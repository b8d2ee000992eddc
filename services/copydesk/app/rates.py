"""Counts a second over the last few minutes."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Hashable


class Rates:
    """What happened in each of the last `span_s` seconds. The memory it takes does not grow with what happens.

    Args:
        span_s: seconds that are kept.
        clock: seconds, monotonic.
    """

    def __init__(self, span_s: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.span_s = span_s
        self._clock = clock
        self._seconds: deque[tuple[int, Counter[Hashable]]] = deque(maxlen=span_s + 1)
        self._began = int(clock())

    def count(self, name: Hashable) -> None:
        """It happened once, now."""
        second = int(self._clock())
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append((second, Counter()))
        self._seconds[-1][1][name] += 1

    def series(self, name: Hashable) -> list[int]:
        """Counts of each whole second, the oldest first; the second that is running is left out."""
        now = int(self._clock())
        found = [0] * self.span_s
        for second, counts in self._seconds:
            place = second - (now - self.span_s)
            if 0 <= place < self.span_s:
                found[place] = counts[name]
        return found

    def within(self, name: Hashable, seconds: int) -> int:
        """How often it happened in the last whole `seconds`."""
        return sum(self.series(name)[-seconds:])

    def per_second(self, name: Hashable, seconds: int) -> float:
        """Mean of the last whole `seconds`, of fewer where there were no more since the start."""
        there = min(seconds, int(self._clock()) - self._began)
        return self.within(name, there) / there if there > 0 else 0.0
