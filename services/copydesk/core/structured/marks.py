"""What the names in a page's markup say that its parts are: one walk, before any field is read from them.

Names are those of classes, ids, `itemprop` and test ids. They are conventions of many publishers in many languages, not
of one site; each reader of a field decides what a name is worth where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

_MAX_ELEMENTS = 100_000
_NAME_CHARS = 400
_PART_CHARS = 120
_ATTRIBUTES = ("class", "id", "itemprop", "data-testid", "data-component", "data-type", "rel")
_NAMING = frozenset(_ATTRIBUTES)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Mark(StrEnum):
    """What a part of a page is, after its name."""

    CAPTION = "caption"
    CREDIT = "credit"
    KEY_POINTS = "key_points"
    TAGS = "tags"
    TRAIL = "trail"
    RELATED = "related"
    WALL = "wall"
    LIVE = "live"


Marked = dict[Mark, list[HtmlElement]]


def no_marks() -> Marked:
    """The marks of a page that has none, or that is metadata alone."""
    return {mark: [] for mark in Mark}


_PICTURE = r"(?:images?|img|photos?|pictures?|pics?|figures?|fig|media|gallery|slide|thumb|video|foto|bild)"
_PATTERNS: dict[Mark, str] = {
    # Names of type sizes, buttons and of parents that merely have a caption are no captions.
    Mark.CAPTION: (
        r"(?<!text-)(?<!typo-)(?<!button-)(?<!btn-)(?<!has-)(?<!no-)(?<!selector-)(?<!nav-)"
        r"\b(?:thumb|img|image|photo|picture|gallery|media|video|tr)?caption(?!\d|-\d|s?-(?:icon|button|toggle))|"
        rf"\b{_PICTURE}-?(?:description|desc|legend|subtitle|bu)\b|"
        r"\b(?:cutline|legend|bild-?unterschrift|bild-?text|pie-?de-?foto|pie-?foto|didascalia|legende)\b"
    ),
    Mark.CREDIT: rf"\b{_PICTURE}-?(?:credits?|copyright|author|source|by|byline|attribution)\b|\b(?:photo)?credits?\b",
    Mark.KEY_POINTS: (
        r"\bkey-?(?:points?|takeaways?|facts|highlights|insights)|take-?aways?\b|\bhighlights\b|"
        r"\bbullet-?(?:summary|points?|list-?summary)|\barticle-?(?:summary|highlights)|\bpost-?summary|"
        r"\bsummary-?(?:list|points|bullets)|\btl-?dr\b|\bat-?a-?glance\b|\bstory-?(?:highlights|summary)"
    ),
    Mark.TAGS: (
        r"(?<!meta-)(?<!google-)\b(?:post-?|article-?|entry-?|story-?|news-?)?"
        r"(?:tags?|topics?|keywords?|schlagworte?)\b"
    ),
    Mark.TRAIL: r"\bbread-?crumbs?|\bcrumbs?\b",
    Mark.RELATED: (
        r"\brelated|\bread-?(?:more|also|next|on)\b|\bmore-?(?:on|from|stories|news|articles)\b|\balso-?read\b|"
        r"\bsee-?also\b|\brecommend(?:ed|ation)|\bfurther-?reading\b|\byou-?(?:may|might)|\bmehr-?zum-?thema|"
        r"\bweitere-?(?:artikel|themen)|\ba-?lire|\blire-?aussi|\brelacionad|\bcorrelat|\bverwandt|\bzum-?thema"
    ),
    Mark.WALL: (
        r"pay-?wall|reg-?wall|\bsubscriber-?only|\bsubscribe-?(?:to-?)?(?:continue|read)|register-?wall|offer-?wall"
    ),
    Mark.LIVE: (
        r"\blive-?blog-?(?:updates?|posts?|entry|entries|items?|events?)\b|\blive-?(?:ticker|feed|update|"
        r"post)-?(?:posts?|"
        r"entry|items?|events?)\b|\bticker-?(?:entry|event|eintrag|meldung|post)\b"
    ),
}
_EACH = {mark: re.compile(pattern) for mark, pattern in _PATTERNS.items()}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STEMS = (
    "caption", "thumbcaption", "imgcaption", "imagecaption", "photocaption", "picturecaption", "gallerycaption",
    "mediacaption", "videocaption", "trcaption", "legend", "cutline", "bild", "pie", "didascalia", "desc",
    "subtitle", "bu", "image", "img", "photo", "picture", "pic", "fig", "media", "gallery", "slide", "thumb",
    "video", "foto", "credit", "key", "take", "highlight", "bullet", "summary", "article", "post", "story",
    "entry", "news", "tl", "glance", "tag", "topic", "schlagwort", "bread", "crumb", "related", "read", "more",
    "also", "see", "recommend", "further", "you", "mehr", "weitere", "lire", "alire", "relacionad", "correlat",
    "verwandt", "zum", "paywall", "pay", "reg", "subscri", "offer", "live", "ticker",
)  # fmt: skip
"""Beginnings of words, one of which is in every name that a pattern finds: looking for them first saves time."""


def read_marks(tree: HtmlElement) -> Marked:
    """Parts of the page by what their names say, each in document order."""
    found = no_marks()
    known: dict[str, tuple[Mark, ...]] = {}
    body = tree.find("body")
    for element in islice((tree if body is None else body).iter(), _MAX_ELEMENTS):
        for attribute, value in element.items():
            if attribute not in _NAMING:
                continue
            marks = known.get(value)
            if marks is None:
                parts = value[:_NAME_CHARS].split()
                marks = known[value] = tuple(dict.fromkeys(mark for part in parts for mark in _marks(part)))
            for mark in marks:
                if not found[mark] or found[mark][-1] is not element:
                    found[mark].append(element)
    return found


def name_of(element: Any) -> str:
    """The names of an element as one string: lower case, words divided by hyphens."""
    return _plain(tuple(element.get(name) for name in _ATTRIBUTES))


def is_marked(element: Any, mark: Mark) -> bool:
    """Whether an element's own names say that it is `mark`."""
    return _EACH[mark].search(name_of(element)) is not None


def is_within(element: Any, parts: AbstractSet[Any]) -> bool:
    """Whether an element stands in one of these parts of its page; none stands in itself."""
    return bool(parts) and any(around in parts for around in element.iterancestors())


@lru_cache(maxsize=65_536)
def _marks(name: str) -> tuple[Mark, ...]:
    """What one name says: publishers use the same ones on every page."""
    if len(name) > _PART_CHARS or not any(word.lower().startswith(_STEMS) for word in _WORD.findall(name)):
        return ()
    text = _plain((name,))
    return tuple(mark for mark, pattern in _EACH.items() if pattern.search(text))


def _plain(names: tuple[str | None, ...]) -> str:
    text = " ".join(name[:_NAME_CHARS] for name in names if name)
    return _HUMP.sub("-", text).replace("_", "-").lower()
