"""The counting worker with a parse stage in trouble: tests look at what becomes of a worker that gets no further.

Run as `python -m tests.support.troubled`. Records that begin with `hang` are never answered; `block` stands the event
loop still; `fail` is a fault, unless the file that TROUBLED_MENDED names exists.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime

from tests.support import counting

from copydesk.adapters.kafka.jobs import Handled, Job
from copydesk.app.settings import Settings
from copydesk.app.wiring import Overrides
from copydesk.core.options import Options
from copydesk.core.stages import dead_letter_for
from copydesk_schemas.reasons import Code, Stage


async def parse(job: Job) -> list[Handled]:
    """Pass records on, but for those in trouble."""
    mended = os.path.exists(os.environ["TROUBLED_MENDED"])  # noqa: ASYNC240, PTH110 - it takes microseconds
    handled = []
    for message in job.messages:
        value = message.value or b""
        if value.startswith(b"hang"):
            await asyncio.Event().wait()
        if value.startswith(b"block"):
            time.sleep(3600)  # noqa: ASYNC251 - what a library that hangs does
        if value.startswith(b"fail") and not mended:
            error = RuntimeError("a fault of ours")
            result = dead_letter_for(message, Stage.PARSE, Code.PARSE_ERROR, error, Options(), datetime.now(UTC))
            handled.append(Handled(result))
        else:
            handled.append(counting.parse(job, message))
        job.moved()
    return handled


if __name__ == "__main__":
    from copydesk.app.worker import run_worker

    stages = {**counting.handlers(), Stage.PARSE: parse}
    sys.exit(run_worker(Settings.load(), overrides=Overrides(handlers=stages, apply=counting.apply)))
