"""Points in time as people write them: an instant, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_AGO = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class When(click.ParamType):
    """`2026-03-01T12:00:00Z`, `2026-03-01` (UTC where no zone is written), or `2h`, `30m`, `7d` ago."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant, in UTC."""
        if isinstance(value, datetime):
            return value
        written = str(value).strip()
        ago = _AGO.fullmatch(written)
        try:
            if ago is not None:
                return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            instant = datetime.fromisoformat(written)
            return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"«{written}» is neither an instant such as 2026-03-01T12:00:00Z nor an age such as 2h.", param, ctx
            )
