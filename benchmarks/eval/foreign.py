"""Scrapes in languages that do not exist, made from English ones, as the line model learns from English pages alone.

Every word is replaced by another, the same one throughout a page. Of the phrases that pages use about themselves only
some stay known, as the lists of them have gaps in any language but English. Lines, and so their labels, stay as they
are. The made words say nothing; what is learned from them is to lean less on words and more on shape and place.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from copydesk.core.lines import lexicon
from copydesk.core.lines.line import Line, count_units
from copydesk.core.lines.patterns import MONTHS

_WORD = re.compile(r"[^\W\d_]+")
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwxz", "aeiouy"
_KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやらりるれろわん"
_HAN = "".join(chr(0x4E00 + 37 * i) for i in range(500))
_SAME = frozenset("getty reuters afp ap dpa epa efe http https www com org net am pm".split()) | set(MONTHS.split("|"))  # noqa: SIM905
_YOU = ("you", "your", "yours")
_BY = ("by",)
_KNOWN = (0.15, 0.4, 0.7)
"""Shares of the page phrases that a made language may have in the lists."""
_MARKS = (
    (r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", ""),
    (r"(?<=[^\x00-\x7f])\.(?=\W|$|[^\x00-\x7f]) ?", "。"),
    (r"(?<=[^\x00-\x7f]), ?", "、"),
    (r"(?<=[^\x00-\x7f])\? ?", "？"),
    (r"(?<=[^\x00-\x7f])! ?", "！"),
    (r"(?<=[^\x00-\x7f]): ?", "："),
    (r"[\"“](?=[^\x00-\x7f])", "「"),
    (r"[\"”]", "」"),
)
"""Marks of a script without spaces for those of English, in the order in which they are replaced."""


class Language:
    """A made language: words of another look for the words of English.

    Args:
        chance: decides everything about it.
        unspaced: whether it writes no spaces, as Japanese does; else it has spaces and Latin letters.
    """

    def __init__(self, chance: random.Random, *, unspaced: bool) -> None:
        self._chance = chance
        self._unspaced = unspaced
        self._salt = str(chance.random())
        self._words: dict[str, tuple[str, bool]] = {}
        self._known: dict[tuple[str, ...], bool] = {}
        self._share = chance.choice(_KNOWN)
        self._capitals = not unspaced and chance.random() < 0.4
        self._longer = chance.choice([0, 0, 1, 2])
        letters = ["".join(chance.sample(kind, len(kind))) for kind in (_CONSONANTS, _VOWELS)]
        self._letters = str.maketrans(_CONSONANTS + _VOWELS, "".join(letters))
        self._by = chance.random() < 0.5

    def lines(self, lines: Sequence[Line]) -> list[Line]:
        """The lines in this language."""
        made = []
        for line in lines:
            text = self.text(line.text)
            made.append(replace(line, text=text, units=count_units(text)))
        return made

    def text(self, text: str) -> str:
        """A text in this language; digits, months, agencies and the page phrases it knows stay as they are."""
        spans = [match.span() for match in _WORD.finditer(text)]
        tokens = [text[begin:end].casefold() for begin, end in spans]
        phrases = self._phrases(tokens)
        parts: list[str] = []
        at = 0
        for k, (begin, end) in enumerate(spans):
            parts += [text[at:begin], self._replaced(text[begin:end], tokens[k], k, phrases.get(k))]
            at = end
        made = "".join([*parts, text[at:]])
        if self._unspaced:
            for pattern, mark in _MARKS:
                made = re.sub(pattern, mark, made)
        return made.strip() or text

    def _phrases(self, tokens: Sequence[str]) -> dict[int, tuple[str, bool]]:
        """Tokens of known page phrases: the phrase's kind, and whether the token is its first."""
        found: dict[int, tuple[str, bool]] = {}
        i = 0
        while i < len(tokens):
            kinds, size = lexicon.phrase_at(tokens, i)
            phrase = tuple(tokens[i : i + size])
            if kinds and self._known.setdefault(phrase, self._chance.random() < self._share):
                found.update({k: (kinds[0], k == i) for k in range(i, i + size)})
            i += max(1, size)
        return found

    def _replaced(self, word: str, token: str, place: int, phrase: tuple[str, bool] | None) -> str:
        if phrase:
            kind, first = phrase
            if not self._unspaced or kind not in lexicon.UNSPACED:
                return word
            return random.Random(self._salt + kind + word).choice(lexicon.UNSPACED[kind].split("|")) if first else ""
        if token in _SAME:
            return word
        if token in _YOU and self._chance.random() < 0.6:
            return "あなた" if self._unspaced else word
        if not place and token in _BY and self._by:
            return "文" if self._unspaced else word
        return self._made(word)

    def _made(self, word: str) -> str:
        key = word.casefold()
        if key not in self._words:
            chance = random.Random(self._salt + key)
            if self._unspaced:
                kana = len(key) <= 3 or chance.random() < 0.25
                size = (2 if len(key) <= 2 else 3 if len(key) <= 3 else 4) if kana else 2
                self._words[key] = ("".join(chance.choices(_KANA if kana else _HAN, k=size)), False)
            else:
                made = key.translate(self._letters)
                if self._longer and len(key) >= 4:
                    made += "".join(chance.choices("aeiounrst", k=chance.randint(0, self._longer + 1)))
                self._words[key] = (made, self._capitals and len(key) >= 4 and chance.random() < 0.4)
        made, capital = self._words[key]
        if self._unspaced:
            return made
        if word.isupper() and len(word) > 1:
            return made.upper()
        return made[:1].upper() + made[1:] if capital or word[0].isupper() else made
