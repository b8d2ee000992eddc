"""Tone: VADER (Hutto and Gilbert 2014, MIT) as the mean over sentences. English only; other languages have none.

On a whole article VADER saturates: long texts come out at -1 or 1. The mean over sentences does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk_schemas.parts import ModelInfo, Sentiment

METHOD = "vader-sentence-mean"
_NEUTRAL = 0.05
# VADER's own bound for a compound score that means nothing.
_PIECE = 2_000


@cache
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def _pieces(document: Document) -> Iterator[str]:
    """Sentences; one of inhuman length in pieces, for VADER takes time with the square of the words."""
    for sentence in document.sentences:
        for start in range(sentence.start, sentence.end, _PIECE):
            yield document.body[start : min(start + _PIECE, sentence.end)]


class SentimentEnricher:
    """Fills `sentiment`."""

    name = "sentiment"
    version = "1"
    fields = ("sentiment",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - needs no other
        """Mean compound score of the sentences; None for other languages than English and for empty bodies."""
        if document.language != "en" or not document.sentences:
            return {"sentiment": None}
        scores = [_analyzer().polarity_scores(text)["compound"] for text in _pieces(document)]
        mean = sum(scores) / len(scores)
        polarity = "neutral" if abs(mean) < _NEUTRAL else "positive" if mean > 0 else "negative"
        spread = (sum((score - mean) ** 2 for score in scores) / len(scores)) ** 0.5
        # Sure where many sentences agree: distance of the mean from the bound in standard errors, squashed to 0..1.
        distance = abs(abs(mean) - _NEUTRAL) / (spread / len(scores) ** 0.5 + 0.1)
        confidence = distance / (1.0 + distance)
        return {
            "sentiment": Sentiment(
                polarity=polarity, score=round(mean, 4), confidence=round(confidence, 4), method=METHOD
            )
        }

    def models(self) -> tuple[ModelInfo, ...]:
        """The lexicon with its rules."""
        return (ModelInfo(name="vaderSentiment", version=metadata.version("vaderSentiment")),)


ENRICHER = SentimentEnricher()
