"""Dates that the body speaks of, resolved against the day of publication where that is known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from typing import Any

from copydesk import __version__
from copydesk.core.dates.find import find_dates
from copydesk.core.dates.resolve import is_future, resolve
from copydesk.core.enrich.base import Document
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.parts import DateMentioned, ModelInfo
from copydesk_schemas.reasons import DatePrecision

_COARSE = frozenset({DatePrecision.MONTH, DatePrecision.YEAR})
_MAX_DATES = 200
"""More than this is a table or a chronicle: its first dates are enough to say so."""


class DatesMentionedEnricher:
    """Fills `dates_mentioned`."""

    name = "dates_mentioned"
    version = "1"
    fields = ("dates_mentioned",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - needs no other
        """Expressions of the body in order; `value` is None where one hangs on a day that is not known."""
        body = document.body
        story = _story(document.article)
        sentences = document.sentences
        starts = [sentence.start for sentence in sentences]
        made = []
        for span in find_dates(body, language=document.language)[:_MAX_DATES]:
            position = max(0, bisect_right(starts, span.start) - 1)
            sentence = sentences[position] if sentences else None
            offset = sentence.start if sentence else 0
            words = body[offset : sentence.end if sentence else len(body)]
            future = is_future(words, span.start - offset, span.end - offset)
            value, confidence = resolve(span, story, future=future)
            made.append(
                DateMentioned(
                    text=body[span.start : span.end],
                    start=span.start,
                    end=span.end,
                    value=value,
                    grain=span.grain,
                    confidence=confidence,
                )
            )
        return {"dates_mentioned": made}

    def models(self) -> tuple[ModelInfo, ...]:
        """The table of month and weekday names."""
        return (ModelInfo(name="date-names-cldr", version=__version__),)


def _story(article: ParsedArticle) -> date | None:
    """The day of publication in the publisher's own zone, where it is known to the day."""
    if article.published_at is None or article.published_precision in _COARSE:
        return None
    return article.published_at.date()


ENRICHER = DatesMentionedEnricher()
