"""Which lines of a scrape are the true body: the truth that the line model is fitted to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from copydesk.core.lines.line import Line

_BREAK = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"\w+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LONG = 25
"""Characters from which on a text found inside the body is no chance find."""
_LEAST = 0.3
"""Share of a line's shingles below which it is none of the body."""


def normal(text: str) -> str:
    return _BREAK.sub(" ", text.casefold()).strip()


def labels(lines: Sequence[Line], gold: str) -> NDArray[np.float64]:
    """How much of every line is the true body, from 0 to 1.

    A line that stands in the page more often than in the body counts as often as there, its copies in the densest
    company first. Very short lines count only among lines that do.
    """
    whole = f" {normal(gold)} "
    rows = Counter(normal(row) for row in gold.split("\n"))
    tokens = _TOKEN.findall(gold.casefold())
    shingles = {tuple(tokens[i : i + 4]) for i in range(len(tokens) - 3)}
    forms = [normal(line.text) for line in lines]
    found = [_share(line.text, form, whole, rows, shingles) for line, form in zip(lines, forms, strict=True)]
    shares = [max(0.0, share) for share in found]
    sure = np.array([i for i, share in enumerate(shares) if share >= 0.5])
    copies: dict[str, list[int]] = defaultdict(list)
    for i in sure.tolist():
        copies[forms[i]].append(i)
    for form, same in copies.items():
        allowed = rows.get(form, 0) or (whole.count(f" {form} ") if len(form) >= _LONG else 1) or 1
        ordered = sorted(same, key=lambda i: -int(np.sum(np.abs(sure - i) <= 6)))
        for i in ordered[allowed:]:
            shares[i] = 0.0
    for i, share in enumerate(found):
        near = [k for k in (i - 2, i - 1, i + 1, i + 2) if 0 <= k < len(lines)]
        if share < 0 and sum(found[k] >= 0.5 and shares[k] >= 0.5 for k in near) >= 3:
            shares[i] = 1.0
    return np.array(shares)


def _share(text: str, form: str, whole: str, rows: Counter[str], shingles: set[tuple[str, ...]]) -> float:
    """Share of a line that is in the body; -1 for a short line that may be there by chance."""
    if not form:
        return 0.0
    if form in rows:
        return 1.0
    inside = f" {form} " in whole
    tokens = _TOKEN.findall(text.casefold())
    if len(tokens) >= 8 or len(form) >= 60:
        if inside or len(tokens) <= 3:
            return float(inside)
        share = sum(tuple(tokens[i : i + 4]) in shingles for i in range(len(tokens) - 3)) / (len(tokens) - 3)
        return share if share >= _LEAST else 0.0
    if inside and len(form) >= 4:
        return 1.0 if len(form) >= _LONG else -1.0
    return float(len(form) >= 8 and form in whole and _UNSPACED.search(form) is not None)
