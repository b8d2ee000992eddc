"""`copydesk topics`: the topics that a deployment needs, as commands for the administrator of the brokers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import broker_config
from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.options import load_settings

if TYPE_CHECKING:
    from copydesk.app.settings import Settings


@click.command(short_help="Print the topics that are needed.")
@options.bootstrap_servers
@click.option("--replication-factor", type=click.IntRange(1), metavar="N", help="Copies of each; default: the setting.")
@click.option(
    "--min-insync-replicas",
    type=click.IntRange(1),
    metavar="N",
    help="Copies that must have a record.",
)
def topics(*, bootstrap_servers: str | None, replication_factor: int | None, min_insync_replicas: int | None) -> None:
    """Print `kafka-topics.sh` commands that create the topics of this deployment, for those who may.

    They follow from the settings: names, partitions, retention and limits. Nothing is sent to the brokers. Afterwards
    the service runs with COPYDESK_DECLARE_TOPICS=false, and needs no right to create.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers, replication_factor=replication_factor)
    if min_insync_replicas is not None and min_insync_replicas > settings.replication_factor:
        raise CommandError(
            f"--min-insync-replicas {min_insync_replicas} is more than the {settings.replication_factor} copies: "
            "nothing could be written.",
            Exit.USAGE,
        )
    for line in _command_lines(settings, min_insync_replicas):
        click.echo(line)


def _command_lines(settings: Settings, min_insync_replicas: int | None) -> Iterator[str]:
    from copydesk.adapters.kafka.topics import topic_configs

    for topic in broker_config(settings).topics.values():
        configs = topic_configs(topic)
        if min_insync_replicas is not None:
            configs["min.insync.replicas"] = str(min_insync_replicas)
        words = ["kafka-topics.sh", "--bootstrap-server", settings.bootstrap_servers]
        words += ["--command-config", "admin.properties", "--create", "--if-not-exists", "--topic", topic.name]
        words += ["--partitions", str(topic.spec.partitions)]
        words += ["--replication-factor", str(settings.replication_factor)]
        for name, value in configs.items():
            words += ["--config", f"{name}={value}"]
        yield shlex.join(words)
