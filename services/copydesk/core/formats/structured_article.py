"""A bare JSON-LD NewsArticle document: the metadata of a page without the page."""

from __future__ import annotations

from typing import Any

from copydesk import __version__
from copydesk.core.document import Draft, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.fragment import read_fragment
from copydesk.core.options import ParseOptions
from copydesk.core.structured.jsonld import from_values
from copydesk.core.structured.metadata import fill
from copydesk.core.structured.page import PageData
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.reasons import Code, FoundIn


def json_ld_draft(data: Any, document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE) -> Draft:
    """The article that a JSON-LD document describes.

    Raises:
        Rejected: no_text, where it describes one without its text.
    """
    page = PageData(jsonld=from_values(data if isinstance(data, list) else [data]))
    url = document.final_url or document.url
    stated = page.jsonld.article.get("url")
    draft = Draft(content=document.content, url=url or (stated if isinstance(stated, str) else None))
    fill(draft, page, document, url=draft.url, tree=None, trace=trace)
    text = page.jsonld.article.get("articleBody")
    if isinstance(text, list):
        text = "\n\n".join(part for part in text if isinstance(part, str))
    if not isinstance(text, str) or not text.strip():
        raise Rejected(Code.NO_TEXT, "the JSON-LD document has no articleBody")
    draft.body, media, draft.links = read_fragment(text, draft.url, options)
    draft.media.extend(media)
    draft.took("body", "structured_data", __version__, FoundIn.JSONLD, 0.95)
    if draft.media:
        draft.took("media", "structured_data", __version__, FoundIn.JSONLD, 0.9)
    return draft
