"""Normal form of all text that is published: NFC, plain spaces, no invisible characters.

It is applied before any offset is taken, so that every consumer counts the same code points.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from unicodedata import is_normalized

# Zero-width space, joiners that carry no meaning between letters of most scripts, byte-order mark, soft hyphen,
# word joiner and directional marks. U+200C and U+200D are kept: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\u00ad\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile("[^\\S\n]+")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = re.compile("\n(?:[^\\S\n]*\n)+")


_FLOOD = 400
"""Marks in a row from which on they are a flood; no script has more than a handful on a letter."""
_KEPT = 30
"""Marks that stay of a flood, as in the Stream-Safe Text Format (Unicode Standard Annex 15, section 13)."""


def _is_mark(character: str) -> bool:
    """Whether canonical ordering moves it, as it is or once decomposed."""
    return bool(unicodedata.combining(unicodedata.normalize("NFD", character)[0]))


@cache
def _flood() -> re.Pattern[str]:
    marks = "".join(filter(_is_mark, map(chr, range(0x300, 0x1F000))))
    return re.compile(f"([{marks}]{{{_KEPT}}})[{marks}]{{{_FLOOD - _KEPT},}}")


def compose(text: str) -> str:
    """NFC, with floods of marks cut: to sort them takes time with the square of their number."""
    if text.isascii():
        return text
    if _may_flood(text):
        text = _flood().sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


def _may_flood(text: str) -> bool:
    # A flood covers one of every so many places: searching all of the text for one would take a hundred times longer.
    return any(map(_is_mark, text[_FLOOD - 1 :: _FLOOD]))


def _is_clean(text: str) -> bool:
    """Whether no character has to be changed, where that is soon seen.

    What is printable has no control or format characters and no spaces but the plain one.
    """
    return text.isprintable() and (text.isascii() or (not _may_flood(text) and is_normalized("NFC", text)))


def normalize_lines(text: str) -> str:
    """Normal form with the line structure kept: lines end in one newline and have no outer spaces."""
    if "  " not in text and _is_clean(text.replace("\n", "")):
        return "\n".join(line.strip(" ") for line in text.split("\n"))
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    text = compose(text)
    text = _SPACES.sub(" ", text)
    return "\n".join(line.strip(" ") for line in text.split("\n"))


def normalize_line(text: str) -> str:
    """Normal form on one line: every run of white space is one space."""
    flat = " ".join(text.split())
    # U+001F, which is taken out, counts as white space to Python.
    if _is_clean(flat) and "\x1f" not in text:
        return flat
    return " ".join(normalize_lines(text).split())


def normalize_body(text: str) -> str:
    """Normal form of a body: paragraphs on one line each, divided by exactly one blank line.

    A single newline in the input divides paragraphs only where there is no blank line at all.
    """
    text = normalize_lines(text).strip("\n")
    parts = _BLANK_LINES.split(text) if _BLANK_LINES.search(text) else text.split("\n")
    return "\n\n".join(flat for part in parts if (flat := " ".join(part.split())))


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a normalised body."""
    return body.split("\n\n") if body else []
