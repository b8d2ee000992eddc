"""Web archives (WARC, ISO 28500): the documents in their responses, one after another, and what is left out of them.

One record is held at a time. The stream comes unpacked, and need not be seekable.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.app.cli.http_body import MAX_BODY, TOO_LARGE, BodyError, decode_body

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

MAGIC = b"WARC/"

_TYPES = re.compile(
    r"text/(?:html|plain|xml|json|markdown|x-markdown)"
    r"|application/(?:xml|json|(?!soap\+|opensearchdescription\+|manifest\+)[\w.\-]{1,60}\+(?:xml|json))"
)
"""Media types of pages, texts, feeds and articles in JSON. In others (styles, scripts, images) there is no article."""
_NAME = re.compile(r"[\w.\-]{1,60}/[\w.+\-]{1,60}", re.ASCII)
_HEADERS = ("content-language", "last-modified", "link", "tdm-policy", "tdm-reservation", "x-robots-tag")
"""What a response says of its document; the other headers speak of the server and the connection."""
_OK = 200
_CUT_OFF = "it ends within the record"


@dataclass(frozen=True, slots=True)
class Capture:
    """The document of one response, unpacked."""

    value: bytes
    content_type: str | None = None
    """As the server stated it, with its parameters."""
    url: str | None = None
    fetched_at: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Those of the response that say something of the document, by lower-case name."""


class ArchiveError(Exception):
    """An archive that cannot be read further; the message says from where on, and why."""


def read_captures(stream: io.BufferedIOBase, left_out: Counter[str]) -> Iterator[Capture]:
    """The documents of an archive, in their order.

    Args:
        stream: the archive, unpacked.
        left_out: counts by reason what holds no document; a reason ends a sentence that begins with the number.

    Raises:
        ArchiveError: the archive is damaged or ends too early; everything before that place was given out.
    """
    from fastwarc.warc import ArchiveIterator

    whole = 0
    try:
        for record in ArchiveIterator(_Forward(stream), parse_http=False):
            reason = _no_document(record)
            if reason is not None:
                _skip(record)
                whole += 1
                left_out[reason] += 1
                continue
            body = _payload(record)
            whole += 1
            capture = _unpack(record, body)
            if isinstance(capture, str):
                left_out[capture] += 1
            else:
                yield capture
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ArchiveError(f"it is damaged or cut off after {whole:,} whole records ({error})") from error


def _no_document(record: WarcRecord) -> str | None:
    """Why a record holds no document, by its headers; None where it may. Parses the HTTP head of a response."""
    if not (record.headers.get("Content-Length") or "").strip().isdecimal():
        raise ValueError("its header states no length")
    kind = str(record.record_type)
    if kind != "response":
        return f"of type {kind}"
    if not record.is_http:
        return "of another protocol than HTTP"
    try:
        record.parse_http()
    except OSError:
        return "with an HTTP head that is none"
    status = record.http_headers.status_code
    if status != _OK:
        return "with an HTTP head that is none" if status is None else f"with status {status}"
    kind = (_content_type(record) or "").partition(";")[0].strip().lower()
    if kind and not _TYPES.fullmatch(kind):
        return f"of type {kind}" if _NAME.fullmatch(kind) else "of a type that is none"
    return TOO_LARGE if record.content_length > MAX_BODY else None


def _date(record: WarcRecord) -> datetime | None:
    try:
        found: datetime | None = record.record_date
    except (OverflowError, ValueError):  # a year that no clock has
        return None
    return found


def _content_type(record: WarcRecord) -> str | None:
    return record.http_headers.get("Content-Type") or record.headers.get("WARC-Identified-Payload-Type")


def _payload(record: WarcRecord) -> bytes:
    """The body as it was sent."""
    parts = []
    missing = record.content_length
    while missing and (part := record.reader.read(missing)):
        parts.append(part)
        missing -= len(part)
    if missing:
        raise EOFError(_CUT_OFF)
    return b"".join(parts)


def _skip(record: WarcRecord) -> None:
    """Read over a record; fastwarc would do so too, but not say that its end is not there."""
    if record.reader.consume() < record.content_length:
        raise EOFError(_CUT_OFF)


def _unpack(record: WarcRecord, body: bytes) -> Capture | str:
    """The document of a response, or why there is no text in it."""
    from copydesk.core.errors import Rejected
    from copydesk.core.sniff import refuse_binary

    http = record.http_headers
    try:
        value = decode_body(body, http.get("Transfer-Encoding"), http.get("Content-Encoding"))
        refuse_binary(value)
    except BodyError as error:
        return str(error)
    except Rejected:
        return "binary whatever their type says"
    if not value.strip():
        return "empty"
    return Capture(
        value=value,
        content_type=_content_type(record),
        url=(record.headers.get("WARC-Target-URI") or "").strip(" <>") or None,
        fetched_at=_date(record),
        headers={name: said for name in _HEADERS if (said := http.get(name))},
    )


class _Forward:
    """A stream without seek under fastwarc, which only wants to know where it is.

    It gives what one read of the stream gives: a read that goes on until it has enough loses what it has got when it
    then meets damage, and with it whole records.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read1(size)
        self._position += len(data)
        return data

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError(f"an archive is read from its beginning to its end, not at {offset} ({whence})")

    def close(self) -> None:
        """Whoever opened the stream closes it."""
