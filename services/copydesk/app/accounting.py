"""Accounting: every committed outcome is counted, and every ended article leaves one log line."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog

from copydesk.adapters.metrics import Metrics
from copydesk.core.records import Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import Stage

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
            self.metrics.outcome(outcome)
            if outcome.kind is not OutcomeKind.FORWARDED:
                self._ended(outcome, timings)
        if self._observe is not None:
            self._observe(stage, result)

    def _ended(self, outcome: Outcome, timings: dict[str, float]) -> None:
        latency = None
        if outcome.raw_timestamp_ms > 0 and not outcome.backfill:
            latency = max(0.0, self._clock() - outcome.raw_timestamp_ms / 1000)
            self.metrics.end_to_end(outcome.kind, latency)
        line: dict[str, Any] = {
            "stage": outcome.stage,
            "outcome": outcome.kind,
            "raw": f"{outcome.raw_topic}-{outcome.raw_partition}-{outcome.raw_offset}-{outcome.item}",
            "article_id": outcome.article_id,
            "revision": outcome.revision,
            "verdict": outcome.verdict,
            "duplicate_of": outcome.duplicate_of,
            "code": outcome.code,
            "message": outcome.message,
            "domain": outcome.domain,
            "language": outcome.language,
            "extractor": outcome.extractor,
            "flags": list(outcome.flags) or None,
            "latency_s": None if latency is None else round(latency, 3),
            "work_ms": round(sum(timings.values()), 2),
        }
        level = self._log.warning if outcome.kind is OutcomeKind.DEAD else self._log.info
        level("article", **{key: value for key, value in line.items() if value is not None})
