"""Where a story comes from: agencies that are credited, source lines, and the address of the original."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.envelope import web_url
from copydesk.core.lines.dateline import read_dateline
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk.core.structured.publisher import agency
from copydesk.core.text.normalize import normalize_line
from copydesk.core.urls import same_site
from copydesk_schemas.parts import Link, Source, SyndicatedFrom
from copydesk_schemas.reasons import FoundIn, LinkRel

_LINE_CHARS = 160
_MAX_LINES = 4_000
_BLOCKS = ("p", "div", "span", "small", "em", "i", "li", "cite", "td")
_BESIDE = frozenset({"nav", "aside", "footer", "figure", "table", "header", "form", "blockquote"})
_SOURCE = re.compile(
    r"\(?\s*(?:sources?|quellen?|fuentes?|fonti|fonte|bron|źródło|zdroj|källa|kilde|lähde|kaynak|forrás|sursa|"
    r"источник|джерело|πηγή|المصدر|来源|來源|出典|출처|via)\s*[:：]\s*(?P<name>.{2,100}?)\s*\)?\.?",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"(?:this (?:article|story|post|piece|report|column)(?: has| was)? (?:been )?(?:originally|first)?\s*"
    r"(?:published|appeared|republished|reprinted|syndicated)|(?:originally|first) (?:published|appeared)|"
    r"republished|reprinted)"
    r" (?:on|in|at|by|from|with permission (?:of|from))(?-i: the)? (?P<name>[^.,(]{2,80}?)(?:[.,(].*|\s(?:on|and|"
    r"under|with)\s.*)?|"
    r"(?:dieser (?:artikel|text|beitrag) (?:ist|erschien)(?: zuerst)?|zuerst erschienen) (?:auf|bei|in)(?: der|"
    r" dem)? (?P<de>[^.,(]{2,80}).*|"
    r"(?:cet article (?:a été|est) (?:initialement )?(?:publié|paru)) (?:sur|dans|par)(?: le|"
    r" la)? (?P<fr>[^.,(]{2,80}).*|"
    r"(?:este artículo (?:fue|se) (?:publicado|publicó) (?:originalmente )?(?:en|por)) (?P<es>[^.,(]{2,80}).*",
    re.IGNORECASE,
)
_PARTS = 4
_HEAD_CHARS = 40
_START = re.compile(
    r"(?:sources?\b|quelle|fuente|fonti|fonte|bron\b|źródło|zdroj|källa|kilde|lähde|kaynak|forrás|sursa|"
    r"источник|"
    r"джерело|πηγή|المصدر|来源|來源|出典|출처|via\b|this\b|originally|first\b|republished|reprinted|dieser|zuerst|cet\b|"
    r"este\b)",
    re.IGNORECASE,
)
"""What such a line begins with: looked for first, for most texts are something else."""
_CLOSING = re.compile(r"\((?P<names>[^()]{2,40})\)\.?\s*\Z")
_DIVIDED = re.compile(r"[/,;+&]|\band\b|\bund\b|\bet\b|\by\b|\s[–-]\s")
_NO_NAME = re.compile(
    r"\d|\b(?:issue|edition|ausgabe|print)\b|^(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"^(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_WORDS_ONLY = re.compile(r"(?:here|link|read more|original|full article|website)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credit:
    """Where a story comes from, and how that was told."""

    syndicated: SyndicatedFrom | None
    links: tuple[Link, ...]
    found_in: FoundIn
    confidence: float
    reason: str


def read_credit(
    tree: HtmlElement, page: PageData, source: Source | None, body: str, url: str | None, base: str | None
) -> Credit | None:
    """The origin of a story; None where nothing says that it is another's than the publisher's.

    Best first: a line that says where it was first published; an agency in the dateline, in a source line or at the
    end; what metadata name. A canonical address on another site alone says nothing: sites move, and have several names.
    """
    own = (source.name or "").casefold() if source else ""
    links: list[Link] = []
    named: tuple[SyndicatedFrom, float, str] | None = None
    for text, anchors in _lines(tree):
        link = next(
            (link for anchor in anchors if (link := web_url(anchor, base)) and not (url and same_site(link, url))), None
        )
        if match := _ORIGINAL.fullmatch(text):
            name = normalize_line(next((value for value in match.groupdict().values() if value), ""))
            if _is_other(name, own) and not _WORDS_ONLY.match(name) and _is_name(name):
                named = (SyndicatedFrom(name=name, url=link), 0.85, "a line says where it was first published")
                links += [Link(url=link, text=text, rel=LinkRel.SOURCE)] if link else []
                break
        elif match := _SOURCE.fullmatch(text):
            known = _agency_in(match["name"], own)
            if known and named is None:
                named = (SyndicatedFrom(name=known, url=link), 0.85, "a source line names an agency")
            if link and all(link != other.url for other in links):
                links.append(Link(url=link, text=text, rel=LinkRel.SOURCE))
    named = named or _agency_of(body, own) or _stated(page, own, base)
    if named is None and not links:
        return None
    where = FoundIn.TEXT if named is None or named[1] > 0.7 else FoundIn.META
    return Credit(
        named[0] if named else None, tuple(links[:5]), where, named[1] if named else 0.6, named[2] if named else ""
    )


def _lines(tree: HtmlElement) -> Iterator[tuple[str, list[str]]]:
    """Short texts that stand by themselves, with the addresses that they link to; not those beside the story."""
    for element in islice(tree.iter(*_BLOCKS), _MAX_LINES):
        head = element.text
        if (not head or not head.strip()) and len(element):
            head = element[0].text
        if not head or len(element) > _PARTS or not _START.match(head.lstrip(" \t\r\n(")[:_HEAD_CHARS]):
            continue
        text = normalize_line("".join(islice(element.itertext(), 20)))
        if not 6 <= len(text) <= _LINE_CHARS or not (_SOURCE.fullmatch(text) or _ORIGINAL.fullmatch(text)):
            continue
        if any(parent.tag in _BESIDE for parent in element.iterancestors()):
            continue
        yield text, [href for anchor in element.iter("a") if (href := anchor.get("href"))]


def _agency_of(body: str, own: str) -> tuple[SyndicatedFrom, float, str] | None:
    """An agency in the dateline or in brackets at the end."""
    paragraphs = body.split("\n\n")
    for paragraph in paragraphs[:2]:
        found = read_dateline(paragraph)
        if found is not None and found.agency and _is_other(found.agency, own):
            return SyndicatedFrom(name=agency(found.agency) or found.agency), 0.9, "the dateline names an agency"
    for paragraph in reversed(paragraphs[-2:]):
        closing = _CLOSING.search(paragraph[-60:])
        if closing and (known := _agency_in(closing["names"], own)):
            return SyndicatedFrom(name=known), 0.8, "an agency in brackets ends the story"
    return None


def _stated(page: PageData, own: str, base: str | None) -> tuple[SyndicatedFrom, float, str] | None:
    """What metadata call the origin."""
    for node in page.jsonld.nodes(page.jsonld.article.get("isBasedOn")):
        address: Any = node if isinstance(node, str) else node.get("url") if isinstance(node, dict) else None
        link = web_url(address, base) if isinstance(address, str) and address.startswith("http") else None
        name = text_of(node.get("publisher") or node.get("name")) if isinstance(node, dict) else None
        if link and base and not same_site(link, base):
            return SyndicatedFrom(name=name, url=link), 0.7, "JSON-LD isBasedOn"
    for node in page.jsonld.nodes(page.jsonld.article.get("sourceOrganization")):
        name = text_of(node)
        if name and _is_other(name, own) and agency(name):
            return SyndicatedFrom(name=agency(name)), 0.7, "JSON-LD sourceOrganization"
    link = web_url(page.first("original-source", "syndication-source") or "", None)
    if link and base and not same_site(link, base):
        return SyndicatedFrom(url=link), 0.7, "metadata name an original source"
    return None


def _agency_in(text: str, own: str) -> str | None:
    """The first news agency among names such as «sid/dpa»."""
    for part in _DIVIDED.split(text):
        known = agency(part.strip(" .()"))
        if known is not None and _is_other(known, own):
            return known
    return None


def _is_name(text: str) -> bool:
    """Whether it can be the name of a publication: no date, day, issue or medium."""
    return text[0].isupper() and not _NO_NAME.search(text)


def _is_other(name: str, own: str) -> bool:
    key = name.casefold()
    return bool(key) and not (own and (key in own or own in key))


def unique(links: Sequence[Link]) -> list[Link]:
    """Links without repeats of an address within one relation."""
    found: dict[tuple[str | None, str], Link] = {}
    for link in links:
        found.setdefault((link.url, link.rel), link)
    return list(found.values())
