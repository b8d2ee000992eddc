"""How sure an extracted body is, by what it has of the page's prose and what else it holds.

On the three sets of pages of docs/extraction.md, F1 was .9 or more for 93 % of the bodies that pass all tests here, and
for 71 % of those that fail one of the last three badly. Bodies with holes or with many short lines are the bad ones.
"""

from __future__ import annotations

from collections.abc import Collection

SURE, FAIR, POOR = 0.92, 0.82, 0.65
_LONG = 1_500
"""Characters from which on a body is hardly ever an introduction alone."""
_LABEL = 60
"""Characters below which a paragraph is a label, a heading or an item of a list."""


def certainty(body: str, prose: Collection[str], unlinked: int) -> float:
    """Confidence of a body, 0..1.

    Args:
        body: paragraphs divided by blank lines.
        prose: the page's paragraphs of prose, in the same normal form.
        unlinked: characters of the page that stand in no link.
    """
    paragraphs = body.split("\n\n")
    size = max(1, len(body))
    kept = set(paragraphs)
    all_prose = sum(map(len, prose))
    found = sum(len(text) for text in prose if text in kept) / all_prose if all_prose else 0.0
    pure = sum(len(text) for text in paragraphs if text in prose) / size
    labels = sum(len(text) for text in paragraphs if len(text) < _LABEL) / size
    largest = max(map(len, paragraphs)) / size
    share = size / max(1, unlinked)
    if size >= _LONG and found >= 0.95 and pure >= 0.8 and labels <= 0.1 and largest <= 0.5 and share >= 0.5:
        return SURE
    return POOR if found < 0.6 or largest > 0.8 or share < 0.3 else FAIR
