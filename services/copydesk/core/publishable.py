"""The last look at small parts of an article before they are published: plain text in normal form, and web addresses.

Title, body and their like are normalised where they are found. Names, credits, notices and dates as written come from
many places, some of them from the producer; here they all pass one gate, so that the contract's word on them holds.
"""

from __future__ import annotations

import re
from typing import TypeVar

from copydesk.core.document import Draft
from copydesk.core.envelope import is_web_url
from copydesk.core.text.normalize import normalize_line
from copydesk_schemas.base import Record
from copydesk_schemas.parts import DateCandidate, Link

P = TypeVar("P", bound=Record)

_ACTIVE = re.compile(r"\s*(?:javascript|vbscript|data|file|blob)\s*:", re.IGNORECASE)


def clean_line(text: str | None) -> str | None:
    """Normal form on one line; None where nothing is left."""
    if text is None or (text.isascii() and text.isprintable() and text == text.strip() and "  " not in text):
        return text or None
    return normalize_line(text) or None


def web_address(url: str | None) -> str | None:
    """An absolute http(s) address, else None."""
    return url if url is not None and is_web_url(url) else None


def clean_part(part: P) -> P:
    """A part whose strings are lines, but for its `url` and `feed_url`, which are addresses."""
    update: dict[str, str | None] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if type(value) is not str:  # enums are the service's own words
            continue
        clean = web_address(value) if name in {"url", "feed_url"} else clean_line(value)
        if clean != value:
            update[name] = clean
    return part.model_copy(update=update) if update else part


def make_publishable(draft: Draft) -> None:
    """Clean the parts of a draft in place; what has nothing left to say goes."""
    draft.url = web_address(draft.url)
    draft.authors = [author for one in draft.authors if (author := clean_part(one)).name]
    draft.media = [media for one in draft.media if (media := clean_part(one)).url or media.caption]
    draft.links = [clean_part(link) for link in draft.links if not _is_active(link)]
    if draft.syndicated_from is not None:
        credit = clean_part(draft.syndicated_from)
        draft.syndicated_from = credit if credit.name or credit.url else None
    if draft.rights is not None:
        rights = clean_part(draft.rights)
        if rights.license and _ACTIVE.match(rights.license):
            rights = rights.model_copy(update={"license": None})
        draft.rights = rights


def clean_candidate(candidate: DateCandidate) -> DateCandidate:
    """A date as written, on one line."""
    raw = clean_line(candidate.raw) or ""
    return candidate if raw == candidate.raw else candidate.model_copy(update={"raw": raw})


def _is_active(link: Link) -> bool:
    """Whether a link has an address that is no web address; one without any keeps its words."""
    return link.url is not None and web_address(link.url) is None
