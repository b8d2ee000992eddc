"""The command line. `main` is the script `copydesk`.

Modules of commands import what is slow inside their functions, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from copydesk import __version__
from copydesk.app.cli.acls import acls
from copydesk.app.cli.audit import audit
from copydesk.app.cli.config import config
from copydesk.app.cli.consume import consume
from copydesk.app.cli.demo import demo
from copydesk.app.cli.dlq import dlq
from copydesk.app.cli.errors import EXIT_CODES, CommandError, Exit
from copydesk.app.cli.explain import explain
from copydesk.app.cli.process import process
from copydesk.app.cli.produce import produce
from copydesk.app.cli.schemas import schemas
from copydesk.app.cli.seed import seed
from copydesk.app.cli.top import top
from copydesk.app.cli.topics import topics
from copydesk.app.cli.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="copydesk")
def cli() -> None:
    """Turn raw news articles into clean, deduplicated, enriched records.

    Settings come from the environment (COPYDESK_…); `copydesk config` lists them. A terminal gets tables and colour
    (NO_COLOR is respected), a pipe gets JSON lines.
    """


for _command in (
    demo, worker, top, process, produce, seed, consume, dlq, audit, explain, schemas, config, topics, acls,
):  # fmt: skip
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code = cli.main(
            args=None if arguments is None else list(arguments), prog_name="copydesk", standalone_mode=False
        )
        sys.stdout.flush()
    except CommandError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("copydesk: interrupted", err=True)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # What is still buffered has no reader either: give the interpreter's last flush somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    return code if isinstance(code, int) else Exit.DONE
