"""Looks at a running worker and puts together what it is doing now."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from copydesk import __version__
from copydesk.adapters.kafka.partition import PartitionPump, State
from copydesk.adapters.kafka.pump import StagePump
from copydesk.app.now import (
    RATE_OVER_S,
    Article,
    Condition,
    DeadLetters,
    Health,
    History,
    Lag,
    Latency,
    Now,
    Partition,
    PerSecond,
    Pool,
    Reason,
    StageNow,
    Totals,
    Worker,
)
from copydesk.app.recent import RECEIVED, SPAN_S, Recent
from copydesk.core.options import config_hash
from copydesk.core.records import OutcomeKind
from copydesk_schemas.reasons import Stage
from copydesk_schemas.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from copydesk.app.wiring import Desk

_LIBRARIES = ("faust-streaming", "aiokafka", "trafilatura", "rocksdict")
_ENDS = (OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD)


def look(desk: Desk, recent: Recent, now: datetime | None = None) -> Now:
    """What the worker is doing at this moment."""
    now = now or datetime.now(UTC)
    stages = [_stage(pump, recent) for pump in desk.pumps.values()]
    return Now(
        at=now,
        health=health(desk, recent),
        worker=_worker(desk, now),
        totals=_totals(desk, recent),
        rates=PerSecond(**{name: round(recent.rates.per_second(name, RATE_OVER_S), 2) for name in (RECEIVED, *_ENDS)}),
        history=History(step_s=1, **{name: recent.rates.series(name) for name in (RECEIVED, *_ENDS)}),
        latency=_latency(recent.latencies()),
        lag=_furthest([stage.lag for stage in stages]),
        stages=stages,
        pool=_pool(desk),
        articles=[Article.model_validate(ended) for ended in reversed(recent.articles)],
        reasons=[
            Reason(outcome=kind, reason=reason, count=count) for (kind, reason), count in recent.reasons.most_common()
        ],
        dead_letters=sorted(
            (
                DeadLetters(
                    code=code,
                    kind=letters.kind,
                    count=letters.count,
                    hint=letters.hint,
                    last_at=letters.last_at,
                    last_message=letters.last_message,
                )
                for code, letters in recent.letters.items()
            ),
            key=lambda entry: (-entry.count, entry.code),
        ),
    )


def health(desk: Desk, recent: Recent) -> Health:
    """Healthy or not, and why."""
    stalled = desk.stalled()
    if stalled:
        return _ill("It gets no further", stalled)
    if desk.starting is not None:
        return Health(condition=Condition.STARTING, sentence=f"Starting: {desk.starting}", reasons=[])
    # Asked first: what partitions do while the brokers are away is a consequence.
    away = [str(stage) for stage, pump in desk.pumps.items() if not pump.broker_answers]
    if away:
        return _ill("The brokers do not answer", [f"{stage}: the brokers do not answer" for stage in away])
    troubles = [
        f"{stage}, partition {part.source.partition}: {part.trouble or part.state}"
        for stage, pump in desk.pumps.items()
        for _, part in sorted(pump.partitions.items())
        if part.state in (State.WAITING, State.PAUSED)
    ]
    if troubles:
        return _ill("Not all partitions are read", troubles)
    if not desk.ready:
        return Health(condition=Condition.STARTING, sentence="Getting ready", reasons=list(_not_ready(desk)))
    faults = recent.faults()
    if faults:
        failed = sum(faults.values())
        what = "1 item failed" if failed == 1 else f"{failed} items failed"
        return Health(
            condition=Condition.ATTENTION,
            sentence=f"Works; {what} in the last {SPAN_S // 60} minutes",
            reasons=[f"dead letters of faults: {', '.join(faults)}"],
        )
    partitions = sum(len(pump.partitions) for pump in desk.pumps.values())
    return Health(condition=Condition.HEALTHY, sentence=f"Healthy: reads {partitions} partitions", reasons=[])


def _ill(sentence: str, reasons: list[str]) -> Health:
    return Health(condition=Condition.UNHEALTHY, sentence=sentence, reasons=reasons)


def _not_ready(desk: Desk) -> Sequence[str]:
    told = []
    for stage, pump in desk.pumps.items():
        if not pump.joined:
            told.append(f"{stage}: waits for the consumer group to share the partitions out")
        for _, part in sorted(pump.partitions.items()):
            if not part.ready:
                how_far = f", {_restored(part)}" if part.restored is not None else ""
                told.append(f"{stage}, partition {part.source.partition}: {part.state}{how_far}")
    return told


def _worker(desk: Desk, now: datetime) -> Worker:
    settings = desk.settings
    return Worker(
        app_id=settings.app_id,
        brokers=settings.bootstrap_servers,
        stages=[str(stage) for stage in settings.stages],
        delivery=str(settings.delivery),
        version=__version__,
        contract=SCHEMA_VERSION,
        config_hash=config_hash(desk.options),
        versions=_versions(),
        started_at=desk.started_at,
        uptime_s=round(max(0.0, (now - desk.started_at).total_seconds()), 1),
    )


@cache
def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}}


def _totals(desk: Desk, recent: Recent) -> Totals:
    received, ended = recent.totals[RECEIVED], {str(kind): recent.totals[kind] for kind in _ENDS}
    whole = set(desk.settings.stages) == set(Stage)
    return Totals(received=received, **ended, in_flight=max(0, received - sum(ended.values())) if whole else None)


def _latency(seconds: Sequence[float]) -> Latency | None:
    if not seconds:
        return None
    ordered = sorted(seconds)
    return Latency(
        items=len(ordered),
        median_s=round(statistics.median(ordered), 3),
        p95_s=round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 3),
    )


def _furthest(lags: Sequence[Lag]) -> Lag:
    """Records together, seconds of the worst; what nobody knows is left out, unless nobody knows anything."""
    records = [lag.records for lag in lags if lag.records is not None]
    seconds = [lag.seconds for lag in lags if lag.seconds is not None]
    return Lag(records=sum(records) if records else None, seconds=max(seconds, default=None))


def _stage(pump: StagePump, recent: Recent) -> StageNow:
    partitions = [_partition(part) for _, part in sorted(pump.partitions.items())]
    return StageNow(
        stage=str(pump.work.stage),
        topic=pump.topic,
        ready=pump.ready,
        broker_answers=pump.broker_answers,
        per_second=round(recent.rates.per_second(pump.work.stage, RATE_OVER_S), 2),
        lag=_furthest([part.lag for part in partitions]),
        partitions=partitions,
    )


def _partition(part: PartitionPump) -> Partition:
    return Partition(
        partition=part.source.partition,
        state=str(part.state),
        next_offset=part.next_offset,
        in_flight=part.in_flight,
        lag=_lag(part),
        idle_s=round(part.progress.idle_for(), 1),
        restored=_restored(part) if part.restored is not None and part.state is State.RESTORING else None,
        trouble=part.trouble,
    )


def _lag(part: PartitionPump) -> Lag:
    seconds = part.behind.seconds()
    return Lag(records=part.behind.lag, seconds=None if seconds is None else round(seconds, 3))


def _restored(part: PartitionPump) -> str:
    done, total = part.restored or (0, 0)
    return f"{done:,} of {total:,} restored"


def _pool(desk: Desk) -> Pool | None:
    figures = getattr(desk.pool, "figures", None)  # the stages of this worker need none, or a test brought its own
    return None if figures is None else Pool.model_validate(figures())
