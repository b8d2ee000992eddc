"""What speaks against a block that the extraction left out: facts of its place, its names and its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from copydesk.core.page.blocks import Block, Place
from copydesk.core.page.discarded import discarded_names, discarded_tags

_LINK_SHARE = 0.5
"""Share of links among a block's words from which on they speak against it."""
_MOST_OF_BODY = 0.9
"""Share of the body's words that the element has which is called its container."""
_KEPT_WORDS = 4
"""Words of the body from which on an element that has them was not left out as a whole."""
_LABEL_WORDS = 5
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\s\"”’»)]*\Z")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Kind(StrEnum):
    """Kinds of facts, the weightiest first."""

    TAG = "tag"
    NAME = "name"
    OUTSIDE = "outside"
    HEADING = "heading"
    LINKS = "links"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, in words."""

    kind: Kind
    text: str


class Against:
    """Knows a page's blocks, and how many words of each stand in the body."""

    def __init__(self, blocks: Sequence[Block], kept: Sequence[int]) -> None:
        self._kept: dict[Place, int] = {}
        for block, words in zip(blocks, kept, strict=True):
            for place in block.place.around() if words else ():
                self._kept[place] = self._kept.get(place, 0) + words
        self._total = sum(kept)
        self._container = self._innermost()
        self._no_heading = self._total > 0 and not any(
            words and block.place.element.tag in _HEADINGS for block, words in zip(blocks, kept, strict=True)
        )
        # In the order of the page, so that the same page reads the same each time.
        out = dict.fromkeys(
            place
            for block, words in zip(blocks, kept, strict=True)
            if not words
            for place in block.place.around()
            if place.parent is not None and self._kept.get(place, 0) < _KEPT_WORDS
        )
        self._tags = discarded_tags(out)
        self._names = discarded_names(list(out))

    def facts(self, block: Block) -> list[Fact]:
        """What speaks against a block, weightiest first; nothing where nothing is known."""
        around = block.place.around()
        found: list[Fact] = []
        # The outermost: all that stands in it has one reason.
        outer = next((place for place in reversed(around) if place in self._tags or place in self._names), None)
        if outer is not None:
            tag = outer in self._tags
            found.append(
                Fact(Kind.TAG, f"in {outer.name}")
                if tag
                else Fact(Kind.NAME, f"in {self._names[outer]}, which trafilatura lists as no part of a story")
            )
        if self._container is not None and self._container not in around:
            held = f"{self._kept[self._container] / self._total:.0%} of the body's words"
            found.append(Fact(Kind.OUTSIDE, f"outside {self._container.name}, which has {held}"))
        if self._no_heading and block.place.element.tag in _HEADINGS:
            found.append(Fact(Kind.HEADING, "a heading, and no heading of the page was kept"))
        if block.linked and block.linked >= _LINK_SHARE * len(block.words):
            found.append(Fact(Kind.LINKS, "mostly links"))
        if len(block.words) <= _LABEL_WORDS and not _SENTENCE_END.search(block.text[-9:]):
            found.append(Fact(Kind.LABEL, "a label of few words"))
        return found

    def _innermost(self) -> Place | None:
        """The innermost element with most of the body's words, unless it is the page or has them by itself."""
        around = {place.parent for place in self._kept}
        holders = [p for p, words in self._kept.items() if words >= _MOST_OF_BODY * self._total and p in around]
        inner = max(holders, key=lambda place: place.depth, default=None)
        return inner if inner is not None and inner.element.tag not in {"html", "body"} else None
