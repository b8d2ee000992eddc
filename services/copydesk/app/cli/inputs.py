"""Reading what the user names: files, folders, standard input, web archives, gzip or not, as documents or as lines."""

from __future__ import annotations

import asyncio
import gzip
import io
import threading
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar, cast

import click

from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.left_out import LeftOut
from copydesk.app.cli.warc import MAGIC, ArchiveError, Capture, read_captures

T = TypeVar("T")

STDIN = "-"

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
}
"""Media types that a file's name states beyond doubt. Others (.xml, .json, …) are left to sniffing."""

MAX_BYTES = 256 * 1024 * 1024
"""No document is near this size: a larger file is a mistake or a decompression bomb."""

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Document:
    """One file's content, or one response's of a web archive, unpacked. `media_type` is None where nothing tells it."""

    name: str
    value: bytes
    media_type: str | None
    capture: Capture | None = None
    """What an archive says of it besides."""


def find_files(names: Iterable[str]) -> Iterator[str]:
    """The files that are meant: folders recursively in the order of names, without hidden ones; `-` as it is."""
    for name in names:
        path = Path(name)
        if name == STDIN or not path.is_dir():
            yield name
            continue
        for found in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in found.relative_to(path).parts)
            if found.is_file() and not hidden:
                yield str(found)


def read_documents(names: Iterable[str], left_out: LeftOut | None = None) -> Iterator[Document]:
    """Each file as one document, and each document of a web archive.

    Args:
        names: of files and folders.
        left_out: counts what archives hold besides documents; without it, an archive is refused.

    Raises:
        CommandError: a file that cannot be read, with its name and the reason.
    """
    for name in find_files(names):
        with _opened(name) as stream:
            if _is_archive(name, stream):
                if left_out is None:
                    raise CommandError(f"{called(name)} is a web archive: `copydesk produce` and `process` read it.")
                yield from _captures(name, stream, left_out)
                continue
            value = _read(name, stream)
        path = Path(name.removesuffix(".gz"))
        yield Document(called(name), value, MEDIA_TYPES.get(path.suffix.lower()))


def read_lines(names: Iterable[str]) -> Iterator[bytes]:
    """The lines of all files, one after the other.

    Raises:
        CommandError: a file that cannot be read, with its name and the reason.
    """
    for name in find_files(names):
        with _opened(name) as stream:
            yield from _lines(name, stream)


def read_lines_or_captures(names: Iterable[str], left_out: LeftOut) -> Iterator[bytes | Document]:
    """The lines of all files, one after the other; of a web archive its documents.

    Raises:
        CommandError: a file that cannot be read, with its name and the reason.
    """
    for name in find_files(names):
        with _opened(name) as stream:
            if _is_archive(name, stream):
                yield from _captures(name, stream, left_out)
                continue
            yield from _lines(name, stream)


async def read_ahead(values: Iterator[T], limit: int) -> AsyncIterator[T]:
    """The values of a blocking iterator, read by a thread at most `limit` ahead.

    A daemon thread, because one that waits for a terminal's next line must not keep the program from ending.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()
    free = threading.Semaphore(limit)

    def put(entry: tuple[T] | BaseException | None) -> bool:
        try:
            loop.call_soon_threadsafe(queue.put_nowait, entry)
        except RuntimeError:  # the loop is closed: nobody listens any more
            return False
        return True

    def read() -> None:
        try:
            for value in values:
                free.acquire()
                if not put((value,)):
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the values are read
            put(error)

    threading.Thread(target=read, name="input", daemon=True).start()
    while (entry := await queue.get()) is not None:
        if isinstance(entry, BaseException):
            raise entry
        free.release()
        yield entry[0]


@contextmanager
def _opened(name: str) -> Iterator[io.BufferedIOBase]:
    stream: IO[bytes]
    try:
        stream = click.get_binary_stream("stdin") if name == STDIN else Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(_unreadable(name, error)) from error
    buffered = (
        stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", _Raw(stream)))
    )
    with buffered:  # gzip leaves open what it is given
        try:
            packed = buffered.peek(2)[:2] == _GZIP
        except OSError as error:
            raise CommandError(_unreadable(name, error)) from error
        yield cast("io.BufferedIOBase", gzip.GzipFile(fileobj=buffered)) if packed else buffered


def _is_archive(name: str, stream: io.BufferedIOBase) -> bool:
    """Whether it begins as a WARC file does, whatever it is called."""
    try:
        return cast("io.BufferedReader", stream).peek(len(MAGIC))[: len(MAGIC)] == MAGIC
    except (OSError, EOFError, zlib.error) as error:
        raise CommandError(_unreadable(name, error)) from error


def _lines(name: str, stream: io.BufferedIOBase) -> Iterator[bytes]:
    try:
        yield from stream
    except (OSError, EOFError, zlib.error) as error:
        raise CommandError(_unreadable(name, error)) from error


def _captures(name: str, stream: io.BufferedIOBase, left_out: LeftOut) -> Iterator[Document]:
    try:
        for capture in read_captures(stream, left_out):
            title = f"{called(name)}: {capture.url or 'a response without address'}"
            yield Document(title, capture.value, capture.content_type, capture)
    except ArchiveError as error:
        raise CommandError(f"{called(name)} cannot be read to its end: {error}. What came before was read.") from error


def _read(name: str, stream: io.BufferedIOBase) -> bytes:
    try:
        value = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise CommandError(_unreadable(name, error)) from error
    if len(value) > MAX_BYTES:
        raise CommandError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MiB: that is no article.")
    return value


def _unreadable(name: str, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{called(name)} cannot be read: {reason}."


def called(name: str) -> str:
    """What a file is called in a message."""
    return "standard input" if name == STDIN else name


class _Raw(io.RawIOBase):
    """A stream without `peek` (as tests put in the place of stdin) under a buffer that has it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override] # typeshed wants any buffer
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
