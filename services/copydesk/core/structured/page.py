"""What a page says of itself in its head: read once, kept as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from copydesk.core.structured.date_state import state_dates
from copydesk.core.structured.headings import Heading, read_heading
from copydesk.core.structured.jsonld import JsonLd, read_jsonld
from copydesk.core.text.normalize import normalize_line

_CHALLENGE = 1_000_000
"""JSON-LD beyond this many characters is an index or an accident, not one article's metadata."""


@dataclass(slots=True)
class PageData:
    """Metadata of a page, in document order, unjudged."""

    jsonld: JsonLd
    meta: dict[str, list[str]] = field(default_factory=dict)
    """Contents by lower-case `property`, `name`, `itemprop` or `http-equiv`."""
    title: str | None = None
    headings: list[Heading] = field(default_factory=list)
    """The h1 and h2 elements that have a text."""
    canonical: str | None = None
    amp: bool = False
    base: str | None = None
    lang: str | None = None
    links: dict[str, list[str]] = field(default_factory=dict)
    """`href` of link elements by their relation, where it says licence, author or feed."""
    state_dates: list[str] = field(default_factory=list)
    """Dates of publication in the data of the page's own scripts: of its story and perhaps of others."""

    def first(self, *names: str) -> str | None:
        """The first non-empty content among these names, in this order."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return None

    def base_of(self, url: str | None) -> str | None:
        """What relative addresses are resolved with: the page's address, or a valid one of its base element."""
        if not self.base:
            return url
        try:
            return urljoin(url or "", self.base)
        except ValueError:
            return url

    def all(self, *names: str) -> list[str]:
        """All non-empty contents of these names, in this order, without repeats."""
        return list(dict.fromkeys(value for name in names for value in self.meta.get(name, ()) if value))


def read_page(tree: HtmlElement) -> PageData:
    """Collect a page's metadata in one walk over the elements that can hold any."""
    scripts: list[str] = []
    page = PageData(jsonld=JsonLd())
    page.lang = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    headings = 0
    for element in tree.iter("script", "meta", "link", "h1", "h2", "title", "base", "body"):
        match element.tag:
            case "meta":
                _meta(page, element)
            case "script":
                kind = (element.get("type") or "").split(";")[0].strip().lower()
                if kind == "application/ld+json" and element.text and len(element.text) < _CHALLENGE:
                    scripts.append(element.text)
                elif element.text and not element.get("src"):
                    page.state_dates += state_dates(element.text)
            case "link":
                _link(page, element)
            case "title" if page.title is None and not _in_svg(element):
                page.title = normalize_line(element.text_content()) or None
            case "h1" | "h2":
                if heading := read_heading(element, headings):
                    page.headings.append(heading)
                headings += 1
            case "base" if page.base is None:
                page.base = element.get("href")
            case "body" if not page.lang:
                page.lang = element.get("lang")
    # A framework of the web writes JSON-LD into a meta element, under this name.
    page.jsonld = read_jsonld(scripts or page.meta.get("script:ld+json", []))
    return page


def _meta(page: PageData, element: Any) -> None:
    content = element.get("content")
    if not content:
        return
    text = normalize_line(content)
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = element.get(attribute)
        if name and text:
            page.meta.setdefault(name.strip().lower(), []).append(text)


def _link(page: PageData, element: Any) -> None:
    href = (element.get("href") or "").strip()
    if not href:
        return
    for relation in (element.get("rel") or "").lower().split():
        if relation == "canonical" and page.canonical is None:
            page.canonical = href
        elif relation == "amphtml":
            page.amp = True
        elif relation in {"license", "author", "alternate"}:
            page.links.setdefault(relation, []).append(href)


def _in_svg(element: Any) -> bool:
    return any(parent.tag == "svg" for parent in element.iterancestors())
