"""The parse stage: a raw record into one article, or several where it is a feed. No fault of the input leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from copydesk import __version__
from copydesk.core.dates.address import country_of, url_dates
from copydesk.core.dates.choose import DateDecision, choose_dates
from copydesk.core.dead_letters import raw_ref_of_message, timestamp
from copydesk.core.decode import decode
from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.envelope import read_raw
from copydesk.core.errors import Rejected
from copydesk.core.fingerprint import fingerprint
from copydesk.core.formats.feed import feed_drafts, json_feed_drafts
from copydesk.core.formats.html import parse_html_page
from copydesk.core.formats.markdown import markdown_draft
from copydesk.core.formats.newsml import newsml_drafts
from copydesk.core.formats.newsml_1 import newsml_1_drafts
from copydesk.core.formats.ninjs import ninjs_draft
from copydesk.core.formats.nitf import nitf_drafts
from copydesk.core.formats.structured_article import json_ld_draft
from copydesk.core.formats.text import parse_text
from copydesk.core.ids import article_id, content_sha256
from copydesk.core.options import Options, ParseOptions
from copydesk.core.publishable import clean_candidate, clean_part, make_publishable
from copydesk.core.quality import judge
from copydesk.core.records import Message
from copydesk.core.replay import as_first, read_replay
from copydesk.core.sniff import Format, Sniffed, refuse_binary, sniff
from copydesk.core.structured.authors import read_authors
from copydesk.core.text.language import detect_language, primary_code
from copydesk.core.text.normalize import normalize_body, normalize_line
from copydesk.core.text.segment import count_words
from copydesk.core.text.stats import compute_stats
from copydesk.core.timing import Stopwatch
from copydesk.core.trace import NO_TRACE, Trace
from copydesk.core.urls import canonical_url, domain_of, same_site
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.parts import Dateline, Language, Link, Media, Quality, RawRef, Source, Stats
from copydesk_schemas.reasons import Action, Code, DateRole, Flag, FoundIn, Stage

_BODY_CHARS = 500_000
"""Longer bodies are cut: no article has them, and every later step takes time in proportion."""
_LINE_CHARS = 10_000
"""Longer titles, decks, descriptions, rubrics and captions are cut: they are no such thing."""
_SURE_LANGUAGE = 0.5
_HINTS = "hints"
_FEEDS = frozenset({Format.RSS, Format.ATOM, Format.JSON_FEED, Format.NEWSML_MESSAGE})


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """An item that became no article."""

    item: int
    error: Exception
    raw: RawRef
    article_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ParseOutput:
    """What a raw record holds, item by item, and milliseconds a step."""

    items: tuple[ParsedArticle | ItemFailure, ...]
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Origin:
    """What every item of a record shares."""

    message: Message
    document: RawDocument
    media_type: str | None = None
    charset: str | None = None
    flags: frozenset[Flag] = frozenset()
    items: int | None = None
    """Number of items of the record; None before it is divided."""
    is_feed: bool = False
    """Whether the record's address is that of a feed, and so of no item."""
    only_item: int | None = None
    """The one item that a replay is about."""

    def raw(self, content: bytes, item: int) -> RawRef:
        return RawRef(
            topic=self.message.topic,
            partition=self.message.partition,
            offset=self.message.offset,
            item=item,
            items=self.items,
            timestamp=timestamp(self.message.timestamp_ms),
            sha256=content_sha256(content),
            bytes=len(content),
            media_type=self.media_type,
            charset=self.charset,
        )


def parse_message(message: Message, options: Options, *, trace: Trace = NO_TRACE) -> ParseOutput:
    """Parse one raw record. A feed gives one item an entry; everything else gives one.

    A replay leads to what its first try would have led to: the same coordinates and times, and of a feed only the item
    that is replayed.

    Args:
        message: the record as consumed.
        options: of the core; those of parse and dedupe are used.
        trace: told of each decision.

    Raises:
        MemoryError: the only error that is the process's own rather than the record's.
    """
    watch = Stopwatch()
    origin: _Origin | None = None
    try:
        replay = read_replay(message, Stage.PARSE)
        only = replay.only_item if replay is not None else None
        first = as_first(message, replay)
        with watch.step("envelope"):
            document = read_raw(first)
            origin = _Origin(first, document, items=replay.raw.items if replay is not None else None, only_item=only)
        if document.action is Action.DELETE:
            return ParseOutput((_ordered_takedown(replace(origin, items=1)),), watch.timings)
        drafts, origin = _read(origin, options.parse, trace, watch)
    except MemoryError:
        raise  # it belongs to the process, which has no room to write a dead letter either
    except Exception as error:  # noqa: BLE001 - a fault belongs to its record
        if origin is None:
            raw = raw_ref_of_message(message, Stage.PARSE)
            return ParseOutput((ItemFailure(raw.item, error, raw),), watch.timings)
        item = origin.only_item or 0
        return ParseOutput((_failure(item, error, origin, origin.document.content, None),), watch.timings)
    single = len(drafts) == 1
    items: list[ParsedArticle | ItemFailure] = []
    if only is not None and only >= len(drafts):
        # Another version divided it. Whatever happens, there is one outcome for the item.
        gone = LookupError(f"item {only} is replayed, but the record has {len(drafts)} now")
        items.append(_failure(only, gone, origin, origin.document.content, None, entry=True))
    for number, draft in enumerate(drafts):
        if only not in (None, number):
            continue
        # An entry's own time: the record's is shared among its items so that sums are right.
        own = watch if single else Stopwatch()
        if isinstance(draft, Exception):
            items.append(_failure(number, draft, origin, origin.document.content, None, entry=True))
            continue
        try:
            items.append(_finish(draft, number, origin, options, trace, own))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault belongs to its item
            items.append(_failure(number, error, origin, draft.content, draft.url, entry=not single))
        if not single:
            for step, spent in own.timings.items():
                watch.timings[step] = round(watch.timings.get(step, 0.0) + spent, 3)
    return ParseOutput(tuple(items), watch.timings)


def _read(
    origin: _Origin, options: ParseOptions, trace: Trace, watch: Stopwatch
) -> tuple[Sequence[Draft | Exception], _Origin]:
    """Decode, sniff, and let the format's parser fill drafts."""
    document = origin.document
    if len(document.content) > options.max_content_bytes:
        raise Rejected(
            Code.OVERSIZED, f"the document has {len(document.content)} bytes; the limit is {options.max_content_bytes}"
        )
    with watch.step("decode"):
        refuse_binary(document.content)
        decoded = decode(document.content, hint=document.charset, http=document.http)
    trace.note("decode", f"{len(document.content)} bytes", f"decoded as {decoded.charset}", decoded.reason)
    with watch.step("sniff"):
        sniffed = sniff(decoded.text, document.media_type)
    trace.note("sniff", sniffed.media_type, f"read as {sniffed.format}", sniffed.reason)
    flags = set()
    if decoded.repaired:
        flags.add(Flag.ENCODING_REPAIRED)
    if sniffed.mismatch:
        flags.add(Flag.MEDIA_TYPE_MISMATCH)
        trace.note("sniff", document.media_type or "", "the claimed media type is wrong", sniffed.reason)
    drafts = _drafts(decoded.text, sniffed, document, options, trace, watch)
    known = replace(
        origin,
        media_type=sniffed.media_type,
        charset=decoded.charset,
        flags=frozenset(flags),
        items=origin.items or len(drafts),
        is_feed=sniffed.format in _FEEDS or len(drafts) > 1,
    )
    return drafts, known


def _drafts(
    text: str, sniffed: Sniffed, document: RawDocument, options: ParseOptions, trace: Trace, watch: Stopwatch
) -> Sequence[Draft | Exception]:
    match sniffed.format:
        case Format.HTML:
            return [parse_html_page(text, document, options, trace=trace, watch=watch)]
        case Format.TEXT:
            with watch.step("text"):
                return [parse_text(text, document, trace=trace)]
        case Format.JSON_LD:
            with watch.step("jsonld"):
                return [json_ld_draft(sniffed.data, document, options, trace=trace)]
        case Format.JSON_FEED:
            with watch.step("feed"):
                return json_feed_drafts(sniffed.data, document, options, trace=trace)
        case Format.RSS | Format.ATOM:
            with watch.step("feed"):
                return feed_drafts(text, document, options, trace=trace)
        case Format.MARKDOWN:
            with watch.step("markdown"):
                return [markdown_draft(text, document, options, trace=trace)]
        case Format.NINJS:
            with watch.step("ninjs"):
                return [ninjs_draft(sniffed.data, document, options, trace=trace)]
        case Format.NEWSML_ITEM | Format.NEWSML_MESSAGE:
            with watch.step("newsml"):
                return newsml_drafts(text, document, options, trace=trace)
        case Format.NEWSML_1:
            with watch.step("newsml"):
                return newsml_1_drafts(text, document, options, trace=trace)
        case Format.NITF:
            with watch.step("nitf"):
                return nitf_drafts(text, document, options, trace=trace)


def _finish(
    draft: Draft, item: int, origin: _Origin, options: Options, trace: Trace, watch: Stopwatch
) -> ParsedArticle:
    """Hints, normal form, language, dates, identity, policy and quality: what all formats share."""
    document = origin.document
    if draft.withdrawn:
        return _stated_takedown(draft, item, origin)
    with watch.step("finish"):
        draft.flags |= origin.flags
        _normalize(draft)
        _take_hints(draft, document, trace)
        make_publishable(draft)
        language = _language(draft)
        _apply_policy(draft, language, options.parse)
        decision = _dates(draft, origin, item, language, trace)
        source = clean_part(_source(draft, document))
        url = _address(draft, origin)
        canonical = canonical_url(url, draft.canonical_link)
        if canonical and "canonical_url" not in draft.provenance:
            draft.took("canonical_url", "urls", __version__, FoundIn.DERIVED, 0.9)
        raw = origin.raw(draft.content, item)
        stats = compute_stats(draft.body, language.code)
        mark = fingerprint(draft.body, language.code)
        if draft.title is None:
            draft.flags.add(Flag.NO_TITLE)
        if not draft.authors:
            draft.flags.add(Flag.NO_AUTHOR)
        if stats.words < options.parse.short_body_words:
            draft.flags.add(Flag.BODY_SHORT)
        if language.confidence < _SURE_LANGUAGE or language.code == "und":
            draft.flags.add(Flag.LANGUAGE_UNCERTAIN)
        if draft.is_accessible_for_free is False and stats.words < 3 * options.parse.short_body_words:
            draft.flags.add(Flag.PAYWALL_SUSPECTED)
        _keep_true_provenance(draft, decision)
        article = ParsedArticle(
            action=Action.UPSERT,
            priority=document.priority,
            raw_id=document.raw_id,
            article_id=article_id(canonical, raw.sha256),
            url=url,
            requested_url=document.url if not origin.is_feed and document.url != url else None,
            canonical_url=canonical,
            source=source,
            syndicated_from=draft.syndicated_from,
            title=draft.title,
            subtitle=draft.subtitle,
            description=draft.description,
            key_points=draft.key_points,
            body=draft.body,
            authors=draft.authors,
            dateline=draft.dateline,
            section=draft.section,
            tags=draft.tags,
            genre=draft.genre,
            language=language,
            published_at=decision.published_at,
            published_precision=decision.published_precision,
            published_tz_known=decision.published_tz_known,
            modified_at=decision.modified_at,
            date_candidates=[clean_candidate(candidate) for candidate in decision.candidates],
            fetched_at=document.fetched_at,
            ingested_at=timestamp(origin.message.timestamp_ms),
            media=draft.media,
            links=draft.links,
            is_accessible_for_free=draft.is_accessible_for_free,
            rights=draft.rights,
            stats=stats,
            quality=judge(draft.provenance, draft.flags),
            provenance=dict(sorted(draft.provenance.items())),
            fingerprint=mark,
            raw=raw,
        )
    return article.model_copy(update={"stages": dict(watch.timings)})


def _failure(
    item: int, error: Exception, origin: _Origin, content: bytes, url: str | None, *, entry: bool = False
) -> ItemFailure:
    """An item that became no article; with an id where its address is known. A feed's address is no entry's."""
    if not entry:
        url = url or origin.document.final_url or origin.document.url
    raw = origin.raw(content, item)
    canonical = canonical_url(url, None) if url else None
    return ItemFailure(item, error, raw, article_id(canonical, raw.sha256) if canonical else None, url)


def _address(draft: Draft, origin: _Origin) -> str | None:
    """The article's address: its own, else where it was fetched. A feed's address is no entry's."""
    return draft.url or (None if origin.is_feed else origin.document.final_url or origin.document.url)


def _ordered_takedown(origin: _Origin) -> ParsedArticle:
    """A withdrawal that the producer orders."""
    document = origin.document
    # Both addresses count: the canonical form is of the one after redirects, as an article's is.
    url = document.url or document.final_url
    canonical = canonical_url(document.final_url or url, None)
    return _takedown(origin, url, canonical, origin.raw(document.content, 0), document.language_hint)


def _stated_takedown(draft: Draft, item: int, origin: _Origin) -> ParsedArticle:
    """A withdrawal that the document itself states.

    Raises:
        Rejected: bad_takedown, where nothing names the article.
    """
    document = origin.document
    # A document speaks for its own site alone, or it could withdraw anybody's article; and where it was fetched names
    # nothing, for one address may serve one item after the other.
    stated, fetched = draft.canonical_link, document.final_url or document.url
    url = stated if stated and fetched and same_site(stated, fetched) else None
    canonical = canonical_url(url, None)
    if canonical is None and document.raw_id is None:
        raise Rejected(
            Code.BAD_TAKEDOWN,
            "its provider has canceled it, but neither a web address of the site that it came from nor a raw_id "
            "tells which article that was",
        )
    language = next(iter(draft.language_claims), document.language_hint)
    return _takedown(origin, url, canonical, origin.raw(draft.content, item), language)


def _takedown(
    origin: _Origin, url: str | None, canonical: str | None, raw: RawRef, language: str | None
) -> ParsedArticle:
    """A withdrawal: nothing but what names the article."""
    document = origin.document
    return ParsedArticle(
        action=Action.DELETE,
        priority=document.priority,
        raw_id=document.raw_id,
        article_id=article_id(canonical, content_sha256((document.raw_id or "").encode())),
        url=url,
        canonical_url=canonical,
        source=Source(domain=domain_of(url)),
        # It has no text to tell by; what its producer says leads it to the shard of its article.
        language=Language(code=primary_code(language or "") or "und", confidence=0.0),
        fetched_at=document.fetched_at,
        ingested_at=timestamp(origin.message.timestamp_ms),
        stats=Stats(chars=0, words=0, sentences=0, paragraphs=0, reading_seconds=0),
        quality=Quality(score=0.0),
        fingerprint=fingerprint("", "und"),
        raw=raw,
    )


def _line(text: str | None) -> str | None:
    return (normalize_line(text[:_LINE_CHARS]) or None) if text is not None else None


def _normalize(draft: Draft) -> None:
    """Bring all text into normal form, before anything is measured on it."""
    for name in ("title", "subtitle", "description", "section"):
        value = getattr(draft, name)
        if value is not None and len(value) > _LINE_CHARS:
            draft.flags.add(Flag.TRUNCATED)
        setattr(draft, name, _line(value))
    draft.key_points = [point for text in draft.key_points if (point := normalize_line(text))]
    draft.tags = [tag for text in draft.tags if (tag := normalize_line(text))]
    draft.body = normalize_body(draft.body)
    if len(draft.body) > _BODY_CHARS:
        draft.body = normalize_body(draft.body[:_BODY_CHARS])
        draft.flags.add(Flag.TRUNCATED)
    draft.media = [
        Media.model_validate({**m.model_dump(), "caption": _line(m.caption), "credit": _line(m.credit)})
        for m in draft.media
    ]
    draft.links = [Link(url=link.url, text=_line(link.text), rel=link.rel) for link in draft.links]
    if draft.dateline is not None:
        line = draft.dateline
        draft.dateline = Dateline(text=normalize_line(line.text), location=_line(line.location), date=line.date)


def _take_hints(draft: Draft, document: RawDocument, trace: Trace) -> None:
    """What the producer knows fills what the document leaves open; it never overrules the document."""
    feed_item = document.feed_item
    titles = (document.title_hint, feed_item.title if feed_item else None)
    if draft.title is None and (title := next((t for text in titles if (t := _line(text))), None)):
        draft.title = title
        draft.took("title", _HINTS, __version__, FoundIn.HEADER if document.title_hint else FoundIn.FEED, 0.6)
        trace.note("hints", title, "taken as the title", "the document has none of its own")
    if feed_item is not None:
        if not draft.authors and feed_item.author:
            draft.authors = read_authors([(feed_item.author, None)], [])
            if draft.authors:
                draft.took("authors", _HINTS, __version__, FoundIn.FEED, 0.6)
        if not draft.tags and feed_item.categories:
            draft.tags = list(dict.fromkeys(tag for text in feed_item.categories if (tag := normalize_line(text))))
            draft.took("tags", _HINTS, __version__, FoundIn.FEED, 0.7)
        for raw, role, key in (
            (feed_item.published, DateRole.FEED, "published"),
            (feed_item.updated, DateRole.MODIFIED, "updated"),
        ):
            if raw:
                draft.dates.append(FoundDate(raw[:200], role, f"feed_item:{key}", 0.7))
    if document.published_hint:
        draft.dates.append(FoundDate(document.published_hint[:200], DateRole.FEED, "published_hint", 0.7))
    if document.language_hint and document.language_hint not in draft.language_claims:
        draft.language_claims.append(document.language_hint)


def _language(draft: Draft) -> Language:
    text = f"{draft.title}\n\n{draft.body}" if draft.title else draft.body
    return detect_language(text, draft.language_claims)


def _apply_policy(draft: Draft, language: Language, options: ParseOptions) -> None:
    """What is not to be published.

    Raises:
        Rejected: no_text, body_short, language_blocked.
    """
    if not any(c.isalnum() for c in draft.body):
        if draft.title is None:
            raise Rejected(Code.NO_TEXT, "no readable text was found")
        raise Rejected(Code.NO_TEXT, "there is a title, but no readable text")
    if language.code.partition("-")[0] in options.blocked_languages:
        raise Rejected(Code.LANGUAGE_BLOCKED, f"the language {language.code} is blocked")
    count = count_words(draft.body) if len(draft.body) < 4000 else options.min_body_words
    if count < options.min_body_words and draft.title is None:
        raise Rejected(
            Code.BODY_SHORT, f"{count} words and no title; an article without a title has {options.min_body_words}"
        )


def _dates(draft: Draft, origin: _Origin, item: int, language: Language, trace: Trace) -> DateDecision:
    document = origin.document
    found = list(draft.dates)
    url = _address(draft, origin)
    found += url_dates(url)
    if document.http is not None and item == 0:
        modified = next((v for k, v in document.http.headers.items() if k.lower() == "last-modified"), None)
        if modified:
            found.append(FoundDate(modified[:200], DateRole.HTTP, "http:last-modified", 0.3))
    reference: datetime | None = document.fetched_at
    if reference is not None:
        found.append(FoundDate(reference.isoformat(), DateRole.FETCHED, "record:fetched_at", 1.0))
    source: Any = draft.source
    decision = choose_dates(
        found,
        reference=reference,
        language=language.code,
        country=(source.country if source else None) or country_of(url, draft.language_claims),
        captions=[media.caption for media in draft.media if media.caption],
        body=draft.body,
    )
    draft.flags |= decision.flags
    for candidate in decision.candidates:
        trace.note("dates", f"{candidate.source}: {candidate.raw}", candidate.value, candidate.reason)
    return decision


def _source(draft: Draft, document: RawDocument) -> Source:
    if draft.source is not None:
        return draft.source
    hint = document.source
    return Source(
        domain=(hint.domain if hint and hint.domain else None) or domain_of(document.final_url or document.url),
        name=hint.name if hint else None,
        country=hint.country if hint else None,
        feed_url=hint.feed_url if hint else None,
    )


def _keep_true_provenance(draft: Draft, decision: DateDecision) -> None:
    """Provenance of the dates, and none of fields that are empty after all."""
    for name, role in (("published_at", None), ("modified_at", DateRole.MODIFIED)):
        chosen = next(
            (c for c in decision.candidates if c.chosen and (c.role is DateRole.MODIFIED) == (role is not None)), None
        )
        if chosen is not None:
            confidence = decision.confidence if role is None else decision.modified_confidence
            count = sum((c.role is DateRole.MODIFIED) == (role is not None) for c in decision.candidates)
            draft.took(name, "dates", __version__, _found_in(chosen.source), confidence, count)
    for name in list(draft.provenance):
        if name not in {"published_at", "modified_at", "canonical_url"} and not getattr(draft, name, None):
            if name == "is_accessible_for_free" and draft.is_accessible_for_free is not None:
                continue
            del draft.provenance[name]


_PLACES = {
    "jsonld": FoundIn.JSONLD,
    "meta": FoundIn.META,
    "dom": FoundIn.DOM,
    "feed": FoundIn.FEED,
    "feed_item": FoundIn.FEED,
    "published_hint": FoundIn.HEADER,
    "text": FoundIn.TEXT,
    "front-matter": FoundIn.META,
    "ninjs": FoundIn.FEED,
    "newsml": FoundIn.FEED,
    "nitf": FoundIn.FEED,
    "http": FoundIn.HEADER,
}


def _found_in(source: str) -> FoundIn:
    return _PLACES.get(source.partition(":")[0], FoundIn.DERIVED)
