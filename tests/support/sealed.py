"""A process that reads hostile documents and reports what it opened: `python -B -m tests.support.sealed URL PATH`.

Prints JSON: names of the documents, what was opened that is no part of the installation, and whether the file at PATH
came through. The audit hook sees what Python opens; what C code opens is for the caller to watch, between the two
markers: attempts to open the files `BEGIN` and `END`, which do not exist.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.hostile.reaching import reaching
from tests.support.service import Raw

import copydesk
import copydesk_schemas
from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.options import Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Message, OutcomeKind, StageResult
from copydesk.core.stages import run_dedupe, run_enrich, run_parse
from copydesk.core.warm_up import warm_up

BEGIN, END = "/copydesk-sealed-begin", "/copydesk-sealed-end"
REACHING = (
    "socket.", "urllib.", "http.", "ftplib.", "smtplib.", "subprocess.", "os.system", "os.exec", "os.posix_spawn",
    "os.fork", "os.startfile", "ctypes.dlopen", "webbrowser.", "shutil.", "os.listdir", "os.scandir", "glob.",
)  # fmt: skip
"""Audit events that no document may cause (https://docs.python.org/3/library/audit_events.html)."""
_OPENING = ("open", "os.open")
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def installed() -> tuple[str, ...]:
    """Folders of the installation: a module that is loaded late is read from there."""
    folders = {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix}
    folders |= {str(Path(package.__path__[0])) for package in (copydesk, copydesk_schemas)}
    return tuple(f"{os.path.realpath(folder)}/" for folder in folders)


def allowed(path: Any, folders: tuple[str, ...]) -> bool:
    """Whether a path belongs to the installation or is the system's source of random bytes."""
    if not isinstance(path, str | bytes | os.PathLike):
        return isinstance(path, int)  # a descriptor that is open already
    return os.path.realpath(os.fsdecode(path)).startswith((*folders, "/dev/urandom", "/dev/null"))


class Watch:
    """An audit hook, which can not be taken away again; it records while `on`."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        self._folders = installed()
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        looks = event in {"os.listdir", "os.scandir"}  # the import system looks into its own folders
        if event in _OPENING or looks:
            if arguments and not allowed(arguments[0], self._folders):
                self.seen.append(f"{event} {arguments[0]!r}")
        elif event.startswith(REACHING):
            self.seen.append(f"{event} {arguments!r}"[:200])


def through(raw: Raw, offset: int, options: Options) -> Iterator[bytes]:
    """Everything that a record leads to, in all three stages."""

    def forwarded(result: StageResult) -> Iterator[Message]:
        for emit, outcome in zip(result.emits, result.outcomes, strict=True):
            outputs.append(emit.value or b"")
            outputs.extend(value for _, value in emit.headers)
            if outcome.kind is OutcomeKind.FORWARDED:
                yield Message("internal", 0, offset, 0, emit.key, emit.value, emit.headers)

    outputs: list[bytes] = []
    state = Overlay(MemoryStore())
    record = Message("raw-articles", 0, offset, 1_772_366_400_000, raw.key, raw.value, raw.headers)
    for parsed in list(forwarded(run_parse(record, options, _NOW))):
        for unique in list(forwarded(run_dedupe(parsed, state, options, _NOW).result)):
            list(forwarded(run_enrich(unique, options, _NOW)))
    yield from outputs


def _mark(path: str) -> None:
    with suppress(FileNotFoundError):
        os.close(os.open(path, os.O_RDONLY))


def main(address: str, path: str) -> None:
    """Run all documents, then break the seal on purpose, to show that it would have been noticed."""
    secret = Path(path).read_bytes().strip()
    options = Options()
    documents = list(reaching(address, path))
    warm_up(options)
    watch = Watch()
    leaked, outputs = [], 0
    _mark(BEGIN)
    watch.on = True
    for offset, (name, raw) in enumerate(documents):
        for output in through(raw, offset, options):
            outputs += 1
            if secret in output:
                leaked.append(name)
    watch.on = False
    _mark(END)
    opened = list(watch.seen)
    watch.seen.clear()
    watch.on = True
    Path(path).read_bytes()
    socket.getaddrinfo("127.0.0.1", 9)
    watch.on = False
    print(  # noqa: T201 - it is read by the test
        json.dumps(
            {
                "documents": [name for name, _ in documents],
                "outputs": outputs,
                "opened": opened,
                "leaked": leaked,
                "noticed": watch.seen,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
