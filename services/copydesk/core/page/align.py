"""Which blocks of a page stand in its body: their words are found again there, in the same order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

SHINGLE = 4
"""Words in a row that are looked up together; a block of fewer has to be a paragraph, or a cell of a row, by itself."""
_SPOTS = 8
"""Places in the body where the same words are looked for."""
_RUNS = 8
"""Stretches of one block that may stand apart in the body, as where something within it was left out."""
_TRIES = 32
"""Of such stretches those that are looked at."""
_GAP = 200
"""Words of the body after a block in which the next one is looked for."""

_ROUNDS = 4
_GIVEN = ""
"""Stands for a word of the body that has been given to a block; no word is empty."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """How many of a block's words were found, and its first and last paragraph, counted from 0."""

    words: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a block from `start` up to `end`, found in the body from `at` up to `to`; how many of them."""

    start: int
    end: int
    at: int
    to: int
    words: int


def align(blocks: Sequence[Words], paragraphs: Sequence[Sequence[Words]]) -> list[Match | None]:
    """For each block where it stands in the body, None where it does not.

    No word of the body is given twice, and the order is kept, so that of texts that stand several times in the page the
    one between its neighbours is taken: of all such assignments, the one that finds most words, the earlier of equals.
    What remains on both sides is aligned once more: extraction may put lists and tables after the paragraphs.

    Args:
        blocks: words of each block.
        paragraphs: of the body, each as its parts (one, or the cells of a row), each part as words.
    """
    body = [word for parts in paragraphs for part in parts for word in part]
    starts = list(accumulate((sum(map(len, parts)) for parts in paragraphs), initial=0))
    found: dict[int, list[_Run]] = {}
    for again in range(_ROUNDS):
        finder = _Finder(body, paragraphs)
        chain = _Chain(len(body))
        for number, block in enumerate(blocks):
            if number not in found:
                chain.add(number, finder.runs(block))
        new = chain.best()
        if not again:
            _fill(new, blocks, body)
        if not new:
            break
        for runs in new.values():
            for run in runs:
                body[run.at : run.to] = [_GIVEN] * (run.to - run.at)
        found |= new
    return [_match(found[number], starts) if number in found else None for number in range(len(blocks))]


def _match(runs: Sequence[_Run], starts: Sequence[int]) -> Match:
    first, last = (bisect_right(starts, at) - 1 for at in (runs[0].at, runs[-1].to - 1))
    return Match(sum(run.words for run in runs), first, last)


class _Finder:
    """Finds stretches of blocks in the body."""

    def __init__(self, body: Sequence[str], paragraphs: Sequence[Sequence[Words]]) -> None:
        self._body = body
        self._spots: dict[Words, list[int]] = {}
        for at in range(len(body) - SHINGLE + 1):
            if _GIVEN not in (words := tuple(body[at : at + SHINGLE])):
                _put(self._spots, words, at)
        self._short: dict[Words, list[int]] = {}
        at = 0
        for parts in paragraphs:
            for part in parts:
                if len(part) < SHINGLE and tuple(body[at : at + len(part)]) == part:
                    _put(self._short, part, at)
                at += len(part)

    def runs(self, block: Words) -> list[_Run]:
        """In the block's order."""
        size = len(block)
        if size < SHINGLE:
            return [_Run(0, size, at, at + size, size) for at in self._short.get(block, ())] if size else []
        runs = [run for ahead in self._ahead(block) if (run := self._run(block, ahead)) is not None]
        return sorted(sorted(runs, key=lambda run: (-run.words, run.at))[:_RUNS], key=lambda run: run.start)

    def _ahead(self, block: Words) -> list[int]:
        """By how far the body's count of words may be ahead of the block's: as its rare words say, if it has any."""
        rare: dict[int, None] = {}
        common: dict[int, None] = {}
        for k in range(len(block) - SHINGLE + 1):
            spots = self._spots.get(block[k : k + SHINGLE], ())
            listed = rare if len(spots) < _SPOTS else common
            if len(listed) < _TRIES:
                listed.update((at - k, None) for at in spots)
        return list(rare or common)[:_TRIES]

    def _run(self, block: Words, ahead: int) -> _Run | None:
        """All stretches of at least a shingle that are the same, as one run."""
        first = last = words = length = 0
        start, end = max(0, -ahead), min(len(block), len(self._body) - ahead)
        for k in range(start, end + 1):
            if k < end and block[k] == self._body[k + ahead]:
                length += 1
                continue
            if length >= SHINGLE:
                first = first if words else k - length
                last, words = k, words + length
            length = 0
        return _Run(first, last, first + ahead, last + ahead, words) if words else None


def _put(spots: dict[Words, list[int]], words: Words, at: int) -> None:
    listed = spots.setdefault(words, [])
    if len(listed) < _SPOTS:
        listed.append(at)


class _Chain:
    """The heaviest chain of runs that go forward in page and body alike."""

    def __init__(self, size: int) -> None:
        # A tree of greatest values by where runs end in the body (Fenwick 1994); value and run.
        self._tree: list[tuple[int, int]] = [(0, -1)] * (size + 1)
        self._runs: list[tuple[int, _Run]] = []
        self._before: list[int] = []
        self._top = (0, -1)

    def add(self, number: int, runs: Iterable[_Run]) -> None:
        """Add a block's runs; blocks come in their order."""
        own: list[tuple[int, int, _Run]] = []
        for run in runs:
            value, before = self._greatest(run.at)
            for other_value, other, earlier in own:
                if earlier.end <= run.start and earlier.to <= run.at and other_value > value:
                    value, before = other_value, other
            value += run.words
            own.append((value, len(self._runs), run))
            self._runs.append((number, run))
            self._before.append(before)
        for value, index, run in own:
            self._put(run.to, value, index)
            if value > self._top[0]:
                self._top = (value, index)

    def best(self) -> dict[int, list[_Run]]:
        """The chain's runs by block."""
        found: dict[int, list[_Run]] = {}
        at = self._top[1]
        while at >= 0:
            number, run = self._runs[at]
            found.setdefault(number, []).insert(0, run)
            at = self._before[at]
        return found

    def _greatest(self, end: int) -> tuple[int, int]:
        found = (0, -1)
        while end > 0:
            if self._tree[end][0] > found[0]:
                found = self._tree[end]
            end &= end - 1
        return found

    def _put(self, end: int, value: int, index: int) -> None:
        while end < len(self._tree):
            if value > self._tree[end][0]:
                self._tree[end] = (value, index)
            end += end & -end


def _fill(found: dict[int, list[_Run]], blocks: Sequence[Words], body: Sequence[str]) -> None:
    """Find short or often repeated blocks in words of the body that no other has, between those of their neighbours."""
    following = [len(body)] * len(blocks)
    at = len(body)
    for number in range(len(blocks) - 1, -1, -1):
        following[number] = at
        if number in found:
            at = found[number][0].at
    at = 0
    for number, block in enumerate(blocks):
        if number in found:
            at = found[number][-1].to
        elif block:
            end = min(following[number], at + _GAP)
            tries = (i for i in range(at, end - len(block) + 1) if body[i] == block[0])
            spot = next((i for i in tries if tuple(body[i : i + len(block)]) == block), None)
            if spot is not None:
                at = spot + len(block)
                found[number] = [_Run(0, len(block), spot, at, len(block))]
