"""Counts over a body."""

from __future__ import annotations

import re

from copydesk.core.text.normalize import paragraphs
from copydesk.core.text.segment import count_words, sentences, words
from copydesk_schemas.parts import Stats

WORDS_A_MINUTE = 238
"""Silent reading of non-fiction in English: M. Brysbaert, Journal of Memory and Language 109 (2019)."""

CHARACTERS_A_MINUTE = 500
"""Chinese and Japanese, where a character and not a word is the unit that reading speed is given in."""

_EAST_ASIAN = re.compile("[\u3005\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
# A Thai, Lao, Khmer or Burmese segment is a letter with its marks. Three of them to a word is a judgement, not a count.
_SOUTH_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u1000-\u104f\u1780-\u17ff]")
_SEGMENTS_A_WORD = 3


def compute_stats(body: str, language: str) -> Stats:
    """Counts over a normalised body; `language` is a BCP 47 code."""
    count = count_words(body)
    return Stats(
        chars=len(body),
        words=count,
        sentences=len(sentences(body, language.partition("-")[0].lower())),
        paragraphs=len(paragraphs(body)),
        reading_seconds=_reading_seconds(body, count),
    )


def _reading_seconds(body: str, words_in_all: int) -> int:
    """Words where there are words, characters in Chinese and Japanese, a text of both by its parts."""
    characters = len(_EAST_ASIAN.findall(body))
    count = float(words_in_all)
    if characters or _SOUTH_EAST_ASIAN.search(body):
        count = 0.0
        for span in words(body):
            if _SOUTH_EAST_ASIAN.match(body, span.start):
                count += 1 / _SEGMENTS_A_WORD
            elif not _EAST_ASIAN.match(body, span.start):
                count += 1
    return round(count * 60 / WORDS_A_MINUTE + characters * 60 / CHARACTERS_A_MINUTE)
