"""Text cut into lines, with the marks of its layout: bullets, headings, blank lines around."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.core.lines.layout import BULLET, HEADING, mend, unwrap
from copydesk.core.text.normalize import normalize_lines

_EMPTY_BULLET = re.compile(r"[•●▪◦‣■▶►★☆✓✔·*–—_=~#|<>/\\-]+$")
_UNDERLINE = re.compile(r"[=~-]{3,}$")
_EMPHASIS = re.compile(r"^(\*\*|__|\*|_)(?=\S)([^*_]{1,300})\1$")
_MARKDOWN_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\s]{0,500}\)")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,300})\]\((?:https?:|/|mailto:|#)[^)\s]{0,500}\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,300}?)(?<=\S)\1")

# Scripts that write no spaces between words, by how many characters make a word: Han two, kana four, and Thai, Lao,
# Khmer and Myanmar five. A Japanese sentence of eleven words has some twelve Han characters and eighteen kana.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = "\u3040-\u30ff"
_SOUTH_EAST = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED = re.compile(f"[{_SOUTH_EAST}{_KANA}{_HAN}]")
_BY_SCRIPT = ((re.compile(f"[{_HAN}]"), 2), (re.compile(f"[{_KANA}]"), 4), (re.compile(f"[{_SOUTH_EAST}]"), 5))

CLOSERS = "\"'”’»«)]」』）】*_›"
SENTENCE_ENDS = ".!?。！？…।؟۔։።"

READ_CHARS = 2000
"""How much of a line is looked at: enough to know what it is, and a bound on the work for lines without end."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank.

    Attributes:
        text: in normal form, without its bullet or heading marks.
        bullet: the bullet or number that stood before it, or "".
        heading: whether it was marked up as a heading.
        above: how many blank lines stand above; the first line counts as having one.
        below: how many blank lines stand below.
        units: its length in words; where a script has no spaces, two to five characters count as one.
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
    """Length of a text in words; in scripts without spaces, two to five characters make one."""
    words = len(text.split())
    if text.isascii() or not _UNSPACED.search(text):
        return words
    return words + int(sum(len(script.findall(text)) / size for script, size in _BY_SCRIPT))


def is_unspaced(text: str) -> bool:
    """Whether at least a third of the text is in a script without spaces."""
    sample = text[:READ_CHARS]
    return len(_UNSPACED.findall(sample)) * 3 >= max(1, len(sample))


def split_lines(text: str) -> list[Line]:
    """The lines of a text that are not blank, in order."""
    rows = mend(unwrap(normalize_lines(text).split("\n")))
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
    if match := HEADING.match(row):
        row, heading = row[match.end() :].rstrip("#").rstrip(" "), True
    elif match := BULLET.match(row):
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
