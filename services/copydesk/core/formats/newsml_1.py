"""NewsML 1 of the IPTC (1.0 to 1.2): each news item is one article, whatever its tree of components holds.

Of several texts in an item the main one is read; what the components around it say counts from the inside out.
Source: IPTC, NewsML 1.2 DTD and functional specification (iptc.org/std/NewsML).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats import iptc
from copydesk.core.formats.inline import read_data, read_inline
from copydesk.core.formats.newsml_1_tree import around, media_beside, media_kind, named, nearest, role_of
from copydesk.core.formats.xml_tree import attribute, child, children, language_of, line, read_xml
from copydesk.core.options import ParseOptions
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Rights
from copydesk_schemas.reasons import Code, DateRole

_EXTRACTOR = "newsml_1"
_CONFIDENCE = {
    "title": 0.95, "subtitle": 0.8, "description": 0.85, "body": 0.95, "authors": 0.9, "dateline": 0.9, "tags": 0.7,
    "genre": 0.8, "media": 0.9, "links": 0.85, "rights": 0.9, "syndicated_from": 0.8,
}  # fmt: skip
_NO_STORY = frozenset({"caption", "summary", "abstract"})
"""Roles of texts that are no story."""
_CODE_CHARS = 3
_BETWEEN = re.compile(r"\s*[,;]\s*")


def newsml_1_drafts(
    text: str, document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE
) -> list[Draft | Exception]:
    """One draft a news item, in order; one that can not be read, or is no text, leaves its exception.

    Raises:
        Rejected: empty (no news items), oversized, unsupported_media_type; with one item, all that is wrong with it.
    """
    root = read_xml(text, options)
    # One that holds others is a package of them.
    items = [item for item in root.iter("NewsItem") if item.find(".//NewsItem") is None]
    if root.tag != "NewsML" or not items:
        raise Rejected(Code.EMPTY, "the NewsML document has no news items")
    if len(items) > options.max_feed_items:
        raise Rejected(Code.OVERSIZED, f"the document has {len(items)} items; the limit is {options.max_feed_items}")
    if len(items) == 1:
        address = document.final_url or document.url
        return [_draft(items[0], document, options, content=document.content, address=address, trace=trace)]
    trace.note("newsml", f"{len(items)} news items", f"split into {len(items)} items", "each news item is one")
    drafts: list[Draft | Exception] = []
    for item in items:
        try:
            content = etree.tostring(item, encoding="utf-8", with_tail=False)
            drafts.append(_draft(item, document, options, content=content, address=None, trace=trace))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad item costs one dead letter, not the document
            drafts.append(error)
    return drafts


def _draft(
    item: Any, document: RawDocument, options: ParseOptions, *, content: bytes, address: str | None, trace: Trace
) -> Draft:
    draft = Draft(content=content)
    identifier, management = child(item, "Identification/NewsIdentifier"), child(item, "NewsManagement")
    stated = line(child(identifier, "PublicIdentifier"))
    iptc.take_address(draft, address, stated)
    draft.language_claims = iptc.claims_of(_language(item), language_of(item), document.language_hint)
    embargo = _embargo(management)
    if iptc.is_withdrawn(None if embargo else named(child(management, "Status"))):
        draft.withdrawn = True
        trace.note("newsml", "Status", "a takedown", "its provider has canceled it")
        return draft
    iptc.refuse_embargoed(embargo, document)
    stories = _stories(item)
    for story in stories:
        form = _read_story(draft, story, document, options)
        trace.note("newsml", stated or "NewsItem", f"body taken from {form}" if form else "no text", "by its role")
        if form is not None:
            components = around(story)
            _read_metadata(draft, item, components, document)
            draft.media = iptc.merge_media(draft.media, media_beside(item, story, draft.url))
            draft.dates = _dates(identifier, management, components, embargo) + draft.dates
            iptc.note_all(draft, _EXTRACTOR, _CONFIDENCE)
            return draft
    if not stories and next(item.iter("ContentItem", "NewsItemRef"), None) is not None:
        raise Rejected(Code.NOT_ARTICLE, "the news item holds no text, only pictures or references to other items")
    raise Rejected(Code.NO_TEXT, "the news item has no text that can be read in its content items")


def _language(item: Any) -> str | None:
    """Of the first description that states one; others are those of pictures and translations."""
    return next((code for one in item.iter("Language") if (code := named(one))), None)


def _embargo(management: Any) -> str | None:
    """Until when an item is under an embargo; None where it is under none, or where nothing says how long."""
    if iptc.code_name(named(child(management, "Status"))) != "embargoed":
        return None
    for change in children(management, "StatusWillChange"):
        if iptc.code_name(named(child(change, "FutureStatus"))) in {None, "usable"}:
            return line(child(change, "DateAndTime"))
    return None


def _stories(item: Any) -> list[Any]:
    """Content items that may hold the story, the likeliest first."""
    found: list[tuple[str | None, Any]] = []
    roles: dict[Any, str | None] = {}
    pictured = set()
    for content in item.iter("ContentItem"):
        component = content.getparent()
        if component not in roles:
            roles[component] = role_of(component)
        if media_kind(content) is not None:
            pictured.add(component)
        elif roles[component] not in _NO_STORY:
            found.append((roles[component], content))
    # Beside a picture a text without a role is its caption.
    found.sort(key=lambda one: (one[0] != "main", one[1].getparent() in pictured))
    return [content for _, content in found]


def _read_story(draft: Draft, story: Any, document: RawDocument, options: ParseOptions) -> str | None:
    encoding = child(story, "Encoding")
    data = child(story if encoding is None else encoding, "DataContent")
    if data is None:
        return None
    form, kind = ((named(child(story, name)) or "").lower() for name in ("Format", "MimeType"))
    if "nitf" in form + kind and len(data) and child(data, "nitf") is None:
        # Some agencies send the paragraphs of NITF without the document around them.
        root = etree.Element("nitf")
        etree.SubElement(etree.SubElement(root, "body"), "body.content").extend(list(data))
        data.append(root)
    packed = (attribute(encoding, "Notation") or "").lower() == "base64"
    # Of data that claim to be NITF but are no elements, and of any other format, the text itself tells what it is.
    stated = "text/html" if "html" in form else kind if kind in {"text/html", "text/plain"} else None
    return read_inline(draft, data, document, options) or read_data(draft, data, stated, options, packed=packed)


def _read_metadata(draft: Draft, item: Any, components: list[Any], document: RawDocument) -> None:
    """Metadata of the components; what they leave open stays as the content has it."""

    def lines(name: str) -> list[str]:
        return [text for one in nearest(components, f"NewsLines/{name}") if (text := line(one))]

    def first(name: str) -> str | None:
        return next(iter(lines(name)), None)

    def parties(name: str) -> list[str]:
        return [text for one in nearest(components, f"AdministrativeMetadata/{name}/Party") if (text := named(one))]

    draft.title = first("HeadLine") or draft.title
    draft.subtitle = iptc.subtitle_of(first("SubHeadLine") or draft.subtitle, draft.title)
    draft.body = iptc.tidy_body(draft.body, draft.title)
    inner, inner_credit = draft.authors, draft.syndicated_from
    iptc.take_source(draft, document, next(iter(parties("Provider")), None))
    credits_ = [*lines("CreditLine"), *parties("Source"), *([inner_credit.name] if inner_credit is not None else [])]
    iptc.take_credits(draft, [] if inner else lines("ByLine"), credits_)
    # The content's own byline names each author with the role; it says more than the item's line.
    draft.authors = inner or draft.authors
    iptc.take_printed_byline(draft)
    dateline, located = first("DateLine"), _place(components)
    if dateline or draft.dateline is None:
        iptc.take_dateline(draft, dateline, located)
    subjects = [code for one in nearest(components, "DescriptiveMetadata/SubjectCode/*") if (code := named(one))]
    topics = _topics(item, draft.language_claims)
    keywords = [word for text in lines("KeywordLine") for word in _BETWEEN.split(text)]
    draft.tags = iptc.tags_of([*(topics.get(code) for code in subjects), *keywords, *draft.tags], draft.title)
    genres = [named(one) for one in nearest(components, "DescriptiveMetadata/Genre")]
    draft.genre = iptc.genre_of(genres) or draft.genre
    draft.rights = _rights(components, first("CopyrightLine"), first("RightsLine")) or draft.rights


def _place(components: list[Any]) -> str | None:
    """City and country that it was sent from; codes of countries say nothing to a reader."""
    about = [one for component in components for one in children(component, "DescriptiveMetadata")]
    for place in [*(one for part in about for one in children(part, "Location")), *about]:
        said = {named(one): attribute(one, "Value") for one in children(place, "Property")}
        names = [said.get("City"), said.get("CountryName") or said.get("Country")]
        found = [name for name in names if name and not (name.isupper() and len(name) <= _CODE_CHARS)]
        if found:
            return ", ".join(found)
    return None


def _topics(item: Any, languages: Sequence[str]) -> dict[str, str]:
    """Names of the subjects that the item explains, by their codes, in its language where there are several."""
    wanted = {language.partition("-")[0] for language in languages[:1]}
    found: dict[str, str] = {}
    for topic in item.iter("Topic"):
        code = line(child(topic, "FormalName"))
        names = [(language_of(one), line(one)) for one in children(topic, "Description")]
        mine = [text for language, text in names if text and (language or "").partition("-")[0].lower() in wanted]
        name = next(iter(mine or [text for _, text in names if text]), None)
        if code and name:
            found.setdefault(code, mine[-1] if mine else name)
    return found


def _rights(components: list[Any], notice: str | None, terms: str | None) -> Rights | None:
    holder = nearest(components, "RightsMetadata/Copyright/CopyrightHolder")
    limits = nearest(components, "RightsMetadata/UsageRights/Limitations")
    holder_name = next((line(one) or named(child(one, "Party")) for one in holder), None)
    return iptc.rights_of(holder_name, terms or next((line(one) for one in limits), None), notice)


def _dates(identifier: Any, management: Any, components: list[Any], embargo: str | None) -> list[FoundDate]:
    dates = iptc.item_dates(
        "newsml",
        first=line(child(management, "FirstCreated")),
        this=line(child(management, "ThisRevisionCreated")),
        version=line(child(identifier, "RevisionId")),
        created=None,
        embargo=embargo,
    )
    days = [line(one) for one in nearest(components, "DescriptiveMetadata/DateLineDate")]
    return dates + [iptc.found_date(day, DateRole.DATELINE, "newsml:DateLineDate", 0.8) for day in days[:1] if day]
