"""What is fuzzed, and what must hold whatever comes in: each target takes bytes and raises where something does not."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dead_letters import message_of
from copydesk.core.decode import decode
from copydesk.core.envelope import is_web_url, read_raw
from copydesk.core.errors import Rejected
from copydesk.core.options import Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Emit, Message, Outcome, OutcomeKind
from copydesk.core.sniff import refuse_binary, sniff
from copydesk.core.stages import run_dedupe, run_enrich, run_parse
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import FAILURES

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_OPTIONS = Options()
_HINTS = (None, "utf-8", "utf-16", "windows-1252", "windows-1251", "shift_jis", "iso-2022-jp", "gb18030", "hex")
_TYPES = (
    None,
    "text/html",
    "text/plain",
    "application/rss+xml",
    "application/json",
    "application/ld+json",
    "text/markdown",
    "image/png",
)
MAX_SECONDS = 2.0
"""For at most 16 KiB, which take a few hundredths when nothing is wrong; the machine may be busy."""

Target = Callable[[bytes], None]


class BrokenInvariantError(Exception):
    """Something that must hold whatever comes in does not."""


def require(condition: object, what: str) -> None:
    """Raise where a condition does not hold."""
    if not condition:
        raise BrokenInvariantError(what)


def _split(data: bytes) -> tuple[int, bytes]:
    """The last byte chooses a hint, the others are the document: so that seeds are documents."""
    return (data[-1], data[:-1]) if data else (0, b"")


def fuzz_decode(data: bytes) -> None:
    """Text without surrogates or control characters, or Rejected."""
    choice, content = _split(data)
    try:
        decoded = decode(content, hint=_HINTS[choice % len(_HINTS)])
    except Rejected:
        return
    decoded.text.encode("utf-8")
    require(decoded.charset, "there is a charset")
    require("\x00" not in decoded.text, "no null characters")


def fuzz_sniff(data: bytes) -> None:
    """A format and a media type, or Rejected."""
    choice, content = _split(data)
    try:
        refuse_binary(content)
        sniffed = sniff(content.decode("utf-8", "replace"), _TYPES[choice % len(_TYPES)])
    except Rejected:
        return
    require(sniffed.media_type and sniffed.reason, "a media type and a reason")


def fuzz_envelope(data: bytes) -> None:
    """A document whose texts encode and whose addresses are addresses, or Rejected."""
    choice, value = _split(data)
    headers: tuple[tuple[str, bytes], ...] = ()
    if choice % 4 == 1:
        headers = (("content-type", b"application/vnd.copydesk.raw+json"),)
    elif choice % 4 == 2:
        half = len(value) // 2
        names = ("content-type", "x-url", "ce_id", "ce_time", "x-final-url")
        headers, value = ((names[choice % len(names)], value[:half]),), value[half:]
    try:
        document = read_raw(Message("raw-articles", 0, 0, 0, None, value, headers))
    except Rejected as refusal:
        str(refusal).encode("utf-8")
        require(len(str(refusal)) <= 500, "a refusal is short")
        return
    for url in (document.url, document.final_url):
        require(url is None or is_web_url(url), "an address is an address")
    for text in (document.raw_id, document.title_hint, document.published_hint, document.language_hint):
        (text or "").encode("utf-8")


def _through(value: bytes, content_type: str | None) -> None:
    """All three stages: no outcome is a fault, texts are in normal form, spans hold."""
    headers = () if content_type is None else (("content-type", content_type.encode()),)
    record = Message("raw-articles", 0, 0, 1_772_366_400_000, None, value, headers)
    parsed = run_parse(record, _OPTIONS, _NOW)
    require(parsed.outcomes and len(parsed.outcomes) == len(parsed.emits), "an outcome an item")
    state = Overlay(MemoryStore())
    for emit, outcome in zip(parsed.emits[:5], parsed.outcomes, strict=False):
        _no_fault(emit, outcome)
        if outcome.kind is not OutcomeKind.FORWARDED:
            continue
        article = ParsedArticle.model_validate_json(emit.value or b"")
        for text in (article.title or "", article.subtitle or "", article.body, *article.key_points, *article.tags):
            require(text == unicodedata.normalize("NFC", text), "normal form C")
            require(all(" ".join(part.split()) == part for part in text.split("\n\n")), "plain spaces")
        decided = run_dedupe(Message("p", 0, 0, 0, None, emit.value), state, _OPTIONS, _NOW).result
        for unique, ending in zip(decided.emits, decided.outcomes, strict=True):
            _no_fault(unique, ending)
            if ending.kind is OutcomeKind.FORWARDED:
                _enriched(Message("u", 0, 0, 0, None, unique.value))


def _no_fault(emit: Emit, outcome: Outcome) -> None:
    fault = outcome.code in FAILURES
    require(not fault, f"{outcome.code}: {message_of(emit) if fault else ''}")


def _enriched(message: Message) -> None:
    result = run_enrich(message, _OPTIONS, _NOW)
    _no_fault(result.emits[0], result.outcomes[0])
    require(result.outcomes[0].code is None, "nothing is refused any more")
    article = EnrichedArticle.model_validate_json(result.emits[0].value or b"")
    fields = {"title": article.title or "", "subtitle": article.subtitle or "", "body": article.body}
    fields |= {f"media[{i}].caption": media.caption or "" for i, media in enumerate(article.media)}
    for entity in article.entities:
        for mention in entity.mentions:
            require(fields[mention.field][mention.start : mention.end] == mention.text, "a mention's span holds")
    spans = [(one.start, one.end, one.text) for one in article.quotes]
    spans += [(one.start, one.end, one.text) for one in article.dates_mentioned]
    for start, end, text in spans:
        require(article.body[start:end] == text, "a span of the body holds")


def fuzz_text(data: bytes) -> None:
    """Plain text through all stages."""
    _through(data, "text/plain")


def fuzz_html(data: bytes) -> None:
    """A page through all stages."""
    _through(data, "text/html")


def fuzz_feed(data: bytes) -> None:
    """A feed through all stages."""
    start = b"<rss version='2.0'><channel>" if not data.lstrip().startswith((b"<", b"{")) else b""
    _through(start + data, "application/rss+xml")


def fuzz_document(data: bytes) -> None:
    """A document of whatever format its text tells, through all stages."""
    _through(data, None)


def fuzz_markdown(data: bytes) -> None:
    """Markdown through all stages."""
    _through(data, "text/markdown")


def timed(target: Target) -> Target:
    """The target, with a bound on its time."""

    def run(data: bytes) -> None:
        began = time.process_time()
        target(data)
        spent = time.process_time() - began
        require(spent < MAX_SECONDS, f"{spent:.1f} s for {len(data)} bytes")

    return run


TARGETS: dict[str, Target] = {
    "decode": fuzz_decode,
    "sniff": fuzz_sniff,
    "envelope": fuzz_envelope,
    "text": fuzz_text,
    "html": fuzz_html,
    "feed": fuzz_feed,
    "document": fuzz_document,
    "markdown": fuzz_markdown,
}
