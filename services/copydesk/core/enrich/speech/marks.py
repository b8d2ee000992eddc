"""Where direct speech stands: spans between quotation marks of many styles.

The single closing mark is also the apostrophe. It closes where no letter follows; after a letter that may carry a
possessive («the dogs’ owner») it closes only if no better mark comes before the next opening one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

MAX_CHARS = 6_000
"""A longer span is no quotation but a mark that was never closed."""
_CLOSERS: dict[str, str] = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "「": "」",
    "『": "』",
    '"': '"',
    "‘": "’",
    "'": "'",
}
_SINGLE = frozenset("‘'")
_PUNCTUATION = frozenset(",.!?…;:—–-。，！？、)")
_MAX_UNMATCHED = 30
"""A paragraph with more opening marks that nothing closes is not written in marks; looking on would take its square."""
_BREAK = re.compile(r"\n\n")


@dataclass(frozen=True, slots=True)
class Speech:
    """`body[start:end]` is what is said; `opened` and `closed` enclose the marks. Half open."""

    start: int
    end: int
    opened: int
    closed: int
    paragraphs: int = 1
    unclosed: bool = False


def find_speech(body: str) -> list[Speech]:
    """Quotations in order, none within another. Linear but for the look ahead of single marks, which is bounded."""
    spans: list[Speech] = []
    begin = 0
    breaks = [m.start() for m in _BREAK.finditer(body)] + [len(body)]
    carried: Speech | None = None
    for end in breaks:
        carried = _paragraph(body, begin, end, carried, spans)
        begin = end + 2
    if carried is not None:
        spans.append(carried)
    trimmed = (_trim(body, span) for span in spans)
    return sorted((span for span in trimmed if span.start < span.end), key=lambda span: span.start)


def _trim(body: str, span: Speech) -> Speech:
    """Without the spaces that French sets within the marks."""
    text = body[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    return replace(span, start=start, end=start + len(text.strip()))


def _paragraph(body: str, begin: int, end: int, carried: Speech | None, spans: list[Speech]) -> Speech | None:
    """Collect a paragraph's quotations; what is open at its end is returned, to be carried into the next."""
    at = begin
    if carried is not None:
        mark = body[carried.opened]
        reopened = begin < end and body[begin] == mark
        if not reopened or end - carried.start > MAX_CHARS:
            spans.append(carried)
        else:
            close = _close(body, mark, begin + 1, end)
            if close is None:
                return Speech(carried.start, end, carried.opened, end, carried.paragraphs + 1, unclosed=True)
            spans.append(Speech(carried.start, close, carried.opened, close + 1, carried.paragraphs + 1))
            at = close + 1
    unmatched = 0
    while at < end and unmatched < _MAX_UNMATCHED:
        mark = body[at]
        if mark not in _CLOSERS or not _opens(body, at, begin, end):
            at += 1
            continue
        close = _close(body, mark, at + 1, end)
        if close is None:
            # Only a quotation that fills its paragraph to the end may go on in the next one.
            if at == begin and end - at <= MAX_CHARS:
                return Speech(at + 1, end, at, end, unclosed=True)
            at += 1
            unmatched += 1
            continue
        if close > at + 1 and close - at <= MAX_CHARS:
            spans.append(Speech(at + 1, close, at, close + 1))
        at = close + 1
    return None


def _opens(body: str, at: int, begin: int, end: int) -> bool:
    mark = body[at]
    before = body[at - 1] if at > begin else " "
    after = body[at + 1] if at + 1 < end else " "
    if mark == "»" and (before.isalnum() or before in _PUNCTUATION) and not before.isspace():
        return False  # closes a French quotation, or stands alone
    if mark in "\"'‘":
        if after.isspace() or before.isalnum():
            return False
        return not (mark in _SINGLE and after.isdigit())  # ’90s, feet and minutes
    return True


def _close(body: str, mark: str, start: int, end: int) -> int | None:
    """Position of the closing mark, or None."""
    closers = _CLOSERS[mark]
    if mark not in _SINGLE:
        depth = 0
        for at in range(start, min(end, start + MAX_CHARS + 1)):
            sign = body[at]
            if sign in closers and (mark != '"' or not _opens_again(body, at, start, end)):
                if depth == 0:
                    return at
                depth -= 1
            elif sign == mark and mark != '"':
                depth += 1
        return None
    possible: int | None = None
    for at in range(start, min(end, start + MAX_CHARS + 1)):
        sign = body[at]
        if sign == mark == "‘" and body[at - 1].isspace():
            break  # another one opens: what was open must have closed before
        if sign not in closers:
            continue
        before, after = body[at - 1], body[at + 1] if at + 1 < end else " "
        if after.isalnum() or before.isspace():
            continue  # an apostrophe within a word, or before one
        if before in _PUNCTUATION or not after.isspace():
            return at
        if not _possessive(body, at, end):
            return at
        possible = possible if possible is not None else at
    return possible


def _opens_again(body: str, at: int, start: int, end: int) -> bool:
    """Straight double marks look alike: one after a space and before a letter opens."""
    after = body[at + 1] if at + 1 < end else " "
    return at > start and body[at - 1].isspace() and after.isalnum()


def _possessive(body: str, at: int, end: int) -> bool:
    """Whether the mark after a word in -s and before a lower-case word may be an apostrophe."""
    following = body[at + 1 : min(end, at + 3)].lstrip()
    return body[at - 1] in "szSZ" and following[:1].islower()
