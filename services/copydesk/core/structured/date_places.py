"""What the names of elements say of a date within: whether it is the story's at all, and what it dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

FRAME = frozenset({"body", "html", "main"})
"""Elements that hold the whole page: their classes say nothing of a part of it."""
IN, MAYBE, NEAR, OUT = 0, 1, 2, 3
"""Whether an element belongs to the story: yes, only where more says so, only beside the headline, no."""

_OUT_TAGS = frozenset({"nav", "form", "select", "blockquote", "pre", "code", "table"})
_MAYBE_TAGS = frozenset({"aside", "figure", "figcaption"})
_OUT = re.compile(
    r"(?<![a-z])(?:comment|related|sidebar|side-bar|recommend|popular|latest|recent|trending|most-?read|newsletter|recirc|"
    r"more-(?!info)|read-?next|pagination|carousel|slider|swiper|archive|cookie|consent|modal|popup|cite|citation|"
    r"reference|footnote|review-item|testimonial|weather|reply|upcoming|suggest|subscribe|copyright|navbar|disclaimer)|"
    r"(?<![a-z_-])(?:events?|calendar|ticker|breaking|legal|menu|next|prev|previous)(?![a-z])"
)
_NEAR = re.compile(r"(?<![a-z])(?:tile|teaser|promo|caption|listing|banner|events?(?![a-z]))")
_MAYBE = re.compile(r"(?<![a-z])(?:cards?(?![a-z])|product)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PUBLISHED = re.compile(
    r"publish|pubdate|pub-date|post(?:ed)?[_-]?(?:on|date)|(?:article|entry|story|news|blog|post)[_-]{0,2}date|"
    r"release-?date|date[_-]?(?:published|posted|created?)|created"
)
_MODIFIED = re.compile(r"modif|updat|edited|revis|aktualis|changed")
_DATED = re.compile(
    r"date|timestamp|byline|meta|(?<![a-z])(?:time|datum|fecha|data|tanggal|dato|info|posted|details)(?![a-z])"
)
_TODAY = re.compile(r"today|current[_-]?(?:date|time)|masthead|clock|(?<![a-z])now(?![a-z])")
_HATOM = re.compile(r"(?<![a-z_-])updated(?![a-z_-])")
"""The class that the hAtom format demands of every entry: themes put it on the only date that they have."""
_NAME_MAX = 300


@dataclass(frozen=True, slots=True)
class Hints:
    """What names of elements say of a date."""

    published: bool
    modified: bool
    dated: bool
    today: bool
    hatom: bool


def hints_of(element: Any, more: str = "") -> Hints:
    """What class, id and itemprop of an element and of the two around it say.

    Args:
        element: the one that holds the date.
        more: another name, such as that of the attribute.
    """
    names = [more]
    for _ in range(3):
        if element is None or element.tag in FRAME:
            break
        names += [element.get("class") or "", element.get("id") or "", element.get("itemprop") or ""]
        element = element.getparent()
    return _hints(_plain(" ".join(filter(None, names))))


@lru_cache(maxsize=1024)
def _hints(name: str) -> Hints:
    published = _PUBLISHED.search(name) is not None
    modified = _MODIFIED.search(name) is not None
    dated = published or modified or _DATED.search(name) is not None
    return Hints(published, modified, dated, _TODAY.search(name) is not None, _HATOM.search(name) is not None)


def beside_by_name(element: Any) -> int:
    """Whether tag, class and id of an element say that it stands beside the story."""
    tag = element.tag
    if tag in _OUT_TAGS:
        return OUT
    if tag in FRAME:
        return IN
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    verdict = _verdict(_plain(name)) if len(name) > 1 else IN
    return max(verdict, MAYBE) if tag in _MAYBE_TAGS else verdict


@lru_cache(maxsize=4096)
def _verdict(name: str) -> int:
    if _OUT.search(name):
        return OUT
    if _NEAR.search(name):
        return NEAR
    return MAYBE if _MAYBE.search(name) else IN


def _plain(name: str) -> str:
    """Names in lower case, with camelCase divided."""
    name = name[:_NAME_MAX]
    return name if name.islower() else _CAMEL.sub("-", name).lower()
