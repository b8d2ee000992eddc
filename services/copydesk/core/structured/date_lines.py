"""Visible date lines: what stands near the headline, is labelled, or is marked up as a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from copydesk.core.dates.read import read_date
from copydesk.core.dates.roles import Label, label_after, label_before
from copydesk.core.dates.written import Written, written_dates
from copydesk.core.document import FoundDate
from copydesk.core.structured.date_walk import Hit, Walk, text_within
from copydesk_schemas.reasons import DateRole

_LINE = 140
"""Characters that a line with a date has at most, label, byline and reading time included."""
_LOOSE = 45
"""Characters that may stand beside an unlabelled date within its own part of the line; more is a sentence."""
_LINES_MAX = 60
_BEFORE = 350
"""Characters of text between a date line and the headline below it."""
_DECK = 450
"""Characters of running text between the headline and the date line below it: a deck, a key point, a caption."""
_AFTER = 1_500
"""Characters of any text between the headline and the date line below it."""
_SEPARATOR = re.compile(r"\s[|·•–—⋅/∙-]\s|[|·•⋅∙\n]")
_ORDINAL_GAP = re.compile(r"(?<=\d) (?=(?:st|nd|rd|th)\b)")
_CLOCK_END = re.compile(r"[\s,]*(?:\(?[A-Z]{2,5}\)?|[ap]\.?m\.?|Uhr|h)?\s*", re.IGNORECASE)

_BESIDE_TAGS = frozenset({"aside", "nav", "form", "select", "figcaption", "figure", "blockquote", "pre", "code", "table"})
_BESIDE = re.compile(
    r"comment|related|sidebar|side-bar|recommend|teaser|promo|popular|latest|trending|most-?read|newsletter|recirc|"
    r"more-|read-?next|next-|prev|carousel|slider|swiper|widget|archive|cookie|consent|modal|popup|caption|"
    r"cite|citation|reference|footnote|review-item|testimonial|product|event|calendar|ticker|weather|breaking|reply|"
    r"upcoming|suggest|cards?(?:$|[\s_-])|tile|listing|subscribe|copyright|banner|menu|navbar|disclaimer",
    re.IGNORECASE,
)
"""Classes of what stands beside a story. Those of the page's frame are not asked, see `_FRAME`."""
_FRAME = frozenset({"body", "html", "main"})
_PUBLISHED_CLASS = re.compile(
    r"publish|pubdate|pub-date|post(?:ed)?[_-]?(?:on|date)|(?:article|entry|story|news|blog|post)[_-]{0,2}date|release-?date|"
    r"date[_-]?(?:published|posted|created?)|created",
    re.IGNORECASE,
)
_MODIFIED_CLASS = re.compile(r"modif|updat|edited|revis|aktualis|changed", re.IGNORECASE)
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|time|timestamp|dateline|datetime|datum|fecha|data|tanggal|dato|meta|byline|info|published|"
    r"posted|byline-date|pubdate|details)(?:$|[\s_-])|date|timestamp|byline|meta",
    re.IGNORECASE,
)
_TODAY_CLASS = re.compile(r"today|current[_-]?(?:date|time)|masthead|clock|now(?:$|[\s_-])", re.IGNORECASE)


@dataclass(slots=True)
class _Line:
    """A date in its line."""

    hit: Hit
    raw: str
    role: DateRole
    confidence: float
    source: str
    day: str
    signature: str
    near: bool


def read_lines(found: Walk, language: str) -> list[FoundDate]:
    """Dates that the page shows or marks up, each with the role that its words, classes and place give it.

    Args:
        found: the walk over the page.
        language: primary code of the page's language, `und` where it does not say.
    """
    reader = _Reader(found, language)
    lines: list[_Line] = []
    for hit in found.hits:
        lines += reader.read(hit)
        if len(lines) >= _LINES_MAX:
            break
    return [
        FoundDate(line.raw[:200], line.role, line.source, round(line.confidence, 3)) for line in _without_lists(lines)
    ]


def _without_lists(lines: list[_Line]) -> list[_Line]:
    """Without the dates of listed stories: three or more days in the same markup, away from the headline."""
    days: dict[str, set[str]] = {}
    for line in lines:
        days.setdefault(line.signature, set()).add(line.day)
    return [line for line in lines if line.near or len(days[line.signature]) < 3]


class _Reader:
    """Judges hits one by one; remembers which elements stand beside the story."""

    def __init__(self, found: Walk, language: str) -> None:
        self.headline = found.headline
        self.language = language
        self.beside: dict[Any, bool] = {}
        self.stories = 0

    def read(self, hit: Hit) -> list[_Line]:
        """The dates of the line in which a hit stands."""
        text = hit.text
        if hit.attribute and not text:
            text = text_within(hit.element, _LINE)
        near = self._near(hit)
        label = _own_label(hit.element)
        marked = bool(hit.attribute)
        if not near and not marked and not (_DATE_CLASS.search(label) or label_before(text)):
            return []
        if self._is_beside(hit.element):
            return []
        text = " ".join(text.split())
        if not text:
            return []
        line = _line_around(hit.element)
        if marked and hit.text:
            return self._of_attribute(hit, text, line, label, near=near)
        return self._of_text(hit, text, line, label, near=near)

    def _near(self, hit: Hit) -> bool:
        headline = self.headline
        if headline is None:
            return False
        if hit.offset >= headline.offset:
            return hit.prose - headline.prose <= _DECK and hit.offset - headline.offset <= _AFTER
        return headline.offset - hit.offset <= _BEFORE and headline.prose == hit.prose

    def _is_beside(self, element: Any) -> bool:
        """Whether an element stands in what accompanies a story. Elements that hold the headline do not count."""
        path = []
        node, verdict = element, False
        while node is not None:
            known = self.beside.get(node)
            if known is not None:
                verdict = known
                break
            path.append(node)
            node = node.getparent()
        holders = self._holders()
        for node in reversed(path):
            if not verdict and node not in holders:
                tag = node.tag
                if tag in _BESIDE_TAGS:
                    verdict = True
                elif tag not in _FRAME:
                    name = f"{node.get('class') or ''} {node.get('id') or ''}"
                    verdict = len(name) > 1 and _BESIDE.search(name) is not None
            self.beside[node] = verdict
        return verdict

    def _holders(self) -> frozenset[Any]:
        if self.headline is None:
            return frozenset()
        if not hasattr(self, "_held"):
            self._held = frozenset((self.headline.element, *self.headline.element.iterancestors()))
        return self._held

    def _of_attribute(self, hit: Hit, text: str, line: str, label: str, *, near: bool) -> list[_Line]:
        read = read_date(text, language=self.language)
        if read is None or read.date.day is None:
            return []
        name = hit.attribute
        said = label_before(line.split("|")[0]) if len(line) <= _LINE else None
        role = DateRole.PUBLISHED
        if name in {"datepublished", "datemodified", "datecreated", "uploaddate"}:
            role = DateRole.MODIFIED if name == "datemodified" else DateRole.PUBLISHED
            confidence = 0.8 if name in {"datepublished", "datemodified"} else 0.6
            return [self._line(hit, text, role, confidence, f"dom:itemprop={name}", read.date.value, near=near)]
        known = _label_at(line, text_within(hit.element, _LINE), said)
        if known is Label.OTHER:
            return []
        hint = f"{label} {hit.element.get('itemprop') or ''} {name}"
        published, modified = bool(_PUBLISHED_CLASS.search(hint)), bool(_MODIFIED_CLASS.search(hint))
        if known is Label.MODIFIED or (known is None and modified and not published):
            role = DateRole.MODIFIED
        elif known is Label.TODAY or _TODAY_CLASS.search(label):
            role = DateRole.PAGE
        stated = known is not None or published or hit.element.get("pubdate") is not None
        base = 0.7 if near else 0.45
        if role is DateRole.PAGE:
            base, stated = 0.25, False
        source = "dom:time[datetime]" if name == "datetime" else f"dom:{name}"
        return [self._line(hit, text, role, base + (0.12 if stated else 0.0), source, read.date.value, near=near)]

    def _of_text(self, hit: Hit, text: str, line: str, label: str, *, near: bool) -> list[_Line]:
        whole = text if len(line) > _LINE else line
        spans = self._spans(whole)
        found = []
        for number, span in enumerate(spans):
            if span.date.year is None or (span.date.day is None and not span.doubt):
                continue
            start = spans[number - 1].end if number else 0
            end = spans[number + 1].start if number + 1 < len(spans) else len(whole)
            before, after = whole[start : span.start], whole[span.end : end]
            if " ".join(whole[span.start : span.end].split()) not in text and len(spans) > 1:
                continue  # another text of the same line: it is a hit of its own
            known = label_before(before)
            if known is None and number + 1 == len(spans):
                known = label_after(after)
            if known is Label.OTHER:
                continue
            part = _part(before, after)
            if known is None and len(part) > _LOOSE:
                continue
            role, confidence = self._role(known, label, near=near, first=number == 0)
            if hit.element.tag == "time":
                confidence += 0.05
            if confidence < 0.3:
                continue
            raw = _raw(whole, span, start, end)
            found.append(self._line(hit, raw, role, confidence, "dom:time" if hit.element.tag == "time" else "dom:line", span.date.value, near=near))
        return found

    def _role(self, known: Label | None, label: str, *, near: bool, first: bool) -> tuple[DateRole, float]:
        published, modified = bool(_PUBLISHED_CLASS.search(label)), bool(_MODIFIED_CLASS.search(label))
        dated = bool(_DATE_CLASS.search(label))
        if known is Label.TODAY or (known is None and _TODAY_CLASS.search(label)):
            return DateRole.PAGE, 0.3
        if known is Label.MODIFIED:
            return DateRole.MODIFIED, 0.75 if near else 0.5
        if known is Label.PUBLISHED:
            return DateRole.PUBLISHED, 0.85 if near else 0.55
        if modified and not published:
            return DateRole.MODIFIED, 0.65 if near else 0.4
        confidence = (0.7 if near else 0.2) + (0.1 if published else 0.06 if dated else 0.0)
        if not near and published:
            confidence = 0.4
        return DateRole.PUBLISHED, confidence - (0.0 if first else 0.15)

    def _spans(self, text: str) -> list[Written]:
        for code in dict.fromkeys((self.language, "en", "und")):
            spans = written_dates(text, code, short_years=True)
            if any(s.date.year is not None for s in spans):
                return spans
        return []

    def _line(
        self, hit: Hit, raw: str, role: DateRole, confidence: float, source: str, day: str, *, near: bool
    ) -> _Line:
        parent = hit.element.getparent()
        signature = f"{hit.element.tag}.{hit.element.get('class')}<{parent.tag if parent is not None else ''}." + (
            str(parent.get("class")) if parent is not None else ""
        )
        return _Line(hit, raw, role, confidence, source, day[:10], signature, near)


def _label_at(line: str, shown: str, said: Label | None) -> Label | None:
    """The label of a marked-up date by the words in it and before it."""
    inside = label_before(" ".join(shown.split()))
    if inside is not None:
        return inside
    shown = " ".join(shown.split())
    at = line.find(shown) if shown else -1
    if at >= 0:
        return label_before(line[max(0, at - 40) : at])
    return said


def _own_label(element: Any) -> str:
    """Class, id and itemprop of an element and of the two around it."""
    names = []
    for _ in range(3):
        if element is None or element.tag in _FRAME:
            break
        names += [element.get("class") or "", element.get("id") or "", element.get("itemprop") or ""]
        element = element.getparent()
    return " ".join(filter(None, names))


def _line_around(element: Any) -> str:
    """The text of the largest element around that is still a line."""
    line = ""
    for _ in range(5):
        if element is None or element.tag in _FRAME:
            break
        text = text_within(element, _LINE * 2)
        flat = " ".join(text.split())
        if len(flat) > _LINE:
            return line or flat
        line = flat
        element = element.getparent()
    return _ORDINAL_GAP.sub("", line)


def _part(before: str, after: str) -> str:
    """What stands beside a date between the nearest separators."""
    head = _SEPARATOR.split(before)[-1]
    tail = _SEPARATOR.split(after)[0]
    return (head + tail).strip(" ,.:-–—()")


def _raw(line: str, span: Written, start: int, end: int) -> str:
    """The date with the weekday before and the time of day after it."""
    head = line[max(start, span.start - 25) : span.start]
    tail = line[span.end : min(end, span.end + 30)]
    head = _SEPARATOR.split(head)[-1]
    tail = _SEPARATOR.split(tail)[0] if not re.match(r"\s?[|–—-]\s?\d{1,2}[:.]\d\d", tail) else tail
    return (head + line[span.start : span.end] + tail).strip(" ,;|·•()")
