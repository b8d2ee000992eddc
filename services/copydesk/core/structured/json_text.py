"""JSON as the web writes it: with line breaks within strings, comments around it, and lone surrogates."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_OPENING = re.compile(r"\A(?:\s|<!--|/\*.*?\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)+", re.DOTALL)
_CLOSING = ("-->", "//]]>", "// ]]>", "/*]]>*/", "]]>", ";")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_SURROGATES = re.compile("[\ud800-\udfff]")


def load_json(text: str) -> Any:
    """The parsed value, free of surrogates; None where it is not JSON even with small faults forgiven."""
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        pass
    bare = _OPENING.sub("", text, count=1).rstrip()
    while (end := next((mark for mark in _CLOSING if bare.endswith(mark)), None)) is not None:
        bare = bare.removesuffix(end).rstrip()
    for attempt in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            # strict=False lets control characters stand in strings: the commonest fault of JSON-LD by far.
            return without_surrogates(json.loads(attempt, strict=False))
        except (ValueError, RecursionError):
            continue
    return None


def without_surrogates(value: Any) -> Any:
    """A parsed value with U+FFFD for each lone surrogate: no encoder takes them.

    Raises:
        RecursionError: it is nested too deeply.
    """
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_SURROGATES.sub("\ufffd", key): without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    return value
