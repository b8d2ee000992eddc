"""Key points: the list of short statements that stands above or beside a story and sums it up."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.structured.marks import Mark, Marked
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace

_MIN, _MAX = 15, 400
"""Characters of a point."""
_FEWEST, _MOST = 2, 8
_HEADING = re.compile(
    r"(?:(?:the )?key (?:points|takeaways|facts|findings)|takeaways|at a glance|in brief|in short|highlights|"
    r"story highlights|"
    r"what (?:you need|to) (?:to )?know|tl;?dr|das wichtigste(?: in kürze)?|auf einen blick|kurz erklärt|in kürze|"
    r"darum geht[’']s|das müssen sie wissen|l[’']essentiel|en bref|ce qu[’']il faut (?:retenir|savoir)|"
    r"lo esencial|las claves|claves|"
    r"en resumen|en breve|in breve|in sintesi|i punti chiave|em resumo|pontos[- ]chave|resumo|kort sagt|"
    r"kortversjonen|kort om|"
    r"in het kort|samenvatting|w skrócie|najważniejsze|коротко|главное|головне|özet|öne çıkanlar|"
    r"要点|ポイント|핵심)\s*[:：]?",
    re.IGNORECASE,
)
_HEADING_CHARS = 40
_MAX_HEADINGS = 200
_PROSE = 120


def take_key_points(tree: HtmlElement, marked: Marked, trace: Trace = NO_TRACE) -> tuple[list[str], str]:
    """Key points with the reason why, taken out of the tree; an empty list where there are none.

    A list is one of key points where its part of the page is named so, or where a heading says so and no prose stands
    before it: below that it is a part of the story.
    """
    for element in marked[Mark.KEY_POINTS]:
        if element.tag in {"div", "section", "aside", "ul", "ol"} and element.getparent() is not None:
            points = _points(element)
            if points:
                note_removed(trace, element, Reason.KEY_POINT)
                element.drop_tree()
                return points, "a list that is named so"
    for heading in islice(tree.iter("h2", "h3", "h4", "strong", "p", "span", "div"), _MAX_HEADINGS):
        if heading.tag == "p" and len(heading.text_content()) >= _PROSE:
            break
        text = heading.text_content() if len(heading) <= 2 else ""
        if not 0 < len(text.strip()) <= _HEADING_CHARS or not _HEADING.fullmatch(normalize_line(text)):
            continue
        listed = _list_after(heading)
        points = _points(listed) if listed is not None else []
        if points and listed is not None:
            for part in (listed, heading):
                note_removed(trace, part, Reason.KEY_POINT)
                part.drop_tree()
            return points, "a list below a heading that says so"
    return [], ""


def _points(element: Any) -> list[str]:
    """The points of a list; none where it is no list of statements, or mostly of links to other stories."""
    listed = list(islice(element.iter("li"), 6 * _MOST + 1))
    if len(listed) > 6 * _MOST:
        return []
    items = [item for item in listed if item.find(".//li") is None]
    if not _FEWEST <= len(items) <= 3 * _MOST:
        return []
    texts = [normalize_line(" ".join(item.itertext())) for item in items]
    points = list(dict.fromkeys(text for text in texts if _MIN <= len(text) <= _MAX))
    linked = sum(1 for item in items if item.find(".//a") is not None)
    other = len(normalize_line(element.text_content())) - sum(map(len, texts))
    if not _FEWEST <= len(points) <= _MOST or linked * 2 > len(items) or other > sum(map(len, points)):
        return []
    return points


def _list_after(heading: Any) -> Any | None:
    """The list that follows a heading, or the part of the page that holds nothing but it."""
    for element in (heading, heading.getparent()):
        following = element.getnext() if element is not None else None
        if following is None:
            continue
        if following.tag in {"ul", "ol"}:
            return following
        inner = following.find(".//ul")
        if inner is not None and len(following.text_content()) <= 1.3 * len(inner.text_content()):
            return inner
    return None
