"""The body of an HTTP response as it was sent, unpacked: transfer and content encodings (RFC 9110 and 9112).

Archives keep bodies as they came, and some keep the headers of an encoding that the crawler had already undone. So a
body that is not what its headers say is taken as it is.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import IO, Protocol

MAX_BODY = 32 * 1024 * 1024
"""Three times what a raw record may have by default; more is a mistake or a decompression bomb."""

TOO_LARGE = f"over {MAX_BODY // 1024 // 1024} MiB"

UNKNOWN = "with an unknown encoding"

_MOST = 4
"""Encodings on top of one another; servers use one, and chunks around it."""
_PIECE = 256 * 1024
_MEMBERS = 100
"""gzip members in a body. Each costs a copy of the rest; real bodies have one."""
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_CODINGS = re.compile(r"[\w\-]+")
_AUTO_HEADER = 32 + zlib.MAX_WBITS
"""zlib finds out whether it is gzip or zlib."""


class BodyError(Exception):
    """A body that cannot be unpacked; the message ends a sentence that begins with a number."""


class _Reader(Protocol):
    def read(self, size: int = ...) -> bytes: ...


def decode_body(body: bytes, transfer: str | None, content: str | None) -> bytes:
    """Undo the encodings that the headers Transfer-Encoding and Content-Encoding state, the last one first.

    Raises:
        BodyError: an encoding that nobody knows, or more than MAX_BODY bytes.
    """
    codings = _codings(content) + _codings(transfer)
    if len(codings) > _MOST:
        raise BodyError(UNKNOWN)
    for coding in reversed(codings):
        match coding:
            case "identity":
                continue
            case "chunked":
                body = _unchunk(body)
            case "gzip" | "x-gzip" | "deflate":
                body = _inflate(body)
            case "br" | "zstd":
                body = _decompress(body, coding)
            case _:
                raise BodyError(UNKNOWN)
        if len(body) > MAX_BODY:
            raise BodyError(TOO_LARGE)
    return body


def _codings(header: str | None) -> list[str]:
    return _CODINGS.findall((header or "").lower())


def _unchunk(body: bytes) -> bytes:
    """Chunks joined; of a body that breaks off, what is there."""
    joined = bytearray()
    at = 0
    while head := _CHUNK.match(body, at):
        size = int(head[1], 16)
        if size == 0:
            return bytes(joined)
        joined += body[head.end() : head.end() + size]
        at = head.end() + size
        # The line's end that closes a chunk.
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    return bytes(joined) if joined and at >= len(body) else body


def _inflate(body: bytes) -> bytes:
    """Members of gzip, zlib, or bare deflate as some servers send it; of what breaks off, what is there."""
    parts: list[bytes] = []
    rest, size, ended = body, 0, False
    try:
        while rest and size <= MAX_BODY and len(parts) < _MEMBERS:
            member = zlib.decompressobj(_AUTO_HEADER)
            parts.append(member.decompress(rest, MAX_BODY + 1 - size))
            size += len(parts[-1])
            rest, ended = member.unused_data, ended or member.eof
    except zlib.error:
        # Bytes after the last member are padding. Without a member it is bare deflate, or nothing was packed.
        return b"".join(parts) if parts else _inflate_bare(body)
    return b"".join(parts) if size or ended else body


def _inflate_bare(body: bytes) -> bytes:
    """Bare deflate has no mark of its own: plain text passes for the beginning of it, but never to the end."""
    whole = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        value = whole.decompress(body, MAX_BODY + 1)
    except zlib.error:
        return body
    return value if whole.eof or len(value) > MAX_BODY else body


def _decompress(body: bytes, coding: str) -> bytes:
    from fastwarc.stream_io import BrotliReader, ZstdReader

    source: IO[bytes] = io.BytesIO(body)
    reader: _Reader = BrotliReader(source) if coding == "br" else ZstdReader(source)
    parts: list[bytes] = []
    size = 0
    try:
        while size <= MAX_BODY and (part := reader.read(_PIECE)):
            parts.append(part)
            size += len(part)
    except OSError:
        pass
    return b"".join(parts) or body
