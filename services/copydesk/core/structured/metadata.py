"""Metadata onto a draft: every field but the body, each with where it was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from lxml.html import HtmlElement

from copydesk import __version__
from copydesk.core.document import Draft, RawDocument
from copydesk.core.envelope import web_url
from copydesk.core.structured import media
from copydesk.core.structured.access import read_access
from copydesk.core.structured.authorship import read_authorship
from copydesk.core.structured.dates import read_dates
from copydesk.core.structured.decks import read_deck
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.marks import Marked, no_marks
from copydesk.core.structured.page import PageData
from copydesk.core.structured.page_kind import genre_of
from copydesk.core.structured.publisher import credited, read_source, site_names
from copydesk.core.structured.rights import read_rights
from copydesk.core.structured.subjects import read_section, read_tags
from copydesk.core.structured.title_text import key_of
from copydesk.core.structured.titles import Candidate, choose_title
from copydesk.core.trace import Trace
from copydesk.core.urls import same_site
from copydesk_schemas.reasons import Flag, FoundIn

EXTRACTOR = "structured_data"

_META_TITLES = (
    "title", "headline", "dcterms.title", "dc.title", "dc:title", "parsely-title", "sailthru.title", "citation_title"
)  # fmt: skip
_LOCALE = re.compile(r"\A([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2,4}|\d{3}))?")


def fill(
    draft: Draft,
    page: PageData,
    document: RawDocument,
    *,
    url: str | None,
    tree: HtmlElement | None,
    trace: Trace,
    marked: Marked | None = None,
) -> None:
    """Fill a draft's metadata from a page.

    Args:
        draft: changed in place.
        page: what the head says.
        document: the raw record, for its hints.
        url: where the page was found, after redirects.
        tree: the page, for bylines, dates and headings in its markup; None for bare JSON-LD.
        trace: told why.
        marked: parts of the tree by what their names say.
    """
    marks = no_marks() if marked is None else marked
    base = page.base_of(url)
    sites = site_names(page, document, url)
    draft.source = read_source(page, document, url)
    _title(draft, page, document, sites, trace)
    _deck(draft, page, tree, trace)
    _description(draft, page)
    _subjects(draft, page, marks, sites)
    _authors(draft, page, sites, tree, base, trace)
    draft.dates = read_dates(page, tree) if tree is not None else read_dates(page, _EMPTY)
    _links(draft, page, base)
    _language(draft, page, document)
    if rights := read_rights(page, document.http, base):
        draft.rights = rights[0]
        _took(draft, "rights", rights[1], 0.8)
    if access := read_access(page):
        draft.is_accessible_for_free = access[0]
        _took(draft, "is_accessible_for_free", *access[1:])
    if genre := genre_of(page, marks, draft.section):
        draft.genre = genre[0]
        _took(draft, "genre", genre[1], genre[0].confidence)
        if genre[0].value == "live":
            draft.flags.add(Flag.LIVE_BLOG)
    images = media.page_images(page, base)
    draft.media = media.merge(draft.media, images)


_EMPTY = HtmlElement()


def _took(draft: Draft, name: str, where: FoundIn, confidence: float, candidates: int = 1) -> None:
    draft.took(name, EXTRACTOR, __version__, where, confidence, candidates)


def _title(draft: Draft, page: PageData, document: RawDocument, sites: Sequence[str], trace: Trace) -> None:
    candidates = title_candidates(page, document)
    chosen = choose_title(candidates, sites, draft.url)
    if chosen is None:
        trace.note("html", "title", "none", "no candidate")
        return
    draft.title = chosen.text
    _took(draft, "title", chosen.found_in, chosen.confidence, chosen.candidates)
    if trace.enabled:
        listed = "; ".join(f"{c.where}: {c.text[:80]!r}" for c in candidates[:20])
        trace.note("html", "title", f"taken from {chosen.where}", f"{chosen.reason} ({listed})")


def title_candidates(page: PageData, document: RawDocument) -> list[Candidate]:
    """What may be the headline; where two are one but for their spelling, the first has it."""
    top = [heading for heading in page.headings if heading.level == 1]
    stated = (
        (page.jsonld.text("headline"), FoundIn.JSONLD, "jsonld:headline"),
        (page.first("og:title"), FoundIn.OPENGRAPH, "og:title"),
        (page.jsonld.text("name"), FoundIn.JSONLD, "jsonld:name"),
        (page.first("twitter:title"), FoundIn.META, "twitter:title"),
        (page.first(*_META_TITLES), FoundIn.META, "meta:title"),
        (page.title, FoundIn.META, "title"),
        (document.title_hint, FoundIn.HEADER, "title_hint"),
        (document.feed_item.title if document.feed_item else None, FoundIn.FEED, "feed_item.title"),
    )
    # Entities that were escaped twice are left in attributes.
    found = [Candidate(unescape(text), where, name) for text, where, name in stated if text and len(text) <= 500]
    for heading in page.headings:
        name = (
            "h2" if heading.level == 2 else "h1" if len(top) == 1 else "first h1" if heading is top[0] else "later h1"
        )
        found.append(Candidate(heading.text, FoundIn.DOM, name, heading))
    return found


def _deck(draft: Draft, page: PageData, tree: HtmlElement | None, trace: Trace) -> None:
    stated = page.jsonld.text("alternativeHeadline")
    described = page.jsonld.text("description") or page.first("og:description", "description")
    deck = read_deck(_EMPTY if tree is None else tree, draft.title, stated, described)
    if deck is None:
        return
    draft.subtitle = deck.text
    printed = tree is not None and deck.text != stated
    _took(draft, "subtitle", FoundIn.DOM if printed else FoundIn.JSONLD, deck.confidence)
    trace.note("html", "subtitle", "taken from the page", deck.reason)


def _description(draft: Draft, page: PageData) -> None:
    article = page.jsonld
    described = (
        (article.text("description") or article.text("abstract"), FoundIn.JSONLD),
        (page.first("og:description"), FoundIn.OPENGRAPH),
        (page.first("description", "twitter:description", "dcterms.description", "dc.description"), FoundIn.META),
    )
    given = [(text, where) for text, where in described if text and key_of(text) != key_of(draft.title or "")]
    if given:
        draft.description = given[0][0][:2000]
        _took(draft, "description", given[0][1], 0.85, len(given))


def _subjects(draft: Draft, page: PageData, marked: Marked, sites: Sequence[str]) -> None:
    if section := read_section(page, marked, draft.title):
        draft.section = section[0]
        _took(draft, "section", *section[1:])
    if tags := read_tags(page, marked, draft.title, sites):
        draft.tags = tags[0]
        _took(draft, "tags", *tags[1:])


def _authors(
    draft: Draft,
    page: PageData,
    sites: Sequence[str],
    tree: HtmlElement | None,
    base: str | None,
    trace: Trace,
) -> None:
    found = read_authorship(page, sites, tree, base, trace)
    if found is None:
        return
    draft.authors = found.authors
    _took(draft, "authors", found.found_in, found.confidence, len(found.authors))
    if draft.source is not None:
        draft.syndicated_from = credited([*(author.name for author in found.authors), *found.credits], draft.source)
    if draft.syndicated_from is not None:
        draft.flags.add(Flag.SYNDICATED)
        _took(draft, "syndicated_from", FoundIn.DERIVED, 0.7)


def _links(draft: Draft, page: PageData, base: str | None) -> None:
    declared = (
        (page.canonical, FoundIn.META, 0.95),
        (page.first("og:url"), FoundIn.OPENGRAPH, 0.85),
        (_main_url(page), FoundIn.JSONLD, 0.8),
    )
    for link, where, confidence in declared:
        if not link:
            continue
        absolute = web_url(link, base)
        # One on another site says nothing of this one; the next may be of this site.
        if absolute is not None and (draft.url is None or same_site(absolute, draft.url)):
            draft.canonical_link = absolute
            _took(draft, "canonical_url", where, confidence)
            return


def _main_url(page: PageData) -> str | None:
    article = page.jsonld.article
    main = article.get("mainEntityOfPage")
    if isinstance(main, dict):
        main = main.get("@id") or main.get("url")
    for value in (article.get("url"), main):
        if isinstance(value, str) and value.startswith("http"):
            return value
    return None


def _language(draft: Draft, page: PageData, document: RawDocument) -> None:
    headers = document.http.headers if document.http else {}
    claims = [
        document.language_hint,
        text_of(page.jsonld.article.get("inLanguage")),
        page.lang,
        page.first("og:locale"),
        page.first("content-language", "dcterms.language", "dc.language", "language"),
        next((value for name, value in headers.items() if name.lower() == "content-language"), None),
        document.source.language if document.source else None,
    ]
    draft.language_claims = list(dict.fromkeys(code for claim in claims if claim and (code := language_tag(claim))))


def language_tag(claim: str) -> str | None:
    """A BCP 47 tag in its usual spelling from claims such as `en_GB` or `DE-de, en`; None where there is none."""
    match = _LOCALE.match(claim.strip())
    if not match or (len(match[0]) < len(claim.strip()) and claim.strip()[len(match[0])].isalpha()):
        return None
    language, region = match[1].lower(), match[2]
    if region is None:
        return language
    return f"{language}-{region.title() if len(region) == 4 else region.upper()}"
