"""Reading one string that is said to be a date: machine formats first, then what people write."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from copydesk.core.dates.names import ANY, fold, names
from copydesk.core.dates.partial import PartialDate
from copydesk.core.dates.written import DIGITS, Written, written_dates
from copydesk.core.dates.zones import AMBIGUOUS, OFFSETS

_MAX_CHARS = 300
"""A longer string is a text with a date in it, not a date."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ISO = re.compile(
    r"(?P<y>\d{4})(?:-?W(?P<w>\d\d)(?:-?(?P<wd>[1-7]))?|-(?P<m>\d\d?)(?:-(?P<d>\d\d?))?|(?P<m2>\d\d)(?P<d2>\d\d)|-?(?P<o>\d{3}))?"
    r"(?:(?:[Tt_]|\s{1,3}|(?<=\d\d\d\d\d\d\d\d)(?=\d))(?P<H>\d\d?)(?::?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,:](?P<f>\d{1,9})\d*)?)?)?)?"
    r"\s{0,2}(?P<zone>[Zz]|(?:UTC|GMT)?\s?[+\-−]\d\d?:?(?:\d\d)?(?::\d\d)?|\(?[A-Za-z]{2,5}\)?)?(?:\s?\[[^\]]*\])?",
    re.ASCII,
)
_EPOCH = re.compile(r"(\d{9,10})(\d{3}|\d{6}|\d{9})?(?:\.\d+)?", re.ASCII)
_PM = r"p\.?\s?m\.?|오후|下午|午後|晚上|μ\.?μ\.?|م\b"
_AM = r"a\.?\s?m\.?|오전|上午|午前|早上|π\.?μ\.?|ص\b"
_CLOCK = re.compile(
    rf"(?:(?P<before>{_PM}|{_AM})\s{{0,2}})?(?<![\d:.\-/])(?P<H>[0-2]?\d)(?:[:٫hH時时시]|\.(?=\d\d(?![\d.])))\s?"
    rf"(?P<M>[0-5]\d)?(?:[분分](?:\s?(?P<S2>[0-5]\d)[초秒])?|:(?P<S>[0-5]\d)(?:[.,](?P<f>\d{{1,6}}))?)?(?!\d)"
    rf"(?:\s{{0,2}}(?P<after>{_PM}|{_AM})(?![^\W\d_]))?"
    rf"|(?<![\d:.\-/])(?P<h>1[0-2]|0?[1-9])\s?(?P<half>a\.?m\.?|p\.?m\.?)(?!\w)",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s{0,2}\(?(?:(?:UTC|GMT)\s?)?(?P<sign>[+\-−])(?P<zh>\d\d?):?(?P<zm>\d\d)?(?!\d)|\s{0,2}\(?(?P<name>[A-Z]{1,5})(?!\w)"
)
_IS_PM = re.compile(_PM, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date that was read.

    `confidence` (0..1) is that of the reading alone; `reason` says in a sentence what was doubtful, else it is empty.
    `weekday` is the one that the string names, Monday 0.
    """

    date: PartialDate
    confidence: float
    reason: str = ""
    weekday: int | None = None


def weekday_name(number: int) -> str:
    """English name, Monday 0."""
    return _WEEKDAYS[number]


def _offset(text: str) -> int | None:
    """Minutes east of UTC of `Z`, `+01:00`, `GMT+1`, `CET`; None where unknown or ambiguous."""
    bare = text.strip(" ()").upper().replace("−", "-")
    if bare in OFFSETS:
        return OFFSETS[bare]
    match = re.fullmatch(r"(?:UTC|GMT)?\s?([+-])(\d\d?):?(\d\d)?(?::\d\d)?", bare, re.ASCII)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == "-" else minutes


def _timed(
    day: date, hour: int, minute: int | None, second: int | None, fraction: str | None, offset: int | None
) -> PartialDate:
    if hour == 24 and not minute and not second:  # ISO 8601: the end of the day
        day, hour = day + timedelta(days=1), 0
    second = 59 if second == 60 else second  # a leap second
    micro = int(fraction[:6].ljust(6, "0")) if fraction and second is not None else None
    if offset is not None and abs(offset) > 16 * 60:
        offset = None
    return PartialDate(day.year, day.month, day.day, hour, minute, second, micro, offset)


def _read_iso(text: str) -> ReadDate | None:
    m = _ISO.fullmatch(text)
    if m is None:
        return None
    zone = m["zone"]
    named = zone is not None and zone.strip("() ").isalpha() and zone not in "Zz"
    if zone and (m["H"] is None or (named and zone.strip("() ").upper() not in OFFSETS.keys() | AMBIGUOUS)):
        return None
    year, month, day = int(m["y"]), m["m"] or m["m2"], m["d"] or m["d2"]
    if m["w"]:
        start = date.fromisocalendar(year, int(m["w"]), int(m["wd"] or 1))
        if not m["wd"]:
            return ReadDate(PartialDate(start.year, start.month), 0.7, "a calendar week was given, not a day")
        full: date | None = start
    elif m["o"]:
        full = date(year, 1, 1) + timedelta(days=int(m["o"]) - 1)
        if full.year != year:
            return None
    elif month and day:
        full = date(year, int(month), int(day))
    else:
        full = None
    if full is None:
        if m["H"] or (not month and not 1000 <= year <= 2999):
            return None
        return ReadDate(PartialDate(year, int(month) if month else None), 0.9)
    if m["H"] is None:
        return ReadDate(PartialDate.of_day(full), 1.0)
    offset = _offset(zone) if zone else None
    minute, second = (int(m[g]) if m[g] else None for g in ("M", "S"))
    made = _timed(full, int(m["H"]), minute, second, m["f"], offset)
    reason = f"the zone {zone.strip('() ')} has more than one offset" if zone and offset is None else ""
    return ReadDate(made, 0.95 if reason else 1.0, reason)


def _read_epoch(text: str) -> ReadDate | None:
    m = _EPOCH.fullmatch(text)
    if m is None:
        return None
    seconds = int(m[1])
    # From 1980 on: below that, nine digits are rather an article's number.
    if not 315_532_800 <= seconds <= 4_102_444_800:
        return None
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, milliseconds=int((m[2] or "0")[:3]))
    return ReadDate(PartialDate.of_instant(instant), 0.9)


def _clock(text: str, around: Written) -> tuple[int, int | None, int | None, str | None, int | None, str] | None:
    """Hour, minute, second, fraction, offset and doubt of the time of day beside a date."""
    inside = text[around.start : around.end]
    blank = inside if ":" in inside else " " * len(inside)
    rest = text[: around.start] + blank + text[around.end :]
    for m in _CLOCK.finditer(rest):
        if m["h"]:
            hour, minute, second, fraction, half = int(m["h"]), None, None, None, m["half"]
        else:
            hour, half, fraction = int(m["H"]), m["before"] or m["after"], m["f"]
            minute = int(m["M"]) if m["M"] else None
            second = int(m["S"] or m["S2"]) if m["S"] or m["S2"] else None
        if half and hour <= 12:
            hour = hour % 12 + (12 if _IS_PM.match(half) else 0)
        if hour > 23:
            continue
        zone = _ZONE.match(rest, m.end())
        if zone is None:
            return hour, minute, second, fraction, None, ""
        if zone["sign"]:
            minutes = int(zone["zh"]) * 60 + int(zone["zm"] or 0)
            return hour, minute, second, fraction, -minutes if zone["sign"] != "+" else minutes, ""
        name = zone["name"]
        doubt = f"the zone {name} has more than one offset" if name in AMBIGUOUS else ""
        return hour, minute, second, fraction, OFFSETS.get(name), doubt
    return None


@cache
def _weekday_patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = names(language)
    return (
        re.compile(rf"(?<!\w)(?:{table.full_weekday_pattern})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)({table.weekday_pattern})\.?,?\s{{0,2}}$", re.IGNORECASE),
    )


def _weekday(text: str, span: Written, language: str) -> int | None:
    """The one weekday beside a date; a short form counts only right before it."""
    full, short = _weekday_patterns(language)
    rest = text[: span.start] + " " + text[span.end :]
    table = names(language)
    numbers = {table.weekdays[fold(m[0])] for m in full.finditer(rest) if fold(m[0]) in table.weekdays}
    if not numbers and (m := short.search(text[: span.start])) and fold(m[1]) in table.weekdays:
        numbers = {table.weekdays[fold(m[1])]}
    return next(iter(numbers)) if len(numbers) == 1 else None


def _read_written(text: str, language: str, *, day_first: bool | None) -> ReadDate | None:
    for code in dict.fromkeys((language, "en", ANY)):
        spans = written_dates(text, code, day_first=day_first, short_years=True)
        if code != language:  # numbers belong to the document's own language
            spans = [s for s in spans if not s.doubt]
        spans = [s for s in spans if s.date.year is not None] or spans
        if not spans:
            continue
        span = max(spans, key=lambda s: (s.date.day is not None, -s.start))
        several = len({s.date.value for s in spans}) > 1
        result = ReadDate(span.date, 0.6 if span.doubt else 0.95, span.doubt)
        day = span.date.as_day()
        if day is not None and (clock := _clock(text, span)) is not None:
            hour, minute, second, fraction, offset, doubt = clock
            result = replace(
                result, date=_timed(day, hour, minute, second, fraction, offset), reason=result.reason or doubt
            )
        if several:
            result = replace(result, confidence=0.6, reason="the string holds more than one date")
        weekday = _weekday(text, span, code)
        if weekday is not None:
            result = replace(result, weekday=weekday)
            if day is not None and day.weekday() != weekday:
                result = replace(
                    result,
                    confidence=0.4,
                    reason=f"it names {weekday_name(weekday)}, but {day} is a {weekday_name(day.weekday())}",
                )
        return result
    return None


def read_date(raw: str, *, language: str = "en", day_first: bool | None = None) -> ReadDate | None:
    """The date that a string states, to the unit that it states; None where it states none. Never raises.

    Args:
        raw: as written, at most 300 characters.
        language: BCP 47 code of the document; English and then all languages at once are tried after it.
        day_first: order of `03/04/2019` where known, else the language decides, and English leaves it open.
    """
    text = " ".join(raw.translate(DIGITS).split())
    if not 4 <= len(text) <= _MAX_CHARS or not any(c.isdigit() for c in text):
        return None
    code = language.partition("-")[0].lower()
    for reader in (_read_iso, _read_epoch, lambda t: _read_written(t, code, day_first=day_first)):
        try:
            result = reader(text)
        except (ValueError, OverflowError):  # a day, hour or year that no calendar has: not this form
            continue
        if result is not None:
            return result
    return None
