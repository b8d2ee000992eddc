"""Topics: IPTC Media Topics by words that speak for them. English only; nothing where the evidence is thin."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.terms import rows, table_info
from copydesk.core.text.segment import words
from copydesk_schemas.parts import ModelInfo, Topic

SCHEME = "iptc-mediatopics"
_TABLE = "mediatopics.tsv"
_TITLE_TIMES = 3
_MIN_DISTINCT = 2
_SHARE = 0.35
# A further topic needs this share of the strongest one's evidence.
_HALF = 6.0
# Evidence at which the score is one half, a judgement: six different words, or fewer that are repeated.


@cache
def _lexicon() -> dict[str, tuple[str, ...]]:
    topics: dict[str, list[str]] = defaultdict(list)
    for identifier, _, _, terms in rows(_TABLE):
        for term in terms.split():
            topics[term].append(identifier)
    return {term: tuple(ids) for term, ids in topics.items()}


@cache
def _labels() -> dict[str, tuple[str, str]]:
    return {identifier: (parent, label) for identifier, parent, label, _ in rows(_TABLE)}


class TopicsEnricher:
    """Fills `topics`."""

    name = "topics"
    version = "1"
    fields = ("topics",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - needs no other
        """Up to `max_topics` topics, the strongest first; a narrower one only under a broader one that is there."""
        if document.language != "en":
            return {"topics": []}
        title = document.article.title or ""
        counts = Counter(document.body[s.start : s.end].lower() for s in document.words)
        for span in words(title):
            counts[title[span.start : span.end].lower()] += _TITLE_TIMES
        evidence: dict[str, float] = defaultdict(float)
        distinct: Counter[str] = Counter()
        lexicon = _lexicon()
        for term, count in sorted(counts.items()):
            for identifier in lexicon.get(term, ()):
                evidence[identifier] += 1.0 + math.log(count)
                distinct[identifier] += 1
        labels = _labels()
        strongest = max((e for i, e in evidence.items() if not labels[i][0]), default=0.0)
        kept = {
            i
            for i, e in evidence.items()
            if not labels[i][0] and distinct[i] >= _MIN_DISTINCT and e >= _SHARE * strongest
        }
        kept |= {i for i, n in distinct.items() if labels[i][0] in kept and n >= _MIN_DISTINCT}
        ranked = sorted(kept, key=lambda i: (-evidence[i], i))[: document.options.max_topics]
        if document.trace.enabled:
            for i in ranked:
                document.trace.note("topics", labels[i][1], "taken", f"{distinct[i]} different words speak for it")
        return {
            "topics": [
                Topic(scheme=SCHEME, id=i, label=labels[i][1], score=round(evidence[i] / (evidence[i] + _HALF), 4))
                for i in ranked
            ]
        }

    def models(self) -> tuple[ModelInfo, ...]:
        """The table of topics with its words."""
        return (table_info(_TABLE, "1"),)


ENRICHER = TopicsEnricher()
