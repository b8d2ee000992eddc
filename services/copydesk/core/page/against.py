"""What speaks against a block that the extraction left out: facts of its place, its name and its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lxml import etree

from copydesk.core.page.blocks import Block, Place

_SHARE = 0.5
"""Share of links among a block's words from which on they speak against it; of the body's words, from which on an
element is around the story rather than beside it."""
_MOST_OF_BODY = 0.9
"""Share of the body's words that the element has which is called its container."""
_LABEL = 3
_LISTS = {"li": "item", "dt": "item", "dd": "item", "ul": "list", "ol": "list", "dl": "list"}
"""What trafilatura makes of them before it looks at names."""
_TAGS = frozenset({"div", "p", "section", "span", "details", "aside", "main", "article"})
_ATTRIBUTES = frozenset({"class", "id", "role", "style", "aria-hidden", "data-component"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What a parser lets pass in attributes, and a builder of trees does not."""


class Kind(StrEnum):
    """Kinds of facts, the weightiest first."""

    INSIDE = "inside"
    NAMED = "named"
    OUTSIDE = "outside"
    LINKS = "links"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, in words."""

    kind: Kind
    text: str


class Against:
    """Knows the page's blocks and how many words of each stand in the body."""

    def __init__(self, blocks: Sequence[Block], kept: Sequence[int]) -> None:
        self._kept: dict[Place, int] = {}
        for block, words in zip(blocks, kept, strict=True):
            for place in block.place.around() if words else ():
                self._kept[place] = self._kept.get(place, 0) + words
        self._total = sum(kept)
        self.container = self._container()
        out = {place for block, words in zip(blocks, kept, strict=True) if not words for place in block.place.around()}
        self._cleaned, self._named = _left_out_by_name([place for place in out if not self._holds_story(place)])

    def facts(self, block: Block) -> list[Fact]:
        """What speaks against a block, weightiest first; nothing where nothing is known."""
        around = [place for place in block.place.around() if not self._holds_story(place)]
        found: list[Fact] = []
        # The outermost: what stands in it has one reason.
        if outer := next((place for place in reversed(around) if place in self._cleaned or place in self._named), None):
            inside = outer in self._cleaned
            found.append(
                Fact(Kind.INSIDE, f"in {outer.name}")
                if inside
                else Fact(Kind.NAMED, f"in {outer.name}, named or marked like what trafilatura leaves out")
            )
        if self.container is not None and self.container not in block.place.around():
            share = self._kept[self.container] / self._total
            found.append(
                Fact(Kind.OUTSIDE, f"outside {self.container.name}, which has {share:.0%} of the body's words")
            )
        if block.linked and block.linked >= _SHARE * len(block.words):
            found.append(Fact(Kind.LINKS, "mostly links"))
        if len(block.words) <= _LABEL:
            found.append(Fact(Kind.LABEL, "a label of few words"))
        return found

    def _container(self) -> Place | None:
        """The innermost element with most of the body's words, unless it is the page."""
        holders = [place for place, words in self._kept.items() if words >= _MOST_OF_BODY * self._total]
        inner = max(holders, key=lambda place: place.depth, default=None)
        return inner if inner is not None and inner.element.tag not in {"html", "body"} else None

    def _holds_story(self, place: Place) -> bool:
        return place.parent is None or (self._total > 0 and self._kept.get(place, 0) >= _SHARE * self._total)


def _left_out_by_name(places: Sequence[Place]) -> tuple[set[Place], set[Place]]:
    """Places whose tag, and places whose class, id or role trafilatura's own lists have.

    It goes by them unless that would leave too little of the page: a match speaks against a block and proves nothing.
    """
    from trafilatura.settings import MANUALLY_CLEANED
    from trafilatura.xpaths import (
        OVERALL_DISCARD_XPATH,
        RAW_TREE_PRUNE_XPATH,
        REMOVE_COMMENTS_XPATH,
        TEASER_DISCARD_XPATH,
    )

    tags = frozenset(MANUALLY_CLEANED)
    cleaned = {place for place in places if place.tag in tags}
    # One flat tree of empty elements that bear the same names: each list is asked once, and sizes play no part.
    root = etree.Element("root")
    by_probe: dict[Any, Place] = {}
    for place in places:
        probe = etree.SubElement(root, _LISTS.get(place.tag, place.tag if place.tag in _TAGS else "other"))
        # In their own order: some of the patterns look at the first alone.
        for name, value in place.element.items():
            if name in _ATTRIBUTES:
                probe.set(name, _CONTROL.sub("", value))
        by_probe[probe] = place
    lists: list[Any] = [*OVERALL_DISCARD_XPATH, *RAW_TREE_PRUNE_XPATH, *REMOVE_COMMENTS_XPATH, *TEASER_DISCARD_XPATH]
    named = {by_probe[probe] for xpath in lists for probe in xpath(root)}
    return cleaned, named
