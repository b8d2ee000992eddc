"""The three stages as pure functions: one input record in, everything that follows from it out.

They are what the agents, `copydesk process` and `copydesk explain` all run. No exception leaves them but MemoryError,
which the process has to deal with: a fault belongs to its record and becomes its dead letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from copydesk import __version__
from copydesk.core import headers as h
from copydesk.core.dead_letters import dead_letter
from copydesk.core.dedupe import Decision, decide
from copydesk.core.enrich.pipeline import enrich
from copydesk.core.errors import Rejected
from copydesk.core.ids import raw_coordinates
from copydesk.core.options import Options
from copydesk.core.parse import ItemFailure, parse_message
from copydesk.core.ports import Overlay, StateUnavailableError
from copydesk.core.records import Emit, Message, Outcome, OutcomeKind, StageResult
from copydesk.core.replay import carried, known_replay, reentered
from copydesk.core.timing import Stopwatch
from copydesk.core.trace import NO_TRACE, Trace
from copydesk.core.urls import dedupe_group, domain_of
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.parts import RawRef
from copydesk_schemas.reasons import Code, Priority, Stage
from copydesk_schemas.topics import TopicRole

PARSED_FIELDS = (
    "title",
    "subtitle",
    "description",
    "key_points",
    "authors",
    "dateline",
    "section",
    "tags",
    "published_at",
    "modified_at",
    "media",
    "links",
    "canonical_url",
)
"""Fields whose fill rate is watched."""

Event = tuple[bytes, bytes | None]
"""One record of the state log: key and value."""


@dataclass(frozen=True, slots=True)
class DedupeResult:
    """What the dedupe stage makes of one record: its result, and the state events that led to it."""

    result: StageResult
    events: tuple[Event, ...] = ()


def run_parse(message: Message, options: Options, now: datetime, *, trace: Trace = NO_TRACE) -> StageResult:
    """Parse one raw record: one outcome an item, several for a feed."""
    output = parse_message(message, options, trace=trace)
    # Of a raw record, which anyone may have written, only a header that proved right goes on.
    replayed = message.headers if known_replay(message, Stage.PARSE) is not None else ()
    pairs: list[tuple[Emit, Outcome]] = []
    for item in output.items:
        if isinstance(item, ItemFailure):
            code = item.error.code if isinstance(item.error, Rejected) else Code.PARSE_ERROR
            trace.note("parse", f"item {item.item}", f"dead letter ({code})", str(item.error)[:200])
            pairs.append(
                dead_letter(
                    message,
                    Stage.PARSE,
                    code,
                    item.error,
                    options=options,
                    now=now,
                    raw=item.raw,
                    article_id=item.article_id,
                    domain=domain_of(item.url),
                )
            )
            continue
        shard = dedupe_group(item.language.code, options.dedupe.shards)
        emit = Emit(
            role=TopicRole.PARSED,
            key=str(shard).encode(),
            value=item.model_dump_json().encode(),
            headers=(*h.internal_headers(message.headers, message.key, _coordinates(item.raw)), *carried(replayed)),
            partition=shard,
        )
        pairs.append((emit, _outcome(message, Stage.PARSE, OutcomeKind.FORWARDED, item)))
    return _result(pairs, output.timings)


def run_dedupe(
    message: Message, state: Overlay, options: Options, now: datetime, *, trace: Trace = NO_TRACE
) -> DedupeResult:
    """Decide on one parsed article. Its events are already applied to `state`, which is not yet committed.

    State and log change together or not at all: whatever fails on the way to the output leaves `state` as it was.

    Raises:
        StateUnavailableError: the state cannot be read, which is no fault of the article.
        MemoryError: the process has no room, which is no fault of the article either.
    """
    watch = Stopwatch()
    article: ParsedArticle | None = None
    changes = Overlay(state)
    try:
        with watch.step("decide"):
            article = ParsedArticle.model_validate_json(message.value or b"")
            decision = decide(article, changes, options.dedupe, now=now, trace=trace)
        if decision.refused is not None:
            result = _refused(message, article, decision.refused, options, now, watch)
        else:
            emit, outcome = _decided(message, article, decision)
            pair = emit, replace(outcome, reentered=reentered(message, Stage.DEDUPE))
            result = _result([pair], watch.timings)
    except (MemoryError, StateUnavailableError):
        raise
    except Exception as error:  # noqa: BLE001 - a fault belongs to its record
        pair = dead_letter(
            message,
            Stage.DEDUPE,
            _code(error, Code.INTERNAL),
            error,
            options=options,
            now=now,
            raw=article.raw if article else None,
            article_id=article.article_id if article else None,
            domain=article.source.domain if article else None,
        )
        return DedupeResult(_result([pair], watch.timings))
    state.merge(changes)
    return DedupeResult(result, decision.events)


def run_enrich(message: Message, options: Options, now: datetime, *, trace: Trace = NO_TRACE) -> StageResult:
    """Enrich one unique article."""
    unique: UniqueArticle | None = None
    timings: dict[str, float] = {}
    try:
        unique = UniqueArticle.model_validate_json(message.value or b"")
        enriched = enrich(
            unique, options, service_version=__version__, now=now, stages=unique.article.stages, trace=trace
        )
        replay = known_replay(message, Stage.ENRICH)
        if replay is not None:
            processing = enriched.processing.model_copy(update={"attempt": replay.attempts + 1})
            enriched = enriched.model_copy(update={"processing": processing})
        timings = {k: v for k, v in enriched.processing.stages.items() if k not in unique.article.stages}
        emit = Emit(
            role=TopicRole.ENRICHED,
            key=enriched.article_id.encode(),
            value=enriched.model_dump_json().encode(),
            headers=(
                *h.event_headers(
                    "enriched",
                    event_id=f"{enriched.article_id}:{enriched.revision}",
                    source=enriched.raw.topic,
                    subject=enriched.article_id,
                    time=enriched.modified_at or enriched.published_at or enriched.ingested_at,
                ),
                *h.trace_headers(message.headers),
            ),
        )
        late = unique.article.priority is Priority.BACKFILL or replay is not None
        outcome = _enriched_outcome(message, unique.article, enriched, backfill=late)
        pair = emit, replace(outcome, reentered=reentered(message, Stage.ENRICH))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault belongs to its record
        pair = dead_letter(
            message,
            Stage.ENRICH,
            _code(error, Code.ENRICH_ERROR),
            error,
            options=options,
            now=now,
            raw=unique.article.raw if unique else None,
            article_id=unique.article.article_id if unique else None,
            domain=unique.article.source.domain if unique else None,
        )
    return _result([pair], timings)


def dead_letter_for(
    message: Message,
    stage: Stage,
    code: Code,
    error: BaseException,
    options: Options,
    now: datetime,
    *,
    attempts: int = 1,
) -> StageResult:
    """The result for a record that no stage function could finish: out of time, a dead process, a refusing broker."""
    return _result([dead_letter(message, stage, code, error, options=options, now=now, attempts=attempts)], {})


def _code(error: Exception, otherwise: Code) -> Code:
    if isinstance(error, Rejected):
        return error.code
    return Code.SCHEMA_INVALID if isinstance(error, ValidationError) else otherwise


def _result(pairs: Iterable[tuple[Emit, Outcome]], timings: dict[str, float]) -> StageResult:
    emits, outcomes = zip(*pairs, strict=True)
    return StageResult(tuple(emits), tuple(outcomes), timings)


def _refused(
    message: Message, article: ParsedArticle, error: Rejected, options: Options, now: datetime, watch: Stopwatch
) -> StageResult:
    pair = dead_letter(
        message,
        Stage.DEDUPE,
        error.code,
        error,
        options=options,
        now=now,
        raw=article.raw,
        article_id=article.article_id,
        domain=article.source.domain,
    )
    return _result([pair], watch.timings)


def _decided(message: Message, article: ParsedArticle, decision: Decision) -> tuple[Emit, Outcome]:
    if decision.unique is not None:
        unique = decision.unique
        emit = Emit(
            role=TopicRole.UNIQUE,
            key=unique.article.article_id.encode(),
            value=unique.model_dump_json().encode(),
            headers=(
                *h.internal_headers(
                    message.headers, h.header(message.headers, h.RAW_KEY), _coordinates(unique.article.raw)
                ),
                *carried(message.headers),
            ),
        )
        return emit, _outcome(
            message,
            Stage.DEDUPE,
            OutcomeKind.FORWARDED,
            article,
            article_id=unique.article.article_id,
            verdict=unique.dedup.verdict,
            revision=unique.revision,
        )
    if decision.duplicate is None:
        raise RuntimeError("a decision is either unique or duplicate")
    copy = decision.duplicate
    emit = Emit(
        role=TopicRole.DUPLICATE,
        key=copy.duplicate_of.article_id.encode(),
        value=copy.model_dump_json().encode(),
        headers=(
            *h.event_headers(
                "duplicate",
                event_id=_coordinates(copy.raw),
                source=copy.raw.topic,
                subject=copy.article_id,
                time=copy.this.published_at or copy.raw.timestamp,
            ),
            *h.trace_headers(message.headers),
        ),
    )
    return emit, _outcome(
        message,
        Stage.DEDUPE,
        OutcomeKind.DUPLICATE,
        article,
        verdict=copy.verdict,
        duplicate_of=copy.duplicate_of.article_id,
        method=copy.method,
        similarity=copy.similarity,
    )


def _coordinates(raw: RawRef) -> str:
    return raw_coordinates(raw.topic, raw.partition, raw.offset, raw.item)


def _outcome(
    message: Message,
    stage: Stage,
    kind: OutcomeKind,
    article: ParsedArticle,
    *,
    article_id: str | None = None,
    verdict: str | None = None,
    revision: int | None = None,
    duplicate_of: str | None = None,
    method: str | None = None,
    similarity: float | None = None,
) -> Outcome:
    body = article.provenance.get("body")
    return Outcome(
        stage=stage,
        kind=kind,
        raw_topic=article.raw.topic,
        raw_partition=article.raw.partition,
        raw_offset=article.raw.offset,
        item=article.raw.item,
        items=article.raw.items,
        raw_timestamp_ms=round(article.raw.timestamp.timestamp() * 1000),
        article_id=article_id or article.article_id,
        revision=revision,
        verdict=verdict,
        duplicate_of=duplicate_of,
        domain=article.source.domain,
        language=article.language.code,
        extractor=body.extractor if body else None,
        backfill=article.priority is Priority.BACKFILL or known_replay(message, stage) is not None,
        flags=tuple(article.quality.flags),
        method=method,
        similarity=similarity,
        words=article.stats.words,
        earlier_ms=_earlier(article) if stage is not Stage.PARSE else {},
        trace_id=h.trace_id(message.headers),
    )


def _earlier(article: ParsedArticle) -> dict[Stage, float]:
    """Work time of the parse stage, which travels with the article. That of dedupe does not."""
    return {Stage.PARSE: round(sum(article.stages.values()), 3)} if article.stages else {}


def _enriched_outcome(message: Message, parsed: ParsedArticle, article: EnrichedArticle, *, backfill: bool) -> Outcome:
    body = article.provenance.get("body")
    return Outcome(
        stage=Stage.ENRICH,
        kind=OutcomeKind.ENRICHED,
        raw_topic=article.raw.topic,
        raw_partition=article.raw.partition,
        raw_offset=article.raw.offset,
        item=article.raw.item,
        items=article.raw.items,
        raw_timestamp_ms=round(article.raw.timestamp.timestamp() * 1000),
        article_id=article.article_id,
        revision=article.revision,
        verdict=article.dedup.verdict,
        domain=article.source.domain,
        language=article.language.code,
        extractor=body.extractor if body else None,
        backfill=backfill,
        flags=tuple(article.quality.flags),
        filled=tuple(name for name in PARSED_FIELDS if getattr(article, name)),
        change=article.change.kind,
        quality=article.quality.score,
        words=article.stats.words,
        published_ms=round(article.published_at.timestamp() * 1000) if article.published_at else None,
        earlier_ms=_earlier(parsed),
        trace_id=h.trace_id(message.headers),
    )
