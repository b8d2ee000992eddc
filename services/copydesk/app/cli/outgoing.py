"""Documents and lines as records for the topic of raw articles: as they are, or in an envelope where more is known."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.app.cli.inputs import Document, called, read_lines

if TYPE_CHECKING:
    from copydesk_schemas.raw import SourceHint


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to send, and the name to call it by."""

    name: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    one_of_many: bool = False
    """Whether it is a line or a response among others of its file, and not worth a line of its own on a terminal."""

    @property
    def size(self) -> int:
        """Bytes that count against the topic's limit, but for a few of framing."""
        return len(self.value) + len(self.key or b"") + sum(len(k) + len(v) for k, v in self.headers)


def document_records(documents: Iterable[Document], url: str | None, source: SourceHint | None) -> Iterator[Outgoing]:
    """A record a document: its bytes with what is known in the headers; an envelope where those cannot carry it.

    Args:
        documents: as they were read.
        url: the address of the one document, where the user names it.
        source: the publisher of them all, where the user names it.
    """
    from copydesk_schemas.base import format_instant
    from copydesk_schemas.raw import RAW_MEDIA_TYPE

    for document in documents:
        capture = document.capture
        address = url or (capture.url if capture is not None else None)
        key = None if address is None else address.encode()
        many = capture is not None
        if source is not None or (capture is not None and capture.headers):
            value = envelope_of(document, url=address, source=source)
            yield Outgoing(document.name, key, value, (("content-type", RAW_MEDIA_TYPE.encode()),), many)
            continue
        headers = {"content-type": document.media_type, "x-url": address}
        if capture is not None and capture.fetched_at is not None:
            headers["ce_time"] = format_instant(capture.fetched_at)
        known = tuple((name, value.encode()) for name, value in headers.items() if value is not None)
        yield Outgoing(document.name, key, document.value, known, many)


def envelope_of(document: Document, *, url: str | None = None, source: SourceHint | None = None) -> bytes:
    """A RawArticle envelope with everything that is known of a document, JSON on one line."""
    from copydesk_schemas.raw import HttpHint, RawArticle

    capture = document.capture
    article = RawArticle(
        content_base64=base64.b64encode(document.value).decode(),
        media_type=document.media_type,
        url=url or (capture.url if capture is not None else None),
        source=source,
        fetched_at=capture.fetched_at if capture is not None else None,
        http=HttpHint(status=200, headers=capture.headers) if capture is not None and capture.headers else None,
    )
    return article.model_dump_json(exclude_defaults=True).encode()


def line_records(files: Iterable[str]) -> Iterator[Outgoing]:
    """Lines as they are, the wrong ones too: the service says of each what is wrong with it."""
    from copydesk_schemas.raw import RAW_MEDIA_TYPE

    headers = (("content-type", RAW_MEDIA_TYPE.encode()),)
    for name in files:
        for number, line in enumerate(read_lines([name]), start=1):
            value = line.strip()
            if value:
                yield Outgoing(f"{called(name)}, line {number}", _url_of(value), value, headers, one_of_many=True)


def _url_of(value: bytes) -> bytes | None:
    import orjson

    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    url = fields.get("url") if isinstance(fields, dict) else None
    return url.encode("utf-8", "replace") if isinstance(url, str) and url else None
