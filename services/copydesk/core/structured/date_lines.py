"""Visible date lines: what stands near the headline, is labelled, or is marked up as a date."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from copydesk.core.dates.names import ANY
from copydesk.core.dates.read import read_date
from copydesk.core.dates.roles import Label, label_after, label_before, labels_in
from copydesk.core.dates.written import Written, written_dates
from copydesk.core.document import FoundDate
from copydesk.core.structured.date_places import FRAME, IN, NEAR, OUT, Hints, beside_by_name, hints_of
from copydesk.core.structured.date_selection import Line, select_dates
from copydesk.core.structured.date_text import part_around, raw_date
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
_BEFORE = 350
"""Characters of text between a date line and the headline below it."""
_DECK = 450
"""Characters of running text between the headline and the date line below it: a deck, a key point, a caption."""
_AFTER = 1_500
"""Characters of any text between the headline and the date line below it."""
_ORDINAL_GAP = re.compile(r"(?<=\d) (?=(?:st|nd|rd|th)\b)")


def read_lines(found: Walk, language: str, *, published: bool = False) -> list[FoundDate]:
    """Dates that the page shows or marks up, each with the role that its words, classes and place give it.

    Args:
        found: the walk over the page.
        language: primary code of the page's language, `und` where it does not say.
        published: whether metadata state the publication.
    """
    reader = _Reader(found, language)
    lines: list[Line] = []
    for hit in found.hits:
        lines += reader.read(hit)
        if len(lines) >= _LINES_MAX:
            break
    return select_dates(lines, published=published)


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

    def read(self, hit: Hit) -> list[Line]:
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

    def _of_attribute(self, hit: Hit, text: str, line: str, *, near: bool) -> list[Line]:
        read = read_date(text, language=self.language)
        if read is None or read.date.day is None:
            return []
        day = read.date.value
        name = hit.attribute
        if name in ITEMPROPS:
            role = DateRole.MODIFIED if name == "datemodified" else DateRole.PUBLISHED
            confidence = 0.8 if name in {"datepublished", "datemodified"} else 0.6
            date = FoundDate(text, role, f"dom:itemprop={name}", confidence)
            return [self._line(hit, date, day, near=near, labelled=True)]
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
        for_programs = name.startswith("data-")
        if for_programs:  # of the story, of its widgets, or of whatever the markup was copied from
            confidence = min(confidence, 0.45) if near else 0.0
        if not near and role is DateRole.PUBLISHED and name in {"datetime", "title"}:
            confidence = max(confidence, 0.5 if hints.published else 0.4)
        if confidence < 0.3:
            return []
        if not for_programs:
            self.stamped[hit.element] = day[:10]
        source = "dom:time[datetime]" if name == "datetime" else f"dom:{name}"
        return [self._line(hit, FoundDate(text, role, source, confidence), day, near=near, labelled=known is not None)]

    def _of_text(self, hit: Hit, text: str, line: str, *, near: bool) -> list[Line]:
        whole = line if text in line else text
        at = whole.find(text)
        end_of_text = at + len(text)
        spans = self._spans(whole)
        source = "dom:time" if hit.element.tag == "time" else "dom:line"
        found: list[Line] = []
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
            if known is Label.OTHER or len(part_around(before, after)) > loose:
                continue
            hints = hints_of(hit.element)
            if known is None and hints.modified and Label.MODIFIED in labels_in(whole):
                hints = replace(hints, modified=False)  # the class speaks of the other date in the line
            role, confidence = self._role(known, hints, near=near, first=not found)
            if confidence < 0.3:
                continue
            if self._is_stamped(hit.element, span.date.value[:10]):
                continue
            date = FoundDate(raw_date(whole, span, start, end, self.language)[:200], role, source, confidence)
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

    def _line(self, hit: Hit, date: FoundDate, day: str, *, near: bool, labelled: bool) -> Line:
        element, parent = hit.element, hit.element.getparent()
        signature = [element.tag, element.get("class")]
        if parent is not None:
            signature += [parent.tag, parent.get("class")]
        hints = hints_of(element)
        only_updated = hints.hatom and not hints.published and not labelled
        return Line(date, day[:10], tuple(signature), near, labelled, self._distance(hit), only_updated)

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
