"""Where output goes: JSON lines to pipes, tables and colour to terminals."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console


def is_terminal() -> bool:
    """Whether standard output is read by a person."""
    return sys.stdout.isatty()


def console(*, stderr: bool = False) -> Console:
    """A rich console on stdout or stderr. rich itself respects NO_COLOR."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def write_line(value: bytes) -> None:
    """One line of bytes to standard output, at once: the reader may be waiting for it.

    Raises:
        BrokenPipeError: nobody reads any more.
    """
    stream = click.get_binary_stream("stdout")
    stream.write(value + b"\n")
    stream.flush()


def write_json(value: Any) -> None:
    """One JSON line to standard output."""
    import orjson

    write_line(orjson.dumps(value))


def say(sentence: str) -> None:
    """A sentence for the person at the terminal, on stderr."""
    click.echo(sentence, err=True)
