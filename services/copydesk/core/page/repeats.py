"""A story that stands twice on its page, once for wide screens and once for narrow ones."""

from __future__ import annotations

from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.text.normalize import paragraphs
from copydesk.core.trace import NO_TRACE, Trace

_BEGINS = 80
"""Characters that the first paragraph of a repeated run has at least."""
_PARAGRAPHS = 3
_CHARS = 400
"""Paragraphs and characters from which on a run that stood before is a copy; less may be a refrain."""


def drop_repeats(body: str, trace: Trace = NO_TRACE) -> str:
    """A body without runs of paragraphs that stood before, word for word and in the same order."""
    found = paragraphs(body)
    first: dict[str, int] = {}
    kept: list[str] = []
    at = 0
    while at < len(found):
        before = first.setdefault(found[at], at)
        run = _same(found, before, at) if before < at and len(found[at]) >= _BEGINS else 0
        if run >= _PARAGRAPHS and sum(map(len, found[at : at + run])) >= _CHARS:
            note_removed(trace, "\n\n".join(found[at : at + run]), Reason.REPEATED)
            at += run
            continue
        kept.append(found[at])
        at += 1
    return "\n\n".join(kept) if len(kept) < len(found) else body


def _same(found: list[str], before: int, at: int) -> int:
    """Paragraphs from `at` on that are those from `before` on, up to `at`."""
    length = 0
    while at + length < len(found) and before + length < at and found[before + length] == found[at + length]:
        length += 1
    return length
