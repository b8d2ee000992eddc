"""Dates in running text: absolute ones in every language of the table, relative ones where the words are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from copydesk.core.dates.names import fold, names
from copydesk.core.dates.partial import PartialDate
from copydesk.core.dates.written import written_dates

MAX_CHARS = 200_000
"""Longer texts are read up to here: no article is longer, and the work stays bounded."""

_DAY_WORDS: dict[str, dict[str, int]] = {
    "en": {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1},
    "de": {"heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "übermorgen": 2},
    "fr": {"aujourd'hui": 0, "aujourd’hui": 0, "hier": -1, "avant-hier": -2, "demain": 1},
    "es": {"hoy": 0, "ayer": -1, "anteayer": -2},
    "it": {"oggi": 0, "ieri": -1, "domani": 1},
    "pt": {"hoje": 0, "ontem": -1, "anteontem": -2, "amanhã": 1},
    "nl": {"vandaag": 0, "gisteren": -1, "eergisteren": -2},
    "sv": {"idag": 0, "igår": -1},
    "da": {"i dag": 0, "i går": -1, "i morgen": 1},
    "nb": {"i dag": 0, "i går": -1, "i morgen": 1},
    "pl": {"dzisiaj": 0, "wczoraj": -1, "przedwczoraj": -2, "jutro": 1},
    "ru": {"сегодня": 0, "вчера": -1, "позавчера": -2, "завтра": 1},
    "uk": {"сьогодні": 0, "вчора": -1, "завтра": 1},
    "tr": {"bugün": 0, "dün": -1, "yarın": 1},
}
"""Days counted from the story's own. Spanish «mañana» is left out: it is also the morning."""
_ENGLISH_RELATIVE = re.compile(
    r"\b(?:(?P<dir>last|this|next|past|previous|coming)\s(?P<unit>week|weekend|month|year|spring|summer|autumn|fall|winter)"
    r"|(?P<count>\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s"
    r"(?P<unit2>day|week|month|year)s?\s(?P<ago>ago|earlier))\b",
    re.IGNORECASE,
)
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("", "a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
    for word in words.split()
}
_YEAR = re.compile(
    r"(?<![\d.,:/\-–$€£])(?:19[5-9]\d|20[0-4]\d)(?![\d:/]|[.,]\d|[-–]\d{2}(?!\d{2})|\s?(?:km|kg|mph|m|%|°))"
)
_YEAR_CUE = re.compile(
    r"(?:\b(?:in|since|by|until|till|during|of|from|before|after|early|late|mid|the|and|to|im|jahr|en|desde|del?|año|"
    r"dans|depuis|année|nel|dal|anno|em|ano|sinds|w|roku|в|с|года?)|['’]s|[-–(])\s?$",
    re.IGNORECASE,
)
_DIRECTION = re.compile(r"\b(last|next|this|past|coming)\s$", re.IGNORECASE)
_MONTH_CUE = re.compile(
    r"\b(?:in|since|by|until|till|during|from|early|late|mid|last|next|this|of|and|through|before|after|between|every|to)"
    r"[\s-]$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Relative:
    """A date that hangs on the story's day.

    `kind` is `weekday` (number: Monday 0), `days` (signed), `month` (1 to 12), or `week`, `month_of`, `year_of`,
    `season` (number: signed units from the story's own). `direction` is -1, 0 or 1 where a word such as «last»,
    «this» or «next» gives it.
    """

    kind: str
    number: int
    direction: int | None = None


@dataclass(frozen=True, slots=True)
class DateSpan:
    """One expression: `text[start:end]`. Either `date` (absolute) or `relative` is set."""

    start: int
    end: int
    grain: str
    date: PartialDate | None = None
    relative: Relative | None = None
    doubt: str = ""


def find_dates(text: str, *, language: str) -> list[DateSpan]:
    """Date expressions of a text, in order, none overlapping. Linear in the text's length."""
    text = text[:MAX_CHARS]
    code = language.partition("-")[0].lower()
    spans = [
        DateSpan(w.start, w.end, _grain(w.date), date=w.date, doubt=w.doubt)
        for w in written_dates(text, code)
        if _cased(text, w.start, w.end, code)
    ]
    spans += _weekdays(text, code)
    spans += _day_words(text, code)
    if code == "en":
        spans += _english(text)
        spans += _bare_months(text)
    spans += [
        DateSpan(m.start(), m.end(), "year", PartialDate(int(m[0]))) for m in _YEAR.finditer(text) if _is_year(text, m)
    ]
    return _without_overlap(spans)


def _grain(date: PartialDate) -> str:
    if date.hour is not None:
        return "hour"
    if date.day is not None:
        return "day"
    return "month" if date.month is not None else "year"


def _cased(text: str, start: int, end: int, code: str) -> bool:
    """English writes month names with a capital: «march 27» and «may 5» are other words."""
    if code != "en":
        return True
    letters = [c for c in text[start:end] if c.isalpha()]
    return not letters or any(c.isupper() for c in letters)


@cache
def _weekday_pattern(code: str) -> re.Pattern[str]:
    edge = "" if code in {"ja", "zh", "ko", "th"} else r"(?<!\w)"
    tail = "" if code in {"ja", "zh", "ko", "th"} else r"(?!\w)"
    return re.compile(rf"{edge}(?:{names(code).full_weekday_pattern}){tail}", re.IGNORECASE)


def _weekdays(text: str, code: str) -> list[DateSpan]:
    table = names(code).full_weekdays
    found = []
    for match in _weekday_pattern(code).finditer(text):
        number = table.get(fold(match[0]))
        if number is None or (code == "en" and not match[0][0].isupper()):
            continue
        start, direction = match.start(), None
        if code == "en" and (before := _DIRECTION.search(text, max(0, start - 8), start)):
            direction = {"last": -1, "past": -1, "next": 1, "coming": 1, "this": 0}[before[1].lower()]
            start = before.start()
        found.append(DateSpan(start, match.end(), "day", relative=Relative("weekday", number, direction)))
    return found


@cache
def _day_word_pattern(code: str) -> re.Pattern[str]:
    words = sorted(_DAY_WORDS[code], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def _day_words(text: str, code: str) -> list[DateSpan]:
    if code not in _DAY_WORDS:
        return []
    table = _DAY_WORDS[code]
    return [
        DateSpan(m.start(), m.end(), "day", relative=Relative("days", table[m[0].lower()]))
        for m in _day_word_pattern(code).finditer(text)
    ]


def _english(text: str) -> list[DateSpan]:
    found = []
    for m in _ENGLISH_RELATIVE.finditer(text):
        if m["ago"]:
            count = _NUMBERS.get(m["count"].lower()) or int(m["count"])
            unit = m["unit2"].lower()
            kind = {"day": "days", "week": "week", "month": "month_of", "year": "year_of"}[unit]
            found.append(DateSpan(m.start(), m.end(), unit, relative=Relative(kind, -count)))
            continue
        direction = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1, "coming": 1}[m["dir"].lower()]
        unit = m["unit"].lower()
        kind = {"week": "week", "weekend": "weekend", "month": "month_of", "year": "year_of"}.get(unit, "season")
        grain = {"weekend": "day"}.get(unit, unit if kind != "season" else "season")
        found.append(DateSpan(m.start(), m.end(), grain, relative=Relative(kind, direction, direction)))
    return found


@cache
def _bare_month_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{names('en').full_month_pattern})\b(?!\s\d)")


def _bare_months(text: str) -> list[DateSpan]:
    """«in January»: a cue must stand before it, for May, March and August are also words and names."""
    found = []
    for match in _bare_month_pattern().finditer(text):
        cue = _MONTH_CUE.search(text, max(0, match.start() - 10), match.start())
        if cue is None:
            continue
        word = cue[0].strip(" -").lower()
        direction = {"last": -1, "next": 1, "this": 0}.get(word)
        start = cue.start() if direction is not None else match.start()
        found.append(
            DateSpan(
                start,
                match.end(),
                "month",
                relative=Relative("month", names("en").full_months[fold(match[0])], direction),
            )
        )
    return found


def _is_year(text: str, match: re.Match[str]) -> bool:
    return _YEAR_CUE.search(text, max(0, match.start() - 10), match.start()) is not None


def _without_overlap(spans: list[DateSpan]) -> list[DateSpan]:
    kept: list[DateSpan] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
