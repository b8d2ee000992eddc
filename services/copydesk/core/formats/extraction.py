"""The body of a page: trafilatura on a tree that was lightened first, and its result as plain paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from copydesk import __version__
from copydesk.core.page.certainty import POOR, certainty
from copydesk.core.page.container import CONTAINERS, KNOWN, held_by, mark, story_container, twins, unmark
from copydesk.core.page.labels import drop_labels
from copydesk.core.page.measure import PROSE, Measure
from copydesk.core.page.misnamed import clear_names, lost_prose, restore_names
from copydesk.core.page.repeats import drop_repeats
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace

# Nothing of these is ever read as text. Trafilatura copies the tree several times: lightening it first saves a third.
_DEAD_WEIGHT = (
    "script", "style", "svg", "template", "link", "meta", "iframe", "object", "embed", "canvas", "input", "source",
)  # fmt: skip
_BLOCKS = frozenset({"p", "head", "quote", "list", "item", "table", "row", "code", "ab", "div", "blockquote", "pre"})
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)
_BREAK = "\v"
"""Stands for a line break element while inline content is gathered; line ends of the source are mere space."""
_ENOUGH = 500
_MANY = 3_000
"""Paragraphs from which on only the fast mode runs."""
_SHARE = 0.9
_LITTLE = 0.4
"""Share of the page's prose below which what was found is perhaps an introduction to cards that are the story."""
_ENOUGH_WITHIN = 0.6
"""Share of the text of the whole page that the container of its story must give to be the better reading."""
_MENU_LINE = 25
_BESIDE = frozenset({"aside", "footer", "nav", "form", "header"})
_DATA_CELL = 200
"""Characters that a cell of data has at most; more is running text."""
_SENTENCE_END = tuple('.!?…。！？:;"”’»)')


@dataclass(frozen=True, slots=True)
class Extracted:
    """Body text, paragraphs divided by a blank line, and how it was found."""

    body: str
    extractor: str
    version: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Found:
    body: str
    plain: bool
    """Whether it is without headings and lists."""


def parse_html(html: str) -> HtmlElement | None:
    """The page's tree, or None where there is nothing in it. Opens nothing, expands nothing."""
    parser = HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        default_doctype=False,
    )
    # One class for all elements, looked up in C. lxml's own lookup is a Python call each time that an element is met.
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return None


def lighten(tree: HtmlElement) -> None:
    """Take out elements that hold no text of the article, tails kept."""
    etree.strip_elements(tree, *_DEAD_WEIGHT, with_tail=False)


def extract_body(measured: Measure, trace: Trace = NO_TRACE) -> Extracted:
    """The article's text.

    Trafilatura's fast mode first: where it finds nearly all prose of the page, its comparison with other extractors
    would change nothing and cost a third of the time. Where it finds nothing at all, the page's prose has to do.
    """
    tree = measured.root
    prose = prose_paragraphs(measured)
    size = sum(map(len, prose))
    found = _trafilatura(tree, fast=True)
    if cleared := clear_names(found.body, prose, measured, trace):
        again = _trafilatura(tree, fast=True)
        if len(again.body) > len(found.body):
            found = again
        else:
            restore_names(cleared)
    found = _with_other_parts(found, measured, prose, trace)
    least = _SHARE * size if len(found.body) < _LITTLE * size else _ENOUGH_WITHIN * len(found.body)
    if len(found.body) < _LITTLE * size or (found.plain and not _has_known_container(measured)):
        found = _within_container(found, least, measured, prose, trace)
    # The comparison takes time with the square of the number of paragraphs.
    few = sum(1 for _ in islice(tree.iter("p"), _MANY)) < _MANY
    if few and not (len(found.body) >= _ENOUGH and len(found.body) >= _SHARE * size):
        found = _trafilatura(tree, fast=False)
    if not found.body and size >= _ENOUGH:
        return Extracted("\n\n".join(prose), "prose", __version__, POOR)
    import trafilatura

    body = drop_labels(drop_repeats(found.body, trace), trace)
    unlinked = measured.size[tree] - measured.linked[tree]
    return Extracted(body, "trafilatura", trafilatura.__version__, certainty(body, prose, unlinked))


def _trafilatura(tree: HtmlElement, *, fast: bool) -> _Found:
    import trafilatura

    document: Any = trafilatura.bare_extraction(
        tree,
        fast=fast,
        include_comments=False,
        include_tables=True,
        include_images=False,
        include_links=False,
        with_metadata=False,
        deduplicate=False,
    )
    if document is None:
        return _Found("", plain=True)
    plain = next(document.body.iter("head", "list"), None) is None
    return _Found(to_paragraphs(document.body), plain)


def _has_known_container(measured: Measure) -> bool:
    """Whether Trafilatura knows an element with prose by its name; without one it gathers paragraphs of all the page.

    What it gathers so has no headings and no lists, and holds boxes beside the story.
    """
    from trafilatura.xpaths import BODY_XPATH

    first = (next(iter(expression(measured.root)), None) for expression in BODY_XPATH)
    return any(element is not None and measured.prose[element] >= KNOWN for element in first)


def _with_other_parts(found: _Found, measured: Measure, prose: dict[str, Any], trace: Trace) -> _Found:
    """The same with all parts of a container that is divided: of several with one name, Trafilatura reads the first."""
    lost = lost_prose(found.body, prose)
    if not lost:
        return found
    part = story_container((element, len(text)) for text, element in prose.items() if element not in lost)
    around = None if part is None else part.getparent()
    if around is None or around.tag not in CONTAINERS or not twins(part, held_by(lost.items())):
        return found
    marked = mark(measured, around)
    within = _trafilatura(measured.root, fast=True)
    if len(within.body) <= len(found.body):
        unmark(marked)
        return found
    trace.note("html", f"<{around.tag}>", "taken for the container of the story", "its parts are called the same")
    return within


def _within_container(found: _Found, least: float, measured: Measure, prose: dict[str, Any], trace: Trace) -> _Found:
    """What stands in the element that holds the story, once it is marked; what was found if that gives much less."""
    container = story_container((element, len(text)) for text, element in prose.items())
    if container is None:
        return found
    marked = mark(measured, container)
    within = _trafilatura(measured.root, fast=True)
    if len(within.body) < least:
        unmark(marked)
        return found
    trace.note("html", f"<{container.tag}>", "taken for the container of the story", "it holds most of the prose")
    return within


def prose_paragraphs(measured: Measure) -> dict[str, Any]:
    """Paragraphs that hold prose, by text: long, mostly not links, and not beside the page's content."""
    found: dict[str, Any] = {}
    for element in measured.root.iter("p"):
        size = measured.size[element]
        if size < PROSE or measured.linked[element] * 2 >= size:
            continue
        if not any(parent.tag in _BESIDE for parent in element.iterancestors()):
            found.setdefault(normalize_line(element.text_content()), element)
    return found


def to_paragraphs(body: Any) -> str:
    """Paragraphs of trafilatura's result tree (TEI-like: p, head, list/item, quote, table/row/cell, lb)."""
    found: list[str] = []
    _blocks(body, found)
    return "\n\n".join(filter(None, found))


def _blocks(element: Any, found: list[str]) -> None:
    """Append the element's paragraphs: inline content is gathered until the next block begins."""
    pending: list[str] = [element.text or ""]
    for child in element:
        if child.tag == "row":
            _flush(pending, found)
            _row(child, found)
        elif child.tag in _BLOCKS:
            _flush(pending, found)
            _blocks(child, found)
        elif child.tag in {"lb", "br"}:
            pending.append(_BREAK)
        elif len(child) and any(part.tag in _BLOCKS for part in child.iter()):
            _flush(pending, found)
            _blocks(child, found)
        else:
            pending.append(_inline(child))
        pending.append(child.tail or "")
    _flush(pending, found)


def _row(row: Any, found: list[str]) -> None:
    """A row of data is one paragraph; one that lays out a page is read cell by cell, its menus left out."""
    cells: list[list[str]] = []
    for cell in row:
        paragraphs: list[str] = []
        _blocks(cell, paragraphs)
        cells.append(paragraphs)
    if all(len(cell) <= 1 and len("".join(cell)) <= _DATA_CELL for cell in cells):
        found.append(" | ".join(cell[0] for cell in cells if cell))
        return
    for cell in cells:
        # A column of short lines beside running text is a menu.
        if not (len(cell) > 1 and all(len(paragraph) <= _MENU_LINE for paragraph in cell)):
            found += cell


def _inline(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        parts.append(_BREAK if child.tag in {"lb", "br"} else _inline(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _flush(pending: list[str], found: list[str]) -> None:
    """End a run of inline content. Two line breaks end a paragraph; one does where a sentence has ended."""
    text = "".join(pending)
    pending.clear()
    lines: list[str] = []
    for line in text.split(_BREAK):
        flat = normalize_line(line)
        if not flat or (lines and lines[-1].endswith(_SENTENCE_END)):
            if lines:
                found.append(" ".join(lines))
            lines = [flat] if flat else []
        else:
            lines.append(flat)
    if lines:
        found.append(" ".join(lines))
