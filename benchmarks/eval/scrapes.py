"""Scrapes made from pages, and how much of the true body the text parser keeps of them.

A scrape is all text of a page, layout kept: menus, teasers, comments and footers are in it. What is compared with the
true body is what the parser takes for the story's own text: subtitle, key points and body.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.eval.scoring import Counts, aggregate, body_score
from benchmarks.eval.scrape_kinds import FROM_PAGE, RESHAPED
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from copydesk.core.document import Draft, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.text import parse_text

SETS = ("fundus_rest", "wcxb_dev_articles300", "mozilla_readability130")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its id, its source, its scrape, and the truth about it."""

    id: str
    html: bytes
    scrape: str
    gold: dict[str, Any]


def page_text(html: bytes) -> str:
    """A page's source, decoded."""
    return bytes_to_str(html, detect_encoding(html) or "utf-8")


def make_scrape(html: bytes) -> str:
    """All text of a page."""
    return extract_plain_text(page_text(html), preserve_formatting=True, main_content=False)


def pages(data: Path, set_name: str) -> Iterator[Page]:
    """The pages of a set, in order of id."""
    folder = data / "extraction" / set_name
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for page_id in sorted(expected):
        html = gzip.decompress((folder / "html" / f"{page_id}.html.gz").read_bytes())
        yield Page(page_id, html, make_scrape(html), expected[page_id])


def story_text(draft: Draft) -> str:
    """What the parser takes for the story's own text."""
    return "\n".join([draft.subtitle or "", *draft.key_points, draft.body])


def score_page(page: Page) -> Counts:
    """Score of one page; a rejected one keeps nothing."""
    try:
        kept = story_text(parse_text(page.scrape, RawDocument(content=b"")))
    except Rejected:
        kept = ""
    return body_score(page.gold["body"], kept)


def evaluate(data: Path, set_name: str) -> dict[str, float]:
    """Precision, recall, f1 and pages of one set."""
    return aggregate(score_page(page) for page in pages(data, set_name))


def reshaped(data: Path, set_name: str) -> dict[str, dict[str, float]]:
    """The same figures for every other shape of scrape, by its name."""
    whole = list(pages(data, set_name))
    found = {}
    for name, reshape in RESHAPED.items():
        found[name] = aggregate(score_page(replace(page, scrape=reshape(page.scrape))) for page in whole)
    for name, scrape in FROM_PAGE.items():
        found[name] = aggregate(score_page(replace(page, scrape=scrape(page_text(page.html)))) for page in whole)
    return found


def report(data: Path) -> str:
    """The table of docs/quality.md."""
    lines = [
        "### Plain text: scrapes derived from pages",
        "",
        "| set | pages | precision | recall | F1 |",
        "|---|---|---|---|---|",
    ]
    for name in SETS:
        found = evaluate(data, name)
        figures = " | ".join(f"{found[key]:.3f}" for key in ("precision", "recall", "f1"))
        lines.append(f"| {name} | {found['pages']:.0f} | {figures} |")
    lines += ["", "Other shapes of the same scrapes, F1:", "", "| shape | " + " | ".join(SETS) + " |"]
    lines.append("|---" * (len(SETS) + 1) + "|")
    shapes = {name: reshaped(data, name) for name in SETS}
    for shape in (*RESHAPED, *FROM_PAGE):
        lines.append(f"| {shape} | " + " | ".join(f"{shapes[name][shape]['f1']:.3f}" for name in SETS) + " |")
    return "\n".join(lines) + "\n"
