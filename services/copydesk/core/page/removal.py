"""What of a page is no part of its story, told by its shape: hidden elements, teasers of other stories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from copydesk.core.page.measure import Measure
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.trace import NO_TRACE, Trace

_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_SHARE = 0.5
"""Share of the page's prose up to which what is hidden is not for readers; more is a story that a script shows."""
_GROUP = 2
"""Teasers from which on they are a group."""
_GROUP_SHARE = 0.8
"""Share of the elements of one name, side by side, that must be teasers for them to be a group."""
_TEASER_SHARE = 0.7
"""Share of the page's prose up to which groups of teasers are beside the story; with more of it they are the story."""
_LINK_SHARE = 0.6
"""The same for links around a heading or paragraph."""
_LINK_CHARS = 1_500
"""Characters that a link around headings and paragraphs has at most to be a teaser; longer ones were not closed."""
_PROSE_OF_PAGE = 500
"""Characters of prose that a page must have for links around blocks to be taken out of it."""


def remove_asides(measured: Measure, trace: Trace = NO_TRACE) -> None:
    """Take out of a measured tree what is hidden, groups of teasers, and links around headings or paragraphs."""
    root = measured.root
    taken: set[Any] = set()
    total = measured.weight(root)
    hidden = [one for one in _hidden(root) if measured.weight(one) <= _HIDDEN_SHARE * total]
    total -= _take(hidden, _HIDDEN_SHARE * total, taken, measured, Reason.HIDDEN, trace)
    total -= _take(_teasers(measured), _TEASER_SHARE * total, taken, measured, Reason.TEASER_GROUP, trace)
    if measured.prose[root] >= _PROSE_OF_PAGE:
        links = [link for link in measured.block_links if measured.size[link] < _LINK_CHARS]
        _take(links, _LINK_SHARE * total, taken, measured, Reason.BLOCK_LINK, trace)
    for element in taken:
        element.drop_tree()


def _take(candidates: list[Any], most: float, taken: set[Any], measured: Measure, reason: Reason, trace: Trace) -> int:
    """Mark for removal those that are in no other, unless together they weigh more than `most`; their weight."""
    inside = taken.union(candidates)
    outer = [one for one in candidates if one not in taken and not any(up in inside for up in one.iterancestors())]
    weight = sum(map(measured.weight, outer))
    if weight > most:
        return 0
    for one in outer:
        note_removed(trace, one, reason)
    taken.update(outer)
    return weight


def _hidden(root: Any) -> Iterator[Any]:
    """Elements that readers do not see unless they ask for them, in document order."""
    for element in root.iter("*"):
        attributes = element.attrib
        # One look in Python costs a quarter of an XPath over these attributes.
        if not attributes or element.tag in {"html", "body"}:
            continue
        if (
            ("hidden" in attributes and attributes["hidden"] != "until-found")
            or ("style" in attributes and _INVISIBLE.search(attributes["style"]))
            or ("role" in attributes and attributes["role"] in {"dialog", "alertdialog"})
            or attributes.get("aria-modal") == "true"
        ):
            yield element


def _teasers(measured: Measure) -> list[Any]:
    """Elements that look like teasers and stand beside others of their name that do."""
    found: list[Any] = []
    for parent, children in measured.teasers.items():
        alike = Counter(child.tag for child in children)
        if max(alike.values()) < _GROUP:
            continue
        all_alike = Counter(child.tag for child in parent)
        groups = {tag for tag, n in alike.items() if n >= _GROUP and n >= _GROUP_SHARE * all_alike[tag]}
        found += [child for child in children if child.tag in groups]
    return found
