"""The deck: the line or short paragraph below the headline, which a subtitle is read from.

A deck is what a reader sees there. Markup names it in many ways; the property `alternativeHeadline` holds it on some
sites and another headline, for search engines, on others; and the description of a page is its deck only where it
stands apart from the story, for on other sites it repeats the first paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.lines.patterns import date_share
from copydesk.core.page.measure import HEADINGS
from copydesk.core.structured.marks import name_of
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_line

_MIN, _MAX = 20, 700
"""Characters of a deck."""
_REACH = 1_200
"""Characters after the headline within which a deck begins."""
_ELEMENTS = 200
_PROSE = 80
_SURE = re.compile(
    r"\b(?:deck|dek|stand-?first|sub-?titles?|sub-?headlines?|sub-?head(?:er|ing)?|sub-?line|strap-?line|vorspann|"
    r"preface|chapeau|"
    r"chapo|entradilla|bajada|copete|ingress|manchet|perex|sommario|occhiello|sottotitolo|sous-?titre|subtitulo|"
    r"einleitung|"
    r"anleser|excerpt|lead-?(?:text|in)|alternative-headline|sub-?tit|epigraph|leadtext|teaser-?text)(?:\b|-)"
)
_LIKELY = re.compile(
    r"\b(?:lead|lede|intro|introduction|summary|abstract|description|desc|teaser|art-?sum)"
    r"(?!-(?:image|img|media|photo|picture|video|gallery|link|button|icon|item|caption|author|date|time|meta|info|"
    r"share|list|"
    r"container|wrapper|module|box|story|stories|articles?|card))(?:\b|-)"
)
_WORD = re.compile(r"\w+")
_NOT = re.compile(
    r"byline|author|autor|caption|related|shar(?:e|ing)|social|newsletter|comment|bread-?crumb|bio\b|promo|price|toc|"
    r"table-of-contents|cookie|tags?\b|kicker|dateline|timestamp|credit|\bimg|\bimage|\bmedia|slide|carousel|"
    r"error|\bsite-|"
    r"\bg?form\b|video|player|product|banner|sponsor|disclos|\bcall\b|subscri|-bu\b"
)
_BESIDE = frozenset({"nav", "aside", "footer", "figure", "form", "button", "ul", "ol", "table"})
_TAGS = frozenset({"p", "div", "h2", "h3", "h4", "span", "section", "strong", "header"})
_PARTS = 6
_CARD = 1_000
"""Characters of a card with a teaser of another story at most, and how many elements around its text are looked at."""
_CARD_DEPTH = 4
_CARD_LINKS = 50
"""Links of a card that are looked at."""
_HEADLINE, _LINE = 15, 25
"""Characters from which on a link in a heading, and any other, is a headline; names and sections are shorter."""
_PIECES = 100
_BLOCKS = ("p", "div", "ul", "ol", "h2", "h3", "h4", "section", "table", "figure")


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck and how it was told."""

    text: str
    confidence: float
    reason: str


def read_deck(tree: HtmlElement, title: str | None, alternative: str | None, description: str | None) -> Deck | None:
    """The deck that is printed below the headline; None where there is none.

    Args:
        tree: the page without captions.
        title: the headline that was chosen.
        alternative: `alternativeHeadline` of the article in JSON-LD; taken unseen where the page has no headline.
        description: what metadata say that the article is about.
    """
    head, stated, described = (key_of(text or "") for text in (title, alternative, description))
    words = _words(title or "")
    heading = _headline(tree, head)
    if heading is None:
        fits = alternative is not None and stated not in {head, described} and not _restates(alternative, words)
        return Deck(alternative, 0.7, "stated as the alternative headline") if alternative and fits else None
    likely: Deck | None = None
    above = set(heading.iterancestors())
    for element in _below(heading):
        kind = _kind(name_of(element)) if element.attrib else ""
        text = _text_of(element) if kind is not None else None
        if text is None or _restates(text, words) or _is_beside(element):
            continue
        key = key_of(text)
        if kind and key not in {stated, described} and _is_teaser(element, above):
            continue
        if kind == "sure":
            return Deck(text, 0.95 if key == stated else 0.9, "named a deck, below the headline")
        if (described and key == described) and _stands_apart(element):
            return Deck(text, 0.85, "the page's description, printed apart from the story")
        if likely is None and stated and key == stated:
            likely = Deck(text, 0.8, "stated as the alternative headline, and printed below the headline")
        if likely is None and kind == "likely" and _stands_apart(element):
            likely = Deck(text, 0.8, "named a lead, and apart from the story")
    return likely


@lru_cache(maxsize=4096)
def _kind(names: str) -> str | None:
    """`sure` or `likely` where names say that it is a deck, empty where they say nothing, None for something else."""
    if _NOT.search(names):
        return None
    return "sure" if _SURE.search(names) else "likely" if _LIKELY.search(names) else ""


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _restates(text: str, title: set[str]) -> bool:
    """Whether a text is the headline again, perhaps with a rubric: hardly any word is new, or all of it is there."""
    own = _words(text)
    shared = len(own & title)
    return not own or shared >= 0.8 * len(own) or (shared >= 0.9 * len(title) and len(own) <= len(title) + 5)


def _below(heading: Any) -> Iterator[Any]:
    """Elements after the headline that may be its deck, in order."""
    passed, seen = len(heading.tail or ""), 0
    for part in (heading, *heading.iterancestors()):
        for following in part.itersiblings():
            for element in following.iter():
                seen += 1
                if passed > _REACH or seen > _ELEMENTS:
                    return
                # A part with several parts is no paragraph; its parts come next.
                if element.tag in _TAGS and len(element) <= _PARTS:
                    yield element
                passed += len((element.text or "").strip()) + len((element.tail or "").strip())


def _headline(tree: HtmlElement, title: str) -> Any | None:
    """The heading that the title was read from, else the first of the page that is not in its header or menu."""
    first = None
    for element in islice(tree.iter("h1", "h2"), 40):
        key = key_of(normalize_line(element.text_content()[:500]))
        if not key:
            continue
        if title and (key == title or (len(title) >= 12 and (key.endswith(title) or title.endswith(key)))):
            return element
        if (
            first is None
            and element.tag == "h1"
            and not any(p.tag in {"nav", "aside"} for p in element.iterancestors())
        ):
            first = element
    return first


def _text_of(element: Any) -> str | None:
    """The text of an element that is one short paragraph by itself; None otherwise."""
    pieces = list(islice(element.itertext(), _PIECES))
    if not _MIN <= sum(map(len, pieces)) <= 4 * _MAX:
        return None
    text = normalize_line(" ".join(pieces))
    if not _MIN <= len(text) <= _MAX or date_share(text) > 0.3:
        return None
    filled = [part for part in element.iter(*_BLOCKS) if part is not element and part.text_content().strip()]
    if sum(1 for part in filled if part.tag != "div") > 1:
        return None
    if element.find(".//h1") is not None or element.find(".//img") is not None:
        return None
    linked = sum(len(normalize_line(anchor.text_content())) for anchor in element.iter("a"))
    return text if linked * 2 < len(text) else None


def _stands_apart(element: Any) -> bool:
    """Whether it is no paragraph among others: alone in its part of the page, a heading, or bold throughout."""
    if element.tag in {"h2", "h3", "h4", "strong"}:
        return True
    bold = next(element.iter("strong", "b"), None)
    if bold is not None and len(bold.text_content().strip()) >= 0.9 * len(element.text_content().strip()):
        return True
    parent = element.getparent()
    if _goes_on(element):
        return False
    # Systems that build pages of components put each paragraph into a part of its own.
    return parent is None or parent.tag in {"header", "body"} or not _goes_on(parent)


def _is_beside(element: Any) -> bool:
    return any(parent.tag in _BESIDE for parent in islice(element.iterancestors(), 6))


def _is_teaser(element: Any, above: AbstractSet[Any]) -> bool:
    """Whether it stands in a link, or in a card with a headline that leads to another story.

    Args:
        element: what is named a deck.
        above: elements around the page's headline; a card is none of them.
    """
    if element.tag in HEADINGS:
        return False  # cards have their headlines in headings, not what stands below them
    for part in islice(element.iterancestors(), _CARD_DEPTH):
        if part in above:
            return False
        if part.tag == "a":
            return True
        text = part.text_content()
        if len(text) > 4 * _CARD or len(normalize_line(text)) > _CARD:
            return False
        if any(_is_linked_headline(link, part) for link in islice(part.iter("a"), _CARD_LINKS)):
            return True
    return False


def _is_linked_headline(link: Any, card: Any) -> bool:
    """Whether a link stands in a heading or around one, or is a line of several words by itself or of the card."""
    text = normalize_line(link.text_content()[: 4 * _MAX])
    if HEADINGS.intersection(part.tag for part in (*islice(link.iterancestors(), 2), *islice(link.iter(), _PARTS))):
        return len(text) >= _HEADLINE
    around = link.getparent()
    return len(text) >= _LINE and (around is card or normalize_line(around.text_content()[: 4 * _CARD]) == text)


def _goes_on(element: Any) -> bool:
    """Whether what follows is prose in the same kind of element."""
    names = element.get("class")
    following = [part for part in islice(element.itersiblings(), 3) if part.tag == element.tag]
    return any(
        (part.tag == "p" or part.get("class") == names)
        and len(normalize_line(part.text_content()[: 4 * _PROSE])) >= _PROSE
        for part in following
    )
