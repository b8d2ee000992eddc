"""Series that are there from the start with 0: of a series that appears with its first fault no increase is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import Counter, Histogram

from copydesk.adapters.log_floods import LEVELS
from copydesk.core.records import OutcomeKind
from copydesk.core.stages import PARSED_FIELDS
from copydesk_schemas.reasons import (
    FAILURES,
    ChangeKind,
    Code,
    DeadLetterKind,
    DuplicateVerdict,
    Flag,
    Stage,
    Verdict,
)

_A_STAGE = (
    "copydesk_consumed_bytes_total",
    "copydesk_fuse_blown_total",
    "copydesk_rebalances_total",
    "copydesk_refused_records_total",
)
_ALWAYS = frozenset({Code.BAD_TAKEDOWN, Code.TAKEN_DOWN})
"""Refusals of the dedupe stage; all others are the parse stage's."""


def begin(counters: Mapping[str, Counter], histograms: Mapping[str, Histogram], stages: Sequence[Stage]) -> None:
    """Make the series that can be named."""
    for stage in stages:
        for name in _A_STAGE:
            counters[name].labels(stage)
        for result in ("committed", "aborted", "fenced"):
            counters["copydesk_transactions_total"].labels(stage, result)
        for reason in ("fenced", "fuse"):
            counters["copydesk_partition_restarts_total"].labels(stage, reason)
        for name in ("stage_duration_seconds", "transaction_duration_seconds", "batch_records"):
            histograms[f"copydesk_{name}"].labels(stage)
        for code in _codes(stage):
            kind = DeadLetterKind.FAILED if code in FAILURES else DeadLetterKind.REJECTED
            counters["copydesk_dead_letters_total"].labels(stage, kind, code)
            counters["copydesk_outcomes_total"].labels(stage, OutcomeKind.DEAD, code)
        for kind_of_outcome, reason in _ends(stage):
            counters["copydesk_outcomes_total"].labels(stage, kind_of_outcome, reason)
    for level in LEVELS:
        counters["copydesk_log_lines_total"].labels(level)
        counters["copydesk_log_lines_dropped_total"].labels(level)
    for end in (OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD):
        histograms["copydesk_end_to_end_seconds"].labels(end)
    if Stage.ENRICH in stages:
        for field in PARSED_FIELDS:
            counters["copydesk_fields_filled_total"].labels(field)
        for flag in Flag:
            counters["copydesk_flags_total"].labels(flag)
        for change in ChangeKind:
            counters["copydesk_changes_total"].labels(change)


def _codes(stage: Stage) -> Iterator[Code]:
    yield from sorted(FAILURES)
    if stage is Stage.PARSE:
        yield from sorted(set(Code) - FAILURES - _ALWAYS | {Code.BAD_TAKEDOWN})
    elif stage is Stage.DEDUPE:
        yield from sorted(_ALWAYS)


def _ends(stage: Stage) -> Iterator[tuple[OutcomeKind, str]]:
    if stage is Stage.PARSE:
        yield OutcomeKind.FORWARDED, "ok"
        return
    kind = OutcomeKind.FORWARDED if stage is Stage.DEDUPE else OutcomeKind.ENRICHED
    yield from ((kind, verdict) for verdict in Verdict)
    if stage is Stage.DEDUPE:
        yield from ((OutcomeKind.DUPLICATE, verdict) for verdict in DuplicateVerdict)
