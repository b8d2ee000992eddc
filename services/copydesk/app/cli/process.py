"""`copydesk process`: raw articles in, finished records out, without a broker."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from copydesk.app.cli.inputs import read_ahead, read_documents, read_lines
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import say, write_line

if TYPE_CHECKING:
    from copydesk.app.settings import Settings
    from copydesk.core.records import Message


@click.command(short_help="Process JSON lines without a broker.")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option("--raw", is_flag=True, help="Each FILE is one document as it was fetched, not JSON lines.")
@click.option("--with-topic", is_flag=True, help='Wrap each line: {"topic": …, "record": …}.')
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes; default: COPYDESK_POOL_WORKERS, else one a core."
)
@click.option("--quiet", "-q", is_flag=True, help="No summary.")
def process(*, files: tuple[str, ...], raw: bool, with_topic: bool, workers: int | None, quiet: bool) -> None:
    """Read RawArticle envelopes as JSON lines, write one finished record a line, in order.

    Each line goes through all three stages with a dedupe state that begins empty, and comes out as the very record
    that the worker would publish: an enriched article, a duplicate or a dead letter. A feed makes a line an item. The
    same input gives the same bytes, but for `processing`.

    A record's timestamp is the envelope's `fetched_at`, else the epoch; its offset is the number of its line.
    """
    names = files or ("-",)
    settings = load_settings(pool_workers=workers)
    totals = asyncio.run(_run(settings, _messages(names, raw=raw), with_topic=with_topic))
    if not quiet and click.get_text_stream("stderr").isatty():
        parts = ", ".join(f"{count} {kind}" for kind, count in totals.items())
        say(f"{sum(totals.values())} items: {parts or 'none'}.")


def _messages(names: tuple[str, ...], *, raw: bool) -> Iterator[Message]:
    from copydesk.app.local import bare_message, envelope_messages

    if not raw:
        return envelope_messages(read_lines(names))
    return (bare_message(d.value, number, media_type=d.media_type) for number, d in enumerate(read_documents(names)))


async def _run(settings: Settings, messages: Iterator[Message], *, with_topic: bool) -> Counter[str]:
    from copydesk.adapters.pool import ProcessTaskPool
    from copydesk.adapters.state_memory import MemoryStores
    from copydesk.app.local import LocalPipeline
    from copydesk.core.warm_up import warm_up

    totals: Counter[str] = Counter()
    core_options = settings.options()
    time_limit = max(settings.parse_timeout_s, settings.enrich_timeout_s)
    pool = ProcessTaskPool(
        settings.workers(),
        time_limit,
        memory_mib=settings.pool_memory_mib,
        warm_up=partial(warm_up, core_options),
    )
    window = settings.workers() * 4
    try:
        pipeline = LocalPipeline(core_options, pool, MemoryStores(), window=window)
        incoming: AsyncIterator[Message] = read_ahead(messages, window)
        async for ends in pipeline.run(incoming):
            for end in ends:
                totals[end.outcome.kind.value] += 1
                value = end.emit.value or b""
                if with_topic:
                    value = b'{"topic":"%s","record":%s}' % (settings.topic(end.emit.role).encode(), value)
                write_line(value)
    finally:
        await pool.close()
    return totals
