"""`copydesk seed`: the sample articles, then made-up ones at a gentle rate, for whoever wants to watch."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import CONNECT_WITHIN_S, broker_config, broker_errors, quiet_unless, topics_there
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import say
from copydesk.app.cli.produce import declare_raw_topic

if TYPE_CHECKING:
    from copydesk.app.samples import Sample
    from copydesk.app.settings import Settings

_TELL_EVERY_S = 60.0


@click.command(short_help="Send sample articles, then made-up ones, slowly.")
@options.bootstrap_servers
@click.option(
    "--every", type=click.FloatRange(0.01), default=2.0, show_default=True, help="Seconds between two records."
)
@click.option(
    "--number", "-n", type=click.IntRange(0), default=10_000, show_default=True, help="Made-up records; then it ends."
)
@click.option("--seed", type=int, help="Which made-up stories; default: others at each start.")
@options.verbose
def seed(*, bootstrap_servers: str | None, every: float, number: int, seed: int | None, verbose: bool) -> None:
    """Send the sample articles, then NUMBER made-up records at a steady rate: something to watch.

    All of it is invented, and its addresses end in .example. Of a hundred made-up records about 78 are new stories, 13
    copies, 5 revisions, and 4 cannot be read, so that every kind of outcome is seen. Ends with the number, or with
    Ctrl-C. For a broker to try things on; in a real deployment the stories would mingle with the news.
    """
    quiet_unless(verbose)
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    asyncio.run(_until_told(_send(settings, every, number, int(time.time()) if seed is None else seed)))


async def _until_told(sending: Coroutine[None, None, None]) -> None:
    """Let it end with SIGTERM too, which the first process of a container would not notice otherwise."""
    task = asyncio.create_task(sending)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


def _records(every: float, number: int, seed: int) -> Iterator[Sample]:
    from copydesk.app.samples import load_samples
    from copydesk.app.samples.made_up import MadeUp

    yield from load_samples()
    made_up = MadeUp(seed, datetime.now(UTC), timedelta(seconds=every))
    for count in range(number):
        yield made_up.record(count)


async def _send(settings: Settings, every: float, number: int, seed: int) -> None:
    """Send one record after the other, each when its time has come; the samples are not waited for."""
    from copydesk.adapters.kafka.connection import start_producer
    from copydesk.app.samples import load_samples
    from copydesk_schemas.topics import TopicRole

    config = broker_config(settings)
    topic = settings.topic(TopicRole.RAW)
    if topic not in await topics_there(settings, config):
        await declare_raw_topic(settings, config, topic)
    with broker_errors(settings, "connecting"):
        async with asyncio.timeout(CONNECT_WITHIN_S):
            producer = await start_producer(config, None)
    samples = len(load_samples())
    say(f"{samples} samples, then {number:,} made-up records to {topic}, one in {every:g} s. Seed {seed}.")
    sent: Counter[str] = Counter()
    began = told = time.monotonic()
    try:
        with broker_errors(settings, "sending"):
            for count, record in enumerate(_records(every, number, seed)):
                await asyncio.sleep(began + max(0, count - samples) * every - time.monotonic())
                value = record.value or b""  # the client sends no record of nothing at all
                await producer.send_and_wait(topic, value, key=record.key, headers=list(record.headers))
                sent["samples" if count < samples else record.name] += 1
                if time.monotonic() - told > _TELL_EVERY_S:
                    told = time.monotonic()
                    say(_tally(sent))
    finally:
        await producer.stop()
        say(_tally(sent))


def _tally(sent: Counter[str]) -> str:
    return f"{sent.total():,} sent: {', '.join(f'{count:,} {name}' for name, count in sent.most_common())}."
