"""Who wrote the page: authors that its metadata state, else the names in its bylines that are likely authors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml.html import HtmlElement

from copydesk.core.enrich.ner.tables import fold
from copydesk.core.envelope import web_url
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.byline_names import weigh_names
from copydesk.core.structured.bylines import Byline, find_bylines
from copydesk.core.structured.jsonld import text_of, types_of
from copydesk.core.structured.page import PageData
from copydesk.core.structured.person import is_person, name_parts
from copydesk.core.structured.title_text import key_of
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Author
from copydesk_schemas.reasons import FoundIn

_META = (
    "author", "article:author", "article:author_name", "og:article:author", "articleauthor", "byl", "byline",
    "dc.creator", "dcterms.creator", "dc:creator", "parsely-author", "sailthru.author", "citation_author", "authors",
    "dc.contributor", "mediator_author", "shareaholic:article_author_name",
)  # fmt: skip
_ACCOUNTS = ("twitter:creator", "twitter:creator:id")
_HANDLE_CHARS = 2_000
"""What is read of them."""
_LABEL = re.compile(
    r"written|author|by\b|verfasst|geschrieben|écrit|rédigé|escrito|scritto|geschreven|skrevet|skriven|napisan|автор|"
    r"yazan|作者|oleh|kirjoit",
    re.IGNORECASE,
)
"""What a label beside a name says where it is one for the author (`twitter:label1` in the reader's language)."""

_Entry = tuple[str, str | None]
"""A byline and the profile page that goes with it."""

_LIKELY = 0.5
_COMPANION = 0.25
"""How likely a name must be that stands in one list with a likely one."""
_SURE = 0.9
"""How likely a printed name must be to outdo a person whom meta elements name."""
_MAX_AUTHORS = 20


@dataclass(frozen=True, slots=True)
class Authorship:
    """The authors and where they were found."""

    authors: list[Author]
    found_in: FoundIn
    confidence: float
    credits: tuple[str, ...] = ()
    """Organisations that the metadata name beside the authors."""


def read_authorship(
    page: PageData, sites: Sequence[str], tree: HtmlElement | None, base: str | None, trace: Trace = NO_TRACE
) -> Authorship | None:
    """The page's authors; None where none can be established.

    People whom the metadata state come first, then names in bylines, then organisations that the metadata state.

    Args:
        page: what the head says.
        sites: names of the site and labels of its host; they are no authors unless they are a person's name.
        tree: the page; None for bare JSON-LD.
        base: against which profile pages are resolved.
        trace: told of names that are dropped.
    """
    sites = _no_people(page, sites)
    people, organisations = _jsonld(page, base)
    found = _choose(people, organisations, page, sites, tree, base, trace)
    return found and replace(found, credits=tuple(name for name, _ in organisations))


def _choose(
    people: Sequence[_Entry],
    organisations: Sequence[_Entry],
    page: PageData,
    sites: Sequence[str],
    tree: HtmlElement | None,
    base: str | None,
    trace: Trace,
) -> Authorship | None:
    stated = [
        Authorship(_not_sites(people, sites, trace), FoundIn.JSONLD, 0.95),
        Authorship(_not_sites(_meta(page), sites, trace), FoundIn.META, 0.93),
    ]
    stated = [place for place in stated if place.authors]
    people_stated = next((place for place in stated if _has_given(place.authors)), None)
    if people_stated is not None and people_stated.found_in is FoundIn.JSONLD:
        return people_stated
    # Far from the headline stand the authors of other stories: they do not outdo whom the metadata name.
    printed = None
    if tree is not None:
        bylines = find_bylines(tree, base)
        printed = likely_authors(bylines, sites, trace, handles=author_handles(page), near=bool(stated))
    # Whom meta elements name is often who put the page into the system.
    if people_stated is not None and (printed is None or not _outdoes(printed, people_stated)):
        return people_stated
    if printed is not None:
        return printed
    named = read_authors(organisations, sites, whole=True, trace=trace)[:_MAX_AUTHORS]
    stated.append(Authorship(named, FoundIn.JSONLD, 0.85))
    return next((place for place in stated if place.authors), None)


def _no_people(page: PageData, sites: Sequence[str]) -> list[str]:
    """The site's names without that of a person whom its structured data name as publisher."""
    nodes = page.jsonld.nodes(page.jsonld.article.get("publisher") or page.jsonld.site.get("publisher"))
    stated = {text_of(node) for node in nodes if isinstance(node, dict) and "Person" in types_of(node)}
    people = {key_of(name) for name in stated if name and is_person(name)}
    return [site for site in sites if key_of(site) not in people]


def _has_given(authors: Sequence[Author]) -> bool:
    """Whether one of them begins with a given name."""
    return any(name_parts(author.name)[0] for author in authors)


def _outdoes(printed: Authorship, stated: Authorship) -> bool:
    """Whether names in bylines are surely others than those stated, not a shorter or longer form of them."""
    if printed.confidence < _SURE or not _has_given(printed.authors[:1]):
        return False
    keys = [[key_of(author.name) for author in place.authors] for place in (printed, stated)]
    return not any(one in other or other in one for one in keys[0] for other in keys[1])


def _not_sites(entries: Sequence[_Entry], sites: Sequence[str], trace: Trace) -> list[Author]:
    """Authors without the site's name, but for a person whose site it is."""
    own = {key_of(name) for name, _ in entries if name_parts(name)[0] and is_person(name)}
    others = [site for site in sites if key_of(site) not in own]
    return read_authors(entries, others, trace=trace)[:_MAX_AUTHORS]


def _jsonld(page: PageData, base: str | None) -> tuple[list[_Entry], list[_Entry]]:
    """Names and profile pages: of people, and of organisations."""
    people: list[_Entry] = []
    organisations: list[_Entry] = []
    article = page.jsonld.article
    for node in _authors_of(page, article.get("author") or article.get("creator") or page.jsonld.page.get("author")):
        url = None
        names: list[Any] = [node]
        kind = people
        if isinstance(node, dict):
            names = node["name"] if isinstance(node.get("name"), list) else [node.get("name") or _composed(node)]
            url = _profile(node, base)
            kind = organisations if any("Organization" in kind for kind in types_of(node)) else people
        kind += [(text, url) for name in names if (text := text_of(name))]
    return people, organisations


def _authors_of(page: PageData, value: Any, depth: int = 0) -> Iterator[Any]:
    """Author nodes, of lists within lists as well."""
    for node in page.jsonld.nodes(value):
        if isinstance(node, list):
            if depth < 3:
                yield from _authors_of(page, node, depth + 1)
        else:
            yield node


def author_handles(page: PageData) -> str:
    """What the metadata give of authors in place of names, as one key: mail addresses, accounts and profile pages."""
    stated = [value for value in page.all(*_META, *_ACCOUNTS) if " " not in value]
    nodes = _authors_of(page, page.jsonld.article.get("author"))
    stated += [str(node.get(place) or "") for node in nodes if isinstance(node, dict) for place in ("url", "sameAs")]
    stated += page.links.get("author", [])
    return key_of(fold(" ".join(stated)[:_HANDLE_CHARS]))


def _composed(node: dict[str, Any]) -> str | None:
    given, family = text_of(node.get("givenName")), text_of(node.get("familyName"))
    return f"{given} {family}" if given and family else None


def _profile(node: dict[str, Any], base: str | None) -> str | None:
    link = node.get("url")
    return web_url(link, base) if isinstance(link, str) else None


def _meta(page: PageData) -> list[_Entry]:
    names = [name for name in page.all(*_META) if not name.lower().startswith(("http", "/", "www."))]
    for number in ("1", "2"):
        label, name = page.first(f"twitter:label{number}"), page.first(f"twitter:data{number}")
        if label and name and _LABEL.search(label):
            names.append(name)
    return [(name, None) for name in names]


def likely_authors(
    bylines: Sequence[Byline],
    sites: Sequence[str],
    trace: Trace = NO_TRACE,
    *,
    handles: str = "",
    near: bool = False,
) -> Authorship | None:
    """The likeliest author of the page's bylines, with those that stand in one line or list with them.

    Args:
        bylines: of the page, in document order.
        sites: names of the site, which are no authors.
        trace: told of all names.
        handles: what the metadata give of authors in place of names, as `author_handles` reads it.
        near: only names near the headline.
    """
    names = [name for name in weigh_names(bylines, sites, handles) if not near or name.is_near]
    if not names:
        return None
    best = max(names, key=lambda name: name.chance)
    if trace.enabled:
        listed = "; ".join(f"{name.author.name}: {name.chance:.2f}" for name in names[:10])
        trace.note("html", "author", "names in bylines", listed)
    if best.chance < _LIKELY:
        return None
    chosen = [name.author for name in names if name.chance >= _COMPANION and name.shapes & best.shapes]
    return Authorship(chosen[:_MAX_AUTHORS], FoundIn.DOM, round(best.chance, 3))
