"""Ports: what the core and the application need of the world. Adapters implement them, fakes included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class StateView(Protocol):
    """Read access to the dedupe state of one partition."""

    def get(self, key: bytes) -> bytes | None:
        """The value under `key`, or None.

        Raises:
            StateUnavailableError: it cannot be read.
        """


class StateStore(StateView, Protocol):
    """Dedupe state of one partition: a cache of its log topic, with the position up to which it holds the log."""

    @property
    def next_offset(self) -> int | None:
        """Offset of the next log record to apply; None where the store is new."""

    def write(self, changes: Mapping[bytes, bytes | None], next_offset: int) -> None:
        """Write changes (None deletes) and the position in one atomic batch.

        Raises:
            StateUnavailableError: it cannot be written; nothing of the batch was.
        """

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """All entries under a prefix, in key order."""

    def size(self) -> tuple[int, int]:
        """Number of keys, about, and bytes on the disk.

        Raises:
            StateUnavailableError: nobody can tell.
        """

    def clear(self) -> None:
        """Forget everything, the position included."""

    def close(self) -> None:
        """Release the files."""


class StateStores(Protocol):
    """Opens the store of a partition."""

    def open(self, partition: int) -> StateStore:
        """The store of `partition`, empty where it is new or was damaged.

        Raises:
            StateUnavailableError: it cannot be opened.
        """


class Overlay:
    """Changes of a batch on top of a state that must not change before its transaction has committed."""

    def __init__(self, base: StateView) -> None:
        self._base = base
        self.changes: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        """The value under `key`, changes of this batch first."""
        if key in self.changes:
            return self.changes[key]
        return self._base.get(key)

    def put(self, key: bytes, value: bytes | None) -> None:
        """Set, or with None delete."""
        self.changes[key] = value

    def merge(self, later: Overlay) -> None:
        """Take over the changes of an overlay on top of this one."""
        self.changes.update(later.changes)


class TaskTimeoutError(Exception):
    """A task ran over its time limit; its worker was killed."""


class TaskMemoryError(Exception):
    """A task needed more memory than a process may have; the process went on, or was replaced."""

    hint = (
        "The document takes more memory to read than COPYDESK_POOL_MEMORY_MIB allows: look at it, or raise the limit "
        "and replay."
    )
    """Advice for the dead letter."""


class WorkerCrashedError(Exception):
    """The process that ran a task died."""


class PoolUnavailableError(Exception):
    """No process can be had to run a task: it says nothing about the task, which should be tried again later."""


class StateUnavailableError(Exception):
    """The dedupe state cannot be read or written just now. No record is to blame: close the store and open it again."""


class TaskPool(Protocol):
    """Runs pure functions elsewhere, with a time limit a call."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception.

        Raises:
            TaskTimeoutError: it ran too long.
            TaskMemoryError: it needed too much memory.
            WorkerCrashedError: its process died.
            PoolUnavailableError: there are no processes to run it.
        """

    async def close(self) -> None:
        """Stop the workers."""
