"""Dates as the page states them, with what each claims to be; which of them is right is decided elsewhere."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from copydesk.core.document import FoundDate
from copydesk.core.structured.date_lines import read_lines
from copydesk.core.structured.date_metadata import metadata_dates
from copydesk.core.structured.date_walk import walk
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk_schemas.reasons import DateRole

_TAG_END = re.compile(r"[-_,\s]")


def read_dates(page: PageData, tree: HtmlElement) -> list[FoundDate]:
    """Every date that metadata, markup and visible lines state, the most reliable places first.

    Args:
        page: what the head says.
        tree: the page; scripts need not be in it any more.
    """
    titles = [title for title in (page.jsonld.text("headline"), page.first("og:title"), page.title) if title]
    found = metadata_dates(page)
    published = any(date.role is DateRole.PUBLISHED for date in found)
    found += read_lines(walk(tree, titles), _language(page), published=published)
    return list(dict.fromkeys(found))


def _language(page: PageData) -> str:
    """The primary code of the language that the page claims, `und` without a claim."""
    claim = page.lang or text_of(page.jsonld.article.get("inLanguage")) or page.first("og:locale", "content-language")
    code = _TAG_END.split((claim or "und").strip(), maxsplit=1)[0].lower()
    return code if code.isalpha() and len(code) <= 3 else "und"
