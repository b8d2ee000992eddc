"""The time that an article is of: a span, because dates are often known to the day or the month only.

Arrival says when a text came to us, event time when it was news. Backfill arrives beside live articles and is years
older: texts are compared where both lie close together. A date that nobody knows is all of time, and refuses nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import DatePrecision

DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_DAYS_LOW, _DAYS_HIGH = -(1 << 15), (1 << 15) - 1

# The longest that the unit can be, so that the span is never too short.
_UNIT_MS = {
    DatePrecision.HOUR: _HOUR_MS,
    DatePrecision.DAY: DAY_MS,
    DatePrecision.MONTH: 31 * DAY_MS,
    DatePrecision.YEAR: 366 * DAY_MS,
}


class Span(NamedTuple):
    """From the first to the last moment that an article may be of, milliseconds since 1970."""

    first_ms: int
    last_ms: int

    @property
    def days(self) -> tuple[int, int]:
        """The same in whole days, in 16 bits: 1880 to 2059, beyond that the nearest of them."""
        first, last = self.first_ms // DAY_MS, self.last_ms // DAY_MS
        return max(_DAYS_LOW, min(_DAYS_HIGH, first)), max(_DAYS_LOW, min(_DAYS_HIGH, last))


ALWAYS = Span(-(1 << 62), 1 << 62)
"""The span of an article whose date is unknown."""


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970; integer arithmetic, because floats lose the last digit."""
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """Inverse of `to_ms`."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)


def span(first_ms: int | None, last_ms: int | None) -> Span:
    """A span as a head remembers it; without a first moment it is all of time."""
    if first_ms is None:
        return ALWAYS
    return Span(first_ms, first_ms if last_ms is None else max(first_ms, last_ms))


def span_of(article: ParsedArticle) -> Span:
    """The span of an article as it came: its date of publication, as long as the unit to which that is known."""
    if article.published_at is None:
        return ALWAYS
    first = to_ms(article.published_at)
    precision = article.published_precision
    return Span(first, first + (_UNIT_MS.get(precision, 0) if precision is not None else 0))


def span_of_revision(article: ParsedArticle, arrival_ms: int) -> Span:
    """The span of a revision that we saw happen: up to its modification, for that is what a copy of it is dated by.

    Only there: pages that were never seen to change carry the day of their last template as `modified_at`. A
    modification after the arrival is no fact and does not count.
    """
    published = span_of(article)
    if published == ALWAYS or article.modified_at is None:
        return published
    modified = to_ms(article.modified_at)
    return published if 0 < arrival_ms < modified else Span(published.first_ms, max(published.last_ms, modified))


def close(a: Span, b: Span, window_ms: int) -> bool:
    """Whether no more than the window lies between two spans, in either direction: backfill comes in any order."""
    return a.first_ms - b.last_ms <= window_ms and b.first_ms - a.last_ms <= window_ms


def within(new_ms: int, old_ms: int, window_ms: int) -> bool:
    """Whether an older arrival is recent enough. An unknown arrival (0) always is: there is nothing to refuse it by."""
    return new_ms <= 0 or old_ms <= 0 or new_ms - old_ms <= window_ms
