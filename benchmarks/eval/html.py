"""Extraction from HTML: the whole parse stage beside the public extractors, on the same pages, in the same run.

Title, author and date count only pages whose truth states one. Each reader reads each set in a process of its own, one
after the other, so that CPU time and peak memory are its own; the first page is read once beforehand, uncounted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.eval.measure import Measured, load_truth, measure
from benchmarks.eval.readers import READERS, installed
from benchmarks.eval.summary import figures, times, values
from benchmarks.eval.tables import about, calibration_table, fill, readers_table
from benchmarks.eval.worst import FIELDS, field_report, worst_report

SETS = ("fundus_rest", "wcxb_dev_articles300", "mozilla_readability130")
OURS = "copydesk"
RESULTS = Path(__file__).parents[2] / "var" / "eval-html.json"

WORST = 10
"""Pages of each set that the documentation lists."""

_HEADINGS = {"pages": "Pages", "calibration": "Calibration: confidence given to a field, and the share that is right"}


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
    page: Path | None = None
    """The page of documentation that the figures are written into."""


def select(
    *,
    only: str | None,
    readers: Sequence[str],
    every: int = 1,
    worst: int = 0,
    fields: Sequence[str] = (),
    page: Path | None = None,
) -> Selection:
    """The selection of these names; without a set or readers, all that can be run.

    Raises:
        ValueError: a name that nothing has.
    """
    sets = SETS if only is None else (only,)
    for kind, names, known in (("set", sets, SETS), ("reader", readers, READERS), ("field", fields, FIELDS)):
        for name in names:
            if name not in known:
                raise ValueError(f"there is no {kind} {name}: {', '.join(known)}")
    if page is not None and not page.is_file():
        raise ValueError(f"there is no page {page}")
    return Selection(sets, tuple(readers) or installed(), every, worst, fields, page)


def evaluate(data: Path, set_name: str, reader: str = OURS, every: int = 1) -> dict[str, float]:
    """All figures of one reader on one set, by name; `data` is the folder of all evaluation data."""
    return values(measure(data, set_name, reader, every))


def report(data: Path, selection: Selection = Selection()) -> str:
    """Markdown: a table a set with a line a reader, then the calibration; or lists of pages, if asked for.

    Raises:
        ValueError: the page to write into has no place for the figures.
    """
    if selection.worst or selection.fields:
        return "\n\n".join(_lists(data, selection)) + "\n"
    measured = [
        _measure(data, set_name, reader, selection.every) for set_name in selection.sets for reader in selection.readers
    ]
    of_sets = [[m for m in measured if m.set_name == set_name] for set_name in selection.sets]
    parts = {"pages": "\n\n".join([about(), *(readers_table(m[0].set_name, m, OURS) for m in of_sets)])}
    ours = [m for m in measured if m.reader == OURS]
    if ours:
        parts["calibration"] = calibration_table(ours)
        parts["worst"] = "\n\n".join(worst_report(m, WORST) for m in ours)
    _write_results(measured, selection)
    if selection.page is not None:
        fill(selection.page, parts)
    shown = [f"## {_HEADINGS[name]}\n\n{part}" for name, part in parts.items() if name in _HEADINGS]
    return "\n\n".join(shown) + "\n"


def _measure(data: Path, set_name: str, reader: str, every: int) -> Measured:
    print(f"{set_name}: {reader}", file=sys.stderr, flush=True)  # minutes may pass until the tables
    return measure(data, set_name, reader, every)


def _lists(data: Path, selection: Selection) -> Iterable[str]:
    for set_name in selection.sets:
        truth = load_truth(data, set_name, selection.every)
        for reader in selection.readers:
            measured = measure(data, set_name, reader, selection.every)
            if selection.worst:
                yield worst_report(measured, selection.worst)
            for name in selection.fields:
                yield field_report(measured, truth, name)


def _write_results(everything: Sequence[Measured], selection: Selection) -> None:
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
