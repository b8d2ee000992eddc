"""What the delivery tells the outside, and a listener that keeps nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from copydesk_schemas.reasons import Stage


class DeliveryMetrics(Protocol):
    """Receives figures of the delivery. Times are seconds, sizes records."""

    def transaction_committed(self, stage: Stage, partition: int, seconds: float, records: int) -> None:
        """A batch was committed."""

    def transaction_aborted(self, stage: Stage, reason: str) -> None:
        """A batch failed and will be tried again."""

    def fenced(self, stage: Stage) -> None:
        """A newer owner of the partition fenced this one."""

    def lag(self, stage: Stage, topic: str, partition: int, records: int) -> None:
        """Records behind the end."""

    def lag_forgotten(self, stage: Stage, topic: str, partition: int) -> None:
        """The partition went to another worker."""

    def in_flight(self, stage: Stage, records: int) -> None:
        """Records between fetch and commit."""

    def restore_progress(self, partition: int, done: int, total: int) -> None:
        """Offsets of the state log restored, and how many there are to restore."""

    def rebalanced(self, stage: Stage) -> None:
        """Partitions were assigned anew."""


class NoMetrics:
    """Keeps nothing."""

    def transaction_committed(self, stage: Stage, partition: int, seconds: float, records: int) -> None:
        """Keep nothing."""

    def transaction_aborted(self, stage: Stage, reason: str) -> None:
        """Keep nothing."""

    def fenced(self, stage: Stage) -> None:
        """Keep nothing."""

    def lag(self, stage: Stage, topic: str, partition: int, records: int) -> None:
        """Keep nothing."""

    def lag_forgotten(self, stage: Stage, topic: str, partition: int) -> None:
        """Keep nothing."""

    def in_flight(self, stage: Stage, records: int) -> None:
        """Keep nothing."""

    def restore_progress(self, partition: int, done: int, total: int) -> None:
        """Keep nothing."""

    def rebalanced(self, stage: Stage) -> None:
        """Keep nothing."""


class Progress:
    """When anything last moved on: a record handled, a batch committed, a partition opened. The live probe asks it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()

    def touch(self) -> None:
        """Something moved on."""
        self._last = self._clock()

    def idle_for(self) -> float:
        """Seconds since anything moved on."""
        return self._clock() - self._last
