"""Web archives (WARC, ISO 28500): the documents in their responses, one after another, and what is left out of them.

One record is held at a time. The stream comes unpacked, and need not be seekable.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.app.cli.http_body import MAX_BODY, TOO_LARGE, BodyError, decode_body
from copydesk.app.cli.http_head import MAX_HEAD, HttpHead, find_body, read_head
from copydesk.app.cli.left_out import LeftOut

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

MAGIC = b"WARC/"

_TYPES = re.compile(
    r"text/(?:html|plain|xml|json|markdown|x-markdown|nitf|vnd\.iptc\.(?:newsml|nitf)|[\w.\-]{1,60}\+xml)"
    r"|application/(?:xml|json|(?!soap\+|opensearchdescription\+|manifest\+)[\w.\-]{1,60}\+(?:xml|json))"
)
"""Media types of pages, texts, feeds and articles in JSON. In others (styles, scripts, images) there is no article."""
_NAME = re.compile(r"[\w.\-]{1,60}/[\w.+\-]{1,60}", re.ASCII)
_HEADERS = ("content-language", "last-modified", "link", "tdm-policy", "tdm-reservation", "x-robots-tag")
"""What a response says of its document; the other headers speak of the server and the connection."""
_OK = 200
_PIECE = 64 * 1024
_CUT_OFF = "it ends within the record"
_BAD_SUM = re.compile(r"CRC check failed|Incorrect length of data")
"""What gzip says after the member that is damaged; of whatever else it says, the next one is damaged."""


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


class _NoDocument(Exception):  # noqa: N818 - no error: most records of an archive hold none
    """A record without a document; the message ends a sentence that begins with a number."""

    def __init__(self, reason: str, *, strange: bool = False) -> None:
        super().__init__(reason)
        self.strange = strange


def read_captures(stream: io.BufferedIOBase, left_out: LeftOut) -> Iterator[Capture]:
    """The documents of an archive, in their order.

    Args:
        stream: the archive, unpacked.
        left_out: counts what holds no document.

    Raises:
        ArchiveError: the archive is damaged or ends too early; everything before that place was given out.
    """
    from fastwarc.warc import ArchiveIterator

    whole = 0
    held: Capture | None = None
    within = False
    records = iter(ArchiveIterator(_Forward(stream), parse_http=False, max_header_len=MAX_HEAD))
    try:
        # A document is held until the next record has begun: only then the checksum over it has been looked at.
        while (record := next(records, None)) is not None:
            if held is not None:
                yield held
                held = None
            within = True
            block = _Block(record)
            try:
                held = _read(record, block)
            except _NoDocument as reason:
                block.skip()
                if reason.strange:
                    left_out.add_strange(str(reason), _address(record))
                else:
                    left_out[str(reason)] += 1
            whole += 1
            within = False
    except (OSError, EOFError, zlib.error, ValueError) as error:
        if held is not None and not within and _BAD_SUM.search(str(error)):
            held, whole = None, whole - 1
        if held is not None:
            yield held
        raise ArchiveError(f"it is damaged or cut off after {whole:,} whole records ({error})") from error
    if held is not None:
        yield held


class _Block:
    """The block of a record, read forward. fastwarc would pass over the rest, but not say that its end is missing.

    The HTTP head is not for fastwarc to parse: after one over 32 KiB it is lost in the record.
    """

    def __init__(self, record: WarcRecord) -> None:
        if not (record.headers.get("Content-Length") or "").strip().isdecimal():
            raise ValueError("its header states no length")
        self._reader = record.reader
        self.missing = record.content_length

    def read(self, size: int) -> bytes:
        """As many bytes as there are, up to `size`.

        Raises:
            EOFError: the archive ends within the record.
        """
        part: bytes = self._reader.read(min(size, self.missing))
        if not part and self.missing:
            raise EOFError(_CUT_OFF)
        self.missing -= len(part)
        return part

    def skip(self) -> None:
        """Read over what is left.

        Raises:
            EOFError: the archive ends within the record.
        """
        if self._reader.consume() < self.missing:
            raise EOFError(_CUT_OFF)
        self.missing = 0


def _read(record: WarcRecord, block: _Block) -> Capture:
    """The document of a record.

    Raises:
        _NoDocument: there is none, by its headers or by what is in it.
        EOFError: the archive ends within the record.
    """
    kind = str(record.record_type)
    if kind != "response":
        raise _NoDocument(f"of type {kind}")
    if not record.is_http:
        raise _NoDocument("of another protocol than HTTP")
    http, body = _split(block)
    if http.status != _OK:
        raise _NoDocument(f"with status {http.status}")
    content_type = http.fields.get("content-type") or record.headers.get("WARC-Identified-Payload-Type")
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind and not _TYPES.fullmatch(kind):
        raise _NoDocument(f"of type {kind}" if _NAME.fullmatch(kind) else "of a type that is none")
    if len(body) + block.missing > MAX_BODY:
        raise _NoDocument(TOO_LARGE, strange=True)
    while block.missing:
        body += block.read(block.missing)
    return Capture(
        value=_unpack(bytes(body), http),
        content_type=content_type,
        url=_address(record),
        fetched_at=_date(record),
        headers={name: said for name in _HEADERS if (said := http.fields.get(name))},
    )


def _split(block: _Block) -> tuple[HttpHead, bytearray]:
    """The head, and what was read of the body with it."""
    read = bytearray()
    body_at = None
    while block.missing and body_at is None and len(read) < MAX_HEAD:
        searched = len(read)
        read += block.read(_PIECE)
        body_at = find_body(read, searched)
    head = read_head(bytes(read[:body_at]))
    if head is None:
        raise _NoDocument("with an HTTP head that is none", strange=True)
    if body_at is None:
        limit = f"with an HTTP head over {MAX_HEAD // 1024 // 1024} MiB"
        raise _NoDocument(limit if block.missing else "with an HTTP head that does not end", strange=True)
    return head, read[body_at:]


def _address(record: WarcRecord) -> str | None:
    return (record.headers.get("WARC-Target-URI") or "").strip(" <>") or None


def _date(record: WarcRecord) -> datetime | None:
    try:
        found: datetime | None = record.record_date
    except (OverflowError, ValueError):  # a year that no clock has
        return None
    return found


def _unpack(body: bytes, http: HttpHead) -> bytes:
    """The text of a response, or the reason why there is none in it."""
    from copydesk.core.errors import Rejected
    from copydesk.core.sniff import refuse_binary

    try:
        value = decode_body(body, http.fields.get("transfer-encoding"), http.fields.get("content-encoding"))
        refuse_binary(value)
    except BodyError as error:
        raise _NoDocument(str(error), strange=True) from error
    except Rejected as error:
        raise _NoDocument("binary whatever their type says", strange=True) from error
    if not value.strip():
        raise _NoDocument("empty")
    return value


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
