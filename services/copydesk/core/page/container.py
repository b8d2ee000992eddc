"""The element that holds a page's story, for pages that call it nothing an extractor knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from copydesk.core.page.measure import Measure

_SHARE = 0.8
"""Share of the prose that the smallest such element holds at least."""
KNOWN = 250
"""Characters of prose from which on what is named a container is one; Trafilatura takes less for too little."""
_PROSE = 500
"""Characters of prose from which on a container is looked for."""
CONTAINERS = frozenset({"article", "div", "main", "section"})
"""Elements among which extractors look for a container."""
_HEADLINES = frozenset({"h1", "h2", "h3"})
_LAYOUT = frozenset({"aside", "span", "table", "tbody", "td", "tr"})
"""Elements that hold whole pages where they are used for layout."""


def story_container(paragraphs: Iterable[tuple[Any, int]]) -> Any | None:
    """The smallest element that holds most of the prose; None where there is little prose, or no fit element.

    Args:
        paragraphs: elements of prose with their sizes.
    """
    held = held_by(paragraphs)
    total = max(held.values(), default=0)
    if total < _PROSE:
        return None
    large = [
        element for element, size in held.items() if size >= _SHARE * total and element.tag not in {"body", "html"}
    ]
    # More than half of the prose stands in each: of two, one holds the other.
    smallest = max(large, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)
    if smallest is None or smallest.tag not in CONTAINERS | _LAYOUT:
        return None
    around = smallest.getparent()
    if not twins(smallest, held):
        return smallest
    return around if around.tag in CONTAINERS | _LAYOUT else None


def held_by(paragraphs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """What the elements around some paragraphs hold of them. Arguments as those of `story_container`."""
    held: defaultdict[Any, int] = defaultdict(int)
    for paragraph, size in paragraphs:
        for around in paragraph.iterancestors():
            held[around] += size
    return dict(held)


def twins(container: Any, prose: Mapping[Any, int]) -> list[Any]:
    """Elements after or before a container that are called the same, as parts of a story are that a box divides.

    What has a headline of its own is another story: an h1, or a heading of the kind that the container opens with.

    Args:
        container: a part of a page; an `article` has no twins, for each is a story.
        prose: characters of prose that elements hold.
    """
    name = container.get("class")
    if not name or container.tag == "article":
        return []
    beside = chain(container.itersiblings(container.tag), container.itersiblings(container.tag, preceding=True))
    alike = [part for part in beside if part in prose and part.get("class") == name]
    opening = _opening(container) if alike else None
    return [
        part
        for part in alike
        if part.find(".//h1") is None and (opening not in _HEADLINES or _opening(part) != opening)
    ]


def _opening(part: Any) -> str | None:
    """The tag that a part opens with, of a heading or paragraph."""
    first = next(part.iter(*_HEADLINES, "p"), None)
    return None if first is None else str(first.tag)


@dataclass(frozen=True, slots=True)
class Marked:
    """What `mark` changed."""

    container: Any
    others: list[Any]
    """Elements that were named so and are no more."""
    before: list[tuple[Any, str]]
    """Elements that were taken for a container, with the tags that they had."""


def mark(measured: Measure, container: Any) -> Marked:
    """Name an element as schema.org does where a story stands, so that extraction takes it for its container.

    Of several elements with names of containers extraction takes the first. Those before this one that hold hardly any
    prose («page-content-trail») are made side elements, which it leaves out.
    """
    from trafilatura.xpaths import BODY_XPATH

    others: list[Any] = measured.root.xpath("//*[@itemprop='articleBody']")
    for other in others:
        del other.attrib["itemprop"]
    if container.tag in _LAYOUT:
        container.tag = "div"
    container.set("itemprop", "articleBody")
    around = {container, *container.iterancestors()}
    before: list[tuple[Any, str]] = []
    for element in BODY_XPATH[0](measured.root):
        if element in around:
            break
        if measured.prose[element] < KNOWN:
            before.append((element, element.tag))
            element.tag = "aside"
    return Marked(container, others, before)


def unmark(marked: Marked) -> None:
    """Undo `mark`, but for the tag of an element used for layout."""
    del marked.container.attrib["itemprop"]
    for other in marked.others:
        other.set("itemprop", "articleBody")
    for element, tag in marked.before:
        element.tag = tag
