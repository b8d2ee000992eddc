"""The pages that a reader does worst on, by id, and what it says of them where it is wrong.

What is printed here of a page's texts is for the terminal alone: the pages belong to their publishers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.eval.measure import Measured, PageScore, Truth
from benchmarks.eval.tables import short

FIELDS = ("title", "author", "date")
_KEYS = {"title": "title", "author": "authors", "date": "published_at"}
"""Names of the fields in `quality.fields`."""
_TRUTH = {"title": "title", "author": "authors", "date": "date"}


def worst_pages(pages: Sequence[PageScore], number: int) -> list[PageScore]:
    """The pages with the lowest F1 of the body, the worst first."""
    return sorted(pages, key=lambda page: (page.f1, page.page))[:number]


def worst_report(measured: Measured, number: int) -> str:
    """A Markdown table of the worst pages: ids and figures, no text."""
    lines = [
        f"### {measured.set_name}, {measured.reader}: the {number} worst pages",
        "",
        "| page | F1 | precision | recall | length ratio | why nothing |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {page.page} | {short(page.f1)} | {short(page.precision)} | {short(page.recall)} | {page.length_ratio:.2f} "
        f"| {page.reading.failure or ''} |"
        for page in worst_pages(measured.pages, number)
    ]
    return "\n".join(lines)


def field_report(measured: Measured, truth: Mapping[str, Truth], name: str) -> str:
    """What a field says against the truth, a line for each page where it is wrong or missing."""
    judged = [page for page in measured.pages if getattr(page, name) is not None]
    wrong = [page for page in judged if not getattr(page, name)]
    lines = [f"### {name}: {measured.set_name}, {measured.reader}: {len(wrong)} of {len(judged)} not right", ""]
    for page in wrong:
        said, confidence = _said(page, name), page.reading.confidence.get(_KEYS[name])
        given = "nothing" if not said else json.dumps(said, ensure_ascii=False)
        sure = "" if confidence is None else f" ({confidence:.2f})"
        lines.append(f"{page.page}  true {json.dumps(truth[page.page][_TRUTH[name]], ensure_ascii=False)}")
        lines.append(f"{' ' * len(page.page)}  said {given}{sure}")
    return "\n".join(lines)


def _said(page: PageScore, name: str) -> Any:
    reading = page.reading
    return {"title": reading.title, "author": reading.authors, "date": reading.date}[name]
