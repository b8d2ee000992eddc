"""ninjs, News in JSON of the IPTC (1.x, 2.x and 3.x): one object is one article.

The versions name the same things differently: 1.x has `headline`, `body_text` and objects keyed by name, 2.x has lists
such as `headlines` and `bodies`, 3.x spells keys in camel case. Keys are therefore compared without regard to case.

Source: IPTC, ninjs schemas 1.8, 2.4 and 3.3 and their examples (iptc.org/std/ninjs).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copydesk.core.document import Draft, RawDocument
from copydesk.core.envelope import is_web_url
from copydesk.core.errors import Rejected
from copydesk.core.formats import iptc
from copydesk.core.formats.fragment import read_fragment
from copydesk.core.formats.nitf import fill_from_nitf, refuse_unpublishable
from copydesk.core.formats.xml_tree import read_xml
from copydesk.core.options import ParseOptions
from copydesk.core.structured.jsonld import plain
from copydesk.core.text.normalize import normalize_body, normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Link, Media
from copydesk_schemas.reasons import Code, Flag, LinkRel, MediaType

_EXTRACTOR = "ninjs"
_TEXTS = frozenset({"text", "composite"})
_SUBTITLES = frozenset({"sub", "subhead", "subheadline", "subtitle", "subheading", "deck", "secondary"})
_HTML = ("text/html", "application/xhtml+xml")
_MAX_PARTS = 200
"""Bodies, headlines, associations and their like that are looked at; an item has a handful."""
_CONFIDENCE = {
    "title": 0.95, "subtitle": 0.85, "description": 0.85, "body": 0.95, "authors": 0.9, "dateline": 0.8, "tags": 0.8,
    "genre": 0.8, "media": 0.9, "links": 0.85, "rights": 0.9, "syndicated_from": 0.8,
}  # fmt: skip
_SUMMARY_CONFIDENCE = 0.6

Item = dict[str, Any]


def ninjs_draft(data: Item, document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE) -> Draft:
    """The article of a ninjs object.

    Raises:
        Rejected: not_article (a picture, an event…), withheld, no_text, oversized.
    """
    item = _lower(data)
    draft = Draft(content=document.content)
    iptc.take_address(draft, document.final_url or document.url, _text(item.get("uri")))
    draft.language_claims = iptc.claims_of(_text(item.get("language")), document.language_hint)
    kind = iptc.code_name(_text(item.get("type")))
    if kind is None and ("eventdetails" in item or "plannedcoverage" in item):
        kind = "event"
    if kind is not None and kind not in _TEXTS:
        message = f"the ninjs item is of the type {kind[:40]!r}, not a text"
        raise Rejected(Code.NOT_ARTICLE, message, facts="the ninjs item is of another type than text")
    if iptc.is_withdrawn(_readable(item, "pubstatus")):
        draft.withdrawn = True
        trace.note("ninjs", "pubstatus", "a takedown", "its provider has canceled it")
        return draft
    embargo = _readable(item, "embargoed") or _readable(item, "embargoeduntil")
    iptc.refuse_embargoed(embargo, document)
    _read_texts(draft, item, document, options, trace)
    _read_metadata(draft, item, document, embargo)
    if not draft.body:
        raise Rejected(Code.NO_TEXT, "the ninjs item has neither a body nor a description")
    return draft


def _lower(value: Item) -> Item:
    return {key.lower(): entry for key, entry in value.items()}


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else str(value) if type(value) is int else None


def _readable(item: Item, key: str) -> str | None:
    """What decides over publication: a value that cannot be read is not the same as none.

    Raises:
        Rejected: withheld.
    """
    value = item.get(key)
    text = _text(value)
    if text is None and value not in (None, "", [], {}, False):
        facts = f"its {key} can not be read"
        raise Rejected(Code.WITHHELD, f"{facts}: {str(value)[:60]}", facts=facts)
    return text


def _objects(value: Any) -> list[Item]:
    """Objects of a list, or of an object keyed by name, their keys in lower case."""
    found = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [_lower(one) for one in found[:_MAX_PARTS] if isinstance(one, dict)]


def _parts(item: Item, plural: str, singular: str) -> Iterator[tuple[str | None, str, str]]:
    """Role, media type and text of headlines, bodies and descriptions, in either form."""
    for one in _objects(item.get(plural)):
        value = _text(one.get("value"))
        if value:
            role = _text(one.get("role"))
            kind = (_text(one.get("contenttype")) or "").partition(";")[0].strip().lower()
            yield role.lower() if role else None, kind, value
    for key in list(item)[:_MAX_PARTS]:
        name, _, form = key.partition("_")
        value = _text(item[key]) if name == singular else None
        if value:
            html = "html" in form
            known = form in {"", "text"} or html
            kind = _HTML[0] if html else "text/plain" if known else "application/nitf+xml" if "nitf" in form else ""
            yield (None if known else form), kind, value


def _read_texts(draft: Draft, item: Item, document: RawDocument, options: ParseOptions, trace: Trace) -> None:
    headlines = [(role, _one_line(text)) for role, _, text in _parts(item, "headlines", "headline")]
    mains = [text for role, text in headlines if role == "main"] + [text for role, text in headlines if role is None]
    others = [text for role, text in headlines if role not in _SUBTITLES]
    draft.title = next(iter(mains or others), None) or _one_line(_text(item.get("title")) or "") or None
    draft.subtitle = next((text for role, text in headlines if role in _SUBTITLES), None)
    bodies = list(_parts(item, "bodies", "body"))
    described = [(kind, text) for _, kind, text in _parts(item, "descriptions", "description")]
    summary = next((text for kind, text in described if "html" not in kind), None)
    summary = summary or next((_one_line(text) for _, text in described), None)
    marked = [(role, text) for role, kind, text in bodies if kind in _HTML or (not kind and "</" in text)]
    nitf = [(role, text) for role, kind, text in bodies if "nitf" in kind]
    unmarked = [(role, text) for role, kind, text in bodies if kind == "text/plain" or (not kind and "</" not in text)]
    for candidates, read, form in (
        (marked, _read_html, "HTML"),
        (nitf, _read_nitf, "NITF"),
        (unmarked, _read_plain, "text"),
    ):
        if candidates and not draft.body:
            chosen = next((text for role, text in candidates if role == "main"), None)
            read(draft, chosen or max((text for _, text in candidates), key=len), document, options)
            trace.note("ninjs", f"{len(bodies)} bodies", f"body taken from {form}", "marked-up text comes before plain")
    draft.subtitle = iptc.subtitle_of(draft.subtitle, draft.title)
    draft.body = iptc.tidy_body(draft.body, draft.title)
    if draft.body:
        iptc.take_description(draft, summary)
    elif summary:
        draft.body = normalize_body(summary)
        trace.note("ninjs", "description", "taken as the body", "the item has no other text")
        draft.flags.add(Flag.TRUNCATED)


def _one_line(text: str) -> str:
    return normalize_line(plain(text[:20_000]))


def _read_html(draft: Draft, markup: str, _: RawDocument, options: ParseOptions) -> None:
    if "<" not in markup:
        draft.body = normalize_line(plain(markup))  # in HTML a line end is a space
    else:
        draft.body, draft.media, draft.links = read_fragment(markup, draft.url, options, page=True)


def _read_nitf(draft: Draft, text: str, document: RawDocument, options: ParseOptions) -> None:
    inner = Draft(content=b"", url=draft.url)
    root = read_xml(text, options)
    refuse_unpublishable(root, document)
    fill_from_nitf(inner, root, document, options)
    draft.body, draft.media, draft.links = inner.body, inner.media, inner.links


def _read_plain(draft: Draft, text: str, _: RawDocument, __: ParseOptions) -> None:
    draft.body = normalize_body(text)


def _read_metadata(draft: Draft, item: Item, document: RawDocument, embargo: str | None) -> None:
    iptc.take_source(draft, document, None)
    sources = _objects(item.get("infosources") or item.get("infosource"))
    credits_ = [*(_text(one.get("name")) for one in sources), _text(item.get("creditline"))]
    iptc.take_credits(draft, [_text(item.get("byline")) or _text(item.get("by"))], credits_)
    iptc.take_printed_byline(draft)
    draft.dates = iptc.item_dates(
        "ninjs",
        first=_text(item.get("firstcreated")),
        this=_text(item.get("versioncreated")),
        version=_text(item.get("version")),
        created=_text(item.get("contentcreated")),
        embargo=embargo,
    )
    iptc.take_dateline(draft, None, _text(item.get("located")))
    subjects = _objects(item.get("subjects") or item.get("subject"))
    words = item.get("keywords")
    named = [_text(one.get("name")) for one in subjects]
    named += [_text(word) for word in (words if isinstance(words, list) else [])[:_MAX_PARTS]]
    draft.tags = iptc.tags_of([*named, _text(item.get("slugline"))], draft.title)
    genres = _objects(item.get("genres") or item.get("genre"))
    names = [_text(one.get(key)) for one in genres for key in ("name", "code", "literal", "uri")]
    draft.genre = iptc.genre_of([*names, *(iptc.code_name(name) for name in names)])
    _read_rights(draft, item)
    _read_associations(draft, item)
    sure = dict(_CONFIDENCE)
    if Flag.TRUNCATED in draft.flags:
        sure["body"] = _SUMMARY_CONFIDENCE
    iptc.note_all(draft, _EXTRACTOR, sure)


def _read_rights(draft: Draft, item: Item) -> None:
    info = item.get("rightsinfo")
    linked = _text(_lower(info).get("linkedrights")) if isinstance(info, dict) else None
    terms = _text(item.get("usageterms")) or linked
    draft.rights = iptc.rights_of(_text(item.get("copyrightholder")), terms, _text(item.get("copyrightnotice")))


def _read_associations(draft: Draft, item: Item) -> None:
    """Pictures, videos and sounds are media, texts are related pages."""
    listed: list[Media] = []
    for one in _objects(item.get("associations")):
        media = _media(one)
        uri = _text(one.get("uri"))
        if media is not None:
            listed.append(media)
        elif iptc.code_name(_text(one.get("type"))) == "text" and uri and is_web_url(uri):
            words = next((_one_line(text) for _, _, text in _parts(one, "headlines", "headline")), None)
            draft.links.append(Link(url=uri, text=words, rel=LinkRel.RELATED))
    draft.media = iptc.merge_media(draft.media, listed)
    draft.links = draft.links[: iptc.MAX_LINKS]


def _media(one: Item) -> Media | None:
    kind = iptc.media_type(iptc.code_name(_text(one.get("type"))))
    if kind is None or iptc.code_name(_text(one.get("pubstatus"))) not in {None, "usable"}:
        return None
    parts = _objects(one.get("renditions"))
    kinds = [iptc.media_type(_text(part.get("contenttype")) or _text(part.get("mimetype"))) for part in parts]
    if kind not in kinds and None not in kinds and MediaType.IMAGE in kinds:
        kind = MediaType.IMAGE  # of a video only its still is here
    renditions = [
        (_text(part.get("href")) or "", iptc.pixels(part.get("width")), iptc.pixels(part.get("height")))
        for part, its in zip(parts, kinds, strict=True)
        if its in {kind, None}
    ]
    url, width, height = iptc.best_rendition(renditions)
    texts = [*_parts(one, "descriptions", "description"), *_parts(one, "headlines", "headline")]
    caption = next((_one_line(text) for _, kind_, text in texts if "html" not in kind_), None)
    caption = caption or next((_one_line(text) for _, _, text in texts), None)
    credit = _text(one.get("creditline")) or _text(one.get("byline")) or _text(one.get("by"))
    if url is None and not caption:
        return None
    return Media(
        type=kind,
        url=url,
        caption=caption[:2000] if caption else None,
        credit=(credit or _text(one.get("copyrightholder")) or "")[:200] or None,
        width=width,
        height=height,
    )
