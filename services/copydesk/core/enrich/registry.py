"""The enrichers that there are, in the order in which they run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import cast

from copydesk.core.enrich.base import Enricher
from copydesk.core.options import ENRICHERS


@cache
def built_in() -> tuple[Enricher, ...]:
    """All built-in enrichers, in order: later ones may use what earlier ones found."""
    return tuple(cast("Enricher", import_module(f"copydesk.core.enrich.{name}").ENRICHER) for name in ENRICHERS)


def select(names: Sequence[str], available: Sequence[Enricher] | None = None) -> tuple[Enricher, ...]:
    """The enrichers of these names, in the registry's order whatever the order of `names`.

    Raises:
        ValueError: a name that there is not; the message lists those that there are.
    """
    enrichers = built_in() if available is None else tuple(available)
    known = [enricher.name for enricher in enrichers]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no such enricher: {', '.join(unknown)}; there are {', '.join(known)}")
    return tuple(enricher for enricher in enrichers if enricher.name in names)
