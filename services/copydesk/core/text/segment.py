"""Words and sentences as spans: half-open ranges of code points."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"\w+(?:['’\-.]\w+)*")
_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points."""

    start: int
    end: int


def words(text: str) -> list[Span]:
    """Words of a text, in order."""
    return [Span(m.start(), m.end()) for m in _WORD.finditer(text)]


def sentences(text: str, language: str = "en") -> list[Span]:
    """Sentences of a text, in order, without outer white space; none crosses a paragraph."""
    spans: list[Span] = []
    begin = 0
    for paragraph in re.split(r"\n\n", text):
        start = begin
        for match in _END.finditer(paragraph):
            end = begin + match.end()
            if text[start:end].strip():
                spans.append(_trim(text, start, end))
            start = end
        if text[start : begin + len(paragraph)].strip():
            spans.append(_trim(text, start, begin + len(paragraph)))
        begin += len(paragraph) + 2
    return spans


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
