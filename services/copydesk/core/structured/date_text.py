"""Parts of a line around a date: what belongs to the date, and what else stands beside it."""

from __future__ import annotations

import re

from copydesk.core.dates.names import fold, names
from copydesk.core.dates.written import Written

_SEPARATOR = re.compile(r"\s[|·•–—⋅/∙-]\s|[|·•⋅∙\n]")
_HEAD, _TAIL = 25, 45
_CLOCK_BEFORE = re.compile(r"\d{1,2}[:.h]\d\d(?:[:.]\d\d)?[^\d|·•]{0,12}\Z")
_CLOCK_AFTER = re.compile(
    r"[^\d\n]{0,14}\d{1,2}\s?(?:[:.٫hH時时시點点]\s?\d{2}(?:[:分분]\s?\d{2}[秒초]?)?[分분]?|(?=\s?[ap]\.?m))"
    r"(?:\s?(?:[ap]\.?\s?m\b\.?|Uhr|\(?[A-Z]{2,5}\b\)?|(?:UTC|GMT)?\s?[+−-]\d{1,2}(?::?\d\d)?)){0,3}",
    re.IGNORECASE,
)


def part_around(before: str, after: str) -> str:
    """What stands beside a date between the nearest separators."""
    head = _SEPARATOR.split(before)[-1]
    tail = _SEPARATOR.split(after)[0]
    return (head + tail).strip(" ,.:-–—()")


def raw_date(line: str, span: Written, start: int, end: int, language: str) -> str:
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
