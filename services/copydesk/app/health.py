"""Pages for probes and Prometheus, on Faust's own web server.

Live: whatever should move does. Ready: it has its partitions, and their state is complete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copydesk.adapters.kafka.partition import PartitionPump
from copydesk.adapters.kafka.pump import StagePump
from copydesk.adapters.metrics import CONTENT_TYPE
from copydesk.app.figures import gather

if TYPE_CHECKING:
    from copydesk.app.wiring import CopydeskApp, Desk


def declare_pages(app: CopydeskApp) -> None:
    """`/health/live`, `/health/ready` and `/metrics`."""

    @app.page("/health/live")
    async def live(web: Any, request: Any) -> Any:  # noqa: ARG001 - the signature is Faust's
        body = liveness(app.desk)
        return web.json(body, status=200 if body["live"] else 503)

    @app.page("/health/ready")
    async def ready(web: Any, request: Any) -> Any:  # noqa: ARG001 - the signature is Faust's
        body = readiness(app.desk)
        return web.json(body, status=200 if body["ready"] else 503)

    @app.page("/metrics")
    async def metrics(web: Any, request: Any) -> Any:  # noqa: ARG001 - the signature is Faust's
        gather(app.desk)
        return web.bytes(app.desk.metrics.render(), headers={"Content-Type": CONTENT_TYPE})


def liveness(desk: Desk) -> dict[str, Any]:
    """Whether it gets further where there is something to do; brokers that are away are not its fault."""
    stalled = desk.stalled()
    return {
        "live": not stalled,
        "stalled": stalled,
        "broker_answers": bool(desk.pumps) and all(pump.broker_answers for pump in desk.pumps.values()),
    }


def readiness(desk: Desk) -> dict[str, Any]:
    """Whether it has its share of the partitions, each open and restored; if not, what each is doing and why."""
    stages = {str(stage): _stage(pump) for stage, pump in desk.pumps.items()}
    return {"ready": desk.ready, "starting": desk.starting, "stages": stages}


def _stage(pump: StagePump) -> dict[str, Any]:
    return {
        "ready": pump.ready,
        "joined": pump.joined,
        "partitions": {str(p.partition): partition_now(part) for p, part in sorted(pump.partitions.items())},
    }


def partition_now(pump: PartitionPump) -> dict[str, Any]:
    """What a partition is doing, as far as there is something to say."""
    now: dict[str, Any] = {
        "state": str(pump.state),
        "next_offset": pump.next_offset,
        "lag": pump.lag,
        "idle_s": round(pump.progress.idle_for(), 1),
        "trouble": pump.trouble,
    }
    if pump.restored is not None:
        done, total = pump.restored
        now["restored"] = f"{done} of {total}"
    return {key: value for key, value in now.items() if value is not None}
