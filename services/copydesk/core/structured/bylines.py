"""Bylines in the markup of a page: what is marked as author, and lines near the headline that open with «By»."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.envelope import web_url
from copydesk.core.structured.authors import BYLINE_START, ROLE
from copydesk.core.structured.person import is_person
from copydesk.core.text.normalize import normalize_line

_TAGS = (
    "h1", "a", "span", "p", "div", "address", "li", "strong", "b", "em", "i", "small", "h2", "h3", "h4", "h5", "h6",
    "cite", "author", "td", "dd", "section", "header", "font", "aside",
)  # fmt: skip
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
_OUTSIDE_LABEL = re.compile(
    r"comment(?!ary|s?-?(?:open|enabled|on)\b)|related|recommend|teaser|trending|popular|most-?read|read-?next"
)
_STORY = frozenset({"article", "main"})
_BESIDE_LABEL = re.compile(r"sidebar|footer|promo(?!ted)|newsletter")
_OTHER_ROLE = re.compile(
    r"comment|caption|image|photo|appetizer|teaser|related|review|editor(?!ial)|fact-?check|translat|avatar"
)
_OTHER_WORK = re.compile(
    r"(?:^|\| )(?:\w+ )?(?:reviewed|researched|edited|checked|published|translated|photographed|photos?|"
    r"illustrations?) (?:\| )?by\b",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"(?:bild|foto|photo|image|picture|grafik|graphic|illustration)\w*(?: \w+)?\s*[:：©/]", re.IGNORECASE
)
"""How a credit opens that is for a picture."""
_DIVIDER = re.compile(r"\s+[|•·–—]\s+")
"""Between a name, a role and a date in one text."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MONTH_LETTERS = 12
"""Letters beside a bare name that are no more than a date."""
_LINE_CHARS = 140
_NAME_CHARS = 40
_LABEL_CHARS = 300
_MAX_TRIED = 300
_MAX_PARTS = 60
"""Elements and pieces of text that are looked at within a byline."""
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
    """In an aside, a side bar or the like."""
    in_story: bool
    in_link: bool
    """The whole is part of a link, as in a teaser."""
    opens: bool
    """It opens with «By» or its like, however it was found."""
    shape: tuple[object, ...]
    """Equal for the names of one list."""
    dated: bool = False
    """A year stands in it or beside it."""
    above: int | None = None
    """Elements until the next h1; None where none follows soon."""


@dataclass(frozen=True, slots=True)
class _Place:
    outside: bool = False
    """In the footer, comments or teasers: what stands there is never by the page's author."""
    in_nav: bool = False
    """In navigation: the same, but for a story whose navigation was never closed."""
    beside: bool = False
    in_story: bool = False
    in_link: bool = False
    reviewed: bool = False


def find_bylines(tree: HtmlElement, base: str | None) -> list[Byline]:
    """Possible bylines in document order, in one walk."""
    found: list[Byline] = []
    places: dict[Any, _Place] = {}
    distance: int | None = None
    tried = 0
    above: list[int] = []
    """How many elements were seen before each of those found since the last h1."""
    for number, element in enumerate(tree.iter(*_TAGS)):
        if element.tag == "h1":
            distance = 0
            for back, seen in enumerate(reversed(above), start=1):
                if number - seen < _NEAR:
                    found[-back] = replace(found[-back], above=number - seen)
            above.clear()
            continue
        if distance is not None:
            distance += 1
        kind = _kind(element, near=distance is not None and distance <= _NEAR)
        if kind is None:
            continue
        byline = _byline(element, kind, distance, base, places)
        if byline is not None:
            found.append(byline)
            above.append(number)
        tried += 1
        if tried >= _MAX_TRIED:
            break
    return found


def _kind(element: Any, *, near: bool) -> str | None:
    get = element.get
    if get("itemprop") == "author" or get("rel") == "author":
        return "marked"
    label = _label(element)
    if label and _hints(label):
        if _NAME.search(label):
            return "named"
        if _CLASS.search(label):
            return "class"
    if element.tag == "a" and _PROFILE.search((get("href") or "")[:500].lower()):
        return "profile"
    text = element.text
    if text is None or len(text) > _LINE_CHARS or text.isspace():
        return None
    text = text.strip()
    if BYLINE_START.match(text + " "):
        return "by"
    if not near or len(element):
        return None
    parts = _DIVIDER.split(text)
    if is_person(" ".join(parts[0].split())) and (len(parts) == 1 or ROLE.search(parts[1]) or _YEAR.search(parts[-1])):
        return "bare"
    return None


def _hints(label: str) -> bool:
    """Whether a closer look pays. Plain strings, for nearly no label does, and they are found faster than a pattern."""
    return (
        "aut" in label or "byl" in label or "-by" in label or "writer" in label or "fn" in label
        or "journalist" in label or "reporter" in label or "zuozhe" in label
    )  # fmt: skip


def _byline(
    element: Any, kind: str, distance: int | None, base: str | None, places: dict[Any, _Place]
) -> Byline | None:
    text, href = _read(element)
    parent = element.getparent()
    if kind == "by" and text is not None and parent is not None and BYLINE_START.fullmatch(text + " "):
        # «By» alone: the name stands beside it.
        text, href = _read(parent)
    place = _place(parent, places)
    if text is None or place.outside or place.in_nav or place.reviewed or _OTHER_ROLE.search(_label(element)):
        return None
    text = _OTHER_WORK.split(text, maxsplit=1)[0].strip(" |")
    if not text or _PICTURE.match(text):
        return None
    list_of = None if parent is None else parent.getparent()
    return Byline(
        text=text,
        url=web_url(href, base) if href else None,
        kind=kind,
        distance=distance,
        beside=place.beside or (kind == "by" and element.tag == "aside"),
        in_story=place.in_story,
        in_link=place.in_link,
        opens=BYLINE_START.match(text.replace(" | ", " ") + " ") is not None,
        # Names with a date each are those of a list of stories.
        shape=(kind, element.tag, element.get("class"), list_of, _YEAR.search(text) and text),
        dated=_YEAR.search(text) is not None or any(_is_dated(near, text, kind) for near in (parent, list_of)),
    )


def _is_dated(element: Any, byline: str, kind: str) -> bool:
    """Whether the text of a short element around a byline holds a year; around a bare name, hardly more than a date."""
    text = None if element is None else _read(element)[0]
    if text is None or _YEAR.search(text) is None:
        return False
    return kind != "bare" or _letters(text) - _letters(byline) <= _MONTH_LETTERS


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _place(element: Any, places: dict[Any, _Place]) -> _Place:
    """What the ancestors from this element up say of their content; each is looked at once a page."""
    chain: list[Any] = []
    while element is not None and element.tag not in {"body", "html"} and element not in places:
        chain.append(element)
        element = element.getparent()
    place = places.get(element, _Place())
    for ancestor in reversed(chain):
        label = _label(ancestor)
        tag = ancestor.tag
        place = _Place(
            # Classes of the story itself say what it allows, and its own footer tells who wrote it.
            outside=place.outside
            or (tag == "footer" and not place.in_story)
            or (tag not in _STORY and _OUTSIDE_LABEL.search(label) is not None),
            in_nav=(place.in_nav or tag == "nav") and tag not in _STORY,
            beside=place.beside
            or (tag == "aside" and not _CLASS.search(label))
            or (tag not in _STORY and _BESIDE_LABEL.search(label) is not None),
            in_story=place.in_story or tag in _STORY,
            in_link=place.in_link or tag == "a",
            reviewed="reviewe" in label,
        )
        places[ancestor] = place
    return place


def _label(element: Any) -> str:
    """What the page's authors call an element: class, id and test id, lower case."""
    get = element.get
    classes, own_id, test_id = get("class"), get("id"), get("data-testid")
    if not (classes or own_id or test_id):
        return ""
    return f"{classes or ''} {own_id or ''} {test_id or ''}"[:_LABEL_CHARS].lower()


def _read(element: Any) -> tuple[str | None, str]:
    """The text of a short element, its pieces kept apart, or of what opens a long one; and its first link."""
    name, href = element, ""
    for part in islice(element.iter(), _MAX_PARTS):
        if part.get("itemprop") == "name" and name is element:
            name = part
        href = href or (part.tag == "a" and part.get("href")) or ""
    content = name.get("content")
    if content:
        return (normalize_line(content) if len(content) <= _LINE_CHARS else None), href
    pieces: list[str] = []
    length = 0
    for part in islice(name.itertext(), _MAX_PARTS):
        if flat := " ".join(part[: 2 * _LINE_CHARS].split()):
            pieces.append(flat)
            length += len(flat) + 3
            if length > _LINE_CHARS:
                # A card: the name, then a life. A paragraph has no short first piece.
                del pieces[-1]
                return (" | ".join(pieces[:3]) if pieces and len(pieces[0]) <= _NAME_CHARS else None), href
    return (" | ".join(pieces) if length > 4 else None), href
