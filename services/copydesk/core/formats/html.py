"""HTML pages: one tree, read for metadata, figures and links, then given to the body extraction."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from copydesk import __version__
from copydesk.core.document import Draft, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.extraction import extract_body, lighten, parse_html
from copydesk.core.formats.guard import guard_html
from copydesk.core.formats.script_story import story_in_scripts
from copydesk.core.options import ParseOptions
from copydesk.core.page.blocks import PageBlocks, walk_blocks
from copydesk.core.page.fates import Fate, tell_fates
from copydesk.core.page.measure import Measure, measure
from copydesk.core.page.removal import remove_asides
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.page.repair import repair
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.jsonld import plain
from copydesk.core.structured.links import body_links
from copydesk.core.structured.media import take_figures
from copydesk.core.structured.metadata import fill
from copydesk.core.structured.page import PageData, read_page
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_body, normalize_line
from copydesk.core.timing import Stopwatch
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.reasons import Code, Flag, FoundIn

_KEY_POINTS = re.compile(
    r"key-?(?:points?|takeaways?|facts|highlights)|takeaways?|highlights|bullet-?summary|article-?summary|"
    r"summary-?(?:list|points)|tl-?dr|at-a-glance",
    re.IGNORECASE,
)
_ARTICLE_OG = frozenset({"article", "news", "blog", "newsarticle", "video.other"})
_HEADINGS = 10
"""Headings of a page that may be its printed headline: it is among the first."""
_NOTE = 300
"""Characters that an invitation to subscribe has at most."""
_LONG_BODY = 1_200
"""Characters of running text from which on a page is an article whatever it calls itself."""
_NO_BODY = 100
"""Characters of text below which a page's elements hold no story."""
_NAME = r"[^\W\d_][^\s\d.!?,]*\.?"
_BYLINE = re.compile(rf"(?:By|BY|Von|Par|Por) {_NAME}(?: {_NAME}){{1,7}}(?:, {_NAME}(?: {_NAME}){{1,5}})*")
_JOINERS = frozenset({"and", "und", "et", "y", "de", "da", "di", "van", "von", "der", "den", "la", "le", "al", "bin"})
_SENTENCE = re.compile(r"[.!?…。！？।؟]")
_SPACE = re.compile(r"\s+")


def parse_html_page(
    html: str,
    document: RawDocument,
    options: ParseOptions,
    *,
    trace: Trace = NO_TRACE,
    watch: Stopwatch | None = None,
) -> Draft:
    """The article of a page.

    Raises:
        Rejected: oversized, no_text, homepage, listing_page or not_article.
    """
    watch = watch or Stopwatch()
    url = document.final_url or document.url
    with watch.step("guard"):
        guarded = guard_html(html, options)
        trace.note("html", "guard", "passed", f"{guarded.tags} tags, depth {guarded.depth}, {guarded.cut} tags cut")
    with watch.step("tree"):
        tree = parse_html(guarded.html)
    if tree is None:
        raise Rejected(Code.NO_TEXT, "there is nothing in the page")
    draft = Draft(content=document.content, url=url)
    if guarded.cut:
        draft.flags.add(Flag.TRUNCATED)
    with watch.step("metadata"):
        page = read_page(tree)
        lighten(tree)
        blocks, before = (walk_blocks(tree), len(trace.blocks)) if trace.enabled else (None, 0)
        base = urljoin(url or "", page.base) if page.base else url
        draft.media = take_figures(tree, base, trace)
        fill(draft, page, document, url=url, tree=tree, trace=trace)
        _key_points(draft, tree, trace)
        _take_paywall_notes(tree, trace)
    with watch.step("body"):
        measured = measure(tree)
        density = measured.link_density()
        repair(measured, trace)
        remove_asides(measured, trace)
        _body(draft, page, measured, guarded.html, options, trace)
    if blocks is not None:
        _tell(blocks, draft, trace, before)
    _judge(draft, page, density, url, trace)
    with watch.step("links"):
        draft.links = body_links(tree, draft.body, base)
    for name, value, where in (("media", draft.media, FoundIn.DOM), ("links", draft.links, FoundIn.DOM)):
        if value:
            draft.took(name, "html", __version__, where, 0.8, len(value))
    return draft


def _tell(blocks: PageBlocks, draft: Draft, trace: Trace, before: int) -> None:
    """Tell what became of the page's blocks; `before` blocks were taken out of other pages."""
    fates = tell_fates(blocks, draft, trace.blocks[before:])
    kept, words = fates.count(Fate.KEPT), fates.words(Fate.KEPT)
    trace.note(
        "html",
        f"{len(fates.blocks) + fates.more} blocks of text",
        f"{kept} in the body, with {words} words",
        f"{fates.linked():.0%} of all words are links",
    )
    trace.tell(fates)


def _key_points(draft: Draft, tree: HtmlElement, trace: Trace) -> None:
    """A marked-up list of key points, which extraction would mix with the story."""
    for element in tree.iter("div", "section", "aside", "ul"):
        label = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"
        if not _KEY_POINTS.search(label):
            continue
        points = [_SPACE.sub(" ", normalize_line(" ".join(item.itertext()))) for item in element.iter("li")]
        points = [point for point in points if 15 <= len(point) <= 400]
        linked = sum(1 for item in element.iter("li") if item.find(".//a") is not None)
        if 2 <= len(points) <= 8 and linked * 2 <= len(points):
            draft.key_points = points
            draft.took("key_points", "html", __version__, FoundIn.DOM, 0.8, len(points))
            note_removed(trace, element, Reason.KEY_POINT)
            element.drop_tree()
            return


def _take_paywall_notes(tree: HtmlElement, trace: Trace) -> None:
    """Take out short invitations to subscribe. Long ones stay: some sites call the locked story itself a paywall."""
    taken: set[HtmlElement] = set()
    for element in list(tree.iter("div", "section", "p", "aside")):
        if taken and any(around in taken for around in element.iterancestors()):
            continue
        label = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if "paywall" in label and len(_SPACE.sub(" ", element.text_content())) < _NOTE:
            note_removed(trace, element, Reason.SUBSCRIPTION_OFFER)
            taken.add(element)
            element.drop_tree()


def _body(draft: Draft, page: PageData, measured: Measure, html: str, options: ParseOptions, trace: Trace) -> None:
    extracted = extract_body(measured, trace)
    draft.body = _without_heading(extracted.body, draft, page, trace)
    extractor, version, where, confidence = extracted.extractor, extracted.version, FoundIn.DOM, 0.85
    stated = articlebody(page)
    if max(len(draft.body), len(stated)) < _NO_BODY and _is_article(page):
        told = story_in_scripts(html, options, trace)
        if told:
            trace.note("html", "body", "taken from a script", "the page's elements hold no story, a string in it does")
            draft.body, extractor, version = told, "script", __version__
    if stated and _better(stated, draft.body):
        trace.note("html", "body", "taken from JSON-LD articleBody", "extraction found much less of the same story")
        draft.body, extractor, version, where = stated, "structured_data", __version__, FoundIn.JSONLD
    elif trace.enabled:
        trace.note("html", "body", f"{len(draft.body)} characters by {extractor} {version}", "of the page's tree")
    if draft.body:
        draft.took("body", extractor, version, where, confidence, 2 if stated else 1)


def _without_heading(body: str, draft: Draft, page: PageData, trace: Trace) -> str:
    """The body without headline, deck and byline as its first paragraphs: they have fields of their own."""
    # The headline that is printed is often another than the one that metadata state and that was chosen.
    printed = [heading.text for heading in page.headings[:_HEADINGS] if heading.level == 1]
    own = [key_of(text) for text in (draft.title, draft.subtitle, *printed) if text]
    while True:
        first, _, rest = body.partition("\n\n")
        key = key_of(first)
        # The title element often holds a rubric before the headline: «County News: School keeps its pool».
        heading = any(key == text or (len(key) >= 12 and text.endswith(key)) for text in own)
        byline = not heading and _is_byline(first)
        if not rest or not (heading or byline):
            return body
        if byline and not draft.authors:
            draft.authors = read_authors([(first, None)], [])
            draft.took("authors", "html", __version__, FoundIn.TEXT, 0.6)
        note_removed(trace, first, Reason.OWN_FIELD)
        body = rest


def _is_byline(line: str) -> bool:
    """«By Jane Doe and John Roe»: a preposition and then names; «By Monday the council had voted» is none."""
    if len(line) > 100 or not _BYLINE.fullmatch(line):
        return False
    words = line.split()[1:]
    return all(word[0].isupper() or word.lower() in _JOINERS for word in words) and words[-1][0].isupper()


def articlebody(page: PageData) -> str:
    """The article's text as JSON-LD states it, as paragraphs; empty where it does not."""
    value: Any = page.jsonld.article.get("articleBody")
    if isinstance(value, list):
        value = "\n\n".join(part for part in value if isinstance(part, str))
    return normalize_body(plain(value)) if isinstance(value, str) else ""


def _better(stated: str, found: str) -> bool:
    """Whether the stated text is to be preferred: only where extraction found next to nothing."""
    return len(found) < 250 and len(stated) > 2 * len(found)


def _judge(draft: Draft, page: PageData, density: float, url: str | None, trace: Trace) -> None:
    """Tell home and listing pages from articles; a page with a long running text is never turned away."""
    if _is_article(page) or running(draft.body) >= _LONG_BODY:
        return
    kind = (page.first("og:type") or "").lower()
    path = urlsplit(url or "").path.strip("/")
    at_root = url is not None and path in {"", "index.html", "index.php", "home"}
    if at_root and (kind == "website" or density > 0.4):
        raise Rejected(Code.HOMEPAGE, "the address is a site's front page, and nothing in it is marked as an article")
    if page.jsonld.is_listing or (density > 0.6 and running(draft.body) < 400):
        raise Rejected(
            Code.LISTING_PAGE, f"a list of other pages: {density:.0%} of its words are links, no article is marked"
        )
    trace.note("html", "page", "taken for an article", f"link density {density:.2f}, og:type {kind or 'absent'}")


def _is_article(page: PageData) -> bool:
    """Whether the page's metadata say that it is an article."""
    kind = (page.first("og:type") or "").lower()
    return bool(page.jsonld.article) or kind in _ARTICLE_OG or page.first("article:published_time") is not None


def running(body: str) -> int:
    """Characters of prose: paragraphs that are long and made of sentences, not of headlines run together."""
    long = [paragraph for paragraph in body.split("\n\n") if len(paragraph) >= 120]
    return sum(len(text) for text in long if len(_SENTENCE.findall(text)) * 500 >= len(text))
