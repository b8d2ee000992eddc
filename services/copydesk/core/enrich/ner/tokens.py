"""Tokens of a text as the name finder sees them: words with their case, and the places where a sentence begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from copydesk.core.enrich.ner.lexicon import TITLES
from copydesk.core.enrich.ner.tables import demonyms, fold, gazetteer

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S., J.K.
    r"|[^\W_]+(?:(?:['’\-‑]|(?<=[A-Z])&(?=[A-Z]))[^\W_]+)*"  # O'Brien, Jong-un, AT&T
    r"|\n\n|[^\w\s]|_"
)
# The second half of a compound adjective: Moscow-based, US-led.
_COMPOUND_TAIL = re.compile(
    r"[-‑](?:[a-z]+(?:ed|ing|en|ist|ese|ian|ern|ish)|led|born|style|wide|era|made|run|bound|like|only|free|level|area|"
    r"friendly|based|owned|held|wide|type|size|class|old|year|odd|plus|trained|educated|hit|time|day|long|related)$"
)
_SENTENCE_END = frozenset(".!?:;•…|")
_OPENING = frozenset("“‘\"'«„([*-–—")
_NOT_AN_END = TITLES | frozenset("no vs etc inc corp co ltd jan feb mar apr jun jul aug sept sep oct nov dec fig art")


@dataclass(slots=True)
class Token:
    """One token. `key` is its folded form; `initial`: a sentence begins here, so a capital says little."""

    text: str
    start: int
    end: int
    key: str
    capital: bool
    word: bool
    initial: bool = False
    possessive: bool = False


def tokenize(text: str) -> list[Token]:
    """Tokens in order. A possessive 's is cut off; Russia-Ukraine and US-led are two tokens."""
    tokens: list[Token] = []
    initial = True
    for match in _TOKEN.finditer(text):
        word, start = match.group(), match.start()
        if not word[0].isalnum():
            tokens.append(Token(word, start, match.end(), word, False, False))
            if word in _SENTENCE_END:
                initial = word != "." or _ends_sentence(tokens)
            elif word == "\n\n":
                initial = True
            elif word not in _OPENING:
                initial = initial and word in "”’\"')]»"
            continue
        pieces, possessive = _analysed(word)
        for part, offset, key, capital in pieces:
            begin = start + offset
            tokens.append(Token(part, begin, begin + len(part), key, capital, True, initial))
            initial = False
        tokens[-1].possessive = possessive
    return tokens


_Piece = tuple[str, int, str, bool]
"""Text, offset in the word, folded form, whether it has a capital."""


@lru_cache(maxsize=16_384)
def _analysed(word: str) -> tuple[tuple[_Piece, ...], bool]:
    """The pieces of a word, and whether a possessive 's was cut off."""
    possessive = len(word) > 2 and word[-2] in "'’" and word[-1] in "sS"
    parts = _parts(word[:-2] if possessive else word)
    return tuple((part, offset, fold(part), _capital(part)) for part, offset in parts), possessive


def _capital(word: str) -> bool:
    # al-Assad, el-Sisi: the article is part of the name.
    return word[0].isupper() or (word[:3] in {"al-", "el-", "as-", "an-"} and word[3:4].isupper())


def _parts(word: str) -> list[tuple[str, int]]:
    if "-" not in word and "‑" not in word:
        return [(word, 0)]
    tail = _COMPOUND_TAIL.search(word)
    if tail and word[0].isupper():
        return [*_parts(word[: tail.start()]), (word[tail.start() + 1 :], tail.start() + 1)]
    head, _, rest = word.replace("‑", "-").partition("-")
    known = gazetteer().by_key
    if fold(word) not in known and all(fold(part) in known or fold(part) in demonyms() for part in (head, rest)):
        return [(head, 0), (rest, len(head) + 1)]
    return [(word, 0)]


def _ends_sentence(tokens: list[Token]) -> bool:
    if len(tokens) < 2 or tokens[-2].end != tokens[-1].start:
        return True
    before = tokens[-2]
    return not (len(before.text) == 1 or before.key in _NOT_AN_END)


def headline_case(tokens: list[Token]) -> bool:
    """Whether most longer words carry a capital, as in English headlines: then capitals prove nothing."""
    longer = [t for t in tokens if t.word and len(t.text) > 3 and t.text.isalpha()]
    return len(longer) > 3 and sum(t.capital for t in longer) > 0.6 * len(longer)
