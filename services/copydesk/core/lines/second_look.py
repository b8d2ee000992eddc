"""Features of the second pass: where a line stands in the story that the first pass has found."""

from __future__ import annotations

import numpy as np

from copydesk.core.lines.features import OWN_NAMES
from copydesk.core.lines.first_look import FIRST_NAMES
from copydesk.core.lines.page import Flags, Floats, LinePage, around, beyond, since, valley, window

_ADDRESSED = OWN_NAMES.index("addressed")
_NEIGHBOURS = (-4, -3, -2, -1, 1, 2, 3, 4)
_SURE = 0.8
PRICE = 0.45
"""Chance below which a line speaks against the block it stands in, times its length."""

_KEPT_NAMES = (
    "units",
    "end_stop",
    "end_none",
    "bullet",
    "page_words",
    "shape",
    "units-1",
    "units+1",
    "ends-1",
    "ends+1",
    "above",
    "copies",
    "restated",
    "marks",
    "page_short",
    "page_bullets",
    "page_long",
    "prose",
    "prose_lines",
    "copy_near",
    "addressed",
)
"""Features of the first pass that the second looks at again, beside the first's opinion."""
_KEPT = [FIRST_NAMES.index(name) for name in _KEPT_NAMES]

SECOND_NAMES = (
    *_KEPT_NAMES,
    "odds",
    *(f"chance{step:+d}" for step in _NEIGHBOURS),
    "chances_near",
    "chances_far",
    "company_near",
    "company_far",
    *(f"{what}_{reach}_{side}" for reach in (3, 10) for what in ("chance", "leaning") for side in ("above", "below")),
    "valley",
    "valley_mild",
    "to_begin",
    "to_end",
    "in_block",
    "kept_before",
    "kept_after",
    "kept_share_before",
    "kept_share_after",
    "kept",
    "sure_above",
    "sure_below",
    "words_since_sure",
    "words_until_sure",
    "theme",
    "theme_block",
    "leaning",
    "restated_story",
    "restated_above",
    "gap_unlike_story",
    "below_unlike_story",
    "story_ends",
    "story_units",
    "story_bullets",
    "core_addressed",
)
"""Names of the columns of `second_matrix`."""


def best_block(page: LinePage, chances: Floats, price: float = PRICE) -> tuple[int, int]:
    """The run of lines with the greatest sum of (chance - price) times length: first line, and one past the last."""
    gain = (chances - price) * np.minimum(page.units + 1, 120)
    running = np.concatenate(([0.0], np.cumsum(gain)))
    lowest = np.minimum.accumulate(running)
    end = int(np.argmax(running - lowest))
    begin = int(np.argmin(running[: end + 1]))
    return begin, end


def second_matrix(page: LinePage, first: Floats, odds: Floats) -> Floats:
    """One row a line, one column a feature of `SECOND_NAMES`.

    Args:
        page: the lines.
        first: `first_matrix` of them.
        odds: log odds of the first pass.
    """
    count = page.count
    chances = 1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30)))
    begin, end = best_block(page, chances)
    here = np.arange(count, dtype=np.float64)
    inside = (here >= begin) & (here < end)
    weight = np.minimum(page.units + 1, 120)
    kept = page.units * (chances > 0.5)
    total = max(1.0, float(kept.sum()))
    before = np.cumsum(kept) - kept
    after = total - before - kept
    sure = chances > _SURE
    columns: list[Floats] = [odds, *(around(chances, step, -1.0) for step in _NEIGHBOURS)]
    columns += [window(chances * weight, reach) / np.maximum(1.0, window(weight, reach)) for reach in (3, 10)]
    columns += [window(kept, 3), window(kept, 10)]
    story = chances * (page.units >= 6)
    leaning = page.leaning(story, (1 - chances) * (page.units >= 3))
    for reach in (3, 10):
        for values in (chances, leaning):
            sums, weights = beyond(values * weight, reach), beyond(weight, reach)
            columns += [amount / np.maximum(1.0, part) for amount, part in zip(sums, weights, strict=True)]
    core = begin + int(np.argmax((window(kept, 5) + kept)[begin:end])) if end > begin else int(np.argmax(kept))
    columns += [np.minimum(300.0, valley((chances - price) * weight, core)) for price in (PRICE, 0.2)]
    columns += [np.clip(here - begin, -60, 60), np.clip(end - 1 - here, -60, 60), inside.astype(np.float64)]
    columns += [np.minimum(before, 3000.0), np.minimum(after, 3000.0), before / total, after / total]
    columns.append(np.full(count, min(total, 5000.0)))
    columns += [since(sure), since(sure[::-1])[::-1]]
    columns += [_words_since(page.units, sure), _words_since(page.units[::-1], sure[::-1])[::-1]]
    columns += [page.shared(story), page.shared(story * inside)]
    columns.append(leaning)
    columns.append(page.restated(story))
    columns.append(page.restated(np.where(inside, 1.0, 0.6) * (story > 0.3)))
    columns += _habits(page, chances)
    columns.append(np.full(count, float(page.own[:, _ADDRESSED] @ kept) / total))
    return np.column_stack([first[:, _KEPT], *columns])


def _words_since(units: Floats, sure: Flags) -> Floats:
    """Words between a line and the last sure line above, 500 where there is none or it is further off."""
    running = np.cumsum(units)
    at_sure = np.maximum.accumulate(np.where(sure, running, -np.inf))
    return np.minimum(500.0, running - units - around(at_sure, -1, -np.inf))


def _habits(page: LinePage, chances: Floats) -> list[Floats]:
    """How far a line keeps to the habits of the story's paragraphs: gaps, sentence ends, length, bullets."""
    count = page.count
    story = (chances > 0.5) & (page.units >= 8)
    if not story.any():
        return [np.zeros(count) for _ in range(5)]
    return [
        page.above - float(np.median(page.above[story])),
        page.below - float(np.median(page.below[story])),
        np.full(count, float(page.ends[story].mean())),
        np.full(count, float(np.median(page.units[story]))),
        np.full(count, float(page.bullets[story].mean())),
    ]
