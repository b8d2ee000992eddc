"""The dates on offer: read from their strings, weighed one by one, and barred where they can not be true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.core.dates.partial import PartialDate
from copydesk.core.dates.read import ReadDate, read_date
from copydesk.core.dates.written import EITHER_ORDER
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
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d\d)(?!\d)", re.ASCII)
_MONTH_FIRST = frozenset({"US", "PH"})
_EITHER_FIRST = frozenset({"CA", "CN", "JP", "KR", "TW"})
"""Countries that use both orders, or whose own order starts with the year."""


@dataclass(slots=True)
class Offer:
    """A date that was read, what is thought of it, and whether it is ruled out or taken."""

    found: FoundDate
    read: ReadDate
    confidence: float
    reason: str = ""
    chosen: bool = False
    barred: bool = False

    @property
    def date(self) -> PartialDate:
        """The date itself."""
        return self.read.date


def day_first_of(language: str, country: str | None) -> bool | None:
    """The order in 03/04/2019, where it is known: by the publisher's country, else by a language that has one order."""
    if country in _MONTH_FIRST:
        return False
    if country is not None and country not in _EITHER_FIRST:
        return True
    primary = language.partition("-")[0].lower()
    return None if primary in {"en", "und"} else True


def read_all(
    found: Sequence[FoundDate], language: str, *, day_first: bool | None, reference: datetime | None = None
) -> list[Offer]:
    """Every date that could be read, once a source, role and value.

    Args:
        found: the dates as they stood.
        language: of the text, BCP 47.
        day_first: the order in 03/04/2019, where it is known; else the other dates of the page may tell.
        reference: a moment after which nothing can have been published.
    """
    if day_first is None:
        day_first = _order_shown(found)
    offers: list[Offer] = []
    seen: set[tuple[str, DateRole, str]] = set()
    doubtful: list[Offer] = []
    for item in found:
        read = read_date(item.raw, language=language, day_first=day_first)
        if read is None or (item.source, item.role, read.date.value) in seen:
            continue
        seen.add((item.source, item.role, read.date.value))
        offer = Offer(item, read, item.confidence * read.confidence)
        day = read.date.as_day()
        if read.weekday is not None and day is not None and day.weekday() != read.weekday:
            offer.confidence *= 0.5
            offer.reason = "its weekday is not the weekday of that date"
        offers.append(offer)
        if read.reason == EITHER_ORDER:
            doubtful.append(offer)
    if doubtful:
        known = [
            o.date
            for o in offers
            if o not in doubtful
            and o.date.month is not None
            and (o.found.role in OFFERS or o.found.role is DateRole.MODIFIED or o.found.source == "image")
        ]
        for offer in doubtful:
            _resolve_order(offer, known, language, reference)
    return offers


def _order_shown(found: Sequence[FoundDate]) -> bool | None:
    """The order of day and month by the page's other numbers: «25/03/2019» can be read in one way only."""
    orders = {
        int(m[1]) > 12 for item in found for m in _NUMERIC.finditer(item.raw) if (int(m[1]) > 12) != (int(m[2]) > 12)
    }
    return orders.pop() if len(orders) == 1 else None


def _resolve_order(offer: Offer, known: Sequence[PartialDate], language: str, reference: datetime | None) -> None:
    """Read a date of two possible orders in the one that another date of the page bears out, if only one is."""
    readings = []
    for day_first in (True, False):
        read = read_date(offer.found.raw, language=language, day_first=day_first)
        if read is not None and read.date.day is not None:
            readings.append(read)
    borne_out = [r for r in readings if any(r.date.compatible_with(other) for other in known)]
    if not borne_out and reference is not None:
        borne_out = [r for r in readings if (r.date.as_instant() or reference) <= reference + _FUTURE_SLACK]
    if len(borne_out) == 1:
        offer.read = borne_out[0]
        offer.confidence = offer.found.confidence * offer.read.confidence


def bar(offer: Offer, reference: datetime | None, flags: set[Flag]) -> None:
    """Say of a date why it can not be a publication date at all."""
    date = offer.date
    instant = date.as_instant()
    if offer.read.reason == EITHER_ORDER:
        offer.barred, offer.reason = True, f"not taken: {EITHER_ORDER}"
    elif date.year is None or instant is None:
        offer.barred, offer.reason = True, "not taken: it names no year"
    elif date.year < _OLDEST_YEAR or (date.year, date.month, date.day) in _PLACEHOLDERS:
        offer.barred, offer.reason = True, "not taken: a placeholder of some program, not a date"
    elif reference is not None and instant > reference + _FUTURE_SLACK and offer.found.role is not DateRole.MENTIONED:
        offer.barred, offer.reason = True, "not taken: it lies in the future of the fetch"
        if offer.found.role in OFFERS:
            flags.add(Flag.DATE_FUTURE)
