"""A fuse: when too many records fail, the fault is hardly theirs, and the rest may not follow them as dead letters.

Only faults count (kind failed), never what policy rejects. A batch is judged before its transaction: what blows the
fuse is not committed, and is tried again after a pause. A batch without failures always passes, so that one broken
partition does not hold up the others.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from copydesk.adapters.kafka.jobs import Handled
from copydesk_schemas.reasons import FAILURES


@dataclass(frozen=True, slots=True)
class FuseConfig:
    """When failures are too many. A limit of 0 switches that rule off."""

    run: NonNegativeInt = 50
    """Failed records in a row."""
    ratio: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of failed records among the last `window`, once there are `least`."""
    window: PositiveInt = 400
    least: PositiveInt = 100
    pause_s: PositiveFloat = 60.0
    """How long a partition waits before it tries its batch again."""


class FuseBlownError(Exception):
    """Too many records failed; the batch was not committed."""


class Fuse:
    """Knows the latest records of a stage, in the order in which they were committed.

    Args:
        config: the limits.
    """

    def __init__(self, config: FuseConfig) -> None:
        self.config = config
        self._latest: deque[bool] = deque(maxlen=config.window)
        self._run = 0

    def check(self, batch: Sequence[Handled]) -> None:
        """Judge a batch that is about to be committed.

        Raises:
            FuseBlownError: with it, failures would pass a limit. The text says which, and what failed most.
        """
        failures = [failed(one) for one in batch]
        if not any(failures):
            return
        run = longest = self._run
        for bad in failures:
            run = run + 1 if bad else 0
            longest = max(longest, run)
        if 0 < self.config.run <= longest:
            raise FuseBlownError(f"{longest} records failed in a row, the limit is {self.config.run}{_most(batch)}")
        latest = deque([*self._latest, *failures], maxlen=self.config.window)
        share = sum(latest) / len(latest)
        if len(latest) >= self.config.least and 0 < self.config.ratio <= share:
            raise FuseBlownError(
                f"{share:.0%} of the last {len(latest)} records failed, the limit is {self.config.ratio:.0%}"
                f"{_most(batch)}"
            )

    def accept(self, batch: Sequence[Handled]) -> None:
        """Learn of a batch that was committed."""
        for bad in map(failed, batch):
            self._latest.append(bad)
            self._run = self._run + 1 if bad else 0


def failed(handled: Handled) -> bool:
    """Whether a record met a fault; a feed counts once, however many of its items did."""
    return any(outcome.code in FAILURES for outcome in handled.result.outcomes)


def _most(batch: Sequence[Handled]) -> str:
    """The most frequent failure of a batch: code, class and place of the error, whose text may quote the document."""
    seen: Counter[str] = Counter()
    for one in batch:
        for outcome in one.result.outcomes:
            if outcome.code in FAILURES:
                seen[", ".join(filter(None, (outcome.code, outcome.error_class, outcome.error_place)))] += 1
    ((text, count),) = seen.most_common(1)
    return f"; most often ({count} times in this batch): {text}"
