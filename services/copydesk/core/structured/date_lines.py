"""Visible date lines: what stands near the headline, is labelled, or is marked up as a date."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from copydesk.core.dates.names import ANY, fold, names
from copydesk.core.dates.read import read_date
from copydesk.core.dates.roles import Label, label_after, label_before, labels_in
from copydesk.core.dates.written import Written, written_dates
from copydesk.core.document import FoundDate
from copydesk.core.structured.date_places import FRAME, IN, NEAR, OUT, Hints, beside_by_name, hints_of
from copydesk.core.structured.date_walk import ITEMPROPS, Hit, Walk, text_within
from copydesk_schemas.reasons import DateRole

_LINE = 140
"""Characters that a line with a date has at most, label, byline and reading time included."""
_SHORTEST, _TEXT = 6, 200
"""Characters of a text that may hold a date, white space collapsed; longer ones are prose."""
_LOOSE = 45
"""Characters that may stand beside an unlabelled date within its own part of the line; more is a sentence."""
_LABELLED_LOOSE = 40
"""The same beside a labelled date away from the headline, label included: «published in a journal» is a sentence."""
_LABEL_MAX = 40
"""Characters between a label and its date, the label included."""
_LABEL_AFTER = 30
_ANY_TRIES = 6
"""Lines of a page that are read in all languages at once, which takes ten times as long as in one."""
_LINES_MAX = 60
_DATES_MAX = 12
"""Shown dates that become candidates, the surest."""
_BEFORE = 350
"""Characters of text between a date line and the headline below it."""
_DECK = 450
"""Characters of running text between the headline and the date line below it: a deck, a key point, a caption."""
_AFTER = 1_500
"""Characters of any text between the headline and the date line below it."""
_BESIDE = 80
"""Characters between the day of publication and that of an update beside it."""
_OTHERS = 0.35
"""What a day near the headline loses where a better one stands there."""
_NAMED, _ONLY = 0.4, 0.5
"""Confidence in a date marked up as such away from the headline, and where the page has no other."""
_LISTED = 3
"""So many days in the same markup away from the headline are the dates of other stories."""
_SEPARATOR = re.compile(r"\s[|·•–—⋅/∙-]\s|[|·•⋅∙\n]")
_ORDINAL_GAP = re.compile(r"(?<=\d) (?=(?:st|nd|rd|th)\b)")
_HEAD, _TAIL = 25, 45
_CLOCK_BEFORE = re.compile(r"\d{1,2}[:.h]\d\d(?:[:.]\d\d)?[^\d|·•]{0,12}\Z")
_CLOCK_AFTER = re.compile(
    r"[^\d\n]{0,14}\d{1,2}\s?(?:[:.٫hH時时시點点]\s?\d{2}(?:[:分분]\s?\d{2}[秒초]?)?[分분]?|(?=\s?[ap]\.?m))"
    r"(?:\s?(?:[ap]\.?\s?m\b\.?|Uhr|\(?[A-Z]{2,5}\b\)?|(?:UTC|GMT)?\s?[+−-]\d{1,2}(?::?\d\d)?)){0,3}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A date in its line."""

    date: FoundDate
    day: str
    signature: tuple[str | None, ...]
    near: bool
    labelled: bool
    distance: int
    only_updated: bool
    """Whether nothing but the class that hAtom demands says what it dates."""


def read_lines(found: Walk, language: str, *, published: bool = False) -> list[FoundDate]:
    """Dates that the page shows or marks up, each with the role that its words, classes and place give it.

    Args:
        found: the walk over the page.
        language: primary code of the page's language, `und` where it does not say.
        published: whether metadata state the publication.
    """
    reader = _Reader(found, language)
    lines: list[_Line] = []
    for hit in found.hits:
        lines += reader.read(hit)
        if len(lines) >= _LINES_MAX:
            break
    days: dict[tuple[str | None, ...], set[str]] = {}
    for line in lines:
        days.setdefault(line.signature, set()).add(line.day)
    kept = [line for line in lines if line.near or len(days[line.signature]) < _LISTED]
    published = published or any(line.date.role is DateRole.PUBLISHED and not line.only_updated for line in kept)
    dates = _nearest_first([_as_updated(line) if published and line.only_updated else line for line in kept])
    if len(dates) > _DATES_MAX:
        least = sorted((date.confidence for date in dates), reverse=True)[_DATES_MAX - 1]
        dates = [date for date in dates if date.confidence >= least][:_DATES_MAX]
    return dates


def _only_one(lines: list[_Line]) -> list[FoundDate]:
    """Away from the headline a marked-up date is the story's only where the page has no other day."""
    dates = [line.date for line in lines]
    if len({line.day for line in lines if line.date.role is DateRole.PUBLISHED}) != 1:
        return dates
    return [
        replace(date, confidence=_ONLY)
        if date.role is DateRole.PUBLISHED
        and date.confidence < _ONLY
        and (date.source.startswith("dom:time") or (date.source == "dom:line" and date.confidence >= _NAMED))
        else date
        for date in dates
    ]


def _as_updated(line: _Line) -> _Line:
    return replace(line, date=replace(line.date, role=DateRole.MODIFIED))


def _nearest_first(lines: list[_Line]) -> list[FoundDate]:
    """Of several days near the headline, the labelled or the nearest one is the story's.

    A later day right beside it is that of an update; those further off are other stories'.
    """
    own = [line for line in lines if line.near and line.date.role is DateRole.PUBLISHED]
    if not own:
        return _only_one(lines)
    best = min(own, key=lambda line: (not line.labelled, line.distance))
    dates = []
    for line in lines:
        date = line.date
        if line in own and line.day != best.day and not line.labelled:
            if line.day > best.day and abs(line.distance - best.distance) <= _BESIDE:
                date = replace(date, role=DateRole.MODIFIED, confidence=0.5)
            else:
                date = replace(date, confidence=round(max(0.1, date.confidence - _OTHERS), 3))
        dates.append(date)
    return dates


class _Reader:
    """Judges hits one by one; remembers which elements stand beside the story."""

    def __init__(self, found: Walk, language: str) -> None:
        self.headlines = found.headlines
        self.language = language
        self.beside: dict[Any, int] = {}
        self.stamped: dict[Any, str] = {}
        self.tries = _ANY_TRIES
        self.holders = frozenset(
            node for head in found.headlines for node in (head.element, *head.element.iterancestors())
        )

    def read(self, hit: Hit) -> list[_Line]:
        """The dates of the line in which a hit stands."""
        text = " ".join(hit.text.split()) if hit.text else text_within(hit.element, _LINE) or ""
        if not _SHORTEST <= len(text) <= _TEXT:
            return []
        near = self._near(hit)
        beside = self._beside(hit.element)
        if beside == OUT or (beside == NEAR and not near):
            return []
        hints = hints_of(hit.element)
        line = self._line_around(hit.element)
        if not (near or hit.attribute or hints.dated or labels_in(line if text in line else text)):
            return []
        if hit.attribute and hit.text:
            found = self._of_attribute(hit, text, line, near=near)
        else:
            found = self._of_text(hit, text, line, near=near)
        if beside == IN:
            return found
        return [item for item in found if item.labelled or (near and (hints.dated or hit.element.tag == "time"))]

    def _distance(self, hit: Hit) -> int:
        """Characters from the nearest headline; a line above it counts as further than one below."""
        return min(
            (
                hit.offset - head.offset if hit.offset >= head.offset else 2 * (head.offset - hit.offset)
                for head in self.headlines
            ),
            default=0,
        )

    def _near(self, hit: Hit) -> bool:
        return any(
            hit.prose - headline.prose <= _DECK and hit.offset - headline.offset <= _AFTER
            if hit.offset >= headline.offset
            else headline.offset - hit.offset <= _BEFORE and headline.prose == hit.prose
            for headline in self.headlines
        )

    def _beside(self, element: Any) -> int:
        """Whether an element stands in what accompanies a story. Elements that hold the headline do not count."""
        path = []
        node, verdict = element, IN
        while node is not None:
            known = self.beside.get(node)
            if known is not None:
                verdict = known
                break
            path.append(node)
            node = node.getparent()
        for node in reversed(path):
            if verdict != OUT and node not in self.holders:
                verdict = max(verdict, beside_by_name(node))
            self.beside[node] = verdict
        return verdict

    def _line_around(self, element: Any) -> str:
        """The text of the largest element around that is still a line, and does not hold the headline."""
        line = ""
        for _ in range(5):
            if element is None or element.tag in FRAME or (line and element in self.holders):
                break
            text = text_within(element, _LINE)
            if text is None:
                break
            line = text
            element = element.getparent()
        return _ORDINAL_GAP.sub("", line)

    def _of_attribute(self, hit: Hit, text: str, line: str, *, near: bool) -> list[_Line]:
        read = read_date(text, language=self.language)
        if read is None or read.date.day is None:
            return []
        day = read.date.value
        name = hit.attribute
        if name in ITEMPROPS:
            role = DateRole.MODIFIED if name == "datemodified" else DateRole.PUBLISHED
            confidence = 0.8 if name in {"datepublished", "datemodified"} else 0.6
            return [
                self._line(
                    hit, FoundDate(text, role, f"dom:itemprop={name}", confidence), day, near=near, labelled=True
                )
            ]
        shown = text_within(hit.element, _LINE) or ""
        labels = labels_in(shown)
        if len(set(labels)) > 1 and len(self._spans(shown)) > 1:
            return []  # a line of several dates speaks for itself
        at = line.find(shown)
        known = labels[0] if labels else label_before(line[max(0, at - _LABEL_MAX) : max(0, at)])
        if known is Label.OTHER:
            return []
        hints = hints_of(hit.element, name)
        role, confidence = self._role(known, hints, near=near, first=True)
        if name.startswith(
            "data-"
        ):  # set for programs: of the story, of its widgets, or of whatever it was copied from
            confidence = min(confidence, 0.45) if near else 0.0
        if not near and role is DateRole.PUBLISHED and name in {"datetime", "title"}:
            confidence = max(confidence, 0.5 if hints.published else 0.4)
        if confidence < 0.3:
            return []
        if not name.startswith("data-"):
            self.stamped[hit.element] = day[:10]
        source = "dom:time[datetime]" if name == "datetime" else f"dom:{name}"
        return [self._line(hit, FoundDate(text, role, source, confidence), day, near=near, labelled=known is not None)]

    def _of_text(self, hit: Hit, text: str, line: str, *, near: bool) -> list[_Line]:
        whole = line if text in line else text
        at = whole.find(text)
        end_of_text = at + len(text)
        spans = self._spans(whole)
        source = "dom:time" if hit.element.tag == "time" else "dom:line"
        found: list[_Line] = []
        for number, span in enumerate(spans):
            if span.date.year is None or (span.date.day is None and not span.doubt):
                continue
            if span.end <= at or span.start >= end_of_text:
                continue  # another text of the same line: it is a hit of its own
            start = spans[number - 1].end if number else 0
            end = spans[number + 1].start if number + 1 < len(spans) else len(whole)
            before = whole[max(start, min(at, span.start)) : span.start]
            after = whole[span.end : max(span.end, min(end, end_of_text))]
            known = label_before(before) or label_before(whole[max(start, span.start - _LABEL_MAX) : span.start])
            if known is None and number + 1 == len(spans):
                known = label_after(whole[span.end : span.end + _LABEL_AFTER])
            loose = _LOOSE if near or known is None else _LABELLED_LOOSE
            if known is Label.OTHER or len(_part(before, after)) > loose:
                continue
            hints = hints_of(hit.element)
            if known is None and hints.modified and Label.MODIFIED in labels_in(whole):
                hints = replace(hints, modified=False)  # the class speaks of the other date in the line
            role, confidence = self._role(known, hints, near=near, first=not found)
            if confidence < 0.3:
                continue
            if self._is_stamped(hit.element, span.date.value[:10]):
                continue
            date = FoundDate(_raw(whole, span, start, end, self.language)[:200], role, source, confidence)
            found.append(self._line(hit, date, span.date.value, near=near, labelled=known is not None))
        return found

    def _is_stamped(self, element: Any, day: str) -> bool:
        """Whether an attribute of the element or of the one around it said the same day already."""
        parent = element.getparent()
        return self.stamped.get(element) == day or (parent is not None and self.stamped.get(parent) == day)

    def _role(self, known: Label | None, hints: Hints, *, near: bool, first: bool) -> tuple[DateRole, float]:
        if known is Label.TODAY or (known is None and hints.today):
            return DateRole.PAGE, 0.3
        if known is Label.MODIFIED:
            return DateRole.MODIFIED, 0.75 if near else 0.5
        if known is Label.PUBLISHED:
            return DateRole.PUBLISHED, 0.85 if near else 0.55
        if hints.hatom and not hints.published:
            return DateRole.PUBLISHED, 0.55 if near else 0.3
        if hints.modified and not hints.published:
            return DateRole.MODIFIED, 0.65 if near else 0.4
        if near:
            confidence = 0.8 if hints.published else 0.76 if hints.dated else 0.7
        else:
            confidence = 0.45 if hints.published else 0.3 if hints.dated else 0.2
        return DateRole.PUBLISHED, confidence - (0.0 if first else 0.15)

    def _line(self, hit: Hit, date: FoundDate, day: str, *, near: bool, labelled: bool) -> _Line:
        element, parent = hit.element, hit.element.getparent()
        signature = [element.tag, element.get("class")]
        if parent is not None:
            signature += [parent.tag, parent.get("class")]
        hints = hints_of(element)
        only_updated = hints.hatom and not hints.published and not labelled
        return _Line(date, day[:10], tuple(signature), near, labelled, self._distance(hit), only_updated)

    def _spans(self, text: str) -> list[Written]:
        """Dates in a line: in the page's language, in English, and a few times in any, for claims are often wrong."""
        for code in dict.fromkeys((self.language, "en", ANY)):
            if code == ANY != self.language:
                if self.tries == 0:
                    break
                self.tries -= 1
            spans = written_dates(text, code, short_years=True)
            if any(s.date.year is not None for s in spans):
                return spans
        return []


def _part(before: str, after: str) -> str:
    """What stands beside a date between the nearest separators."""
    head = _SEPARATOR.split(before)[-1]
    tail = _SEPARATOR.split(after)[0]
    return (head + tail).strip(" ,.:-–—()")


def _raw(line: str, span: Written, start: int, end: int, language: str) -> str:
    """The date with the weekday or the time of day before it, and the time of day and its zone after it."""
    head = line[max(start, span.start - _HEAD) : span.start]
    kept = _CLOCK_BEFORE.search(head) if not start else None
    if kept is not None:
        head = kept[0]
    else:
        words = head.replace(",", " ").replace(".", " ").split()
        table = names(language)
        known = bool(words) and (fold(words[-1]) in table.weekdays or fold(words[-1]) in table.full_weekdays)
        head = head[head.rfind(words[-1]) :] if known else ""
    after = _CLOCK_AFTER.match(line, span.end, min(end, span.end + _TAIL))
    return head + line[span.start : after.end() if after is not None else span.end]
