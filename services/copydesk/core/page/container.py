"""The element that holds a page's story, for pages that call it nothing an extractor knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

_SHARE = 0.8
"""Share of the prose that the smallest such element holds at least."""
_PROSE = 500
"""Characters of prose from which on a container is looked for."""
_CONTAINERS = frozenset({"article", "div", "main", "section"})
_LAYOUT = frozenset({"aside", "span", "table", "tbody", "td", "tr"})
"""Elements that hold whole pages where they are used for layout; extractors look for no container among them."""


def story_container(paragraphs: Iterable[tuple[Any, int]]) -> Any | None:
    """The smallest element that holds most of the prose; None where there is little prose, or no fit element.

    Args:
        paragraphs: elements of prose with their sizes.
    """
    held: defaultdict[Any, int] = defaultdict(int)
    for paragraph, size in paragraphs:
        for around in paragraph.iterancestors():
            held[around] += size
    total = max(held.values(), default=0)
    if total < _PROSE:
        return None
    large = [
        element for element, size in held.items() if size >= _SHARE * total and element.tag not in {"body", "html"}
    ]
    # More than half of the prose stands in each: of two, one holds the other.
    smallest = max(large, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)
    if smallest is None or smallest.tag not in _CONTAINERS | _LAYOUT:
        return None
    return smallest


def mark(tree: Any, container: Any) -> list[Any]:
    """Name an element as schema.org does where a story stands; the ones that were named so and are no more."""
    others: list[Any] = tree.xpath("//*[@itemprop='articleBody']")
    for other in others:
        del other.attrib["itemprop"]
    if container.tag in _LAYOUT:
        container.tag = "div"
    container.set("itemprop", "articleBody")
    return others


def unmark(container: Any, others: list[Any]) -> None:
    """Undo `mark`, but for the tag of an element used for layout."""
    del container.attrib["itemprop"]
    for other in others:
        other.set("itemprop", "articleBody")
