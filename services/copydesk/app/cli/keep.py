"""After the demo: the worker runs on, and is sent articles gently, so that there is something to watch."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.output import console, write_json

if TYPE_CHECKING:
    from copydesk.app.samples import Sample
    from copydesk.app.settings import Settings
    from copydesk.app.wiring import CopydeskApp

EVERY_S = 1.0
"""Time between two records."""
_SEED = 1
"""Which made-up news; the broker is new each time, so it need not change."""


async def keep_on(settings: Settings, app: CopydeskApp, *, pretty: bool, every_s: float = EVERY_S) -> None:
    """Say where the page is, and send records until Ctrl-C or SIGTERM, which is how this is meant to end.

    Raises:
        CommandError: the worker failed.
    """
    from copydesk.app.page import address

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    try:
        page = address(settings)
        if pretty:
            console().print(
                f"It goes on, with an article a second. Watch it in a browser: {page}\n"
                f"or in another terminal: copydesk top {page}\nCtrl-C ends it."
            )
        else:
            write_json({"page": page})
        await _feed(settings, app, stop, every_s)
    finally:
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(signum)


async def _feed(settings: Settings, app: CopydeskApp, stop: asyncio.Event, every_s: float) -> None:
    from aiokafka import AIOKafkaProducer

    from copydesk.adapters.kafka.connection import connection_kwargs
    from copydesk_schemas.topics import TopicRole

    producer = AIOKafkaProducer(**connection_kwargs(settings))
    await producer.start()
    try:
        for sample in _endless(every_s):
            if app.crashed:
                raise CommandError("the worker failed; --verbose shows its log")
            await producer.send_and_wait(
                settings.topic(TopicRole.RAW), sample.value or b"", key=sample.key, headers=list(sample.headers)
            )
            try:
                await asyncio.wait_for(stop.wait(), every_s)
            except TimeoutError:
                continue
            return
    finally:
        await producer.stop()


def _endless(every_s: float) -> Iterator[Sample]:
    from copydesk.app.samples.made_up import MadeUp

    made_up = MadeUp(_SEED, datetime.now(UTC), timedelta(seconds=every_s))
    return map(made_up.record, itertools.count())
