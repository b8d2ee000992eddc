"""`copydesk dlq`: look at dead letters, and replay them."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import aclosing
from itertools import count
from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import broker_errors
from copydesk.app.cli.dlq_letters import Desk, by_state, filtered, json_output
from copydesk.app.cli.dlq_replay import replay
from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.output import console, is_terminal, say, write_json

if TYPE_CHECKING:
    from copydesk.adapters.kafka.replay import Found
    from copydesk.core.letters import Filter, ReplayHistory

_ROWS = 50


@click.group(short_help="Look at dead letters, and replay them.")
def dlq() -> None:
    """Look at what could not be published, and let it enter its topic again.

    Only what is committed is read; nobody else's position moves. docs/dead-letters.md explains kinds, codes and replay.
    """


@dlq.command("list", short_help="List dead letters.")
@options.bootstrap_servers
@filtered
@by_state
@click.option("--number", "-n", type=click.IntRange(min=1), help=f"The newest N only; default on a terminal: {_ROWS}.")
@json_output
@options.verbose
def list_letters(
    *,
    bootstrap_servers: str | None,
    chosen: Filter,
    is_open: bool | None,
    number: int | None,
    as_json: bool | None,
    verbose: bool,
) -> None:
    """List dead letters, oldest first: a table on a terminal, JSON lines in a pipe."""
    as_json = not is_terminal() if as_json is None else as_json
    number = number if as_json or number is not None else _ROWS
    asyncio.run(_list(bootstrap_servers, _of_state(chosen, is_open), number, as_json=as_json, verbose=verbose))


def _of_state(chosen: Filter, is_open: bool | None) -> Filter:  # noqa: FBT001 - the option's own value
    from dataclasses import replace

    return chosen if is_open is None else replace(chosen, state="open" if is_open else "replayed")


async def _list(
    bootstrap_servers: str | None, chosen: Filter, number: int | None, *, as_json: bool, verbose: bool
) -> None:
    import msgspec

    from copydesk.app.cli.dlq_views import line, table

    desk = await Desk.reach(bootstrap_servers, verbose=verbose)
    history = await desk.history()
    newest: list[tuple[Any, int, bytes]] = []
    order = count()
    seen = 0
    async with aclosing(desk.find(chosen, history)) as letters:
        async for found in letters:
            seen += 1
            # Partitions come as they come: only at the end is it known which letter is the oldest. Kept as bytes, which
            # take a fraction of the memory.
            shown = msgspec.json.encode(line(found, history))
            heapq.heappush(newest, (found.letter.last_failed_at, next(order), shown))
            if number is not None and len(newest) > number:
                heapq.heappop(newest)
    newest.sort()
    if as_json:
        for _, _, row in newest:
            write_json(msgspec.json.decode(row))
    elif newest:
        console().print(table([msgspec.json.decode(row) for _, _, row in newest]))
    desk.tell_strangers()
    if not as_json:
        more = f", the newest {len(newest):,} are shown" if seen > len(newest) else ""
        say(f"{seen:,} dead letters{more}.")


@dlq.command(short_help="Show everything on one dead letter.")
@click.argument("dead_letter_id", metavar="ID")
@options.bootstrap_servers
@click.option("--value", "only_value", is_flag=True, help="Only the input's bytes, to a file or another command.")
@json_output
@options.verbose
def show(
    *, dead_letter_id: str, bootstrap_servers: str | None, only_value: bool, as_json: bool | None, verbose: bool
) -> None:
    """Show everything on the dead letter ID: why, hint, stack, headers, and the beginning of its input.

    An item that was replayed and failed again has several; they are shown in order. With --value the input of the last
    one goes to standard output as it is, as in `copydesk dlq show ID --value | copydesk explain -`.
    """
    as_json = not is_terminal() if as_json is None else as_json
    asyncio.run(_show(bootstrap_servers, dead_letter_id, only_value=only_value, as_json=as_json, verbose=verbose))


async def _show(
    bootstrap_servers: str | None, dead_letter_id: str, *, only_value: bool, as_json: bool, verbose: bool
) -> None:
    from copydesk.app.cli.dlq_views import card, full
    from copydesk.core.letters import Filter

    desk = await Desk.reach(bootstrap_servers, verbose=verbose)
    history = await desk.history()
    async with aclosing(desk.find(Filter(ids=frozenset({dead_letter_id})), history)) as letters:
        everything = [found async for found in letters]
    everything.sort(key=lambda found: (found.letter.attempts, found.letter.last_failed_at))
    if not everything:
        raise CommandError(f"there is no dead letter {dead_letter_id}.")
    if only_value:
        await _write_value(desk, everything[-1])
        return
    for found in everything:
        if as_json:
            write_json(full(found, history))
        else:
            console().print(card(found, history))


async def _write_value(desk: Desk, found: Found) -> None:
    from copydesk.adapters.kafka.replay import CannotReplayError, Inputs

    try:
        with broker_errors(desk.settings, "reading the input"):
            message = await Inputs(desk.config, desk.inputs, desk.window).original(found.letter)
    except CannotReplayError as error:
        raise CommandError(f"{found.letter.dead_letter_id}: {error}.") from error
    stream = click.get_binary_stream("stdout")
    stream.write(message.value or b"")
    stream.flush()


@dlq.command(short_help="Count dead letters by what they have in common.")
@options.bootstrap_servers
@filtered
@by_state
@json_output
@options.verbose
def stats(
    *, bootstrap_servers: str | None, chosen: Filter, is_open: bool | None, as_json: bool | None, verbose: bool
) -> None:
    """Count dead letters by kind, state, stage, code, fingerprint and hour."""
    as_json = not is_terminal() if as_json is None else as_json
    asyncio.run(_stats(bootstrap_servers, _of_state(chosen, is_open), as_json=as_json, verbose=verbose))


async def _stats(bootstrap_servers: str | None, chosen: Filter, *, as_json: bool, verbose: bool) -> None:
    from copydesk.app.cli.dlq_views import Counts

    desk = await Desk.reach(bootstrap_servers, verbose=verbose)
    history: ReplayHistory = await desk.history()
    counts = Counts()
    async with aclosing(desk.find(chosen, history)) as letters:
        async for found in letters:
            counts.add(found.letter, history)
    if as_json:
        write_json(counts.fields())
    else:
        console().print(counts.tables())
    desk.tell_strangers()


dlq.add_command(replay)
