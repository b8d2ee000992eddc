"""XML of news agencies as a tree: no entity is declared, no DTD is read, nothing is fetched, and size has a limit.

Faults that agencies do make are forgiven: HTML's entity names, a bare ampersand, a control character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any

from lxml import etree

from copydesk.core.errors import Rejected
from copydesk.core.options import ParseOptions
from copydesk.core.text.normalize import normalize_line
from copydesk_schemas.reasons import Code

_BEFORE = re.compile(r"(?:[\ufeff\s]+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*>)*+", re.DOTALL | re.IGNORECASE)
"""What may stand before the first element. A document type with an internal subset is not among it."""
_AMPERSAND = re.compile(r"&(?:#(?:([0-9]{1,8})|[xX]([0-9A-Fa-f]{1,7}));|([A-Za-z][A-Za-z0-9]{0,31});)?")
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_TOO_MUCH = re.compile(r"Excessive depth|too long|[Hh]uge|limit")
_LONG_TAG = 50_000
"""Longer tags are refused: what they hold is attributes or namespaces without number, never an article."""


def read_xml(text: str, options: ParseOptions) -> Any:
    """The root element, all tags without their namespaces.

    Raises:
        Rejected: unsupported_media_type (entities of its own, or no XML at all), oversized (elements, depth).
    """
    start = _BEFORE.match(text)
    text = text[start.end() if start else 0 :]
    if text[:9].upper() == "<!DOCTYPE":
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, "the document declares entities of its own, which no article needs")
    tags = text.count("<")
    if tags > 2 * options.max_html_tags:
        raise Rejected(Code.OVERSIZED, f"the document has {tags} tags; {2 * options.max_html_tags} is the limit")
    _refuse_long_tags(text)
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(_mended(text).encode("utf-8"), parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        facts = "the document is no XML"
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, f"{facts}: {str(error)[:200]}", facts=facts) from error
    if root is None:
        raise Rejected(Code.UNSUPPORTED_MEDIA_TYPE, "the document is no XML")
    for entry in parser.error_log:
        # The rest of such a document is lost to the parser, and half an article must not pass for one.
        if _TOO_MUCH.search(entry.message):
            facts = "the XML is nested too deeply or has too long a part"
            raise Rejected(Code.OVERSIZED, f"{facts}: {entry.message[:100]}", facts=facts)
    for element in root.iter(etree.Element):
        _unprefix(element)
    return root


def _unprefix(element: Any) -> None:
    """Leave the local name as the tag; a prefix that was never declared stands before it."""
    local = element.tag.rpartition("}")[2].rpartition(":")[2]
    try:
        element.tag = local
    except ValueError:  # what is left is no name: of a tag that begins within something else
        element.tag = "unknown"


def _refuse_long_tags(text: str) -> None:
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith(_CDATA, at):
            end = text.find(_CDATA_END, at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
        else:
            end = text.find(">", at)
            if (len(text) if end < 0 else end) - at > _LONG_TAG:
                raise Rejected(Code.OVERSIZED, f"an element has a tag of more than {_LONG_TAG} characters")
        if end < 0:
            return
        at = end + 1


def _mended(text: str) -> str:
    """Text that the parser takes: names of HTML's entities as their characters, other ampersands escaped."""
    text = _UNWANTED.sub("\ufffd", text) if _UNWANTED.search(text) else text
    if "&" not in text:
        return text
    pieces: list[str] = []
    at = 0
    while True:
        raw = text.find(_CDATA, at)
        pieces.append(_AMPERSAND.sub(_reference, text[at : raw if raw >= 0 else len(text)]))
        if raw < 0:
            return "".join(pieces)
        end = text.find(_CDATA_END, raw)
        at = len(text) if end < 0 else end + len(_CDATA_END)
        pieces.append(text[raw:at])


def _reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        # In recovery the parser makes a character of any number, and nothing can decode a surrogate.
        allowed = code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
        return found[0] if allowed else "\ufffd"
    if name is None:
        return "&amp;"
    if name in _PREDEFINED:
        return found[0]
    known = html5.get(f"{name};")
    return known if known is not None and known not in "<&" else f"&amp;{name};"


def line(element: Any) -> str | None:
    """The text of an element on one line; None where it is absent or empty."""
    return None if element is None else normalize_line(" ".join("".join(element.itertext()).split())) or None


def child(element: Any, path: str) -> Any:
    """The first element under a path of tags, or None."""
    return None if element is None else element.find(path)


def children(element: Any, path: str) -> Iterator[Any]:
    """All elements under a path of tags, in order."""
    return iter(()) if element is None else element.iterfind(path)


def attribute(element: Any, name: str) -> str | None:
    """An attribute without outer space; None where it is absent or empty."""
    return None if element is None else (element.get(name) or "").strip() or None


def language_of(element: Any) -> str | None:
    """`xml:lang` of an element."""
    return attribute(element, "{http://www.w3.org/XML/1998/namespace}lang")
