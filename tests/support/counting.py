"""A worker with stages that count instead of reading news: tests and the fault suite kill it and look at what remains.

Run as `python -m tests.support.counting`, it takes the settings of the real worker.

parse passes a record on; dedupe counts the records of a key in its state (and logs the count); enrich passes it on.
The environment variable COUNTING_SLOW_MS makes each record take so long; COUNTING_LEAK_KIB makes each record of the
parse stage cost so much memory for ever.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping

from copydesk.adapters.kafka.jobs import Handled, Job
from copydesk.app.handlers import Handler
from copydesk.app.settings import Settings
from copydesk.app.wiring import Overrides
from copydesk.core.ports import Overlay
from copydesk.core.records import Emit, Message, Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

ORIGIN = "origin"


def _result(
    stage: Stage, kind: OutcomeKind, message: Message, emit: Emit, events: tuple[tuple[bytes, bytes | None], ...] = ()
) -> Handled:
    outcome = Outcome(stage, kind, message.topic, message.partition, message.offset, 0, 0)
    return Handled(StageResult((emit,), (outcome,), {}), events)


def parse(_: Job, message: Message) -> Handled:
    origin = f"{message.partition}-{message.offset}".encode()
    emit = Emit(TopicRole.PARSED, message.key, message.value, ((ORIGIN, origin),), partition=0)
    return _result(Stage.PARSE, OutcomeKind.FORWARDED, message, emit)


def dedupe(job: Job, message: Message) -> Handled:
    overlay = job.overlay
    assert overlay is not None
    key = message.key or b""
    count = int(overlay.get(key) or b"0") + 1
    overlay.put(key, str(count).encode())
    if count > 1:
        emit = Emit(TopicRole.DUPLICATE, key, str(count).encode(), message.headers)
        kind = OutcomeKind.DUPLICATE
    else:
        emit = Emit(TopicRole.UNIQUE, key, message.value, message.headers)
        kind = OutcomeKind.FORWARDED
    return _result(Stage.DEDUPE, kind, message, emit, ((key, str(count).encode()),))


def enrich(_: Job, message: Message) -> Handled:
    emit = Emit(TopicRole.ENRICHED, message.key, message.value, message.headers)
    return _result(Stage.ENRICH, OutcomeKind.ENRICHED, message, emit)


def handler(function: Callable[[Job, Message], Handled], slow_s: float = 0.0) -> Handler:
    async def handle(job: Job) -> list[Handled]:
        await asyncio.sleep(slow_s * len(job.messages))
        return [function(job, message) for message in job.messages]

    return handle


def handlers(slow_s: float = 0.0) -> Mapping[Stage, Handler]:
    return {
        Stage.PARSE: handler(parse, slow_s),
        Stage.DEDUPE: handler(dedupe),
        Stage.ENRICH: handler(enrich, slow_s),
    }


def leaking(handle: Handler, kib: int) -> Handler:
    hoard: list[bytes] = []

    async def leak(job: Job) -> list[Handled]:
        hoard.extend(os.urandom(kib * 1024) for _ in job.messages)
        return await handle(job)

    return leak


def apply(key: bytes, value: bytes | None, state: Overlay) -> None:
    state.put(key, value)


if __name__ == "__main__":
    from copydesk.app.worker import run_worker

    slow = int(os.environ.get("COUNTING_SLOW_MS", "0")) / 1000
    stages = dict(handlers(slow))
    if leak_kib := int(os.environ.get("COUNTING_LEAK_KIB", "0")):
        stages[Stage.PARSE] = leaking(stages[Stage.PARSE], leak_kib)
    sys.exit(run_worker(Settings.load(), overrides=Overrides(handlers=stages, apply=apply)))
