"""NewsML-G2 of the IPTC: a news item is one article, a news message has one for each item of text in it.

Source: IPTC, NewsML-G2 2.35 schema, examples and guidelines (iptc.org/std/NewsML-G2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from copydesk.core.document import Draft, RawDocument
from copydesk.core.envelope import is_web_url
from copydesk.core.errors import Rejected
from copydesk.core.formats import iptc
from copydesk.core.formats.inline import read_data, read_inline
from copydesk.core.formats.newsml_media import attach, code_of
from copydesk.core.formats.xml_tree import attribute, child, children, language_of, line, read_xml
from copydesk.core.options import ParseOptions
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Link, Media, Rights
from copydesk_schemas.reasons import Code, LinkRel

_EXTRACTOR = "newsml_g2"
_TEXT_NATURES = frozenset({"text", "composite"})
_SUBTITLES = frozenset({"sub", "subhead", "subheadline", "subtitle", "subheading", "deck"})
_ENTITIES = frozenset({"person", "organisation", "organization", "geoarea", "poi", "event", "object", "animal"})
"""Types of subjects that are no subjects of a list, but persons, places and their like."""
_CONFIDENCE = {
    "title": 0.95, "subtitle": 0.85, "description": 0.85, "body": 0.95, "authors": 0.9, "dateline": 0.9, "tags": 0.8,
    "genre": 0.8, "media": 0.9, "links": 0.85, "rights": 0.9, "syndicated_from": 0.8,
}  # fmt: skip


def newsml_drafts(
    text: str, document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE
) -> list[Draft | Exception]:
    """One draft a news item, in order; one that can not be read, or is no text, leaves its exception.

    Pictures that belong to a text of the same message are no items of their own: they are among its media.

    Raises:
        Rejected: empty (a message without news items), not_article, oversized, unsupported_media_type.
    """
    root = read_xml(text, options)
    if root.tag == "packageItem":
        raise Rejected(Code.NOT_ARTICLE, "the NewsML-G2 document is a package: it only refers to its items")
    if root.tag == "newsItem":
        address = document.final_url or document.url
        return [_draft(root, document, options, [], content=document.content, address=address, trace=trace)]
    if root.tag != "newsMessage":
        message = f"the document begins with {str(root.tag)[:40]!r}, not a news item"
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, message, facts="the document does not begin with a news item")
    items = list(children(root, "itemSet/newsItem"))
    if not items:
        others = ", ".join(sorted({one.tag for one in children(root, "itemSet/*")}))[:100]
        facts = "the news message has no news items"
        raise Rejected(Code.EMPTY, f"{facts}, only {others}" if others else facts, facts=facts)
    if len(items) > options.max_feed_items:
        raise Rejected(Code.OVERSIZED, f"the message has {len(items)} items; the limit is {options.max_feed_items}")
    pictures, attached = attach(root, items)
    entries = [
        (item, own) for number, (item, own) in enumerate(zip(items, pictures, strict=True)) if number not in attached
    ]
    reason = f"each news item is one, but for {len(attached)} pictures of others"
    trace.note("newsml", f"{len(items)} news items", f"split into {len(entries)} items", reason)
    drafts: list[Draft | Exception] = []
    for item, own in entries:
        try:
            content = etree.tostring(item, encoding="utf-8", with_tail=False)
            # The address of a message is that of none of its items.
            drafts.append(_draft(item, document, options, own, content=content, address=None, trace=trace))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad item costs one dead letter, not the message
            drafts.append(error)
    return drafts


def _draft(
    item: Any,
    document: RawDocument,
    options: ParseOptions,
    pictures: list[Media],
    *,
    content: bytes,
    address: str | None,
    trace: Trace,
) -> Draft:
    meta, about = child(item, "itemMeta"), child(item, "contentMeta")
    draft = Draft(content=content)
    iptc.take_address(draft, address, attribute(item, "guid"))
    language = attribute(child(about, "language"), "tag")
    draft.language_claims = iptc.claims_of(language, language_of(item), document.language_hint)
    nature = iptc.code_name(code_of(child(meta, "itemClass")))
    if nature is not None and nature not in _TEXT_NATURES:
        message = f"the news item is of the nature {nature[:40]!r}, not a text"
        raise Rejected(Code.NOT_ARTICLE, message, facts="the news item is of another nature than text")
    status = child(meta, "pubStatus")
    if iptc.is_withdrawn(code_of(status) or line(status)):
        draft.withdrawn = True
        trace.note("newsml", "pubStatus", "a takedown", "its provider has canceled it")
        return draft
    embargo = line(child(meta, "embargoed"))
    iptc.refuse_embargoed(embargo, document)
    form = _read_content(draft, child(item, "contentSet"), document, options)
    trace.note(
        "newsml",
        attribute(item, "guid") or "newsItem",
        f"body taken from {form}" if form else "no text",
        "the first that can be read",
    )
    _read_metadata(draft, item, document, embargo)
    _read_links(draft, meta, pictures)
    if not draft.body:
        raise Rejected(Code.NO_TEXT, "the news item has no text that can be read in its contentSet")
    return draft


def _read_content(draft: Draft, content: Any, document: RawDocument, options: ParseOptions) -> str | None:
    """The first rendition that can be read: NITF or XHTML in place, then data. What it was, for a person."""
    for inline in children(content, "inlineXML"):
        form = read_inline(draft, inline, document, options)
        if form is not None:
            return form
    for inline in children(content, "inlineData"):
        packed = iptc.code_name(attribute(inline, "encoding")) in {"b64", "base64"}
        form = read_data(draft, inline, attribute(inline, "contenttype"), options, packed=packed)
        if form is not None:
            return form
    return None


def _read_metadata(draft: Draft, item: Any, document: RawDocument, embargo: str | None) -> None:
    """Metadata of the item; what it leaves open stays as the content has it."""
    meta, about, rights = child(item, "itemMeta"), child(item, "contentMeta"), child(item, "rightsInfo")
    main, deck = _headlines(about, draft.language_claims)
    title = main or draft.title or line(child(meta, "title"))
    draft.title, draft.subtitle = title, iptc.subtitle_of(deck or draft.subtitle, title)
    draft.body = iptc.tidy_body(draft.body, draft.title)
    inner, inner_credit = draft.authors, draft.syndicated_from
    iptc.take_source(draft, document, _name(child(meta, "provider")))
    bylines = [line(one) for one in children(about, "by")]
    if not bylines and not inner:
        bylines = [_name(one) for one in children(about, "creator") if _is_author(one)]
    credits_ = [line(one) for one in children(about, "creditline")]
    credits_ += [_name(one) for one in children(about, "infoSource")]
    credits_ += [inner_credit.name] if inner_credit is not None else []
    iptc.take_credits(draft, bylines, credits_)
    # The content's own byline names each author with the role; it says more than the item's line.
    draft.authors = inner or draft.authors
    iptc.take_printed_byline(draft)
    dates = iptc.item_dates(
        "newsml",
        first=line(child(meta, "firstCreated")),
        this=line(child(meta, "versionCreated")),
        version=attribute(item, "version"),
        created=line(child(about, "contentCreated")),
        modified=line(child(about, "contentModified")),
        embargo=embargo,
    )
    draft.dates = dates + draft.dates
    printed, located = line(child(about, "dateline")), _place(child(about, "located"))
    if printed or draft.dateline is None:
        iptc.take_dateline(draft, printed, located)
    described = [(iptc.code_name(attribute(one, "role")), line(one)) for one in children(about, "description")]
    summary = next((text for role, text in described if text and role != "caption"), None)
    if summary:
        iptc.take_description(draft, summary)
    subjects = [one for one in children(about, "subject") if iptc.code_name(attribute(one, "type")) not in _ENTITIES]
    names = [_name(one, draft.language_claims, code=False) for one in subjects]
    names += [line(one) for one in children(about, "keyword")]
    slugs = [line(one) for one in children(about, "slugline")]
    draft.tags = iptc.tags_of([*names, *draft.tags, *slugs], draft.title)
    kinds = [text for one in children(about, "genre") for text in (iptc.code_name(code_of(one)), _name(one))]
    draft.genre = iptc.genre_of(kinds) or draft.genre
    draft.rights = _rights(rights) or draft.rights
    iptc.note_all(draft, _EXTRACTOR, _CONFIDENCE)


def _headlines(about: Any, languages: Sequence[str]) -> tuple[str | None, str | None]:
    """Main headline and deck, in the language of the text where there are several."""
    found = [
        (iptc.code_name(attribute(one, "role")), language_of(one), text)
        for one in children(about, "headline")
        if (text := line(one))
    ]
    wanted = {language.partition("-")[0] for language in languages[:1]}
    found.sort(key=lambda one: bool(one[1] and wanted and one[1].partition("-")[0].lower() not in wanted))
    decks = [text for role, _, text in found if role in _SUBTITLES]
    mains = [text for role, _, text in found if role == "main"] or [text for role, _, text in found if role is None]
    rest = [text for role, _, text in found if role not in _SUBTITLES]
    return next(iter(mains or rest), None), next(iter(decks), None)


def _name(element: Any, languages: Sequence[str] = (), *, code: bool = True) -> str | None:
    """The name of a concept, in one of the languages where there are several; else its literal or its code."""
    names = [(language_of(one), text) for one in children(element, "name") if (text := line(one))]
    for wanted in languages:
        for language, text in names:
            if language and language.partition("-")[0].lower() == wanted.partition("-")[0]:
                return text
    if names:
        return names[0][1]
    qcode = attribute(element, "qcode")
    if qcode:  # beside a code a literal is another code
        return (qcode.partition(":")[2] or None) if code else None
    return attribute(element, "literal")


def _is_author(creator: Any) -> bool:
    """Whether a creator is a person who wrote: no organisation, photographer or camera operator."""
    role, kind = iptc.code_name(attribute(creator, "role")), iptc.code_name(attribute(creator, "type"))
    return (
        role in {None, "author", "writer", "reporter"}
        and kind in {None, "person"}
        and child(creator, "name") is not None
    )


def _place(located: Any) -> str | None:
    """Name of the place, with those of the areas around it."""
    names = [_name(located, code=False), *(_name(area, code=False) for area in children(located, "broader"))]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _rights(info: Any) -> Rights | None:
    holder = child(info, "copyrightHolder")
    terms, notice = line(child(info, "usageTerms")), line(child(info, "copyrightNotice"))
    return iptc.rights_of(_name(holder, code=False), terms, notice)


def _read_links(draft: Draft, meta: Any, pictures: list[Media]) -> None:
    """Pictures of the same message are media of the text, web addresses are related pages."""
    found: dict[str, Link] = {}
    for link in children(meta, "link"):
        href = attribute(link, "href")
        if href and is_web_url(href) and iptc.code_name(attribute(link, "rel")) in {None, "seealso", "related"}:
            found.setdefault(href, Link(url=href, text=line(child(link, "title")), rel=LinkRel.RELATED))
    draft.media = iptc.merge_media(draft.media, pictures)
    draft.links = (draft.links + list(found.values()))[: iptc.MAX_LINKS]
    iptc.note_all(draft, _EXTRACTOR, {name: _CONFIDENCE[name] for name in ("media", "links")})
