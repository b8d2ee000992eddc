"""HTML pages: one tree, read for metadata, figures and links, then given to the body extraction."""

from __future__ import annotations

import copy
import re
from typing import Any

from lxml.html import HtmlElement

from copydesk import __version__
from copydesk.core.dates.read import read_date
from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.extraction import extract_body, lighten, parse_html
from copydesk.core.formats.guard import guard_html
from copydesk.core.formats.script_story import story_in_scripts
from copydesk.core.lines.dateline import read_dateline
from copydesk.core.options import ParseOptions
from copydesk.core.page.blocks import PageBlocks, walk_blocks
from copydesk.core.page.fates import Fate, tell_fates
from copydesk.core.page.measure import measure
from copydesk.core.page.removal import remove_asides
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.page.repair import repair
from copydesk.core.structured.access import seems_cut, take_walls
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.captions import take_captions
from copydesk.core.structured.credits import Credit, read_credit, unique
from copydesk.core.structured.jsonld import plain
from copydesk.core.structured.key_points import take_key_points
from copydesk.core.structured.links import body_links
from copydesk.core.structured.marks import read_marks
from copydesk.core.structured.media import take_figures
from copydesk.core.structured.metadata import fill
from copydesk.core.structured.page import PageData, read_page
from copydesk.core.structured.page_kind import calls_itself_article, refusal
from copydesk.core.structured.related import related_links, take_lines
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_body
from copydesk.core.timing import Stopwatch
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.reasons import Code, DateRole, Flag, FoundIn

_OPENINGS = 3
"""Paragraphs that may hold the dateline: deck and byline may come first."""
_PLACE_WORDS = 3
_SURE_CREDIT = 0.8
_HEADINGS = 10
"""Headings of a page that may be its printed headline: it is among the first."""
_NO_BODY = 100
"""Characters of text below which a page's elements hold no story."""
_NAME = r"[^\W\d_][^\s\d.!?,]*\.?"
_BYLINE = re.compile(rf"(?:By|BY|Von|Par|Por) {_NAME}(?: {_NAME}){{1,7}}(?:, {_NAME}(?: {_NAME}){{1,5}})*")
_JOINERS = frozenset({"and", "und", "et", "y", "de", "da", "di", "van", "von", "der", "den", "la", "le", "al", "bin"})


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
        base = page.base_of(url)
        draft.media = take_figures(tree, base, trace)
        marked = read_marks(tree)
        draft.media += take_captions(tree, marked, base, trace)
        fill(draft, page, document, url=url, tree=tree, trace=trace, marked=marked)
        draft.key_points, reason = take_key_points(tree, marked, trace)
        if draft.key_points:
            draft.took("key_points", "html", __version__, FoundIn.DOM, 0.8, len(draft.key_points))
            trace.note("html", "key points", f"{len(draft.key_points)} taken", reason)
        walled = take_walls(marked, trace)
        teasers = take_lines(tree, trace)
    with watch.step("body"):
        # What is no part of the story is taken out of a copy: links and the page's kind are read from all of it.
        story = copy.deepcopy(tree)
        if blocks is not None:
            blocks.follow(tree, story)
        _body(draft, page, story, guarded.html, options, trace)
    if blocks is not None:
        _tell(blocks, draft, trace, before)
    refused = refusal(page, tree, draft.body, url)
    if refused is not None:
        raise Rejected(refused.code, refused.reason, facts=refused.facts)
    if seems_cut(page, draft.body, free=draft.is_accessible_for_free, wall=walled):
        draft.flags.add(Flag.PAYWALL_SUSPECTED)
    _dateline(draft)
    with watch.step("links"):
        credit = read_credit(tree, page, draft.source, draft.body, url, base)
        if credit is not None:
            _take_credit(draft, credit, trace)
        inside = body_links(tree, draft.body, base)
        sources = {link.url for link in credit.links} if credit else set()
        inside = [link for link in inside if link.url not in sources]
        draft.links = unique(
            [*inside, *related_links(tree, teasers, marked, url, base, inside), *(credit.links if credit else ())]
        )
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


def _dateline(draft: Draft) -> None:
    """The dateline that the story opens with; the body keeps it, as an agency's text does."""
    for paragraph in draft.body.split("\n\n")[:_OPENINGS]:
        found = read_dateline(paragraph)
        if found is None or not (found.agency or found.date or _is_short_place(found.dateline.location)):
            continue
        day = read_date(found.date) if found.date else None
        draft.dateline = found.dateline.model_copy(update={"date": day.date.value if day else None})
        draft.took("dateline", "html", __version__, FoundIn.TEXT, 0.85 if found.agency or found.date else 0.7)
        if found.date:
            draft.dates.append(FoundDate(found.date, DateRole.DATELINE, "text:dateline", 0.7, context=paragraph[:300]))
        return


def _is_short_place(text: str | None) -> bool:
    """Whether capitals before a dash may be a place by themselves: a rubric has more words."""
    return text is not None and len(text.replace(",", " ").split()) <= _PLACE_WORDS


def _take_credit(draft: Draft, credit: Credit, trace: Trace) -> None:
    if credit.syndicated is None:
        return
    if draft.syndicated_from is not None and credit.syndicated.name is not None and credit.confidence < _SURE_CREDIT:
        return
    name = credit.syndicated.name or (draft.syndicated_from.name if draft.syndicated_from else None)
    draft.syndicated_from = credit.syndicated.model_copy(update={"name": name})
    draft.flags.add(Flag.SYNDICATED)
    draft.took("syndicated_from", "html", __version__, credit.found_in, credit.confidence)
    trace.note("html", "syndicated from", name or credit.syndicated.url or "", credit.reason)


def _body(draft: Draft, page: PageData, tree: HtmlElement, html: str, options: ParseOptions, trace: Trace) -> None:
    measured = measure(tree)
    repair(measured, trace)
    remove_asides(measured, trace)
    extracted = extract_body(measured, trace)
    draft.body = _without_heading(extracted.body, draft, page, trace)
    extractor, version, where, confidence = extracted.extractor, extracted.version, FoundIn.DOM, extracted.confidence
    stated = articlebody(page)
    if max(len(draft.body), len(stated)) < _NO_BODY and calls_itself_article(page):
        told = story_in_scripts(html, options, trace)
        if told:
            trace.note("html", "body", "taken from a script", "the page's elements hold no story, a string in it does")
            draft.body, extractor, version, confidence = told, "script", __version__, 0.8
    if stated and _better(stated, draft.body):
        trace.note("html", "body", "taken from JSON-LD articleBody", "extraction found much less of the same story")
        draft.body, extractor, version, where = stated, "structured_data", __version__, FoundIn.JSONLD
        confidence = 0.8
    elif trace.enabled:
        trace.note("html", "body", f"{len(draft.body)} characters by {extractor} {version}", "of the page's tree")
    if draft.body:
        draft.took("body", extractor, version, where, confidence, 2 if stated else 1)


def _without_heading(body: str, draft: Draft, page: PageData, trace: Trace) -> str:
    """The body without headlines and byline as its first paragraphs: they have fields of their own."""
    # The headline that is printed is often another than the one that metadata state and that was chosen.
    printed = [heading.text for heading in page.headings[:_HEADINGS] if heading.level == 1]
    # The deck stays: it is the first paragraph of many a story. Another headline that is printed goes.
    other = page.jsonld.text("alternativeHeadline")
    other = other if other != draft.subtitle else None
    own = [key_of(text) for text in (draft.title, other, *printed) if text]
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
