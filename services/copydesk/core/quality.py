"""How good a parse is: a confidence a field, flags, and one score."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk_schemas.parts import Provenance, Quality
from copydesk_schemas.reasons import Flag

_WEIGHTS = {"body": 0.5, "title": 0.2, "published_at": 0.15, "authors": 0.15}
"""What a reader misses most. Set by judgement, adds up to 1."""
_PENALTIES = {
    Flag.TRUNCATED: 0.15,
    Flag.PAYWALL_SUSPECTED: 0.15,
    Flag.BODY_SHORT: 0.1,
    Flag.DATE_CONFLICT: 0.05,
    Flag.ENCODING_REPAIRED: 0.02,
    Flag.LANGUAGE_UNCERTAIN: 0.05,
}


def judge(provenance: Mapping[str, Provenance], flags: set[Flag]) -> Quality:
    """The quality block.

    Args:
        provenance: of each non-empty parsed field; its confidence is the field's.
        flags: all that apply.
    """
    fields = {name: found.confidence for name, found in sorted(provenance.items())}
    score = sum(weight * fields.get(name, 0.0) for name, weight in _WEIGHTS.items())
    score -= sum(_PENALTIES.get(flag, 0.0) for flag in flags)
    return Quality(score=round(min(1.0, max(0.0, score)), 3), fields=fields, flags=sorted(flags))
