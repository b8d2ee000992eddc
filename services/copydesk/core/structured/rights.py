"""Rights: holder, licence, notice, and whether text and data mining is reserved.

What is read as a reservation, best first:

- TDM Reservation Protocol (W3C community group report, 2024): `tdm-reservation` as meta element, then as HTTP header; 1
  reserves, 0 does not. `tdm-policy` alone says on what terms a reservation may be lifted, and makes none.
- `noai` among the directives of robots metadata or of `X-Robots-Tag`. It asks that a page be left out of data sets for
  machine learning: a reservation that a machine can read, in the sense of article 4 (3) of directive (EU) 2019/790.

What is not: `noimageai`, which is about pictures alone; `noindex`, `nosnippet` and `noarchive`, which are about search;
directives for one named robot; robots.txt, which is no part of a page.
"""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.core.envelope import web_url
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk_schemas.parts import Rights
from copydesk_schemas.raw import HttpHint
from copydesk_schemas.reasons import FoundIn

_NOTICES = ("dcterms.rights", "dc.rights", "copyright", "rights", "dcterms.rightsholder")
_NOTICE_CHARS = 500
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
"""Directives of X-Robots-Tag that have a value: before any other colon stands a robot's name."""


def read_rights(page: PageData, http: HttpHint | None, base: str | None = None) -> tuple[Rights, FoundIn] | None:
    """What the page and its response say about rights, and where most of it stands; None where they say nothing."""
    article = page.jsonld
    holders = article.nodes(article.article.get("copyrightHolder"))
    stated = text_of(article.article.get("license"))
    linked = next((url for href in page.links.get("license", ()) if (url := web_url(href, base))), None)
    notice = article.text("copyrightNotice")
    reserved, where = _reservation(page, http)
    rights = Rights(
        copyright_holder=next((name for holder in holders if (name := text_of(holder))), None),
        license=stated or linked,
        notice=(notice or page.first(*_NOTICES) or "")[:_NOTICE_CHARS] or None,
        tdm_reserved=reserved,
    )
    if rights == Rights():
        return None
    from_jsonld = rights.copyright_holder is not None or stated is not None or notice is not None
    only_reserved = rights == Rights(tdm_reserved=reserved)
    return rights, FoundIn.JSONLD if from_jsonld else where if only_reserved and where else FoundIn.META


def _reservation(page: PageData, http: HttpHint | None) -> tuple[bool | None, FoundIn | None]:
    headers = [(name.strip().lower(), value) for name, value in (http.headers if http else {}).items()]
    said = [(page.first("tdm-reservation"), FoundIn.META)]
    said += [(value, FoundIn.HEADER) for name, value in headers if name == "tdm-reservation"]
    for value, where in said:
        reserved = {"1": True, "0": False}.get(value.strip()) if value is not None else None
        if reserved is not None:
            return reserved, where
    if any(directive == "noai" for content in page.meta.get("robots", ()) for directive in _directives(content)):
        return True, FoundIn.META
    tags = (value for name, value in headers if name == "x-robots-tag")
    if any(directive == "noai" for value in tags for directive in _directives(value)):
        return True, FoundIn.HEADER
    return None, None


def _directives(value: str) -> Iterator[str]:
    """Directives that hold for every robot; a robot's name counts for those that follow it."""
    named = False
    for part in value.lower().split(","):
        before, colon, _ = part.partition(":")
        named = named or bool(colon and before.strip() not in _VALUED)
        if not named:
            yield part.strip()
