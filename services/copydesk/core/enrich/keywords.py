"""Keywords: terms that a text repeats, early, and with capitals; several words where they stand together.

A scorer of our own on features that need no corpus, after R. Campos et al., YAKE (Information Sciences 509, 2020):
frequency, first position, casing, and how freely the neighbours of a word change.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.terms import stop_words, table_info
from copydesk.core.text.segment import has_unspaced_script, words
from copydesk_schemas.parts import Keyword, ModelInfo

_MAX_WORDS = 3
_TITLE_WEIGHT = 1.6
_CASE_WEIGHT = 0.4
# Without them a common word of a long story outranks its names. Set on the categories of English news articles.
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
        scored = _scores(text, title_end, stop_words(document.language))
        limit = document.options.max_keywords
        kept: list[tuple[str, float]] = []
        for key, score in sorted(scored.items(), key=lambda item: (-item[1][1], item[0])):
            if len(kept) == limit:
                break
            parts = set(key.split(" "))
            if any(parts <= set(k.split(" ")) or parts >= set(k.split(" ")) for k, _ in kept):
                continue
            kept.append((key, score[1]))
        top = kept[0][1] if kept else 1.0
        return {"keywords": [Keyword(term=scored[key][0], score=round(score / top, 4)) for key, score in kept]}

    def models(self) -> tuple[ModelInfo, ...]:
        """The table of function words."""
        return (table_info("stopwords.tsv", "1"),)


def _scores(text: str, title_end: int, stop: frozenset[str]) -> dict[str, tuple[str, float]]:
    """Surface form and score of each candidate, by its lower-case form."""
    spans = words(text)
    unspaced = has_unspaced_script(text)
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    in_title: set[str] = set()
    capitals: Counter[str] = Counter()
    run: list[tuple[str, str, int]] = []
    end = -1
    for span in spans:
        surface = text[span.start : span.end]
        lower = surface.lower().removesuffix("'s").removesuffix("’s")
        gap = text[end : span.start] if end >= 0 else ""
        joined = gap == " " or (unspaced and gap == "")
        weak = lower in stop or (len(lower) < 3 and not unspaced and not surface.isupper()) or not lower[0].isalpha()
        if weak or not joined:
            run = []
        end = span.end
        if weak:
            continue
        run.append((lower, surface.removesuffix("'s").removesuffix("’s"), span.start))
        del run[: -_MAX_WORDS - unspaced]
        for size in range(2 if unspaced and len(surface) == 1 else 1, len(run) + 1):
            piece = run[-size:]
            glue = "" if unspaced else " "
            key = glue.join(part[0] for part in piece)
            form = glue.join(part[1] for part in piece)
            counts[key] += 1
            forms[key][form] += 1
            first.setdefault(key, piece[0][2])
            capitals[key] += all(part[1][0].isupper() for part in piece)
            if piece[-1][2] < title_end:
                in_title.add(key)
    length = max(1, len(text))
    result: dict[str, tuple[str, float]] = {}
    for key, count in counts.items():
        size = key.count(" ") + 1
        if count < 2 and (size > 1 or key not in in_title):
            continue
        score = math.log1p(count) * _PHRASE_WEIGHT.get(size, 1.0) * (1.0 + 1.0 / (1.0 + 6.0 * first[key] / length))
        score *= 1.0 + _CASE_WEIGHT * capitals[key] / count
        if key in in_title:
            score *= _TITLE_WEIGHT
        form = min(forms[key].items(), key=lambda item: (-item[1], item[0]))[0]
        result[key] = (form, score)
    return result


ENRICHER = KeywordsEnricher()
