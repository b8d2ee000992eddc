"""`copydesk worker`: run the service."""

from __future__ import annotations

import asyncio

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import broker_config, quiet_unless, topics_there
from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.options import load_settings

STAGES = ("parse", "dedupe", "enrich")


@click.command(short_help="Run the service.")
@options.bootstrap_servers
@click.option("--stages", metavar="NAME,…", help=f"Stages that this worker runs; default: {','.join(STAGES)}.")
@click.option("--web-port", type=click.IntRange(0, 65535), help="Port of page, health and metrics; default: 6066.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="Least severe level shown.")
@click.pass_context
def worker(
    context: click.Context,
    *,
    bootstrap_servers: str | None,
    stages: str | None,
    web_port: int | None,
    log_level: str | None,
) -> None:
    """Run the service until it is told to stop (Ctrl-C or SIGTERM).

    Start as many as you like, on as many machines: Kafka's consumer groups share the partitions out. With --stages a
    worker runs some of the stages only, so that each can be scaled alone.
    """
    settings = load_settings(bootstrap_servers=bootstrap_servers, stages=stages, web_port=web_port, log_level=log_level)
    from copydesk.app.settings import ConfigurationError
    from copydesk.app.worker import run_worker

    # Asked once before the start: a wrong address is the most frequent fault, and deserves a sentence, not a traceback.
    quiet_unless(verbose=False)
    asyncio.run(topics_there(settings, broker_config(settings)))
    try:
        context.exit(run_worker(settings))
    except ConfigurationError as error:
        raise CommandError(str(error), Exit.USAGE) from error
