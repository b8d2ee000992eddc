"""Which of the dates that a page shows are of its own story, by where they stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from copydesk.core.document import FoundDate
from copydesk_schemas.reasons import DateRole

_DATES_MAX = 12
"""Shown dates that become candidates, the surest."""
_BESIDE = 80
"""Characters between the day of publication and that of an update beside it."""
_OTHERS = 0.35
"""What a day near the headline loses where a better one stands there."""
_NAMED, _ONLY = 0.4, 0.5
"""Confidence in a date marked up as such away from the headline, and where the page has no other."""
_LISTED = 3
"""So many days in the same markup away from the headline are the dates of other stories."""


@dataclass(frozen=True, slots=True)
class Line:
    """A date in its line.

    `signature` is the markup around it, `near` whether it stands beside a headline, `distance` the characters between.
    """

    date: FoundDate
    day: str
    signature: tuple[str | None, ...]
    near: bool
    labelled: bool
    distance: int
    only_updated: bool
    """Whether nothing but the class that hAtom demands says what it dates."""


def select_dates(lines: Sequence[Line], *, published: bool) -> list[FoundDate]:
    """The dates that may be of the story itself, at most twelve, in document order.

    Args:
        lines: all that were read.
        published: whether metadata state the publication.
    """
    days: dict[tuple[str | None, ...], set[str]] = {}
    for line in lines:
        days.setdefault(line.signature, set()).add(line.day)
    kept = [line for line in lines if line.near or len(days[line.signature]) < _LISTED]
    published = published or any(line.date.role is DateRole.PUBLISHED and not line.only_updated for line in kept)
    dates = _nearest_first([_as_updated(line) if published and line.only_updated else line for line in kept])
    if len(dates) > _DATES_MAX:
        least = sorted((date.confidence for date in dates), reverse=True)[_DATES_MAX - 1]
        dates = [date for date in dates if date.confidence >= least][:_DATES_MAX]
    return dates


def _only_one(lines: list[Line]) -> list[FoundDate]:
    """Away from the headline a marked-up date is the story's only where the page has no other day."""
    dates = [line.date for line in lines]
    if len({line.day for line in lines if line.date.role is DateRole.PUBLISHED}) != 1:
        return dates
    return [
        replace(date, confidence=_ONLY)
        if date.role is DateRole.PUBLISHED
        and date.confidence < _ONLY
        and (date.source.startswith("dom:time") or (date.source == "dom:line" and date.confidence >= _NAMED))
        else date
        for date in dates
    ]


def _as_updated(line: Line) -> Line:
    return replace(line, date=replace(line.date, role=DateRole.MODIFIED))


def _nearest_first(lines: list[Line]) -> list[FoundDate]:
    """Of several days near the headline, the labelled or the nearest one is the story's.

    A later day right beside it is that of an update; those further off are other stories'.
    """
    own = [line for line in lines if line.near and line.date.role is DateRole.PUBLISHED]
    if not own:
        return _only_one(lines)
    best = min(own, key=lambda line: (not line.labelled, line.distance))
    dates = []
    for line in lines:
        date = line.date
        if line in own and line.day != best.day and not line.labelled:
            if line.day > best.day and abs(line.distance - best.distance) <= _BESIDE:
                date = replace(date, role=DateRole.MODIFIED, confidence=0.5)
            else:
                date = replace(date, confidence=round(max(0.1, date.confidence - _OTHERS), 3))
        dates.append(date)
    return dates
