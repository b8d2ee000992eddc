"""Counts over a body."""

from __future__ import annotations

from copydesk.core.text.normalize import paragraphs
from copydesk.core.text.segment import sentences, words
from copydesk_schemas.parts import Stats


def compute_stats(body: str, language: str) -> Stats:
    """Counts over a normalised body."""
    count = len(words(body))
    return Stats(
        chars=len(body),
        words=count,
        sentences=len(sentences(body, language)),
        paragraphs=len(paragraphs(body)),
        reading_seconds=round(count * 60 / 238),
    )
