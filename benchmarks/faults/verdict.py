"""Counting: what came in against what came out, and the state against its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.reading import Record

from copydesk.adapters.state_rocksdict import RocksStores


@dataclass(frozen=True, slots=True)
class Delivered:
    """Raw records against outputs."""

    records_in: int
    records_out: int
    lost: int
    """Raw records without any output."""
    twice: int
    """Outputs beyond the first of the same raw record, and outputs of none."""


@dataclass(frozen=True, slots=True)
class StateCheck:
    """Keys whose state was compared, and those where it is not what it should be."""

    keys: int
    wrong: int
    found: tuple[str, ...] = ()
    """What is wrong beside single keys."""


def delivered(raw: Iterable[Record], outputs: Iterable[Record]) -> Delivered:
    """Compare by the coordinates of the raw record that every output carries."""
    expected = {record.coordinates for record in raw}
    seen = Counter(record.origin for record in outputs)
    surplus = sum(count - 1 if origin in expected else count for origin, count in seen.items())
    return Delivered(len(expected), sum(seen.values()), len(expected - set(seen)), surplus)


def log_check(expected: Mapping[bytes, int], log: Sequence[Record]) -> StateCheck:
    """The log must count 1, 2, 3 … for each key, up to the number of records of that key, with nothing left out."""
    counts: dict[bytes, list[int]] = {}
    for record in log:
        counts.setdefault(record.key, []).append(int(record.value))
    keys = set(expected) | set(counts)
    wrong = sum(counts.get(key, []) != list(range(1, expected.get(key, 0) + 1)) for key in keys)
    return StateCheck(len(keys), wrong)


def counted(log: Sequence[Record]) -> Mapping[bytes, bytes]:
    """What a store holds after the records of a log: the newest count of each key."""
    return {record.key: record.value for record in log}


def store_check(
    folders: Iterable[Path],
    log: Sequence[Record],
    replay: Callable[[Sequence[Record]], Mapping[bytes, bytes]] = counted,
) -> StateCheck:
    """Compare the stores of all workers, which must have ended, with their log.

    Each store must open undamaged and hold what its log says up to the position that it names. Of each partition one
    store at least, that of its last owner, must have come to the end of the log.

    Args:
        folders: the workers' state folders.
        log: all records of the log topic.
        replay: what a store holds after some records of one partition.
    """
    keys = wrong = 0
    found: list[str] = []
    folders = list(folders)
    for partition in sorted({record.partition for record in log}):
        records = [record for record in log if record.partition == partition]
        newest = 0
        for folder in folders:
            if not (folder / f"partition-{partition}").exists():
                continue
            store = RocksStores(folder).open(partition)
            try:
                damage, position, held = store.recovered_from, store.next_offset or 0, dict(store.scan(b""))
            finally:
                store.close()
            if damage is not None:
                wrong += 1
                found.append(f"a store of partition {partition} was damaged: {damage}")
            replayed = replay([record for record in records if record.offset < position])
            keys += len(replayed)
            wrong += sum(held.get(key) != replayed.get(key) for key in set(held) | set(replayed))
            newest = max(newest, position)
        if newest <= records[-1].offset:
            wrong += 1
            found.append(f"partition {partition}: stores come to {newest}, the log to {records[-1].offset + 1}")
    return StateCheck(keys, wrong, tuple(found))
