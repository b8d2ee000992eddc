"""The day that a story tells of, as far as its own text gives it away: dated pictures and named weekdays.

A page that was posted again carries the day of the re-posting. The text of a news story still says «Thursday», and its
captions still date the pictures: together they give the day, though seldom the year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from copydesk.core.dates.find import DateSpan, find_dates
from copydesk.core.dates.partial import PartialDate
from copydesk.core.dates.read import weekday_name

_MIN_WEEKDAYS = 2
"""Fewer named weekdays do not make a text a story of that week."""
_YEARS_BACK = 15
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoryDay:
    """`value` is a partial date without a year unless one year alone is possible."""

    value: str
    years: tuple[int, ...]
    distance_days: int
    """From the page's date back to the nearest of the dated pictures."""
    evidence: str
    reason: str


def story_day(page: PartialDate, captions: Sequence[str], body: str, language: str) -> StoryDay | None:
    """The story's day by its captions and weekdays; None where they do not give it away.

    Args:
        page: the full date that the page carries.
        captions: captions of the pictures; those alone are taken for dates of the story's own days.
        body: the text.
        language: BCP 47.
    """
    day = page.as_day()
    dated = [(text, span.date) for text in captions for span in find_dates(text, language=language) if _is_day(span)]
    if day is None or not dated:
        return None
    spans = find_dates("\n\n".join((*captions, body)), language=language)
    weekdays = Counter(s.relative.number for s in spans if s.relative is not None and s.relative.kind == "weekday")
    if weekdays.total() < _MIN_WEEKDAYS:
        return None
    distances = [abs((day - _latest(shown, day)).days) for _, shown in dated if shown is not None]
    counts = Counter((shown.month, shown.day) for _, shown in dated if shown is not None)
    (month, number), _ = min(counts.items(), key=lambda item: (-item[1], item[0]))
    named_years = [s.date.year for s in spans if s.date is not None and s.date.year is not None]
    stated = {shown.year for _, shown in dated if shown is not None and shown.year is not None}
    oldest = max([y for y in named_years if y <= day.year], default=day.year - _YEARS_BACK)
    years = sorted(stated) if stated else range(max(oldest, day.year - _YEARS_BACK), day.year + 1)
    told, _ = min(weekdays.items(), key=lambda item: (-item[1], item[0]))
    by_weekday: dict[int, list[date]] = {}
    for year in years:
        picture = _day(year, month or 1, number or 1)
        if picture is not None and picture.weekday() in weekdays:
            by_weekday.setdefault(picture.weekday(), []).append(picture)
    if not by_weekday:
        return None
    weekday = max(by_weekday, key=lambda w: (weekdays[w], -w))
    pictures = by_weekday[weekday]
    story = pictures[0] + timedelta(days=(told - weekday) % 7)
    possible = tuple(p.year for p in pictures)
    texts = next(text for text, shown in dated if shown is not None and (shown.month, shown.day) == (month, number))
    value = story.isoformat() if len(possible) == 1 else f"--{story.month:02d}-{story.day:02d}"
    return StoryDay(
        value=value,
        years=possible,
        distance_days=min(distances),
        evidence=texts,
        reason=(
            f"captions date pictures to {number} {_MONTHS[(month or 1) - 1]}, a {weekday_name(weekday)} in "
            f"{' and '.join(map(str, possible[-4:]))}, and the text most often names {weekday_name(told)}"
        ),
    )


def _is_day(span: DateSpan) -> bool:
    return span.date is not None and span.date.month is not None and span.date.day is not None


def _latest(shown: PartialDate, page: date) -> date:
    """The occurrence of a day nearest to the page's date; a stated year stands."""
    years = (shown.year,) if shown.year is not None else (page.year - 1, page.year, page.year + 1)
    days = [d for year in years if (d := _day(year, shown.month or 1, shown.day or 1)) is not None]
    return min(days, key=lambda d: abs((page - d).days), default=page)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:  # 29 February
        return None
