"""`copydesk dlq replay`: dead letters enter their topics again, each once."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import broker_errors
from copydesk.app.cli.dlq_letters import Desk, filtered
from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.output import is_terminal, say, write_json

if TYPE_CHECKING:
    from copydesk.adapters.kafka.replay import Found, Inputs, Reentry, Replayer
    from copydesk.adapters.kafka.topic_reader import Offsets
    from copydesk.core.letters import Filter, ReplayHistory

_BATCH_RECORDS = 100
_BATCH_BYTES = 4 * 1024 * 1024


@click.command(short_help="Let dead letters enter their topics again.")
@options.bootstrap_servers
@filtered
@click.option("--all", "everything", is_flag=True, help="All open letters of kind failed.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--max-replays", type=click.IntRange(min=1), default=3, show_default=True, help="Of one item, ever.")
@click.option("--force", is_flag=True, help="Pass over --max-replays. Never replays a letter twice.")
@click.option("--dry-run", is_flag=True, help="Tell what would be replayed; write nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@options.verbose
def replay(
    *,
    bootstrap_servers: str | None,
    chosen: Filter,
    everything: bool,
    limit: int | None,
    max_replays: int,
    force: bool,
    dry_run: bool,
    yes: bool,
    verbose: bool,
) -> None:
    """Let the input of open dead letters enter the topic where they failed, once each.

    What succeeds is published like any other record, with the coordinates of its first try; what fails again is the
    same dead letter with more attempts. Letters of kind rejected would end the same again unless options have changed:
    they are replayed where --kind, --code or --id names them. The replay is logged in the same transaction, so a
    letter is never replayed twice, whoever else is replaying and whatever dies.
    """
    if not chosen.narrows and not everything:
        raise CommandError(
            "say which: --id, --code, --stage, --kind, --fingerprint, --since, --until or --all.", Exit.USAGE
        )
    if not (yes or dry_run or is_terminal()):
        raise CommandError("nobody can be asked here: add --yes, or --dry-run.", Exit.USAGE)
    if not (chosen.kinds or chosen.codes or chosen.ids):
        chosen = replace(chosen, kinds=frozenset({"failed"}))
    guard = Guard(chosen, None if force else max_replays, limit)
    asyncio.run(_run(bootstrap_servers, guard, dry_run=dry_run, yes=yes, verbose=verbose))


@dataclass(slots=True)
class Guard:
    """Decides for each letter that is meant whether it may be replayed, and remembers why not."""

    chosen: Filter
    max_replays: int | None
    limit: int | None
    taken: set[str] = field(default_factory=set)
    """Ids of this run: the same letter twice, which delivery at least once can bring, is one."""
    refused: Counter[str] = field(default_factory=Counter)
    closed: int = 0
    """Letters that were replayed before."""
    named: dict[str, str] = field(default_factory=dict)
    """Of letters that were asked for by id: why not."""

    @property
    def full(self) -> bool:
        """Whether the limit is reached."""
        return self.limit is not None and len(self.taken) >= self.limit

    def allows(self, found: Found, history: ReplayHistory) -> bool:
        """Whether the letter may be replayed; it is then taken."""
        letter = found.letter
        name = letter.dead_letter_id
        if name in self.taken:
            return False
        if not history.is_open(letter):
            self.closed += 1
            if name in self.chosen.ids:
                self.named[name] = f"was replayed at {history.last(name):%Y-%m-%dT%H:%M:%SZ}, and has not failed since"
            return False
        if self.max_replays is not None and history.count(name) >= self.max_replays:
            self.refuse(name, f"replayed {self.max_replays} times or more and failed again: mend it, then --force")
            return False
        self.taken.add(name)
        self.named.pop(name, None)
        return True

    def refuse(self, name: str, reason: str) -> None:
        """Remember a letter that is open and yet not replayed."""
        self.taken.discard(name)
        self.refused[reason] += 1
        if name in self.chosen.ids:
            self.named[name] = reason

    def reset(self) -> None:
        """Begin anew."""
        self.closed = 0
        self.taken.clear()
        self.refused.clear()
        self.named.clear()

    def tell(self) -> None:
        """Say what was left out and why."""
        for reason, number in self.refused.most_common(10):
            say(f"copydesk: {number:,} not replayed: {reason}.")


async def _run(bootstrap_servers: str | None, guard: Guard, *, dry_run: bool, yes: bool, verbose: bool) -> None:
    from copydesk.adapters.kafka.replay import Inputs, OvertakenError, replaying
    from copydesk.adapters.kafka.topic_reader import bounds

    desk = await Desk.reach(bootstrap_servers, verbose=verbose)
    inputs = Inputs(desk.config, desk.inputs, desk.window)
    with broker_errors(desk.settings, "reading dead letters"):
        _, ends = await bounds(desk.config, desk.letters)
    if dry_run:
        await _dry_run(desk, guard, inputs, ends)
        _finish(guard)
        return
    number = await _count(desk, guard, ends)
    if number and not yes and not click.confirm(f"Replay {_letters(number)}?", err=True):
        raise click.Abort
    done = 0
    if number:
        await _declare_log(desk)
        try:
            with broker_errors(desk.settings, "replaying"):
                async with replaying(desk.config) as replayer:
                    done = await _replay(desk, guard, inputs, replayer, ends)
        except OvertakenError as error:
            raise CommandError(
                f"{error}, and this one has ended: nothing was done twice. Look with `copydesk dlq list --replayed`."
            ) from error
        say(f"{_letters(done)} replayed.")
    _finish(guard)


async def _count(desk: Desk, guard: Guard, ends: Offsets) -> int:
    """How many letters may be replayed. The log may grow until it is our turn; then each is looked at again."""
    guard.reset()
    history = await desk.history()
    async with aclosing(desk.find(guard.chosen, history, ends=ends)) as letters:
        async for found in letters:
            guard.allows(found, history)
            if guard.full:
                break
    return len(guard.taken)


async def _dry_run(desk: Desk, guard: Guard, inputs: Inputs, ends: Offsets) -> None:
    from copydesk.adapters.kafka.replay import CannotReplayError

    history = await desk.history()
    async with aclosing(desk.find(guard.chosen, history, ends=ends)) as letters:
        async for found in letters:
            if not guard.allows(found, history):
                continue
            try:
                with broker_errors(desk.settings, "reading inputs"):
                    reentry = await inputs.prepare(found, datetime.now(UTC))
            except CannotReplayError as error:
                guard.refuse(found.letter.dead_letter_id, str(error))
                continue
            _tell(reentry, None, history)
            if guard.full:
                break
    say(f"{_letters(len(guard.taken))} would be replayed; nothing was written.")


async def _replay(desk: Desk, guard: Guard, inputs: Inputs, replayer: Replayer, ends: Offsets) -> int:
    """Replay in batches; the number of letters. The history is read now that nobody else can add to it."""
    from copydesk.adapters.kafka.replay import CannotReplayError

    guard.reset()
    history = await desk.history()
    done = 0
    batch: list[Reentry] = []
    async with aclosing(desk.find(guard.chosen, history, ends=ends)) as letters:
        async for found in letters:
            if not guard.allows(found, history):
                continue
            try:
                batch.append(await inputs.prepare(found, datetime.now(UTC)))
            except CannotReplayError as error:
                guard.refuse(found.letter.dead_letter_id, str(error))
                continue
            if len(batch) >= _BATCH_RECORDS or sum(one.again.size() for one in batch) > _BATCH_BYTES:
                done += await _write(batch, guard, replayer, history)
                batch = []
            if guard.full:
                break
    return done + await _write(batch, guard, replayer, history)


async def _write(batch: list[Reentry], guard: Guard, replayer: Replayer, history: ReplayHistory) -> int:
    if not batch:
        return 0
    done = 0
    for reentry, offset in zip(batch, await replayer.replay(batch), strict=True):
        if isinstance(offset, Exception):
            guard.refuse(reentry.found.letter.dead_letter_id, f"the broker refused it: {offset}")
            continue
        _tell(reentry, offset, history)
        done += 1
    return done


def _tell(reentry: Reentry, offset: int | None, history: ReplayHistory) -> None:
    """One line a letter."""
    letter, again = reentry.found.letter, reentry.again
    replays = history.count(letter.dead_letter_id) + (offset is not None)
    if is_terminal():
        where = f"{again.topic}, partition {again.partition}" + ("" if offset is None else f", offset {offset}")
        click.echo(f"{letter.dead_letter_id} ({letter.code}, try {letter.attempts}): to {where}")
        return
    write_json(
        {
            "dead_letter_id": letter.dead_letter_id,
            "code": letter.code,
            "attempts": letter.attempts,
            "replays": replays,
            "from": reentry.found.place,
            "to": {"topic": again.topic, "partition": again.partition, "offset": offset},
        }
    )


async def _declare_log(desk: Desk) -> None:
    """The replay log exists once a worker of this version has run; otherwise it is made now."""
    from copydesk.adapters.kafka.topic_reader import parts
    from copydesk.adapters.kafka.topics import TopicError, declare_topics
    from copydesk_schemas.topics import TopicRole

    if desk.log:
        return
    name = desk.settings.topic(TopicRole.REPLAYS)
    if not desk.settings.declare_topics:
        raise CommandError(f"there is no topic {name}; create it or set COPYDESK_DECLARE_TOPICS=true.")
    only = replace(desk.config, topics={TopicRole.REPLAYS: desk.config.topics[TopicRole.REPLAYS]})
    try:
        with broker_errors(desk.settings, f"creating the topic {name}"):
            await declare_topics(only, desk.settings.replication_factor)
    except TopicError as error:
        raise CommandError(f"{error}.") from error
    desk.log = parts(name, [0])


def _finish(guard: Guard) -> None:
    """What was asked for by name and not done is a failure; what a filter leaves out is not."""
    if not guard.full:
        for name in guard.chosen.ids - guard.taken - guard.named.keys():
            guard.named[name] = "there is no such dead letter"
    if guard.named:
        raise CommandError("; ".join(f"{name}: {reason}" for name, reason in sorted(guard.named.items())) + ".")
    guard.tell()
    if not guard.taken:
        before = f"; replayed before: {_letters(guard.closed)}" if guard.closed else ""
        say(f"There is nothing to replay{before}.")


def _letters(number: int) -> str:
    return "1 dead letter" if number == 1 else f"{number:,} dead letters"
