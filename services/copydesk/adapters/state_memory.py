"""Dedupe state in memory: for tests, for `copydesk process`, and as the plain statement of what a store does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class MemoryStore:
    """State of one partition in a dictionary."""

    def __init__(self) -> None:
        self._data: dict[bytes, bytes] = {}
        self._next_offset: int | None = None

    @property
    def next_offset(self) -> int | None:
        """Offset of the next log record to apply; None where the store is new."""
        return self._next_offset

    def get(self, key: bytes) -> bytes | None:
        """The value under `key`, or None."""
        return self._data.get(key)

    def write(self, changes: Mapping[bytes, bytes | None], next_offset: int) -> None:
        """Write changes (None deletes) and the position."""
        for key, value in changes.items():
            if value is None:
                self._data.pop(key, None)
            else:
                self._data[key] = value
        self._next_offset = next_offset

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """All entries under a prefix, in key order, as they were when the scan began."""
        yield from sorted((key, value) for key, value in self._data.items() if key.startswith(prefix))

    def size(self) -> tuple[int, int]:
        """Number of keys; nothing is on a disk."""
        return len(self._data), 0

    def clear(self) -> None:
        """Forget everything, the position included."""
        self._data.clear()
        self._next_offset = None

    def close(self) -> None:
        """Nothing to release: a store that is opened again still holds its data."""


class MemoryStores:
    """Stores in memory; a partition keeps its store for as long as this object lives."""

    def __init__(self) -> None:
        self._stores: dict[int, MemoryStore] = {}

    def open(self, partition: int) -> MemoryStore:
        """The store of `partition`."""
        return self._stores.setdefault(partition, MemoryStore())
