"""The real worker with a parse stage in which marked records loop, take memory without end, fail, or kill the process.

Run as `python -m tests.support.poisoned`. The functions run in the real pool of processes.
"""

from __future__ import annotations

import asyncio
import functools
import os
import select
import signal
import sys
import time
from dataclasses import replace
from datetime import datetime

from copydesk.adapters.pool import ProcessTaskPool
from copydesk.app.handlers import PoolHandler
from copydesk.app.settings import Settings
from copydesk.app.wiring import Overrides
from copydesk.core.options import Options
from copydesk.core.records import Message, StageResult
from copydesk.core.stages import run_parse
from copydesk.core.warm_up import warm_up
from copydesk_schemas.reasons import Stage

LOOP, BOMB, CRASH, FAIL = b"poison: loop", b"poison: bomb", b"poison: crash", b"poison: fail"
SLOW = b"poison: slow"
"""Before an article: it takes most of a second longer."""


if "FAKETIME_TIMESTAMP_FILE" in os.environ:
    # Python sleeps until a moment of the monotonic clock, which libfaketime shifts by the offset of the wall clock: the
    # kernel refuses a moment before 0. This sleeps for a time instead, here and in the processes of the pool, which
    # import this module. The wall clock, by which the pool measures, stays wrong.
    time.sleep = lambda seconds: (select.select([], [], [], float(seconds)), None)[1]


def parse(message: Message, options: Options, now: datetime) -> StageResult:
    """`run_parse`, but for marked records."""
    value = message.value or b""
    if value.startswith(LOOP):
        while True:
            pass
    if value.startswith(BOMB):
        hoard = []  # until the pool's limit stops it
        while True:
            hoard.append(bytearray(64 * 1024**2))
    if value.startswith(FAIL):
        raise RuntimeError("poisoned")
    if value.startswith(CRASH):
        os.kill(os.getpid(), signal.SIGKILL)
    if value.startswith(SLOW):
        time.sleep(0.7)
        message = replace(message, value=value.removeprefix(SLOW))
    return run_parse(message, options, now)


def main() -> int:
    """Run the worker until it is told to stop; its exit code."""
    from copydesk.app.worker import run_worker

    settings = Settings.load()
    options = settings.options()
    pool = ProcessTaskPool(
        settings.workers(),
        settings.parse_timeout_s,
        memory_mib=settings.pool_memory_mib,
        warm_up=functools.partial(warm_up, options),
    )
    asyncio.run(pool.start())  # as the worker does with its own
    handler = PoolHandler(Stage.PARSE, parse, pool, options)
    code = run_worker(settings, overrides=Overrides(pool=pool, handlers={Stage.PARSE: handler}))
    asyncio.run(pool.close())
    return code


if __name__ == "__main__":
    sys.exit(main())
