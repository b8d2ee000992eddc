"""Backfill years old, mixed with live articles in any order: the same arrivals give the same verdicts."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.desk import NOW, Desk, prose

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import Decision, apply_event, decide, prune
from copydesk.core.dedupe.event_time import to_ms
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import DatePrecision, DuplicateVerdict, Priority

DAY = timedelta(days=1)
THEN = datetime(2019, 3, 28, 15, tzinfo=UTC)
OPTIONS = DedupeOptions(max_postings=3)
NOTICE = prose(60, 90)
"""A notice that is printed every year, alone or before other words."""
SHORT = "The harbour office is closed today and opens again tomorrow at nine as usual for all visitors."
AGENCY = prose(200, 91)
BODIES = [
    NOTICE,
    SHORT,
    AGENCY,
    f"Copy desk: {AGENCY}",
    " ".join(AGENCY.split()[:100]),
    f"{AGENCY} {prose(150, 92)}",
    *(f"{NOTICE} {prose(60, 100 + i)}" for i in range(6)),
]
LIVE = st.fixed_dictionaries(
    {
        "body": st.sampled_from(BODIES),
        "published_at": st.sampled_from([NOW, NOW - 2 * DAY, None]),
        "url": st.sampled_from([None, None, "https://example.com/today"]),
        "delete": st.sampled_from([False] * 9 + [True]),
        "fetched_at": st.none(),
        "priority": st.just(Priority.LIVE),
        "published_precision": st.sampled_from([None, DatePrecision.SECOND, DatePrecision.DAY]),
    }
)
BACKFILL = st.fixed_dictionaries(
    {
        "body": st.sampled_from(BODIES),
        "published_at": st.integers(-7, 6).map(lambda years: THEN + years * 365 * DAY) | st.none(),
        "url": st.sampled_from([None, None, "https://example.com/then", "https://example.com/today"]),
        "delete": st.sampled_from([False] * 9 + [True]),
        "fetched_at": st.sampled_from([THEN, NOW, None]),
        "priority": st.just(Priority.BACKFILL),
        "published_precision": st.sampled_from([None, DatePrecision.MONTH, DatePrecision.YEAR]),
    }
)
STREAM = st.tuples(st.lists(LIVE, max_size=14), st.lists(BACKFILL, max_size=14), st.integers(0, 2**32))


def mixed(live: list[dict[str, Any]], backfill: list[dict[str, Any]], seed: int) -> list[ParsedArticle]:
    """Both streams in one seeded order of arrival, 0.8 days apart: some fall out of the window on the way."""
    order = [*live, *backfill]
    random.Random(seed).shuffle(order)
    desk = Desk()
    articles = []
    for number, record in enumerate(order):
        fields = {name: value for name, value in record.items() if name not in {"body", "delete"}}
        fields["arrived"] = NOW + number * 0.8 * DAY
        if record["delete"]:
            fields |= {
                "action": "delete",
                "title": None,
                "published_at": None,
                "url": fields["url"] or "https://x.example/",
            }
        articles.append(desk.parsed("" if record["delete"] else record["body"], **fields))
    return articles


def said(decision: Decision) -> Any:
    refused = decision.refused
    return decision.unique, decision.duplicate, (refused.code, refused.message) if refused is not None else None


def run(articles: list[ParsedArticle], *, batch: int, restore_at: int | None = None, pruned: bool = False) -> list[Any]:
    """Decide in batches. At `restore_at` the state is lost and restored from the log; pruning runs between batches."""
    store, log, found = MemoryStore(), list[tuple[bytes, bytes | None]](), []
    overlay = Overlay(store)
    for number, article in enumerate(articles):
        if number % batch == 0 or number == restore_at:
            store.write(overlay.changes, len(log))
            if pruned and number:
                prune(store, OPTIONS, to_ms(articles[number - 1].raw.timestamp), limit=3)
            if number == restore_at:
                store = MemoryStore()
                restored = Overlay(store)
                for key, value in log:
                    apply_event(key, value, restored, OPTIONS)
                store.write(restored.changes, len(log))
            overlay = Overlay(store)
        decision = decide(article, overlay, OPTIONS, now=NOW)
        log.extend(decision.events)
        found.append(said(decision))
    return found


@settings(max_examples=40, deadline=None)
@given(STREAM, st.integers(1, 9), st.integers(0, 27))
def test_the_same_arrivals_give_the_same_verdicts(stream: Any, batch: int, restore_at: int) -> None:
    articles = mixed(*stream)
    first = run(articles, batch=1)
    assert run(articles, batch=batch) == first
    assert run(articles, batch=batch, restore_at=restore_at) == first
    assert run(articles, batch=batch, pruned=True) == first
    assert run(articles, batch=batch, restore_at=restore_at, pruned=True) == first


@settings(max_examples=40, deadline=None)
@given(STREAM)
def test_no_text_is_set_aside_for_one_of_another_time(stream: Any) -> None:
    articles = mixed(*stream)
    by_text = {DuplicateVerdict.EXACT_TEXT, DuplicateVerdict.NEAR_DUPLICATE, DuplicateVerdict.CONTAINED}
    for article, (_, duplicate, _) in zip(articles, run(articles, batch=5), strict=True):
        if duplicate is None or duplicate.verdict not in by_text:
            continue
        one, other = article.published_at, duplicate.duplicate_of.published_at
        if one is not None and other is not None:
            # A year's precision makes a span of 366 days, on either side.
            assert abs(one - other) <= (14 + 2 * 366) * DAY
            if article.published_precision is None:
                assert other - 14 * DAY <= one <= other + (14 + 366) * DAY


@settings(max_examples=30, deadline=None)
@given(st.lists(LIVE, min_size=1, max_size=12), st.integers(0, 2**32), st.integers(1, 40))
def test_an_archive_of_other_years_changes_no_verdict_on_dated_live_articles(
    live: list[dict[str, Any]], seed: int, size: int
) -> None:
    """The same live articles at the same times, with and without an archive that shares their boilerplate."""
    for record in live:
        record["published_at"] = record["published_at"] or NOW
        record["delete"] = False
    alone = mixed(live, [], seed)
    numbers = random.Random(seed)
    archive = Desk()
    archive.offset = 10_000
    both: list[ParsedArticle] = []
    for article in alone:
        for _ in range(numbers.randrange(size)):
            at = THEN + numbers.randrange(-7, 6) * 365 * DAY
            body = (
                numbers.choice(BODIES) if numbers.random() < 0.5 else f"{NOTICE} {prose(60, numbers.randrange(10**6))}"
            )
            both.append(
                archive.parsed(body, published_at=at, arrived=article.raw.timestamp, priority=Priority.BACKFILL)
            )
        both.append(article)
    found = dict(zip((article.raw.offset for article in both), run(both, batch=7), strict=True))
    assert [found[article.raw.offset] for article in alone] == run(alone, batch=7)


@pytest.mark.parametrize("seed", range(3))
def test_every_year_has_its_own_original_in_any_order(seed: int) -> None:
    """Twelve years of one notice with three printings each, shuffled, beside live ones: one article a year."""
    desk = Desk()
    numbers = random.Random(seed)
    printings = [(year, copy) for year in range(12) for copy in range(3)]
    numbers.shuffle(printings)
    published: dict[int, str] = {}
    live: list[Decision] = []
    for year, copy in printings:
        for text in (NOTICE, f"{NOTICE} Printed by hand."):
            decision = desk.send(text, published_at=THEN - year * 365 * DAY + copy * DAY)
            if decision.unique is not None:
                assert year not in published
                published[year] = decision.unique.article.article_id
            else:
                assert decision.duplicate is not None
                assert decision.duplicate.duplicate_of.article_id == published[year]
        live.append(desk.send(f"{NOTICE} {prose(20, 5)}", published_at=NOW))
    assert len(published) == 12
    assert [decision.unique is not None for decision in live] == [True] + [False] * (len(live) - 1)
