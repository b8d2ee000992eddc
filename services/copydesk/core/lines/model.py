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
_EVEN = 2.1
"""Median log odds of a story's words at which even odds divide it best from the rest of the page."""
_SHARE = 0.5
"""How much of the difference from that median moves the line between story and rest."""
_LOWEST, _HIGHEST = -0.8, 1.5
"""How far it moves at most. Fitted on the development sets, as is all of this."""
_ENDED, _LISTED = 0.8, 0.1
"""Shares of lines that end sentences, at least, and of list items, at most, where a story is taken for prose."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of one line: log odds that it is the story, and whether it is in one of its stretches.

    The odds are against what the document as a whole is like; see `bar`.
    """

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
    odds = odds - bar(odds, page)
    inside = stretches(odds, page.units)
    return [Opinion(value, kept) for value, kept in zip(odds.tolist(), inside, strict=True)]


def bar(odds: Floats, page: LinePage) -> float:
    """Log odds that a line of this document should have to be taken for the story.

    A story that the model is sure of is prose throughout, and what is merely likely beside it is a teaser, a caption
    or a box: errors come in runs of similar lines, so that even odds would let in the whole run. Where the model is
    sure of nothing the document is unlike what it has learned from, and the likeliest lines are the story. Lists are
    never as sure as prose, so they do not raise the bar.

    Args:
        odds: log odds of every line.
        page: the lines.
    """
    likely = np.flatnonzero(np.array(stretches(odds, page.units)) & (odds > 0))
    if not len(likely):
        return 0.0
    order = likely[np.argsort(odds[likely], kind="stable")]
    words = np.cumsum(page.units[order] + 0.5)
    median = float(odds[order[np.searchsorted(words, words[-1] / 2)]])
    move = min(_HIGHEST, max(_LOWEST, _SHARE * (median - _EVEN)))
    if move <= 0:
        return move
    sure = likely[odds[likely] >= min(2.0, median)]
    prose = page.ends[sure].mean() >= _ENDED and page.bullets[sure].mean() <= _LISTED
    return move if prose else 0.0


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
