"""Markdown (CommonMark 0.31 with tables) as blocks of clean text, each with its pictures and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from copydesk.core.envelope import web_url
from copydesk.core.formats.fragment import read_fragment
from copydesk.core.lines.captions import split_credit
from copydesk.core.options import ParseOptions
from copydesk.core.text.normalize import normalize_line
from copydesk_schemas.parts import Link, Media
from copydesk_schemas.reasons import LinkRel

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_MAX_HTML_BLOCKS = 500
_MENU = 3
"""So many paragraphs in a row of nothing but links are a menu, or lead to other stories."""
_CAPTION_CHARS = 500
_SHORTCODE = re.compile(r"\{\{[<%][^{}\n]{0,500}[>%]\}\}|\{%[^{}\n]{0,500}%\}")
_FOOTNOTE = re.compile(r"\[\^[\w\-]{1,30}\]:?")


@dataclass(slots=True)
class Block:
    """A paragraph, heading, item or row. `level` is that of a heading, else 0."""

    text: str
    level: int = 0
    media: list[Media] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    emphasised: bool = False
    """All of it is emphasised."""
    linked: bool = False
    """All of it is links."""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable("table")


def read_blocks(text: str, base: str | None, options: ParseOptions) -> list[Block]:
    """The blocks of a text in order, captions with their pictures, menus without their words.

    Args:
        text: Markdown without front matter; its size is the caller's to bound.
        base: address that relative ones are resolved with.
        options: limits of the HTML in it.
    """
    blocks = list(_blocks(_parser().parse(_SHORTCODE.sub(" ", text)), base, options))
    _take_captions(blocks)
    for menu, run in groupby(blocks, lambda block: block.linked and not block.level):
        items = list(run)
        for block in items if menu and len(items) >= _MENU else ():
            block.text = ""
            block.links = [Link(url=link.url, text=link.text, rel=LinkRel.RELATED) for link in block.links]
    return blocks


def absolute(address: str | None, base: str | None) -> str | None:
    """A web address from one that may be relative, or None."""
    if not address or address.startswith(("#", "data:")):
        return None
    return web_url(address, base)


def _blocks(tokens: list[Token], base: str | None, options: ParseOptions) -> Iterator[Block]:
    level, html_blocks = 0, 0
    row: list[Block] | None = None
    for token in tokens:
        match token.type:
            case "heading_open":
                level = int(token.tag[1:])
            case "heading_close":
                level = 0
            case "tr_open":
                row = []
            case "tr_close":
                cells, row = row or [], None
                text = " | ".join(cell.text for cell in cells if cell.text)
                yield Block(text, links=[link for cell in cells for link in cell.links])
            case "inline":
                block = _inline(token, base)
                block.level = level
                if row is not None:
                    row.append(block)
                elif block.text or block.media:
                    yield block
            case "fence" | "code_block":
                yield Block(normalize_line(token.content))
            case "html_block":
                html_blocks += 1
                if html_blocks <= _MAX_HTML_BLOCKS and not token.content.lstrip().startswith("<!--"):
                    body, media, links = read_fragment(token.content, base, options)
                    yield Block(body, media=media, links=links)


def _inline(token: Token, base: str | None) -> Block:
    """The text of inline content, with its pictures and links."""
    parts = token.children or []
    pieces: list[str] = []
    plain: list[str] = []
    unlinked: list[str] = []
    media: list[Media] = []
    links: list[Link] = []
    href: str | None = None
    words: list[str] = []
    depth = 0
    alone = all(part.type in {"image", "em_open", "em_close"} or not part.content.strip() for part in parts)
    for part in parts:
        text = ""
        match part.type:
            case "text" | "code_inline" | "text_special":
                text = part.content
            case "softbreak" | "hardbreak":
                text = " "
            case "html_inline":
                text = " " if part.content.lower().startswith("<br") else ""
            case "image":
                media += _image(part, base, alone=alone)
            case "em_open" | "strong_open":
                depth += 1
            case "em_close" | "strong_close":
                depth -= 1
            case "link_open":
                href, words = str(part.attrs.get("href", "")), []
            case "link_close":
                url, said = absolute(href, base), normalize_line("".join(words))
                if url and said:
                    links.append(Link(url=url, text=said[:300], rel=LinkRel.BODY))
                href = None
        if text:
            pieces.append(text)
            (words if href is not None else unlinked).append(text)
            if depth == 0:
                plain.append(text)
    text = normalize_line(_FOOTNOTE.sub("", "".join(pieces)))
    said_plainly, said_unlinked = ("".join(some).strip(" |·•/>") for some in (plain, unlinked))
    return Block(
        text,
        media=media,
        links=links,
        emphasised=bool(text) and not said_plainly,
        linked=bool(text) and not said_unlinked,
    )


def _image(part: Token, base: str | None, *, alone: bool) -> list[Media]:
    """A picture. What it shows is said by its title, or by its alternative text where it stands alone."""
    url = absolute(str(part.attrs.get("src", "")), base)
    said = str(part.attrs.get("title") or "") or (part.content if alone else "")
    caption, credit = split_credit(normalize_line(said[:2000]))
    return [Media(url=url, caption=caption or None, credit=credit)] if url else []


def _take_captions(blocks: list[Block]) -> None:
    """Emphasised words in a picture's own paragraph, or the emphasised paragraph below it, are its caption."""
    for number, block in enumerate(blocks):
        below = blocks[number + 1] if number + 1 < len(blocks) else block
        said = block if block.emphasised else below if not block.text else None
        if block.media and said is not None and said.emphasised and not said.level and len(said.text) <= _CAPTION_CHARS:
            caption, credit = split_credit(said.text)
            last = block.media[-1]
            block.media[-1] = last.model_copy(update={"caption": caption or None, "credit": credit or last.credit})
            said.text = ""
