"""The figures as Markdown tables, and their places in a page of documentation."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.eval.calibration import BUCKETS, calibrate
from benchmarks.eval.measure import Measured
from benchmarks.eval.readers import READERS
from benchmarks.eval.summary import Figure, f1_advantage, figures, times

COLUMNS = {
    "precision": "body precision",
    "recall": "recall",
    "f1": "F1",
    "title": "title",
    "author": "any author",
    "date": "published day",
    "date_wrong": "days wrong",
}


def readers_table(set_name: str, of_set: Sequence[Measured], ours: str) -> str:
    """A line a reader on one set; below, how ours compares on the same pages, and pages without a reading."""
    lines = [
        f"### {set_name} ({len(of_set[0].pages)} pages)",
        "",
        f"| reader | {' | '.join(COLUMNS.values())} | CPU ms median | p95 | peak MiB |",
        "|---" * (len(COLUMNS) + 4) + "|",
    ]
    for measured in of_set:
        found, spent = figures(measured), times(measured)
        shown = " | ".join("–" if (figure := found[name]) is None else _cell(figure) for name in COLUMNS)
        cost = f"{spent['cpu_ms_median']:.1f} | {spent['cpu_ms_p95']:.1f} | {measured.peak_mib:.0f}"
        lines.append(f"| {measured.reader} | {shown} | {cost} |")
    own = next((measured for measured in of_set if measured.reader == ours), None)
    others = [measured for measured in of_set if measured is not own]
    if own is not None and others:
        told = [f"{other.reader} {_cell(f1_advantage(own, other), signed=True)}" for other in others]
        lines += ["", f"F1 of {ours} less that of, page by page on the same draws: {', '.join(told)}."]
    empty = [f"{m.reader} {n}" for m in of_set if (n := sum(p.reading.failure is not None for p in m.pages))]
    return "\n".join([*lines, "", f"Pages without any reading: {', '.join(empty) or 'none'}."])


def calibration_table(ours: Sequence[Measured]) -> str:
    """A line a field and set: how many were given a confidence of each range, and the share of these that is right."""
    lines = [
        f"| field | set | {' | '.join(f'{name}: given | right' for name, *_ in BUCKETS)} |",
        "|---" * (2 + 2 * len(BUCKETS)) + "|",
    ]
    groups = [(measured.set_name, measured.pages) for measured in ours]
    if len(ours) > 1:
        groups.append(("all", [page for measured in ours for page in measured.pages]))
    calibrated = [(name, calibrate(pages)) for name, pages in groups]
    for field in calibrated[0][1]:
        for name, table in calibrated:
            cells = [f"{b.given} | {'–' if b.share is None else short(b.share)}" for b in table[field].values()]
            lines.append(f"| {field} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def about() -> str:
    """What ran, and on what."""
    versions = ", ".join(f"{name} {_version(name)}" for name in READERS)
    return f"{versions}; Python {platform.python_version()}, {os.cpu_count()} cores."


def fill(page: Path, parts: Mapping[str, str]) -> None:
    """Put each part between its marks, `<!-- NAME: begin -->` and `<!-- NAME: end -->`.

    Raises:
        ValueError: the page lacks a mark.
    """
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        before, begin, rest = text.partition(f"<!-- {name}: begin -->")
        _, end, after = rest.partition(f"<!-- {name}: end -->")
        if not begin or not end:
            raise ValueError(f"{page} has no place for {name}")
        text = f"{before}{begin}\n\n{part}\n\n{end}{after}"
    page.write_text(text, encoding="utf-8")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _cell(figure: Figure | None, *, signed: bool = False) -> str:
    if figure is None:
        return "–"
    low, high = short(figure.low, signed=signed), short(figure.high, signed=signed)
    return f"{short(figure.value, signed=signed)} ({low}{' to ' if signed else '–'}{high})"


def short(share: float, *, signed: bool = False) -> str:
    """Three decimals without the leading zero."""
    text = f"{abs(share):.3f}".removeprefix("0")
    if not signed or float(text) == 0:
        return text
    return ("+" if share > 0 else "−") + text
