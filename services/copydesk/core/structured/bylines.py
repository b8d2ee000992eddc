"""Bylines in the markup of a page: what is marked as author, and lines near the headline that open with «By»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from copydesk.core.envelope import is_web_url
from copydesk.core.structured.authors import BYLINE_START
from copydesk.core.structured.person import is_person
from copydesk.core.text.normalize import normalize_line

_TAGS = (
    "h1", "a", "span", "p", "div", "address", "li", "strong", "b", "em", "i", "small", "h2", "h3", "h4", "h5", "h6",
    "cite", "author", "td", "dd", "section", "header", "font", "aside",
)  # fmt: skip
_HINT = re.compile(r"auth|byl|by-line|writer|autor|auteur|-by|posted|submitted|journalist|reporter|zuozhe|fn")
_NAME = re.compile(
    r"(?:author|auteur|autor|writer|byline|journalist|reporter)s?[-_]{0,2}(?:full[-_]?)?(?:name|link|url)s?(?![a-z])"
    r"|(?:^|\s)(?:author|autor|auteur|byline)s?(?:$|\s)|(?:posted|written|submitted|authored)[-_]?by(?![a-z])"
    r"|(?:^|\s)fn(?:$|\s)"
)
_CLASS = re.compile(r"byline|author(?!i[sz])|autor(?:$|[\s_-])|auteur|writer(?:$|[\s_-])|zuozhe|journalist")
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es|i|a|in)?|auteurs?|autore|staff|profiles?|profil|contributors?|writers?|journalists?|"
    r"journaliste|reporters?|redakteure?|redaktion|team|columnists?|medarbejder|skribent|forfatter|redaktor|"
    r"kirjoittaja|yazar|avtor|correspondents?)[/=.-][^/?#]{3,80}/?(?:[?#]|\Z)"
)
_BESIDE = frozenset({"aside", "footer", "nav"})
_BESIDE_LABEL = re.compile(
    r"comment|related|sidebar|footer|recommend|newsletter|teaser|promo|trending|popular|most-?read|read-?(?:next|more)"
)
_OTHER_ROLE = re.compile(
    r"comment|caption|image|photo|appetizer|teaser|related|review|editor(?!ial)|fact-?check|translat|avatar"
)
_OTHER_WORK = re.compile(
    r"(?:\w+ )?(?:reviewed|edited|checked|published|translated|photographed|photos?|illustrations?) (?:\| )?by\b",
    re.IGNORECASE,
)
_LINE_CHARS = 140
_NAME_CHARS = 40
_MAX_FOUND = 200
_CLOSE = 3
"""Ancestors whose class still tells what a name did for the page."""
_NEAR = 25
"""Elements after the headline within which a bare name is a byline."""


@dataclass(frozen=True, slots=True)
class Byline:
    """What may be a byline, and why."""

    text: str
    """Pieces of the markup divided by « | »: a name's neighbours are its date, its role, or the word «by»."""
    url: str | None
    kind: str
    """marked (rel or itemprop), named (a class for an author's name), class (one for bylines), by (it opens so),
    profile (a link to an author's page), bare (a name of its own just under the headline)."""
    distance: int | None
    """Elements since the last h1; None before the first."""
    beside: bool
    """In an aside, the footer, navigation, comments or teasers."""
    in_story: bool
    in_link: bool
    """The whole is part of a link, as in a teaser."""
    opens: bool
    """It opens with «By» or its like, however it was found."""
    shape: tuple[object, ...]
    """Equal for the names of one list."""


def find_bylines(tree: HtmlElement, base: str | None) -> list[Byline]:
    """Possible bylines in document order, in one walk."""
    found: list[Byline] = []
    distance: int | None = None
    for element in tree.iter(*_TAGS):
        if element.tag == "h1":
            distance = 0
            continue
        if distance is not None:
            distance += 1
        kind = _kind(element, distance is not None and distance <= _NEAR)
        if kind is None:
            continue
        byline = _byline(element, kind, distance, base)
        if byline is not None:
            found.append(byline)
            if len(found) >= _MAX_FOUND:
                break
    return found


def _kind(element: Any, near: bool) -> str | None:  # noqa: FBT001 - private
    attributes = element.attrib
    if attributes:
        if attributes.get("itemprop") == "author" or attributes.get("rel") == "author":
            return "marked"
        label = _label(element)
        if _HINT.search(label):
            if _NAME.search(label):
                return "named"
            if _CLASS.search(label):
                return "class"
        if element.tag == "a" and _PROFILE.search(attributes.get("href", "")[:500].lower()):
            return "profile"
    text = element.text
    if text is None or len(text) > _LINE_CHARS or text.isspace():
        return None
    text = text.strip()
    if BYLINE_START.match(text + " "):
        return "by"
    return "bare" if near and len(element) == 0 and is_person(" ".join(text.split())) else None


def _byline(element: Any, kind: str, distance: int | None, base: str | None) -> Byline | None:
    text = _text(element)
    if kind == "by" and text is not None and BYLINE_START.fullmatch(text + " "):
        # «By» alone: the name stands beside it.
        parent = element.getparent()
        text = _text(parent) if parent is not None else None
    if text is None or _OTHER_WORK.match(text) or _OTHER_ROLE.search(_label(element)):
        return None
    beside = element.tag == "aside" and kind == "by"
    in_story = in_link = False
    for depth, ancestor in enumerate(element.iterancestors()):
        if ancestor.tag in {"body", "html"}:
            break
        in_story = in_story or ancestor.tag in {"article", "main"}
        in_link = in_link or ancestor.tag == "a"
        label = _label(ancestor)
        if depth < _CLOSE and "reviewe" in label:
            return None
        beside = beside or bool(_BESIDE_LABEL.search(label) or (ancestor.tag in _BESIDE and not _CLASS.search(label)))
    anchor = element if element.tag == "a" else next(element.iter("a"), None)
    href = (anchor.get("href") if anchor is not None else None) or ""
    parent = element.getparent()
    shape = (kind, element.tag, element.get("class"), parent.getparent() if parent is not None else None)
    opens = BYLINE_START.match(text.replace(" | ", " ") + " ") is not None
    return Byline(text, _absolute(base, href), kind, distance, beside, in_story, in_link, opens, shape)


def _label(element: Any) -> str:
    attributes = element.attrib
    return f"{attributes.get('class', '')} {attributes.get('id', '')} {attributes.get('data-testid', '')}".lower()


def _text(element: Any) -> str | None:
    """The text of a short element, its pieces kept apart; None where it is long or empty."""
    name = next((part for part in element.iter() if part.get("itemprop") == "name"), element)
    content = name.get("content")
    if content:
        return normalize_line(content) if len(content) <= _LINE_CHARS else None
    pieces: list[str] = []
    length = 0
    for part in name.itertext():
        if flat := " ".join(part.split()):
            pieces.append(flat)
            length += len(flat) + 3
            if length > _LINE_CHARS:
                # A card: the name, then a life. A paragraph has no short first piece.
                del pieces[-1]
                return " | ".join(pieces[:3]) if pieces and len(pieces[0]) <= _NAME_CHARS else None
    return " | ".join(pieces) if length > 5 else None


def _absolute(base: str | None, href: str) -> str | None:
    try:
        url = urljoin(base or "", href)
    except ValueError:
        return None
    return url if href and is_web_url(url) else None
