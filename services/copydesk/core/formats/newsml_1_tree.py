"""The tree of components in a news item of NewsML 1, and its pictures, videos and sounds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from copydesk.core.envelope import web_url
from copydesk.core.formats import iptc
from copydesk.core.formats.xml_tree import attribute, child, children, line
from copydesk_schemas.parts import Media
from copydesk_schemas.reasons import MediaType

_COMPONENT = "NewsComponent"


def named(element: Any) -> str | None:
    """What an element names, by a word of some vocabulary."""
    return attribute(element, "FormalName")


def around(content: Any) -> list[Any]:
    """The components around a content item within its news item, from the inside out."""
    within = takewhile(lambda one: one.tag != "NewsItem", content.iterancestors())
    return [one for one in within if one.tag == _COMPONENT]


def role_of(component: Any) -> str | None:
    """The part that a component plays, lower case."""
    return iptc.code_name(named(child(component, "Role")))


def nearest(components: list[Any], path: str) -> list[Any]:
    """The elements under a path in the first component that has one which says something."""
    found = ([one for one in children(component, path) if named(one) or line(one)] for component in components)
    return next((elements for elements in found if elements), [])


def media_kind(content: Any) -> MediaType | None:
    """The kind of media that a content item is of, or None."""
    return iptc.media_type(named(child(content, "MediaType"))) or iptc.media_type(named(child(content, "MimeType")))


def media_beside(item: Any, story: Any, base: str | None) -> list[Media]:
    """Media of a news item. The renditions of a picture and its caption share a component that is not the text's.

    Args:
        item: the news item.
        story: the content item that is the article.
        base: address that relative ones are resolved with.
    """
    # No picture's own: the components around the text.
    tops: dict[Any, Any] = dict.fromkeys(around(story))
    groups: dict[Any, list[Any]] = {}
    for content in item.iter("ContentItem"):
        if media_kind(content) is not None:
            top = _top(content.getparent(), tops)
            groups.setdefault(content if top is None else top, []).append(content)
    found = (_media(group, contents, base) for group, contents in groups.items())
    return [media for media in found if media is not None][: iptc.MAX_MEDIA]


def _top(component: Any, tops: dict[Any, Any]) -> Any:
    """The outermost component around one that holds no other picture; None where it holds others itself.

    `tops` keeps what was found: trees may be wide and deep at once.
    """
    passed = []
    top = None
    while component is not None and component.tag == _COMPONENT:
        if component in tops:
            top = tops[component]
            break
        if _holds_several(component):
            tops[component] = None
            break
        passed.append(component)
        component = component.getparent()
    if top is None and passed:
        top = passed[-1]
    tops.update(dict.fromkeys(passed, top))
    return top


def _holds_several(component: Any) -> bool:
    """Whether it holds several pictures, each with lines or parts of its own, and not renditions of one."""
    parts = [
        one
        for one in component.iterchildren(_COMPONENT)
        if any(child(one, name) is not None for name in ("NewsLines", _COMPONENT))
    ]
    return len(parts) > 1


def _media(group: Any, contents: list[Any], base: str | None) -> Media | None:
    renditions = [
        (web_url(attribute(one, "Href") or "", base) or "", _pixels(one, "width"), _pixels(one, "height"))
        for one in contents
    ]
    url, width, height = iptc.best_rendition(renditions)
    lines = next(group.iter("NewsLines"), None)
    caption = _caption(group) or line(child(lines, "HeadLine"))
    credit = line(child(lines, "CreditLine")) or line(child(lines, "ByLine"))
    if url is None and caption is None:
        return None
    caption = caption[:2000] if caption else None
    return Media(
        type=media_kind(contents[0]) or MediaType.IMAGE,
        url=url,
        caption=caption,
        credit=credit and credit[:200],
        width=width,
        height=height,
    )


def _caption(group: Any) -> str | None:
    """The text of the first content item that holds one; of NITF only its body."""
    for content in group.iter("ContentItem"):
        data = child(content, "DataContent")
        if data is None or media_kind(content) is not None:
            continue
        body = next(data.iter("body.content"), data)
        text = line(body)
        if text:
            return text
    return None


def _pixels(content: Any, name: str) -> int | None:
    values: Iterator[str | None] = (
        attribute(one, "Value")
        for one in children(content, "Characteristics/Property")
        if (named(one) or "").lower() == name
    )
    return next((size for value in values if (size := iptc.pixels(value))), None)
