"""Figures that nobody reports because they are states, not events: gathered when somebody looks, or by a timer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from copydesk.adapters.logs import TALLY
from copydesk.adapters.metrics import Metrics

if TYPE_CHECKING:
    from copydesk.app.wiring import Desk

_EVERY_S = 0.5


def gather(desk: Desk) -> None:
    """Bring the metrics up to date."""
    metrics = desk.metrics
    metrics.health(live=not desk.stalled(), ready=desk.ready)
    for pump in desk.pumps.values():
        pump.observe()
    figures = getattr(desk.pool, "figures", None)  # the pool of a test, or none at all, has none
    if figures is not None:
        metrics.pool(**figures())
    for level, (written, dropped) in TALLY.by_level().items():
        metrics.log_lines(level, written, dropped)


async def watch_loop(metrics: Metrics) -> None:
    """Measure how late the event loop comes back, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time()
        await asyncio.sleep(_EVERY_S)
        metrics.loop_delay(max(0.0, loop.time() - asked - _EVERY_S))
