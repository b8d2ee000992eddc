"""Accounting: every committed outcome is counted, and every ended article leaves one log line."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog

from copydesk.adapters.metrics import Metrics
from copydesk.core.ids import raw_coordinates
from copydesk.core.records import Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import FAILURES, ChangeKind, Stage

_MESSAGE_CHARS = 200

Observe = Callable[[Stage, StageResult], None]


class Accounting:
    """Turns results of committed transactions into metrics and log lines.

    Args:
        metrics: where to count.
        clock: seconds since the epoch; a test gives its own.
        observe: told of the same results.
    """

    def __init__(
        self, metrics: Metrics, clock: Callable[[], float] = time.time, *, observe: Observe | None = None
    ) -> None:
        self.metrics = metrics
        self._clock = clock
        self._observe = observe
        self._log = structlog.get_logger("copydesk.article")

    def record(self, stage: Stage, result: StageResult) -> None:
        """Account for one input record of `stage` whose transaction has committed."""
        timings = dict(result.timings)
        if timings:
            self.metrics.worked(stage, timings)
        for outcome in result.outcomes:
            # A dead letter was an end; its replay begins again, at whatever stage.
            if stage is Stage.PARSE or outcome.reentered:
                self.metrics.received()
            self.metrics.outcome(outcome, self._clock())
            if outcome.kind is not OutcomeKind.FORWARDED:
                self._ended(outcome, timings)
        if self._observe is not None:
            try:
                self._observe(stage, result)
            except Exception as error:  # noqa: BLE001 - it has been committed; who only looks on must not undo that
                self._log.warning("an outcome is not shown", stage=stage, error_class=type(error).__name__)

    def _ended(self, outcome: Outcome, timings: dict[str, float]) -> None:
        latency = None
        if outcome.raw_timestamp_ms > 0 and not outcome.backfill:
            latency = max(0.0, self._clock() - outcome.raw_timestamp_ms / 1000)
            self.metrics.end_to_end(outcome.kind, latency)
        if outcome.change is ChangeKind.NEW and not outcome.backfill and outcome.published_ms is not None:
            self.metrics.freshness(max(0.0, self._clock() - outcome.published_ms / 1000))
        level = self._log.warning if outcome.kind is OutcomeKind.DEAD else self._log.info
        level("article", **{key: value for key, value in _line(outcome, timings, latency).items() if value is not None})


def _line(outcome: Outcome, timings: dict[str, float], latency: float | None) -> dict[str, Any]:
    """What is known of an article at its end, and no words of it: of a fault only the class, for its text may quote."""
    work = {str(stage): round(spent, 2) for stage, spent in outcome.earlier_ms.items()}
    if timings:
        work[str(outcome.stage)] = round(sum(timings.values()), 2)
    return {
        "stage": outcome.stage,
        "outcome": outcome.kind,
        "raw": raw_coordinates(outcome.raw_topic, outcome.raw_partition, outcome.raw_offset, outcome.item),
        "topic": outcome.raw_topic,
        "partition": outcome.raw_partition,
        "offset": outcome.raw_offset,
        "item": outcome.item,
        "article_id": outcome.article_id,
        "revision": outcome.revision,
        "change": outcome.change,
        "verdict": outcome.verdict,
        "method": outcome.method,
        "similarity": outcome.similarity,
        "duplicate_of": outcome.duplicate_of,
        "code": outcome.code,
        "error_class": outcome.error_class,
        "error_place": outcome.error_place,
        "message": None if outcome.code in FAILURES or outcome.message is None else outcome.message[:_MESSAGE_CHARS],
        "domain": outcome.domain,
        "language": outcome.language,
        "extractor": outcome.extractor,
        "words": outcome.words,
        "quality": outcome.quality,
        "flags": list(outcome.flags) or None,
        "backfill": outcome.backfill or None,
        "latency_s": None if latency is None else round(latency, 3),
        "work_ms": work or None,
        "steps_ms": {step: round(spent, 2) for step, spent in timings.items()} or None,
        "trace_id": outcome.trace_id,
    }
