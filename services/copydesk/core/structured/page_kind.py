"""What kind of page it is: an article, a live blog, a front page, a list of articles, or something else.

Statements of the page weigh most, then its make: a list is many short parts that each lead elsewhere, an article is
running text. No single sign decides: templates call lists articles, and articles lie among teasers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from copydesk.core.envelope import web_url
from copydesk.core.structured.jsonld import types_of
from copydesk.core.structured.marks import Mark, Marked, is_within
from copydesk.core.structured.page import PageData
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_line
from copydesk.core.urls import canonical_url
from copydesk_schemas.parts import Genre
from copydesk_schemas.reasons import Code, FoundIn

LONG_BODY = 1_200
"""Characters of running text of its own from which on a page is an article whatever it calls itself."""
_SHORT_BODY = 400
_PARAGRAPH = 40
"""Characters from which on a paragraph is more than a headline, in scripts without spaces too."""
_FEW_LINKS = 0.3
"""Share of a page's characters in links below which it is no list, if it has a text of its own."""
_GENRES = {
    "OpinionNewsArticle": "opinion",
    "AnalysisNewsArticle": "analysis",
    "BackgroundNewsArticle": "background",
    "ReviewNewsArticle": "review",
    "Review": "review",
    "LiveBlogPosting": "live",
    "AdvertiserContentArticle": "advertorial",
    "NewsArticle": "news",
    "ReportageNewsArticle": "news",
}
_OPINION = re.compile(
    r"opinions?|op-?eds?|comment(?:ary|aries)?|editorials?|columns?|columnists?|letters(?: to the editor)?|"
    r"viewpoints?|meinung(?:en)?|"
    r"kommentare?|leitartikel|gastkommentar|kolumnen?|glosse|opinión|opinion|tribunas?|editorial(?:es)?|columnas?|"
    r"débats?|"
    r"tribunes?|éditos?|éditoriaux|chroniques?|opinioni|commenti|editoriali|opinião|colunas?|opinie|opinia|opinie|"
    r"мнения?|колонки?|"
    r"ledare|debatt|kronik|leder|meninger|mielipide|názory|görüş|yazarlar|社説|コラム|オピニオン|评论|社评|사설|오피니언|칼럼",
    re.IGNORECASE,
)
_ENTRIES = 3
"""Entries from which on a page that marks them is a live blog."""
_LISTS = frozenset({"CollectionPage", "SearchResultsPage", "ItemList", "Blog", "ProfilePage", "OfferCatalog"})
_LIST_TYPES = frozenset({"website", "object", "profile", "blog", "product.group", "product", "company", "place"})
_LIST_BODY = re.compile(
    r"(?:^|\s)(?:archive|category|tag|author|search|search-results|home|blog|tax-[\w-]+|term-[\w-]+|"
    r"post-type-archive|"
    r"page-(?:category|tag|archive|home|section|listing))(?=\s|$)"
)
_ARTICLE_BODY = re.compile(
    r"(?:^|\s)(?:single|single-post|single-format-[\w-]+|node-type-article|article-page|page-article|"
    r"post-template-[\w-]+)(?=\s|$)"
)
_LIST_PATH = re.compile(
    r"(?:^|/)(?:tags?|topics?|categor(?:y|ies|ia|ie)|author|authors|autor|autoren|auteur|autores|search|suche|"
    r"thema|themen|archive|archiv|"
    r"sections?|rubrik|collections?|browse|page/\d+|latest|newest|all-news|trending)(?:/|$)|^(?:news|blog|"
    r"articles|stories|press)$",
    re.IGNORECASE,
)
_DETAIL = re.compile(r"(?:[a-z0-9]+-){4,}[a-z0-9]+|\d{5,}|/\d{4}/\d{1,2}/")
_HOMES = frozenset({"", "index.html", "index.htm", "index.php", "home", "home.html", "default.aspx"})
_ARTICLE_OG = frozenset({"article", "news", "blog", "newsarticle", "video.other"})
_MANY = 5
"""Articles that a page describes at its top level from which on it is a list of them."""
_FAILED = re.compile(
    r"(?:error |fehler |erreur )?40[34](?:\W+(?:error|fehler|erreur|forbidden|(?:page )?not found|nicht gefunden))?\W*|"
    r"(?:oops[,!. ]*)?(?:this |the )?page (?:not found|(?:can[’']?t|"
    r"could ?n[o’']t) be found)\W*|"
    r"seite (?:wurde )?nicht gefunden\W*|page (?:introuvable|non trouvée)\W*|página no encontrada\W*|"
    r"pagina non trovata\W*|"
    r"página não encontrada\W*|pagina niet gevonden\W*|страница не найдена\W*|access (?:denied|"
    r"to this page has been denied)\W*|"
    r"forbidden|just a moment\W*|attention required!?.*|are you (?:a )?(?:human|robot)\W*|robot check|"
    r"pardon our interruption\W*|"
    r"please verify (?:that )?you are (?:a )?human\W*|(?:log|sign) ?in|anmelden|se connecter|iniciar sesión",
    re.IGNORECASE,
)
_DIVIDED = re.compile(r"\s[|–—-]\s")
_SITE_WORDS = 3
_GOODS = frozenset({"Product", "JobPosting", "Vehicle", "RealEstateListing", "Hotel", "Restaurant"})
_SENTENCE = re.compile(r"[.!?…。！？।؟]")
_SPACE = re.compile(r"\s+")
_CARD_CHARS = 700
"""Characters that a teaser with its headline has at most."""
_MAX_HEADINGS = 600
_HEADLINE_CHARS = 15
_MENUS = frozenset({"nav", "footer", "aside"})


@dataclass(frozen=True, slots=True)
class Shape:
    """How a page is made."""

    density: float
    """Share of its characters that stand in links."""
    cards: int
    """Headings that lead to other pages, outside of menus."""
    prose: int
    """Characters of the body's running text that stand in no such teaser."""
    text: int
    """Characters of its paragraphs in no teaser that are longer than a headline, sentences or not."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page is no article."""

    code: Code
    reason: str
    facts: str | None = None
    """The reason without words of the page, where it has any."""


def genre_of(page: PageData, marked: Marked, section: str | None) -> tuple[Genre, FoundIn] | None:
    """The genre, as stated by type, by `article:opinion`, or by the section; live where the page is a live blog."""
    if is_live(page, marked):
        where = FoundIn.JSONLD if "LiveBlogPosting" in page.jsonld.types else FoundIn.DOM
        return Genre(value="live", confidence=0.9), where
    kinds = types_of(page.jsonld.article)
    stated = next((_GENRES[kind] for kind in kinds if kind in _GENRES), None)
    if stated not in {None, "news"}:
        return Genre(value=str(stated), confidence=0.9), FoundIn.JSONLD
    if (page.first("article:opinion") or "").lower() in {"true", "1", "yes"}:
        return Genre(value="opinion", confidence=0.9), FoundIn.META
    if section is not None and _OPINION.fullmatch(section.strip()):
        return Genre(value="opinion", confidence=0.7), FoundIn.DERIVED
    return (Genre(value="news", confidence=0.6), FoundIn.JSONLD) if stated else None


def is_live(page: PageData, marked: Marked) -> bool:
    """Whether it is a live blog: it says so, or marks several entries of one."""
    if "LiveBlogPosting" in page.jsonld.types:
        return True
    entries = [element for element in marked[Mark.LIVE] if element.tag in {"article", "div", "li", "section"}]
    known = set(entries)
    outer = [element for element in entries if not is_within(element, known)]
    return len(outer) >= _ENTRIES and sum(len(element.text_content()) >= 80 for element in outer) >= _ENTRIES


def refusal(page: PageData, tree: HtmlElement, body: str, url: str | None) -> Refusal | None:
    """Why the page is not read as an article; None where it is one, or may be.

    Args:
        page: what its head says.
        tree: its tree, links included.
        body: what was extracted as the story.
        url: its address.
    """
    if states_article(page):
        return None
    other = _other_kind(page, body)
    if other is not None:
        return other
    at_root = url is not None and urlsplit(url).path.strip("/").lower() in _HOMES and not urlsplit(url).query
    signs = _signs(page, tree, url)
    if not signs and not at_root and running(body) >= LONG_BODY:
        return None  # the usual case, and the shape of a page costs time
    shape = shape_of(tree, body, url)
    if shape.prose >= LONG_BODY or (shape.text >= LONG_BODY and shape.density < _FEW_LINKS and not at_root):
        return None
    listed = shape.cards >= 8 or (shape.cards >= 4 and shape.prose < _SHORT_BODY) or shape.density > 0.6
    sparse = shape.prose < _SHORT_BODY
    told = f"{shape.cards} headlines that lead elsewhere, {shape.density:.0%} of its words in links"
    if at_root and (listed or (signs and sparse) or shape.density > 0.4):
        return Refusal(
            Code.HOMEPAGE, f"the address is a site's front page, and nothing in it is marked as an article: {told}"
        )
    if (listed and (sparse or (signs and shape.prose < 2 * _SHORT_BODY))) or (
        sparse and len(signs) >= 2 and shape.density > 0.3
    ):
        why = f"{told}; {', '.join(signs)}" if signs else told
        return Refusal(Code.LISTING_PAGE, f"a list of other pages, and no article is marked: {why}")
    return None


def states_article(page: PageData) -> bool:
    """Whether the page describes an article of its own: a type alone is not enough, for templates give it to lists."""
    node = page.jsonld.article
    stated = bool(node) and any(node.get(key) for key in ("datePublished", "articleBody", "author"))
    dated = (
        page.first("article:published_time", "datepublished", "parsely-pub-date", "citation_publication_date")
        is not None
    )
    return (stated and page.jsonld.articles < _MANY) or dated


def calls_itself_article(page: PageData) -> bool:
    """Whether any of its metadata has an article's type, if only by a template."""
    return bool(page.jsonld.article) or (page.first("og:type") or "").lower() in _ARTICLE_OG or states_article(page)


def _other_kind(page: PageData, body: str) -> Refusal | None:
    """What a page is that is neither an article nor a list: an error, a test for robots, goods for sale."""
    if running(body) >= _SHORT_BODY:
        return None
    for text in [page.title, *(heading.text for heading in page.headings[:2] if heading.level == 1)]:
        if not text:
            continue
        divided = _DIVIDED.search(text)
        said, site = (text[: divided.start()], text[divided.end() :]) if divided else (text, "")
        # What follows is a site's name, and not the other half of a headline.
        if _FAILED.fullmatch(said.strip()) and len(site.split()) <= _SITE_WORDS:
            facts = "the page says that it is none"
            return Refusal(Code.NOT_ARTICLE, f"{facts}: {text[:80]!r}", facts)
    goods = next((kind for kind in page.jsonld.types if kind in _GOODS), None)
    return Refusal(Code.NOT_ARTICLE, f"its type is {goods}, and it has hardly any running text") if goods else None


def _signs(page: PageData, tree: HtmlElement, url: str | None) -> list[str]:
    """What else calls it a list."""
    found: list[str] = []
    kinds = [kind for kind in page.jsonld.types if kind in _LISTS]
    if kinds:
        found.append(f"its type is {kinds[0]}")
    if page.jsonld.articles >= _MANY:
        found.append(f"it describes {page.jsonld.articles} articles")
    kind = (page.first("og:type") or "").lower()
    if kind in _LIST_TYPES and (found or kind != "website"):
        # Many sites call every page a website.
        found.append(f"og:type is {kind}")
    body = tree.find("body")
    names = (body.get("class") or "") if body is not None else ""
    if _LIST_BODY.search(names) and not _ARTICLE_BODY.search(names):
        found.append("its template is that of a list")
    path = urlsplit(url or "").path.strip("/")
    if _LIST_PATH.search(path) and not _DETAIL.search(f"/{path}"):
        found.append("its address is that of a list")
    return found


def shape_of(tree: HtmlElement, body: str, url: str | None) -> Shape:
    """How the page is made: counts over its tree. A headline that leads to the page itself is no card."""
    address = canonical_url(url, None) if url else None
    cards: list[str] = []
    for heading in islice(tree.iter("h2", "h3", "h4", "h5"), _MAX_HEADINGS):
        anchor = heading.find(".//a")
        if anchor is None:
            anchor = next(heading.iterancestors("a"), None)
        text = normalize_line(heading.text_content())
        if anchor is None or len(text) < _HEADLINE_CHARS or (anchor.get("href") or "#").startswith("#"):
            continue
        if any(parent.tag in _MENUS for parent in heading.iterancestors()):
            continue
        if address and canonical_url(web_url(anchor.get("href") or "", url), None) == address:
            continue
        cards.append(_card_text(heading))
    # Extraction runs the parts of a teaser together, so that letters alone compare.
    within = "\n".join(key_of(card) for card in cards)
    own = [text for text in body.split("\n\n") if not cards or key_of(text) not in within]
    long = sum(len(paragraph) for paragraph in own if len(paragraph) >= _PARAGRAPH)
    return Shape(_link_density(tree), len(cards), running("\n\n".join(own)), long)


def _card_text(heading: Any) -> str:
    """The text of the teaser that a headline belongs to: the largest part around it that is short enough."""
    part = heading
    text = normalize_line(heading.text_content())
    for parent in islice(heading.iterancestors(), 6):
        if parent.tag in {"body", "main"}:
            break
        content = parent.text_content()
        if len(content) > 3 * _CARD_CHARS or len(wider := normalize_line(content)) > _CARD_CHARS:
            break
        part, text = parent, wider
    return text if part is not heading else ""


def running(body: str) -> int:
    """Characters of prose: paragraphs that are long and made of sentences, not of headlines run together."""
    long = [paragraph for paragraph in body.split("\n\n") if len(paragraph) >= 120]
    return sum(len(text) for text in long if len(_SENTENCE.findall(text)) * 500 >= len(text))


def _link_density(tree: HtmlElement) -> float:
    """Share of the page's characters that stand in links."""
    total = len(_SPACE.sub("", tree.text_content()))
    linked = sum(len(_SPACE.sub("", anchor.text_content())) for anchor in tree.iter("a"))
    return min(1.0, linked / total) if total else 0.0
