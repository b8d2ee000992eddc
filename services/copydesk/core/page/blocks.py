"""The visible text of a page as blocks in document order, as it stands before anything is taken out.

Walked only while a trace is on, for `copydesk explain`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from copydesk.core.page.removed import path_of
from copydesk.core.text.normalize import normalize_line

MOST = 2_000
"""Blocks of a page that are told; those beyond are counted."""
NAME = 40
"""Characters of an element's name that are shown."""
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "img", "ins", "kbd", "mark", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
        "strong", "sub", "sup", "time", "tt", "u", "var", "video", "wbr",
    }
)  # fmt: skip
"""Elements that go on with the line they stand in; all others begin and end a block."""
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_NO_SPACES = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, kana and Chinese characters."""
_TOKEN = re.compile(f"[{_NO_SPACES}]|[^\\W{_NO_SPACES}]+")


@dataclass(slots=True, eq=False)
class Place:
    """An element of the page as it was found, with the blocks in it: those from `first` up to `end`.

    `part_of` is the block that an inline element is a part of, if it is of one.
    """

    element: Any
    parent: Place | None
    name: str
    """Tag and first class or id, such as `div.related`."""
    depth: int
    first: int
    end: int = 0
    part_of: int | None = None

    def around(self) -> list[Place]:
        """This place and those around it, innermost first."""
        found = [self]
        while (up := found[-1].parent) is not None:
            found.append(up)
        return found


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text within one block-level element.

    Attributes:
        place: the element, the innermost that begins and ends a block.
        path: it and up to three elements around it, as CSS selectors.
        text: in normal form, on one line.
        words: as `words_of` divides the text.
        linked: how many of them stand in links.
    """

    place: Place
    path: str
    text: str
    words: tuple[str, ...]
    linked: int


@dataclass(slots=True)
class PageBlocks:
    """The blocks of a page: the first `MOST`, and how many there are beyond."""

    blocks: list[Block] = field(default_factory=list)
    more: int = 0
    places: dict[Any, Place] = field(default_factory=dict)
    """By element."""

    def follow(self, tree: Any, copied: Any) -> None:
        """Know the elements of a tree in its copy too, which is what is worked on from here."""
        for element, twin in zip(tree.iter(), copied.iter(), strict=True):
            if (place := self.places.get(element)) is not None:
                self.places[twin] = place
                place.element = twin


def words_of(text: str) -> tuple[str, ...]:
    """Words in lower case; each character of Chinese, Japanese and Thai, which put no spaces between words, is one."""
    return tuple(_TOKEN.findall(text.casefold()))


def walk_blocks(tree: Any) -> PageBlocks:
    """The blocks of a tree, in one walk."""
    return _Walk().over(tree)


class _Walk:
    def __init__(self) -> None:
        self.page = PageBlocks()
        self.stack: list[Place] = []
        self.holders: list[Place] = []
        self.links = 0
        self.text: list[str] = []
        self.linked: list[str] = []
        self.pending = False
        """Whether the text that is being gathered has more than white space."""
        self.count = 0

    def over(self, tree: Any) -> PageBlocks:
        walk = etree.iterwalk(tree, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if tag in _UNSEEN:
                if event == "start":
                    walk.skip_subtree()
                else:
                    self._read(element.tail)
            elif event == "start":
                self._begin(element, tag)
            else:
                self._end(element, tag)
        self.page.more = max(0, self.count - MOST)
        return self.page

    def _begin(self, element: Any, tag: str) -> None:
        if tag not in _INLINE:
            self._flush()
        up = self.stack[-1] if self.stack else None
        # What an inline element shares with the text before it is not its own block.
        first = self.count + (1 if self.pending else 0)
        place = Place(element, up, _name(element), len(self.stack), first)
        self.page.places[element] = place
        self.stack.append(place)
        self.links += tag == "a"
        if tag not in _INLINE:
            self.holders.append(place)
        self._read(element.text)

    def _end(self, element: Any, tag: str) -> None:
        place = self.stack.pop()
        if tag not in _INLINE:
            self._flush()
            self.holders.pop()
        elif self.pending and place.first >= self.count:
            place.part_of = self.count
        place.end = self.count
        self.links -= tag == "a"
        self._read(element.tail)

    def _read(self, text: str | None) -> None:
        if text:
            self.text.append(text)
            self.pending = self.pending or not text.isspace()
            if self.links:
                self.linked.append(text)

    def _flush(self) -> None:
        if self.pending and self.count < MOST:
            text = normalize_line("".join(self.text))
            holder = self.holders[-1]
            linked = len(words_of(" ".join(self.linked)))
            words = words_of(text)
            self.page.blocks.append(Block(holder, path_of(holder.element), text, words, min(linked, len(words))))
        self.count += self.pending
        self.pending = False
        self.text.clear()
        self.linked.clear()


def _name(element: Any) -> str:
    classes = (element.get("class") or "").split()
    own_id = (element.get("id") or "").split()
    more = f".{classes[0]}" if classes else f"#{own_id[0]}" if own_id else ""
    return f"{element.tag}{more}"[:NAME]
