"""When something last got further. What has work to do and gets no further is stuck, however busy its process is."""

from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """The furthest point of one partition, and when it was reached.

    Doing the same again after a failure is no progress, so a point counts once. The clock is monotonic: the wall clock
    may be set.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._furthest: tuple[int, ...] = ()

    def reach(self, *point: int) -> None:
        """A point was reached; points compare as tuples do, the offset first."""
        if point > self._furthest:
            self._furthest = point
            self.touch()

    def touch(self) -> None:
        """It got further, by however little, or there is nothing to do just now: no time is lost."""
        self._last = self._clock()

    def forgive(self, seconds: float) -> None:
        """So much of the time was nobody's fault."""
        self._last = min(self._last + seconds, self._clock())

    def idle_for(self) -> float:
        """Seconds since it got further, or last had nothing to do."""
        return self._clock() - self._last
