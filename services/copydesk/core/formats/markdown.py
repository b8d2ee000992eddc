"""Markdown (CommonMark with tables) as an article: front matter and first heading into fields, the rest as clean text.

Source: CommonMark 0.31; front matter as Jekyll, Hugo and their like write it.
"""

from __future__ import annotations

from copydesk import __version__
from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.envelope import is_web_url
from copydesk.core.errors import Rejected
from copydesk.core.formats import iptc
from copydesk.core.formats.front_matter import FrontMatter, read_front_matter
from copydesk.core.formats.markdown_blocks import Block, absolute, read_blocks
from copydesk.core.lines.byline import read_byline
from copydesk.core.lines.patterns import DATE, date_share
from copydesk.core.options import ParseOptions
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_body
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Media
from copydesk_schemas.reasons import Code, DateRole, Flag, FoundIn

_EXTRACTOR = "markdown"
MAX_CHARS = 600_000
"""Characters that are read, a little more than the longest body; what follows is cut with the flag truncated."""
_HEADER_LINES = 3
_PROSE = 80
"""Characters from which on a paragraph is prose."""
_HEADER_CHARS = 150
_TITLES = ("title", "headline")
_SUBTITLES = ("subtitle", "subhead", "deck", "lead", "lede")
_DESCRIPTIONS = ("description", "summary", "excerpt", "abstract", "dek")
_AUTHORS = ("authors", "author", "byline", "by")
_SECTIONS = ("section", "category", "categories")
_TAGS = ("tags", "keywords", "topics")
_YES = frozenset({"true", "yes", "on", "1", "y"})
_NO = frozenset({"false", "no", "off", "0", "n"})
_ADDRESSES = ("canonical_url", "canonicalurl", "canonical", "canonical_link", "permalink", "url")
_LANGUAGES = ("lang", "language", "locale")
_PICTURES = ("image", "cover_image", "cover", "featured_image", "hero_image", "thumbnail", "images", "coverimage")
_PUBLISHED = (
    "date",
    "published",
    "published_at",
    "publishdate",
    "publish_date",
    "date_published",
    "pubdate",
    "created",
)
_MODIFIED = ("lastmod", "last_modified", "last_modified_at", "modified", "updated", "updated_at", "date_modified")
_SURE = {
    "title": 0.95, "subtitle": 0.9, "description": 0.9, "authors": 0.9, "section": 0.8, "tags": 0.85, "rights": 0.8,
    "syndicated_from": 0.7,
}  # fmt: skip


def markdown_draft(text: str, document: RawDocument, options: ParseOptions, *, trace: Trace = NO_TRACE) -> Draft:
    """The article of a Markdown document.

    Raises:
        Rejected: oversized (links without number), withheld (marked as a draft), no_text.
    """
    head, text = read_front_matter(text)
    if _says(head, "draft") in _YES or _says(head, "published") in _NO or _says(head, "status") == "draft":
        raise Rejected(Code.WITHHELD, "its front matter says that it is a draft")
    draft = Draft(content=document.content)
    if len(text) > MAX_CHARS:
        text = text[:MAX_CHARS]
        draft.flags.add(Flag.TRUNCATED)
    brackets = text.count("[")
    if brackets > 2 * options.max_html_links:
        limit = 2 * options.max_html_links
        raise Rejected(Code.OVERSIZED, f"the text has {brackets} opening brackets; the limit is {limit}")
    stated = next((url for key in _ADDRESSES for url in head.get(key, ()) if is_web_url(url)), None)
    iptc.take_address(draft, document.final_url or document.url, stated)
    blocks = read_blocks(text, draft.url, options)
    _take_head(draft, head, document)
    _take_title(draft, blocks, trace)
    _take_header_lines(draft, blocks, trace)
    draft.media += [media for block in blocks for media in block.media]
    draft.media = iptc.merge_media([], draft.media)
    draft.body = normalize_body("\n\n".join(block.text for block in blocks if block.text))
    links = {(link.url, link.text): link for block in blocks for link in block.links}
    draft.links = list(links.values())[: iptc.MAX_LINKS]
    if not any(block.text and not block.level for block in blocks):
        raise Rejected(Code.NO_TEXT, "the Markdown document has no text below its headings")
    iptc.take_dateline(draft, None, None)
    sure = {"body": 0.9, "media": 0.85, "links": 0.9, "dateline": 0.7}
    iptc.note_all(draft, _EXTRACTOR, sure, FoundIn.TEXT)
    return draft


def _value(head: FrontMatter, *keys: str) -> str | None:
    return next((head[key][0] for key in keys if key in head), None)


def _says(head: FrontMatter, key: str) -> str | None:
    value = _value(head, key)
    return value.lower() if value else None


def _take_head(draft: Draft, head: FrontMatter, document: RawDocument) -> None:
    draft.title = _value(head, *_TITLES)
    draft.subtitle = _value(head, *_SUBTITLES)
    draft.description = _value(head, *_DESCRIPTIONS)
    draft.section = _value(head, *_SECTIONS)
    words = next((head[key] for key in _TAGS if key in head), [])
    draft.tags = iptc.tags_of(words if len(words) > 1 else (words[0].split(",") if words else []))
    draft.language_claims = iptc.claims_of(_value(head, *_LANGUAGES), document.language_hint)
    iptc.take_source(draft, document, None)
    bylines = next((head[key] for key in _AUTHORS if key in head), [])
    iptc.take_credits(draft, bylines)
    for keys, role in ((_PUBLISHED, DateRole.PUBLISHED), (_MODIFIED, DateRole.MODIFIED)):
        for key in keys:
            raw = _value(head, key)
            if raw and any(character.isdigit() for character in raw):
                draft.dates.append(iptc.found_date(raw, role, f"front-matter:{key}", 0.9))
    draft.rights = iptc.rights_of(None, _value(head, "license", "licence"), _value(head, "copyright", "rights"))
    pictures = [url for key in _PICTURES for one in head.get(key, ()) if (url := absolute(one, draft.url))]
    draft.media = [Media(url=url) for url in pictures[:1]]
    iptc.note_all(draft, _EXTRACTOR, _SURE, FoundIn.META)


def _take_title(draft: Draft, blocks: list[Block], trace: Trace) -> None:
    """The first heading of the first level, or one that opens the document, unless the front matter has a title.

    What stands above it goes, where no sentence is among it: a menu, a logo, «Skip to content».
    """
    first = next((block for block in blocks if block.text), None)
    heading = next((block for block in blocks if block.level == 1 and block.text), None)
    heading = heading or (first if first is not None and first.level else None)
    if heading is None:
        return
    if draft.title is None:
        draft.title = heading.text
        draft.took("title", _EXTRACTOR, __version__, FoundIn.TEXT, 0.9)
        trace.note("markdown", heading.text, "title", "the first heading")
    elif key_of(draft.title) != key_of(heading.text):
        return
    heading.text, heading.level = "", 0
    above = blocks[: next(number for number, block in enumerate(blocks) if block is heading)]
    if not any(len(block.text) >= _PROSE for block in above):
        for block in above:
            trace.note("markdown", block.text[:120], "dropped", "it stands above the title, and no sentence is with it")
            block.text, block.media, block.links = "", [], []


def _take_header_lines(draft: Draft, blocks: list[Block], trace: Trace) -> None:
    """Short lines above the text that name its author or its day."""
    for block in [one for one in blocks if one.text][:_HEADER_LINES]:
        if block.level or len(block.text) > _HEADER_CHARS:
            return
        byline, day = read_byline(block.text), DATE.search(block.text)
        is_day = day is not None and date_share(block.text) > 0.5 and not block.text.endswith((".", "!", "?", "…"))
        if not byline and not is_day:
            return
        if byline and not draft.authors:
            draft.authors = read_authors([(author.name, None) for author in byline], []) or byline
            draft.took("authors", _EXTRACTOR, __version__, FoundIn.TEXT, 0.8)
        if day is not None:
            draft.dates.append(FoundDate(day[0][:200], DateRole.PAGE, "text:header-line", 0.6))
        trace.note("markdown", block.text, "byline" if byline else "date line", "a short line between title and text")
        block.text = ""
