"""Errors of the command line: one sentence for a person, and an exit code for a script."""

from __future__ import annotations

from enum import IntEnum
from typing import IO, Any

import click


class Exit(IntEnum):
    """Exit codes of all commands; `copydesk --help` lists them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_ALLOWED = 4
    STALLED = 5  # only of `copydesk worker`
    INTERRUPTED = 130  # 128 + SIGINT, as shells say it
    PIPE_CLOSED = 141  # 128 + SIGPIPE


EXIT_CODES = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 no connection to the brokers (of top: to the worker), "
    "4 the brokers refuse us (protocol, certificate, credentials or rights), 5 the worker got no further and ended "
    "itself, 130 interrupted, 141 the reader of our output went away."
)


class CommandError(click.ClickException):
    """A failure with a sentence and an exit code."""

    def __init__(self, message: str, exit_code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        """The sentence, on stderr."""
        click.echo(f"copydesk: {self.format_message()}", file=file, err=file is None)
