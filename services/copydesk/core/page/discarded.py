"""Elements that trafilatura leaves out for their tag, or for what their class, id or role says.

Its own lists are asked. It goes by them unless too little of the page would be left: to be listed speaks against an
element and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from lxml import etree

from copydesk.core.page.blocks import NAME, Place

_LISTS = {"li": "item", "dt": "item", "dd": "item", "ul": "list", "ol": "list", "dl": "list"}
"""What trafilatura makes of them before it looks at names."""
_TAGS = frozenset({"div", "p", "section", "span", "details", "aside", "main", "article"})
_ATTRIBUTES = frozenset({"class", "id", "role", "style", "aria-hidden", "data-component"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What a parser lets pass in attributes, and a builder of trees does not."""


def discarded_tags(places: Iterable[Place]) -> set[Place]:
    """Those with a tag that is left out with all it holds."""
    from trafilatura.settings import MANUALLY_CLEANED

    tags = frozenset(MANUALLY_CLEANED)
    return {place for place in places if place.element.tag in tags}


def discarded_names(places: Sequence[Place]) -> dict[Place, str]:
    """Those with a listed class, id, role or style, each as a selector of what is listed, such as `div.related`."""
    tags = [place.element.tag for place in places]
    attributes = [attributes_of(place.element) for place in places]
    hits = [number for number, hit in enumerate(listed(list(zip(tags, attributes, strict=True)))) if hit]
    parts = [(number, selector, part) for number in hits for selector, part in _parts(attributes[number])]
    alone = listed([(tags[number], part) for number, _, part in parts])
    first = {number: selector for (number, selector, _), hit in reversed(list(zip(parts, alone, strict=True))) if hit}
    return {
        places[number]: f"{places[number].element.tag}{first[number]}"[:NAME]
        if number in first
        else places[number].name
        for number in hits
    }


def attributes_of(element: Any) -> dict[str, str]:
    """Those of an element's attributes that the lists look at."""
    # In the element's order: some of the patterns look at the first attribute alone.
    return {name: _CONTROL.sub("", value) for name, value in element.items() if name in _ATTRIBUTES}


def _parts(attributes: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each class and each other attribute of an element alone, with a selector for it."""
    for name, value in attributes.items():
        if name == "class":
            yield from ((f".{one}", {name: one}) for one in value.split())
        else:
            yield f"#{value}" if name == "id" else f"[{name}={value}]", {name: value}


def listed(elements: Sequence[tuple[str, dict[str, str]]]) -> list[bool]:
    """For each tag with its attributes whether trafilatura lists it."""
    from trafilatura.xpaths import (
        OVERALL_DISCARD_XPATH,
        RAW_TREE_PRUNE_XPATH,
        REMOVE_COMMENTS_XPATH,
        TEASER_DISCARD_XPATH,
    )

    # One flat tree of empty elements: each list is asked once, and what they hold plays no part.
    root = etree.Element("root")
    for tag, own in elements:
        etree.SubElement(root, _LISTS.get(tag, tag if tag in _TAGS else "other"), own)
    lists: Iterable[Any] = chain(
        OVERALL_DISCARD_XPATH, RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_XPATH, TEASER_DISCARD_XPATH
    )
    hits = {element for xpath in lists for element in xpath(root)}
    return [element in hits for element in root]
