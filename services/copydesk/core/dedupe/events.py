"""Applying events of the log to a state: the one place where state changes, for live decisions and for a restore."""

from __future__ import annotations

from copydesk.core.dedupe import state as s
from copydesk.core.dedupe.event_time import DAY_MS, within
from copydesk.core.dedupe.postings import posting, with_latest, with_posting, without_posting
from copydesk.core.options import DedupeOptions

_SAME_TEXTS = 16
"""Articles remembered under one exact text: a text may come back every year, each time as an article of its own."""


def apply_event(key: bytes, value: bytes | None, state: s.WritableState, options: DedupeOptions) -> None:
    """Apply one record of `article-fingerprints`.

    Args:
        key: raw coordinates, `topic-partition-offset-item`.
        value: the event; None (a tombstone) changes nothing.
        state: changed in place.
        options: the window and the length of posting lists.

    Raises:
        msgspec.DecodeError: the value is no event.
    """
    if value is None:
        return
    event = s.decode_event(value)
    verdict = event.verdict
    _set_apart_other(key, verdict, state)
    state.put(s.outcome_key(key), s.encode(verdict))
    state.put(s.age_key(verdict.arrival_ms, key), b"")
    if verdict.withdrawal is not None:
        _remember_takedown(verdict.withdrawal, verdict.arrival_ms, state)
    if verdict.copied is not None:
        name = s.handle(verdict.copied.article_id)
        state.put(s.copies_key(name), verdict.copied.copies.to_bytes(4, "big"))
        _remember_raw_id(verdict, key, name, state, options)
    elif event.head is not None:
        name = s.handle(event.head.article_id)
        old = s.load_head(state, name)
        forget_texts(name, old, state)
        for url in set(old.aliases).difference(event.head.aliases) if old is not None else ():
            forget_key(s.fetched_key(url), name, state)
        _index(name, event.head, state, options)
        _remember_raw_id(verdict, key, name, state, options)


def forget_key(key: bytes, name: bytes, state: s.WritableState) -> None:
    """Take an article out of an index that knows one for each key, unless another has taken its place."""
    if state.get(key) == name:
        state.put(key, None)


def forget_texts(name: bytes, head: s.Head | None, state: s.WritableState) -> None:
    """Take an article's text out of the indexes, so that a revision never meets its own past."""
    if head is None or head.taken_down:
        return
    forget_key(s.content_key(head.content_hash), name, state)
    for key in (s.exact_key(head.exact_hash), *map(s.near_key, s.split_keys(head.keys))):
        old = state.get(key)
        new = without_posting(old, name)
        if new != old:
            state.put(key, new)


def _index(name: bytes, head: s.Head, state: s.WritableState, options: DedupeOptions) -> None:
    state.put(s.head_key(name), s.encode(head))
    if head.url is not None:
        state.put(s.url_key(head.url), name)
    for url in head.aliases:
        state.put(s.fetched_key(url), name)
    if head.taken_down:
        return
    state.put(s.content_key(head.content_hash), name)
    new, days = posting(name, head.arrival_ms, head.span), options.window_days
    if head.words:
        key = s.exact_key(head.exact_hash)
        state.put(key, with_latest(state.get(key), new, window_days=days, limit=_SAME_TEXTS))
    for near in s.split_keys(head.keys):
        key = s.near_key(near)
        postings, stopped = with_posting(state.get(key), new, window_days=days, limit=options.max_postings)
        state.put(key, postings)
        if stopped:
            state.put(s.sweep_key(head.arrival_ms, near), b"")


def _set_apart_other(coordinates: bytes, verdict: s.Verdict, state: s.WritableState) -> None:
    """Keep the outcome of another record that had these coordinates, in a topic that was deleted and made anew.

    Nothing asks for it again, but it leads pruning to what hangs on it.
    """
    old = s.load_outcome(state, coordinates)
    if old is None or old.is_of(verdict.mark):
        return
    apart = s.superseded(coordinates, old.mark)
    state.put(s.age_key(old.arrival_ms, coordinates), None)
    state.put(s.outcome_key(apart), s.encode(old))
    state.put(s.age_key(old.arrival_ms, apart), b"")


def _remember_takedown(withdrawal: s.Withdrawal, arrival_ms: int, state: s.WritableState) -> None:
    for key in withdrawal.keys:
        known = s.load_taken_down(state, key)
        at_ms = withdrawal.at_ms if known is None else max(known.at_ms, withdrawal.at_ms)
        state.put(key, s.encode(s.TakenDown(at_ms, arrival_ms)))


def _remember_raw_id(
    verdict: s.Verdict, coordinates: bytes, name: bytes, state: s.WritableState, options: DedupeOptions
) -> None:
    if verdict.raw_id is None:
        return
    key = s.raw_id_key(verdict.raw_id, int(coordinates.rsplit(b"-", 1)[1]))
    seen = s.load_raw_id(state, key)
    # The first meaning of an id stays for a window: later records with it are redeliveries.
    if seen is None or not within(verdict.arrival_ms, seen.arrival_ms, options.window_days * DAY_MS):
        state.put(key, s.encode(s.SeenId(name, verdict.copied is not None, verdict.arrival_ms)))
