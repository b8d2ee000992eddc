"""A story that stands as HTML in the data of a page's script, and nowhere in its elements."""

from __future__ import annotations

import json
import re
from typing import Any

from copydesk.core.formats.extraction import lighten, parse_html
from copydesk.core.formats.guard import guard_html
from copydesk.core.options import ParseOptions
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace

_STRING = re.compile(r"(?:[^\"\\]++|\\.)++", re.DOTALL)
"""What stands between two quotes of a script, be it a string or code between strings."""
_PARAGRAPH = re.compile(r"(?:<|\\u003[cC])p[\s>\\]")
_CHARS = 600
"""Characters of such a string, markup included, from which on it may be a story."""
_PARAGRAPHS = 3
"""Paragraphs from which on it may be one: labels and notices of a page have fewer."""
_TEXT = 500
"""Characters that the text of the story has at least."""
_TEXTS = ("p", "h2", "h3", "h4", "li", "blockquote")
"""Elements of the string that are read; what stands beside them is placeholders and bylines."""


def story_in_scripts(html: str, options: ParseOptions, trace: Trace = NO_TRACE) -> str:
    """The body of the story that is the longest HTML string in a page's scripts; empty where there is none.

    Args:
        html: the page as it came, scripts included: it is parsed again, so ask only where nothing else was found.
        options: limits.
        trace: gets what was taken out of the story.

    Raises:
        Rejected: oversized, the string holds more tags, links or attributes than are read.
    """
    tree = parse_html(html)
    markup = _longest(tree) if tree is not None else ""
    story = parse_html(f"<div>{guard_html(markup, options).html}</div>") if markup else None
    if story is None:
        return ""
    lighten(story)
    for caption in list(story.iter("figcaption", "div", "span", "p")):
        if caption.tag == "figcaption" or "caption" in (caption.get("class") or "").lower():
            note_removed(trace, caption, Reason.CAPTION)
            caption.drop_tree()
    inner = (one for one in story.iter(*_TEXTS) if next(one.iterdescendants(*_TEXTS), None) is None)
    body = "\n\n".join(filter(None, (normalize_line(one.text_content()) for one in inner)))
    return body if len(body) >= _TEXT else ""


def _longest(tree: Any) -> str:
    """The longest HTML string with paragraphs, JSON-LD left aside."""
    best = ""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            continue
        for match in _STRING.finditer(script.text or ""):
            text = match[0]
            if len(text) < max(_CHARS, len(best)) or len(_PARAGRAPH.findall(text)) < _PARAGRAPHS:
                continue
            try:
                best = max(best, json.loads(f'"{text}"', strict=False), key=len)
            except ValueError:
                continue  # code between two strings
    return best
