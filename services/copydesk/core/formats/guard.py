"""A look at the size and depth of HTML before any tree is built: extraction takes minutes on what this refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.core.errors import Rejected
from copydesk.core.options import ParseOptions
from copydesk_schemas.reasons import Code

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:\-]*)")
# Elements without content, and those that the next of their kind closes: neither makes a tree deep.
_FLAT = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "tfoot",
        "path", "circle", "rect", "use", "polygon", "line", "script", "style",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guarded:
    """HTML that is safe to parse. `cut` counts tags that were taken out because they stood too deep."""

    html: str
    tags: int
    depth: int
    cut: int = 0


def guard_html(html: str, options: ParseOptions) -> Guarded:
    """Measure a page; take out tags below the greatest depth, with their text kept.

    Raises:
        Rejected: oversized, where there are more tags than extraction can bear.
    """
    depth = deepest = tags = 0
    limit = options.max_html_depth
    too_deep: list[tuple[int, int]] = []
    for match in _TAG.finditer(html):
        tags += 1
        if match[2].lower() in _FLAT:
            continue
        if match[1]:
            if depth > limit:
                too_deep.append(match.span())
            depth = max(0, depth - 1)
        else:
            depth += 1
            if depth > limit:
                too_deep.append(match.span())
            elif depth > deepest:
                deepest = depth
    if tags > options.max_html_tags:
        raise Rejected(Code.OVERSIZED, f"the page has {tags} tags; {options.max_html_tags} is the limit")
    if not too_deep:
        return Guarded(html, tags, deepest)
    pieces = []
    at = 0
    for start, end in too_deep:
        close = html.find(">", end)
        pieces.append(html[at:start])
        at = len(html) if close < 0 else close + 1
    pieces.append(html[at:])
    return Guarded(" ".join(pieces), tags, deepest, len(too_deep))
