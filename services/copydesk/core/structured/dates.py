"""Dates as the page states them, with what each claims to be; which of them is right is decided elsewhere."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from copydesk.core.dates.read import read_date
from copydesk.core.document import FoundDate
from copydesk.core.structured.date_lines import read_lines
from copydesk.core.structured.date_metadata import metadata_dates
from copydesk.core.structured.date_walk import walk
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk_schemas.reasons import DateRole

_TITLE_TAIL, _DATE_MAX = 60, 24
_PART = re.compile(r"[|•·]|\s[–—-]\s")
_ONLY_DATE = re.compile(
    r"\d{1,4}[^\d]{1,14}\d{1,2}(?:[^\d]{1,4}\d{4})?|\d{1,2}[^\d]{1,14}\d{4}|[^\d]{3,10}\s\d{1,2},?\s\d{4}"
)
"""Day, month and year in some order and nothing else: no clock, no numbers of editions."""
_TAG_END = re.compile(r"[-_,\s]")


def read_dates(page: PageData, tree: HtmlElement) -> list[FoundDate]:
    """Every date that metadata, markup and visible lines state, the most reliable places first.

    Args:
        page: what the head says.
        tree: the page; scripts need not be in it any more.
    """
    titles = [title for title in (page.jsonld.text("headline"), page.first("og:title"), page.title) if title]
    language = _language(page)
    found = metadata_dates(page)
    found += [date for title in titles if (date := _in_title(title, language)) is not None]
    published = any(date.role is DateRole.PUBLISHED for date in found)
    found += read_lines(walk(tree, titles), language, published=published)
    return list(dict.fromkeys(found))


def _in_title(title: str, language: str) -> FoundDate | None:
    """The date that some publishers put after headline and name of the site, as a part of its own."""
    last = _PART.split(title[-_TITLE_TAIL:])[-1].strip()
    if last == title.strip() or len(last) > _DATE_MAX or not any(c.isdigit() for c in last):
        return None
    read = read_date(last, language=language)
    if read is None or read.date.day is None or not _ONLY_DATE.fullmatch(last):
        return None
    return FoundDate(last, DateRole.PUBLISHED, "title", 0.6)


def _language(page: PageData) -> str:
    """The primary code of the language that the page claims, `und` without a claim."""
    claim = page.lang or text_of(page.jsonld.article.get("inLanguage")) or page.first("og:locale", "content-language")
    code = _TAG_END.split((claim or "und").strip(), maxsplit=1)[0].lower()
    return code if code.isalpha() and len(code) <= 3 else "und"
