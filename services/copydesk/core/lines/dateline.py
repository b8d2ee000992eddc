"""Datelines: the place, the day and the agency before a story's first words, as in «CARACAS, March 28 (Reuters) —»."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.core.lines.byline import agency
from copydesk.core.lines.patterns import DATE
from copydesk_schemas.parts import Dateline

_HEAD = 120
_DASHED = re.compile(r"(?P<head>[^\n]{2,100}?)\s?(?:—|–|--|\s-|\s―|―)\s?(?=[^\s\d])")
_BRACKET = re.compile(r"\((?P<agency>[^()]{2,40})\)\s*$")
_BRACKET_STOP = re.compile(r"(?P<head>[^\n.!?]{2,90}?\((?P<agency>[^()]{2,40})\))\s*[.:,]?\s*(?=\S)")
_PLACE_STOP = re.compile(r"(?P<head>(?:[^\W\d_][\w'’/ -]{1,38}))\.\s(?=\S)")
_ASIAN = re.compile(
    r"(?P<head>(?P<agency>新华社|新華社|中新社)?(?P<place>[\u4e00-\u9fff]{2,8}?)(?P<day>\d{1,2}月\d{1,2}日)电)\s?"
)
_PLACE_WORD = re.compile(r"[^\W\d_][\w'’.-]*$")
_SMALL = frozenset(
    [
        "de",
        "del",
        "la",
        "le",
        "los",
        "las",
        "di",
        "da",
        "do",
        "am",
        "an",
        "der",
        "den",
        "die",
        "das",
        "in",
        "im",
        "upon",
        "of",
        "and",
        "und",
        "y",
        "the",
        "sur",
        "el",
        "al",
        "i",
        "ob",
    ]
)


@dataclass(frozen=True, slots=True)
class DatelineReading:
    """A dateline with what it says.

    Attributes:
        dateline: text and place; its date is left for the stage that reads dates.
        date: the day as printed, or None.
        agency: the news agency that it credits, or None.
        end: where it ends in the paragraph, in code points.
    """

    dateline: Dateline
    date: str | None
    agency: str | None
    end: int


def _is_place(text: str) -> bool:
    words = text.replace(",", " ").replace("/", " ").split()
    if not 1 <= len(words) <= 6 or len(text) > 60:
        return False
    if not all(_PLACE_WORD.match(word) for word in words):
        return False
    caseless = not any(c.isupper() or c.islower() for c in text)
    return caseless or (words[0][0].isupper() and all(word[0].isupper() or word.casefold() in _SMALL for word in words))


def read_dateline(paragraph: str) -> DatelineReading | None:
    """The dateline that a story's first paragraph opens with, or None.

    A place alone counts only in capitals or before an agency or a day: «Berlin – so heißt …» might be prose.
    """
    head = paragraph[:_HEAD]
    if match := _ASIAN.match(head):
        return _reading(match["head"], match["place"], match["day"], match["agency"], match.end())
    if (match := _DASHED.match(head)) and (reading := _parts(match["head"], match.end(), dashed=True)):
        return reading
    if (match := _BRACKET_STOP.match(head)) and agency(_agency_words(match["agency"])):
        return _parts(match["head"], match.end(), dashed=True)
    if match := _PLACE_STOP.match(head):
        return _parts(match["head"], match.end(), dashed=False)
    return None


def _agency_words(text: str) -> str:
    return re.split(r"[/,–-]", text)[0].strip()


def _parts(head: str, end: int, *, dashed: bool) -> DatelineReading | None:
    rest, wire, day = head.strip(), None, None
    if match := _BRACKET.search(rest):
        wire = agency(_agency_words(match["agency"]))
        if not wire:
            return None
        rest = rest[: match.start()].rstrip(" ,")
    if match := DATE.search(rest):
        day = match[0]
        rest = (rest[: match.start()] + rest[match.end() :]).strip(" ,.:")
    elif "/" in rest and (wire := agency(rest.rsplit("/", 1)[1])):
        rest = rest.rsplit("/", 1)[0].strip()
    rest = rest.strip(" ,.:")
    if rest and not _is_place(rest):
        return None
    sure = wire or day or rest.isupper()
    if not sure or (not dashed and not (rest.isupper() and len(rest) > 3)) or not (rest or wire):
        return None
    return _reading(head.strip(), rest or None, day, wire, end)


def _reading(text: str, place: str | None, day: str | None, wire: str | None, end: int) -> DatelineReading:
    return DatelineReading(Dateline(text=text, location=place), day, wire, end)
