"""Which lines inside a story are captions: weighed evidence, since nothing in plain text says so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copydesk.core.lines.features import Look
from copydesk.core.lines.line import READ_CHARS
from copydesk.core.lines.patterns import CREDIT, PICTURE_MARK, PICTURED

THRESHOLD = 3.0
"""Evidence from which on a line is a caption. Two strong signs reach it; of single ones the mark of a picture alone."""

_TWINS_LEAST = 8
"""Lines of a story from which on repetitions are counted."""
_TWINS_RARE = 3
"""One line in how many may be repeated right beside it."""
_CREDIT_TAIL = re.compile(
    r"\s*[(\[]?(?:(?:photo|foto|bild|image|picture|credit|fot|фото|photograph|quelle|crédit)s?(?: credit)?"
    r"(?: by |\s*[:：/]\s*| courtesy of | von )|©\s*)(?P<credit>[^()\[\]\n]{2,80})[)\]]?\.?$",
    re.IGNORECASE,
)


def split_credit(text: str) -> tuple[str, str | None]:
    """A caption without its credit, and the credit."""
    text = PICTURE_MARK.sub("", text, count=1) if PICTURE_MARK.match(text) else text
    match = _CREDIT_TAIL.search(text[-160:])
    if not match:
        return text.strip(), None
    at = max(0, len(text) - 160) + match.start()
    return text[:at].strip(" -–|"), match["credit"].strip(" .")


def is_credit(one: Look) -> bool:
    """Whether a line is no more than a picture's credit."""
    text = one.line.text
    return one.line.units <= 12 and one.shape in "SB" and len(text) <= 120 and CREDIT.search(text) is not None


def speaks_of_picture(one: Look) -> bool:
    """Whether a line names a picture, its credit, or where somebody stands in it."""
    text = one.line.text[:READ_CHARS]
    return bool(PICTURE_MARK.match(text) or PICTURED.search(text[:600]) or CREDIT.search(text[-120:]))


def grams(one: Look) -> frozenset[tuple[str, ...]]:
    """3-word shingles of a line, for telling near-copies."""
    tokens = one.tokens
    return frozenset(tokens[i : i + 3] for i in range(len(tokens) - 2))


class StoryHabits:
    """How the paragraphs of one story usually look, so that those which look otherwise stand out.

    Args:
        looks: all lines of the document.
        story: which of them are the story so far, ascending.
        head: which of them are its title, subtitle and key points: captions often restate those.
    """

    def __init__(self, looks: Sequence[Look], story: Sequence[int], head: Sequence[int] = ()) -> None:
        long = [looks[i] for i in story if looks[i].line.units >= 8]
        ended = sum(one.line.ends_sentence for one in long)
        self.ends = len(long) >= 4 and ended >= 0.7 * len(long)
        """Whether paragraphs of this story end sentences."""
        gaps = sorted(looks[i].line.above for i in story[1:])
        self.gap = gaps[len(gaps) // 2] if gaps else 1
        """Blank lines usually between two of its paragraphs."""
        self.holders: dict[tuple[str, ...], int] = {}
        """In how many lines of the story a shingle stands."""
        for i in (*story, *head):
            for gram in grams(looks[i]):
                self.holders[gram] = self.holders.get(gram, 0) + 1

        self.twins = _twins(looks, story)
        """Lines that a line right beside them repeats: a picture's description and its caption."""

    def restated(self, one: Look) -> float:
        """Share of a line's 3-word shingles that stand in another line of the story too."""
        mine = grams(one)
        return sum(self.holders.get(gram, 0) > 1 for gram in mine) / len(mine) if len(mine) >= 3 else 0.0


def _twins(looks: Sequence[Look], story: Sequence[int]) -> frozenset[int]:
    """Lines of the story that the line right above or below repeats, perhaps with a little more.

    None where many do: a text that repeats itself throughout does so for a reason of its own.
    """
    found = {i for i in story for k in (i - 1, i + 1) if 0 <= k < len(looks) and _repeat(looks[i], looks[k])}
    return frozenset(found if len(story) >= _TWINS_LEAST and len(found) * _TWINS_RARE <= len(story) else ())


def _repeat(one: Look, other: Look) -> bool:
    short, long = sorted((one.line.text.casefold(), other.line.text.casefold()), key=len)
    if one.line.units < 4 or len(long) > READ_CHARS:
        return False
    return short == long or (len(short) > 25 and len(long) < 2 * len(short) and short in long)


def caption_evidence(looks: Sequence[Look], i: int, habits: StoryHabits) -> tuple[float, list[str]]:
    """How much speaks for line `i` being a caption, and what, in words."""
    one = looks[i]
    line = one.line
    found: list[tuple[float, str]] = []
    if habits.ends and not line.ends_sentence and line.units >= 6:
        found.append((2.0, "it ends no sentence, unlike the paragraphs"))
    if habits.gap <= 1 and (line.above > habits.gap or line.below > max(1, habits.gap)):
        found.append((1.5, "it stands in a wider gap than the paragraphs"))
    twin = i in habits.twins
    if twin:
        found.append((2.5, "a line beside it says the same"))
    if PICTURE_MARK.match(line.text):
        found.append((3.0, "it is marked as a picture's"))
    if PICTURED.search(line.text[:600]):
        found.append((2.0, "it speaks of a picture"))
    if line.units <= 60 and (CREDIT.search(line.text[-120:]) or _CREDIT_TAIL.search(line.text[-160:])):
        found.append((2.0, "it names a picture's credit"))
    if i + 1 < len(looks) and looks[i + 1].line.above <= habits.gap and is_credit(looks[i + 1]):
        found.append((2.0, "a picture's credit follows"))
    if not twin and habits.restated(one) >= 0.6:
        found.append((0.9, "it restates another line of the story"))
    if line.units >= 45 and line.ends_sentence:
        found.append((-2.0, "it is as long as a paragraph"))
    if line.bullet or line.heading:
        found.append((-3.0, "it is a list item or heading"))
    if line.text.endswith((":", "：")):
        found.append((-2.0, "it leads over to what follows"))
    if line.text[0] in "‘“„«»\"'" and not line.ends_sentence:
        found.append((-1.0, "it opens as speech"))
    return sum(weight for weight, _ in found), [reason for weight, reason in found if weight > 0]
