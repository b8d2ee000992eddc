"""Parts of a story whose names make trafilatura discard them: an «embed» that is half of it, a «slide» for each place.

Its lists take names for what they mostly stand for. Where most of what they cost a page is prose, they are wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from copydesk.core.page.discarded import attributes_of, listed
from copydesk.core.page.measure import Measure
from copydesk.core.trace import NO_TRACE, Trace

_LOST_SHARE = 0.4
"""Share of the page's prose that must be lost in such parts. Boxes beside a story have up to .3 of it."""
_PROSE_OF_PAGE = 500
"""Characters of prose that a page must have for shares of it to mean anything."""
_LINK_SHARE = 0.25
"""Share of links from which on a part leads to other stories."""
_WRAPPER = 0.9
"""Share of the page's prose from which on an element's name says nothing of the parts in it."""
_START = 40
"""Characters by which a paragraph is found again in the body, for line breaks may have divided it there."""
_OTHER = re.compile(
    r"comment(?!ary)|disqus|related|recommend|newsletter|side-?bar|footer|author|\bbio\b|cookie|consent|\bnav|"
    r"navigation|navbar|menu|teaser|promo|popular|more-(?:on|from)|read-(?:more|next|also)|sponsor|advert|\bads?\b|"
    r"opinion|reader|outbrain|taboola|discussion|forum|repl(?:y|ies)|\bmeta\b|feedback|survey|\bpoll",
    re.IGNORECASE,
)
"""Names of what is no part of a story, however long it is: such parts stay discarded."""
_UNNAMED = frozenset({"article", "main"})
"""Elements whose names are often the words of a story: its author, its tags."""


Names = list[tuple[Any, dict[str, str]]]
"""Elements with the attributes that were taken off them."""


def clear_names(body: str, prose: Mapping[str, Any], measured: Measure, trace: Trace = NO_TRACE) -> Names:
    """Take the names off parts that were discarded for them, if they hold much of the page's prose. What was taken off.

    Args:
        body: what extraction gave, paragraphs divided by blank lines.
        prose: the page's paragraphs of prose: text in the same normal form, and element.
        measured: sizes of the page's elements.
        trace: is told of each part.
    """
    total = sum(map(len, prose))
    lost = lost_prose(body, prose)
    least = _LOST_SHARE * total
    if total < _PROSE_OF_PAGE or sum(lost.values()) < least:
        return []
    around = {element: _around(element) for element in lost}
    parts = [part for part in dict.fromkeys(part for above in around.values() for part in above) if part.attrib]
    discarded = set(_discarded(parts))
    no_story = {part for part in parts if _is_other(part, measured)}
    found: dict[Any, None] = {}
    weight = 0
    for element, size in lost.items():
        own = [part for part in around[element] if part in discarded]
        if own and no_story.isdisjoint(around[element]):
            found.update(dict.fromkeys(own))
            weight += size
    if weight < least:
        return []
    cleared = [(part, attributes_of(part)) for part in found]
    for part, names in cleared:
        trace.note("html", f"<{part.tag}>", "its names are not gone by", "most of what they cost is prose of the story")
        for name in names:
            del part.attrib[name]
    return cleared


def restore_names(cleared: Names) -> None:
    """Undo `clear_names`."""
    for part, names in cleared:
        part.attrib.update(names)


def lost_prose(body: str, prose: Mapping[str, Any]) -> dict[Any, int]:
    """Elements of prose that are not in the body, with their sizes. Arguments as those of `clear_names`."""
    kept = {text[:_START] for text in body.split("\n\n")}
    return {element: len(text) for text, element in prose.items() if text[:_START] not in kept}


def _around(element: Any) -> list[Any]:
    return [part for part in (element, *element.iterancestors()) if part.tag not in {"body", "html"}]


def _discarded(parts: Iterable[Any]) -> list[Any]:
    named = [part for part in parts if attributes_of(part)]
    hits = listed([(part.tag, attributes_of(part)) for part in named])
    return [part for part, hit in zip(named, hits, strict=True) if hit]


def _is_other(part: Any, measured: Measure) -> bool:
    """Whether a part is, by its names or its links, no part of the story."""
    if measured.linked[part] > _LINK_SHARE * measured.size[part]:
        return True
    if part.tag in _UNNAMED or measured.prose[part] >= _WRAPPER * measured.prose[measured.root]:
        return False
    return any(_OTHER.search(value) is not None for value in attributes_of(part).values())
