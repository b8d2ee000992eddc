"""What a date expression of a text means, given the day that the text was published.

Weekdays by rules of our own: in a report a bare «Thursday» is the last one, the day of publication included; with a
word of the future («will», «is due») it is the next one, the day of publication included.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from copydesk.core.dates.find import DateSpan
from copydesk.core.dates.partial import PartialDate

_FUTURE = re.compile(
    r"\b(?:will|won['’]t|shall|(?:is|are|was|were)\s(?:to|due|set|scheduled|expected|slated)|due\sto|plans?\sto|"
    r"scheduled|upcoming|going\sto|ahead\sof|wird|werden|sera|seront|será|serán|sarà|saranno|zal|zullen|kommer)\b"
    r"|['’]ll\b",
    re.IGNORECASE,
)
_DEADLINE = re.compile(r"\b(?:by|until|till)\s\Z", re.IGNORECASE)
_NEAR_CHARS = 80
"""A word of the future speaks for a date so many characters before or after it in its sentence."""
_SOON = timedelta(days=7)
"""A day without a year lies at most so far ahead, unless a word of the future says more."""


def is_future(sentence: str, start: int, end: int) -> bool:
    """Whether the words around `sentence[start:end]` speak of what is to come."""
    if _DEADLINE.search(sentence, max(0, start - 8), start) is not None:
        return True
    return _FUTURE.search(sentence[max(0, start - _NEAR_CHARS) : end + _NEAR_CHARS]) is not None


def resolve(span: DateSpan, story: date | None, *, future: bool) -> tuple[str | None, float]:
    """Value (instant or partial date) and confidence of an expression.

    Args:
        span: the expression.
        story: the day of publication, where it is known to the day.
        future: whether the words around it speak of what is to come.

    Returns:
        None as value where the expression hangs on a day that is not known, or names no single date.
    """
    if span.date is not None:
        return _absolute(span, story, future=future)
    if story is None or span.relative is None:
        return None, 0.3
    relative = span.relative
    number, direction = relative.number, relative.direction
    if relative.kind == "weekday":
        day = _weekday(story, number, direction, future=future)
        return day.isoformat(), 0.9 if direction is not None or not future else 0.75
    if relative.kind == "days":
        return (story + timedelta(days=number)).isoformat(), 0.9
    if relative.kind == "week":
        monday = story - timedelta(days=story.weekday()) + timedelta(weeks=number)
        return monday.isoformat(), 0.7
    if relative.kind == "weekend":
        saturday = story - timedelta(days=(story.weekday() - 5) % 7)
        return (saturday + timedelta(weeks=max(number, 0))).isoformat(), 0.7
    if relative.kind == "month":
        return _month(story, number, direction, future=future)
    if relative.kind == "month_of":
        months = story.year * 12 + story.month - 1 + number
        return f"{months // 12:04d}-{months % 12 + 1:02d}", 0.7
    if relative.kind == "year_of":
        return f"{story.year + number:04d}", 0.8
    return None, 0.3  # a season: which months depends on the hemisphere


def _absolute(span: DateSpan, story: date | None, *, future: bool) -> tuple[str | None, float]:
    written = span.date
    if written is None:
        raise ValueError("not an absolute date")
    confidence = 0.6 if span.doubt else 0.95
    if written.year is not None or story is None:
        return written.value, confidence if written.year is not None else 0.7
    days = []
    for year in (story.year - 1, story.year, story.year + 1):
        try:
            days.append(date(year, written.month or 1, written.day or 1))
        except ValueError:  # 29 February
            continue
    if not days:
        return written.value, 0.5
    if future:
        chosen = min((d for d in days if d >= story), default=days[-1])
    else:
        chosen = max((d for d in days if d <= story + _SOON), default=days[0])
    return PartialDate.of_day(chosen).value, 0.85


def _weekday(story: date, number: int, direction: int | None, *, future: bool) -> date:
    back = (story.weekday() - number) % 7
    ahead = (number - story.weekday()) % 7
    if direction == -1:
        return story - timedelta(days=back or 7)
    if direction == 1:
        return story + timedelta(days=ahead or 7)
    return story + timedelta(days=ahead) if future else story - timedelta(days=back)


def _month(story: date, number: int, direction: int | None, *, future: bool) -> tuple[str, float]:
    year = story.year
    if direction == 1 or (future and direction is None):
        year += number < story.month or (direction == 1 and number == story.month)
    elif direction == -1:
        year -= number >= story.month
    elif direction is None:
        year -= number > story.month
    return f"{year:04d}-{number:02d}", 0.75
