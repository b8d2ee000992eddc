"""Text cut into lines, with the marks of its layout: bullets, headings, blank lines around, hard wraps undone."""

from __future__ import annotations

import itertools
import re
import statistics
from dataclasses import dataclass

from copydesk.core.text.normalize import normalize_lines

_BULLET = re.compile(r"([•●▪◦‣■▶►✓✔·*-]|\d{1,2}[.)])[ ]+(?=\S)")
_EMPTY_BULLET = re.compile(r"[•●▪◦‣■▶►★☆✓✔·*–—_=~#|<>/\\-]+$")
_HEADING = re.compile(r"#{1,6}[ ]+")
_UNDERLINE = re.compile(r"[=~-]{3,}$")
_EMPHASIS = re.compile(r"^(\*\*|__|\*|_)(?=\S)([^*_]{1,300})\1$")
_MARKDOWN_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\s]{0,500}\)")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,300})\]\((?:https?:|/|mailto:|#)[^)\s]{0,500}\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,300}?)(?<=\S)\1")

# Scripts that write no spaces between words: Han, kana, Thai, Lao, Khmer, Myanmar.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

CLOSERS = "\"'”’»«)]」』）】*_›"
SENTENCE_ENDS = ".!?。！？…।؟۔։።"

READ_CHARS = 2000
"""How much of a line is looked at: enough to know what it is, and a bound on the work for lines without end."""

_WRAP_WIDTHS = range(55, 101)
"""Columns at which mail programs and wire feeds wrap (RFC 5322 recommends 78, agencies use 60 to 72)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank.

    Attributes:
        text: in normal form, without its bullet or heading marks.
        bullet: the bullet or number that stood before it, or "".
        heading: whether it was marked up as a heading.
        above: how many blank lines stand above; the first line counts as having one.
        below: how many blank lines stand below.
        units: its length in words; two characters count as one where a script has no spaces.
    """

    text: str
    bullet: str
    heading: bool
    above: int
    below: int
    units: int

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends like a sentence, closing quotes and brackets aside."""
        return self.text.rstrip(CLOSERS + " ")[-1:] in SENTENCE_ENDS if self.text else False


def count_units(text: str) -> int:
    """Length of a text in words; two characters make one in scripts without spaces."""
    unspaced = len(_UNSPACED.findall(text)) // 2
    return len(text.split()) + unspaced


def is_unspaced(text: str) -> bool:
    """Whether at least a third of the text is in a script without spaces."""
    sample = text[:READ_CHARS]
    return len(_UNSPACED.findall(sample)) * 3 >= max(1, len(sample))


def split_lines(text: str) -> list[Line]:
    """The lines of a text that are not blank, in order."""
    rows = unwrap(normalize_lines(text).split("\n"))
    cut: list[tuple[str, str, bool, int]] = []
    blanks = 1
    for row in rows:
        if not row:
            blanks += 1
            continue
        if _UNDERLINE.match(row) and cut and not blanks:
            last = cut[-1]
            cut[-1] = (last[0], last[1], len(last[0]) < 200, last[3])
            continue
        if _EMPTY_BULLET.match(row):
            continue
        body, bullet, heading = _strip_marks(row)
        if not body:
            continue
        cut.append((body, bullet, heading, blanks))
        blanks = 0
    lines = []
    for i, (body, bullet, heading, above) in enumerate(cut):
        below = cut[i + 1][3] if i + 1 < len(cut) else max(blanks, 1)
        lines.append(Line(body, bullet, heading, above, below, count_units(body)))
    return lines


def _strip_marks(row: str) -> tuple[str, str, bool]:
    heading = False
    bullet = ""
    if match := _HEADING.match(row):
        row, heading = row[match.end() :].rstrip("#").rstrip(" "), True
    elif match := _BULLET.match(row):
        row, bullet = row[match.end() :], match[1]
    elif row.startswith("> "):
        row = row.lstrip("> ")
    if "](" in row:
        row = _MARKDOWN_LINK.sub(r"\1", _MARKDOWN_IMAGE.sub(r"\1", row))
    if row[:1] in "*_" and (match := _EMPHASIS.match(row)):
        row = match[2]
    if "**" in row or "__" in row:
        row = _BOLD.sub(r"\2", row)
    return row.strip(), bullet, heading


def unwrap(rows: list[str]) -> list[str]:
    """Join lines that were broken at a fixed column; lines of any other text come back as they are.

    A text is hard wrapped when most of its lines that are followed by another end within a few columns below the
    same limit, and that limit is one at which mail and wire feeds wrap.
    """
    lengths = [len(row) for row, after in itertools.pairwise(rows) if row and after]
    if len(lengths) < 6:
        return rows
    width = max(lengths)
    if width not in _WRAP_WIDTHS:
        return rows
    if statistics.median(lengths) < width - 9 or sum(n >= width - 16 for n in lengths) < 0.75 * len(lengths):
        return rows
    joined: list[str] = []
    open_line = False
    for i, row in enumerate(rows):
        fresh = _BULLET.match(row) or _HEADING.match(row)
        if row and open_line and not fresh:
            joined[-1] = f"{joined[-1]} {row}"
        else:
            joined.append(row)
        # The line goes on where the next line's first word would not have fitted any more.
        after = rows[i + 1] if i + 1 < len(rows) else ""
        first = after.split(" ", 1)[0]
        open_line = bool(row) and bool(after) and len(row) + 1 + len(first) > width - 4
    return joined
