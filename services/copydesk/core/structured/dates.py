"""Dates as the page states them, with what each claims to be; which of them is right is decided elsewhere."""

from __future__ import annotations

from lxml.etree import XPath
from lxml.html import HtmlElement

from copydesk.core.document import FoundDate
from copydesk.core.structured.page import PageData
from copydesk.core.text.normalize import normalize_line
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
_MODIFIED_WORDS = ("modif", "updat", "edit", "changed", "aktualis", "geändert", "actualiz", "aggiorn")
_ITEMPROPS = XPath(".//*[@itemprop]")
_MAX_TIMES = 8
"""More `time` elements than this are lists of other stories, or comments."""
_DATE_CLASS = (
    "publish", "pubdate", "post-date", "postdate", "article-date", "entry-date", "date-published", "byline-date",
    "timestamp", "dateline", "story-date", "article__date", "post__date",
)  # fmt: skip


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
    found += _in_markup(tree)
    return list(dict.fromkeys(found))


def _in_markup(tree: HtmlElement) -> list[FoundDate]:
    times = list(tree.iter("time"))
    within = [t for t in times if any(p.tag in {"article", "main", "header"} for p in t.iterancestors())] or times
    found = []
    for position, element in enumerate(within[:_MAX_TIMES]):
        stamp = element.get("datetime") or element.get("content")
        text = stamp or normalize_line(element.text_content())
        if not text or len(text) > 100:
            continue
        hint = " ".join(
            filter(None, (element.get("itemprop"), element.get("class"), element.get("pubdate") and "published"))
        ).lower()
        modified = any(word in hint for word in _MODIFIED_WORDS)
        stated = "publish" in hint or "pubdate" in hint
        role = DateRole.MODIFIED if modified else DateRole.PUBLISHED if stated or position == 0 else DateRole.PAGE
        confidence = 0.75 if stated else 0.6 if position == 0 else 0.35
        found.append(_date(text, role, "dom:time[datetime]" if stamp else "dom:time", confidence))
    for element in _ITEMPROPS(tree):
        prop = (element.get("itemprop") or "").lower()
        if prop in {"datepublished", "datemodified"} and element.tag not in {"time", "meta"}:
            text = element.get("content") or element.get("datetime") or normalize_line(element.text_content())
            role = DateRole.PUBLISHED if prop == "datepublished" else DateRole.MODIFIED
            if text and len(text) <= 100:
                found.append(_date(text, role, f"dom:itemprop={prop}", 0.8))
    if not found:
        found += _by_class(tree)
    return found


def _by_class(tree: HtmlElement) -> list[FoundDate]:
    """Short elements whose class says that they hold a date: the last resort, for pages without any markup of it."""
    found = []
    for element in tree.iter("span", "p", "div", "li", "em", "small", "a", "abbr", "h6"):
        label = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if len(label) < 4 or not ("date" in label.split() or any(word in label for word in _DATE_CLASS)):
            continue
        text = element.get("title") if element.tag == "abbr" else None
        text = text or normalize_line(element.text_content())
        if 6 <= len(text) <= 80 and any(c.isdigit() for c in text):
            modified = any(word in text.lower() or word in label for word in _MODIFIED_WORDS)
            found.append(_date(text, DateRole.MODIFIED if modified else DateRole.PUBLISHED, "dom:class", 0.5))
            if len(found) == 3:
                break
    return found


def _date(raw: str, role: DateRole, source: str, confidence: float) -> FoundDate:
    return FoundDate(raw=raw.strip()[:200], role=role, source=source, confidence=round(confidence, 3))
