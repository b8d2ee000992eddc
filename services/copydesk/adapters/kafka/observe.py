"""What the delivery tells the outside, and a listener that keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
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

    def partition_states(self, stage: Stage, counts: Mapping[str, int]) -> None:
        """Assigned partitions by what they are doing."""

    def fuse_blown(self, stage: Stage) -> None:
        """Too many records failed: the batch was held back."""

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

    def partition_states(self, stage: Stage, counts: Mapping[str, int]) -> None:
        """Keep nothing."""

    def fuse_blown(self, stage: Stage) -> None:
        """Keep nothing."""

    def restore_progress(self, partition: int, done: int, total: int) -> None:
        """Keep nothing."""

    def rebalanced(self, stage: Stage) -> None:
        """Keep nothing."""
