"""Which lines are the story: two passes of boosted trees, then the stretches that hold together.

The trees are fitted on scrapes of the WCXB development articles (Murrough Foley, CC BY 4.0);
`benchmarks/eval/fit_lines.py` makes them. The second pass sees what the first thought of a line's neighbours.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from copydesk.core.lines.features import Look
from copydesk.core.lines.first_look import FIRST_NAMES, first_matrix
from copydesk.core.lines.page import Floats, LinePage
from copydesk.core.lines.second_look import SECOND_NAMES, second_matrix
from copydesk.core.lines.trees import Trees

SWITCH = 2.0
"""What it costs, in log odds times words, to begin or to end a stretch of the story: it has few long ones."""
_WORDS = 60
"""Words of a line that count towards its weight."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of one line: log odds that it is the story, and whether it is in one of its stretches."""

    odds: float
    inside: bool


@cache
def passes() -> tuple[Trees, Trees]:
    """The trees of both passes."""
    with resources.files("copydesk.core.lines").joinpath("weights.json").open(encoding="utf-8") as file:
        table = json.load(file)
    return Trees(table["first"], FIRST_NAMES), Trees(table["second"], SECOND_NAMES)


def chance(odds: float) -> float:
    """Probability of log odds."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def judge(looks: Sequence[Look]) -> list[Opinion]:
    """An opinion of every line, in order."""
    if not looks:
        return []
    first_trees, second_trees = passes()
    page = LinePage(looks)
    first = first_matrix(page)
    first_odds = first_trees.sums(first)
    odds = (first_odds + second_trees.sums(second_matrix(page, first, first_odds))) / 2
    inside = stretches(odds, page.units)
    return [Opinion(value, kept) for value, kept in zip(odds.tolist(), inside, strict=True)]


def stretches(odds: Floats, units: Floats, switch: float = SWITCH) -> list[bool]:
    """Which lines belong to the likeliest set of stretches (Viterbi decoding with two states).

    Args:
        odds: log odds of every line.
        units: its length in words.
        switch: cost of each beginning and each end of a stretch.
    """
    gains = (odds * np.minimum(units + 0.5, _WORDS)).tolist()
    out, inside = 0.0, -switch
    came: list[tuple[bool, bool]] = []
    for gain in gains:
        leave, enter = inside - switch, out - switch
        came.append((leave > out, enter > inside))
        out, inside = max(out, leave), max(inside, enter) + gain
    state = inside > out
    kept = []
    for left, entered in reversed(came):
        kept.append(state)
        state = (not entered) if state else left
    return kept[::-1]


def why(one: Look, opinion: Opinion) -> str:
    """What speaks for a line of the story, for the trace."""
    parts = [
        f"chance {chance(opinion.odds):.2f} to be the story",
        "in a stretch of it" if opinion.inside else "near it",
    ]
    if one.line.ends_sentence:
        parts.append("ends a sentence")
    return ", ".join([*parts, f"{one.line.units} words"])
