"""Words and sentences as spans: half-open ranges of code points.

Scripts without spaces have no words that rules could find. There a segment stands for a word: each Han character, each
run of Hiragana or of Katakana, each base letter with its marks in Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.core.text.abbreviations import (
    MAY_END,
    NEVER_END,
    ORDINAL_DOT,
    SPEECH_VERBS,
    STARTERS,
)

# Python's \w leaves out the vowel signs of Arabic, Hebrew and Indic scripts and the joiners between their letters.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8"
    "\u06ea-\u06ed\u0900-\u0963\u0966-\u0df3\u200c\u200d"
)
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_SOUTH_EAST = "\u0e00-\u0e3a\u0e40-\u0eff\u1000-\u104f\u1780-\u17ff"
_SOUTH_EAST_MARKS = "\u0e30-\u0e3a\u0e45-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u17dd"
_UNSPACED = f"{_HAN}{_HIRAGANA}{_KATAKANA}{_SOUTH_EAST}"

_ACRONYM = r"(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![\w]))?"
_NUMBER = r"\d+(?:[.,:]\d+)+"
_JOINED = r"[\w{marks}]+(?:['’\-‑·][\w{marks}]+)*"
_SPACED_WORD = re.compile(f"{_ACRONYM}|{_NUMBER}|{_JOINED.format(marks=_MARKS)}")
_LETTERS = f"(?:(?![{_UNSPACED}])[\\w{_MARKS}])+"
_ANY_WORD = re.compile(
    f"[{_HAN}]|[{_HIRAGANA}]+|[{_KATAKANA}]+|[{_SOUTH_EAST}][{_SOUTH_EAST_MARKS}]*|{_ACRONYM}|{_NUMBER}"
    f"|{_LETTERS}(?:['’\\-‑·]{_LETTERS})*"
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")

_CLOSERS = "\"'”’»›)\\]】」』）》〉"
# A mark of an East Asian script ends a sentence wherever it stands; the others need a space or the end behind them.
# A run is read once, from its first mark: of a million dots each would otherwise be looked at from every one before.
_MARK = ".!?…‥؟۔।॥։።፧။។"
_END = re.compile(
    f"[。！？｡]+[{_CLOSERS}]*|(?<![{_MARK}])[{_MARK}]++[{_CLOSERS}]*+(?=\\s|$|[{_HAN}{_HIRAGANA}{_KATAKANA}])"
)
_LAST_TOKEN = re.compile(r"[^\s\"“”‘«»(\[,;:!?…—–]+$")
_NEXT = re.compile(r"[\s\"'“”‘’«»„‚‹›(\[¿¡—–-]*([^\s\"“”‘’«»„(\[,.;:!?]+)")
_WHITE = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_QUOTE_CLOSERS = frozenset("\"'”’»›」』")
_INITIALISM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")
_FULL_STOP = frozenset(".…‥")


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points."""

    start: int
    end: int


def has_unspaced_script(text: str) -> bool:
    """Whether the text has a character of a script that is written without spaces."""
    return _HAS_UNSPACED.search(text) is not None


def words(text: str) -> list[Span]:
    """Words of a text, in order; segments where the script has no spaces (see the module)."""
    pattern = _ANY_WORD if has_unspaced_script(text) else _SPACED_WORD
    return [Span(*match.span()) for match in pattern.finditer(text)]


def count_words(text: str) -> int:
    """How many words a text has."""
    pattern = _ANY_WORD if has_unspaced_script(text) else _SPACED_WORD
    return len(pattern.findall(text))


def sentences(text: str, language: str = "en") -> list[Span]:
    """Sentences of a text, in order, without outer white space; none crosses a paragraph.

    Args:
        text: normalised text, paragraphs divided by a blank line.
        language: primary BCP 47 code; it chooses abbreviations and whether `3.` may be an ordinal.
    """
    spans: list[Span] = []
    begin = 0
    for paragraph in text.split("\n\n"):
        start = 0
        for match in _END.finditer(paragraph):
            if match.end() < len(paragraph) and not _ends(paragraph, match, start, language):
                continue
            _add(spans, paragraph, start, match.end(), begin)
            start = match.end()
        _add(spans, paragraph, start, len(paragraph), begin)
        begin += len(paragraph) + 2
    return spans


def _add(spans: list[Span], paragraph: str, start: int, end: int, begin: int) -> None:
    while start < end and paragraph[start].isspace():
        start += 1
    while end > start and paragraph[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append(Span(begin + start, begin + end))


def _ends(text: str, match: re.Match[str], start: int, language: str) -> bool:
    """Whether a mark that is followed by more text ends a sentence."""
    mark = match.group()
    first = mark[0]
    if first not in ".!?…‥":
        return True
    following = _NEXT.match(text, match.end())
    if following is None:
        return True
    word = following.group(1)
    quoted = mark[-1] in _QUOTE_CLOSERS
    if word[0].islower():
        return False
    if first in "!?":
        return not (quoted and _is_attribution(text, following.start(1)))
    if len(mark.rstrip("\"'”’»›)]】」』）》〉")) > 1 or first != ".":
        return True  # an ellipsis before a capital letter, a digit or a script without case
    token = _LAST_TOKEN.search(text, max(start, match.start() - 24), match.start())
    if token is None or quoted:
        return True
    return not _is_abbreviation(token.group(), word, language)


def _is_abbreviation(token: str, following: str, language: str) -> bool:
    """Whether the full stop after `token` belongs to it, and the sentence goes on with `following`."""
    bare = token.lower().lstrip("'’-")
    starts = following.lower() in STARTERS.get(language, STARTERS["en"]) and following[0].isupper()
    if bare in NEVER_END["*"] or bare in NEVER_END.get(language, ()):
        return True
    if bare in MAY_END["*"] or bare in MAY_END.get(language, ()) or _INITIALISM.match(token):
        return not starts
    if len(token) == 1 and token.isalpha():
        return not starts
    if token.isdigit() and len(token) <= 2 and language in ORDINAL_DOT:
        return not starts
    return False


def _is_attribution(text: str, position: int) -> bool:
    """Whether a name and a verb of saying follow, as in «“Why?” Ms Doe asked»."""
    ahead = [w.strip(".,;:").lower() for w in text[position : position + 60].split()[:4]]
    return any(w in SPEECH_VERBS for w in ahead[1:])
