"""Near-duplicates: candidates by shared keys, judged by containment of the sketches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from copydesk.core.dedupe import state as s
from copydesk.core.dedupe.event_time import DAY_MS, Span, close
from copydesk.core.dedupe.postings import candidates
from copydesk.core.fingerprint import Containment, containment
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import StateView
from copydesk_schemas.parsed import Fingerprint

CAME_NEAR = 0.2
"""A similarity from which on the nearest article is worth naming."""


@dataclass(frozen=True, slots=True)
class Match:
    """A published article that shares keys with the new one."""

    name: bytes
    head: s.Head
    shared_keys: int
    measure: Containment

    @property
    def similarity(self) -> float:
        """Containment of the smaller text in the larger."""
        return max(self.measure.of_new, self.measure.of_old)


def find_matches(
    fingerprint: Fingerprint, arrival_ms: int, span: Span, state: StateView, options: DedupeOptions
) -> list[Match]:
    """Published articles that share at least `min_shared_keys` keys, the one that best covers the new text first.

    Only those of the window count, by arrival and by the time that they are of.

    Among equals the one nearest in size leads, then the one that arrived first: the original before a digest of it.
    """
    if fingerprint.words < options.min_words or not fingerprint.near_keys:
        return []
    shared: Counter[bytes] = Counter()
    days, limit = options.window_days, options.max_postings
    for key in s.split_keys(s.pack64(fingerprint.near_keys)):
        value = state.get(s.near_key(key))
        if value:
            shared.update(candidates(value, arrival_ms, span, window_days=days, limit=limit))
    matches: list[Match] = []
    for name, count in shared.items():
        if count < options.min_shared_keys:
            continue
        head = s.load_head(state, name)
        if head is None or head.taken_down or head.method != fingerprint.method:
            continue
        if not close(span, head.span, days * DAY_MS):
            continue
        measure = containment(fingerprint.sketch, s.unpack32(head.sketch))
        matches.append(Match(name, head, count, measure))
    matches.sort(
        key=lambda m: (-m.measure.of_new, -m.measure.of_old, m.head.arrival_ms or float("inf"), m.head.article_id)
    )
    return matches
