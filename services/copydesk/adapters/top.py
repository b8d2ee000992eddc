"""Label values from an open set, kept few: the most frequent have names of their own, the rest are `other`."""

from __future__ import annotations

import time
from collections.abc import Callable

OTHER = "other"
HALF_LIFE_S = 86_400.0
"""After a day a sighting counts half: a source that fell silent keeps its series for long enough to alarm."""
_CLEARLY = 2.0
"""A newcomer takes a place only from one that comes half as often, or the two would change places for ever."""
_RESCALE_AT = 2.0**64


class Top:
    """The most frequent names of a stream. Counts decay, so that it follows what is frequent now.

    Names without a place are counted too, as many as there are places; the rarest of them is forgotten for a new one.

    Args:
        places: names with a place; 0 makes everything `other`.
        left: told of a name that lost its place, whose series should go.
        clock: seconds, monotonic.
    """

    def __init__(self, places: int, left: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._left = left
        self._clock = clock
        self._since = clock()
        self._held: dict[str, float] = {}
        self._waiting: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._held)

    def seen(self, name: str) -> str:
        """Count a sighting; the label to use: the name, or `other`."""
        # Instead of letting all counts shrink, let each later sighting weigh more.
        weight = 2.0 ** ((self._clock() - self._since) / HALF_LIFE_S)
        if weight > _RESCALE_AT:
            self._rescale(weight)
            weight = 1.0
        if name in self._held:
            self._held[name] += weight
            return name
        if len(self._held) < self._places:
            self._held[name] = weight
            return name
        return self._challenge(name, weight) if self._places else OTHER

    def _challenge(self, name: str, weight: float) -> str:
        if name not in self._waiting and len(self._waiting) >= self._places:
            del self._waiting[min(self._waiting, key=self._waiting.__getitem__)]
        score = self._waiting[name] = self._waiting.get(name, 0.0) + weight
        rarest = min(self._held, key=self._held.__getitem__)
        if score <= _CLEARLY * self._held[rarest]:
            return OTHER
        del self._held[rarest]
        self._left(rarest)
        self._held[name] = self._waiting.pop(name)
        return name

    def _rescale(self, weight: float) -> None:
        for counts in (self._held, self._waiting):
            for name in counts:
                counts[name] /= weight
        self._since = self._clock()
