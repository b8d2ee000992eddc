"""The headings of a page that may be its headline: their text, and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from copydesk.core.text.normalize import normalize_line

_HEADING_CHARS = 500
_MAX_HEADINGS = 60
"""Headings that are read of a page: its headline is among the first, and hostile pages nest them by the thousand."""
_BESIDE = frozenset({"nav", "footer", "aside"})
_STORY = frozenset({"article", "main"})
_BESIDE_CLASS = re.compile(
    r"bread|nav|logo|brand|masthead|site|menu|footer|related|modal|popup|cookie|comment|sidebar", re.IGNORECASE
)
_HEADLINE_CLASS = re.compile(r"head(?:er|line)|title", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first or second level."""

    text: str
    level: int = 1
    position: int = 0
    """Its number among the headings of the page."""
    pieces: tuple[str, ...] = ()
    """Texts of its parts: a rubric before the headline is often a span of its own."""
    linked: bool = False
    """A link goes from it: it leads to another page, or is the site's logo."""
    beside: bool = False
    """In navigation (a trail of breadcrumbs often ends in an h1), in an aside or the footer."""
    in_story: bool = False
    """Within an article or the main element."""
    marked: bool = False
    """Its class or itemprop calls it a headline or title."""

    @property
    def is_printed(self) -> bool:
        """Whether it can be the headline that a reader sees."""
        return not self.beside and not self.linked


def read_heading(element: Any, position: int) -> Heading | None:
    """A heading from an h1 or h2 element; None where it has no text, too much of it, or comes too late."""
    if position >= _MAX_HEADINGS:
        return None
    pieces: list[str] = []
    length = 0
    for part in islice(element.itertext(), _HEADING_CHARS):
        if flat := normalize_line(part[: 2 * _HEADING_CHARS]):
            pieces.append(flat)
            length += len(flat) + 1
            if length > _HEADING_CHARS:
                return None
    return _heading(element, pieces, position) if pieces else None


def _heading(element: Any, pieces: list[str], position: int) -> Heading:
    ancestors = list(element.iterancestors())
    tags = {parent.tag for parent in ancestors}
    near = " ".join(f"{parent.get('class') or ''} {parent.get('id') or ''}" for parent in ancestors[:2])
    own = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
    return Heading(
        text=" ".join(pieces),
        level=int(element.tag[1]),
        position=position,
        pieces=tuple(pieces),
        linked="a" in tags or element.find(".//a") is not None,
        beside=bool(tags & _BESIDE)
        or bool(_BESIDE_CLASS.search(near) and not (element.tag == "h2" and _HEADLINE_CLASS.search(own))),
        in_story=bool(tags & _STORY),
        marked=_HEADLINE_CLASS.search(own) is not None,
    )
