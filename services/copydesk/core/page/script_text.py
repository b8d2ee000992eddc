"""A story that stands as HTML in the data of a page's script, and nowhere in its elements."""

from __future__ import annotations

import json
import re
from typing import Any

_STRING = re.compile(r"(?:[^\"\\]++|\\.)++", re.DOTALL)
"""What stands between two quotes of a script, be it a string or code between strings."""
_PARAGRAPH = re.compile(r"(?:<|\\u003[cC])p[\s>\\]")
_CHARS = 600
"""Characters that such a string has at least."""
_PARAGRAPHS = 3
"""Paragraphs that it has at least."""


def html_in_scripts(tree: Any) -> str:
    """The longest string in a page's scripts that is HTML with paragraphs, JSON-LD left aside; empty if there is none."""
    best = ""
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":
            continue
        for match in _STRING.finditer(script.text or ""):
            text = match[0]
            if len(text) < _CHARS or len(text) <= len(best) or len(_PARAGRAPH.findall(text)) < _PARAGRAPHS:
                continue
            try:
                best = max(best, json.loads(f'"{text}"', strict=False), key=len)
            except ValueError:
                continue  # code between two strings
    return best
