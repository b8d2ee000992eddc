"""Bootstrap intervals over pages (Efron 1979): how far a figure would move with other pages of the same kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache

ROUNDS = 1000
SEED = 20_240_615
"""Any number: it only makes two runs print the same."""
_SHARE = 0.95


@cache
def resamples(pages: int, rounds: int = ROUNDS, seed: int = SEED) -> tuple[tuple[int, ...], ...]:
    """Positions of `pages` pages drawn with replacement, `rounds` times. The same for every reader of a set."""
    draw = random.Random(seed)
    return tuple(tuple(draw.choices(range(pages), k=pages)) for _ in range(rounds)) if pages else ()


def interval(
    statistic: Callable[[Sequence[int]], float | None], pages: int, rounds: int = ROUNDS, seed: int = SEED
) -> tuple[float, float] | None:
    """The middle 95 % of a statistic over resampled pages.

    Args:
        statistic: of the pages at these positions; None where it has no value there, as a share of nothing.
        pages: how many there are.
        rounds: how often they are drawn.
        seed: of the drawing.

    Returns:
        Lower and upper end (percentiles), or None where no draw gave a value.
    """
    values = sorted(v for drawn in resamples(pages, rounds, seed) if (v := statistic(drawn)) is not None)
    if not values:
        return None
    return percentile(values, (1 - _SHARE) / 2), percentile(values, (1 + _SHARE) / 2)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the ordered values lie, between neighbours in proportion."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
