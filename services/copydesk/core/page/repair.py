"""Repairs of a page's tree: elements that were never closed, and text that stands in no paragraph."""

from __future__ import annotations

from itertools import islice
from typing import Any

from copydesk.core.page.measure import HOLDS_BLOCK, PROSE, Measure
from copydesk.core.trace import NO_TRACE, Trace

_SIDE_ELEMENTS = (
    "aside", "nav", "footer", "header", "form", "figure", "button", "noscript", "dialog", "label", "fieldset", "select",
)  # fmt: skip
"""What extractors leave out, whatever it holds."""
_WHOLE_PAGE = 0.9
"""Share of the page's prose from which on such an element holds the page: it was not closed, or is used for layout.
At half of it pages lose precision."""
_NEIGHBOURS = 10
_PROSE_OF_PAGE = 1_000
"""Characters of prose that a page must have for shares of it to mean anything."""
_INLINE = frozenset(
    {
        "a", "b", "strong", "i", "em", "span", "u", "small", "sup", "sub", "code", "font", "abbr", "mark", "q", "cite",
        "time", "s", "del", "ins", "br", "img",
    }
)  # fmt: skip


def repair(measured: Measure, trace: Trace = NO_TRACE) -> None:
    """Give bare text paragraphs of its own, and make plain containers of side elements that hold the page.

    A `div` between paragraphs that is one itself becomes one: where a page has paragraphs, extraction reads no others.
    """
    for element in measured.bare:
        _wrap_bare_text(element, measured)
    for element in measured.leaves:
        if measured.linked[element] * 2 < measured.size[element] and _is_between_paragraphs(element, measured):
            element.tag = "p"
            measured.add_prose(element, measured.size[element])
    total = measured.prose[measured.root]
    if total < _PROSE_OF_PAGE:
        return
    for element in measured.root.iter(*_SIDE_ELEMENTS):
        if measured.prose[element] >= _WHOLE_PAGE * total:
            trace.note("html", f"<{element.tag}>", "read as a plain container", "it holds nearly all the page's prose")
            element.tag = "div"


def _is_between_paragraphs(element: Any, measured: Measure) -> bool:
    """Whether paragraphs of prose stand before and after it, among the nearest elements beside it."""
    return all(
        any(
            one.tag == "p" and measured.prose[one]
            for one in islice(element.itersiblings(preceding=before), _NEIGHBOURS)
        )
        for before in (True, False)
    )


def _wrap_bare_text(holder: Any, measured: Measure) -> None:
    """Make a paragraph of each run of text and inline elements that has `PROSE` characters of bare text or more."""
    added = 0
    for run, before in _runs(holder, measured):
        bare = sum(_length(part) if isinstance(part, str) else _length(part.tail) for part in run)
        if bare < PROSE:
            continue
        paragraph = holder.makeelement("p")
        if before is None:
            paragraph.text, holder.text = holder.text, None
            holder.insert(0, paragraph)
        else:
            paragraph.text, before.tail = before.tail, None
            before.addnext(paragraph)
        for part in run:
            if not isinstance(part, str):
                paragraph.append(part)  # its tail goes with it
        inner = sum(measured.size[part] for part in run if not isinstance(part, str))
        measured.size[paragraph] = measured.prose[paragraph] = bare + inner
        measured.linked[paragraph] = sum(measured.linked[part] for part in run if not isinstance(part, str))
        added += bare + inner
    measured.add_prose(holder, added)


def _runs(holder: Any, measured: Measure) -> list[tuple[list[Any], Any]]:
    """Runs of inline content: the bare text that begins it, elements with their tails, and the block before it."""
    runs: list[tuple[list[Any], Any]] = []
    run: list[Any] = [holder.text] if holder.text else []
    before = None
    for child in holder:
        if child.tag in _INLINE and not measured.holds[child] & HOLDS_BLOCK:
            run.append(child)
            continue
        runs.append((run, before))
        before = child
        run = [child.tail] if child.tail else []
    runs.append((run, before))
    return runs


def _length(text: str | None) -> int:
    return len(" ".join(text.split())) if text else 0
