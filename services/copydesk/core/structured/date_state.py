"""Days of publication in the data that a page hands to its own scripts, where it has no other metadata of it."""

from __future__ import annotations

import re

_CHARS = 3_000_000
_TRIES = 2_000
_FOUND_MAX = 50
_STEM = "ublish"
"""Of `datePublished`, `published_at`, `publishDate` and the like, whatever the spelling."""
_REST = re.compile(
    r"(?:ed|ing)?[_-]?(?:date|at|on|time|utc|timestamp){0,2}(?:\\{0,4}[\"'])\s{0,4}:\s{0,4}(?:\\{0,4}[\"'])"
    r"(\d{4}-\d\d-\d\d[T\d:.+Z -]{0,22})",
    re.IGNORECASE | re.ASCII,
)
_OTHERWISE = ("unp", "rep")
"""What stands before the stem in words that say something else: unpublished, republished."""


def state_dates(script: str) -> list[str]:
    """Dates under names such as `datePublished` in a script's text, as they stand; those of other stories too.

    Linear in the script's length.
    """
    found: list[str] = []
    at = script.find(_STEM, 0, _CHARS)
    for _ in range(_TRIES):
        if at < 0 or len(found) >= _FOUND_MAX:
            break
        end = at + len(_STEM)
        if script[max(0, at - 3) : at].lower() not in _OTHERWISE and (match := _REST.match(script, end)):
            found.append(match[1].strip())
        at = script.find(_STEM, end, _CHARS)
    return found
