"""NITF, the News Industry Text Format of the IPTC (versions 3.0 to 3.6): one document is one article.

Source: IPTC, NITF 3.6 schema and documentation (iptc.org/std/NITF).
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from copydesk.core.dates.read import read_date
from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.envelope import web_url
from copydesk.core.errors import Rejected
from copydesk.core.formats import iptc
from copydesk.core.formats.fragment import read_fragment
from copydesk.core.formats.xml_tree import attribute, child, children, language_of, line, read_xml
from copydesk.core.lines.captions import split_credit
from copydesk.core.options import ParseOptions
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Media, Rights
from copydesk_schemas.reasons import Code, DateRole, MediaType

_EXTRACTOR = "nitf"
_AS_HTML = {
    "hl1": "h2", "hl2": "h2", "bq": "blockquote", "block": "div", "body.content": "div", "fn": "div", "note": "div",
    "nitf-table": "div", "credit": "p", "caption": "p", "datasource": "p",
    "p": "p", "ol": "ol", "ul": "ul", "li": "li", "dl": "dl", "dt": "dt", "dd": "dd", "pre": "pre", "hr": "hr",
    "br": "br", "a": "a", "table": "div",
}  # fmt: skip
"""HTML's elements for NITF's; all others are inline."""
_NO_TEXT = frozenset(
    {"media", "tobject", "key-list", "classifier", "copyrite", "custom-table", "table-reference", "nitf-table-metadata"}
)
"""Elements of the body whose text is metadata, or is read by itself."""
_ONLY_CREDIT = re.compile(r"\s*(?:Foto|Photo|Picture|Bild|Image)\s*:\s*(?P<who>.{2,80})\Z", re.IGNORECASE)
_CONFIDENCE = {
    "title": 0.95, "subtitle": 0.9, "description": 0.85, "body": 0.95, "authors": 0.9, "dateline": 0.9, "section": 0.8,
    "tags": 0.8, "genre": 0.7, "media": 0.9, "links": 0.9, "rights": 0.9, "syndicated_from": 0.8,
}  # fmt: skip


def nitf_drafts(
    text: str, document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE
) -> list[Draft | Exception]:
    """The article of an NITF document.

    Raises:
        Rejected: withheld, no_text, oversized, unsupported_media_type.
    """
    root = read_xml(text, options)
    if root.tag != "nitf":
        message = f"the document begins with {str(root.tag)[:40]!r}, not with nitf"
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, message, facts="the document does not begin with nitf")
    docdata = child(root, "head/docdata")
    draft = Draft(content=document.content)
    _identify(draft, docdata, document)
    if is_withdrawn(docdata, document):
        draft.withdrawn = True
        trace.note("nitf", "management-status", "a takedown", "its provider has canceled it")
        return [draft]
    fill_from_nitf(draft, root, document, options)
    if not draft.body:
        raise Rejected(Code.NO_TEXT, "the NITF document has no text in its body.content")
    return [draft]


def is_withdrawn(docdata: Any, document: RawDocument) -> bool:
    """Whether the document takes its article back.

    Raises:
        Rejected: withheld, where it must not be published, or not yet.
    """
    status = attribute(docdata, "management-status")
    release = attribute(child(docdata, "date.release"), "norm")
    # `embargoed` is no status of its own: the release date says until when.
    embargoed = iptc.code_name(status) == "embargoed"
    if iptc.is_withdrawn(None if embargoed and release else status):
        return True
    if release is not None and (embargoed or read_date(release) is not None):
        iptc.refuse_embargoed(release, document, release=not embargoed)
    return False


def refuse_unpublishable(root: Any, document: RawDocument) -> None:
    """Refuse an `nitf` element within another format whose own head forbids what that format allows.

    Raises:
        Rejected: withheld.
    """
    if is_withdrawn(child(root, "head/docdata"), document):
        raise Rejected(Code.WITHHELD, "the NITF within the item is canceled")


def fill_from_nitf(draft: Draft, root: Any, document: RawDocument, options: ParseOptions) -> None:
    """Fill a draft from an `nitf` element; its addresses are taken as they stand in the draft."""
    for pause in root.iter("br"):
        pause.tail = f" {pause.tail or ''}"
    head, top = child(root, "head"), child(root, "body/body.head")
    docdata = child(head, "docdata")
    publication = child(head, "pubdata")
    draft.title = line(child(top, "hedline/hl1")) or line(child(head, "title"))
    deck = next((text for one in children(top, "hedline/hl2") if (text := line(one))), None)
    draft.subtitle = iptc.subtitle_of(deck, draft.title)
    draft.language_claims = iptc.claims_of(
        language_of(child(root, "body")), language_of(root), attribute(root, "baselang"), document.language_hint
    )
    draft.rights = _rights(root, docdata, top)
    _body(draft, root, options)
    iptc.take_description(draft, _blocks(child(top, "abstract")))
    distributor = line(child(top, "distributor"))
    iptc.take_source(draft, document, attribute(publication, "name") or distributor)
    _authors(draft, top, distributor)
    iptc.take_printed_byline(draft)
    draft.dates = _dates(docdata, publication, head)
    _dateline(draft, child(top, "dateline"))
    draft.section = attribute(publication, "position.section")
    subjects = list(children(head, "tobject/tobject.subject"))
    draft.tags = iptc.tags_of(
        [attribute(word, "key") for word in children(docdata, "key-list/keyword")]
        + [_subject(subject) for subject in subjects],
        draft.title,
    )
    kinds = [attribute(one, "tobject.property.type") for one in children(head, "tobject/tobject.property")]
    draft.genre = iptc.genre_of([*kinds, attribute(child(head, "tobject"), "tobject.type")])
    iptc.note_all(draft, _EXTRACTOR, _CONFIDENCE)


def _identify(draft: Draft, docdata: Any, document: RawDocument) -> None:
    """Addresses: where it was fetched; its own identifier counts where it is a web address."""
    stated = attribute(child(docdata, "doc-id"), "id-string")
    iptc.take_address(draft, document.final_url or document.url, stated)


def _subject(subject: Any) -> str | None:
    """The finest name of a subject code."""
    levels = ("tobject.subject.detail", "tobject.subject.matter", "tobject.subject.type")
    return next((name for level in levels if (name := attribute(subject, level))), None)


def _blocks(element: Any) -> str | None:
    """The text of an element that holds text or paragraphs."""
    if element is None:
        return None
    parts = [text for part in element if part.tag in {"p", "ul", "ol", "li"} and (text := line(part))]
    return " ".join(parts) or line(element)


def _authors(draft: Draft, top: Any, distributor: str | None) -> None:
    bylines: list[str] = []
    roles: dict[str, str] = {}
    for byline in children(top, "byline"):
        title = line(child(byline, "byttl"))
        people = [name for person in children(byline, "person") if (name := line(person))]
        named = _without(byline, "byttl")
        # Without a name it is a text by a desk or an agency.
        names = people or ([named] if named else [title] if title else [])
        bylines += names
        if title and len(names) == 1 and names != [title]:
            roles[names[0]] = title
    iptc.take_credits(draft, bylines, [*roles.values(), distributor])
    draft.authors = [
        author.model_copy(update={"role": roles[author.raw]})
        if author.role is None and author.raw in roles and _count(draft, author.raw) == 1
        else author
        for author in draft.authors
    ]


def _count(draft: Draft, raw: str) -> int:
    return sum(author.raw == raw for author in draft.authors)


def _without(element: Any, tag: str) -> str | None:
    """The text of an element without that of its children of one kind."""
    parts = [element.text or ""]
    for part in element:
        if part.tag != tag:
            parts.append("".join(part.itertext()))
        parts.append(part.tail or "")
    return " ".join("".join(parts).split()).strip(" ,;") or None


def _dates(docdata: Any, publication: Any, head: Any) -> list[FoundDate]:
    released = attribute(child(docdata, "date.release"), "norm")
    issued = attribute(child(docdata, "date.issue"), "norm")
    claims = [
        (released, DateRole.PUBLISHED, "date.release", 0.9),
        (issued, DateRole.FEED if released else DateRole.PUBLISHED, "date.issue", 0.7 if released else 0.9),
        (attribute(publication, "date.publication"), DateRole.PUBLISHED, "pubdata", 0.85),
    ]
    changes = [norm for change in children(head, "revision-history") if (norm := attribute(change, "norm"))]
    claims.append((max(changes, default=None), DateRole.MODIFIED, "revision-history", 0.7))
    return [iptc.found_date(_without_zeros(raw), role, f"nitf:{name}", sure) for raw, role, name, sure in claims if raw]


def _without_zeros(norm: str) -> str:
    """A normalised date without a time of nothing but zeros, which the format prescribes where none is known."""
    day, rest = norm[:8], norm[8:].lstrip("Tt")
    timeless = rest.startswith("000000") or rest[:1] in {"+", "-", "Z"}
    return day if day.isdigit() and timeless else norm


def _dateline(draft: Draft, dateline: Any) -> None:
    place = line(child(dateline, "location"))
    day = child(dateline, "story.date")
    norm = attribute(day, "norm")
    iptc.take_dateline(draft, line(dateline), place)
    read = read_date(_without_zeros(norm)) if norm else read_date(line(day) or "")
    if draft.dateline is not None and read is not None:
        draft.dateline = draft.dateline.model_copy(update={"date": read.date.value})
    if norm:
        draft.dates.append(iptc.found_date(_without_zeros(norm), DateRole.DATELINE, "nitf:story.date", 0.8))


def _rights(root: Any, docdata: Any, top: Any) -> Rights | None:
    copyrite = next(root.iter("copyrite"), None)
    holder = attribute(child(docdata, "doc.copyright"), "holder") or line(child(copyrite, "copyrite.holder"))
    claimed = child(docdata, "doc.rights")
    stated = child(top, "rights")
    return iptc.rights_of(
        holder or attribute(claimed, "owner") or line(child(stated, "rights.owner")),
        attribute(claimed, "limitations") or line(child(stated, "rights.limitations")),
        line(copyrite) or (line(stated) if stated is not None and not len(stated) else None),
    )


def _body(draft: Draft, root: Any, options: ParseOptions) -> None:
    """Body, media and links: the content as HTML, which is read as a feed's is."""
    whole = etree.Element("div")
    for content in list(children(root, "body/body.content")):
        draft.media += [media for one in content.iter("media") if (media := _media(one, draft.url))]
        whole.append(content)
    for element in list(whole.iter(*_NO_TEXT)):
        _drop(element)
    for pause in list(whole.iter("br")):
        # Agencies wrap their lines so; two in a row divide paragraphs.
        following = pause.getnext()
        if following is None or following.tag != "br" or (pause.tail or "").strip():
            # Renamed in place: taking each out would move the text behind it, again and again.
            pause.tag = "wrap"
    for row in list(whole.iter("tr")):
        cells = [text for cell in row if cell.tag in {"td", "th"} and (text := _blocks(cell))]
        tail = row.tail
        row.clear()
        row.tag, row.text, row.tail = "p", " | ".join(cells), tail
    for element in whole.iter():
        tag = _AS_HTML.get(str(element.tag), "div" if element is whole else "span")
        href = element.get("href")
        element.attrib.clear()
        if href and tag == "a":
            element.set("href", href)
        element.tag = tag
    markup = etree.tostring(whole, method="html", encoding="unicode")
    body, _, draft.links = read_fragment(markup, draft.url, options)
    draft.body = iptc.tidy_body(body, draft.title)
    draft.media = draft.media[: iptc.MAX_MEDIA]


def _drop(element: Any) -> None:
    """Take an element out and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = f"{before.tail or ''}{tail}"
    else:
        parent.text = f"{parent.text or ''}{tail}"
    parent.remove(element)


def _media(element: Any, base: str | None) -> Media | None:
    references = list(children(element, "media-reference"))
    renditions = [
        (
            web_url(attribute(one, "source") or "", base) or "",
            iptc.pixels(one.get("width")),
            iptc.pixels(one.get("height")),
        )
        for one in references
    ]
    url, width, height = iptc.best_rendition(renditions)
    captions = [text for one in children(element, "media-caption") if (text := _blocks(one))]
    said = [line(one) for one in children(element, "media-producer")]
    said += [attribute(one, name) for name in ("source-credit", "copyright") for one in references]
    kinds = [element.get("media-type"), *(one.get("mime-type") for one in references)]
    kind = next((found for name in kinds if (found := iptc.media_type(name))), None)
    caption, credit = " ".join(captions)[:2000], next((text[:200] for text in said if text), None)
    if credit is None:
        only = _ONLY_CREDIT.match(caption)
        caption, credit = ("", only["who"]) if only else split_credit(caption)
    if url is None and not caption:
        return None
    return Media(
        type=kind or MediaType.IMAGE,
        url=url,
        caption=caption or None,
        credit=credit,
        width=width,
        height=height,
    )
