"""Ends a worker that lives but gets no further, after saying what it was doing; its supervisor starts it again.

Two guards: a task that looks whether partitions move, and, for the case that the event loop itself stands still, a
timer in a thread of the interpreter's that dumps every stack and ends the process unless the task winds it up again.
"""

from __future__ import annotations

import asyncio
import faulthandler
import sys
import traceback

import structlog

from copydesk.app.health import liveness, readiness
from copydesk.app.wiring import Desk

_log = structlog.get_logger("copydesk.worker")
_LOOKS = 20
"""How often the task looks within the time after which a standstill is a stall."""


class StalledError(Exception):
    """The worker got no further for too long."""


async def watch(desk: Desk) -> None:
    """Look until something has stalled.

    Raises:
        StalledError: it has; what it was doing has been logged.
    """
    after_s = desk.settings.stall_after_s
    every_s = max(0.05, min(5.0, after_s / _LOOKS))
    loop = asyncio.get_running_loop()
    try:
        while True:
            # Twice the time: the task is the better judge, for it knows whether there is anything to do.
            faulthandler.dump_traceback_later(after_s * 2, exit=True, file=sys.__stderr__ or sys.stderr)
            asked = loop.time()
            await asyncio.sleep(every_s)
            late_s = loop.time() - asked - every_s
            if late_s > after_s / 2:
                _log.warning("the process stood still", seconds=round(late_s, 1))
                desk.forgive(late_s)
            stalled = desk.stalled()
            if stalled:
                dump(desk)
                raise StalledError("; ".join(stalled))
    finally:
        faulthandler.cancel_dump_traceback_later()


def dump(desk: Desk) -> None:
    """Log what the worker is doing: its partitions, and where each of its tasks stands. No local variables."""
    tasks = {
        task.get_name(): [
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} in {frame.name}"
            for frame in traceback.StackSummary.extract((f, f.f_lineno) for f in task.get_stack())
        ]
        for task in asyncio.all_tasks()
    }
    _log.error("stalled", **liveness(desk), **readiness(desk), tasks=tasks)
    faulthandler.dump_traceback(file=sys.__stderr__ or sys.stderr, all_threads=True)
