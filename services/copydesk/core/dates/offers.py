"""The dates on offer: read from their strings, weighed one by one, and barred where they can not be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.core.dates.partial import PartialDate
from copydesk.core.dates.read import ReadDate, read_date
from copydesk.core.document import FoundDate
from copydesk_schemas.reasons import DateRole, Flag

_FUTURE_SLACK = timedelta(hours=36)
"""Clocks are wrong, and «tomorrow's paper» is dated so: no zone is further ahead than 14 hours."""
_OLDEST_YEAR = 1600
"""The first newspapers. Earlier years are placeholders."""
_PLACEHOLDERS = frozenset({(1, 1, 1), (1900, 1, 1), (1970, 1, 1), (1999, 11, 30), (2000, 1, 1)})
"""Zero in the calendars of programs."""
OFFERS = (DateRole.PUBLISHED, DateRole.PAGE, DateRole.URL, DateRole.FEED, DateRole.DATELINE)
"""Roles that may become `published_at`, the most direct claim first."""
SAME_DAYS = 1
"""Two full dates of one publication may lie so many days apart: time zones."""
_MONTH_FIRST = frozenset({"US", "PH"})


@dataclass(slots=True)
class Offer:
    found: FoundDate
    read: ReadDate
    confidence: float
    reason: str = ""
    chosen: bool = False
    barred: bool = False

    @property
    def date(self) -> PartialDate:
        return self.read.date


def day_first_of(language: str, country: str | None) -> bool | None:
    """The order in 03/04/2019, where it is known: by the publisher's country, else by a language that has one order."""
    if country in _MONTH_FIRST:
        return False
    if country is not None and country != "CA":
        return True
    primary = language.partition("-")[0].lower()
    return None if primary in {"en", "und"} else True


def read_all(found: Sequence[FoundDate], language: str, day_first: bool | None) -> list[Offer]:  # noqa: FBT001 - three states, not a switch
    offers: list[Offer] = []
    seen: set[tuple[str, DateRole, str]] = set()
    for item in found:
        read = read_date(item.raw, language=language, day_first=day_first)
        if read is None or (item.source, item.role, read.date.value) in seen:
            continue
        seen.add((item.source, item.role, read.date.value))
        confidence = item.confidence * read.confidence
        offer = Offer(item, read, confidence)
        day = read.date.as_day()
        if read.weekday is not None and day is not None and day.weekday() != read.weekday:
            offer.confidence *= 0.5
            offer.reason = "its weekday is not the weekday of that date"
        offers.append(offer)
    return offers


def bar(offer: Offer, reference: datetime | None, flags: set[Flag]) -> None:
    """Say of a date why it can not be a publication date at all."""
    date = offer.date
    instant = date.as_instant()
    if date.year is None or instant is None:
        offer.barred, offer.reason = True, "not taken: it names no year"
    elif date.year < _OLDEST_YEAR or (date.year, date.month, date.day) in _PLACEHOLDERS:
        offer.barred, offer.reason = True, "not taken: a placeholder of some program, not a date"
    elif reference is not None and instant > reference + _FUTURE_SLACK and offer.found.role is not DateRole.MENTIONED:
        offer.barred, offer.reason = True, "not taken: it lies in the future of the fetch"
        if offer.found.role in OFFERS:
            flags.add(Flag.DATE_FUTURE)
