"""Keywords: terms that a text repeats, early, and with capitals; several words where they stand together.

A scorer of our own on features that need no corpus, after R. Campos et al., YAKE (Information Sciences 509, 2020):
frequency, first position, casing, and how freely the neighbours of a word change.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.terms import stop_words, table_info
from copydesk.core.text.segment import has_unspaced_script, words
from copydesk_schemas.parts import Keyword, ModelInfo

_MAX_WORDS = 3
_HIRAGANA = re.compile("[\u3041-\u309f]+")
"""Particles and endings: in Japanese they do the work of function words."""
_LONGEST_KEY = 40
_READ_CHARS = 100_000
"""What is read: a story that is longer has named its matter by then."""
_TITLE_WEIGHT = 1.6
_CASE_WEIGHT = 0.4
# Without them a common word of a long story outranks its names.
_PHRASE_WEIGHT = {1: 1.0, 2: 1.35, 3: 1.45}


class KeywordsEnricher:
    """Fills `keywords`."""

    name = "keywords"
    version = "1"
    fields = ("keywords",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - needs no other
        """The strongest terms, the first with score 1; of two where one contains the other, only the stronger."""
        article = document.article
        text = f"{article.title}\n\n{article.body}" if article.title else article.body
        title_end = len(article.title or "")
        scored = _scores(text[:_READ_CHARS], title_end, stop_words(document.language))
        limit = document.options.max_keywords
        kept: list[tuple[str, float]] = []
        for key, score in sorted(scored.items(), key=lambda item: (-item[1][1], item[0])):
            if len(kept) == limit:
                break
            if any(_contains(key, other) or _contains(other, key) for other, _ in kept):
                continue
            kept.append((key, score[1]))
        top = kept[0][1] if kept else 1.0
        return {"keywords": [Keyword(term=scored[key][0], score=round(score / top, 4)) for key, score in kept]}

    def models(self) -> tuple[ModelInfo, ...]:
        """The table of function words."""
        return (table_info("stopwords.tsv", "1"),)


def _contains(term: str, other: str) -> bool:
    """Whether a term has all words of another; of a script without spaces, whether it has its characters in a row."""
    if " " not in term + other and has_unspaced_script(term):
        return other in term
    return set(term.split(" ")) >= set(other.split(" "))


class _Word(NamedTuple):
    lower: str
    form: str
    start: int
    joined: bool
    """Whether it follows the one before without a function word or a mark between them."""


def _is_unspaced(text: str) -> bool:
    """Whether most words are of a script without spaces: a name in brackets does not make an English text one."""
    if not has_unspaced_script(text):
        return False
    spans = words(text)
    return 2 * sum(has_unspaced_script(text[span.start : span.end]) for span in spans) > len(spans)


def _strong_words(text: str, stop: frozenset[str], *, unspaced: bool) -> list[_Word]:
    """Words that are no function words, without a possessive 's."""
    found: list[_Word] = []
    end = -1
    strong = False
    for span in words(text):
        form = text[span.start : span.end]
        lower = form.lower()
        gap = text[end : span.start] if strong else ""
        joined = strong and (gap == " " or (unspaced and not gap))
        end = span.end
        strong = False
        if lower in stop or (unspaced and _HIRAGANA.fullmatch(form)):
            continue
        if lower.endswith(("'s", "’s")):
            lower, form = lower[:-2], form[:-2]
        if not lower or lower in stop or not lower[0].isalpha():
            continue
        if len(lower) < 3 and not unspaced and not form.isupper():
            continue
        found.append(_Word(lower, form, span.start, joined))
        strong = True
    return found


def _pieces(key: str) -> Iterator[str]:
    """What stands within a key, itself left out; of a key beyond any word's length, nothing."""
    if len(key) <= _LONGEST_KEY:
        for start, end in combinations(range(len(key) + 1), 2):
            if end - start < len(key):
                yield key[start:end]


def _scores(text: str, title_end: int, stop: frozenset[str]) -> dict[str, tuple[str, float]]:
    """Surface form and score of each candidate, by its lower-case form."""
    unspaced = _is_unspaced(text)
    glue = "" if unspaced else " "
    longest = _MAX_WORDS + unspaced
    strong = _strong_words(text, stop, unspaced=unspaced)
    repeated = Counter(word.lower for word in strong)
    counts: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, int] = {}
    in_title: set[str] = set()
    capitals: Counter[str] = Counter()
    run = 0
    for last, word in enumerate(strong, 1):
        titled = word.start < title_end
        # A phrase that is repeated has only words that are: most need not be put together at all.
        again = repeated[word.lower] > 1 or (unspaced and titled)
        if not again and not titled:
            run = 0
            continue
        run = min(run + 1, longest) if word.joined else 1
        for size in range(2 if unspaced and len(word.form) == 1 else 1, (run if again else 1) + 1):
            piece = strong[last - size : last]
            key = glue.join([part.lower for part in piece])
            counts[key] += 1
            forms[key][glue.join([part.form for part in piece])] += 1
            first.setdefault(key, piece[0].start)
            capitals[key] += all(part.form[0].isupper() for part in piece)
            if titled:
                in_title.add(key)
        if not again:
            run = 0
    length = max(1, len(text))
    result: dict[str, tuple[str, float]] = {}
    for key, count in counts.items():
        size = key.count(" ") + 1
        if count < 2 and (size > 1 or unspaced or key not in in_title):
            continue
        score = math.log1p(count) * _PHRASE_WEIGHT.get(size, 1.0) * (1.0 + 1.0 / (1.0 + 6.0 * first[key] / length))
        score *= 1.0 + _CASE_WEIGHT * capitals[key] / count
        if key in in_title:
            score *= _TITLE_WEIGHT
        form = min(forms[key].items(), key=lambda item: (-item[1], item[0]))[0]
        result[key] = (form, score)
    if unspaced:
        # «市議» and «議会» are pieces of «市議会» unless they also stand without it.
        pieces = {(piece, counts[key]) for key in result for piece in _pieces(key)}
        result = {key: found for key, found in result.items() if (key, counts[key]) not in pieces}
    return result


ENRICHER = KeywordsEnricher()
