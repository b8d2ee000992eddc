"""Figures of one reader on one set, with their intervals, from the scores of its pages."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.eval.intervals import interval, percentile
from benchmarks.eval.measure import Measured, PageScore
from benchmarks.eval.readers import READS_NO
from benchmarks.eval.scoring import f1

Statistic = Callable[[Sequence[PageScore]], float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _precision(pages: Sequence[PageScore]) -> float | None:
    return _mean([page.precision for page in pages])


def _recall(pages: Sequence[PageScore]) -> float | None:
    return _mean([page.recall for page in pages])


def _f1(pages: Sequence[PageScore]) -> float | None:
    precision, recall = _precision(pages), _recall(pages)
    return None if precision is None or recall is None else f1(precision, recall)


def _date_wrong(pages: Sequence[PageScore]) -> float | None:
    """Of the days that are given where the truth states one, the share that is another."""
    return _mean([not page.date for page in pages if page.date is not None and page.reading.date is not None])


STATISTICS: dict[str, Statistic] = {
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
    "title": lambda pages: _mean([page.title for page in pages if page.title is not None]),
    "author": lambda pages: _mean([page.author for page in pages if page.author is not None]),
    "date": lambda pages: _mean([page.date for page in pages if page.date is not None]),
    "date_wrong": _date_wrong,
}
"""Of the scores of pages; None where no page bears on it. F1 is of mean precision and mean recall."""


def figures(measured: Measured) -> dict[str, Figure | None]:
    """Each statistic with its interval; None where the reader has no such field or the set no such truth."""
    lacking = {name for field in READS_NO.get(measured.reader, ()) for name in (field, f"{field}_wrong")}
    return {
        name: None if name in lacking else _figure(measured.pages, statistic) for name, statistic in STATISTICS.items()
    }


def _figure(pages: Sequence[PageScore], statistic: Statistic) -> Figure | None:
    value = statistic(pages)
    ends = interval(lambda drawn: statistic([pages[i] for i in drawn]), len(pages))
    return None if value is None or ends is None else Figure(value, *ends)


def f1_advantage(ours: Measured, other: Measured) -> Figure | None:
    """F1 of ours less that of another reader of the same pages.

    Both are taken of the same draws, so that what makes a page hard for both does not blur what is between them.
    """

    def difference(positions: Sequence[int]) -> float | None:
        own, theirs = (_f1([m.pages[i] for i in positions]) for m in (ours, other))
        return None if own is None or theirs is None else own - theirs

    value, ends = difference(range(len(ours.pages))), interval(difference, len(ours.pages))
    return None if value is None or ends is None else Figure(value, *ends)


def times(measured: Measured) -> dict[str, float]:
    """CPU milliseconds a page: median, mean and 95th percentile."""
    spent = sorted(page.cpu_ms for page in measured.pages)
    return {
        "cpu_ms_median": statistics.median(spent),
        "cpu_ms_mean": statistics.fmean(spent),
        "cpu_ms_p95": percentile(spent, 0.95),
    }


def values(measured: Measured) -> dict[str, float]:
    """All figures by name, without intervals; `pages` is how many were read."""
    found = {name: value for name, statistic in STATISTICS.items() if (value := statistic(measured.pages)) is not None}
    return found | times(measured) | {"pages": float(len(measured.pages)), "peak_mib": measured.peak_mib}
