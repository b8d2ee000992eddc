"""Dead letters: an item that ends without an article, with its reason, its origin and the input to replay."""

from __future__ import annotations

import base64
import hashlib
import traceback
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import ValidationError

from copydesk import __version__
from copydesk.core import headers as h
from copydesk.core.envelope import says_backfill
from copydesk.core.errors import Rejected
from copydesk.core.ids import content_sha256, raw_coordinates
from copydesk.core.options import Options, config_hash
from copydesk.core.records import Emit, Message, Outcome, OutcomeKind
from copydesk.core.replay import REPLAYED_FROM, Replay, as_first, known_replay, reentered, split_coordinates
from copydesk_schemas.dead_letter import DeadLetter, Original
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.parts import Pipeline, RawRef
from copydesk_schemas.reasons import FAILURES, RETRYABLE, Code, DeadLetterKind, Stage
from copydesk_schemas.topics import TopicRole

MAX_ORIGINAL_BYTES = 10 * 1024 * 1024
"""Of larger inputs the value is not carried: base64 makes 4/3 of them, and a dead letter has at most 14 MiB."""
MAX_ORIGINAL_META_BYTES = 256 * 1024
"""Keys and headers together; of more than that nothing is carried, and the dead letter has no key of that size."""

_MESSAGE_CHARS = 500
_STACK_BYTES = 8192

HINTS: dict[Code, str] = {
    Code.EMPTY: "The record has no content: check the fetcher that produced it.",
    Code.UNDECODABLE: "The bytes are no text in any character set: send the document itself, or name its charset.",
    Code.OVERSIZED: "The document is over the limits: send the article page only, or raise COPYDESK_PARSE__ limits.",
    Code.INVALID_ENVELOPE: "The envelope breaks the RawArticle schema: correct the key that the message names.",
    Code.UNSUPPORTED_MEDIA_TYPE: "This kind is not read: send HTML, text, Markdown, a feed, ninjs, NewsML or NITF.",
    Code.NOT_ARTICLE: "The page has no article: send article pages only.",
    Code.HOMEPAGE: "This is a home page: send the pages that it links to.",
    Code.LISTING_PAGE: "This is a list of articles: send the pages that it links to.",
    Code.BODY_SHORT: "Too little text to be an article: lower COPYDESK_PARSE__MIN_BODY_WORDS if it should pass.",
    Code.NO_TEXT: "No readable text was found: the page may need a browser to render it.",
    Code.LANGUAGE_BLOCKED: "The language is on the block list: see COPYDESK_PARSE__BLOCKED_LANGUAGES.",
    Code.BAD_URL: "The url is not an http or https address: correct it, or leave it out.",
    Code.BAD_TAKEDOWN: "No published article has that url or raw_id within the dedupe window: check which was meant.",
    Code.TAKEN_DOWN: "It was taken down after this was fetched: to publish it again, send it with a later fetched_at.",
    Code.WITHHELD: "Its provider does not want it published yet: send it again once it is usable.",
    Code.PARSE_TIMEOUT: "Parsing ran over its time limit: look at the document, or raise COPYDESK_PARSE_TIMEOUT_S.",
    Code.PARSE_ERROR: "A fault in parsing: keep the dead letter, report its fingerprint, replay after the mend.",
    Code.ENRICH_TIMEOUT: "Enriching ran over its time limit: replay it, or raise COPYDESK_ENRICH_TIMEOUT_S.",
    Code.ENRICH_ERROR: "A fault in enriching: keep the dead letter, report its fingerprint, replay after the mend.",
    Code.STATE_UNAVAILABLE: "The dedupe state could not be read: check the disk of COPYDESK_STATE_DIR, then replay.",
    Code.SCHEMA_INVALID: "An internal record does not match its schema: were two versions running side by side?",
    Code.PUBLISH_TOO_LARGE: "The result is larger than its topic allows: raise the topic's limit, then replay.",
    Code.PUBLISH_FAILED: "The broker refused the result: check the topic and its permissions, then replay.",
    Code.INTERNAL: "A fault of the service: keep the dead letter, report its fingerprint, replay after the mend.",
}


def raw_ref_of_message(message: Message, stage: Stage) -> RawRef:
    """Reference to the raw record behind a stage's input of which only its headers can be read.

    Behind an internal record it is the one that `copydesk-raw` names, with what is known of the internal record.
    """
    value = message.value or b""
    replay = known_replay(message, stage)
    first = as_first(message, replay)
    item, items = (replay.raw.item, replay.raw.items) if replay is not None else (0, None)
    if replay is None and stage is not Stage.PARSE:
        named = split_coordinates((h.header(message.headers, h.RAW) or b"").decode("utf-8", "replace"))
        if named is not None:
            topic, partition, offset, item = named
            first = replace(message, topic=topic, partition=partition, offset=offset)
    return RawRef(
        topic=first.topic,
        partition=first.partition,
        offset=first.offset,
        item=item,
        items=items,
        timestamp=timestamp(first.timestamp_ms),
        sha256=content_sha256(value),
        bytes=len(value),
        media_type=None,
        charset=None,
    )


def timestamp(milliseconds: int) -> datetime:
    """A Kafka timestamp as an instant; negative ones (none known) become the epoch."""
    return datetime.fromtimestamp(max(milliseconds, 0) / 1000, UTC)


def describe(error: BaseException) -> str:
    """One sentence on an error, without the document that it is about. Text of any kind: it can be encoded."""
    if isinstance(error, UnicodeError):
        # Its text and its arguments hold parts of the document, or all of it.
        reason = getattr(error, "reason", "invalid text")
        return f"{type(error).__name__}: {reason} at position {getattr(error, 'start', '?')}"
    if isinstance(error, ValidationError):
        parts = (f"{'.'.join(map(str, e['loc'])) or 'record'}: {e['msg']}" for e in error.errors(include_input=False))
        return _encodable("; ".join(parts))
    text = _encodable(str(error))
    return text if isinstance(error, Rejected) else f"{type(error).__name__}: {text}" if text else type(error).__name__


def _encodable(text: str) -> str:
    """Without lone surrogates, which a message that quotes a document can have and no record may."""
    return text.encode("utf-8", "replace").decode()


def error_fingerprint(error: BaseException) -> str:
    """16 hex digits: the same class at the same place gives the same fingerprint, whatever the document."""
    place = _place(error) or "-"
    return hashlib.sha256(f"{type(error).__qualname__}@{place}".encode()).hexdigest()[:16]


def _place(error: BaseException) -> str | None:
    """File and function that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].name}" if frames else None


def _stack(error: BaseException) -> str:
    lines = ["Traceback (most recent call last):\n"]
    for frame in traceback.extract_tb(error.__traceback__):
        parts = frame.filename.replace("\\", "/").split("/")
        lines.append(f"  {'/'.join(parts[-3:])}:{frame.lineno} in {frame.name}\n")
    lines.append(describe(error)[:_MESSAGE_CHARS])
    return "".join(lines).encode("utf-8", "replace")[-_STACK_BYTES:].decode("utf-8", "ignore")


def origin_of(message: Message, stage: Stage) -> tuple[RawRef, str | None]:
    """The raw record behind a stage's input, and the article's id, as far as they can be told."""
    if stage is not Stage.PARSE and message.value is not None:
        try:
            if stage is Stage.DEDUPE:
                article = ParsedArticle.model_validate_json(message.value)
            else:
                article = UniqueArticle.model_validate_json(message.value).article
        except ValidationError:
            return raw_ref_of_message(message, stage), None
        return article.raw, article.article_id
    return raw_ref_of_message(message, stage), None


def dead_letter(
    message: Message,
    stage: Stage,
    code: Code,
    error: BaseException,
    *,
    options: Options,
    now: datetime,
    raw: RawRef | None = None,
    article_id: str | None = None,
    attempts: int = 1,
    backfill: bool | None = None,
    domain: str | None = None,
) -> tuple[Emit, Outcome]:
    """The record for the dead-letter topic and the outcome to account for.

    Args:
        message: the failing stage's own input.
        stage: where it failed.
        code: why.
        error: the exception; `Rejected` for policy.
        options: options in force, for the pipeline block.
        now: when it failed.
        raw: the raw record, where the caller knows it better than `origin_of`.
        article_id: the article's id, likewise.
        attempts: how often it was tried, this time; what a replay brings along is added.
        backfill: whether the item is backfill, where the caller knows it; else the message is asked.
        domain: of the publisher, where it is known.
    """
    replay = known_replay(message, stage)
    attempts, first_failed_at = _history(replay, attempts, now)
    if raw is None:
        raw, found_id = origin_of(message, stage)
        article_id = article_id or found_id
    failed = code in FAILURES
    raw_key = message.key if stage is Stage.PARSE else h.header(message.headers, h.RAW_KEY)
    text = describe(error)[:_MESSAGE_CHARS]
    identity = raw_coordinates(raw.topic, raw.partition, raw.offset, raw.item)
    letter = DeadLetter(
        dead_letter_id=identity,
        kind=DeadLetterKind.FAILED if failed else DeadLetterKind.REJECTED,
        stage=stage,
        code=code,
        message=text,
        error_class=type(error).__name__ if failed else None,
        error_fingerprint=error_fingerprint(error) if failed else None,
        stack=_stack(error) if failed else None,
        retryable=code in RETRYABLE,
        attempts=attempts,
        first_failed_at=first_failed_at,
        last_failed_at=now,
        pipeline=Pipeline(service_version=__version__, config_hash=config_hash(options)),
        article_id=article_id,
        raw=raw,
        original=_original(message, carry=code is not Code.TAKEN_DOWN),
        hint=getattr(error, "hint", HINTS[code]),
    )
    marks = {
        "dlq-kind": letter.kind,
        "dlq-stage": stage,
        "dlq-code": code,
        "dlq-class": letter.error_class or "",
        "dlq-original-topic": message.topic,
        "dlq-original-partition": str(message.partition),
        "dlq-original-offset": str(message.offset),
        "dlq-attempts": str(attempts),
    }
    if replay is not None:
        marks[REPLAYED_FROM] = (h.header(message.headers, REPLAYED_FROM) or b"").decode("utf-8", "replace")
    emit = Emit(
        role=TopicRole.DEAD,
        key=raw_key if len(raw_key or b"") <= MAX_ORIGINAL_META_BYTES else None,
        value=letter.model_dump_json().encode(),
        headers=(
            *h.event_headers(
                "dead-letter", event_id=identity, source=raw.topic, subject=article_id, time=raw.timestamp
            ),
            *h.trace_headers(message.headers),
            *((name, h.capped(value)) for name, value in marks.items() if value),
        ),
    )
    outcome = Outcome(
        stage=stage,
        kind=OutcomeKind.DEAD,
        raw_topic=raw.topic,
        raw_partition=raw.partition,
        raw_offset=raw.offset,
        item=raw.item,
        items=raw.items,
        reentered=reentered(message, stage),
        raw_timestamp_ms=round(raw.timestamp.timestamp() * 1000),
        article_id=article_id,
        code=code,
        message=_encodable(error.facts)[:_MESSAGE_CHARS] if isinstance(error, Rejected) else None,
        error_class=letter.error_class,
        error_place=_place(error) if failed else None,
        domain=domain,
        trace_id=h.trace_id(message.headers),
        backfill=replay is not None or (says_backfill(message, stage) if backfill is None else backfill),
    )
    return emit, outcome


def message_of(letter: Emit) -> str:
    """Why, as a dead letter says it: of a fault this may quote the document, so it is not for the log."""
    return DeadLetter.model_validate_json(letter.value or b"").message


def _original(message: Message, *, carry: bool) -> Original:
    """The input as far as it fits; what is left out is still in its topic, under these coordinates.

    Without `carry` the value is left out: what was withdrawn must not live on in another topic.
    """
    meta = len(message.key or b"") + sum(len(name) + len(value) for name, value in message.headers)
    whole = meta + len(message.value or b"") <= MAX_ORIGINAL_BYTES
    small = meta <= MAX_ORIGINAL_META_BYTES
    return Original(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key_b64=_b64(message.key) if small else None,
        value_b64=_b64(message.value) if small and whole and carry else None,
        headers=[(name, _b64(value)) for name, value in message.headers] if small else [],
    )


def _history(replay: Replay | None, attempts: int, now: datetime) -> tuple[int, datetime]:
    """Attempts in all, and when the first of them failed."""
    if replay is None:
        return attempts, now
    return replay.attempts + attempts, min(replay.first_failed_at, now)


def _b64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode("ascii")
