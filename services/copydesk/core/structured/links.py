"""Links that stand in the body: those whose paragraph the extraction kept."""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from copydesk.core.envelope import web_url
from copydesk.core.text.normalize import normalize_line
from copydesk_schemas.parts import Link
from copydesk_schemas.reasons import LinkRel

_MAX_LINKS = 300
_MAX_ANCHORS = 5_000
"""How many are looked at: each is searched for in the body."""
_BLOCKS = frozenset(
    {
        "p", "li", "blockquote", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section",
        "article", "main", "body", "figcaption", "pre",
    }
)  # fmt: skip


def body_links(tree: HtmlElement, body: str, base: str | None) -> list[Link]:
    """Links of the body in order, addresses absolute, without repeats, at most 300.

    A link belongs to the body when the text of its paragraph does: extraction keeps or drops whole paragraphs.
    """
    found: dict[tuple[str, str | None], Link] = {}
    known: dict[object, bool] = {}
    lines = body.replace("\n\n", "\n")
    for anchor in islice(tree.iter("a"), _MAX_ANCHORS):
        href = (anchor.get("href") or "").strip()
        if not href or href[0] == "#" or href[:11].lower() in {"javascript:", "mailto:", "tel:"}:
            continue
        text = normalize_line("".join(anchor.itertext()) if len(anchor) else anchor.text or "")
        if not text or text not in lines:
            continue
        block = next((p for p in anchor.iterancestors() if p.tag in _BLOCKS), None)
        if block is None:
            continue
        if block not in known:
            own = normalize_line(" ".join("".join(block.itertext()).split())) if len(block) < 200 else ""
            known[block] = len(own) >= 25 and own in lines
        if not known[block]:
            continue
        url = web_url(href, base)
        if url is not None and (url, text) not in found:
            found[url, text] = Link(url=url, text=text[:300], rel=LinkRel.BODY)
            if len(found) >= _MAX_LINKS:
                break
    return list(found.values())
