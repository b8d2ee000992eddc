"""What is measured: the whole parse stage, and the public extractors beside it, each as its documentation shows it.

Every library is imported when its reader is first called, so that a process holds the one that it measures alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk_schemas.parsed import ParsedArticle

_NO_AUTHOR = "[no-author]"
"""What readability-lxml says where there is none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a page. `date` is an ISO 8601 day, local to the publisher, as the truth is."""

    body: str = ""
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    date: str | None = None
    confidence: dict[str, float] = field(default_factory=dict)
    """Of each field that was found, by name in the contract; empty for readers that give none."""
    failure: str | None = None
    """Why there is nothing."""


def read_with_copydesk(html: bytes, url: str) -> Reading:
    """The parse stage on a bare record."""
    from copydesk.core.errors import Rejected
    from copydesk.core.options import Options
    from copydesk.core.parse import ItemFailure, parse_message
    from copydesk.core.records import Message

    headers = (("x-url", url.encode()),) if url.startswith("http") else ()
    (item, *_) = parse_message(Message("raw-articles", 0, 0, 0, None, html, headers), Options()).items
    if isinstance(item, ItemFailure):
        code = item.error.code if isinstance(item.error, Rejected) else type(item.error).__name__
        return Reading(failure=str(code))
    authors = [author.name for author in item.authors]
    return Reading(item.body, item.title, authors, published_day(item), dict(item.quality.fields))


def published_day(article: ParsedArticle) -> str | None:
    """The day of `published_at` where the publisher is: as the chosen candidate writes it; of the instant otherwise."""
    from copydesk.core.dates.read import read_date

    if article.published_at is None:
        return None
    day = article.published_at.date()
    for candidate in article.date_candidates:
        if candidate.chosen and candidate.role != "modified":
            read = read_date(candidate.raw, language=article.language.code)
            written = read.date.as_day() if read is not None else None
            # A zone moves the day by one at most; what lies farther off was read in another order of day and month.
            if written is not None and abs(written - day) <= timedelta(days=1):
                return written.isoformat()
    return day.isoformat()


def read_with_trafilatura(html: bytes, url: str) -> Reading:
    """`trafilatura.bare_extraction` with metadata, without comments."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found: Any = trafilatura.bare_extraction(html, url=url or None, with_metadata=True, include_comments=False)
    if found is None:
        return Reading(failure="nothing extracted")
    return Reading(found.text or "", found.title, [found.author] if found.author else [], found.date)


def read_with_readability(html: bytes, url: str) -> Reading:
    """`readability.Document`: its summary, its short title, its author. It reads no date.

    The summary is HTML; resiliparse makes text of it, without the texts in place of pictures.
    """
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    logging.getLogger("readability").setLevel(logging.CRITICAL)
    document = Document(html, url=url or None)
    title, author = document.short_title(), document.author()
    body = extract_plain_text(document.summary(), main_content=False, alt_texts=False)
    return Reading(body, title or None, [] if author == _NO_AUTHOR else [author])


def read_with_resiliparse(html: bytes, url: str) -> Reading:  # noqa: ARG001 - it does not look at addresses
    """`extract_plain_text` with `main_content`, and the `title` element. It reads no author and no date.

    Texts in place of pictures are left out, which scores better on every set.
    """
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse_from_bytes(html, detect_encoding(html) or "utf-8")
    body = extract_plain_text(tree, main_content=True, alt_texts=False)
    return Reading(body, tree.title or None)


MODULES = {"trafilatura": "trafilatura", "readability-lxml": "readability", "resiliparse": "resiliparse"}
"""What each of the others is imported by."""


def installed() -> tuple[str, ...]:
    """The readers that can be run here; readability-lxml is in a group of its own, «baselines»."""
    return tuple(name for name in READERS if name not in MODULES or find_spec(MODULES[name]) is not None)


READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "copydesk": read_with_copydesk,
    "trafilatura": read_with_trafilatura,
    "readability-lxml": read_with_readability,
    "resiliparse": read_with_resiliparse,
}

READS_NO: dict[str, frozenset[str]] = {
    "readability-lxml": frozenset({"date"}),
    "resiliparse": frozenset({"author", "date"}),
}
"""Figures that a reader has none of, because it has no such field."""
