"""Both forms of a raw record — bare document with headers, JSON envelope — read into one `RawDocument`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
from pydantic import TypeAdapter, ValidationError

from copydesk.core.document import RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.records import Headers, Message
from copydesk.core.structured.json_text import without_surrogates
from copydesk_schemas.base import Instant
from copydesk_schemas.raw import RAW_MEDIA_TYPE, RawArticle
from copydesk_schemas.reasons import Action, Code, Priority, Stage

_ENVELOPE_KEYS = ("content", "content_base64", "action")
_UTF8_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n\f\v\x00"
_MAX_URL = 8192
"""Longer addresses are not addresses: browsers stop at 2,083 (old) to 65,536 (display) characters, servers at 8,190."""
_MAX_RAW_ID = 512
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


_MAX_VALUE = 48 * 1024 * 1024
"""Bytes of a record, far above what the topic takes: JSON takes twenty times its size in memory once it is parsed, and
a process that meets its memory limit in the middle of that dies."""


def read_raw(message: Message) -> RawDocument:
    """The document of a raw record and what its producer says of it.

    Form B (the envelope) is told by the `content-type` header, else by the value: a JSON object with `content`,
    `content_base64` or `action`. Every other value is a bare document, form A.

    Raises:
        Rejected: empty, oversized, invalid_envelope, bad_takedown or bad_url.
    """
    value = message.value
    if value is None or not value.strip(_BLANK).removeprefix(_UTF8_BOM):
        raise Rejected(Code.EMPTY, "the record has no value")
    if len(value) > _MAX_VALUE:
        raise Rejected(Code.OVERSIZED, f"the record has {len(value)} bytes; the limit is {_MAX_VALUE}")
    headers = _texts(message.headers)
    media_type, charset = split_media_type(headers.get("content-type"))
    arrived = datetime.fromtimestamp(message.timestamp_ms / 1000, UTC) if message.timestamp_ms > 0 else None
    if media_type == RAW_MEDIA_TYPE:
        fields = _json_object(value)
        if fields is None:
            raise Rejected(
                Code.INVALID_ENVELOPE, f"the content-type header says {RAW_MEDIA_TYPE}, but the value is no JSON object"
            )
        return _from_envelope(fields, headers, arrived)
    fields = _json_object(value) if value.lstrip(_BLANK + _UTF8_BOM).startswith(b"{") else None
    if fields is not None and any(key in fields for key in _ENVELOPE_KEYS):
        return _from_envelope(fields, headers, arrived)
    return RawDocument(
        content=value,
        media_type=media_type,
        charset=charset,
        url=_checked_url("header x-url", headers.get("x-url")),
        final_url=_checked_url("header x-final-url", headers.get("x-final-url")),
        raw_id=_header_id(headers),
        fetched_at=_header_time(headers) or arrived,
    )


def says_backfill(message: Message, stage: Stage) -> bool:
    """Whether a stage's input asks for `priority: backfill`, as far as it can be read at all.

    For records that could not be handled: nothing is checked but this one key, so that an item whose envelope or whose
    internal record is broken stays out of the freshness figures too.
    """
    value = message.value
    if value is None or b"backfill" not in value or not value.lstrip(_BLANK + _UTF8_BOM).startswith(b"{"):
        return False
    fields = _json_object(value)
    if stage is Stage.ENRICH and fields is not None:
        article = fields.get("article")
        fields = article if isinstance(article, dict) else None
    return fields is not None and fields.get("priority") == Priority.BACKFILL


def split_media_type(claim: str | None) -> tuple[str | None, str | None]:
    """Media type (lower case) and charset of a Content-Type value; None for what is absent."""
    if not claim or not claim.strip():
        return None, None
    kind, *parameters = claim.split(";")
    charset = None
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'") or None
    return kind.strip().lower() or None, charset


def _from_envelope(fields: dict[str, Any], headers: Mapping[str, str], arrived: datetime | None) -> RawDocument:
    try:
        raw = RawArticle.model_validate(fields)
    except ValidationError as error:
        raise _invalid(fields, error) from error
    content = raw.content_bytes()
    if raw.action is Action.UPSERT and not content.strip(_BLANK).removeprefix(_UTF8_BOM):
        raise Rejected(Code.EMPTY, "the envelope's content is empty")
    media_type, charset = split_media_type(raw.media_type)
    if raw.content is not None:
        # Text in JSON has already been decoded by the producer: whatever charset it came in, it is UTF-8 now.
        charset = "utf-8"
    return RawDocument(
        content=content,
        media_type=media_type,
        charset=raw.charset if raw.content is None and raw.charset else charset,
        url=_checked_url("url", raw.url),
        final_url=_checked_url("final_url", raw.final_url),
        raw_id=raw.raw_id or _header_id(headers),
        source=raw.source,
        fetched_at=raw.fetched_at or _header_time(headers) or arrived,
        http=raw.http,
        feed_item=raw.feed_item,
        title_hint=raw.title_hint,
        published_hint=raw.published_hint,
        language_hint=raw.language_hint,
        action=raw.action,
        priority=raw.priority,
    )


def _invalid(fields: dict[str, Any], error: ValidationError) -> Rejected:
    """The first fault, as a sentence that names its key; never the value, which may be the whole document.

    Below the second key come the record's own, the names of HTTP headers: they are not for the log.
    """
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    key, known = (".".join(str(part) for part in fault["loc"][:deep]) for deep in (None, 2))
    reason = str(fault["msg"]).removeprefix("Value error, ")
    sentence, facts = (f"{name}: {reason}" if name else reason for name in (key, known))
    takedown = not key and fields.get("action") == Action.DELETE
    return Rejected(Code.BAD_TAKEDOWN if takedown else Code.INVALID_ENVELOPE, sentence[:300], facts=facts)


def _json_object(value: bytes) -> dict[str, Any] | None:
    try:
        parsed = orjson.loads(value.removeprefix(_UTF8_BOM))
    except orjson.JSONDecodeError:
        # orjson refuses lone surrogates and NaN, which other producers do write.
        try:
            parsed = without_surrogates(json.loads(value))
        except (ValueError, RecursionError):
            return None
    return parsed if isinstance(parsed, dict) else None


def _texts(headers: Headers) -> dict[str, str]:
    """Headers by lower-case name; of repeated ones the last counts."""
    return {
        name.lower(): text
        for name, value in headers
        if value is not None and (text := value.decode("utf-8", "replace").strip())
    }


def _header_id(headers: Mapping[str, str]) -> str | None:
    raw_id = headers.get("ce_id")
    if raw_id is not None and len(raw_id) > _MAX_RAW_ID:
        raise Rejected(Code.INVALID_ENVELOPE, f"header ce_id: longer than {_MAX_RAW_ID} characters")
    return raw_id


def _header_time(headers: Mapping[str, str]) -> datetime | None:
    text = headers.get("ce_time")
    if text is None:
        return None
    try:
        return _INSTANT.validate_python(text)
    except ValidationError as error:
        raise Rejected(
            Code.INVALID_ENVELOPE, "header ce_time: not an RFC 3339 instant such as 2019-03-28T15:42:00Z"
        ) from error


def _checked_url(key: str, url: str | None) -> str | None:
    if url is None or not url.strip():
        return None
    url = url.strip()
    if not is_web_url(url):
        facts = f"{key}: not an http or https address"
        raise Rejected(Code.BAD_URL, f"{facts}: {url[:80]!r}", facts=facts)
    return url


def is_web_url(url: str) -> bool:
    """Whether `url` is an absolute http(s) address with a host, without white space or control characters."""
    # Of all white space only the space itself counts as printable.
    if len(url) > _MAX_URL or " " in url or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def web_url(address: str, base: str | None) -> str | None:
    """The absolute web address that one stands for on a page at `base`; None where it is none, or empty."""
    if not address.strip():
        return None  # by the standard the page itself, which nobody means who leaves it empty
    try:
        url = urljoin(base or "", address)
    except ValueError:
        return None
    return url if is_web_url(url) else None
