"""Dates of which any unit may be missing: what a source states, and not a unit more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from copydesk_schemas.reasons import DatePrecision

_VALUE = re.compile(
    r"(?P<year>\d{4}|-)(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?Z)?)?)?",
    re.ASCII,
)
_MAX_OFFSET = 16 * 60
"""Minutes; no zone was ever further from UTC (Manila until 1844: 15 h 56 min)."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date, perhaps with a time. Either the year is known or both month and day are.

    Units are local to `offset` (minutes east of UTC), or to an unknown zone where that is None.

    Raises:
        ValueError: units that no calendar has, or a finer unit without the coarser one.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    microsecond: int | None = None
    offset: int | None = None

    def __post_init__(self) -> None:
        if self.year is None and (self.month is None or self.day is None):
            raise ValueError("a date without a year needs month and day")
        # 2000 was a leap year: without a year, 29 February is possible.
        date(2000 if self.year is None else self.year, self.month or 1, self.day or 1)
        chain = (self.month, self.day, self.hour, self.minute, self.second, self.microsecond)
        if any(coarse is None and fine is not None for coarse, fine in pairwise(chain)):
            raise ValueError("a finer unit needs the coarser one")
        if self.hour is not None:
            if self.year is None:
                raise ValueError("a time needs a full date")
            datetime(2000, 1, 1, self.hour, self.minute or 0, self.second or 0, self.microsecond or 0, tzinfo=UTC)
        if self.offset is not None and (self.hour is None or abs(self.offset) > _MAX_OFFSET):
            raise ValueError("an offset needs a time, and lies within 16 hours")

    @classmethod
    def parse(cls, value: str) -> PartialDate:
        """The date that `value` wrote. A day's midnight as an instant stays an instant.

        Raises:
            ValueError: not the form that `value` has.
        """
        match = _VALUE.fullmatch(value)
        if match is None:
            raise ValueError(f"not a date value: {value[:40]!r}")
        number = {name: int(text) for name, text in match.groupdict().items() if text and text != "-"}
        fraction = match["fraction"]
        number.pop("fraction", None)
        return cls(
            **number,
            microsecond=int(fraction.ljust(6, "0")) if fraction else None,
            offset=0 if match["hour"] else None,
        )

    @classmethod
    def of_instant(cls, instant: datetime) -> PartialDate:
        """An aware instant, in UTC, to the second or finer."""
        i = instant.astimezone(UTC)
        return cls(i.year, i.month, i.day, i.hour, i.minute, i.second, i.microsecond or None, 0)

    @classmethod
    def of_day(cls, day: date) -> PartialDate:
        """A calendar day."""
        return cls(day.year, day.month, day.day)

    @property
    def precision(self) -> DatePrecision:
        """The finest unit known."""
        if self.second is not None:
            return DatePrecision.SECOND
        if self.minute is not None:
            return DatePrecision.MINUTE
        if self.hour is not None:
            return DatePrecision.HOUR
        if self.day is not None:
            return DatePrecision.DAY
        return DatePrecision.MONTH if self.month is not None else DatePrecision.YEAR

    @property
    def tz_known(self) -> bool:
        """Whether the offset from UTC is known."""
        return self.offset is not None

    @property
    def value(self) -> str:
        """`2019-03-28T15:42:00Z` where an hour is known (UTC is assumed without an offset), else the partial date."""
        if self.hour is not None:
            instant = self.as_instant()
            if instant is not None:
                text = f"{instant.year:04d}-{instant:%m-%dT%H:%M:%S}"
                if instant.microsecond:
                    fraction = f"{instant.microsecond:06d}"
                    text += "." + (fraction[:3] if fraction.endswith("000") else fraction)
                return text + "Z"
        if self.year is None:
            return f"--{self.month:02d}-{self.day:02d}"
        parts = [f"{self.year:04d}"]
        parts += [f"{unit:02d}" for unit in (self.month, self.day) if unit is not None]
        return "-".join(parts)

    def as_instant(self) -> datetime | None:
        """The instant in UTC with unknown units at their lowest; None without a year or beyond the calendar's ends."""
        if self.year is None:
            return None
        local = datetime(
            self.year,
            self.month or 1,
            self.day or 1,
            self.hour or 0,
            self.minute or 0,
            self.second or 0,
            self.microsecond or 0,
            tzinfo=UTC,
        )
        try:
            return local - timedelta(minutes=self.offset or 0)
        except OverflowError:
            return None

    def as_day(self) -> date | None:
        """The calendar day as stated, in the source's own zone; None where a unit is missing."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    def compatible_with(self, other: PartialDate, *, days: int = 0) -> bool:
        """Whether both may be the same date.

        Args:
            other: the other date.
            days: how far two full days may be apart; 1 allows for time zones.
        """
        mine, others = self.as_day(), other.as_day()
        if mine is not None and others is not None:
            return abs((mine - others).days) <= days
        return all(
            a is None or b is None or a == b
            for a, b in ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        )
