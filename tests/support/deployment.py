"""One deployment on a real broker: its app in this process, its commands, its topics."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from tests.support.inline_pool import Fails, InlinePool
from tests.support.service import ENDS, Raw, declare, following, own_names, produce

from copydesk.adapters.kafka.topic_reader import parts, settled_ends
from copydesk.app.cli import cli
from copydesk.app.delivery import delivery_config
from copydesk.app.handlers import Handler
from copydesk.app.settings import Settings, TopicOverride, Topics
from copydesk.app.wiring import Overrides, build_app, running
from copydesk.core.ports import TaskTimeoutError
from copydesk.core.records import Message
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

_SUBJECTS = ("bridge", "harvest", "library", "orchestra", "railway", "stadium")


def article(n: int) -> str:
    """A text that is near no other."""
    word = _SUBJECTS[n % len(_SUBJECTS)]
    return f"The {word} number {n} was " + " ".join(
        f"opened by mayor {word}{n}{k} near street {k * 7 + n} while {word} crowds{k} cheered{n}." for k in range(12)
    )


def page(n: int) -> Raw:
    """It as a raw record of its own."""
    url = f"https://a.example/{n}".encode()
    return Raw(article(n).encode(), url, (("x-url", url), ("traceparent", b"00-%032x-%016x-01" % (n + 1, n + 1))))


def feed(*numbers: int) -> Raw:
    """Some of them as the items of a feed."""
    entries = "".join(
        f"<item><title>Story {n}</title><link>https://f.example/{n}</link><description>{article(n)}</description></item>"
        for n in numbers
    )
    return Raw(f'<rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'.encode(), b"feed")


def failing(function: str, mark: bytes = b"") -> Fails:
    """Times out in one stage, for records that hold `mark`."""

    def fails(name: str, message: Message) -> Exception | None:
        return TaskTimeoutError("too long") if name == function and mark in (message.value or b"") else None

    return fails


class Deployment:
    """Topics of one test's own, declared at once.

    Args:
        bootstrap: the broker.
        app_id: name of the deployment.
        folder: for the state.
        settings: further settings.
    """

    def __init__(self, bootstrap: str, app_id: str, folder: Path, **settings: Any) -> None:
        self.bootstrap = bootstrap
        self.app_id = app_id
        self.names = own_names(app_id)
        self._folder = folder
        self._settings = settings
        self.env = {
            "COPYDESK_BOOTSTRAP_SERVERS": bootstrap,
            "COPYDESK_APP_ID": app_id,
            **{f"COPYDESK_TOPICS__{role.name}__NAME": name for role, name in self.names.items()},
        }
        asyncio.run(declare(bootstrap, self.names))

    def settings(self, **more: Any) -> Settings:
        """The settings of its app."""
        return Settings.load(
            {},
            bootstrap_servers=self.bootstrap,
            app_id=self.app_id,
            topics=Topics(**{role.name.lower(): TopicOverride(name=name) for role, name in self.names.items()}),
            state_dir=self._folder,
            **{**self._settings, **more},
        )

    def produce(self, *records: Raw) -> None:
        """Send raw records."""
        asyncio.run(produce(self.bootstrap, self.names[TopicRole.RAW], records))

    def work(
        self,
        outcomes: int,
        pool: InlinePool | None = None,
        handlers: Mapping[Stage, Handler] | None = None,
        **settings: Any,
    ) -> dict[TopicRole, list[Any]]:
        """Run the app until so many outcomes have ever been published; all of them, by topic."""

        async def work() -> dict[TopicRole, list[Any]]:
            overrides = Overrides(pool=pool or InlinePool(), handlers=handlers, web=False)
            app = build_app(self.settings(**settings), overrides=overrides)
            async with following(self.bootstrap, self.names, ENDS) as follower, running(app):
                await follower.until(outcomes, 60)
                await follower.quiet(1.0)
            return {role: [json.loads(record.value) for record in records] for role, records in follower.seen.items()}

        return asyncio.run(work())

    def work_until_read(self, stages: Sequence[str]) -> None:
        """Run some stages until they have nothing to read."""

        async def work() -> None:
            app = build_app(self.settings(stages=stages), overrides=Overrides(pool=InlinePool(), web=False))
            async with running(app), asyncio.timeout(60):
                lag = 1
                while lag or not app.desk.ready:
                    await asyncio.sleep(0.3)
                    # Measured one after the other: what the first has handed on, the second sees as its lag.
                    lags = [await app.desk.pumps[stage].measure() for stage in app.desk.settings.stages]
                    lag = sum(sum(one.values()) for one in lags) + any(len(one) == 0 for one in lags)

        asyncio.run(work())

    def run(self, *arguments: str, code: int = 0, stdin: str | None = None, **env: str) -> Result:
        """Run a command."""
        result = CliRunner().invoke(cli, arguments, env=self.env | env, input=stdin)
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        return result

    def lines(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a command that prints JSON lines."""
        return [json.loads(line) for line in self.run(*arguments, code=code).stdout.splitlines()]

    def records(self, role: TopicRole) -> list[dict[str, Any]]:
        """All records of a topic with their places, those too whose transaction has only just been committed."""
        config = delivery_config(self.settings())
        places = parts(self.names[role], range(config.topics[role].spec.partitions))
        asyncio.run(settled_ends(config, places))
        return self.lines("consume", "-t", self.names[role], "--exit-at-end", "--with-place")


def outcomes(found: Mapping[TopicRole, Sequence[Any]]) -> dict[str, int]:
    """Numbers by topic, without the empty ones."""
    return {role.name.lower(): len(records) for role, records in found.items() if records}
