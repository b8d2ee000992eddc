"""The text within an item of NewsML, 1 or G2: NITF or HTML in place, or either as data."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from lxml import etree

from copydesk.core.document import Draft, RawDocument
from copydesk.core.formats.fragment import read_fragment
from copydesk.core.formats.nitf import fill_from_nitf, refuse_unpublishable
from copydesk.core.formats.xml_tree import children
from copydesk.core.options import ParseOptions
from copydesk.core.text.normalize import normalize_body

_HTML_TAGS = frozenset({"html", "body", "article", "div", "section", "p"})


def read_inline(draft: Draft, inline: Any, document: RawDocument, options: ParseOptions) -> str | None:
    """Fill a draft from NITF or HTML within an element; what it was, for a person, or None without text.

    Raises:
        Rejected: withheld, by the head of the NITF.
    """
    for root in children(inline, "nitf"):
        refuse_unpublishable(root, document)
        own = draft.language_claims
        fill_from_nitf(draft, root, document, options)
        draft.language_claims = list(dict.fromkeys([*own, *draft.language_claims]))
        if draft.body:
            return "nitf"
    if any(root.tag in _HTML_TAGS for root in inline):
        _read_html(draft, _markup(inline), options)
        if draft.body:
            return "html"
    return None


def read_data(
    draft: Draft, inline: Any, kind: str | None, options: ParseOptions, *, packed: bool = False
) -> str | None:
    """Fill a draft from the text of an element; what it was, for a person, or None without text.

    Args:
        draft: its body, media and links are set.
        inline: the element.
        kind: media type, where it is stated.
        options: limits.
        packed: whether it is in base64.
    """
    data = "".join(inline.itertext())
    if packed:
        data = _decoded(data)
    kind = (kind or "").lower()
    if "html" in kind or (not kind and "</" in data):
        _read_html(draft, data, options)
    elif not kind or kind.startswith("text/"):
        draft.body = normalize_body(data)
    return f"data of the type {kind or 'unknown'}" if draft.body else None


def _decoded(data: str) -> str:
    try:
        return base64.b64decode(data, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _markup(inline: Any) -> str:
    """The children of an element as HTML, a page's head left out."""
    parts = []
    for root in inline:
        body = root.find("body") if root.tag == "html" else root
        if body is not None:
            body.tag = "div" if body.tag == "body" else body.tag
            parts.append(etree.tostring(body, method="html", encoding="unicode", with_tail=False))
    return "".join(parts)


def _read_html(draft: Draft, markup: str, options: ParseOptions) -> None:
    draft.body, draft.media, draft.links = read_fragment(markup, draft.url, options, page=True)
