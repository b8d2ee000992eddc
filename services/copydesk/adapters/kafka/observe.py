"""What the delivery tells the outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from copydesk_schemas.reasons import Stage


@dataclass(frozen=True, slots=True)
class Commit:
    """A transaction that was committed."""

    seconds: float
    """From its begin."""
    records: int
    """Input records."""
    consumed_bytes: int
    """Of their keys and values."""
    published: Mapping[str, tuple[int, int]]
    """Output records and bytes of their keys and values, by topic."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a partition stands; None is what nobody knows."""

    lag: int | None = None
    """Records behind the end."""
    lag_s: float | None = None
    """Age of the oldest record that is not committed, seconds; 0 when there is none."""
    next_offset: int | None = None
    """Of the next record to commit."""
    end: int | None = None
    """Offset after the last record that a committed reader can see."""
    idle_s: float | None = None
    """Seconds since it got further, or last had nothing to do."""


class DeliveryMetrics(Protocol):
    """Receives figures of the delivery. Times are seconds, sizes bytes."""

    def committed(self, stage: Stage, commit: Commit) -> None:
        """A batch was committed."""

    def aborted(self, stage: Stage) -> None:
        """A transaction was begun and not committed."""

    def fenced(self, stage: Stage) -> None:
        """A newer owner of the partition fenced this one."""

    def refused(self, stage: Stage, records: int) -> None:
        """Output records can not be published; dead letters take their places."""

    def restarted(self, stage: Stage, reason: str) -> None:
        """A partition failed and is opened again. The reason is an error's class, `fenced` or `fuse`."""

    def fuse_blown(self, stage: Stage) -> None:
        """Too many records failed: the batch was held back."""

    def rebalanced(self, stage: Stage) -> None:
        """Partitions were assigned anew."""

    def place(self, stage: Stage, topic: str, partition: int, now: Place) -> None:
        """Where a partition stands. An empty `Place` says that it went to another worker."""

    def in_flight(self, stage: Stage, records: int, size: int, limit: int) -> None:
        """Records and bytes between fetch and commit, and how many bytes there may be."""

    def partition_states(self, stage: Stage, counts: Mapping[str, int]) -> None:
        """Assigned partitions by what they are doing."""

    def broker_up(self, stage: Stage, *, up: bool) -> None:
        """Whether the brokers answered when they were last asked."""

    def restore_progress(self, partition: int, done: int, total: int) -> None:
        """Offsets of the state log restored, and how many there are to restore."""

    def state_size(self, partition: int, keys: int, size: int) -> None:
        """Keys, about, and bytes on the disk of a partition's state."""

    def state_forgotten(self, partition: int) -> None:
        """The state of a partition went to another worker."""

    def pruned(self, records: int) -> None:
        """Records of the state fell out of its window."""
