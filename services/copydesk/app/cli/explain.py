"""`copydesk explain`: every decision on a document, in words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.inputs import Document, read_documents
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import console, is_terminal, write_json

if TYPE_CHECKING:
    from rich.console import Console

    from copydesk.app.local import Published
    from copydesk.app.settings import Settings
    from copydesk.core.records import Message
    from copydesk.core.trace import RecordingTrace

_SUBJECT_CHARS = 90


@click.command(short_help="Explain each decision on a document.")
@click.argument("files", nargs=-1, required=True, metavar="FILE|-...")
@click.option("--url", help="Where the (one) document was fetched.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, on a terminal too.")
@click.option("--text", "as_text", is_flag=True, help="Words, in a pipe too.")
@click.option("--all", "every", is_flag=True, help="Each block of a page on a line of its own.")
@click.option("--no-record", is_flag=True, help="Leave out the record itself.")
def explain(
    *, files: tuple[str, ...], url: str | None, as_json: bool, as_text: bool, every: bool, no_record: bool
) -> None:
    """Run documents through all stages, without a broker, and tell each decision and its reason.

    How it was decoded, which line was dropped and why, where the title comes from, why a date was not taken, what
    deduplication compared it with, what was found in it; of a page what became of each block of its text, and why;
    then the record that would be published. A document that ends as a dead letter is explained just the same. Several
    documents meet in one dedupe state, in their order.
    """
    documents = list(read_documents(files))
    if url is not None and len(documents) != 1:
        raise CommandError("--url names the address of one document: give one FILE with it.", Exit.USAGE)
    json_wanted = as_json or not (as_text or is_terminal())
    show = _Show(json=json_wanted, every=every, record=not no_record)
    asyncio.run(_run(load_settings(), documents, url, show))


@dataclass(frozen=True, slots=True)
class _Show:
    json: bool
    every: bool
    record: bool


async def _run(settings: Settings, documents: list[Document], url: str | None, show: _Show) -> None:
    from copydesk.adapters.pool import InlineTaskPool
    from copydesk.adapters.state_memory import MemoryStores
    from copydesk.app.local import LocalPipeline, bare_message
    from copydesk.core.trace import RecordingTrace

    trace = RecordingTrace()
    # One record at a time: the trace belongs to the document that is being explained.
    pipeline = LocalPipeline(settings.options(), InlineTaskPool(), MemoryStores(), window=1, trace=trace)

    async def one(message: Message) -> AsyncIterator[Message]:
        yield message

    for number, document in enumerate(documents):
        trace.clear()
        message = bare_message(document.value, number, media_type=document.media_type, url=url)
        ends = [end async for batch in pipeline.run(one(message)) for end in batch]
        if show.json:
            for line in _json_lines(document, trace, ends, show):
                write_json(line)
        else:
            _print(console(), document, trace, ends, show)


def _json_lines(document: Document, trace: RecordingTrace, ends: list[Published], show: _Show) -> Iterator[Any]:
    from copydesk.app.cli.blocks import block_lines

    for step in trace.steps:
        yield {
            "document": document.name,
            "stage": step.stage,
            "subject": step.subject,
            "decision": step.decision,
            "reason": step.reason,
        }
    for page in trace.pages:
        yield from block_lines(document.name, page)
    for end in ends if show.record else ():
        yield {"document": document.name, "topic": end.emit.role.value, "record": json.loads(end.emit.value or b"{}")}


def _print(out: Console, document: Document, trace: RecordingTrace, ends: list[Published], show: _Show) -> None:
    from rich.json import JSON
    from rich.markup import escape

    from copydesk.app.cli.blocks import print_blocks
    from copydesk.app.why import headline, why
    from copydesk.core.records import OutcomeKind

    out.print(f"[bold]{escape(document.name)}[/], {len(document.value):,} bytes\n")
    for stage, group in groupby(trace.steps, key=lambda step: step.stage):
        out.print(f"[bold cyan]{escape(stage)}[/]")
        for step in group:
            reason = f" [dim]— {escape(step.reason)}[/]" if step.reason else ""
            out.print(f"  {escape(_short(step.subject))}: [bold]{escape(step.decision)}[/]{reason}")
    dead = all(end.outcome.kind is OutcomeKind.DEAD for end in ends)
    for page in trace.pages:
        print_blocks(out, page, every=show.every, dead=dead)
    for end in ends:
        fields = json.loads(end.emit.value or b"{}")
        colour = {"enriched": "green", "duplicate": "yellow"}.get(end.outcome.kind.value, "red")
        out.print(
            f"\n[bold {colour}]{end.outcome.kind.value}[/], to {end.emit.role.value}: {escape(headline(fields))}\n"
            f"{escape(why(fields))}"
        )
        if show.record:
            out.print(JSON.from_data(fields))


def _short(subject: str) -> str:
    flat = " ".join(subject.split())
    return flat if len(flat) <= _SUBJECT_CHARS else f"{flat[: _SUBJECT_CHARS - 1]}…"
