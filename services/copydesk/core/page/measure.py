"""How much text, prose and links each element of a page holds: counted once, from the leaves up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

PROSE = 80
"""Characters from which on a paragraph is prose rather than a label."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = HEADINGS | {
    "p", "div", "li", "ul", "section", "article", "table", "blockquote", "pre", "figure", "ol", "dl", "hr", "aside",
    "main", "form",
}  # fmt: skip
_BARE_HOLDERS = frozenset({"div", "section", "article", "main"})
"""Elements in which text may stand bare, beside blocks."""
_GROUPS = frozenset({"div", "section", "ul", "ol", "aside", "main", "article", "td"})
"""Elements whose children may be a group of teasers."""
_NO_TEASERS = HEADINGS | {"p", "br", "span", "blockquote", "table", "tr", "td", "body"}
_TEASER = range(15, 901)
"""Characters of a teaser: headline and excerpt."""

HOLDS_BLOCK = 1
"""A block element stands in it, or it is one."""
_TEXT_BLOCK = 2
"""The same for a heading, paragraph or `div` with a text."""
_STORY = 4
"""The same for a heading or paragraph, whether or not it has a text."""
_LINK = 8
_HEADED_LINK = 16
"""The same for a link around a block with a text, or in a heading."""


@dataclass(slots=True)
class Measure:
    """Sizes are characters, runs of white space counted as one, those between elements not at all.

    Elements that are absent from a dictionary hold none of it. The sizes of a link's text and of a paragraph's are
    their whole; nested links count once.
    """

    root: Any
    size: defaultdict[Any, int] = field(default_factory=lambda: defaultdict(int))
    prose: defaultdict[Any, int] = field(default_factory=lambda: defaultdict(int))
    """Of paragraph elements that are prose."""
    linked: defaultdict[Any, int] = field(default_factory=lambda: defaultdict(int))
    """Of links."""
    holds: defaultdict[Any, int] = field(default_factory=lambda: defaultdict(int))
    bare: list[Any] = field(default_factory=list)
    """Elements that hold blocks and, beside them, `PROSE` characters or more of bare text; inner ones first."""
    leaves: list[Any] = field(default_factory=list)
    """`div` elements with `PROSE` characters or more and no block in them: paragraphs under another name."""
    block_links: list[Any] = field(default_factory=list)
    """Links around a heading or paragraph, inner ones first."""
    teasers: defaultdict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """By element, those of its children that look like teasers, last ones first."""

    def weight(self, element: Any) -> int:
        """What an element counts for among all the page holds: its prose, or its text where the page has no prose."""
        return self.prose[element] if self.prose[self.root] else self.size[element]

    def add_prose(self, element: Any, characters: int) -> None:
        """Count prose that was found after the walk, for an element and all around it."""
        while element is not None:
            self.prose[element] += characters
            element = element.getparent()


def measure(tree: HtmlElement) -> Measure:
    """Measure every element of a tree in one walk, inner elements before outer ones."""
    found = Measure(tree)
    size, prose, linked, holds = found.size, found.prose, found.linked, found.holds
    bare: defaultdict[Any, int] = defaultdict(int)
    # Document order reversed: what an element holds has been counted when its turn comes.
    for element in reversed(list(tree.iter("*"))):
        tag = element.tag
        parent = element.getparent()
        own = held = 0
        if text := element.text:
            own = len(" ".join(text.split()))
            bare[element] += own
        own += size[element]
        if element in holds:
            held = holds[element]
        if tag == "a":
            linked[element] = own
            # A link to a place in the page itself leads to no other story; «#» alone may lead anywhere.
            if (href := element.get("href")) and (href[0] != "#" or len(href) == 1):
                if held & _STORY:
                    found.block_links.append(element)
                held |= _LINK | (_HEADED_LINK if held & _TEXT_BLOCK else 0)
        elif tag in _BLOCKS:
            if tag == "p":
                held |= HOLDS_BLOCK | _STORY | (_TEXT_BLOCK if own else 0)
                if own >= PROSE:
                    prose[element] = own
            elif tag in HEADINGS:
                held |= HOLDS_BLOCK | _STORY | (_TEXT_BLOCK if own else 0) | (_HEADED_LINK if held & _LINK else 0)
            else:
                if bare[element] >= PROSE and held & HOLDS_BLOCK and tag in _BARE_HOLDERS:
                    found.bare.append(element)
                if tag == "div" and own >= PROSE and not held & HOLDS_BLOCK:
                    found.leaves.append(element)
                held |= HOLDS_BLOCK | (_TEXT_BLOCK if own and tag == "div" else 0)
        size[element] = own
        holds[element] = held
        if parent is None:
            break
        if held & _HEADED_LINK and own in _TEASER and tag not in _NO_TEASERS and parent.tag in _GROUPS:
            found.teasers[parent].append(element)
        holds[parent] |= held
        if element in prose:
            prose[parent] += prose[element]
        if element in linked:
            linked[parent] += linked[element]
        if tail := element.tail:
            outside = len(" ".join(tail.split()))
            bare[parent] += outside
            own += outside
        size[parent] += own
    return found
