"""Features of the first pass: a line among its neighbours and in its document."""

from __future__ import annotations

from collections import Counter

import numpy as np

from copydesk.core.lines.features import OWN_NAMES
from copydesk.core.lines.page import SHAPES, Flags, Floats, LinePage, around, beyond, outward, since, valley, window

MARKS = ("related", "comments", "signup", "share", "legal", "tags", "author")
"""Kinds whose short lines head or end a part of the page that is not the story."""
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_PAGE_HITS = OWN_NAMES.index("page_hits")
_PAGE_WORDS = OWN_NAMES.index("page_words")
_BESIDE = [OWN_NAMES.index(name) for name in ("dated", "credit", "kind_photo", "kind_related")]
_HABITS = [OWN_NAMES.index(name) for name in ("word_length", "lower", "upper", "small", "quotes", "digits")]
"""Own features that differ from language to language: they count as differences from the document's sentences."""

_WINDOWS = ("prose", "ends", "short", "page_words", "copies")

FIRST_NAMES = (
    *OWN_NAMES,
    "shape",
    *(f"{what}{step:+d}" for step in _NEIGHBOURS for what in ("units", "shape", "ends", "page_words")),
    *(f"{what}{step:+d}" for step in (-2, -1, 1, 2) for what in ("dated", "credit", "kind_photo", "kind_related")),
    "above",
    "below",
    "gap_unlike_prose",
    "near",
    "far",
    *(f"{what}_{reach}_{side}" for reach in (4, 12) for what in _WINDOWS for side in ("above", "below")),
    "core_valley",
    "core_marks",
    "core_page_hits",
    "core_lines",
    "share_before",
    "share_after",
    "words_before",
    "words_after",
    "place",
    "lines",
    "prose",
    "prose_share",
    "prose_lines",
    *(f"page_{what}" for what in ("short", "bullets", "medium", "long", "dates", "credits", "marks", "heads")),
    "copies",
    "restated",
    "restated_prose",
    "shared_prose",
    "grammar",
    *(f"since_{kind}" for kind in MARKS),
    "until_mark",
    "marks",
    "short_above",
    "short_below",
    "unended_above",
    "unended_below",
    "ended_above",
    "ended_below",
    "restated_near",
    "likeness",
    "rank",
    "copy_near",
    "same_near",
    "same_far",
)
"""Names of the columns of `first_matrix`."""


def first_matrix(page: LinePage) -> Floats:
    """One row a line, one column a feature of `FIRST_NAMES`."""
    count = page.count
    shape = page.shape.astype(np.float64)
    page_words = page.own[:, _PAGE_WORDS]
    columns: list[Floats] = [shape]
    for step in _NEIGHBOURS:
        columns += [around(page.units, step, -1.0), around(shape, step, -1.0), around(page.ends, step, -1.0)]
        columns.append(around(page_words, step, -1.0))
    for step in (-2, -1, 1, 2):
        columns += [around(page.own[:, column], step, 0.0) for column in _BESIDE]
    prose = page.prose
    total = max(1.0, float(prose.sum()))
    before = np.cumsum(prose) - prose
    after = total - before - prose
    gaps = page.above[page.is_prose]
    columns += [page.above, page.below, page.above - (float(np.median(gaps)) if len(gaps) else 1.0)]
    columns += [window(prose, 5), window(prose, 20)]
    short = page.shape <= SHAPES.index("B")
    counts = Counter(one.line.text for one in page.looks)
    copies = np.array([min(counts[one.line.text], 9) for one in page.looks], np.float64)
    heads = _heads(page)
    any_head: Flags = np.any(heads, axis=0)
    for reach in (4, 12):
        for values in (prose, page.ends, short.astype(np.float64), page_words, (copies > 1).astype(np.float64)):
            columns += beyond(values, reach)
    core = int(np.argmax(window(prose, 10) + prose))
    columns.append(np.minimum(200.0, valley(np.where(page.is_prose, page.units, -4.0), core)))
    columns.append(np.minimum(20.0, outward(any_head.astype(np.float64), core)))
    columns.append(np.minimum(60.0, outward(page.own[:, _PAGE_HITS], core)))
    columns.append(np.clip(np.arange(count) - core, -100.0, 100.0))
    columns += [before / total, after / total]
    columns += [np.minimum(before, 3000.0), np.minimum(after, 3000.0), np.arange(count) / count]
    everything = max(1.0, float(page.units.sum()))
    columns += [np.full(count, value) for value in (min(count, 2000.0), min(total, 5000.0), total / everything)]
    columns += [np.full(count, value) for value in _kind_of_page(page)]
    columns.append(copies)
    is_prose = page.is_prose.astype(np.float64)
    columns += [page.restated(np.ones(count)), page.restated(is_prose), page.shared(is_prose), page.grammar]
    columns += _marks(heads, any_head, before / total)
    for flags in (short, page.ends == 0, page.ends > 0):
        columns += [_run(flags), _run(flags[::-1])[::-1]]
    columns.append(page.restated_near())
    size = np.log1p(page.units)
    unlike = sum(np.abs(size - around(size, step, 0.0)) for step in (-2, -1, 1, 2))
    columns.append(np.asarray(unlike, np.float64))
    columns.append(_rank(page.units))
    columns += _likes(page)
    return np.column_stack([_relative(page), *columns])


def _likes(page: LinePage) -> list[Floats]:
    """Lines to the nearest copy of a line (20 at most), and how many of its 6 and 20 neighbours are shaped like it."""
    seen: dict[str, int] = {}
    near = np.full(page.count, 20.0)
    for i, one in enumerate(page.looks):
        key = one.line.text.casefold()
        if key in seen:
            gap = min(20, i - seen[key])
            near[i] = min(near[i], gap)
            near[seen[key]] = min(near[seen[key]], gap)
        seen[key] = i
    size = np.floor(np.log2(page.units + 1) * 1.5)
    shape = size * 8 + (page.bullets > 0) * 4 + page.ends * 2 + (page.above > 0)
    same = np.zeros(page.count)
    found = [near]
    for step in range(1, 11):
        alike = shape[step:] == shape[:-step]
        same[: len(alike)] += alike
        same[step:] += alike
        if step in (3, 10):
            found.append(same.copy())
    return found


def _kind_of_page(page: LinePage) -> list[float]:
    """What the document has much of, against its paragraphs: a guide has lists and heads, a news page credits."""
    prose = max(1, int(page.is_prose.sum()))
    middle = slice(*_middle(page))
    shapes = [float((page.shape[middle] == k).sum()) / prose for k in range(4)]
    marked = [float((page.own[middle, column] > 0.3).sum()) / prose for column in (*_BESIDE[:2], _PAGE_WORDS)]
    heads = float(sum(one.line.heading for one in page.looks)) / prose
    return [min(value, 10.0) for value in (prose, *shapes, *marked, heads)]


def _middle(page: LinePage) -> tuple[int, int]:
    """The lines between the first and the last tenth of the words of all paragraphs."""
    running = np.cumsum(page.prose)
    if not running[-1]:
        return 0, page.count
    begin, end = np.searchsorted(running, [0.1 * running[-1], 0.9 * running[-1]])
    return int(begin), int(end) + 1


def _relative(page: LinePage) -> Floats:
    """Own features, those of `_HABITS` as differences from their mean over the document's sentences, by length."""
    weight = page.prose if page.is_prose.any() else page.units + 1
    own = page.own.copy()
    own[:, _HABITS] -= weight @ own[:, _HABITS] / weight.sum()
    return own


def _rank(units: Floats) -> Floats:
    """Share of the document's words that stand in shorter lines."""
    order = np.argsort(units, kind="stable")
    ordered = units[order]
    running = np.concatenate(([0.0], np.cumsum(ordered)))
    return running[np.searchsorted(ordered, units)] / max(1.0, float(running[-1]))


def _heads(page: LinePage) -> Flags:
    """Which lines are headings of which of `MARKS`: one row a kind."""
    heads = np.zeros((len(MARKS), page.count), bool)
    for i, one in enumerate(page.looks):
        if one.kinds and one.line.units <= 8 and one.shape in "SBM":
            for k, kind in enumerate(MARKS):
                heads[k, i] = one.kinds.get(kind, 0) * 2 >= len(one.tokens) > 0
    return heads


def _marks(heads: Flags, any_head: Flags, share_before: Floats) -> list[Floats]:
    """Lines since the last heading of each kind, lines until the next of any kind, and how many there were."""
    late = (any_head & (share_before > 0.25)).astype(np.float64)
    marks = np.cumsum(late) - late
    return [*(since(row) for row in heads), since(any_head[::-1])[::-1], np.minimum(marks, 30.0)]


def _run(flags: Flags) -> Floats:
    """How many flagged lines stand right above each line in one run, 30 at most."""
    return np.minimum(30.0, since(~flags, far=float(len(flags))))
