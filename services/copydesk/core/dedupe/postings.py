"""Lists of the articles under one key of the index, each with its arrival and the days that it is of.

A key that too many articles share («Read our terms of use») tells none apart: a stop marker takes their place. It holds
for the time that those articles are of, not for others: an archive of one month must not blind us to today's copies.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from copydesk.core.dedupe.event_time import DAY_MS, Span, within

NAME_BYTES = 12
_ENTRY = struct.Struct(f">{NAME_BYTES}sIhh")
STOP = bytes(NAME_BYTES)
"""The name of a stop marker; its arrival is that of the last article with the key."""
_ARCHIVE = 4
"""A list has at most so many times its limit of the archive: articles of many years share it, each time with a limit of
its own."""
_DAY_S = 86_400


Entry = tuple[bytes, int, int, int]
"""A posting as it is unpacked: a list is read for every key of every article, and names cost time."""


class Posting(NamedTuple):
    """One article under a key; `first_day` and `last_day` count from 1970."""

    name: bytes
    arrival_s: int
    first_day: int
    last_day: int

    def meets(self, other: Entry, window_days: int) -> bool:
        """Whether both may be of one time."""
        return self.first_day - other[3] <= window_days and other[2] - self.last_day <= window_days


def posting(name: bytes, arrival_ms: int, span: Span) -> Posting:
    """The entry of an article."""
    return Posting(name, min(max(0, arrival_ms) // 1000, 0xFFFF_FFFF), *span.days)


def entries(value: bytes | None) -> Iterator[Posting]:
    """All entries of a list."""
    return map(Posting._make, _ENTRY.iter_unpack(value or b""))


def candidates(value: bytes | None, arrival_ms: int, span: Span, *, window_days: int, limit: int) -> list[bytes]:
    """Names of the articles that one of this arrival and time may meet; none where they are too many to tell apart.

    Days are a first sieve: it lets too much through at its rim, never too little.
    """
    if value is None:
        return []
    first, last = span.days
    window_ms = window_days * DAY_MS
    names: list[bytes] = []
    for name, arrival_s, begin, end in _ENTRY.iter_unpack(value):
        if begin - last > window_days or first - end > window_days:
            continue
        if not within(arrival_ms, arrival_s * 1000, window_ms):
            continue
        if name == STOP:
            return []
        names.append(name)
    return names if len(names) <= limit else []


def with_posting(value: bytes | None, new: Posting, *, window_days: int, limit: int) -> tuple[bytes, bool]:
    """The list with one more article, without those that fell out of the window; and whether a stop marker took it up.

    Beyond `limit` articles of one time a stop marker replaces them. It lasts as long as articles of that time keep
    arriving within a window of each other. Articles without a date count among themselves only, or a few of them
    would stop a key for all times.
    """
    if not value:
        return _ENTRY.pack(*new), False
    wide = is_wide(new, window_days)
    kept = _alive(value, new, window_days)
    same_time = [old for old in kept if new.meets(old, window_days)]
    for old in same_time:
        if old[0] == STOP and is_wide(old, window_days) is wide:
            touched = (STOP, max(old[1], new.arrival_s), old[2], old[3])
            return _packed([touched if one == old else one for one in kept]), True
    peers = [old for old in same_time if old[0] != STOP and (not wide or is_wide(old, window_days))]
    if len(peers) < limit:
        kept.append(new)
        return _packed(_trimmed(kept, window_days, _ARCHIVE * limit)), False
    gone = {old[0] for old in peers if is_wide(old, window_days) is wide}
    kept = [*(old for old in kept if old[0] not in gone), new._replace(name=STOP)]
    return _packed(_trimmed(kept, window_days, _ARCHIVE * limit)), True


def with_latest(value: bytes | None, new: Posting, *, window_days: int, limit: int) -> bytes:
    """The list with one more article, of which the latest `limit` live ones stay and as many of the archive."""
    kept = _trimmed([*_alive(value or b"", new, window_days), new], window_days, limit)
    live = [old for old in kept if _is_live(old, window_days)]
    gone = set(live[:-limit])
    return _packed([old for old in kept if old not in gone])


def without_posting(value: bytes | None, name: bytes) -> bytes | None:
    """The list without one article; None where nothing is left. Stop markers stay."""
    return _packed([old for old in entries(value) if old.name != name]) or None


def without_expired(value: bytes | None, horizon_ms: int) -> bytes | None:
    """The list without what arrived before a moment; None where nothing is left. Unknown arrivals stay."""
    return _packed([old for old in entries(value) if not 0 < old.arrival_s * 1000 < horizon_ms]) or None


def is_wide(entry: Entry, window_days: int) -> bool:
    """Whether it is of no certain time, as without a date."""
    return entry[3] - entry[2] > window_days


def _alive(value: bytes, new: Posting, window_days: int) -> list[Entry]:
    name, arrival_ms, window_ms = new.name, new.arrival_s * 1000, window_days * DAY_MS
    return [old for old in _ENTRY.iter_unpack(value) if old[0] != name and within(arrival_ms, old[1] * 1000, window_ms)]


def _is_live(entry: Entry, window_days: int) -> bool:
    """Whether it arrived within a window of its time, or has none: the archive must not push such out."""
    arrival_day = entry[1] // _DAY_S
    return arrival_day - entry[3] <= window_days and entry[2] - arrival_day <= window_days


def _trimmed(kept: list[Entry], window_days: int, archive_limit: int) -> list[Entry]:
    """The list with no more of the archive than so much; what arrived first goes.

    Its copies are found by their other keys, of which an article has sixteen.
    """
    if len(kept) <= archive_limit:
        return kept
    archive = sorted((old for old in kept if not _is_live(old, window_days)), key=lambda old: old[1])
    gone = set(archive[:-archive_limit])
    return [old for old in kept if old not in gone]


def _packed(kept: Iterable[Entry]) -> bytes:
    return b"".join(_ENTRY.pack(*old) for old in kept)
