"""Forgetting what fell out of the window, so that the state stays as large as the window and no larger.

No decision depends on it but one: the very same record, redelivered after more than a window, is decided afresh.
Everything else that is forgotten here was ignored already, because its arrival is too old. Only arrival counts: what is
old by its date but came yesterday, as backfill does, stays as long as everything else of yesterday.
"""

from __future__ import annotations

from itertools import takewhile

from copydesk.core.dedupe import state as s
from copydesk.core.dedupe.event_time import DAY_MS
from copydesk.core.dedupe.events import forget_key, forget_texts
from copydesk.core.dedupe.postings import without_expired
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay, StateStore

_HOUR_MS = 3_600_000
_GRACE_MS = DAY_MS
"""Raw partitions are read side by side and one may lag: its records still meet what arrived a window before them,
whether this ran in between or not. The log keeps as much more than the window, so that a restored state does too."""


def prune(store: StateStore, options: DedupeOptions, newest_ms: int, *, limit: int = 5_000) -> int:
    """Remove up to `limit` records that arrived a window and a day before `newest_ms`, with all that hangs on them.

    Call it between batches, when no overlay on this store is waiting for its commit; again, while it returns `limit`.
    Records of unknown arrival stay.

    Args:
        store: the committed state of a partition.
        options: the window.
        newest_ms: arrival of the newest record of the partition, milliseconds since 1970.
        limit: bounds the time that one call takes.

    Returns:
        How many records were removed.
    """
    horizon_ms = newest_ms - options.window_days * DAY_MS - _GRACE_MS
    if store.next_offset is None or horizon_ms <= 0:
        return 0
    # A whole hour must be over, or a record that still counts would go with its hour.
    end = s.age_key(horizon_ms - horizon_ms % _HOUR_MS, b"")
    known = s.age_key(_HOUR_MS, b"")
    overlay = Overlay(store)
    removed = 0
    for key, _ in takewhile(lambda entry: entry[0] < end, store.scan(b"t")):
        if key < known:
            continue
        _forget(key, overlay, horizon_ms)
        removed += 1
        if removed == limit:
            break
    if removed:
        store.write(overlay.changes, store.next_offset)
    return removed


def _forget(age: bytes, state: Overlay, horizon_ms: int) -> None:
    coordinates = age[len(s.age_key(0, b"")) :]
    state.put(age, None)
    near = s.swept_key(coordinates)
    if near is not None:
        state.put(s.near_key(near), without_expired(state.get(s.near_key(near)), horizon_ms))
        return
    verdict = s.load_outcome(state, coordinates)
    state.put(s.outcome_key(coordinates), None)
    if verdict is None:
        return
    if verdict.raw_id is not None:
        key = s.raw_id_key(verdict.raw_id, int(coordinates.rsplit(b"-", 1)[1]))
        seen = s.load_raw_id(state, key)
        if seen is not None and 0 < seen.arrival_ms < horizon_ms:
            state.put(key, None)
    for key in verdict.withdrawal.keys if verdict.withdrawal is not None else ():
        taken_down = s.load_taken_down(state, key)
        if taken_down is not None and 0 < taken_down.arrival_ms < horizon_ms:
            state.put(key, None)
    outcome = verdict.published or verdict.copied
    name = s.handle(outcome.article_id) if outcome is not None else None
    head = s.load_head(state, name)
    # A later revision keeps its article alive; its own record will take it along.
    if name is None or head is None or head.arrival_ms <= 0 or head.arrival_ms >= horizon_ms:
        return
    forget_texts(name, head, state)
    if head.url is not None:
        forget_key(s.url_key(head.url), name, state)
    for url in head.aliases:
        forget_key(s.fetched_key(url), name, state)
    state.put(s.head_key(name), None)
    state.put(s.copies_key(name), None)
