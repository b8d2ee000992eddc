"""What became of the demo's articles: the report, for people and for programs."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from copydesk.app.cli.output import console, write_json
from copydesk.app.why import Fields, headline, outcome, verdict, why

if TYPE_CHECKING:
    from copydesk.app.samples import Expected, Sample

_SHOWN = "first-article"
"""The sample whose record is shown in full."""

Place = tuple[int, int, int]
"""Partition, offset and item of a raw record."""


@dataclass(slots=True)
class Report:
    """What became of everything."""

    samples: Sequence[Sample]
    places: dict[tuple[int, int], Sample] = field(default_factory=dict)
    outcomes: dict[Place, list[Fields]] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def items(self) -> int:
        """Items that were sent."""
        return sum(len(sample.expected) for sample in self.samples)

    @property
    def ended(self) -> int:
        """Outcomes that were read."""
        return sum(map(len, self.outcomes.values()))

    def count(self, kind: str) -> int:
        """Outcomes of a kind."""
        return sum(outcome(fields) == kind for found in self.outcomes.values() for fields in found)

    def rows(self) -> list[Row]:
        """A row an item, in the order in which they were sent."""
        found = []
        for (partition, offset), sample in self.places.items():
            for item, expected in enumerate(sample.expected):
                found.append(Row(sample, item, expected, self.outcomes.get((partition, offset, item), [])))
        order = {sample.name: number for number, sample in enumerate(self.samples)}
        return sorted(found, key=lambda row: (order[row.sample.name], row.item))

    @property
    def complete(self) -> bool:
        """Whether each item has its one outcome, as expected, and the balance is even."""
        return self.ended == self.items and all(row.as_expected for row in self.rows())


@dataclass(frozen=True, slots=True)
class Row:
    """One item with its outcomes, of which there must be one."""

    sample: Sample
    item: int
    expected: Expected
    found: list[Fields]

    @property
    def as_expected(self) -> bool:
        """Whether exactly what was expected came out."""
        if len(self.found) != 1:
            return False
        fields = self.found[0]
        return (
            outcome(fields) == self.expected.outcome
            and verdict(fields) == self.expected.why
            and (self.expected.title is None or headline(fields) == self.expected.title)
            and (self.expected.change is None or fields["change"]["kind"] == self.expected.change)
        )

    @property
    def name(self) -> str:
        """Name of the sample, with the item's number where it has several."""
        return self.sample.name if len(self.sample.expected) == 1 else f"{self.sample.name} #{self.item + 1}"


def _balance(report: Report) -> dict[str, Any]:
    counts = {kind: report.count(kind) for kind in ("enriched", "duplicate", "dead")}
    return {
        "records": len(report.samples),
        "in": report.items,
        **counts,
        "in_flight": report.items - sum(counts.values()),
        "seconds": round(report.seconds, 1),
    }


def _full_record(report: Report) -> Fields | None:
    rows = [row for row in report.rows() if row.sample.name == _SHOWN and row.found]
    return rows[0].found[0] if rows else None


def write(report: Report) -> None:
    """JSON lines: one an item, then one record in full, then the balance."""
    for row in report.rows():
        found: list[Fields | None] = [*row.found] if row.found else [None]
        for fields in found:
            write_json(
                {
                    "record": row.name,
                    "what": row.sample.what,
                    "outcome": outcome(fields) if fields else None,
                    "verdict": verdict(fields) if fields else None,
                    "why": why(fields) if fields else "nothing came out",
                    "title": headline(fields) if fields else None,
                    "as_expected": row.as_expected,
                }
            )
    write_json({"record_in_full": _full_record(report)})
    write_json({"balance": _balance(report), "complete": report.complete})


_COLOURS = {"enriched": "green", "duplicate": "yellow", "dead": "red"}


def show(report: Report) -> None:
    """A table, one record in full, the balance."""
    from rich.json import JSON
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    out = console()
    table = Table(title="What became of each article, and why", expand=True, show_lines=False)
    table.add_column("record", no_wrap=True)
    table.add_column("became", no_wrap=True)
    table.add_column("why", ratio=3)
    table.add_column("title", ratio=2)
    for row in report.rows():
        fields = row.found[0] if row.found else None
        kind = outcome(fields) if fields else "nothing"
        mark = "" if row.as_expected else " ✗"
        table.add_row(
            row.name,
            Text(f"{kind}{mark}\n{verdict(fields) if fields else ''}", style=_COLOURS.get(kind, "bold red")),
            Text(
                f"{row.sample.what[0].upper()}{row.sample.what[1:]}. {why(fields) if fields else 'Nothing came out.'}"
            ),
            Text(headline(fields) if fields and kind != "dead" else "–"),
        )
    full = _full_record(report)
    if full is not None:
        out.print(
            Panel(JSON(json.dumps(full, ensure_ascii=False)), title="One enriched record in full: the first article")
        )
    out.print(table)
    balance = _balance(report)
    out.print(
        f"Balance: {balance['in']} items in = {balance['enriched']} enriched + {balance['duplicate']} duplicate "
        f"+ {balance['dead']} dead + {balance['in_flight']} in flight, in {balance['seconds']} s.",
        style="bold green" if report.complete else "bold red",
    )
    out.print(
        "Next: copydesk demo --keep goes on with a page to watch; copydesk explain FILE tells each decision on a "
        "document; copydesk worker runs against your broker."
    )
