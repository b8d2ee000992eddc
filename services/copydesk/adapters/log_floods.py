"""Floods of log lines: of what comes again and again a part is written, and the rest is counted."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LEVELS = ("debug", "info", "warning", "error", "critical")
REPEAT_S = 10.0
_KINDS = 500
_TOLD = "copydesk_left_out"

Kind = tuple[str, int, str]
"""Logger, level, and the event or the message before it is formatted."""


class Tally:
    """Lines of this process by level: written, and left out."""

    def __init__(self) -> None:
        self._written: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()

    def written(self, level: str) -> None:
        """A line was written."""
        self._written[level.lower()] += 1

    def dropped(self, level: str) -> None:
        """A line was left out."""
        self._dropped[level.lower()] += 1

    def by_level(self) -> dict[str, tuple[int, int]]:
        """Lines written and left out."""
        return {level: (self._written[level], self._dropped[level]) for level in LEVELS}


TALLY = Tally()
"""The process's: it has one log, however many applications."""


def kind_of(record: logging.LogRecord) -> Kind:
    """What makes two lines the same, whatever they hold, and however many were left out before them."""
    message, _ = _told(record)
    event = message.get("event", "") if isinstance(message, dict) else message
    return record.name, record.levelno, str(event)


def _told(record: logging.LogRecord) -> tuple[Any, int]:
    """The message without the lines that were left out, and how many it already tells of."""
    told: tuple[Any, int] = getattr(record, _TOLD, (record.msg, 0))
    return told


def _say_dropped(record: logging.LogRecord, dropped: int) -> None:
    """Say on a record how many lines like it were left out, beside those that another filter left out."""
    message, before = _told(record)
    dropped += before
    setattr(record, _TOLD, (message, dropped))
    record.msg = (
        {**message, "dropped": dropped} if isinstance(message, dict) else f"{message} [and {dropped} more like it]"
    )


def _lost(record: logging.LogRecord) -> int:
    """Lines that are gone with a record that is left out: itself, and those of which it would have told."""
    TALLY.dropped(record.levelname)
    return 1 + _told(record)[1]


class Repeats(logging.Filter):
    """Lets one record of a kind through in ten seconds, and says how many like it were left out meanwhile.

    The Kafka library logs every failed attempt of every client: some 250 lines a second while a broker is away, in
    which the lines that matter would drown.

    Args:
        loggers: names of loggers whose repeats, and those of their children, are left out.
        clock: seconds, monotonic.
    """

    def __init__(self, loggers: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._loggers = loggers
        self._clock = clock
        self._kinds: dict[Kind, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it goes through."""
        if not record.name.startswith(self._loggers):
            return True
        kind = kind_of(record)
        now = self._clock()
        since, left_out = self._kinds.get(kind, (now - REPEAT_S, 0))
        if now - since < REPEAT_S:
            self._kinds[kind] = since, left_out + _lost(record)
            return False
        if len(self._kinds) > _KINDS:  # some messages are formatted before they are logged, and none is like another
            self._kinds.clear()
        self._kinds[kind] = now, 0
        if left_out:
            _say_dropped(record, left_out)
        return True


@dataclass(frozen=True, slots=True)
class Sampling:
    """When lines are left out."""

    burst: int
    """Lines of a kind that are written in one second whatever they are."""
    keep_one_in: int
    """Of those beyond, one in so many is written."""


@dataclass(slots=True)
class _Flood:
    second: int
    lines: int = 0
    dropped: int = 0


class Floods(logging.Filter):
    """Samples a kind of line that comes more often than it may, and says on the next one how many were left out.

    Args:
        sampling: the limits.
        clock: seconds, monotonic.
    """

    def __init__(self, sampling: Sampling, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._sampling = sampling
        self._clock = clock
        self._kinds: dict[Kind, _Flood] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it goes through."""
        kind, second = kind_of(record), int(self._clock())
        flood = self._kinds.get(kind)
        if flood is None:
            if len(self._kinds) > _KINDS:
                self._kinds.clear()
            flood = self._kinds[kind] = _Flood(second)
        if flood.second != second:
            flood.second, flood.lines = second, 0
        flood.lines += 1
        beyond = flood.lines - self._sampling.burst
        if beyond > 0 and beyond % self._sampling.keep_one_in:
            flood.dropped += _lost(record)
            return False
        if flood.dropped:
            _say_dropped(record, flood.dropped)
            flood.dropped = 0
        return True
