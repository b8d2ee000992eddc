"""Direct speech with speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.speech.attribute import Attribution, Attributor
from copydesk.core.enrich.speech.cues import cues
from copydesk.core.enrich.speech.marks import Speech, find_speech
from copydesk.core.text.segment import count_words
from copydesk_schemas.parts import Entity, ModelInfo, Quote

_FRAGMENT_WORDS = 4
"""Fewer words may be irony, a title or a term: they count only where a verb of speech attributes them."""
_MAX_BODY = 200_000
_MAX_QUOTES = 300


class QuotesEnricher:
    """Fills `quotes`."""

    name = "quotes"
    version = "1"
    fields: tuple[str, ...] = ("quotes",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:
        """Quotations in order; speakers need the entities, which run first."""
        body = document.body if len(document.body) <= _MAX_BODY else document.body[:_MAX_BODY]
        entities: Sequence[Entity] = found.get("entities") or []
        speech = find_speech(body)[:_MAX_QUOTES]
        known = cues(document.language)
        if known is None:
            attributed = [Attribution(span, None, None, 0.3) for span in speech]
        else:
            attributed = Attributor(body, speech, entities, known).run()
        quotes = []
        for one in attributed:
            quote = _quote(body, one)
            if quote is not None:
                quotes.append(quote)
                if document.trace.enabled:
                    why = f"«{one.cue}»" if one.cue else "goes on speaking" if one.entity else "nobody is named"
                    document.trace.note("quotes", quote.text[:120], quote.speaker or "speaker unknown", why)
        return {"quotes": quotes}

    def models(self) -> tuple[ModelInfo, ...]:
        """Rules only."""
        return ()


def _quote(body: str, one: Attribution) -> Quote | None:
    span = one.speech
    text = body[span.start : span.end]
    count = count_words(text)
    confidence = one.confidence
    if count == 0:
        return None
    if count < _FRAGMENT_WORDS:
        if one.entity is None or one.cue is None:
            return None
        confidence *= 0.7
    elif one.entity is None and one.cue is None and not _sentence(text, span):
        return None
    if span.unclosed:
        confidence *= 0.6
    return Quote(
        text=text,
        speaker=one.entity.name if one.entity else None,
        speaker_entity=one.entity.id if one.entity else None,
        cue=one.cue,
        start=span.start,
        end=span.end,
        confidence=round(confidence, 3),
    )


def _sentence(text: str, span: Speech) -> bool:
    """Whether unattributed words look like speech rather than a title: they end like a sentence."""
    return text[-1] in ".,!?…。！？" or span.paragraphs > 1


ENRICHER = QuotesEnricher()
