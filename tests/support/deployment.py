"""One deployment on a real broker: its app in this process, its commands, its topics."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from tests.support.inline_pool import InlinePool
from tests.support.service import ENDS, Raw, declare, following, own_names, produce

from copydesk.app.cli import cli
from copydesk.app.settings import Settings, TopicOverride, Topics
from copydesk.app.wiring import Overrides, build_app, running
from copydesk_schemas.topics import TopicRole


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

    def work(self, outcomes: int, pool: InlinePool | None = None, **settings: Any) -> dict[TopicRole, list[Any]]:
        """Run the app until so many outcomes have ever been published; all of them, by topic."""

        async def work() -> dict[TopicRole, list[Any]]:
            app = build_app(self.settings(**settings), overrides=Overrides(pool=pool or InlinePool(), web=False))
            async with following(self.bootstrap, self.names, ENDS) as follower, running(app):
                await follower.until(outcomes, 60)
                await follower.quiet(1.0)
            return {role: [json.loads(record.value) for record in records] for role, records in follower.seen.items()}

        return asyncio.run(work())

    def run(self, *arguments: str, code: int = 0, stdin: str | None = None, **env: str) -> Result:
        """Run a command."""
        result = CliRunner().invoke(cli, arguments, env=self.env | env, input=stdin)
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        return result

    def lines(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a command that prints JSON lines."""
        return [json.loads(line) for line in self.run(*arguments, code=code).stdout.splitlines()]

    def records(self, role: TopicRole) -> list[dict[str, Any]]:
        """All records of a topic with their places."""
        return self.lines("consume", "-t", self.names[role], "--exit-at-end", "--with-place")


def outcomes(found: Mapping[TopicRole, Sequence[Any]]) -> dict[str, int]:
    """Numbers by topic, without the empty ones."""
    return {role.name.lower(): len(records) for role, records in found.items() if records}
