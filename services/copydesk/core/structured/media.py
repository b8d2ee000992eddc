"""Pictures and videos with their captions: taken out of the page, so that captions never stand in the body."""

from __future__ import annotations

import re
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.envelope import web_url
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk.core.urls import same_site
from copydesk_schemas.parts import Media
from copydesk_schemas.reasons import MediaType

_MAX_MEDIA = 50
_CREDIT_CLASS = re.compile(r"credit|copyright|photographer|byline|source|attribution|rights", re.IGNORECASE)
_LABEL = (
    r"(?:(?:Photo|Image|Picture|Foto|Bild|Video)s?[ -]?)?(?:Credits?|Courtesy(?: of)?|Source|Quelle|Rechte|Copyright|"
    r"Crédits?(?: photo)?|Créditos?)|Photo(?:graph|s)?(?: by)?|Photograph(?:er|y)(?: by)?|Images?|Pictures?|"
    r"Fotos?|Bild(?:rechte|quelle)?|"
    r"Illustration(?: by)?|Fotograf|Фото|©"
)
_CREDIT = re.compile(
    rf"\s*[(\[|–—-]?\s*\b(?:{_LABEL})\s*[:：/©]\s*(?P<who>[^)\]]{{2,80}})[)\]]?\s*\Z|"
    r"\s*(?P<sign>©\s*[^)\]]{2,80})\Z",
    re.IGNORECASE,
)
_ONLY_CREDIT = re.compile(
    rf"[(\[]?\s*(?:(?:{_LABEL})\s*[:：/©]|©|(?:Photo|Image|Picture) (?:courtesy of|by)|"
    rf"Courtesy of)\s*(?P<who>[^)\]]{{2,100}}?)\s*[)\]]?\Z",
    re.IGNORECASE,
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-url", "src")
_PLACEHOLDER = re.compile(
    r"placeholder|blank|spacer|transparent|pixel|loading|loader|lazy|leer\.gif|1x1|empty|/s\.gif|grey\.gif|gray\.gif",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(\d{1,5})(?:\.\d{1,5})?(?: ?px)?")
"""Pixels; a share of the page («100%») is no size of the picture."""
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)\Z", re.IGNORECASE)
_ICON = 100
"""Pixels of width or height up to which a picture without a caption is a face, a mark, or a teaser's."""
_SHAPES = frozenset({(16, 9), (9, 16), (4, 3), (3, 4), (3, 2), (2, 3), (1, 1), (2, 1), (21, 9)})
"""Widths and heights that are the shape of a picture that fits itself to the screen."""
_CAPTION_LABEL = re.compile(
    r"(?:(?:image |photo |picture )?captions?|bildunterschrift|bildlegende|legende|légende|pie de foto|didascalia)"
    r"\s*(?:[:：]\s*|\Z)",
    re.IGNORECASE,
)
_NO_CAPTION = re.compile(r"(?:sources?|quelle|bild|foto|photo|image|video|powered by)\s*[:：]?|[\W\d_]*", re.IGNORECASE)
"""A label without what it labels, a date, a sign."""


def take_figures(tree: HtmlElement, base: str | None, trace: Trace = NO_TRACE) -> list[Media]:
    """Read every figure of the page and take its caption out of the tree.

    Figures within navigation, asides and footers are left out of the list, for they belong to other stories.
    """
    found: list[Media] = []
    for figure in list(tree.iter("figure")):
        captions = list(figure.iter("figcaption"))
        caption, credit = caption_and_credit(captions, trace)
        image = next(iter(figure.iter("img", "amp-img", "video", "audio")), None)
        outside = any(p.tag in {"nav", "aside", "footer"} for p in figure.iterancestors())
        teaser = _is_teaser(figure) or (
            caption is None and credit is None and image is not None and _leads_away(image, base)
        )
        if not outside and not teaser and (image is not None or caption) and len(found) < _MAX_MEDIA:
            found.append(
                Media(
                    type={"video": MediaType.VIDEO, "audio": MediaType.AUDIO}.get(
                        getattr(image, "tag", ""), MediaType.IMAGE
                    ),
                    url=address(image, base) if image is not None else None,
                    caption=caption,
                    credit=credit,
                    width=pixels(image, "width"),
                    height=pixels(image, "height"),
                )
            )
        for element in captions:
            note_removed(trace, element, Reason.CAPTION)
            element.drop_tree()
    return [media for media in found if media.caption or (media.url and not _is_icon(media))]


def _is_icon(media: Media) -> bool:
    sides = (media.width or 0, media.height or 0)
    return sides not in _SHAPES and any(0 < side <= _ICON for side in sides)


def page_images(page: PageData, base: str | None) -> list[Media]:
    """The pictures that metadata name: JSON-LD first, then OpenGraph."""
    found: list[Media] = []
    for node in page.jsonld.nodes(page.jsonld.article.get("image"))[:5]:
        extra = node if isinstance(node, dict) else {}
        url = node if isinstance(node, str) else text_of(extra.get("url") or extra.get("contentUrl"))
        url = _absolute(url, base)
        if url is None:
            continue
        found.append(
            Media(
                url=url,
                caption=text_of(extra.get("caption")),
                credit=text_of(extra.get("creditText")),
                width=_number(extra.get("width")),
                height=_number(extra.get("height")),
            )
        )
    image = _absolute(page.first("og:image:secure_url", "og:image", "og:image:url", "twitter:image"), base)
    if image and all(media.url != image for media in found):
        found.append(
            Media(
                url=image,
                width=_number(page.first("og:image:width")),
                height=_number(page.first("og:image:height")),
            )
        )
    return found


def merge(figures: list[Media], images: list[Media]) -> list[Media]:
    """Figures first, for they have captions; then pictures that only metadata name. One entry a picture."""
    found: dict[str, Media] = {}
    for media in [*figures, *images]:
        key = _file_of(media.url) if media.url else f"caption:{media.caption}"
        known = found.get(key)
        if known is None or (media.caption and not known.caption):
            found[key] = media
        elif media.caption and media.caption != known.caption:
            found[f"{key} {media.caption}"] = media
    # One picture is often named in several sizes: without a caption and beside others it adds nothing.
    kept = [m for m in found.values() if m.caption or m in figures]
    rest = [m for m in found.values() if m not in kept]
    return kept + rest[:1] if kept else rest[:3]


def _file_of(url: str) -> str:
    """What tells a picture from others: a query that follows the name of a picture's file chooses a crop or a size."""
    path, _, query = url.partition("?")
    return path if query and _PICTURE_FILE.search(path) else url


def caption_and_credit(elements: list[Any], trace: Trace = NO_TRACE) -> tuple[str | None, str | None]:
    """Text of caption elements without the credit, and the credit. A credit of its own is taken out of them."""
    credit = None
    texts = []
    for element in elements:
        for child in list(element.iter("span", "cite", "small", "p", "em", "div")):
            if child is not element and _CREDIT_CLASS.search(child.get("class") or "") and credit is None:
                credit = normalize_line(" ".join(child.itertext())) or None
                if credit is not None and len(credit) <= 120:
                    note_removed(trace, child, Reason.CAPTION)
                    child.drop_tree()
                    credit = clean_credit(credit)
                else:
                    credit = None
        text = normalize_line(" ".join(element.itertext()))
        if text:
            texts.append(text)
    caption = " ".join(dict.fromkeys(texts))
    if label := _CAPTION_LABEL.match(caption):
        caption = caption[label.end() :]
    if credit is None and _ONLY_CREDIT.match(caption):
        return None, clean_credit(caption)
    if credit is not None and caption.startswith("/"):
        return None, f"{credit} {caption}"  # one of two names was marked
    if credit is None and (match := _CREDIT.search(caption)) and match.start() > 0:
        credit = (match["who"] or match["sign"]).strip()
        caption = caption[: match.start()].rstrip(" |–—-(")
    return None if _NO_CAPTION.fullmatch(caption) else caption[:2000], credit


def clean_credit(text: str) -> str:
    """A credit without what says that it is one: «(Image: Getty Images)» is «Getty Images»; a © stays."""
    match = _ONLY_CREDIT.match(text)
    if match is None:
        return text
    return f"© {match['who']}" if text.lstrip("([ ").startswith("©") else match["who"]


def _is_teaser(figure: Any) -> bool:
    """Whether the figure is a link to another story: wrapped in a link that also holds a headline."""
    for parent in figure.iterancestors("a"):
        if parent.find(".//h2") is not None or parent.find(".//h3") is not None:
            return True
    return False


def _leads_away(image: Any, base: str | None) -> bool:
    """Whether a picture is a link to another page of the site, and not to itself in a larger size."""
    link = next(image.iterancestors("a"), None)
    href = (link.get("href") or "").strip() if link is not None else ""
    target = web_url(href, base) if href and href[0] != "#" else None
    if target is None or base is None or not same_site(target, base):
        return False
    return _PICTURE_FILE.search(target.partition("?")[0]) is None


def address(image: Any, base: str | None) -> str | None:
    """Address of a picture or recording, absolute; where it is loaded late, the one that is loaded then."""
    stated = [value for name in _LAZY if (value := image.get(name)) and not _PLACEHOLDER.search(value)]
    sources = image.get("srcset") or image.get("data-srcset") or ""
    stated.append(sources.split(",")[-1].strip().split(" ")[0])
    return next((url for value in stated if (url := _absolute(value, base))), None)


def _absolute(url: str | None, base: str | None) -> str | None:
    if not url or url.startswith("data:"):
        return None
    return web_url(url.strip(), base)


def pixels(image: Any, name: str) -> int | None:
    """Width or height as an element states it, pixels."""
    return _number(image.get(name)) if image is not None else None


def _number(value: Any) -> int | None:
    if isinstance(value, dict):
        value = value.get("value") or value.get("@value")
    match = _NUMBER.fullmatch(str(value)[:40].strip()) if isinstance(value, str | int | float) else None
    return int(match[1]) or None if match else None
