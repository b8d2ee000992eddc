"""The audit's bookkeeping: every item of every raw record, and the outcomes that were found for it.

One 16-bit word an item, in blocks of neighbouring offsets: a million records take two megabytes. An item is in order
when it has one article or one copy and every dead letter of it was replayed, or one dead letter that was not.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from copydesk.core.ids import raw_coordinates
from copydesk.core.records import OutcomeKind

# A word: finals (2 bits, 3 means 3 or more) | the last final is a copy | raw record seen | on its way | replayed
# | dead letters minus replays, plus 512 (10 bits).
_FINALS = 0b11
_COPY = 1 << 2
_PRESENT = 1 << 3
_MOVING = 1 << 4
_REPLAYED = 1 << 5
_NET = 6
_ZERO = 512
_EMPTY = _ZERO << _NET
_MAX_NET, _MIN_NET = 511, -512
_BLOCK = 4096

KEPT = 1_000
"""Problems that are named; all are counted."""


class Problem(StrEnum):
    """What may not be."""

    LOST = "lost"
    TWICE = "twice"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Case:
    """One item that is not in order."""

    problem: Problem
    item: str
    """`topic-partition-offset-item`."""
    detail: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of one raw partition.

    `begin` is the first offset retained, `committed` the next that the parse stage will read. Outcomes of records below
    `judged_from` may have been deleted by their own topics' retention.

    A compacted topic forgets what a later record of the same key replaces. Where the raw topic is one, an outcome
    without its raw record is no wonder. Where a topic of outcomes is one, an item without an outcome may have had one,
    and an item with one may have had two: only what is seen twice is proved.
    """

    begin: int
    committed: int
    judged_from: int = 0
    raw_compacted: bool = False
    outcomes_compacted: bool = False


@dataclass(slots=True)
class Report:
    """What was found, in items; `records` counts raw records."""

    records: int = 0
    items: int = 0
    enriched: int = 0
    duplicate: int = 0
    dead: int = 0
    """Dead letters that nothing has been done about."""
    in_flight: int = 0
    """Between two stages."""
    waiting: int = 0
    """Not yet read by the parse stage."""
    lost: int = 0
    outcome_expired: int = 0
    """Without an outcome, and too old to tell whether there was one."""
    outcome_compacted: int = 0
    """Without an outcome, but outcomes are compacted: nobody can tell whether there was one."""
    twice: int = 0
    """Counted under one of their outcomes as well."""
    replayed: int = 0
    """Ended by a replay, counted under what they ended as."""
    raw_expired: int = 0
    """Outcomes whose raw record is not retained any more, or may be compacted; no part of `items`."""
    unexplained: int = 0
    """Outcomes of records that the raw topic does not have although it should; no part of `items`."""
    expired_unread: int = 0
    """Offsets of raw records that were deleted before the parse stage had read them; no part of `items`."""
    cases: list[Case] = field(default_factory=list)

    @property
    def in_order(self) -> bool:
        """Whether each item has exactly one outcome, or is on its way to it."""
        return not (self.lost or self.twice or self.unexplained or self.expired_unread)

    @property
    def caught_up(self) -> bool:
        """Whether nothing is on its way."""
        return not (self.in_flight or self.waiting)


def forgotten_before(first_ms: int | None, now_ms: int, retention_ms: int) -> int:
    """Time before which a partition that has lost its beginning may have lost outcomes, in milliseconds.

    Args:
        first_ms: time of its first record, None where it has none. Nothing younger was deleted.
        now_ms: the time now.
        retention_ms: how long its topic retains. Nothing younger is deleted, however long it has been quiet.
    """
    retained = max(0, now_ms - retention_ms)
    return retained if first_ms is None else min(first_ms, retained)


@dataclass(slots=True)
class _Feed:
    """Items of a record beyond the first; `items` is 0 where no outcome says how many there are."""

    items: int = 0
    words: array[int] = field(default_factory=lambda: array("H"))


class Book:
    """Takes in what is found, in any order, and judges at the end.

    Args:
        topic: the raw topic, for the names of items.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._blocks: dict[int, dict[int, array[int]]] = {}
        self._feeds: dict[int, dict[int, _Feed]] = {}

    def raw(self, partition: int, offset: int) -> None:
        """A raw record that is retained; the re-entry of a replay is none of its own."""
        self._change(partition, offset, 0, set_=_PRESENT)

    def ended(self, kind: OutcomeKind, partition: int, offset: int, item: int, items: int | None) -> None:
        """An outcome. `items` is the number of items that it says its record has."""
        if kind is OutcomeKind.DEAD:
            self._change(partition, offset, item, net=1)
        else:
            self._change(partition, offset, item, final=True, set_=_COPY if kind is OutcomeKind.DUPLICATE else 0)
        if items is not None and items > 1:
            feed = self._feed(partition, offset)
            feed.items = max(feed.items, items)

    def replayed(self, partition: int, offset: int, item: int) -> None:
        """A replay that is in the log: one of the item's dead letters is done with."""
        self._change(partition, offset, item, net=-1, set_=_REPLAYED)

    def moving(self, partition: int, offset: int, item: int) -> None:
        """An item that was seen on its way."""
        self._change(partition, offset, item, set_=_MOVING)

    def report(self, bounds: Mapping[int, Bounds]) -> Report:
        """Judge every item, given the bounds of each raw partition."""
        report = Report()
        for partition in sorted(self._blocks):
            own = bounds.get(partition, Bounds(0, 0))
            for offset, item, word, present in self._items(partition):
                if item == 0 and present:
                    report.records += 1
                self._judge(report, own, (partition, offset, item), word, present=present)
        return report

    def _judge(self, report: Report, bounds: Bounds, place: tuple[int, int, int], word: int, *, present: bool) -> None:
        finals = word & _FINALS
        dead = (word >> _NET) - _ZERO
        offset = place[1]
        if finals > 1 or finals + dead > 1:
            report.twice += 1
            self._keep(report, Problem.TWICE, place, word)
        if not present:
            if not finals and dead <= 0:
                return  # a replay or a record on its way, of a raw record that is gone
            if offset < bounds.begin or bounds.raw_compacted:
                report.raw_expired += 1
            else:
                report.unexplained += 1
                self._keep(report, Problem.UNEXPLAINED, place, word)
            return
        report.items += 1
        if finals:
            if word & _COPY:
                report.duplicate += 1
            else:
                report.enriched += 1
            report.replayed += bool(word & _REPLAYED)
        elif dead > 0:
            report.dead += 1
        elif word & _MOVING:
            report.in_flight += 1
        elif offset >= bounds.committed:
            report.waiting += 1
        elif offset < bounds.judged_from:
            report.outcome_expired += 1
        elif bounds.outcomes_compacted:
            report.outcome_compacted += 1
        else:
            report.lost += 1
            self._keep(report, Problem.LOST, place, word)

    def _keep(self, report: Report, problem: Problem, place: tuple[int, int, int], word: int) -> None:
        if len(report.cases) < KEPT:
            finals, dead = word & _FINALS, (word >> _NET) - _ZERO
            many = f"{finals} or more" if finals == _FINALS else str(finals)
            detail = f"{many} published, {dead:+} dead letters less replays"
            report.cases.append(Case(problem, raw_coordinates(self._topic, *place), detail))

    def _items(self, partition: int) -> Iterator[tuple[int, int, int, bool]]:
        """Offset, item, word and whether the raw record is there, of everything that was taken in."""
        feeds = self._feeds.get(partition, {})
        for number, block in sorted(self._blocks[partition].items()):
            for index, word in enumerate(block):
                offset = number * _BLOCK + index
                feed = feeds.get(offset)
                if word == _EMPTY and feed is None:
                    continue
                present = bool(word & _PRESENT)
                yield offset, 0, word, present
                if feed is None:
                    continue
                for item in range(1, max(feed.items, len(feed.words) + 1)):
                    yield offset, item, feed.words[item - 1] if item <= len(feed.words) else _EMPTY, present

    def _feed(self, partition: int, offset: int) -> _Feed:
        self._block(partition, offset)
        return self._feeds.setdefault(partition, {}).setdefault(offset, _Feed())

    def _block(self, partition: int, offset: int) -> array[int]:
        blocks = self._blocks.setdefault(partition, {})
        block = blocks.get(offset // _BLOCK)
        if block is None:
            block = blocks[offset // _BLOCK] = array("H", [_EMPTY]) * _BLOCK
        return block

    def _change(
        self, partition: int, offset: int, item: int, *, final: bool = False, net: int = 0, set_: int = 0
    ) -> None:
        if item == 0:
            words, index = self._block(partition, offset), offset % _BLOCK
        else:
            words, index = self._feed(partition, offset).words, item - 1
            if index >= len(words):
                words.extend([_EMPTY] * (index + 1 - len(words)))
        word = words[index]
        if final:
            word = (word & ~(_FINALS | _COPY)) | min((word & _FINALS) + 1, _FINALS)
        if net:
            dead = min(max((word >> _NET) - _ZERO + net, _MIN_NET), _MAX_NET)
            word = (word & ((1 << _NET) - 1)) | ((dead + _ZERO) << _NET)
        words[index] = word | set_
