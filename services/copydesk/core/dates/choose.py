"""Which date is the publication date: weighed among all on offer, and none where none can be established.

A wrong date is worse than none. Every candidate is published with its reason, so that a consumer may think otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.core.dates.against import held_against_page, is_update
from copydesk.core.dates.certainty import modified_certainty, published_certainty
from copydesk.core.dates.offers import OFFERS, SAME_DAYS, Offer, bar, day_first_of, read_all
from copydesk.core.dates.partial import PartialDate
from copydesk.core.dates.story import StoryDay, story_day
from copydesk.core.document import FoundDate
from copydesk_schemas.parts import DateCandidate
from copydesk_schemas.reasons import DatePrecision, DateRole, Flag

_LEAST = 0.47
"""Claims below this stay candidates: on development pages without their metadata, 5 of 12 of them were wrong."""
_WEAK = (DateRole.PAGE,)
"""Roles that the text itself may contradict."""
_FAR_DAYS = 31
"""Pictures of a news story are of its weeks; a page dated further from all of them is a re-posting."""


@dataclass(frozen=True, slots=True)
class DateDecision:
    """What is established, and everything it was chosen from.

    `published` keeps the source's own zone; `published_at` is the instant in UTC, unknown units at their lowest.
    """

    published: PartialDate | None = None
    published_at: datetime | None = None
    published_precision: DatePrecision | None = None
    published_tz_known: bool | None = None
    modified_at: datetime | None = None
    candidates: tuple[DateCandidate, ...] = ()
    flags: frozenset[Flag] = frozenset()
    confidence: float = 0.0
    modified_confidence: float = 0.0
    story: StoryDay | None = None


def choose_dates(
    found: Sequence[FoundDate],
    *,
    reference: datetime | None = None,
    language: str = "en",
    country: str | None = None,
    captions: Sequence[str] = (),
    body: str = "",
) -> DateDecision:
    """Weigh the dates of a document.

    Args:
        found: every date as it stood, with what it claims to be.
        reference: a moment after which nothing can have been published (the fetch); None checks nothing.
        language: of the text, BCP 47.
        country: of the publisher, ISO 3166-1 alpha-2, for the order of day and month.
        captions: captions of its pictures.
        body: its text.
    """
    offers = read_all(found, language, day_first=day_first_of(language, country), reference=reference)
    flags: set[Flag] = set()
    for offer in offers:
        bar(offer, reference, flags)
    claims = [o for o in offers if o.found.role in OFFERS and not o.barred]
    best = _best(claims)
    story = None
    if best is not None and best.found.role in _WEAK and best.date.as_day() is not None:
        story = story_day(best.date, captions, body, language)
        if story is not None and story.distance_days > _FAR_DAYS:
            flags.add(Flag.DATE_CONFLICT)
            best.reason = f"not taken: {story.reason}; the date of the page is {story.distance_days} days away"
            best = None
    if best is not None:
        stands = held_against_page(best, claims, offers)
        if stands is not best or _conflicting(best, claims, offers):
            flags.add(Flag.DATE_CONFLICT)
        if stands is None:
            best.reason = "not taken: the page shows another day, and neither explains the other"
        best = stands
    published = _settle(best, claims)
    modified = _modified(offers, published)
    if published is None and not claims:
        flags.add(Flag.DATE_MISSING)
    _explain(offers, published, best)
    candidates = [_candidate(offer) for offer in offers]
    if story is not None and Flag.DATE_CONFLICT in flags:
        candidates.append(
            DateCandidate(
                value=story.value,
                raw=story.evidence[:200],
                role=DateRole.MENTIONED,
                source="text:story-day",
                confidence=0.5,
                chosen=False,
                reason=f"not taken: the day of the story, but its year is not settled: {story.reason}"[:500],
            )
        )
    date = published.date if published else None
    return DateDecision(
        published=date,
        published_at=date.as_instant() if date else None,
        published_precision=date.precision if date else None,
        published_tz_known=date.tz_known if date else None,
        modified_at=modified.date.as_instant() if modified else None,
        candidates=tuple(candidates),
        flags=frozenset(flags),
        confidence=published_certainty(best, claims, conflict=Flag.DATE_CONFLICT in flags)
        if published and best
        else 0.0,
        modified_confidence=modified_certainty(modified, _updates(offers, published)) if modified else 0.0,
        story=story,
    )


def _best(claims: Sequence[Offer]) -> Offer | None:
    """The strongest claim; what agrees with it makes it stronger, a month or a year alone is weaker."""

    def strength(offer: Offer) -> tuple[float, int]:
        agree = sum(
            1
            for other in claims
            if other is not offer
            and other.found.source != offer.found.source
            and other.date.as_day() is not None
            and other.date.compatible_with(offer.date, days=SAME_DAYS)
        )
        coarse = 0.0 if offer.date.day is not None else 0.3
        return offer.confidence - coarse + 0.05 * min(agree, 3), -OFFERS.index(offer.found.role)

    full = [o for o in claims if o.date.day is not None or o.found.role in (DateRole.PUBLISHED, DateRole.FEED)]
    return max(full, key=strength, default=None)


def _conflicting(best: Offer, claims: Sequence[Offer], offers: Sequence[Offer]) -> bool:
    """Whether another claim of the same strength can not be true beside the best, and is no stated modification."""
    return any(
        other.found.role is DateRole.PUBLISHED
        and other.confidence >= 0.7
        and best.confidence - other.confidence <= 0.2
        and not other.date.compatible_with(best.date, days=SAME_DAYS)
        and not is_update(other, offers)
        for other in claims
    )


def _settle(best: Offer | None, claims: Sequence[Offer]) -> Offer | None:
    """The best claim at the finest precision that a claim in agreement with it states."""
    if best is None or best.confidence < _LEAST:
        return None
    if best.date.hour is not None:
        return best
    finer = [
        o
        for o in claims
        if o.date.precision is not best.date.precision
        and o.date.day is not None
        and o.found.role in (DateRole.PUBLISHED, DateRole.FEED)
        and (o.date.hour is not None or best.date.day is None)
        and o.date.compatible_with(best.date)
    ]
    return max(finer, key=lambda o: (o.confidence, o.date.hour is not None), default=best)


def _updates(offers: Sequence[Offer], published: Offer | None) -> list[Offer]:
    """Modifications that may be true: none precedes the publication."""
    updates = [o for o in offers if o.found.role is DateRole.MODIFIED and not o.barred and o.date.day is not None]
    start = published.date.as_instant() if published is not None else None
    if start is None:
        return updates
    slack = timedelta(days=SAME_DAYS)
    return [o for o in updates if (o.date.as_instant() or start) >= start - slack]


def _modified(offers: Sequence[Offer], published: Offer | None) -> Offer | None:
    updates = _updates(offers, published)
    chosen = max(updates, key=lambda o: (o.confidence, o.date.hour is not None), default=None)
    if chosen is not None:
        chosen.chosen = True
        chosen.reason = "taken: the most reliable statement of a modification"
    return chosen


_WHY_NOT = {
    DateRole.MENTIONED: "not taken: it dates something in the story, not the publication",
    DateRole.FETCHED: "not taken: the time of the fetch says nothing of the publication",
    DateRole.HTTP: "not taken: servers date their answers, not the articles in them",
    DateRole.MODIFIED: "not taken: another statement of a modification is more reliable, or it precedes publication",
    DateRole.DATELINE: "not taken: a dateline tells the day of writing",
}
_WHY = {
    DateRole.PUBLISHED: "taken: the most reliable statement of the publication",
    DateRole.PAGE: "taken: the page is dated so, and nothing in the text speaks against it",
    DateRole.URL: "taken: the address carries it, and nothing more direct is there",
    DateRole.FEED: "taken: the feed states it, and nothing more direct is there",
    DateRole.DATELINE: "taken: the dateline carries a full date, and nothing more direct is there",
}


def _explain(offers: Sequence[Offer], published: Offer | None, best: Offer | None) -> None:
    if published is not None:
        published.chosen = True
        published.reason = published.reason if published.reason.startswith("taken") else _WHY[published.found.role]
        if best is not None and best is not published:
            best.reason = "agrees with the date taken, which is more precise"
    for offer in offers:
        said = offer.reason.startswith(("not taken", "taken", "agrees"))
        if said and not (offer.barred and offer.found.role in (DateRole.MENTIONED, DateRole.FETCHED, DateRole.HTTP)):
            continue
        if said:  # what the role says is more to the point than what is wrong with the date
            offer.reason = ""
        doubt = f" ({offer.reason or offer.read.reason})" if offer.reason or offer.read.reason else ""
        if offer.found.role in _WHY_NOT:
            offer.reason = _WHY_NOT[offer.found.role] + doubt
        elif published is None:
            offer.reason = f"not taken: too weak a claim{doubt}"
        elif offer.date.compatible_with(published.date, days=SAME_DAYS):
            offer.reason = f"agrees with the date taken{doubt}"
        elif is_update(offer, offers):
            offer.reason = f"not taken: it is the day of the stated modification{doubt}"
        else:
            offer.reason = f"not taken: a more reliable statement says otherwise{doubt}"


def _candidate(offer: Offer) -> DateCandidate:
    return DateCandidate(
        value=offer.date.value,
        raw=offer.found.raw[:200],
        role=offer.found.role,
        source=offer.found.source,
        confidence=round(min(1.0, max(0.0, offer.confidence)), 3),
        chosen=offer.chosen,
        reason=offer.reason,
    )
