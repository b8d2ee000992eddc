"""Pages for probes and Prometheus, on Faust's own web server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copydesk.adapters.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from copydesk.app.wiring import CopydeskApp

STUCK_AFTER_S = 180.0
"""Work under way and nothing moved on for so long: far above the time limit of a record."""


def declare_pages(app: CopydeskApp) -> None:
    """`/health/live`, `/health/ready` and `/metrics`."""

    @app.page("/health/live")
    async def live(web: Any, request: Any) -> Any:  # noqa: ARG001 - the signature is Faust's
        desk = app.desk
        idle = desk.progress.idle_for()
        alive = not desk.failed and (idle < STUCK_AFTER_S or not any(pump.working for pump in desk.pumps.values()))
        return web.json({"live": alive, "idle_s": round(idle, 1)}, status=200 if alive else 503)

    @app.page("/health/ready")
    async def ready(web: Any, request: Any) -> Any:  # noqa: ARG001 - the signature is Faust's
        stages = {
            str(stage): {
                "ready": pump.ready,
                "partitions": {str(p.partition): str(part.state) for p, part in sorted(pump.partitions.items())},
            }
            for stage, pump in app.desk.pumps.items()
        }
        return web.json({"ready": app.desk.ready, "stages": stages}, status=200 if app.desk.ready else 503)

    @app.page("/metrics")
    async def metrics(web: Any, request: Any) -> Any:  # noqa: ARG001 - the signature is Faust's
        desk = app.desk
        pool = desk.pool
        desk.metrics.pool(
            getattr(pool, "workers", 0),
            getattr(pool, "busy", 0),
            getattr(pool, "timeouts", 0),
            getattr(pool, "crashes", 0),
        )
        return web.bytes(desk.metrics.render(), headers={"Content-Type": CONTENT_TYPE})
