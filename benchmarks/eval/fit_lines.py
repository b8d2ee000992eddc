"""Fit the weights of the line model on scrapes of the WCXB development articles.

    python -m benchmarks.eval.fit_lines DATA_FOLDER OUTPUT.json

Both passes are logistic regressions over binary features with an L2 penalty, fitted by L-BFGS. The second sees
out-of-fold chances of the first, as it will on unseen pages. A line weighs as many words as it has, and a page as
much as any other.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.eval.scrapes import Page, pages
from numpy.typing import NDArray

from copydesk.core.lines.features import in_context, look
from copydesk.core.lines.line import Line, split_lines
from copydesk.core.lines.model import BIAS, chance
from copydesk.core.lines.second_look import second_features

TRAINING_SET = "wcxb_dev_articles300"
PENALTY = 5.0
FOLDS = 4
SMALLEST = 0.02
"""Weights below this are left out of the table."""

Floats = NDArray[np.float64]
_BREAK = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"\w+")
SHARE, YES, NO, MAYBE = 0.5, 1, 0, 2


def normal(text: str) -> str:
    return _BREAK.sub(" ", text.casefold()).strip()


def labels(lines: Sequence[Line], gold: str) -> list[int]:
    """1 for lines of the true body. Of copies, the one in the densest company counts; very short lines need company."""
    whole = f" {normal(gold)} "
    rows = {normal(row) for row in gold.split("\n")}
    tokens = _TOKEN.findall(gold.casefold())
    shingles = {tuple(tokens[i : i + 4]) for i in range(len(tokens) - 3)}
    marks = [_label(line, whole, rows, shingles) for line in lines]
    sure = np.array([i for i, mark in enumerate(marks) if mark == YES])
    copies: dict[str, list[int]] = defaultdict(list)
    for i in sure.tolist():
        copies[normal(lines[i].text)].append(i)
    for same in copies.values():
        best = max(same, key=lambda i: int(np.sum(np.abs(sure - i) <= 6)))
        for i in same:
            marks[i] = YES if i == best else NO
    company = [
        sum(marks[k] == YES for k in (i - 2, i - 1, i + 1, i + 2) if 0 <= k < len(marks)) for i in range(len(marks))
    ]
    return [int(mark == YES or (mark == MAYBE and near >= 3)) for mark, near in zip(marks, company, strict=True)]


def _label(line: Line, whole: str, rows: set[str], shingles: set[tuple[str, ...]]) -> int:
    form = normal(line.text)
    tokens = _TOKEN.findall(line.text.casefold())
    if not form:
        return NO
    if form in rows:
        return YES
    if len(tokens) >= 8:
        hits = sum(tuple(tokens[i : i + 4]) in shingles for i in range(len(tokens) - 3))
        return YES if hits >= SHARE * (len(tokens) - 3) else NO
    if len(form) >= 4 and f" {form} " in whole:
        return YES if len(form) >= 25 else MAYBE
    return NO


def line_weights(lines: Sequence[Line], marks: Sequence[int]) -> list[float]:
    story = max(60, sum(line.units for line, mark in zip(lines, marks, strict=True) if mark))
    rest = max(60, story, sum(line.units for line, mark in zip(lines, marks, strict=True) if not mark))
    return [(min(line.units, 150) + 0.5) / (story if mark else rest) for line, mark in zip(lines, marks, strict=True)]


class Fit:
    """One fitted pass."""

    def __init__(
        self, features: Sequence[list[list[str]]], marks: Sequence[list[int]], lines: Sequence[list[Line]]
    ) -> None:
        count: Counter[str] = Counter()
        on_pages: Counter[str] = Counter()
        for page in features:
            for names in page:
                count.update(names)
            on_pages.update({name for names in page for name in names})
        self.columns = {n: i for i, n in enumerate(sorted(n for n in count if count[n] >= 8 and on_pages[n] >= 4))}
        rows = sum(len(page) for page in features)
        matrix = np.zeros((rows, len(self.columns) + 1), np.float32)
        matrix[:, -1] = 1
        row = 0
        for page in features:
            for names in page:
                matrix[row, [self.columns[name] for name in names if name in self.columns]] = 1
                row += 1
        truth = np.array([mark for page in marks for mark in page], np.float32)
        weight = np.array(
            [w for page, mark in zip(lines, marks, strict=True) for w in line_weights(page, mark)], np.float32
        )
        self.values = minimise(matrix, truth, weight * rows / weight.sum())

    def table(self) -> dict[str, float]:
        """Weights by feature, the bias among them."""
        kept = {n: round(float(self.values[i]), 3) for n, i in self.columns.items() if abs(self.values[i]) >= SMALLEST}
        return {BIAS: round(float(self.values[-1]), 3), **kept}

    def chances(self, page: Sequence[list[str]]) -> list[float]:
        """Chances of a page’s lines."""
        table = self.table()
        return [chance(table[BIAS] + sum(table.get(name, 0.0) for name in names)) for names in page]


def minimise(matrix: NDArray[np.float32], truth: Any, weight: Any, steps: int = 200, memory: int = 12) -> Floats:
    """Weights of a logistic regression, by L-BFGS with backtracking (Nocedal and Wright, algorithm 7.4)."""
    penalty = np.full(matrix.shape[1], PENALTY)
    penalty[-1] = 0

    def loss(values: Floats) -> tuple[float, Floats]:
        odds = np.clip(matrix @ values.astype(np.float32), -40, 40)
        total = float((weight * (np.logaddexp(0, odds) - truth * odds)).sum()) + 0.5 * float(
            (penalty * values**2).sum()
        )
        slope = matrix.T @ (weight * (1 / (1 + np.exp(-odds)) - truth))
        return total, slope.astype(np.float64) + penalty * values

    values: Floats = np.zeros(matrix.shape[1])
    value, slope = loss(values)
    history: list[tuple[Floats, Floats]] = []
    for _ in range(steps):
        way = slope.copy()
        factors = []
        for step, change in reversed(history):
            factors.append(float(step @ way) / float(change @ step))
            way -= factors[-1] * change
        way *= (
            float(history[-1][0] @ history[-1][1]) / float(history[-1][1] @ history[-1][1])
            if history
            else 1 / max(1.0, float(np.linalg.norm(way)))
        )
        for (step, change), factor in zip(history, reversed(factors), strict=True):
            way += step * (factor - float(change @ way) / float(change @ step))
        length = 1.0
        while True:
            tried, new_slope = loss(values - length * way)
            if tried <= value - 1e-4 * length * float(slope @ way) or length < 1e-6:
                break
            length *= 0.5
        step, change = -length * way, new_slope - slope
        if step @ change > 1e-10:
            history = [*history, (step, change)][-memory:]
        gain = value - tried
        values, value, slope = values + step, tried, new_slope
        if gain < 1e-6 * max(1.0, abs(value)):
            break
    return values


def fit(training: Sequence[Page]) -> dict[str, dict[str, float]]:
    """Tables of both passes."""
    lines = [split_lines(page.scrape) for page in training]
    looks = [[look(line) for line in page] for page in lines]
    marks = [labels(page, one.gold["body"]) for page, one in zip(lines, training, strict=True)]
    first = [in_context(page) for page in looks]
    unseen: list[list[float]] = [[] for _ in training]
    for fold in range(FOLDS):
        rest = [i for i in range(len(training)) if i % FOLDS != fold]
        model = Fit([first[i] for i in rest], [marks[i] for i in rest], [lines[i] for i in rest])
        for i in range(fold, len(training), FOLDS):
            unseen[i] = model.chances(first[i])
    second = [second_features(*parts) for parts in zip(looks, unseen, first, strict=True)]
    return {"first": Fit(first, marks, lines).table(), "second": Fit(second, marks, lines).table()}


def main() -> None:
    data, target = Path(sys.argv[1]), Path(sys.argv[2])
    tables = fit(list(pages(data, TRAINING_SET)))
    target.write_text(json.dumps(tables, indent=0, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
