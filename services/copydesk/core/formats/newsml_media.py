"""Pictures, videos and sounds in a NewsML-G2 message: which text each belongs to, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from copydesk.core.formats import iptc
from copydesk.core.formats.xml_tree import attribute, child, children, line
from copydesk_schemas.parts import Media


def code_of(element: Any) -> str | None:
    """The concept that an element names."""
    return attribute(element, "qcode") or attribute(element, "uri") or attribute(element, "literal")


def attach(root: Any, items: Sequence[Any]) -> tuple[list[list[Media]], set[int]]:
    """Media of each news item, and which items are such media and so no articles.

    A text is bound to its pictures by links in its metadata, or by a package that holds no other text.
    """
    pictures: dict[str, tuple[int, Media]] = {}
    texts: dict[str, int] = {}
    for number, item in enumerate(items):
        guid, media = attribute(item, "guid") or f"#{number}", _media(item)
        if media is not None:
            pictures.setdefault(guid, (number, media))
        else:
            texts.setdefault(guid, number)
    bound: dict[int, dict[str, None]] = {number: {} for number in texts.values()}
    for number, named in bound.items():
        named.update((attribute(link, "residref") or "", None) for link in children(items[number], "itemMeta/link"))
    for package in children(root, "itemSet/packageItem"):
        members = dict.fromkeys(attribute(one, "residref") or "" for one in package.iter("itemRef"))
        own = [guid for guid in members if guid in texts]
        if len(own) == 1:
            bound[texts[own[0]]].update(members)
    found: list[list[Media]] = [[] for _ in items]
    attached: set[int] = set()
    for number, named in bound.items():
        mine = [pictures[guid] for guid in named if guid in pictures][: iptc.MAX_MEDIA]
        found[number] = [media for _, media in mine]
        attached |= {picture for picture, _ in mine}
    return found, attached


def _media(item: Any) -> Media | None:
    """What a picture, video or sound item shows; None where it is none, or may not be published."""
    kind = iptc.media_type(iptc.code_name(code_of(child(item, "itemMeta/itemClass"))))
    if kind is None or iptc.code_name(code_of(child(item, "itemMeta/pubStatus"))) not in {None, "usable"}:
        return None
    about = child(item, "contentMeta")
    renditions = [
        (attribute(one, "href") or "", iptc.pixels(one.get("width")), iptc.pixels(one.get("height")))
        for one in children(item, "contentSet/remoteContent")
    ]
    url, width, height = iptc.best_rendition(renditions)
    caption = line(child(about, "description")) or line(child(about, "headline"))
    credit = line(child(about, "creditline")) or line(child(about, "by"))
    if url is None and caption is None:
        return None
    caption = caption[:2000] if caption else None
    return Media(type=kind, url=url, caption=caption, credit=credit, width=width, height=height)
