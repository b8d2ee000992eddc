"""What the `dlq` commands share: which letters are meant, and how they are reached."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import broker_config, broker_errors, quiet_unless, topics_there
from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import say
from copydesk.app.cli.when import When

if TYPE_CHECKING:
    from aiokafka import TopicPartition

    from copydesk.adapters.kafka.config import DeliveryConfig
    from copydesk.adapters.kafka.replay import Found
    from copydesk.adapters.kafka.topic_reader import Offsets
    from copydesk.app.settings import Settings
    from copydesk.core.letters import Filter, ReplayHistory

_FILTERS = (
    click.option("--id", "ids", multiple=True, metavar="ID", help="A dead letter id, such as raw-articles-4-128731-0."),
    click.option("--code", "codes", multiple=True, metavar="CODE", help="Such as parse_timeout."),
    click.option("--stage", "stages", multiple=True, metavar="STAGE", help="parse, dedupe or enrich."),
    click.option("--kind", "kinds", multiple=True, metavar="KIND", help="rejected (policy) or failed (fault)."),
    click.option(
        "--fingerprint", "fingerprints", multiple=True, metavar="HEX", help="One fault, whatever the document."
    ),
    click.option("--since", type=When(), metavar="WHEN", help="Failed since: 2h, 7d, or an instant in RFC 3339."),
    click.option("--until", type=When(), metavar="WHEN", help="Failed before that."),
)


def filtered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that choose letters, and passes them on as one `chosen`."""

    @functools.wraps(command)
    def with_filter(
        *,
        ids: tuple[str, ...],
        codes: tuple[str, ...],
        stages: tuple[str, ...],
        kinds: tuple[str, ...],
        fingerprints: tuple[str, ...],
        since: Any,
        until: Any,
        **others: Any,
    ) -> Any:
        from copydesk.core.letters import Filter

        for warning in unknown_values(codes, stages, kinds):
            say(f"copydesk: {warning}")
        chosen = Filter(
            ids=frozenset(ids),
            codes=frozenset(codes),
            stages=frozenset(stages),
            kinds=frozenset(kinds),
            fingerprints=frozenset(fingerprints),
            since=since,
            until=until,
        )
        return command(chosen=chosen, **others)

    for option in reversed(_FILTERS):
        with_filter = option(with_filter)
    return with_filter


def unknown_values(codes: Iterable[str], stages: Iterable[str], kinds: Iterable[str]) -> Iterator[str]:
    """A warning for each value that this version does not know. Letters of another version may have it all the same."""
    from copydesk_schemas.reasons import Code, Stage

    known_of = (
        ("code", codes, [str(code) for code in Code]),
        ("stage", stages, [str(stage) for stage in Stage]),
        ("kind", kinds, ["rejected", "failed"]),
    )
    for name, values, known in known_of:
        for value in values:
            if value not in known:
                near = get_close_matches(value, known, 1) or ["one of " + ", ".join(known)]
                yield f"--{name} {value}: this version knows no such {name}; is {near[0]} meant?"


by_state = click.option("--open/--replayed", "is_open", default=None, help="Only what is open, or what was replayed.")


@dataclass(slots=True)
class Desk:
    """The dead letters of one deployment."""

    settings: Settings
    config: DeliveryConfig
    letters: list[TopicPartition]
    log: list[TopicPartition]
    inputs: list[TopicPartition]
    unreadable: list[str] = field(default_factory=list)
    """The first records of the topic that are no letters; `strangers` counts them all."""
    strangers: int = 0

    @classmethod
    async def reach(cls, bootstrap_servers: str | None, *, verbose: bool) -> Desk:
        """Connect.

        Raises:
            CommandError: no connection, or no dead-letter topic.
        """
        from copydesk.adapters.kafka.config import SOURCES
        from copydesk.adapters.kafka.topic_reader import parts
        from copydesk_schemas.topics import TopicRole

        quiet_unless(verbose)
        settings = load_settings(bootstrap_servers=bootstrap_servers)
        config = broker_config(settings)
        there = await topics_there(settings, config)

        def places(role: TopicRole) -> list[TopicPartition]:
            return parts(settings.topic(role), there.get(settings.topic(role), []))

        letters = places(TopicRole.DEAD)
        if not letters:
            raise CommandError(f"there is no topic {settings.topic(TopicRole.DEAD)}.")
        inputs = [place for role in SOURCES.values() for place in places(role)]
        return cls(settings, config, letters, places(TopicRole.REPLAYS), inputs)

    @property
    def window(self) -> timedelta:
        """How long verdicts and takedowns are remembered."""
        return timedelta(days=self.settings.dedupe.window_days)

    async def history(self) -> ReplayHistory:
        """What was replayed."""
        from copydesk.adapters.kafka.replay import read_history
        from copydesk.core.letters import UnreadableError

        try:
            with broker_errors(self.settings, "reading the replay log"):
                return await read_history(self.config, self.log)
        except UnreadableError as error:
            raise CommandError(f"{error}.") from error

    async def find(
        self, chosen: Filter, history: ReplayHistory, *, ends: Offsets | None = None
    ) -> AsyncGenerator[Found]:
        """The letters that are meant, in the order of each partition."""
        from copydesk.adapters.kafka.replay import read_letters

        self.strangers = 0
        with broker_errors(self.settings, "reading dead letters"):
            letters = read_letters(self.config, self.letters, ends=ends, unreadable=self._stranger)
            async with aclosing(letters):
                async for found in letters:
                    if chosen.matches(found.letter, history):
                        yield found

    def _stranger(self, what: str) -> None:
        self.strangers += 1
        if self.strangers == 1:
            self.unreadable[:] = [what]

    def tell_strangers(self) -> None:
        """A sentence on records of the topic that are no letters, where there are any."""
        if self.strangers:
            say(f"copydesk: {self.strangers:,} records are no dead letters, the first: {self.unreadable[0]}")


json_output = click.option("--json/--table", "as_json", default=None, help="JSON lines or a table; default by reader.")
common = (options.bootstrap_servers, options.verbose)
