"""Neighbouring blocks with one fate for one reason, as one line of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from copydesk.core.page.against import Fact, Kind
from copydesk.core.page.fates import BlockFate, Fate, in_paragraphs, left_out

_SURE = frozenset({Kind.TAG, Kind.NAME})
"""Facts beside which place and length need no telling."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One or several blocks in a row that share fate and reason."""

    blocks: tuple[BlockFate, ...]

    @property
    def fate(self) -> Fate:
        """Their fate."""
        return self.blocks[0].fate

    @property
    def words(self) -> int:
        """Words of all of them."""
        return sum(len(one.block.words) for one in self.blocks)

    @property
    def linked(self) -> int:
        """How many of the words stand in links."""
        return sum(one.block.linked for one in self.blocks)

    @property
    def within(self) -> str:
        """The element of one block; the innermost element around several."""
        shared = self.blocks[0].place.around()
        for one in self.blocks[1:]:
            around = set(one.place.around())
            shared = [place for place in shared if place in around]
        return shared[0].name if shared else ""

    @property
    def reason(self) -> str:
        """Why, in words: of several what holds for all of them."""
        first = self.blocks[0]
        if first.paragraphs and not first.because:
            return in_paragraphs(one.paragraphs for one in self.blocks if one.paragraphs)
        if not first.facts:
            return first.reason
        told = [fact.text for fact in self._shared()]
        if self.linked * 2 >= self.words:
            told.append(f"{self.linked} of {self.words} words are links")
        return left_out(told or ["each is a heading, a link or a label"], several=len(self.blocks) > 1)

    def _shared(self) -> list[Fact]:
        """Facts that hold for all of them, those that need telling."""
        first, *others = self.blocks
        if first.facts[0].kind in _SURE:
            return [first.facts[0]]
        return [
            fact for fact in first.facts if fact.kind is not Kind.LINKS and all(fact in one.facts for one in others)
        ]


def fold(blocks: Sequence[BlockFate], *, every: bool = False) -> list[Fold]:
    """Blocks as lines of a list, in their order; each its own where `every` one is asked for."""
    folds: list[Fold] = []
    for _, group in groupby(blocks, key=lambda one: (one.fate, one.because)):
        alike = tuple(group)
        folds += [Fold((one,)) for one in alike] if every else [Fold(alike)]
    return folds
