"""Which lines are the story: two passes of named weights, then the block that holds together.

The weights are logistic regressions fitted on scrapes of the WCXB development articles (Murrough Foley, CC BY 4.0);
`benchmarks/eval/fit_lines.py` makes them. The second pass sees what the first thought of a line's neighbours.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from copydesk.core.lines.features import Look, in_context
from copydesk.core.lines.second_look import second_features

BIAS = "bias"
"""Name of the weight that every line has."""

_PRICE = 0.3
"""Chance below which a line speaks against the block it stands in, times its length."""
_BREAK = 2.0
"""What each unlikely line costs a block, in words: a story is not resumed after a long stretch of page."""
_UNSPACED_HEADLINE = -2.0
"""Scripts without spaces write headlines as long as sentences, but a sentence ends with its mark."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of one line: log odds that it is the story, and whether it is in the story's block."""

    odds: float
    inside: bool
    features: tuple[str, ...]


@cache
def weights() -> tuple[dict[str, float], dict[str, float]]:
    """Weights of both passes, by feature."""
    with resources.files("copydesk.core.lines").joinpath("weights.json").open(encoding="utf-8") as file:
        table = json.load(file)
    return table["first"], table["second"]


def chance(odds: float) -> float:
    """Probability of log odds."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def _sums(features: Sequence[list[str]], table: dict[str, float]) -> list[float]:
    bias = table[BIAS]
    get = table.get
    return [bias + sum([get(name, 0.0) for name in names]) for names in features]


def judge(looks: Sequence[Look]) -> list[Opinion]:
    """An opinion of every line, in order."""
    if not looks:
        return []
    first_table, second_table = weights()
    first = in_context(looks)
    chances = [chance(odds) for odds in _sums(first, first_table)]
    second = second_features(looks, chances, first)
    odds = _sums(second, second_table)
    for i, one in enumerate(looks):
        if "script=unspaced" in one.own and "end=none" in one.own:
            odds[i] += _UNSPACED_HEADLINE
    begin, end = _block(looks, [chance(value) for value in odds])
    return [Opinion(value, begin <= i < end, tuple(second[i])) for i, value in enumerate(odds)]


def _block(looks: Sequence[Look], chances: Sequence[float]) -> tuple[int, int]:
    """The run of lines that is most likely one story: first line, and one past the last."""
    best, best_at = 0.0, (0, 0)
    running, begin = 0.0, 0
    for i, (one, likely) in enumerate(zip(looks, chances, strict=True)):
        running += (likely - _PRICE) * min(one.line.units + 1, 120) - (_BREAK if likely < 0.5 else 0.0)
        if running > best:
            best, best_at = running, (begin, i + 1)
        if running <= 0:
            running, begin = 0.0, i + 1
    return best_at


def why(opinion: Opinion, count: int = 3) -> str:
    """The features that weighed most towards the opinion, for the trace."""
    _, table = weights()
    sign = 1 if opinion.odds > 0 else -1
    weighed = sorted(((table.get(name, 0.0) * sign, name) for name in opinion.features), reverse=True)
    return ", ".join(name for value, name in weighed[:count] if value > 0)
