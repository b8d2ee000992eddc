"""What a document is, from its bytes and text; the claimed media type only decides what the text leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from copydesk.core.errors import Rejected
from copydesk.core.formats.markdown_marks import markdown_marks
from copydesk.core.structured.json_text import load_json
from copydesk_schemas.reasons import Code


class Format(StrEnum):
    """Formats that the parse stage reads."""

    HTML = "html"
    TEXT = "text"
    RSS = "rss"
    ATOM = "atom"
    JSON_FEED = "json_feed"
    JSON_LD = "json_ld"
    MARKDOWN = "markdown"
    NINJS = "ninjs"
    NEWSML_ITEM = "newsml_item"
    NEWSML_MESSAGE = "newsml_message"
    NEWSML_1 = "newsml_1"
    NITF = "nitf"


_MEDIA_TYPES = {
    Format.HTML: "text/html",
    Format.TEXT: "text/plain",
    Format.RSS: "application/rss+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON_FEED: "application/feed+json",
    Format.JSON_LD: "application/ld+json",
    Format.MARKDOWN: "text/markdown",
    Format.NINJS: "application/ninjs+json",  # none is registered
    Format.NEWSML_ITEM: "application/vnd.iptc.g2.newsitem+xml",
    Format.NEWSML_MESSAGE: "application/vnd.iptc.g2.newsmessage+xml",
    Format.NEWSML_1: "text/vnd.iptc.newsml",
    Format.NITF: "application/nitf+xml",
}
_GENERIC = {"application/octet-stream", "binary/octet-stream", "application/unknown", "*/*", "text/*"}
_XML_TYPES = {"text/xml", "application/xml"}
_JSON_TYPES = {"application/json", "text/json"}
_MARKDOWN_TYPES = {"text/markdown", "text/x-markdown"}
_NEWSML_TYPES = {
    "application/vnd.iptc.g2.newsitem+xml", "application/vnd.iptc.g2.newsmessage+xml",
    "application/vnd.iptc.g2.packageitem+xml", "application/newsml+xml", "application/newsml-g2+xml",
}  # fmt: skip
_NITF_TYPES = {"application/nitf+xml", "application/vnd.iptc.nitf+xml", "text/vnd.iptc.nitf", "text/nitf"}
CLAIMS: dict[Format, set[str]] = {
    Format.HTML: {"text/html", "application/xhtml+xml", *_XML_TYPES},
    Format.TEXT: {"text/plain", *_MARKDOWN_TYPES},
    Format.RSS: {"application/rss+xml", "application/rdf+xml", "text/rss+xml", *_XML_TYPES},
    Format.ATOM: {"application/atom+xml", *_XML_TYPES},
    Format.JSON_FEED: {"application/feed+json", *_JSON_TYPES},
    Format.JSON_LD: {"application/ld+json", *_JSON_TYPES},
    # Files of Markdown are mostly served as plain text, which is no lie.
    Format.MARKDOWN: {"text/plain", *_MARKDOWN_TYPES},
    Format.NINJS: {"application/ninjs+json", "application/vnd.iptc.ninjs+json", *_JSON_TYPES},
    Format.NEWSML_ITEM: {*_NEWSML_TYPES, *_XML_TYPES},
    Format.NEWSML_MESSAGE: {*_NEWSML_TYPES, *_XML_TYPES},
    Format.NEWSML_1: {"text/vnd.iptc.newsml", "application/newsml+xml", *_XML_TYPES},
    Format.NITF: {*_NITF_TYPES, *_XML_TYPES},
}
"""Media types under which a document of each format may be sent; any other is a lie."""
_SPECIFIC = {
    Format.HTML: {"text/html", "application/xhtml+xml"},
    Format.RSS: {"application/rss+xml", "application/rdf+xml", "text/rss+xml"},
}
"""Claims that say more than the media type of the format."""

_MAGIC = (
    (b"%PDF-", "a PDF", "send its text, or the HTML page"),
    (b"PK\x03\x04", "a zip archive or office document", "send its text"),
    (b"\x1f\x8b", "gzip-compressed", "decompress it before sending"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", "decompress it before sending"),
    (b"\xd0\xcf\x11\xe0", "an old office document", "send its text"),
    (b"{\\rtf", "RTF", "send its text"),
    (b"\x89PNG", "a PNG image", "images are no articles"),
    (b"\xff\xd8\xff", "a JPEG image", "images are no articles"),
    (b"GIF8", "a GIF image", "images are no articles"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)", "media files are no articles"),
    (b"\x00\x00\x00\x1cftyp", "an MP4 file", "media files are no articles"),
    (b"\x00\x00\x00\x20ftyp", "an MP4 file", "media files are no articles"),
    (b"ID3", "an MP3 file", "media files are no articles"),
    (b"OggS", "an Ogg file", "media files are no articles"),
    (b"\x7fELF", "a program", "programs are no articles"),
    (b"SQLite format 3", "a database", "databases are no articles"),
    (b"wOF2", "a font", "fonts are no articles"),
    (b"BZh", "bzip2-compressed", "decompress it before sending"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "send its text"),
)
_PROLOGUE = re.compile(
    r"\A(?:[\ufeff\s]+|<\?xml\b[^>]{0,500}\?>|<\?[^>]{0,2000}\?>|<!--(?:(?!-->).){0,20000}-->)*", re.DOTALL
)
_ROOT = re.compile(r"<(?!!)(?:([A-Za-z_][\w.\-]*):)?([A-Za-z_][\w.\-]*)")
_DOCTYPE = re.compile(r"<!DOCTYPE\s+(?:([\w.\-]+):)?([\w.\-]+)", re.IGNORECASE)
_MARKUP = re.compile(
    r"</(?:p|div|body|html|head|article|section|span|table|ul|h[1-6]|a|b|strong|em|blockquote)\s*>|<br\s*/?>"
    r"|<meta\s|<link\s|<img\s",
    re.IGNORECASE,
)
_HTML_ROOTS = {
    "html", "head", "body", "div", "article", "section", "main", "p", "h1", "h2", "h3", "table", "ul", "ol", "span",
    "meta", "title", "link", "script", "style", "header", "nav", "a", "img", "br", "center", "font", "blockquote",
    "figure", "strong", "b", "em", "i",
}  # fmt: skip
_NEWS_XML = {
    "newsitem": Format.NEWSML_ITEM,
    "packageitem": Format.NEWSML_ITEM,
    "newsmessage": Format.NEWSML_MESSAGE,
    "newsml": Format.NEWSML_1,
    "nitf": Format.NITF,
}
_KNOWN_XML = {
    "svg": "an SVG drawing",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap index",
    "opml": "an OPML list of feeds",
}
_NINJS_KEYS = frozenset(
    {
        "uri", "headline", "headlines", "body_html", "body_xhtml", "body_text", "bodies", "versioncreated",
        "firstcreated", "pubstatus", "representationtype",
    }
)  # fmt: skip
_READ = "send HTML, text, Markdown, a feed, JSON-LD, ninjs, NewsML or NITF"
_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|NewsStory)\Z")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a document is. `data` is the parsed JSON of JSON formats, so that it is parsed once."""

    format: Format
    media_type: str
    mismatch: bool
    reason: str
    data: Any = None


def refuse_binary(content: bytes) -> None:
    """Refuse what is known by its first bytes not to be text.

    Raises:
        Rejected: unsupported_media_type, with what it is and what to do.
    """
    head = content[:32].lstrip(b"\r\n\t ")
    for magic, name, advice in _MAGIC:
        if head.startswith(magic) and (not magic.isalnum() or not content[:2048].isascii()):
            raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, f"the document is {name}: {advice}")


def sniff(text: str, claimed: str | None = None) -> Sniffed:
    """The format of a document.

    Args:
        text: the decoded document.
        claimed: its media type as the producer says, without parameters.

    Raises:
        Rejected: unsupported_media_type.
    """
    found, reason, data = _format(text, claimed)
    return Sniffed(
        format=found,
        media_type=claimed if claimed and claimed in _SPECIFIC.get(found, ()) else _MEDIA_TYPES[found],
        mismatch=claimed is not None and claimed not in _GENERIC and claimed not in CLAIMS[found],
        reason=reason,
        data=data,
    )  # fmt: skip


def _format(text: str, claimed: str | None) -> tuple[Format, str, Any]:
    start = _PROLOGUE.match(text)
    at = start.end() if start else 0
    head = text[at : at + 2048]
    if head[:1] in {"{", "["}:
        data = load_json(text)
        if isinstance(data, dict | list):
            return (*_json_format(data), data)
    doctype = _DOCTYPE.match(head)
    root = _ROOT.search(head) if doctype else _ROOT.match(head)
    name = (doctype[2] if doctype else root[2] if root else "").lower()
    declared_xml = text[:200].lstrip("\ufeff \r\n\t").startswith("<?xml")
    if name == "rss" or (name == "rdf" and "purl.org/rss/1.0" in text[:4096]):
        return Format.RSS, f"the root element is {name}", None
    if name == "feed":
        return Format.ATOM, "the root element is feed", None
    if name in _HTML_ROOTS and not (declared_xml and name not in {"html", "body", "div", "article"}):
        strong = name == "html" or claimed in CLAIMS[Format.HTML] or len(_MARKUP.findall(text[:200_000])) >= 2
        if strong:
            return Format.HTML, f"it begins with <{name}>", None
    elif name in _NEWS_XML:
        return _NEWS_XML[name], f"the root element is {root[2][:40] if root else name}", None
    elif name in _KNOWN_XML:
        message = f"the document is {_KNOWN_XML[name]}, which is not read; {_READ}"
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, message)
    elif declared_xml and root:
        message = f"XML with the root element {root[2][:40]}, which is not read; {_READ}"
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, message, facts=f"XML with a root element that is not read; {_READ}")
    says_markdown = claimed in _MARKDOWN_TYPES
    marked = markdown_marks(text, claimed=says_markdown)
    if marked.front_matter or (says_markdown and marked.total):
        return Format.MARKDOWN, f"Markdown: {marked}", None
    marks = len(_MARKUP.findall(text[:200_000]))
    if marks >= 1 and claimed in CLAIMS[Format.HTML]:
        return Format.HTML, f"claimed, and {marks} marks of markup bear it out", None
    # Text that shows a tag or two stays text; a page without its head has many in proportion to its lines.
    if marks >= 5 and marks * 2 >= text.count("\n", 0, 200_000):
        return Format.HTML, f"{marks} marks of markup", None
    if marked.clear:
        return Format.MARKDOWN, f"Markdown: {marked}", None
    return Format.TEXT, "no markup to speak of", None


def _json_format(data: dict[str, Any] | list[Any]) -> tuple[Format, str]:
    if isinstance(data, dict):
        if "jsonfeed.org/version" in str(data.get("version", ""))[:80]:
            return Format.JSON_FEED, "its version names JSON Feed"
        if "@type" not in data and _is_ninjs(data):
            return Format.NINJS, "it has the keys of ninjs"
    if any(_is_article(node) for node in _nodes(data)):
        return Format.JSON_LD, "JSON-LD with an article"
    raise Rejected(
        Code.UNSUPPORTED_MEDIA_TYPE,
        "JSON, but no envelope (no content, content_base64 or action), JSON Feed, JSON-LD article or ninjs",
    )


def _is_ninjs(data: dict[str, Any]) -> bool:
    """Whether it names the standard, or has two keys of it at least."""
    standard = data.get("standard") or data.get("$standard")
    named = isinstance(standard, dict) and "ninjs" in str(standard.get("name", ""))[:40].lower()
    return (named and "uri" in data) or sum(key.lower() in _NINJS_KEYS for key in data) >= 2


def _nodes(data: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
    top = data if isinstance(data, list) else [data]
    nodes = [node for node in top if isinstance(node, dict)]
    for node in list(nodes):
        graph = node.get("@graph")
        nodes += [child for child in (graph if isinstance(graph, list) else []) if isinstance(child, dict)]
    return nodes


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(isinstance(k, str) and _ARTICLE_TYPE.search(k) for k in (kinds if isinstance(kinds, list) else [kinds]))
