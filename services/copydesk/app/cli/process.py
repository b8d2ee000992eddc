"""`copydesk process`: raw articles in, finished records out, without a broker."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.inputs import Document, read_ahead, read_documents, read_lines_or_captures
from copydesk.app.cli.left_out import LeftOut
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.outgoing import envelope_of
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
    """Read RawArticle envelopes as JSON lines, or web archives, write one finished record a line, in order.

    Each line goes through all three stages with a dedupe state that begins empty, and comes out as the very record
    that the worker would publish: an enriched article, a duplicate or a dead letter. A feed makes a line an item. The
    same input gives the same bytes, but for `processing`.

    A record's timestamp is the envelope's `fetched_at`, else the epoch; its offset is the number of its line. Of a web
    archive (WARC, gzip or not) each document counts as a line: its envelope.
    """
    names = files or ("-",)
    settings = load_settings(pool_workers=workers)
    left_out = LeftOut()
    totals: Counter[str] = Counter()
    failed = False
    try:
        asyncio.run(_run(settings, _messages(names, left_out, raw=raw), totals, with_topic=with_topic))
    except CommandError:
        failed = True
        raise
    finally:
        # In a pipe the lines speak for themselves, unless some that could be expected are missing.
        if not quiet and (failed or left_out.strange or click.get_text_stream("stderr").isatty()):
            parts = ", ".join(f"{count} {kind}" for kind, count in totals.items())
            say(f"{sum(totals.values())} items: {parts or 'none'}. {left_out.sentence()}".strip())


def _messages(names: tuple[str, ...], left_out: LeftOut, *, raw: bool) -> Iterator[Message]:
    from copydesk.app.local import envelope_messages

    if raw:
        return (_raw_message(d, number) for number, d in enumerate(read_documents(names, left_out)))
    return envelope_messages(_envelopes(read_lines_or_captures(names, left_out)))


def _envelopes(lines: Iterable[bytes | Document]) -> Iterator[bytes]:
    for line in lines:
        yield line if isinstance(line, bytes) else envelope_of(line)


def _raw_message(document: Document, number: int) -> Message:
    from copydesk.app.local import bare_message, envelope_messages

    if document.capture is None:
        return bare_message(document.value, number, media_type=document.media_type)
    (message,) = envelope_messages([envelope_of(document)])
    return replace(message, offset=number)


async def _run(settings: Settings, messages: Iterator[Message], totals: Counter[str], *, with_topic: bool) -> None:
    from copydesk.adapters.pool import ProcessTaskPool
    from copydesk.adapters.state_memory import MemoryStores
    from copydesk.app.local import LocalPipeline
    from copydesk.core.warm_up import warm_up

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
