"""`copydesk demo`: a broker in this process, the real worker on it, some twenty articles, and what became of each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli import options
from copydesk.app.cli.demo_report import Report, show, write
from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.keep import keep_on
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import console, is_terminal

if TYPE_CHECKING:
    from copydesk.app.settings import Settings
    from copydesk.app.wiring import CopydeskApp

_LIMIT_S = 120.0
"""After so long something is wrong, even on a slow machine; usually it takes about ten seconds."""
_AFTERWARDS_S = 0.7
"""So long we go on reading once everything is there: an outcome too many must be seen."""


@click.command(short_help="See it work: no broker, no set-up.")
@click.option("--keep", is_flag=True, help="Go on afterwards with a page to watch, fed gently, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, also on a terminal.")
@options.verbose
@click.pass_context
def demo(context: click.Context, *, keep: bool, as_json: bool, verbose: bool) -> None:
    """Start an embedded broker and the real worker, send some twenty articles, and show what became of each, and why.

    Nothing is installed, nothing is left behind, and nothing but this process takes part. Exit code 0 means that every
    article ended exactly as it should. With --keep the worker then runs on and is sent made-up news, an article a
    second; its page, in any browser, shows what it is doing.
    """
    from copydesk.adapters.logs import configure_logging

    pretty = is_terminal() and not as_json
    configure_logging(pretty=True, level="info" if verbose else "critical")
    with tempfile.TemporaryDirectory(prefix="copydesk-demo-") as folder:
        report = asyncio.run(_run(Path(folder), pretty=pretty, keep=keep))
    if not report.complete:
        wrong = [row.name for row in report.rows() if not row.as_expected]
        raise CommandError(f"not as it should be: {', '.join(wrong) or 'the balance is not even'}", Exit.FAILED)
    context.exit(Exit.DONE)


async def _run(folder: Path, *, pretty: bool, keep: bool) -> Report:
    from copydesk.adapters.embedded_broker import EmbeddedBroker
    from copydesk.app.samples import load_samples
    from copydesk.app.settings import Delivery
    from copydesk.app.wiring import build_app, running
    from copydesk_schemas.topics import TopicRole

    report = Report(load_samples())
    with EmbeddedBroker() as broker:
        settings = load_settings(
            bootstrap_servers=broker.bootstrap_servers,
            app_id="copydesk-demo",
            delivery=Delivery.AT_LEAST_ONCE,
            declare_topics=False,
            state_dir=folder / "state",
            web_port=_port(load_settings()) if keep else _free_port(),
            web_page=True if keep else None,  # it is what is kept
        )
        broker.create_topics(*(settings.topic(role) for role in TopicRole))
        await _produce(settings, report)
        app = build_app(settings)
        async with contextlib.AsyncExitStack() as stack:
            with _progress(report, pretty=pretty) as tell:
                tell("starting the worker: loading models and tables")
                await stack.enter_async_context(running(app))
                await _collect(settings, app, report, tell)
            report.seconds = time.monotonic() - report.began
            (show if pretty else write)(report)
            if keep and report.complete:
                await keep_on(settings, app, pretty=pretty)
    return report


async def _produce(settings: Settings, report: Report) -> None:
    """Send the samples as any producer would, and remember where each went."""
    from aiokafka import AIOKafkaProducer

    from copydesk.adapters.kafka.connection import connection_kwargs
    from copydesk_schemas.topics import TopicRole

    producer = AIOKafkaProducer(**connection_kwargs(settings))
    await producer.start()
    try:
        for sample in report.samples:
            value = sample.value if sample.value is not None else b""  # the client sends no record of nothing at all
            sent = await producer.send_and_wait(
                settings.topic(TopicRole.RAW), value, key=sample.key, headers=list(sample.headers)
            )
            report.places[sent.partition, sent.offset] = sample
    finally:
        await producer.stop()


async def _collect(settings: Settings, app: CopydeskApp, report: Report, tell: Any) -> None:
    """Read the three output topics until every item has ended, and a little longer.

    Raises:
        CommandError: the worker failed, or it takes too long.
    """
    from aiokafka import AIOKafkaConsumer

    from copydesk.adapters.kafka.connection import connection_kwargs
    from copydesk_schemas.topics import TopicRole

    topics = [settings.topic(role) for role in (TopicRole.ENRICHED, TopicRole.DUPLICATE, TopicRole.DEAD)]
    consumer = AIOKafkaConsumer(*topics, **connection_kwargs(settings), auto_offset_reset="earliest")
    await consumer.start()
    deadline = report.began + _LIMIT_S
    done_at: float | None = None
    try:
        while done_at is None or time.monotonic() < done_at + _AFTERWARDS_S:
            for records in (await consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    fields = json.loads(record.value)
                    raw = fields["raw"]
                    report.outcomes.setdefault((raw["partition"], raw["offset"], raw["item"]), []).append(fields)
            if app.crashed:
                raise CommandError("the worker failed; --verbose shows its log")
            if done_at is None and report.ended >= report.items:
                done_at = time.monotonic()
            if time.monotonic() > deadline:
                raise CommandError(f"{report.ended} of {report.items} items ended within {_LIMIT_S:.0f} s")
            tell("parse → dedupe → enrich" if app.desk.ready else "starting the worker: loading models and tables")
    finally:
        await consumer.stop()


@contextlib.contextmanager
def _progress(report: Report, *, pretty: bool) -> Any:
    """A line that moves, on a terminal; nothing in a pipe."""
    if not pretty:
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counts]}"), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=report.items, counts="")

        def tell(what: str) -> None:
            counts = (
                f"{report.count('enriched')} enriched, {report.count('duplicate')} copies, {report.count('dead')} dead"
            )
            bar.update(task, description=what, completed=report.ended, counts=counts)

        yield tell


def _port(settings: Settings) -> int:
    """The usual port where nobody has it, for that is where people look; else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.web_port))
        except OSError:
            return _free_port()
        return int(probe.getsockname()[1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
