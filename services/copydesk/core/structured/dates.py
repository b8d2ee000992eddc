"""Dates as the page states them, with what each claims to be; which of them is right is decided elsewhere."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from copydesk.core.document import FoundDate
from copydesk.core.structured.date_lines import read_lines
from copydesk.core.structured.date_walk import walk
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk_schemas.reasons import DateRole

_JSONLD = (
    ("datePublished", DateRole.PUBLISHED, 0.95),
    ("dateModified", DateRole.MODIFIED, 0.9),
    ("dateCreated", DateRole.PUBLISHED, 0.6),
    ("uploadDate", DateRole.PUBLISHED, 0.6),
)
_META = {
    DateRole.PUBLISHED: (
        ("article:published_time", 0.9),
        ("article:published", 0.85),
        ("og:article:published_time", 0.85),
        ("datepublished", 0.85),
        ("og:published_time", 0.8),
        ("parsely-pub-date", 0.8),
        ("sailthru.date", 0.8),
        ("cxenseparse:recs:publishtime", 0.8),
        ("citation_publication_date", 0.75),
        ("publication_date", 0.75),
        ("publish-date", 0.75),
        ("publishdate", 0.75),
        ("pubdate", 0.75),
        ("published_at", 0.75),
        ("dcterms.issued", 0.75),
        ("dc.date.issued", 0.75),
        ("dcterms.created", 0.65),
        ("dcterms.date", 0.65),
        ("dc.date", 0.65),
        ("dc.date.created", 0.65),
        ("article_date_original", 0.75),
        ("article.published", 0.75),
        ("last-published", 0.6),
        ("date", 0.6),
        ("og:pubdate", 0.6),
        ("displaydate", 0.6),
        ("originalpublicationdate", 0.75),
    ),
    DateRole.MODIFIED: (
        ("article:modified_time", 0.85),
        ("og:updated_time", 0.7),
        ("datemodified", 0.8),
        ("dcterms.modified", 0.75),
        ("dc.date.modified", 0.75),
        ("article.updated", 0.75),
        ("lastmod", 0.7),
        ("last-modified", 0.7),
        ("revised", 0.5),
    ),
}


def read_dates(page: PageData, tree: HtmlElement) -> list[FoundDate]:
    """Every date that metadata and markup state, the most reliable places first."""
    found: list[FoundDate] = []
    for node, name, penalty in ((page.jsonld.article, "jsonld", 0.0), (page.jsonld.page, "jsonld:WebPage", 0.25)):
        if node is page.jsonld.article or not page.jsonld.article.get("datePublished"):
            for key, role, confidence in _JSONLD:
                value = node.get(key)
                value = value[0] if isinstance(value, list) and value else value
                value = value.get("@value") if isinstance(value, dict) else value
                if isinstance(value, str) and value.strip():
                    found.append(_date(value, role, f"{name}:{key}", confidence - penalty))
    for role, names in _META.items():
        for name, confidence in names:
            found += [_date(value, role, f"meta:{name}", confidence) for value in page.meta.get(name, ())[:2]]
    titles = [t for t in (page.jsonld.text("headline"), page.first("og:title"), page.title) if t]
    found += read_lines(walk(tree, titles), _language(page))
    return list(dict.fromkeys(found))


def _language(page: PageData) -> str:
    claim = page.lang or text_of(page.jsonld.article.get("inLanguage")) or page.first("og:locale", "content-language")
    code = re.split(r"[-_,\s]", (claim or "und").strip(), maxsplit=1)[0].lower()
    return code if code.isalpha() and len(code) <= 3 else "und"


def _date(raw: str, role: DateRole, source: str, confidence: float) -> FoundDate:
    return FoundDate(raw=raw.strip()[:200], role=role, source=source, confidence=round(confidence, 3))
