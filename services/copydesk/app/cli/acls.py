"""`copydesk acls`: the rights that a deployment needs on the brokers, as commands for their administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from copydesk.app.cli import options
from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.app.acls import Acl
    from copydesk.app.settings import Settings

ROLES = ("worker", "producer", "consumer", "operator")


@click.command(short_help="Print the rights that are needed.")
@options.bootstrap_servers
@click.option("--principal", required=True, metavar="TYPE:NAME", help="Who gets them, as in User:copydesk.")
@click.option("--role", type=click.Choice(ROLES), default="worker", help="What it does; default: worker.")
@click.option("--stages", metavar="NAME,…", help="Stages of the worker; default: all.")
@click.option("--group", metavar="NAME", help="Consumer group of a consumer; default: none, as `copydesk consume`.")
@click.option("--host", metavar="ADDRESS", help="Only from this address; default: from everywhere.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead of commands.")
def acls(
    *,
    bootstrap_servers: str | None,
    principal: str,
    role: str,
    stages: str | None,
    group: str | None,
    host: str | None,
    as_json: bool,
) -> None:
    """Print the ACLs that one part of this deployment needs, and no more, as `kafka-acls.sh` commands.

    They follow from the settings: names of topics, stages, the app id, the delivery, and whether topics are declared
    (COPYDESK_DECLARE_TOPICS=false needs no right to create). Nothing is sent to the brokers.
    """
    if ":" not in principal:
        raise CommandError(f"--principal is TYPE:NAME, as in User:{principal}.", Exit.USAGE)
    settings = load_settings(bootstrap_servers=bootstrap_servers, stages=stages)
    from copydesk.app.acls import command_lines

    needed = set(_acls(settings, role, group))
    if as_json:
        for acl in sorted(needed):
            write_json(
                {
                    "principal": principal,
                    "host": host or "*",
                    "resource": acl.resource.value,
                    "name": acl.name,
                    "pattern": "prefixed" if acl.prefixed else "literal",
                    "operation": acl.operation.value,
                }
            )
        return
    for line in command_lines(needed, principal=principal, host=host, bootstrap=settings.bootstrap_servers):
        click.echo(line)


def _acls(settings: Settings, role: str, group: str | None) -> Iterator[Acl]:
    from copydesk.app import acls as rights

    if role == "producer":
        return rights.producer_acls(settings)
    if role == "consumer":
        return rights.consumer_acls(settings, group)
    return rights.operator_acls(settings) if role == "operator" else rights.worker_acls(settings)
