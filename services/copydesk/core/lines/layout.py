"""Line breaks that are no paragraph breaks: hard wraps at a column, and breaks where a link or an emphasis stood."""

from __future__ import annotations

import itertools
import re

BULLET = re.compile(r"([•●▪◦‣■▶►✓✔·*-]|\d{1,2}[.)])[ ]+(?=\S)")
HEADING = re.compile(r"#{1,6}[ ]+")

_WRAP_WIDTHS = range(55, 101)
"""Columns at which mail programs and wire feeds wrap (RFC 5322 recommends 78, agencies use 60 to 72)."""
_FULL = 6
"""Full lines from which on a text may be hard wrapped."""
_PIECES = 8
"""Rows that go on in the middle of a sentence from which on a text may be in pieces: that many, and a fifth of its
rows of some length."""
_WORDS = 5
"""Words of such a row, or of the one before it: menus and program code have shorter ones."""
_JOINTS = ",.;:!?)]"
_STOPS = re.compile("[.!?…:。！？؟।][\"'”’»)\\]]*$")


def unwrap(rows: list[str]) -> list[str]:
    """Join lines that were broken at a fixed column; lines of any other text come back as they are.

    A text is hard wrapped when none of its lines is longer than a column at which mail and wire feeds wrap, and most
    of its longer lines that are followed by another could not have taken its first word. Menus in it do not matter:
    their lines are short.
    """
    width = 0
    for row in rows:
        if len(row) > width:
            if len(row) > _WRAP_WIDTHS[-1] and " " in row[: _WRAP_WIDTHS[-1]]:
                return rows
            # An address without a space may stick out of any column.
            width = len(row) if len(row) <= _WRAP_WIDTHS[-1] else width
    if width not in _WRAP_WIDTHS:
        return rows
    long = full = 0
    for row, after in itertools.pairwise(rows):
        if after and len(row) * 2 > width:
            long += 1
            full += _is_full(row, after, width)
    if full < _FULL or full < 0.5 * long:
        return rows
    joined: list[str] = []
    open_line = False
    for row, after in zip(rows, [*rows[1:], ""], strict=True):
        fresh = BULLET.match(row) or HEADING.match(row)
        if row and open_line and not fresh:
            joined[-1] = f"{joined[-1]} {row}"
        else:
            joined.append(row)
        open_line = bool(row) and bool(after) and _is_full(row, after, width)
    return joined


def _is_full(row: str, after: str, width: int) -> bool:
    """Whether a line had no room for the first word of the next; four columns are left to kinder wrapping."""
    return len(row) + 1 + len(after[: width + 1].split(" ", 1)[0]) > width - 4


def mend(rows: list[str]) -> list[str]:
    """Join lines that were broken in the middle of a sentence; lines of any other text come back as they are.

    Tools that put every piece of a page's text on a line of its own break a sentence before and after each link in
    it. The next piece then opens in lower case or with a comma or a full stop, which lines of a page seldom do.
    """
    sizes = [row.count(" ") + 1 for row in rows]
    going_on = [False] * len(rows)
    for i in range(1, len(rows)):
        before, row = rows[i - 1], rows[i]
        if before and row and (row[0].islower() or row[0] in _JOINTS) and not _STOPS.search(before[-8:]):
            going_on[i] = max(sizes[i - 1], sizes[i]) >= _WORDS
    pieces = sum(going_on)
    if pieces < _PIECES or pieces * 5 < sum(size >= _WORDS for size in sizes):
        return rows
    joined: list[str] = []
    for i, row in enumerate(rows):
        before = rows[i - 1] if i else ""
        linked = (
            bool(before)
            and i + 1 < len(rows)
            and going_on[i + 1]
            and len(before) >= 30
            and len(row) <= 80
            and not _STOPS.search(before[-8:])
            and not BULLET.match(row)
        )
        if joined and (going_on[i] or linked):
            joined[-1] += row if row[0] in _JOINTS else f" {row}"
        else:
            joined.append(row)
    return joined
