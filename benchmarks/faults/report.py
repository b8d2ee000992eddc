"""The table of docs/reliability.md, and the lines on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.faults.result import Row, Status

BEGIN = "<!-- figures: begin -->"
END = "<!-- figures: end -->"
_HEAD = (
    "| fault | in | out | lost | twice | state keys | wrong | faults recovered | recovery s, median / max "
    "| RSS MiB | restarts | verdict |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
)


def line(row: Row) -> str:
    """One row for the terminal."""
    if row.status is Status.NOT_RUN:
        return f"{row.scenario:24} {row.status}: {row.note}"
    return (
        f"{row.scenario:24} {row.status}: in {row.records_in} out {row.records_out} lost {row.lost} twice {row.twice} "
        f"state {row.state_wrong} wrong of {row.state_keys}, faults recovered {row.recoveries}/{row.faults}, "
        f"recovery {_recovery(row)} s, "
        f"RSS {row.rss_max_mib:.0f} MiB, restarts {row.restarts}, {row.seconds:.0f} s. {row.note}"
    )


def table(about: Mapping[str, str], rows: Sequence[Row]) -> str:
    """The table in Markdown, with what it depends on."""
    cells = "\n".join(_cells(row) for row in rows)
    facts = ", ".join(f"{name} {value}" for name, value in about.items())
    notes = "\n".join(f"- **{row.scenario}**: {row.note}" for row in rows if row.note)
    return f"{_HEAD}\n{cells}\n\n{facts}.\n\n{notes}\n"


def write(page: Path, about: Mapping[str, str], rows: Sequence[Row]) -> None:
    """Put the table between the marks of a page.

    Raises:
        ValueError: the page has no marks.
    """
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page} lacks the lines {BEGIN} and {END}")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n\n{table(about, rows)}\n{END}{after}", encoding="utf-8")


def _cells(row: Row) -> str:
    if row.status is Status.NOT_RUN:
        return f"| {row.scenario} | | | | | | | | | | | {row.status} |"
    return (
        f"| {row.scenario} | {row.records_in:,} | {row.records_out:,} | {row.lost:,} | {row.twice:,} "
        f"| {row.state_keys:,} | {row.state_wrong:,} | {row.recoveries} of {row.faults} | {_recovery(row)} "
        f"| {row.rss_max_mib:.0f} | {row.restarts} | {row.status} |"
    )


def _recovery(row: Row) -> str:
    if row.recover_median_s is None or row.recover_max_s is None:
        return "–"
    return f"{row.recover_median_s:.1f} / {row.recover_max_s:.1f}"
