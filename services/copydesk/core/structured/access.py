"""Access: whether an article can be read without paying, as stated, and whether what was read is all of it."""

from __future__ import annotations

import re
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.structured.jsonld import Node
from copydesk.core.structured.marks import Mark, Marked, is_within
from copydesk.core.structured.page import PageData
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.reasons import FoundIn

_BOOLEAN = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_TIERS = {"free": True, "metered": False, "locked": False, "premium": False, "paid": False}
"""`article:content_tier`. Metered articles are free for some visits only, which schema.org marks as not free."""
_WALL = re.compile(
    r"\b(?:subscribers? only|only (?:available )?(?:to|for) (?:our )?subscribers|"
    r"subscribe (?:now )?to (?:continue|read|keep|unlock|access)|"
    r"to continue reading|(?:continue|keep) reading (?:this|for|with)|for subscribers|already a (?:subscriber|"
    r"member)|"
    r"(?:log|sign) in to (?:continue|read)|register to (?:continue|read)|create a free account to|unlock (?:this|"
    r"the full)|"
    r"nur für abonnenten|weiterlesen mit|jetzt weiterlesen|diesen artikel (?:mit|frei)|für abonnenten|"
    r"réservée? aux abonnés|il vous reste|"
    r"pour lire la suite|solo para suscriptores|exclusivo para suscriptores|suscr[ií]b[ea]te para|"
    r"para seguir leyendo|"
    r"riservato agli abbonati|per continuare a leggere|abbonati per|exclusivo para assinantes|assine para|"
    r"alleen voor abonnees|lees verder met|kun for abonnenter|for abonnenter|endast för prenumeranter|"
    r"tylko dla prenumeratorów|"
    r"только для подписчиков)\b|会員限定|有料会員|有料記事|この記事は有料|구독자 전용",
    re.IGNORECASE,
)
_NOTE_CHARS = 400
"""Characters of a wall's text; what is longer and named so is often the locked story itself."""
_PROSE = 80
_ENDS = '.!?…。»”"'
_LINES = ("p", "div", "section", "h2", "h3", "h4", "h5", "li", "form")
"""Elements of a wall that are a line of it, if they hold no others."""
_PAY = re.compile(
    r"subscri|sign[ -]?(?:up|in)|log[ -]?in|regist|premium|member|abonn|\babo\b|anmeld|suscri|abbona|assin|"
    r"account|kostenlos|"
    r"trial|offer|€|£|\$|newsletter|会員|登録|購読|구독|подпис",
    re.IGNORECASE,
)
_FEW_WORDS = 180
"""Words up to which a text beside a wall is taken for the part before it."""
_SHARE = 0.6
"""Share of the stated number of words below which a text beside a wall, or not free, is taken for a part."""


def read_access(page: PageData) -> tuple[bool, FoundIn, float] | None:
    """Whether the publisher says that the article can be read without paying, where, and how sure; None if unsaid.

    schema.org: `isAccessibleForFree` of the article or the page; where only a part of it is marked as not free, the
    article is not.
    """
    for node in (page.jsonld.article, page.jsonld.page):
        free = _free(node)
        if free is not None:
            return free, FoundIn.JSONLD, 0.9
    if any(
        isinstance(part, dict) and _free(part) is False
        for part in page.jsonld.nodes(page.jsonld.article.get("hasPart"))
    ):
        return False, FoundIn.JSONLD, 0.8
    stated = _BOOLEAN.get((page.first("isaccessibleforfree") or "").lower())
    if stated is not None:
        return stated, FoundIn.META, 0.85
    tier = _TIERS.get((page.first("article:content_tier", "og:article:content_tier") or "").lower())
    return (tier, FoundIn.META, 0.8) if tier is not None else None


def _free(node: Node) -> bool | None:
    value: Any = node.get("isAccessibleForFree")
    return value if isinstance(value, bool) else _BOOLEAN.get(str(value).strip().rsplit("/", 1)[-1].lower())


def take_walls(marked: Marked, trace: Trace = NO_TRACE) -> bool:
    """Take short invitations to pay out of the page. Whether one asks to pay or sign in for more of the story.

    What is long stays: some sites call the locked story itself a paywall. Of a part that holds paragraphs of the story
    only the invitation goes.
    """
    asked = False
    taken: set[HtmlElement] = set()
    searched: set[HtmlElement] = set()
    for element in marked[Mark.WALL]:
        if is_within(element, taken):
            continue
        if element.getparent() is None or element.tag not in {"div", "section", "p", "aside", "span"}:
            continue
        text = normalize_line(element.text_content()[: 4 * _NOTE_CHARS])
        asks = _WALL.search(text) is not None
        offers: list[HtmlElement] = []
        if element.tag == "p":
            # Paragraphs behind a wall are named after it as well, so that only their words tell.
            offers = [element] if asks and len(text) < _NOTE_CHARS else []
        elif len(text) < _NOTE_CHARS and not _is_prose(text) and not _holds_story(element, text):
            offers = [element]
        elif not is_within(element, searched):
            searched.add(element)
            offers = [part for part in element.iter(*_LINES, "a", "button") if _is_invitation(part)]
            asks = bool(offers)
        asked = asked or (asks and bool(offers))
        for offer in offers:
            if offer.getparent() is not None and not is_within(offer, taken):
                note_removed(trace, offer, Reason.SUBSCRIPTION_OFFER)
                taken.add(offer)
                offer.drop_tree()
    return asked


def _holds_story(wall: HtmlElement, text: str) -> bool:
    """Whether half of a wall's text or more is paragraphs of a story; short ones count where nothing asks for money."""
    if not text:
        return False
    offers = _asks(text) or next(wall.iter("a", "button", "input", "form"), None) is not None
    paragraphs = (normalize_line(paragraph.text_content()) for paragraph in wall.iter("p"))
    least = _PROSE if offers else 1
    story = (one for one in paragraphs if len(one) >= least and one[-1] in _ENDS and not _asks(one))
    return 2 * sum(map(len, story)) >= len(text)


def _is_invitation(part: HtmlElement) -> bool:
    """Whether a line of a wall asks to pay or sign in; links within paragraphs are no lines."""
    # Asked first: of parts in parts the text would be read as often as they are deep.
    if next(part.iterchildren(*_LINES), None) is not None:
        return False
    text = normalize_line(part.text_content()[: 4 * _NOTE_CHARS])
    if len(text) >= _PROSE:
        return False
    if part.tag not in _LINES:
        return _stands_alone(part) and _asks(text)
    return _WALL.search(text) is not None


def _stands_alone(link: HtmlElement) -> bool:
    """Whether a link or button is a line by itself: no text stands right before or after it."""
    around, before = link.getparent(), link.getprevious()
    if around is None or around.tag not in {"div", "section", "aside", "form"}:
        return False
    beside = around.text if before is None else before.tail
    return not (beside or "").strip() and not (link.tail or "").strip()


def _asks(text: str) -> bool:
    return _WALL.search(text) is not None or _PAY.search(text) is not None


def _is_prose(text: str) -> bool:
    return len(text) >= _PROSE and text[-1] in _ENDS and not _asks(text)


def seems_cut(page: PageData, body: str, *, free: bool | None, wall: bool) -> bool:
    """Whether a body is likely the part of a story before its paywall.

    Some evidence of a wall is needed: a statement that the article is not free, an invitation to pay that stood in the
    page, or one at the end of the body; and some that the text is a part: few words, or much fewer than stated.
    """
    ends = _WALL.search(body[-_NOTE_CHARS:]) is not None
    if free is not False and not wall and not ends:
        return False
    # Scripts without spaces have about two characters a word.
    words = max(len(body.split()), sum(c >= "\u3040" for c in body) // 2)
    stated = str(page.jsonld.article.get("wordCount") or "")
    count = int(stated) if stated.isdecimal() and len(stated) < 7 else 0
    return words < _FEW_WORDS or (count > 0 and words < _SHARE * count) or (ends and free is False)
