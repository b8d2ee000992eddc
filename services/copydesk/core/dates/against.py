"""Metadata held against what the page shows to its readers, and shown dates against each other."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.core.dates.offers import SAME_DAYS, Offer
from copydesk_schemas.reasons import DateRole

_METADATA = ("jsonld", "meta", "dom:itemprop")
_SHOWN = ("dom:line", "dom:time")
_CLEAR = 0.69
"""Confidence from which on a shown date is one beside the headline, or a labelled one."""
_FAINT = 0.4
"""The same among shown dates alone."""
_EVEN = 0.06
"""Shown dates that differ by less in confidence are as good as each other."""


def held_against_page(best: Offer, claims: Sequence[Offer], offers: Sequence[Offer]) -> Offer | None:
    """The best claim once the page's own lines were asked; None where the two can not both be true.

    Publishers' programs write the last upload as `datePublished`; then it equals the modification, and the day under
    the headline is earlier. A shown day that equals the stated modification is that.

    Args:
        best: the strongest claim.
        claims: all claims to publication that are not barred.
        offers: all dates, for the modifications among them.
    """
    day = best.date.as_day()
    if day is None or best.found.role is not DateRole.PUBLISHED:
        return best
    from_metadata = best.found.source.startswith(_METADATA)
    shown = [o for o in claims if _is_shown(o, _CLEAR if from_metadata else _FAINT)]
    rivals = [o for o in shown if not _same(o, best) and not is_update(o, offers)]
    if not from_metadata:
        if best not in shown or _supported(best, claims):
            return best
        even = [o for o in rivals if best.confidence - o.confidence < _EVEN]
        return None if even else best
    if not rivals or any(_same(o, best) for o in shown) or _supported(best, claims):
        return best
    rival = max(rivals, key=lambda o: o.confidence)
    rival_day = rival.date.as_day()
    uploaded = is_update(best, [o for o in offers if o.found.source.startswith(_METADATA)])
    if uploaded and rival_day is not None and rival_day < day:
        rival.reason = "taken: the page shows it, and the metadata give the day of the last upload for both"
        return rival
    return None


def is_update(offer: Offer, offers: Sequence[Offer]) -> bool:
    """Whether a date is the day that is stated as that of a modification."""
    return any(
        o.found.role is DateRole.MODIFIED and not o.barred and o.date.day is not None and _same(o, offer)
        for o in offers
    )


def _is_shown(offer: Offer, least: float) -> bool:
    return (
        offer.found.role is DateRole.PUBLISHED
        and offer.found.source.startswith(_SHOWN)
        and offer.found.confidence >= least
        and offer.date.day is not None
    )


def _same(one: Offer, other: Offer) -> bool:
    return one.date.compatible_with(other.date, days=SAME_DAYS)


def _supported(best: Offer, claims: Sequence[Offer]) -> bool:
    """Whether the page's address or a feed says the same day."""
    roles = (DateRole.URL, DateRole.FEED)
    return any(o.found.role in roles and o.date.day is not None and _same(o, best) for o in claims)
