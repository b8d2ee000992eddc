"""Dates in metadata: JSON-LD nodes, and meta elements under the many names that publishers give them."""

from __future__ import annotations

import re
from functools import lru_cache

from copydesk.core.dates.address import url_dates
from copydesk.core.document import FoundDate
from copydesk.core.structured.jsonld import Node, types_of
from copydesk.core.structured.page import PageData
from copydesk_schemas.reasons import DateRole

_PROPERTIES = (
    ("datePublished", DateRole.PUBLISHED, 0.95),
    ("dateModified", DateRole.MODIFIED, 0.9),
    ("dateCreated", DateRole.PUBLISHED, 0.6),
    ("uploadDate", DateRole.PUBLISHED, 0.6),
)
_PAGE_LESS = 0.25
"""What a web page's node is less sure of than an article's: the page may be older or younger than its text."""
_WORK_LESS, _EMBED_LESS = 0.3, 0.45
_WORKS_MAX = 3
_PUBLISHED = {
    "article:published_time": 0.9,
    "article:published": 0.85,
    "og:article:published_time": 0.85,
    "datepublished": 0.85,
    "og:published_time": 0.8,
    "parsely-pub-date": 0.8,
    "sailthru.date": 0.8,
    "cxenseparse:recs:publishtime": 0.8,
    "citation_publication_date": 0.75,
    "citation_online_date": 0.75,
    "prism.publicationdate": 0.75,
    "dcterms.issued": 0.75,
    "dc.date.issued": 0.75,
    "article_date_original": 0.75,
    "originalpublicationdate": 0.75,
    "dcterms.created": 0.65,
    "dcterms.date": 0.65,
    "dc.date": 0.65,
    "dc.date.created": 0.65,
    "last-published": 0.6,
    "date": 0.6,
    "article_date": 0.6,
    "article.date": 0.6,
    "article:date": 0.6,
    "displaydate": 0.6,
    "ptime": 0.6,
    "pdate": 0.6,
    "article.created": 0.6,
    "created": 0.5,
    "citation_date": 0.5,
}
_MODIFIED = {
    "article:modified_time": 0.85,
    "og:article:modified_time": 0.8,
    "datemodified": 0.8,
    "dcterms.modified": 0.75,
    "dc.date.modified": 0.75,
    "article.updated": 0.75,
    "og:updated_time": 0.7,
    "lastmod": 0.7,
    "last-modified": 0.7,
    "revised": 0.5,
}
_ANY_PUBLISHED = re.compile(
    r"(?:[a-z]+[:._-])*(?:first[_-]?)?(?:date[_-]?)?(?:publish(?:ed|ing)?|publication|pub|post(?:ed)?|issued?)"
    r"(?:[_-]?(?:date|time|datetime|timestamp|at|on))*(?:[_-]?(?:utc|iso|gmt))?"
)
_ANY_MODIFIED = re.compile(
    r"(?:[a-z]+[:._-])*(?:last[_-]?)?(?:date[_-]?)?(?:modified|modification|updated?|revision|edited)"
    r"(?:[_-]?(?:date|time|datetime|timestamp|at|on))*(?:[_-]?(?:utc|iso|gmt))?"
)
"""Names that say the same in other words: `publish_date`, `vr:published_time`, `pubdate`, `lastUpdated`."""
_NAME_MAX = 60
_NAMED_MAX = 30
_STATE = 0.6


def metadata_dates(page: PageData) -> list[FoundDate]:
    """Dates of the article's node, else of the page's and of other works', then those of meta elements."""
    article = page.jsonld.article
    found = _of_node(article, "jsonld", 0.0)
    if not article.get("datePublished"):
        found += _of_node(page.jsonld.page, "jsonld:WebPage", _PAGE_LESS)
        for node in page.jsonld.works[:_WORKS_MAX]:
            kind = next(iter(types_of(node)), "")
            found += _of_node(node, f"jsonld:{kind[:30]}", _EMBED_LESS if kind.endswith("Object") else _WORK_LESS)
    named = []
    for name, values in page.meta.items():
        known = _role_of(name) if len(name) <= _NAME_MAX else None
        if known is not None:
            named += [(known, name, value) for value in values[:2] if any(c.isdigit() for c in value)]
    named.sort(key=lambda item: (item[0][0] is DateRole.MODIFIED, -item[0][1]))
    found += [_date(value, role, f"meta:{name}", sure) for (role, sure), name, value in named[:_NAMED_MAX]]
    # Uploads lie in folders by month: that decides nothing, but it may tell day from month elsewhere.
    image = url_dates(page.first("og:image", "og:image:url", "twitter:image"))
    found += [FoundDate(date.raw[:7], DateRole.MENTIONED, "image", 0.2) for date in image]
    days = {value[:10] for value in page.state_dates}
    if len(days) == 1:  # several are those of several stories
        found.append(_date(max(page.state_dates, key=len), DateRole.PUBLISHED, "script:published", _STATE))
    return found


@lru_cache(maxsize=4096)
def _role_of(name: str) -> tuple[DateRole, float] | None:
    """What a meta element of that name (lower case) dates, and how far it is to be trusted."""
    if name in _PUBLISHED:
        return DateRole.PUBLISHED, _PUBLISHED[name]
    if name in _MODIFIED:
        return DateRole.MODIFIED, _MODIFIED[name]
    if _ANY_PUBLISHED.fullmatch(name):
        return DateRole.PUBLISHED, 0.75
    return (DateRole.MODIFIED, 0.7) if _ANY_MODIFIED.fullmatch(name) else None


def _of_node(node: Node, name: str, less: float) -> list[FoundDate]:
    found = []
    for key, role, confidence in _PROPERTIES:
        value = node.get(key)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("@value") if isinstance(value, dict) else value
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            found.append(_date(value, role, f"{name}:{key}", confidence - less))
    return found


def _date(raw: str, role: DateRole, source: str, confidence: float) -> FoundDate:
    return FoundDate(raw=raw.strip()[:200], role=role, source=source, confidence=round(confidence, 3))
