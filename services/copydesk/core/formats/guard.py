"""A look at the size and depth of HTML before any tree is built: extraction takes minutes on what this refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.core.errors import Rejected
from copydesk.core.options import ParseOptions
from copydesk_schemas.reasons import Code

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:\-]*)")
# Elements without content, and those that the parser closes where the next of their kind begins: neither goes deeper.
_FLAT = frozenset(
    {
        "area", "base", "br", "col", "hr", "img", "input", "link", "meta", "param",
        "p", "li", "tr", "td", "th", "option", "tbody", "script", "style",
    }
)  # fmt: skip
_LEVELS = {"table": 4, "ul": 2, "ol": 2, "select": 2}
"""Levels that a container brings with the flat elements in it."""
_UNKNOWN_VOID = frozenset({"wbr", "source", "track", "embed"})
"""HTML 5 elements without content that libxml2 takes for containers, each within the one before. They hold no text."""
_PARSER_DEPTH = 200
"""libxml2 drops everything from the 256th level on, the rest of the page included; flat elements need room too."""
_SHAPES = frozenset({"path", "circle", "rect", "use", "polygon", "polyline", "line", "ellipse", "stop", "image", "g"})
"""SVG elements that close themselves, where they are written so."""

_PAGE_ENDS = frozenset({"body", "html"})
"""libxml2 drops what follows their end tags; HTML 5 reads on (section 13.2.6.4.19, «after body»)."""

_LONG_TAG = 50_000
_MAX_ATTRIBUTES = 10_000
"""libxml2 compares each attribute with all before it: 60,000 of one element take seconds. Names are counted, in long
tags only: what an attribute's value holds costs nothing."""
_ATTRIBUTE = re.compile(r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+""")
"""One attribute as HTML 5 reads it: its name (which may begin with an equals sign), and its value, if it has one."""
_END = re.compile(f"(?:{_ATTRIBUTE.pattern})*+")
"""What stands in a tag up to the angle that is in no value."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """HTML that is safe to parse. `cut` counts tags that were taken out because they stood too deep."""

    html: str
    tags: int
    depth: int
    cut: int = 0


def guard_html(html: str, options: ParseOptions) -> Guarded:
    """Measure a page; take out tags below the greatest depth, with their text kept, and ends that are none.

    Raises:
        Rejected: oversized, where there are more tags, links or attributes than extraction can bear.
    """
    limit = min(options.max_html_depth, _PARSER_DEPTH)
    most_tags, most_links = options.max_html_tags, options.max_html_links
    depth = deepest = tags = links = cut = 0
    pieces: list[str] = []
    ends: list[tuple[int, int]] = []
    at = close = counted = 0
    matches = _TAG.finditer(html)
    for match in matches:
        tags += 1
        if tags > most_tags:
            tags += sum(1 for _ in matches)
            raise Rejected(Code.OVERSIZED, f"the page has {tags} tags; {most_tags} is the limit")
        slash, name = match.groups()
        start, end = match.span()
        name = name.lower()
        if name == "a" and not slash:
            links += 1
            if links > most_links:
                raise Rejected(Code.OVERSIZED, f"the page has more than {most_links} links, which is the limit")
        if start < at:
            continue  # within a tag that was taken out
        if close <= start:
            close = html.find(">", end) + 1 or len(html)
            if end >= counted and close - end > 1:
                counted = _count_attributes(html, end, close)
        if slash and name in _PAGE_ENDS:
            ends.append((start, close))
            continue
        if ends:
            at = _leave_out(html, at, ends, pieces)
        if name in _UNKNOWN_VOID:
            pieces.append(html[at:start])
            at = close
            continue
        if name in _FLAT:
            continue
        if name in _SHAPES and html[close - 2] == "/":
            continue
        levels = _LEVELS.get(name, 1)
        too_deep = depth > limit if slash else depth + levels > limit
        depth = max(0, depth - levels) if slash else depth + levels
        if too_deep:
            cut += 1
            pieces += (html[at:start], " ")
            at = close
        elif depth > deepest:
            deepest = depth
    if ends and html[ends[-1][1] :].strip():
        at = _leave_out(html, at, ends, pieces)
    if not pieces:
        return Guarded(html, tags, deepest)
    pieces.append(html[at:])
    return Guarded("".join(pieces), tags, deepest, cut)


def _leave_out(html: str, at: int, tags: list[tuple[int, int]], pieces: list[str]) -> int:
    """Add the text from `at` on without these tags, which are forgotten; where the last of them ends."""
    for start, end in tags:
        pieces.append(html[at:start])
        at = end
    tags.clear()
    return at


def _count_attributes(html: str, start: int, close: int) -> int:
    """Where the tag that holds `start` ends, angles in values left aside; `close` is after the first angle.

    Raises:
        Rejected: oversized, it has too many attributes of different names.
    """
    end = close
    tag = html[start:close]
    if "=" in tag and ('"' in tag or "'" in tag):
        found = _END.match(html, start)
        end = max(close, found.end() if found else close)
    if end - start <= _LONG_TAG:
        return end
    names: set[str] = set()
    while (attribute := _ATTRIBUTE.match(html, start, end)) is not None:
        names.add(attribute[1])
        if len(names) > _MAX_ATTRIBUTES:
            raise Rejected(Code.OVERSIZED, f"an element has more than {_MAX_ATTRIBUTES} attributes")
        start = attribute.end()
    return end
