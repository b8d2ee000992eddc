"""The enrichers that there are, in the order in which they run. A new one is named here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.core.enrich import (
    dates_mentioned,
    entities,
    keywords,
    places,
    quotes,
    sentiment,
    summary,
    topics,
)
from copydesk.core.enrich.base import Enricher

BUILT_IN: tuple[Enricher, ...] = (
    entities.ENRICHER,
    places.ENRICHER,
    quotes.ENRICHER,
    dates_mentioned.ENRICHER,
    keywords.ENRICHER,
    topics.ENRICHER,
    sentiment.ENRICHER,
    summary.ENRICHER,
)
"""All built-in enrichers, in order: later ones may use what earlier ones found."""


def names() -> tuple[str, ...]:
    """Names of the built-in enrichers, in order."""
    return tuple(enricher.name for enricher in BUILT_IN)


def select(wanted: Sequence[str], available: Sequence[Enricher] = BUILT_IN) -> tuple[Enricher, ...]:
    """The enrichers of these names, in the registry's order whatever the order of `wanted`.

    Raises:
        ValueError: a name that there is not; the message lists those that there are.
    """
    known = [enricher.name for enricher in available]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ValueError(f"no such enricher: {', '.join(unknown)}; there are {', '.join(known)}")
    return tuple(enricher for enricher in available if enricher.name in wanted)
