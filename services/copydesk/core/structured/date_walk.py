"""One walk over a page's tree for all that may be a date, with its distance from the headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.structured.title_text import key_of

_DIGIT = re.compile(r"\d")
_DATE_LIKE = re.compile(
    r"(?<!\d)\d{1,2}(?!\d)[^\d\n]{1,24}\d{4}(?!\d)|\d{4}[^\d\n]{1,12}\d|\d[./-]\s?\d{1,2}[./-]\s?\d\d|\d{8,}"
)
"""What every full date has: a short number beside a year, three numbers in a row, or a count of seconds."""
_TEXT_MAX = 500
"""Characters of a text that may be a date line, with the white space of the source; longer ones are prose."""
_DATE_MIN = 6
_PROSE_MIN = 60
"""Characters from which on a text is taken for a piece of running text."""
_ATTRIBUTE_MAX = 60
_HITS_MAX = 300
"""More places than this are an archive."""
_ATTRIBUTES = re.compile(
    r"datetime|itemprop|data-(?:[a-z]+-)*(?:date|datetime|time|timestamp|published|pubdate|modified|updated|created)"
    r"(?:-(?:at|on|date|time|iso|utc|published|modified))?"
)
ITEMPROPS = frozenset({"datepublished", "datemodified", "datecreated", "uploaddate"})
"""Properties of schema.org that date a work, lower case."""
_HEADINGS = frozenset({"h1", "h2", "h3"})
_HEADINGS_MAX, _REPEATS_MAX = 300, 4
"""Headings that are looked at, and places of the headline that are kept: no page of one story has more."""
_WORD = re.compile(r"\w+")
_WORDS_MIN = 4
_WORDS_SHARE = 0.7
"""Headings of so many words that share so many of them with a title of the page are the headline reworded."""
_EXACT = 6
"""Rank of a heading that says exactly what a title of the page says."""
_TITLE_MAX = 400
_PIECE_MAX = 2_000
"""Characters of a text node with the white space of its source; longer ones are no part of a line."""
_TITLE_MIN = 12
"""Characters that a heading has at least before it is held against the page's titles."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that may hold a date.

    `text` is the text node, or the attribute's value where `attribute` names one. `offset` counts the characters of
    text before it, `prose` those of running text alone.
    """

    element: Any
    text: str
    attribute: str
    offset: int
    prose: int


@dataclass(frozen=True, slots=True)
class Walk:
    """What one walk found. `headlines` are the places of the headline: pages repeat it."""

    hits: list[Hit]
    headlines: list[Hit]


def walk(tree: HtmlElement, titles: Sequence[str]) -> Walk:
    """Collect the places that may hold a date, in document order, and find the headline.

    Args:
        tree: the page without scripts.
        titles: what the page calls its article, to tell its heading from others.
    """
    hits: list[Hit] = []
    headings = _Headings(titles)
    offset = prose = 0
    for element in tree.iter("*"):
        tag = element.tag
        if tag in _HEADINGS:
            headings.offer(Hit(element, "", "", offset, prose))
        if len(hits) < _HITS_MAX:
            if tag == "time":
                hits.append(Hit(element, element.get("datetime") or "", "datetime", offset, prose))
            else:
                for name in element.keys():  # noqa: SIM118 - an element is no mapping
                    if name[0] in "di" and _is_dated(name):
                        _take_attribute(hits, element, name, offset, prose)
                if tag == "abbr" and (title := element.get("title")):
                    hits.append(Hit(element, title, "title", offset, prose))
        text = element.text
        if text and not text.isspace():
            size = len(text)
            if _is_date_like(text) and len(hits) < _HITS_MAX:
                hits.append(Hit(element, text, "", offset, prose))
            offset += size
            if size >= _PROSE_MIN:
                prose += size
        text = element.tail
        if text and not text.isspace():
            size = len(text)
            if _is_date_like(text) and len(hits) < _HITS_MAX:
                hits.append(Hit(element.getparent(), text, "", offset, prose))
            offset += size
            if size >= _PROSE_MIN:
                prose += size
    return Walk(hits, headings.best)


def _is_date_like(text: str) -> bool:
    return (
        _DATE_MIN <= len(text) <= _TEXT_MAX and _DIGIT.search(text) is not None and _DATE_LIKE.search(text) is not None
    )


@lru_cache(maxsize=2048)
def _is_dated(attribute: str) -> bool:
    return len(attribute) <= _ATTRIBUTE_MAX and _ATTRIBUTES.fullmatch(attribute) is not None


def _take_attribute(hits: list[Hit], element: Any, name: str, offset: int, prose: int) -> None:
    value = element.get(name)
    if name == "itemprop":
        if value and value.lower() in ITEMPROPS:
            text = element.get("content") or element.get("datetime") or ""
            hits.append(Hit(element, text, value.lower(), offset, prose))
    elif value and 8 <= len(value) <= 40 and _DATE_LIKE.search(value):
        hits.append(Hit(element, value, name, offset, prose))


class _Headings:
    """Finds the headline among the headings: the one that says what the page's titles say, then an h1, then any."""

    def __init__(self, titles: Sequence[str]) -> None:
        titles = [title[:_PIECE_MAX] for title in titles]
        self.keys = [key for title in titles if (key := key_of(title))]
        self.words = [frozenset(_WORD.findall(title.casefold())) for title in titles]
        self.best: list[Hit] = []
        self.offered = 0
        self.rank = 0
        self.key = ""

    def offer(self, hit: Hit) -> None:
        """Take a heading if it is better than those before, or the same one again."""
        self.offered += 1
        if self.offered > _HEADINGS_MAX:
            return
        text = text_within(hit.element, _TITLE_MAX) or ""
        key = key_of(text)
        rank = self._rank(text, key, first=hit.element.tag == "h1")
        if rank > self.rank and not (self.rank >= _EXACT and rank >= _EXACT):
            self.rank, self.key, self.best = rank, key, [hit]
        elif rank and len(self.best) < _REPEATS_MAX and (key == self.key or (rank >= _EXACT and self.rank >= _EXACT)):
            self.best.append(hit)

    def _rank(self, text: str, key: str, *, first: bool) -> int:
        if len(key) < _TITLE_MIN:
            return 2 if first else 0
        if key in self.keys:
            return _EXACT + first
        own = frozenset(_WORD.findall(text.casefold()))
        alike = len(own) >= _WORDS_MIN and any(len(own & words) >= _WORDS_SHARE * len(own) for words in self.words)
        if alike or any(key in title or title in key for title in self.keys if len(title) >= _TITLE_MIN):
            return 4 + first
        return 3 if first else 1


def text_within(element: Any, most: int) -> str | None:
    """The element's text on one line, pieces divided by a space; None where it is longer than `most`."""
    pieces: list[str] = []
    size = -1
    for piece in element.itertext():
        flat = " ".join(piece.split()) if len(piece) <= _PIECE_MAX else piece
        size += len(flat) + 1  # empty pieces count: a flood of them is no line either
        if size > most:
            return None
        if flat:
            pieces.append(flat)
    return " ".join(pieces)
