"""A fragment of HTML, as feeds carry it, as plain paragraphs: nothing of its text is judged away."""

from __future__ import annotations

from typing import Any

from lxml.etree import iterwalk

from copydesk.core.formats.extraction import lighten, parse_html
from copydesk.core.formats.guard import guard_html
from copydesk.core.options import ParseOptions
from copydesk.core.structured.links import body_links
from copydesk.core.structured.media import take_figures
from copydesk.core.text.normalize import normalize_body, normalize_line
from copydesk_schemas.parts import Link, Media

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2",
        "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
        "table", "tr", "ul",
    }
)  # fmt: skip
_CREDIT_CHARS = 100
"""Words that stay beside a picture, without its caption, are its credit; more are a paragraph."""
_PROSE = 80
"""Characters from which on a paragraph is prose."""


def read_fragment(
    markup: str, base: str | None, options: ParseOptions, *, page: bool = False
) -> tuple[str, list[Media], list[Link]]:
    """Body, media and links of a fragment; text without markup comes back as it is.

    Args:
        markup: HTML.
        base: address that relative ones are resolved with.
        options: limits.
        page: whether it may be an article's whole page, whose title and header say what metadata say already.

    Raises:
        Rejected: oversized.
    """
    if "<" not in markup:
        return normalize_body(markup), [], []
    tree = parse_html(f"<div>{guard_html(markup, options).html}</div>")
    if tree is None:
        return "", [], []
    lighten(tree)
    if page:
        _drop_header(tree)
    media = take_figures(tree, base)
    for figure in list(tree.iter("figure")):
        # What is left beside the picture is its credit.
        pictured = next(figure.iter("img", "video", "audio"), None) is not None
        if pictured and len(normalize_line(figure.text_content())) <= _CREDIT_CHARS:
            figure.drop_tree()
    found: list[str] = []
    pending: list[str] = []
    _gather(tree, pending, found)
    _flush(pending, found)
    body = normalize_body("\n\n".join(found))
    return body, media, body_links(tree, body, base)


def _drop_header(tree: Any) -> None:
    """Take out the page's head and the article's header, but for prose in it: a lead may stand there."""
    for element in list(tree.iter("head", "title")):
        element.drop_tree()
    for header in list(tree.iter("header")):
        prose = {part for part in header.iter("p") if len(normalize_line(part.text_content())) >= _PROSE}
        for part in list(header):
            if not any(inner in prose for inner in part.iter("p")):
                part.drop_tree()


def _gather(tree: Any, pending: list[str], found: list[str]) -> None:
    """Collect inline text until a block begins or ends. Walks without recursion: fragments may be deep."""
    for event, element in iterwalk(tree, events=("start", "end")):
        block = element.tag in _BLOCKS
        if event == "start":
            if block or element.tag == "br":
                _flush(pending, found)
            pending.append(element.text or "")
        else:
            if block:
                _flush(pending, found)
            pending.append(element.tail or "")


def _flush(pending: list[str], found: list[str]) -> None:
    text = normalize_line("".join(pending))
    pending.clear()
    if text:
        found.append(text)
