"""Extraction from HTML: the whole parse stage beside the public extractors, on the same pages, in the same run.

Title, author and date count only pages whose truth states one. Each reader reads each set in a process of its own, one
after the other, so that CPU time and peak memory are its own; the first page is read once beforehand, uncounted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.eval.calibration import BUCKETS, calibrate
from benchmarks.eval.measure import Measured, load_truth, measure
from benchmarks.eval.readers import READERS
from benchmarks.eval.summary import Figure, figures, times, values
from benchmarks.eval.worst import FIELDS, field_report, worst_report

SETS = ("fundus_rest", "wcxb_dev_articles300", "mozilla_readability130")
OURS = "copydesk"
RESULTS = Path(__file__).parents[2] / "var" / "eval-html.json"

_COLUMNS = {
    "precision": "body precision",
    "recall": "recall",
    "f1": "F1",
    "title": "title",
    "author": "any author",
    "date": "published day",
    "date_wrong": "days wrong",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What of it all is run: sets, readers, and of each set every `every`-th page."""

    sets: Sequence[str] = SETS
    readers: Sequence[str] = tuple(READERS)
    every: int = 1
    worst: int = 0
    """How many of the worst pages are listed, instead of the tables."""
    fields: Sequence[str] = ()
    """Fields whose wrong values are listed, instead of the tables."""


def select(
    *, only: str | None, readers: Sequence[str], every: int = 1, worst: int = 0, fields: Sequence[str] = ()
) -> Selection:
    """The selection of these names; without a set or readers, all of them.

    Raises:
        ValueError: a name that nothing has.
    """
    sets = SETS if only is None else (only,)
    for kind, names, known in (("set", sets, SETS), ("reader", readers, READERS), ("field", fields, FIELDS)):
        for name in names:
            if name not in known:
                raise ValueError(f"there is no {kind} {name}: {', '.join(known)}")
    return Selection(sets, tuple(readers) or tuple(READERS), every, worst, fields)


def evaluate(data: Path, set_name: str, reader: str = OURS, every: int = 1) -> dict[str, float]:
    """All figures of one reader on one set, by name; `data` is the folder of all evaluation data."""
    return values(measure(data, set_name, reader, every))


def report(data: Path, selection: Selection = Selection()) -> str:
    """Markdown: a table a set with a line a reader, then the calibration; or lists of pages, if asked for."""
    if selection.worst or selection.fields:
        return "\n\n".join(_pages_in_question(data, selection)) + "\n"
    parts: list[str] = []
    everything: list[Measured] = []
    for set_name in selection.sets:
        of_set = [measure(data, set_name, reader, selection.every) for reader in selection.readers]
        parts.append(_table(set_name, of_set))
        everything += of_set
    ours = [measured for measured in everything if measured.reader == OURS]
    if ours:
        parts.append(_calibration(ours))
    _write(everything, selection)
    return "\n\n".join(parts) + "\n"


def _pages_in_question(data: Path, selection: Selection) -> Iterable[str]:
    for set_name in selection.sets:
        truth = load_truth(data, set_name, selection.every)
        for reader in selection.readers:
            measured = measure(data, set_name, reader, selection.every)
            if selection.worst:
                yield worst_report(measured, selection.worst)
            for name in selection.fields:
                yield field_report(measured, truth, name)


def _table(set_name: str, of_set: Sequence[Measured]) -> str:
    pages = len(of_set[0].pages) if of_set else 0
    lines = [
        f"### Pages: {set_name} ({pages} pages)",
        "",
        f"| reader | {' | '.join(_COLUMNS.values())} | CPU ms median | p95 | peak MiB |",
        "|---" * (len(_COLUMNS) + 4) + "|",
    ]
    for measured in of_set:
        found, spent = figures(measured), times(measured)
        shown = " | ".join(_cell(found[name]) for name in _COLUMNS)
        cost = f"{spent['cpu_ms_median']:.1f} | {spent['cpu_ms_p95']:.1f} | {measured.peak_mib:.0f}"
        lines.append(f"| {measured.reader} | {shown} | {cost} |")
    empty = [f"{m.reader} {n}" for m in of_set if (n := sum(p.reading.failure is not None for p in m.pages))]
    return "\n".join([*lines, "", f"Pages without any reading: {', '.join(empty) or 'none'}."])


def _calibration(ours: Sequence[Measured]) -> str:
    lines = [
        "### Calibration: confidence given to a field, and the share that is right",
        "",
        f"| field | set | {' | '.join(f'{name}: given | right' for name, *_ in BUCKETS)} |",
        "|---" * (2 + 2 * len(BUCKETS)) + "|",
    ]
    groups = [(measured.set_name, measured.pages) for measured in ours]
    if len(ours) > 1:
        groups.append(("all", [page for measured in ours for page in measured.pages]))
    tables = [(name, calibrate(pages)) for name, pages in groups]
    for field in tables[0][1]:
        for name, table in tables:
            cells = [f"{b.given} | {'–' if b.share is None else _short(b.share)}" for b in table[field].values()]
            lines.append(f"| {field} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{_short(figure.value)} ({_short(figure.low)}–{_short(figure.high)})"


def _short(share: float) -> str:
    """Three decimals without the leading zero."""
    return f"{share:.3f}".removeprefix("0")


def _write(everything: Sequence[Measured], selection: Selection) -> None:
    """The figures, and of each page what was said of it but for the body, for other tools to read."""
    RESULTS.parent.mkdir(exist_ok=True)
    results: list[dict[str, Any]] = []
    for measured in everything:
        pages = [asdict(page) for page in measured.pages]
        for page in pages:
            del page["reading"]["body"]
        found = {name: figure and asdict(figure) for name, figure in figures(measured).items()}
        results.append(
            {"set": measured.set_name, "reader": measured.reader, "every": selection.every, "figures": found}
            | {"peak_mib": measured.peak_mib, **times(measured), "pages": pages}
        )
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
