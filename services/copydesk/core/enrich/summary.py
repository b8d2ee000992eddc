"""Summary: sentences of the body, chosen by their place and by the story's own terms. Nothing is reworded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.terms import stop_words, table_info
from copydesk.core.text.segment import has_unspaced_script, words
from copydesk_schemas.parts import ModelInfo, Summary

METHOD = "lead-weighted-extract"
_MIN_SENTENCES_OVER = 2
# A body that is hardly longer than its summary has none.
_MAX_CHARS = 400
_MIN_WORDS = 6
_FULL_WIDTH_END = re.compile("[。！？｡][」』）》〉】”’]*$")


class SummaryEnricher:
    """Fills `summary`."""

    name = "summary"
    version = "1"
    fields = ("summary",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - needs no other
        """Up to `summary_sentences` sentences in the order of the body; None where the body is too short."""
        limit = document.options.summary_sentences
        spans = document.sentences
        if limit < 1 or len(spans) < limit + _MIN_SENTENCES_OVER:
            return {"summary": None}
        body = document.body
        stop = stop_words(document.language)
        texts = [body[span.start : span.end] for span in spans]
        terms = [_terms(text, stop) for text in texts]
        weights = Counter(term for sentence in terms for term in sentence)
        weights.update(dict.fromkeys(_terms(document.article.title or "", stop), 3))
        unspaced = has_unspaced_script(body)
        left = {
            index
            for index, text in enumerate(texts)
            if len(text) <= _MAX_CHARS and (unspaced or len(text.split()) >= _MIN_WORDS)
        }
        taken: list[int] = []
        covered: set[str] = set()
        while left and len(taken) < limit:
            best = max(sorted(left), key=lambda i: (_gain(i, terms[i], weights, covered), -i))
            taken.append(best)
            left.discard(best)
            covered |= terms[best]
        if not taken:
            return {"summary": None}
        return {"summary": Summary(text=_joined([texts[i] for i in sorted(taken)]), method=METHOD)}

    def models(self) -> tuple[ModelInfo, ...]:
        """The table of function words."""
        return (table_info("stopwords.tsv", "1"),)


def _joined(sentences: list[str]) -> str:
    """Sentences with a space between them, none after an East Asian full stop: it brings its own."""
    text = ""
    for sentence in sentences:
        text += sentence if not text or _FULL_WIDTH_END.search(text) else f" {sentence}"
    return text


def _terms(text: str, stop: frozenset[str]) -> set[str]:
    found = (text[span.start : span.end].lower() for span in words(text))
    return {term for term in found if term not in stop}


def _gain(index: int, terms: set[str], weights: Counter[str], covered: set[str]) -> float:
    """What a sentence adds: weight of terms not yet covered for its length, more the nearer it is to the lead."""
    fresh = sum(weights[term] - 1 for term in terms - covered)
    return fresh / (4 + len(terms)) * (1.0 + 2.0 / (1.0 + index))


ENRICHER = SummaryEnricher()
