"""Dates as people write them: patterns by language, shared by the reader of single strings and the finder in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from copydesk.core.dates.names import UNSPACED, fold, names
from copydesk.core.dates.partial import PartialDate

_DAY_FIRST_UNKNOWN = frozenset({"en", "und"})
_YEAR_FIRST = frozenset({"hu", "lt", "eu"})
EITHER_ORDER = "day and month could be either of the two numbers"
"""The doubt about 03/04/2019 where nothing tells which of the two is the day."""
_MIN_YEAR, _MAX_YEAR = 1000, 2999
"""Four digits that stand beside a month's name are a year; the lower bound keeps counts such as 0900 out."""
_LINKS = r"(?:de|del|d['’]|of|ng|da|a)"
_ORDINAL = r"(?:st|nd|rd|th|er|ère|º|ª|ο|η|-го|-е|:e|o)?"

DIGITS = {zero + n: 48 + n for zero in (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10) for n in range(10)}
"""Arabic, Persian, Devanagari, Bengali, Thai and full-width digits to ASCII, one code point for one."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date expression: code points from `start` to `end`, and what it says. `doubt` says what is left open."""

    start: int
    end: int
    date: PartialDate
    doubt: str = ""


@cache
def _named(language: str) -> tuple[re.Pattern[str], ...]:
    table = names(language)
    month = f"(?P<month>{table.month_pattern})"
    loose = language in UNSPACED
    left = r"(?<![A-Za-z])" if loose else r"(?<!\w)"
    right = r"(?![A-Za-z])" if loose else r"(?!\w)"
    if language == "he":
        left += "ב?"  # «in» is written together with the month
    day = rf"(?<![\d.,:/])(?P<day>[0-3]?\d){_ORDINAL}"
    year = r"(?P<year>\d{4})(?![\d:])"
    clock = r"(?:\d{1,2}:\d{2}(?::\d{2})?\s(?:[A-Z]{2,5}\s)?)?"
    flags = re.IGNORECASE
    return tuple(
        re.compile(p, flags)
        for p in (
            (
                rf"{day}\.?[\s\-]{{0,2}}(?:{_LINKS}\s?)?{left}{month}{right}\.?,?"
                rf"(?:[\s\-/]{{0,2}}(?:{_LINKS}\s|พ\.ศ\.\s?|ค\.ศ\.\s?|năm\s)?{year}|[\-](?P<short>\d\d)(?!\d))?"
            ),
            rf"(?<!\d){year}[.,]?\s(?:m\.\s|\.\s|г\.\s|(?:e)?ko\s)?{left}{month}(?:ren|k)?\.?\s(?P<day>[0-3]?\d)(?!\d)",
            (
                rf"{left}{month}{right}\.?[\s\-](?P<day>[0-3]?\d){_ORDINAL}(?![\d:%]|[.,]\d)(?!\w)"
                rf"(?:,?\s{clock}{year})?"
            ),
            rf"{left}{month}{right}\.?,?\s?(?:{_LINKS}\s)?{year}",
            *([rf"(?<!\d){year}\.\sgada\s(?P<day>[0-3]?\d)\.\s{left}{month}{right}"] if language == "lv" else []),
        )
    )


_EAST = re.compile(
    r"(?:(?P<year>\d{4})\s?[年년]\s?)?(?P<month>1[0-2]|0?[1-9])\s?[月월]\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日일号號]"
    r"|(?P<year2>\d{4})\s?[年년]\s?(?P<month2>1[0-2]|0?[1-9])\s?[月월]"
)
_VIETNAMESE = re.compile(
    r"(?:ngày\s)?(?<!\d)(?P<day>[0-3]?\d)\s(?:tháng|thg)\s(?P<month>1[0-2]|0?[1-9])(?:,?\s(?:năm\s)?(?P<year>\d{4}))?(?!\d)",
    re.IGNORECASE,
)
_YMD = re.compile(r"(?<![\d\-/.:])(?P<year>\d{4})([\-/.])\s?(?P<month>[01]?\d)\2\s?(?P<day>[0-3]?\d)(?![\d\-/])")
_DMY = re.compile(r"(?<![\d\-/.:,])(?P<a>[0-3]?\d)([\-/.])\s?(?P<b>[0-3]?\d)\2\s?(?P<year>\d{4}|\d{2})(?![\d\-/:])")


def _build(year: str | None, month: int, day: str | None, language: str) -> PartialDate | None:
    number = int(year) if year else None
    if number is not None and language == "th" and number > 2400:
        number -= 543  # the Buddhist era
    if number is not None and not _MIN_YEAR <= number <= _MAX_YEAR:
        return None
    try:
        return PartialDate(number, month, int(day) if day else None)
    except ValueError:
        return None


def _full_year(year: str) -> str:
    """Two digits become the year between 1970 and 2069, as POSIX strptime has it (69 apart)."""
    if len(year) == 4:
        return year
    return str(int(year) + (1900 if int(year) >= 70 else 2000))


def numeric_order(language: str, *, day_first: bool | None) -> bool | None:
    """Whether a numeric date starts with the day; None where English alone does not tell."""
    if day_first is not None:
        return day_first
    return None if language in _DAY_FIRST_UNKNOWN else True


def _numeric(text: str, language: str, *, day_first: bool | None, short_years: bool) -> Iterator[Written]:
    for m in _YMD.finditer(text):
        if (made := _build(m["year"], int(m["month"]), m["day"], language)) is not None:
            yield Written(m.start(), m.end(), made)
    order = numeric_order(language, day_first=day_first)
    for m in _DMY.finditer(text):
        if len(m["year"]) == 2 and not short_years:
            continue
        first, second, year = int(m["a"]), int(m["b"]), _full_year(m["year"])
        # With points the day comes first everywhere, but for American headlines of the kind «11.03.17».
        decided = True if m[2] == "." and (len(m["year"]) == 4 or language not in _DAY_FIRST_UNKNOWN) else order
        if first > 12 or first == second:
            decided = True
        elif second > 12:
            decided = False
        if decided is None:
            if first >= 1 and second >= 1 and (made := _build(year, 1, None, language)) is not None:
                yield Written(m.start(), m.end(), PartialDate(made.year), EITHER_ORDER)
            continue
        day, month = (m["a"], second) if decided else (m["b"], first)
        if (made := _build(year, month, day, language)) is not None:
            yield Written(m.start(), m.end(), made)


def written_dates(
    text: str, language: str, *, day_first: bool | None = None, short_years: bool = False
) -> list[Written]:
    """Absolute dates in a text, in order, the longest where two overlap. Linear in the length of the text."""
    text = text.translate(DIGITS)
    found = list(_numeric(text, language, day_first=day_first, short_years=short_years))
    table = names(language)
    for pattern in _named(language):
        for m in pattern.finditer(text):
            groups = m.groupdict()
            month = table.months.get(fold(m["month"]))
            if month is None:
                continue
            year = groups.get("year") or (_full_year(groups["short"]) if groups.get("short") else None)
            made = _build(year, month, groups.get("day"), language)
            if made is not None:
                end = m.end() - (1 if m[0].endswith(",") else 0)
                found.append(Written(m.start(), end, made))
    if language in UNSPACED or any(sign in text for sign in "月월"):
        for m in _EAST.finditer(text):
            made = _build(m["year"] or m["year2"], int(m["month"] or m["month2"]), m["day"], language)
            if made is not None:
                found.append(Written(m.start(), m.end(), made))
    if language in {"vi", "und"}:
        found.extend(
            Written(m.start(), m.end(), made)
            for m in _VIETNAMESE.finditer(text)
            if (made := _build(m["year"], int(m["month"]), m["day"], language)) is not None
        )
    found.sort(key=lambda w: (w.start, -w.end))
    kept: list[Written] = []
    for item in found:
        if kept and item.start < kept[-1].end:
            if item.end - item.start > kept[-1].end - kept[-1].start:
                kept[-1] = item
            continue
        kept.append(item)
    return kept
