"""The lines of one document together, as arrays: lengths, shapes, and which words they share."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from copydesk.core.lines.features import Look

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LONG_WORD = 5
"""Characters from which on a word may carry a theme; shorter ones are mostly grammar, in every script with spaces."""
SHAPES = "SBMLP"
_FREQUENT = 40
"""Words of a document taken for its grammar: the most frequent ones of its sentences."""


class LinePage:
    """All lines of a document, and which of them share words and phrases.

    Words are numbered; `word` and `at` are parallel arrays of the words of all lines, in order, and the lines they
    stand in. Where a script has no spaces, pairs of characters take the place of words.
    """

    def __init__(self, looks: Sequence[Look]) -> None:
        self.looks = looks
        self.count = len(looks)
        self.units: Floats = np.array([min(one.line.units, 120) for one in looks], np.float64)
        self.shape: Ints = np.array([SHAPES.index(one.shape) for one in looks], np.int64)
        self.ends: Floats = np.array([one.line.ends_sentence for one in looks], np.float64)
        self.above: Floats = np.array([min(one.line.above, 4) for one in looks], np.float64)
        self.below: Floats = np.array([min(one.line.below, 4) for one in looks], np.float64)
        self.bullets: Floats = np.array([bool(one.line.bullet) for one in looks], np.float64)
        self.own: Floats = np.array([one.own for one in looks], np.float64)
        self.is_prose = self.shape == SHAPES.index("P")
        self.prose: Floats = self.units * self.is_prose
        ids: dict[str, int] = {}
        words = [_keys(one) for one in looks]
        self.sizes: Ints = np.array([len(keys) for keys in words], np.int64)
        self.at: Ints = np.repeat(np.arange(self.count), self.sizes)
        self.word: Ints = np.array(
            [ids.setdefault(key, len(ids)) for key in itertools.chain.from_iterable(words)], np.int64
        )
        self.kinds = len(ids)
        """How many different words there are."""
        self.long = np.array([len(key) >= LONG_WORD or not key.isascii() for key in ids], bool)
        """Whether a word may carry a theme, by its number."""

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Long words and the lines they stand in, each pair once."""
        chosen = self.long[self.word] if self.kinds else np.zeros(0, bool)
        joint = np.unique(self.word[chosen] * self.count + self.at[chosen])
        return joint // self.count, joint % self.count

    @cached_property
    def phrases(self) -> tuple[Ints, Ints, int]:
        """Phrases of three words and the lines they stand in, each pair once, and how many phrases there are."""
        if len(self.word) < 3:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), 0
        inside = self.at[:-2] == self.at[2:]
        mixed = (self.word[:-2] * 1_000_003 + self.word[1:-1]) * 998_244_353 + self.word[2:]
        phrase, number = np.unique(mixed[inside], return_inverse=True)
        joint = np.unique(number.astype(np.int64) * self.count + self.at[:-2][inside])
        return joint // self.count, joint % self.count, len(phrase)

    def restated(self, weight: Floats) -> Floats:
        """Share of every line's phrases that stand in another line of weight 0.5 or more; -1 where it has under three.

        Args:
            weight: a number from 0 to 1 for every line.
        """
        phrase, line, kinds = self.phrases
        if not kinds:
            return np.full(self.count, -1.0)
        held = np.bincount(phrase, weight[line], kinds)
        return self._share(held[phrase] - weight[line] >= 0.5, line)

    def restated_near(self, reach: int = 3) -> Floats:
        """Share of every line's phrases that stand in a line up to `reach` above or below; -1 under three phrases."""
        phrase, line, kinds = self.phrases
        if not kinds:
            return np.full(self.count, -1.0)
        same = phrase[1:] == phrase[:-1]
        close = same & (line[1:] - line[:-1] <= reach)
        hit = np.zeros(len(phrase), bool)
        hit[1:] |= close
        hit[:-1] |= close
        return self._share(hit, line)

    def shared(self, weight: Floats) -> Floats:
        """Share of every line's long words that stand in another line of weight 0.5 or more; -1 under three words."""
        word, line = self.pairs
        held = np.bincount(word, weight[line], max(1, self.kinds))
        return self._share(held[word] - weight[line] >= 0.5, line)

    def leaning(self, weight: Floats, other: Floats) -> Floats:
        """Mean over a line's long words of how much more of a word's lines weigh in `weight` than in `other`."""
        word, line = self.pairs
        kinds = max(1, self.kinds)
        mine = np.bincount(word, weight[line], kinds)[word] - weight[line]
        rest = np.bincount(word, other[line], kinds)[word] - other[line]
        total = np.bincount(line, minlength=self.count)
        value = np.bincount(line, (mine - rest) / (mine + rest + 1.0), self.count)
        return np.where(total > 0, value / np.maximum(total, 1), 0.0)

    def _share(self, hit: Flags, line: Ints) -> Floats:
        total = np.bincount(line, minlength=self.count)
        found = np.bincount(line, hit, self.count)
        return np.where(total >= 3, found / np.maximum(total, 1), -1.0)

    @cached_property
    def grammar(self) -> Floats:
        """Share of every line's words that are among the most frequent words of the document's sentences."""
        if not self.kinds or not self.is_prose.any():
            return np.zeros(self.count)
        often = np.bincount(self.word, self.is_prose[self.at], self.kinds)
        limit = max(2.0, float(np.sort(often)[-min(_FREQUENT, self.kinds)]))
        return np.bincount(self.at, (often >= limit)[self.word], self.count) / np.maximum(self.sizes, 1)


def _keys(one: Look) -> Sequence[str]:
    """Words of a line; character pairs where its script has no spaces."""
    if one.unspaced:
        return [token[i : i + 2] for token in one.tokens for i in range(max(1, len(token) - 1))]
    return one.tokens


def around(values: Floats, steps: int, outside: float) -> Floats:
    """The values `steps` lines further down (up where negative)."""
    moved = np.full(len(values), outside)
    if abs(steps) >= len(values):
        return moved
    if steps > 0:
        moved[:-steps] = values[steps:]
    else:
        moved[-steps:] = values[:steps]
    return moved


def window(values: Floats, reach: int) -> Floats:
    """Sum over the lines up to `reach` above and below, the line itself left out."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    here = np.arange(len(values))
    return running[np.minimum(len(values), here + reach + 1)] - running[np.maximum(0, here - reach)] - values


def since(marks: Flags, far: float = 99.0) -> Floats:
    """Lines since the last marked line above, 0 right below it; `far` where there is none or it is further off."""
    here = np.arange(len(marks), dtype=np.float64)
    last = np.maximum.accumulate(np.where(marks, here, -np.inf))
    return np.minimum(far, here - around(last, -1, -np.inf) - 1)


def beyond(values: Floats, reach: int) -> tuple[Floats, Floats]:
    """Sums over the `reach` lines right above and right below, the line itself left out."""
    running = np.concatenate(([0.0], np.cumsum(values)))
    here = np.arange(len(values))
    above = running[here] - running[np.maximum(0, here - reach)]
    below = running[np.minimum(len(values), here + reach + 1)] - running[here + 1]
    return above, below


def outward(values: Floats, core: int) -> Floats:
    """Sum of the values between every line and line `core`, the line itself left out."""
    running = np.cumsum(values)
    here = np.arange(len(values))
    between: Floats = np.where(here > core, running - values - running[core], running[core] - values[core] - running)
    between[core] = 0.0
    return between


def valley(gain: Floats, core: int) -> Floats:
    """The deepest fall of the running sum of `gain` on the way from line `core` out to every line, 0 or more."""
    falls = []
    for way in (gain[core:], gain[: core + 1][::-1]):
        running = np.cumsum(way)
        falls.append(np.maximum.accumulate(np.maximum.accumulate(running) - running))
    return np.concatenate((falls[1][:0:-1], falls[0]))
