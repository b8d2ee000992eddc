"""Counting: what came in against what came out, and the state against its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


def delivered(raw: Iterable[Record], outputs: Iterable[Record]) -> Delivered:
    """Compare by the coordinates of the raw record that every output carries."""
    expected = {f"{record.partition}-{record.offset}" for record in raw}
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


def store_check(folder: Path, log: Sequence[Record]) -> StateCheck:
    """A worker's store must hold what its log says up to the position that it names; the worker must have ended."""
    keys = wrong = 0
    for partition in {record.partition for record in log}:
        if not (folder / f"partition-{partition}").exists():
            continue
        store = RocksStores(folder).open(partition)
        try:
            position = store.next_offset or 0
            replayed = {r.key: r.value for r in log if r.partition == partition and r.offset < position}
            held = dict(store.scan(b""))
        finally:
            store.close()
        keys += len(replayed)
        wrong += sum(held.get(key) != replayed.get(key) for key in set(held) | set(replayed))
    return StateCheck(keys, wrong)
