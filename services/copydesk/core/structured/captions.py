"""Captions and credits that stand outside of figures: taken out of the page, so that they never stand in the body."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.lines.byline import has_prefix
from copydesk.core.lines.patterns import DATE, date_share, is_counter
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.structured.marks import Mark, Marked, is_marked, is_within
from copydesk.core.structured.media import address, caption_and_credit, clean_credit, pixels
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Media
from copydesk_schemas.reasons import MediaType

_MAX = 50
_LOOKED_AT = 500
"""Elements that may be captions or credits: each is searched for its picture."""
_CAPTION_CHARS = 700
"""Characters that a caption has at most; what is longer is a story told in captions, or a wrapper."""
_STORY_CHARS = 200
"""Characters from which on a caption may be the page's story."""
_RUNNING = 80
"""Characters without a break from which on text is running text."""
_CREDIT_CHARS = 110
_AROUND = 250
"""Characters besides the caption that the part which holds the caption and its picture may have."""
_UP = 5
_PICTURES = ("img", "picture", "amp-img", "video", "audio", "amp-video", "noscript")
_BESIDE = frozenset({"nav", "aside", "footer", "form"})
_CREDIT = re.compile(
    r"©|\(c\) |\b(?:photo|foto|image|bild|picture|illustration|fotograf|photograph|credit|crédit|crédits|grafik|icons?)"
    r"(?:s|ie)?\b ?(?:by |credit|courtesy|:|/|von )|\b(?:getty|shutterstock|istock|unsplash|imago|picture alliance|"
    r"reuters|afp|epa|dpa|ap photo|alamy|corbis|adobe stock)\b",
    re.IGNORECASE,
)


def take_captions(tree: HtmlElement, marked: Marked, base: str | None, trace: Trace = NO_TRACE) -> list[Media]:
    """Read captions and credits beside pictures and take them out of the tree. Figures have been read before.

    A caption is what is named one and stands with a picture: names alone are given to menus, headings and type sizes
    too. A figcaption needs no picture, for it has no other use. What is most of the page's text is no caption: so is
    the story of a video named.
    """
    found: list[Media] = []
    taken: set[Any] = set()
    page = _Page(tree)
    orphans = list(tree.iter("figcaption"))
    for element in islice([*orphans, *marked[Mark.CAPTION]], _LOOKED_AT):
        if element.getparent() is None or is_within(element, taken):
            continue
        media = _caption(element, base, trace, sure=element.tag == "figcaption")
        if media is None or (element.tag != "figcaption" and page.is_story(element, media.caption or "")):
            continue
        taken.add(element)
        if len(found) < _MAX and not _beside(element) and all(media.caption != known.caption for known in found):
            found.append(_with_credit_below(element, media))
    for element in taken:
        if element.getparent() is not None:
            note_removed(trace, element, Reason.CAPTION)
            element.drop_tree()
    for element in marked[Mark.CREDIT][:_LOOKED_AT]:
        if element.getparent() is not None and not is_within(element, taken) and _is_credit(element):
            note_removed(trace, element, Reason.CAPTION)
            element.drop_tree()
            taken.add(element)
    return found


def _caption(element: Any, base: str | None, trace: Trace, *, sure: bool) -> Media | None:
    """What a caption says of its picture; None where the element is no caption."""
    if element.tag in {"table", "caption", "html", "body", "main", "article", "button", "label", "legend", "input"}:
        return None
    if element.find(".//img") is not None or element.find(".//h1") is not None:
        return None  # it holds the picture too, and its caption is a part of it
    text = normalize_line(" ".join(element.itertext()))
    if not 3 <= len(text) <= _CAPTION_CHARS or _is_linked(element, text):
        return None
    picture = _picture_of(element, len(text))
    if picture is None and not sure:
        return None
    caption, credit = caption_and_credit([element], trace)
    if caption is None and credit is None:
        return None
    if caption is not None and not sure and not _says_something(caption):
        return None
    return Media(
        type=_kind(picture),
        url=address(picture, base) if picture is not None else None,
        caption=caption,
        credit=credit,
        width=pixels(picture, "width"),
        height=pixels(picture, "height"),
    )


class _Page:
    """Tells captions from a story below a video; counts the page's running text once, and only where one is long."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._size: int | None = None

    def is_story(self, element: Any, caption: str) -> bool:
        """Whether a text is most of the running text of its page."""
        if len(caption) < _STORY_CHARS:
            return False
        if self._size is None:
            self._size = _running(self._tree)
        return len(caption) > 2 * (self._size - _running(element))


def _running(element: Any) -> int:
    return sum(size for text in element.itertext() if (size := len(text.strip())) >= _RUNNING)


def _says_something(caption: str) -> bool:
    """Whether it has words: no counter, rating or date, which templates name captions too."""
    words = [word for word in caption.split() if sum(c.isalpha() for c in word) >= 2]
    unspaced = len(words) == 1 and len(words[0]) >= 8
    return (len(words) >= 2 or unspaced) and date_share(caption) < 0.4 and not is_counter(caption)


def _kind(picture: Any) -> MediaType:
    tag = "" if picture is None else picture.tag.removeprefix("amp-")
    return {"video": MediaType.VIDEO, "audio": MediaType.AUDIO}.get(tag, MediaType.IMAGE)


def _picture_of(element: Any, size: int) -> Any | None:
    """The picture that shares a small part of the page with the element."""
    part = element
    for _ in range(_UP):
        part = part.getparent()
        if part is None or part.tag in {"body", "main", "html"}:
            return None
        picture = next(part.iter(*_PICTURES), None)
        if picture is None:
            continue
        if len(normalize_line(part.text_content()[: 4 * (size + _AROUND)])) > size + _AROUND:
            return _before(element) if _before(element) is not None else None
        image = next(part.iter("img", "amp-img", "video", "audio"), None)
        return image if image is not None else picture
    return None


def _before(element: Any) -> Any | None:
    """The picture that stands just before the element, or before the part that it ends."""
    for _ in range(2):
        previous = element.getprevious()
        if previous is not None:
            if previous.tag in _PICTURES:
                return previous
            small = len(previous.text_content().strip()) <= _CREDIT_CHARS
            return next(previous.iter(*_PICTURES), None) if small else None
        element = element.getparent()
        if element is None:
            return None
    return None


def _with_credit_below(element: Any, media: Media) -> Media:
    """The same with the credit that stands in an element of its own after the caption."""
    following = element.getnext()
    if media.credit is not None or following is None or not is_marked(following, Mark.CREDIT):
        return media
    credit = normalize_line(" ".join(following.itertext()))
    return media.model_copy(update={"credit": clean_credit(credit)}) if 2 <= len(credit) <= _CREDIT_CHARS else media


def _is_credit(element: Any) -> bool:
    """Whether an element named a credit is a picture's: short, and with the picture or the words of one."""
    if element.tag in _BESIDE or element.find(".//img") is not None or element.find(".//h1") is not None:
        return False
    text = normalize_line(" ".join(element.itertext()))
    if not 2 <= len(text) <= _CREDIT_CHARS:
        return False
    if has_prefix(text) or DATE.search(text) is not None:
        return False  # a story's own credit, often beside a portrait
    return _CREDIT.search(text) is not None or _picture_of(element, len(text)) is not None


def _beside(element: Any) -> bool:
    return any(parent.tag in _BESIDE or is_marked(parent, Mark.RELATED) for parent in element.iterancestors())


def _is_linked(element: Any, text: str) -> bool:
    """Whether nearly all of it is a link, or it stands in one that leads to another story."""
    linked = sum(len(normalize_line(anchor.text_content())) for anchor in element.iter("a"))
    if linked >= 0.8 * len(text):
        return True
    return any(
        parent.find(".//h2") is not None or parent.find(".//h3") is not None for parent in element.iterancestors("a")
    )
