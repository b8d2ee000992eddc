"""The headings of a page that may be its headline: their text, and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from copydesk.core.envelope import web_url
from copydesk.core.text.normalize import normalize_line

_HEADING_CHARS = 500
_MAX_HEADINGS = 60
"""Headings that are read of a page: its headline is among the first, and hostile pages nest them by the thousand."""
_MAX_LINKS = 20
"""Links of a heading that are looked at."""
_ANCHORS = frozenset({"", "¶", "#", "§", "🔗"})
"""Texts of links by which readers find the address of a heading."""
_BESIDE = frozenset({"nav", "footer", "aside"})
_STORY = frozenset({"article", "main"})
_WHOLE = _STORY | {"body", "html"}
"""Elements whose classes tell of the page's rubrics and of what it allows, not of a place in it."""
_BESIDE_CLASS = re.compile(
    r"bread|(?<![a-z])nav|logo|brand(?!ed)|site[-_]?(?:title|name|id|head|brand|logo)|menu|footer|related|modal|popup|cookie|"
    r"comment|sidebar",
    re.IGNORECASE,
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
    link: str | None = None
    """Where a link from it leads: to another page, the front page behind a logo, or the page itself."""
    beside: bool = False
    """In navigation (a trail of breadcrumbs often ends in an h1), in an aside or the footer."""
    in_story: bool = False
    """Within an article or the main element."""
    marked: bool = False
    """Its class or itemprop calls it a headline or title."""

    def is_printed(self, url: str | None = None) -> bool:
        """Whether it can be the headline that a reader sees.

        Args:
            url: of the page: a headline may link to its own page.
        """
        return not self.beside and (self.link is None or _same_page(self.link, url))


def _same_page(link: str, url: str | None) -> bool:
    """Whether a link leads to the page that it is on, whatever its query."""
    if not url or link.startswith("#"):
        return False
    own, other = web_url(url, None), web_url(link, url)
    if own is None or other is None:
        return False
    here, there = urlsplit(own), urlsplit(other)
    return len(here.path) > 1 and here.path.rstrip("/") == there.path.rstrip("/") and here.netloc == there.netloc


def read_heading(element: Any, position: int) -> Heading | None:
    """A heading from an h1 or h2 element; None where it has no text, too much of it, or comes too late."""
    if position >= _MAX_HEADINGS:
        return None
    pieces: list[str] = []
    length = 0
    for part in islice(element.itertext(), _HEADING_CHARS):
        if (flat := normalize_line(part[: 2 * _HEADING_CHARS])) and flat not in _ANCHORS:
            pieces.append(flat)
            length += len(flat) + 1
            if length > _HEADING_CHARS:
                return None
    return _heading(element, pieces, position) if pieces else None


def _heading(element: Any, pieces: list[str], position: int) -> Heading:
    ancestors = list(element.iterancestors())
    tags = {parent.tag for parent in ancestors}
    near = " ".join(
        f"{parent.get('class') or ''} {parent.get('id') or ''}" for parent in ancestors[:2] if parent.tag not in _WHOLE
    )
    own = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
    return Heading(
        text=" ".join(pieces),
        level=int(element.tag[1]),
        position=position,
        pieces=tuple(pieces),
        link=_link(element, ancestors),
        beside=_is_beside(element, ancestors)
        or bool(_BESIDE_CLASS.search(near) and not (element.tag == "h2" and _HEADLINE_CLASS.search(own))),
        in_story=bool(tags & _STORY),
        marked=_HEADLINE_CLASS.search(own) is not None,
    )


def _link(element: Any, ancestors: list[Any]) -> str | None:
    """The address of a link around a heading, else of the first one in it."""
    around = next((parent for parent in ancestors if parent.tag == "a"), None)
    inside = (link for link in islice(element.iter("a"), _MAX_LINKS) if not _is_anchor(link))
    link = next(inside, None) if around is None else around
    return None if link is None else (link.get("href") or "").strip()


def _is_anchor(link: Any) -> bool:
    """Whether a link is only a sign beside a heading, by which readers find the address of its place."""
    return (link.text or "").strip() in _ANCHORS and (link.get("href") or "").startswith("#")


def _is_beside(element: Any, ancestors: list[Any]) -> bool:
    """Whether it is in navigation and the like; a story within such an element shows that its end was forgotten."""
    for parent in ancestors:
        if parent.tag in _BESIDE:
            return True
        if parent.tag in _STORY and element.tag == "h1":
            return False
    return False
