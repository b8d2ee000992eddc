"""Conventions shared by all record types: strict on output, forgiving on input, instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema


def _to_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone, for example 2019-03-28T15:42:00Z")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant lies between the years 1 and 9999 in UTC") from error


def format_instant(value: datetime) -> str:
    """RFC 3339 in UTC with `Z`; fractions of a second only where there are any (milliseconds, else microseconds)."""
    value = value.astimezone(UTC).replace(tzinfo=None)
    # Not strftime: it writes the year 1 as «1».
    precision = "seconds" if value.microsecond == 0 else "microseconds" if value.microsecond % 1000 else "milliseconds"
    return value.isoformat(timespec=precision) + "Z"


Instant = Annotated[
    datetime,
    AfterValidator(_to_utc),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant: RFC 3339 on the wire, in UTC, an aware `datetime` in Python."""

UNTRUSTED = "x-untrusted"
"""Key of the JSON Schema extension that marks strings which outsiders wrote."""

Untrusted = Annotated[str, Field(json_schema_extra={UNTRUSTED: True})]
"""Text or an address taken from the article, its page or its producer. Whoever wrote that chose these characters."""

Score = Annotated[float, Field(ge=0.0, le=1.0)]
"""A score or confidence, 0 to 1."""

Json = dict[str, Any]


class Record(BaseModel):
    """Base of everything published: unknown keys are refused, values are frozen, every key is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Input(BaseModel):
    """Base of everything accepted: unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)
