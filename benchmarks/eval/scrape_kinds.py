"""Other shapes of scrape, made from the same pages: for fitting the line model, and to see that it carries over."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable, Sequence

import lxml.html
import numpy as np
from benchmarks.eval.line_labels import labels, normal
from lxml import etree

from copydesk.core.lines.line import Line, split_lines

_BULLET = re.compile(r"^\s*(?:[•●▪◦‣■▶►*·-]|\d{1,2}[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?]) ")
_CREDITS = (
    "Foto: {}", "(Foto: {})", "Bild: {}", "(Bild: {})", "© {}", "Photo: {}", "(Photo: {})", "Photo by {}",
    "Credit: {}", "{}/Getty Images", "Crédit : {}", "{} / AFP", "(AP Photo/{})", "Fot. {}", "Image: {}", "Quelle: {}",
    "Foto {}", "{}", "Picture: {}/Reuters",
)  # fmt: skip
_NAMES = ("A. Meyer", "Jan Novak", "Ola Lind", "M. Rossi", "Lena Kraus", "J. Smith", "dpa", "picture alliance", "EFE")


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.split("\n")]


def without_blanks(text: str) -> str:
    """Blank lines lost."""
    return "\n".join(row for row in _rows(text) if row)


def all_apart(text: str) -> str:
    """A blank line between any two lines."""
    return "\n\n".join(row for row in _rows(text) if row)


def without_bullets(text: str) -> str:
    """List marks lost."""
    return "\n".join(_BULLET.sub("", row) for row in text.split("\n"))


def wrapped(text: str, width: int = 76) -> str:
    """Wrapped at a column."""
    rows = [textwrap.wrap(row, width, break_long_words=False, break_on_hyphens=False) or [""] for row in _rows(text)]
    return "\n".join(row for part in rows for row in part)


def wrapped_apart(text: str) -> str:
    """Wrapped at 72 columns, a blank line between any two paragraphs."""
    return wrapped(all_apart(text), 72)


RESHAPED: dict[str, Callable[[str], str]] = {
    "without blank lines": without_blanks,
    "a blank line after each": all_apart,
    "without bullets": without_bullets,
    "wrapped at 76": wrapped,
    "paragraphs wrapped at 72": wrapped_apart,
}
"""Other shapes of the text of a scrape, by name."""


def _texts(html: str) -> list[str]:
    page = lxml.html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", html) or "<p></p>")
    for element in list(page.iter("script", "style", "noscript", "template")):
        element.drop_tree()
    for comment in list(page.iter(etree.Comment, etree.ProcessingInstruction)):
        comment.drop_tree()
    return [str(text) for text in page.itertext()]


def pieces(html: str) -> str:
    """Every piece of text between two tags on a line of its own, as many scraping scripts have it."""
    return "\n".join(text for piece in _texts(html) if (text := " ".join(piece.split())))


def source(html: str) -> str:
    """The text with the line breaks of the page's source."""
    return "".join(_texts(html))


FROM_PAGE: dict[str, Callable[[str], str]] = {"pieces": pieces, "as in the source": source}
"""Other ways to make a scrape of a page, by name."""


def cropped(chance: random.Random, scrape: str, gold: str) -> str:
    """A scrape whose menus above and footers below are mostly cut away."""
    lines = split_lines(scrape)
    inside = np.flatnonzero(labels(lines, gold) >= 0.5)
    if not len(inside):
        return scrape
    rows = scrape.split("\n")
    first, last = lines[inside[0]].text[:30], lines[inside[-1]].text[:30]
    begins = [i for i, row in enumerate(rows) if first in row]
    ends = [i for i, row in enumerate(rows) if last in row]
    if not begins or not ends:
        return scrape
    above, below = chance.choice([0, 1, 3, 8, 20]), chance.choice([0, 0, 2, 6, 20])
    return "\n".join(rows[max(0, min(begins) - above) : max(ends) + 1 + below])


def junk_runs(scrape: str, gold: str) -> list[list[str]]:
    """Runs of one to four lines that stand inside or near a story and are none of it."""
    lines = split_lines(scrape)
    inside = labels(lines, gold) >= 0.5
    where = np.flatnonzero(inside)
    runs: list[list[str]] = []
    i = int(where[0]) if len(where) else len(lines)
    while i < min(len(lines), (int(where[-1]) if len(where) else 0) + 8):
        end = i
        while end < len(lines) and not inside[end] and end - i < 4:
            end += 1
        if sum(line.units for line in lines[i:end]) >= 6:
            runs.append([line.text for line in lines[i:end]])
        i = end + 1
    return runs


def with_boxes(chance: random.Random, scrape: str, gold: str, pool: Sequence[list[str]]) -> tuple[str, str] | None:
    """A scrape and its truth with captions and boxes put between the paragraphs, as news pages have them.

    A caption is cut out of a paragraph of the same story, which then either is gone or is restated by it; a box comes
    from another page. None where the story has under seven paragraphs.
    """
    lines = split_lines(scrape)
    inside = labels(lines, gold) >= 0.5
    prose = [i for i, line in enumerate(lines) if inside[i] and line.units >= 14 and line.ends_sentence]
    if len(prose) < 7 or not pool:
        return None
    rows = gold.split("\n")
    row_of: dict[str, int] = {}
    for k, row in enumerate(rows):
        row_of.setdefault(normal(row), k)
    gone: set[int] = set()
    boxes: dict[int, list[str]] = {}
    for _ in range(chance.choice([1, 2, 3, 4, 6])):
        box = chance.choice(pool)
        if chance.random() < 0.6:
            i = chance.choice(prose[2:])
            if (
                chance.random() < 0.5
                and i not in gone
                and normal(lines[i].text) in row_of
                and len(gone) * 5 < len(prose)
            ):
                gone.add(i)
                rows[row_of[normal(lines[i].text)]] = ""
            box = _caption(chance, lines[i])
        apart = ["", *box, ""] if chance.random() < 0.55 else box
        boxes.setdefault(chance.choice(prose[1:]), []).extend(apart)
    made: list[str] = []
    for i, line in enumerate(lines):
        made += [""] * min(line.above, 3 if i else 0)
        for row in boxes.get(i, ()):
            made += [row, ""] if line.above and row else [row]
        if i not in gone:
            made.append(f"{line.bullet} {line.text}" if line.bullet else line.text)
    return "\n".join(made), "\n".join(rows)


def _caption(chance: random.Random, paragraph: Line) -> list[str]:
    """A caption with or without its credit, or with the picture's description above."""
    words = paragraph.text.split()
    sentence = _SENTENCE.split(paragraph.text)[0]
    text = " ".join(words[: chance.randint(5, 22)]).rstrip(",;:.") if chance.random() < 0.6 else sentence
    credit = chance.choice(_CREDITS).format(chance.choice(_NAMES))
    kinds = (
        [f"{text} {credit}"],
        [text, credit],
        [text],
        [text, text],
        [" ".join(words[: chance.randint(5, 10)]), sentence, credit],
    )
    return chance.choices(kinds, (0.3, 0.25, 0.2, 0.15, 0.1))[0]
