"""Options that several commands share, and the settings they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli.errors import CommandError, Exit

if TYPE_CHECKING:
    from copydesk.app.settings import Settings

bootstrap_servers = click.option(
    "--bootstrap-servers",
    "-b",
    metavar="HOST:PORT,…",
    help="Kafka brokers; default: COPYDESK_BOOTSTRAP_SERVERS, else 127.0.0.1:9092.",
)
verbose = click.option("--verbose", "-v", is_flag=True, help="Show the log.")


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment; overrides that are None do not count.

    Raises:
        CommandError: a sentence for each setting that is wrong.
    """
    from copydesk.app.settings import ConfigurationError, Settings

    try:
        return Settings.load(**{name: value for name, value in overrides.items() if value is not None})
    except ConfigurationError as error:
        raise CommandError(str(error), Exit.USAGE) from error
