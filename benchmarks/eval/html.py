"""Extraction from HTML: the whole parse stage beside trafilatura with its own metadata, on the same pages.

Title, author and date count only pages whose truth states one. CPU time is this process's, so other load on the
machine does not enter it, but caches do: the first pages, where models are loaded, are run once beforehand.
"""

from __future__ import annotations

import gzip
import json
import logging
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trafilatura
from benchmarks.eval.scoring import Counts, aggregate, author_matches, body_score, date_matches, title_matches

from copydesk.core.options import Options
from copydesk.core.parse import ItemFailure, parse_message
from copydesk.core.records import Message
from copydesk_schemas.base import format_instant

SETS = ("fundus_rest", "wcxb_dev_articles300", "mozilla_readability130")


@dataclass(frozen=True, slots=True)
class Reading:
    """What an extractor makes of a page."""

    body: str = ""
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    date: str | None = None


def read_with_copydesk(html: bytes, url: str) -> Reading:
    """The parse stage on a bare record."""
    headers = (("x-url", url.encode()),) if url.startswith("http") else ()
    (item, *_) = parse_message(Message("raw-articles", 0, 0, 0, None, html, headers), Options()).items
    if isinstance(item, ItemFailure):
        return Reading()
    # The day where the publisher is: an instant in UTC may be of the day before.
    chosen = next((c.raw for c in item.date_candidates if c.chosen and c.role != "modified"), None)
    instant = format_instant(item.published_at) if item.published_at else None
    date = chosen if chosen and chosen[:10].replace("-", "").isdigit() and len(chosen) >= 10 else instant
    return Reading(item.body, item.title, [author.name for author in item.authors], date)


def read_with_trafilatura(html: bytes, url: str) -> Reading:
    """`trafilatura.bare_extraction` with metadata, as its documentation shows it, without comments."""
    found: Any = trafilatura.bare_extraction(html, url=url or None, with_metadata=True, include_comments=False)
    if found is None:
        return Reading()
    return Reading(found.text or "", found.title, [found.author] if found.author else [], found.date)


READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "copydesk": read_with_copydesk,
    "trafilatura": read_with_trafilatura,
}


def evaluate(data: Path, set_name: str, reader: str = "copydesk") -> dict[str, float]:
    """Body precision, recall and f1; shares of right titles, authors and dates; median and mean CPU ms a page."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    read = READERS[reader]
    folder = data / "extraction" / set_name
    expected: dict[str, dict[str, Any]] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    bodies: list[Counts] = []
    right: dict[str, list[bool]] = {"title": [], "author": [], "date": []}
    spent: list[float] = []
    for number, (page_id, gold) in enumerate(sorted(expected.items())):
        html = gzip.decompress((folder / "html" / f"{page_id}.html.gz").read_bytes())
        url = gold.get("url") or ""
        if number == 0:
            read(html, url)
        began = time.process_time()
        found = read(html, url)
        spent.append((time.process_time() - began) * 1000)
        bodies.append(body_score(gold["body"], found.body))
        if gold.get("title"):
            right["title"].append(title_matches(gold["title"], found.title))
        if gold.get("authors"):
            right["author"].append(author_matches(gold["authors"], found.authors))
        if gold.get("date"):
            right["date"].append(date_matches(gold["date"], found.date))
    shares = {name: sum(values) / len(values) for name, values in right.items() if values}
    times = {"cpu_ms_median": statistics.median(spent), "cpu_ms_mean": statistics.fmean(spent)}
    return aggregate(bodies) | shares | times


def report(data: Path) -> str:
    """A Markdown table: a line a set and reader."""
    lines = [
        "| set | reader | body F1 | title | author | date | CPU ms median | mean |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for set_name in SETS:
        for reader in READERS:
            scores = evaluate(data, set_name, reader)
            shown = " | ".join(f"{scores[k]:.3f}" if k in scores else "–" for k in ("f1", "title", "author", "date"))
            times = f"{scores['cpu_ms_median']:.1f} | {scores['cpu_ms_mean']:.1f}"
            lines.append(f"| {set_name} | {reader} | {shown} | {times} |")
    return "\n".join(lines)
