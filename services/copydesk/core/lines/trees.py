"""Boosted regression trees of at most eight leaves, evaluated for all lines of a document at once.

A tree of eight leaves asks seven questions, and the seven answers make a number below 128 that tells the leaf. So all
questions of all trees are put to all lines in one comparison, and each tree's answer is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from copydesk.core.lines.page import Floats

QUESTIONS = 7
"""Questions of one tree, the unused ones among them."""
_CHUNK = 512
"""Lines that are evaluated together; it bounds the memory that a long document takes."""


class Trees:
    """A sum of trees over named features.

    Args:
        table: `base`, the sum's start, and `trees`. A tree is a list of at most seven questions in order of their
            number, each a list of feature name, threshold, and what follows where the feature is at most the
            threshold and where it is more: the number of another question, or a leaf as -1 - its number; and a list
            of the leaves' values.
        names: the columns of the matrices that will be evaluated.

    Raises:
        KeyError: a tree asks for a feature that no column has.
    """

    def __init__(self, table: Mapping[str, Any], names: Sequence[str]) -> None:
        column = {name: i for i, name in enumerate(names)}
        trees = table["trees"]
        self._base = float(table["base"])
        self._columns = np.zeros((len(trees), QUESTIONS + 1), np.intp)
        self._limits = np.full((len(trees), QUESTIONS + 1), np.inf, np.float32)
        self._values = np.zeros((len(trees), 1 << (QUESTIONS + 1)), np.float32)
        for k, (questions, leaves) in enumerate(trees):
            for number, (name, limit, _, _) in enumerate(questions):
                self._columns[k, number] = column[name]
                self._limits[k, number] = limit
            self._values[k] = _answers(questions, leaves)
        self._rows = np.arange(len(trees))[:, None]

    def sums(self, matrix: Floats) -> Floats:
        """Sum of all trees for every row of a matrix whose columns are the names."""
        parts = [self._sums(matrix[at : at + _CHUNK]) for at in range(0, len(matrix), _CHUNK)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _sums(self, matrix: Floats) -> Floats:
        values = np.ascontiguousarray(matrix.T, np.float32)
        more = values[self._columns] > self._limits[:, :, None]
        leaf = np.packbits(more, axis=1, bitorder="little")[:, 0, :]
        total: Floats = self._base + self._values[self._rows, leaf].sum(axis=0, dtype=np.float64)
        return total


def _answers(questions: Sequence[Sequence[Any]], leaves: Sequence[float]) -> list[float]:
    """The value of a tree for every set of answers; bit k of a set says that question k's feature was more."""
    if not questions:
        return [leaves[0]] * (1 << (QUESTIONS + 1))
    found = []
    for answers in range(1 << (QUESTIONS + 1)):
        at = 0
        while at >= 0:
            at = questions[at][3 if answers >> at & 1 else 2]
        found.append(leaves[-1 - at])
    return found
