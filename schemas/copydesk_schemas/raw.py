"""RawArticle: what producers send to `raw-articles`."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from copydesk_schemas.base import Input, Instant, Json
from copydesk_schemas.reasons import Action, Priority

RAW_MEDIA_TYPE = "application/vnd.copydesk.raw+json"
"""`content-type` header of form B, the envelope."""


class SourceHint(Input):
    """What the producer knows of the publisher. Hints."""

    domain: str | None = None
    """Registrable domain or host name of the publisher. Example: `example.com`."""
    name: str | None = None
    """Name of the publisher. Example: `The Example Times`."""
    feed_url: str | None = None
    """Address of the feed that the item came from. Example: `https://example.com/feed.xml`."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166-1 alpha-2. Example: `GB`."""
    language: str | None = None
    """BCP 47. Example: `en-GB`."""


class HttpHint(Input):
    """The response that brought the document."""

    status: int | None = None
    """HTTP status. Example: `200`."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Response headers; Last-Modified and Content-Language become candidates.
    Example: `{"Last-Modified": "Thu, 28 Mar 2019 15:42:00 GMT"}`."""


class FeedItemHint(Input):
    """The feed entry that pointed at this document: candidates, never trusted blindly."""

    title: str | None = None
    """Title of the entry. Example: `Bridge reopens after repairs`."""
    link: str | None = None
    """Link of the entry. Example: `https://example.com/news/bridge-reopens`."""
    guid: str | None = None
    """Identifier of the entry. Example: `tag:example.com,2019:1`."""
    published: str | None = None
    """Publication date as written. Example: `Thu, 28 Mar 2019 15:42:00 GMT`."""
    updated: str | None = None
    """Date of update as written. Example: `2019-03-28T17:05:00Z`."""
    author: str | None = None
    """Author as written. Example: `Jane Doe`."""
    summary: str | None = None
    """Summary, text or HTML. Example: `<p>The bridge is open again.</p>`."""
    categories: list[str] = Field(default_factory=list)
    """Categories of the entry. Example: `["World", "Europe"]`."""


_CONTENT_RULE: Json = {
    "if": {"properties": {"action": {"const": "delete"}}, "required": ["action"]},
    "then": {
        "properties": {"content": {"type": "null"}, "content_base64": {"type": "null"}},
        "anyOf": [
            {"required": ["url"], "properties": {"url": {"type": "string"}}},
            {"required": ["raw_id"], "properties": {"raw_id": {"type": "string"}}},
        ],
    },
    "else": {
        "oneOf": [
            {"required": ["content"], "properties": {"content": {"type": "string"}}},
            {"required": ["content_base64"], "properties": {"content_base64": {"type": "string"}}},
        ]
    },
}
"""What an action needs, for the JSON Schema; the model's validator says the same in sentences."""


class RawArticle(Input):
    """One document as fetched (form B, the envelope). `content` or `content_base64` is all that is ever required."""

    model_config = ConfigDict(json_schema_extra=_CONTENT_RULE)

    content: str | None = None
    """The document as text. Example: `<html><body><h1>Bridge reopens</h1></body></html>`."""
    content_base64: str | None = None
    """The document as bytes, base64 (RFC 4648). Example: `PGgxPkJyaWRnZSByZW9wZW5zPC9oMT4=`."""
    media_type: str | None = None
    """Media type as claimed; sniffed when absent, repaired when it lies. What is read: `text/html`,
    `application/xhtml+xml`, `text/plain`, `text/markdown`, `application/rss+xml`, `application/atom+xml`,
    `application/feed+json`, `application/ld+json` (NewsArticle), `application/ninjs+json` (IPTC ninjs 1 to 3),
    `application/vnd.iptc.g2.newsitem+xml` and `application/vnd.iptc.g2.newsmessage+xml` (NewsML-G2),
    `text/vnd.iptc.newsml` (NewsML 1), `application/nitf+xml`. Example: `text/html`.
    """
    charset: str | None = None
    """A hint, verified against the bytes. Example: `windows-1252`."""
    url: str | None = None
    """Where it was fetched. Example: `https://example.com/news/1`."""
    final_url: str | None = None
    """Where it was found after redirects. Example: `https://example.com/news/bridge-reopens`."""
    raw_id: Annotated[str, Field(min_length=1, max_length=512)] | None = None
    """The producer's idempotency key; default: the sha256 of the content. Example: `crawl-7:0001`."""
    source: SourceHint | None = None
    """Hints about the publisher."""
    fetched_at: Instant | None = None
    """When it was fetched; default: the record's timestamp. Example: `2019-03-28T16:00:00Z`."""
    http: HttpHint | None = None
    """The response that brought it."""
    feed_item: FeedItemHint | None = None
    """The feed entry that led to it."""
    title_hint: str | None = None
    """Title candidate. Example: `Bridge reopens after repairs`."""
    published_hint: str | None = None
    """Publication date candidate, as written. Example: `28 March 2019, 15:42`."""
    language_hint: str | None = None
    """Language candidate, BCP 47. Example: `en-GB`."""
    action: Action = Action.UPSERT
    """`delete` is a takedown: `url` or `raw_id`, no content. Example: `upsert`."""
    priority: Priority = Priority.LIVE
    """`backfill` stays out of the freshness figures. Example: `live`."""

    @field_validator("content_base64")
    @classmethod
    def _is_base64(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                base64.b64decode(value, validate=True)
            except binascii.Error as error:
                raise ValueError(f"content_base64 is not base64: {error}") from error
        return value

    @model_validator(mode="after")
    def _has_what_its_action_needs(self) -> Self:
        given = (self.content is not None) + (self.content_base64 is not None)
        if self.action is Action.DELETE:
            if given:
                raise ValueError("a delete carries no content")
            if self.url is None and self.raw_id is None:
                raise ValueError("a delete names a url or a raw_id")
        elif given != 1:
            raise ValueError("exactly one of content and content_base64 is required")
        return self

    def content_bytes(self) -> bytes:
        """The document's bytes; text is encoded as UTF-8 (lone surrogates become U+FFFD); empty for a delete."""
        if self.content_base64 is not None:
            return base64.b64decode(self.content_base64)
        text = self.content or ""
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")
