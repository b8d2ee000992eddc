"""Related links: headlines of other stories of the same site that a page sets beside its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.envelope import web_url
from copydesk.core.lines.lexicon import PHRASES
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.structured.marks import Mark, Marked
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk.core.urls import canonical_url, same_site
from copydesk_schemas.parts import Link
from copydesk_schemas.reasons import LinkRel

_MAX_LINKS = 30
_MAX_PARTS = 60
_MAX_LINES = 10_000
_PARTS = 4
_PART_ANCHORS = 60
"""Links of one part of the page that are looked at."""
_MIN, _MAX = 20, 250
"""Characters of a headline."""
_MIN_UNSPACED = 10
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_HEADING_CHARS = 60
_MENUS = frozenset({"nav", "footer", "header", "form"})
_PHRASES = frozenset(
    phrase
    for phrase in PHRASES["related"].split("|")
    if phrase not in {"previous", "next", "latest", "featured", "themen", "aktuell", "popular", "trending", "continue"}
)
_WORD = re.compile(r"\w+")
_ALSO = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|related(?: (?:story|article|read))?|more|watch|lesen sie auch|"
    r"mehr zum thema|"
    r"lire aussi|à lire aussi|lee también|lea también|leggi anche|leia também|lees ook|czytaj (?:także|też|również)|"
    r"читайте также|читайте також|läs (?:också|även|mer)|les også|læs også|lue myös|čtěte také|اقرأ أيضا|"
    r"延伸閱讀|相关阅读|関連記事)\s*[:：|»>–-]",
    re.IGNORECASE,
)


def take_lines(tree: HtmlElement, trace: Trace = NO_TRACE) -> list[Any]:
    """Lines within the story that say «Read also: …» and are otherwise a link: taken out of the tree."""
    found: list[Any] = []
    for element in islice(tree.iter("p", "div", "li", "aside", "blockquote"), _MAX_LINES):
        opening = element.text
        if (not opening or not opening.strip()) and len(element):
            opening = element[0].text
        if not opening or len(element) > _PARTS or not _ALSO.match(opening.strip()):
            continue
        text = normalize_line(element.text_content())
        linked = normalize_line(" ".join(anchor.text_content() for anchor in element.iter("a")))
        if len(text) <= 2 * _MAX and len(linked) >= 0.6 * len(text) and not _in_menu(element):
            found.append(element)
    for element in found:
        if element.getparent() is not None:
            note_removed(trace, element, Reason.READ_ALSO)
            element.drop_tree()
    return found


def related_links(
    tree: HtmlElement, lines: Sequence[Any], marked: Marked, url: str | None, base: str | None, inside: Sequence[Link]
) -> list[Link]:
    """Links to other stories, in order, at most 30; none to the page itself nor to what its body links to.

    They stand in parts of the page that are named or headed as related stories, or in lines that say «Read also: …».
    Menus and footers hold none, and a link whose text is no headline is none.

    Args:
        tree: the page.
        lines: what `take_lines` took.
        marked: parts of the page by name.
        url: address of the page.
        base: what relative addresses are resolved with.
        inside: links of the body.
    """
    found: dict[str, Link] = {}
    known: set[str | None] = set()
    for part in islice(chain(lines, _parts(tree, marked)), _MAX_PARTS):
        for anchor in islice(part.iter("a"), _PART_ANCHORS):
            address = web_url((anchor.get("href") or "").strip(), base)
            text = _headline(anchor)
            if address is None or text is None or "#" in address[-20:] or (url and not same_site(address, url)):
                continue
            known = known or {canonical_url(one, None) for one in (url, *(link.url for link in inside))}
            key = canonical_url(address, None) or address
            if key in known or key in found:
                continue
            found[key] = Link(url=address, text=text, rel=LinkRel.RELATED)
            if len(found) >= _MAX_LINKS:
                return list(found.values())
    return list(found.values())


def _parts(tree: HtmlElement, marked: Marked) -> Iterator[Any]:
    """Parts of the page that hold related stories, by name and by heading."""
    for element in marked[Mark.RELATED]:
        if element.tag not in {"body", "html", "main", "article", "img", "button"} and not _in_menu(element):
            yield element
    for heading in islice(tree.iter("h2", "h3", "h4", "h5", "strong", "span", "p", "div"), 3_000):
        text = heading.text or (heading[0].text if len(heading) == 1 else "") or ""
        if not 3 <= len(text.strip()) <= _HEADING_CHARS:
            continue
        if len(heading) <= 1 and " ".join(_WORD.findall(text.casefold())) in _PHRASES and not _in_menu(heading):
            parent = heading.getparent()
            holder = heading.getnext()
            if holder is None or holder.find(".//a") is None:
                holder = parent if parent is not None and parent.tag not in {"body", "main", "article"} else None
            if holder is not None:
                yield holder


def _headline(anchor: Any) -> str | None:
    """The text of a link that reads as a headline."""
    heading = next(anchor.iter("h2", "h3", "h4", "h5"), None)
    text = normalize_line(" ".join((anchor if heading is None else heading).itertext()))
    if len(text) > _MAX:
        return None
    if _SPACELESS.search(text):
        return text if len(text) >= _MIN_UNSPACED else None
    return text if len(text) >= _MIN and len(text.split()) >= 3 else None


def _in_menu(element: Any) -> bool:
    return element.tag in _MENUS or any(parent.tag in _MENUS for parent in element.iterancestors())
