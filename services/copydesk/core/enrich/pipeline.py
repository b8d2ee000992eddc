"""The enrich stage: run the enrichers and put the record together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from copydesk.core.enrich.base import Document, Enricher
from copydesk.core.enrich.content_hash import content_hash
from copydesk.core.enrich.registry import BUILT_IN, select
from copydesk.core.options import Options, config_hash
from copydesk.core.text import language
from copydesk.core.timing import Stopwatch
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.parts import Language, ModelInfo, Pipeline, Processing, Stats
from copydesk_schemas.reasons import Action, PubStatus
from copydesk_schemas.version import SCHEMA_VERSION

_MESSAGE_CHARS = 300

COPIED = (
    "article_id",
    "url",
    "canonical_url",
    "source",
    "syndicated_from",
    "title",
    "subtitle",
    "description",
    "key_points",
    "body",
    "authors",
    "dateline",
    "section",
    "tags",
    "genre",
    "language",
    "published_at",
    "published_precision",
    "published_tz_known",
    "modified_at",
    "date_candidates",
    "fetched_at",
    "ingested_at",
    "media",
    "links",
    "is_accessible_for_free",
    "rights",
    "stats",
    "quality",
    "provenance",
    "raw",
)
"""Fields that are published as the parse stage left them."""

_OWN = frozenset(
    {"schema_version", "revision", "pub_status", "change", "dedup", "pipeline", "content_hash", "processing"}
)

NOTHING_FOUND: Mapping[str, Any] = {
    name: None if type(None) in get_args(field.annotation) else []
    for name, field in EnrichedArticle.model_fields.items()
    if name not in _OWN and name not in COPIED
}
"""Fields that enrichers fill, as they are when none does."""

WITHDRAWN: Mapping[str, Any] = {
    "syndicated_from": None,
    "title": None,
    "subtitle": None,
    "description": None,
    "key_points": [],
    "body": "",
    "authors": [],
    "dateline": None,
    "section": None,
    "tags": [],
    "genre": None,
    "language": Language(code="und", confidence=0.0),
    "published_at": None,
    "published_precision": None,
    "published_tz_known": None,
    "modified_at": None,
    "date_candidates": [],
    "media": [],
    "links": [],
    "is_accessible_for_free": None,
    "rights": None,
    "stats": Stats(chars=0, words=0, sentences=0, paragraphs=0, reading_seconds=0),
    "provenance": {},
}
"""What a takedown says of an article's content: nothing."""


class EnrichError(Exception):
    """An enricher failed. The article fails with it: a field is never silently missing.

    Args:
        enricher: its name.
        reason: class and message of its exception.
    """

    def __init__(self, enricher: str, reason: str) -> None:
        super().__init__(enricher, reason)
        self.enricher = enricher
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.enricher}: {self.reason}"


def enrich(
    unique: UniqueArticle,
    options: Options,
    *,
    service_version: str,
    now: datetime,
    stages: Mapping[str, float] | None = None,
    trace: Trace = NO_TRACE,
    enrichers: Sequence[Enricher] = BUILT_IN,
) -> EnrichedArticle:
    """The record for `enriched-articles`. A takedown becomes a canceled record without content.

    Args:
        unique: the article with its verdict.
        options: `options.enrich.enrichers` says which enrichers run.
        service_version: for the pipeline block.
        now: for the processing block.
        stages: milliseconds a step so far.
        trace: for `copydesk explain`.
        enrichers: what to choose from, in order; the built-in ones by default.

    Raises:
        EnrichError: an enricher failed.
        ValueError: the options name an enricher that there is not.
    """
    watch = Stopwatch()
    article = unique.article
    withdrawn = article.action is Action.DELETE
    chosen = () if withdrawn else select(options.enrich.enrichers, enrichers)
    found = _run(chosen, Document(article, options.enrich, trace), watch)
    with watch.step("record"):
        record = EnrichedArticle(
            schema_version=SCHEMA_VERSION,
            revision=unique.revision,
            pub_status=PubStatus.CANCELED if withdrawn else PubStatus.USABLE,
            change=unique.change,
            dedup=unique.dedup,
            pipeline=Pipeline(
                service_version=service_version, config_hash=config_hash(options), models=_models(chosen)
            ),
            content_hash="",
            processing=Processing(processed_at=now, duration_ms=0.0),
            **_copied(article, withdrawn=withdrawn),
            **{**NOTHING_FOUND, **found},
        )
        digest = content_hash(record)
    steps = dict(stages or {})
    for name, spent in watch.timings.items():
        steps[name] = round(steps.get(name, 0.0) + spent, 3)
    processing = Processing(processed_at=now, duration_ms=round(sum(steps.values()), 3), stages=steps)
    return record.model_copy(update={"content_hash": digest, "processing": processing})


def _run(enrichers: Sequence[Enricher], document: Document, watch: Stopwatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for enricher in enrichers:
        with watch.step(enricher.name):
            try:
                values = _filled(enricher, document, found)
            except MemoryError:
                raise
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"[:_MESSAGE_CHARS]
                # The traceback goes along, so that the fault's fingerprint is of its place, not of this line.
                raise EnrichError(enricher.name, reason).with_traceback(error.__traceback__) from error
        found.update(values)
    return found


def _filled(enricher: Enricher, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:
    values = enricher.enrich(document, found)
    if set(values) != set(enricher.fields):
        raise ValueError(f"filled {sorted(values)}, declared {sorted(enricher.fields)}")
    return values


def _copied(article: ParsedArticle, *, withdrawn: bool) -> dict[str, Any]:
    fields = {name: getattr(article, name) for name in COPIED}
    return {**fields, **WITHDRAWN} if withdrawn else fields


def _models(enrichers: Sequence[Enricher]) -> list[ModelInfo]:
    infos = {(info.name, info.version): info for info in language.models()}
    infos |= {(info.name, info.version): info for enricher in enrichers for info in enricher.models()}
    return [infos[key] for key in sorted(infos)]
