"""Feed documents — RSS, Atom, JSON Feed — split into one draft an entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from copydesk import __version__
from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.envelope import is_web_url
from copydesk.core.errors import Rejected
from copydesk.core.formats.fragment import read_fragment
from copydesk.core.options import ParseOptions
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.json_text import without_surrogates
from copydesk.core.structured.jsonld import plain
from copydesk.core.structured.metadata import language_tag
from copydesk.core.structured.publisher import credited, host_of
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Media, Source
from copydesk_schemas.reasons import Code, DateRole, Flag, FoundIn, MediaType

_EXTRACTOR = "feed"
_MAX_TAGS = 30
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*\[|<!ENTITY", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:item|entry)[\s>/]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));?")
_ELEMENT = re.compile(r"<\w")
_PROLOGUE_CHARS = 10_000
_SUMMARY_CONFIDENCE, _CONTENT_CONFIDENCE = 0.6, 0.9

Entry = dict[str, Any]


def refuse_entities(text: str) -> None:
    """Refuse a document that declares entities: no feed needs them, and they are how parsers are made to explode.

    Raises:
        Rejected: unsupported_media_type.
    """
    if _DOCTYPE.search(text[:100_000]):
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, "the document declares entities of its own, which no feed needs")


def feed_drafts(
    text: str, document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE
) -> list[Draft | Exception]:
    """One draft an entry of an RSS or Atom document, in order; an entry that can not be read leaves its exception.

    Raises:
        Rejected: empty (no entries), oversized (too many), unsupported_media_type (entities).
    """
    refuse_entities(text)
    entries_at_least = len(_ENTRY.findall(text)) // 2  # half: some may stand in an entry's own text
    if entries_at_least > options.max_feed_items:
        raise _too_many(entries_at_least, options)
    import feedparser

    # A string or bytes would be tried as an address and as a file name first; a stream is only ever read.
    feed = feedparser.parse(
        BytesIO(_REFERENCE.sub(_no_surrogate, _without_long_prologue(text)).encode("utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": document.url or ""},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries: list[Entry] = [without_surrogates(_plain_entry(entry)) for entry in feed.entries]
    channel = without_surrogates({key: feed.feed.get(key) for key in ("title", "language")})
    title = normalize_line(plain(str(channel.get("title") or ""))) or None
    language = str(channel.get("language") or "") or None
    return _drafts(entries, document, options, title=title, language=language, trace=trace)


def _without_long_prologue(text: str) -> str:
    """Without what stands before the first element, where that is long: feedparser takes quadratic time on it.

    It is comments and declarations at best; the character set is known by now.
    """
    first = _ELEMENT.search(text)
    return text[first.start() :] if first is not None and first.start() > _PROLOGUE_CHARS else text


def json_feed_drafts(
    data: dict[str, Any], document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE
) -> list[Draft | Exception]:
    """The same for a JSON Feed document (jsonfeed.org, version 1 and 1.1)."""
    items = data.get("items")
    entries = [_json_entry(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    title = data.get("title") if isinstance(data.get("title"), str) else None
    language = data.get("language") if isinstance(data.get("language"), str) else None
    return _drafts(entries, document, options, title=title, language=language, trace=trace)


def _plain_entry(entry: Any) -> Entry:
    contents = [part.get("value") for part in entry.get("content") or () if part.get("value")]
    links = [link for link in entry.get("links") or () if link.get("href")]
    return {
        "id": entry.get("id"),
        "link": entry.get("link") or next((link["href"] for link in links if link.get("rel") == "alternate"), None),
        "title": entry.get("title"),
        "summary": entry.get("summary"),
        "content": max(contents, key=len, default=None),
        "authors": [a.get("name") for a in entry.get("authors") or () if a.get("name")] or [entry.get("author")],
        "published": entry.get("published"),
        # As of a plain dict: the library's own `get` answers with the publication where no update is stated.
        "updated": dict.get(entry, "updated"),
        "tags": [tag.get("term") for tag in entry.get("tags") or () if tag.get("term")],
        "language": (entry.get("content") or [{}])[0].get("language"),
        "media": [
            {"url": part.get("url") or part.get("href"), "type": part.get("medium") or part.get("type")}
            for part in (*(entry.get("media_content") or ()), *(entry.get("enclosures") or ()))
        ],
    }


def _json_entry(item: Entry) -> Entry:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    return {
        "id": item.get("id"),
        "link": item.get("url") or item.get("external_url"),
        "title": item.get("title"),
        "summary": item.get("summary"),
        "content": item.get("content_html") or item.get("content_text"),
        "authors": [a.get("name") for a in authors or () if isinstance(a, dict) and a.get("name")],
        "published": item.get("date_published"),
        "updated": item.get("date_modified"),
        "tags": item.get("tags") if isinstance(item.get("tags"), list) else [],
        "language": item.get("language"),
        "media": [{"url": item.get("image"), "type": "image"}] if item.get("image") else [],
    }


def _drafts(
    entries: Sequence[Entry],
    document: RawDocument,
    options: ParseOptions,
    *,
    title: str | None,
    language: str | None,
    trace: Trace,
) -> list[Draft | Exception]:
    if not entries:
        raise Rejected(Code.EMPTY, "the feed has no entries")
    if len(entries) > options.max_feed_items:
        raise _too_many(len(entries), options)
    trace.note("feed", title or "feed", f"split into {len(entries)} items", "each entry is an article of its own")
    drafts: list[Draft | Exception] = []
    for entry in entries:
        try:
            drafts.append(_draft(entry, document, options, feed_title=title, language=language))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad entry costs one dead letter, not the feed
            drafts.append(error)
    return drafts


def _no_surrogate(reference: re.Match[str]) -> str:
    """The reference, or U+FFFD for one to a surrogate: the parser makes a character of it that nothing can encode."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else reference[0]


def _too_many(entries: int, options: ParseOptions) -> Rejected:
    return Rejected(Code.OVERSIZED, f"the feed has {entries} entries or more; the limit is {options.max_feed_items}")


def _draft(
    entry: Entry, document: RawDocument, options: ParseOptions, *, feed_title: str | None, language: str | None
) -> Draft:
    link = _text(entry["link"])
    url = link if link and is_web_url(link) else None
    content, summary = _markup(entry["content"]), _markup(entry["summary"])
    markup = content if len(content) >= len(summary) else summary
    title = normalize_line(plain(_text(entry["title"]) or "")) or None
    # The entry's own bytes: what identifies it whatever else the feed holds at the time.
    identity = "\n".join(part for part in (link or _text(entry["id"]), title, markup) if part)
    draft = Draft(content=identity.encode("utf-8"), url=url, canonical_link=url, title=title)
    body, media, draft.links = read_fragment(markup, url, options)
    draft.body = body
    draft.media = media + _enclosures(entry["media"])
    if title:
        _took(draft, "title", 0.9)
    if body:
        full = bool(content) and len(content) >= len(summary)
        _took(draft, "body", _CONTENT_CONFIDENCE if full else _SUMMARY_CONFIDENCE)
        if not full:
            draft.flags.add(Flag.TRUNCATED)
    if content and summary and content != summary:
        described, _, _ = read_fragment(summary, url, options)
        described = normalize_line(described)
        if described and not body.startswith(described[:80]):
            draft.description = described[:2000]
            _took(draft, "description", 0.8)
    hint = document.source
    draft.source = Source(
        domain=(hint.domain if hint and hint.domain else None) or host_of(url),
        name=(hint.name if hint and hint.name else None) or feed_title,
        country=hint.country if hint else None,
        feed_url=(hint.feed_url if hint and hint.feed_url else None) or document.final_url or document.url,
    )
    sites = [name for name in (feed_title, draft.source.domain) if name]
    bylines: list[tuple[str, str | None]] = [(text, None) for name in entry["authors"] if (text := _text(name))]
    draft.authors = read_authors(bylines, sites)
    if draft.authors:
        _took(draft, "authors", 0.85)
        draft.syndicated_from = credited([author.name for author in draft.authors], draft.source)
        if draft.syndicated_from is not None:
            draft.flags.add(Flag.SYNDICATED)
            _took(draft, "syndicated_from", 0.7)
    draft.tags = list(dict.fromkeys(t for tag in entry["tags"] if (t := normalize_line(_text(tag) or ""))))[:_MAX_TAGS]
    if draft.tags:
        _took(draft, "tags", 0.8)
    for name, items in (("media", draft.media), ("links", draft.links)):
        if items:
            _took(draft, name, 0.8)
    for key, role in (("published", DateRole.FEED), ("updated", DateRole.MODIFIED)):
        raw = _text(entry[key])
        if raw:
            draft.dates.append(FoundDate(raw[:200], role, f"feed:{key}", 0.85))
    claims = [entry["language"], language, document.language_hint, hint.language if hint else None]
    draft.language_claims = list(
        dict.fromkeys(code for claim in claims if isinstance(claim, str) and (code := language_tag(claim)))
    )
    if not draft.body and not draft.title:
        raise Rejected(Code.EMPTY, "the feed entry has neither title nor text")
    return draft


def _took(draft: Draft, name: str, confidence: float) -> None:
    draft.took(name, _EXTRACTOR, __version__, FoundIn.FEED, confidence)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _markup(value: Any) -> str:
    return _text(value) or ""


def _enclosures(parts: Sequence[dict[str, Any]]) -> list[Media]:
    found: dict[str, Media] = {}
    for part in parts:
        url, kind = part.get("url"), str(part.get("type") or "image").split("/")[0]
        if isinstance(url, str) and is_web_url(url) and kind in set(MediaType):
            found.setdefault(url, Media(type=MediaType(kind), url=url))
    return list(found.values())[:50]
