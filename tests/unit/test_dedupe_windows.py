"""Windows by arrival and by event time, and what becomes of keys that many articles share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.support.desk import NOW, OPTIONS, OTHER, STORY, URL, Desk, prose

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import apply_event, decide, prune
from copydesk.core.dedupe import state as s
from copydesk.core.dedupe.event_time import ALWAYS, DAY_MS, Span, close, to_ms
from copydesk.core.dedupe.postings import STOP, candidates, entries, posting, with_latest, with_posting, without_expired
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay
from copydesk_schemas.reasons import DatePrecision, DuplicateVerdict, Verdict

DAY = timedelta(days=1)
THEN = datetime(2019, 3, 28, 15, tzinfo=UTC)
SHORT = "The harbour office is closed today and opens again tomorrow at nine as usual for all visitors."
HALF, COPY, LONGER = " ".join(STORY.split()[:150]), f"x {STORY}", f"{STORY} {prose(300, 9)}"


@pytest.mark.parametrize("text", [STORY, COPY, HALF, LONGER], ids=["exact", "near", "contained", "expanded"])
@pytest.mark.parametrize(
    ("apart", "met"),
    [
        (14 * DAY, True),
        (-14 * DAY, True),
        (14 * DAY + timedelta(seconds=1), False),
        (-14 * DAY - timedelta(seconds=1), False),
        (365 * DAY, False),
        (-3650 * DAY, False),
    ],
)
def test_texts_meet_only_within_the_window_of_their_dates(text: str, apart: timedelta, met: bool) -> None:  # noqa: FBT001 - expected
    desk = Desk()
    first = desk.unique(STORY, published_at=THEN)
    decision = desk.send(text, published_at=THEN + apart)
    if text == LONGER:
        assert decision.unique is not None
        assert decision.unique.dedup.verdict is (Verdict.EXPANDED if met else Verdict.UNIQUE)
        assert (decision.unique.dedup.story_id == first.article.article_id) is met
        assert (decision.unique.dedup.nearest is not None) is met
    else:
        assert (decision.duplicate is not None) is met


@pytest.mark.parametrize("dates", [(None, THEN), (THEN, None), (None, None)])
def test_without_a_date_arrival_alone_decides(dates: tuple[datetime | None, datetime | None]) -> None:
    for text in (STORY, COPY, SHORT):
        desk = Desk()
        desk.unique(STORY if text != SHORT else SHORT, published_at=dates[0])
        copy = desk.copy(text, published_at=dates[1])
        assert (copy.window.published_from is None) is (dates[1] is None)
        late = Desk()
        late.unique(STORY if text != SHORT else SHORT, published_at=dates[0], arrived=NOW)
        late.unique(text, published_at=dates[1], arrived=NOW + 15 * DAY)


def test_near_dates_do_not_help_what_arrived_too_long_ago() -> None:
    desk = Desk()
    desk.unique(STORY, published_at=THEN, arrived=NOW)
    assert desk.unique(COPY, published_at=THEN, arrived=NOW + 15 * DAY).dedup.nearest is None


def test_identity_holds_whatever_the_dates_say() -> None:
    desk = Desk()
    desk.unique(STORY, url=URL, raw_id="p-1", content=b"page", published_at=THEN)
    years = THEN + 2000 * DAY
    found = [
        desk.copy(OTHER, raw_id="p-1", published_at=years),
        desk.copy(STORY, url=URL, published_at=years),
        desk.copy(OTHER, content=b"page", published_at=years),
    ]
    assert [copy.verdict for copy in found] == ["redelivered", "same_url_unchanged", "exact_bytes"]
    assert {copy.window.published_from for copy in found} == {None}
    revision = desk.unique(OTHER, url=URL, published_at=years)
    assert (revision.revision, revision.dedup.window.published_to) == (2, None)


def test_the_window_says_what_bounded_the_decision() -> None:
    desk = Desk()
    window = desk.unique(STORY, published_at=THEN).dedup.window
    assert (window.published_from, window.published_to) == (THEN - 14 * DAY, THEN + 14 * DAY)
    window = desk.copy(STORY, published_at=THEN, published_precision=DatePrecision.DAY).window
    assert (window.published_from, window.published_to) == (THEN - 14 * DAY, THEN + 15 * DAY)
    far = datetime(1, 1, 5, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    windows = [desk.unique(prose(90, 40 + i), published_at=at).dedup.window for i, at in enumerate(far)]
    assert [(w.published_from, w.published_to) for w in windows] == [
        (None, far[0] + 14 * DAY),
        (far[1] - 14 * DAY, None),
    ]


@pytest.mark.parametrize(
    ("precision", "first", "second", "met"),
    [
        (DatePrecision.MONTH, datetime(2019, 3, 1, tzinfo=UTC), datetime(2019, 4, 14, tzinfo=UTC), True),
        (DatePrecision.MONTH, datetime(2019, 3, 1, tzinfo=UTC), datetime(2019, 4, 16, tzinfo=UTC), False),
        (DatePrecision.YEAR, datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC), True),
        (DatePrecision.YEAR, datetime(2019, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC), False),
        (DatePrecision.DAY, datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 1, 16, tzinfo=UTC), True),
    ],
)
def test_a_coarse_date_is_as_long_as_its_unit(
    precision: DatePrecision,
    first: datetime,
    second: datetime,
    met: bool,  # noqa: FBT001 - expected
) -> None:
    coarse: dict[str, Any] = {"published_at": first, "published_precision": precision}
    fine: dict[str, Any] = {"published_at": second}
    for one, other in ((coarse, fine), (fine, coarse)):
        desk = Desk()
        desk.unique(STORY, **one)
        assert (desk.send(COPY, **other).duplicate is not None) is met


def test_a_revision_is_of_the_time_from_publication_to_modification() -> None:
    desk = Desk()
    desk.unique(STORY, url=URL, published_at=THEN, modified_at=THEN + 100 * DAY)
    # A modification that nobody saw is most often a new template of the archive: it does not count.
    assert desk.unique(COPY, published_at=THEN + 100 * DAY).dedup.verdict is Verdict.UNIQUE
    desk.unique(OTHER, url=URL, published_at=THEN, modified_at=THEN + 100 * DAY)
    for at in (0, 60, 110):
        assert desk.copy(f"{at} {OTHER}", published_at=THEN + at * DAY).duplicate_of.revision == 2
    desk.unique(f"y {OTHER}", published_at=THEN + 120 * DAY)


def test_a_modification_after_the_arrival_is_no_fact() -> None:
    desk = Desk()
    desk.unique(STORY, url=URL, published_at=THEN)
    desk.unique(OTHER, url=URL, published_at=THEN, modified_at=NOW + 100 * DAY)
    assert desk.unique(f"x {OTHER}", published_at=NOW).dedup.verdict is Verdict.UNIQUE


def test_a_revision_that_loses_its_date_is_of_any_time() -> None:
    desk = Desk()
    desk.unique(STORY, url=URL, published_at=THEN)
    desk.unique(OTHER, url=URL, published_at=None)
    assert desk.copy(f"x {OTHER}", published_at=NOW).verdict is DuplicateVerdict.NEAR_DUPLICATE


def test_a_text_that_comes_back_every_year_is_an_article_of_each_year() -> None:
    desk = Desk()
    for text in (STORY, SHORT):
        years = [THEN + y * 365 * DAY for y in (3, 0, 7, 1)]
        articles = [desk.unique(text, published_at=at).article.article_id for at in years]
        # Each year's copies are copies of that year's article, whatever came last.
        found = [desk.copy(text, published_at=at + 2 * DAY) for at in years]
        assert [copy.duplicate_of.article_id for copy in found] == articles
        assert {copy.verdict for copy in found} == {DuplicateVerdict.EXACT_TEXT}


def test_the_archive_copy_of_an_agency_text_meets_it_by_its_own_date() -> None:
    desk = Desk()
    original = desk.unique(STORY, published_at=THEN)
    archive = desk.copy(COPY, published_at=THEN + DAY)
    assert archive.duplicate_of.article_id == original.article.article_id
    assert desk.unique(f"y {STORY}", published_at=NOW).dedup.verdict is Verdict.UNIQUE


def test_a_month_of_boilerplate_stops_its_key_for_that_month_only() -> None:
    options = DedupeOptions(max_postings=4)
    desk = Desk(options)
    shared = prose(60, 3)
    for seed in range(10, 30):
        desk.unique(f"{shared} {prose(400, seed)}", published_at=THEN)
    shown = {k: v for k, v in desk.state.changes.items() if k[:1] == b"k" and any(e.name == STOP for e in entries(v))}
    assert shown
    today = desk.unique(f"{shared} {prose(400, 40)}", published_at=NOW)
    name, spans = s.handle(today.article.article_id), (Span(to_ms(THEN), to_ms(THEN)), Span(to_ms(NOW), to_ms(NOW)))
    for key in shown:
        then, now = (candidates(desk.state.get(key), to_ms(NOW), at, window_days=14, limit=4) for at in spans)
        assert (then, now) in (([], [name]), ([], []))
    assert any(name in {e.name for e in entries(desk.state.get(key))} for key in shown)


WINDOW = {"window_days": 14, "limit": 3}


def filled(spans: list[Span], start_ms: int = DAY_MS) -> bytes:
    value = b""
    for i, span in enumerate(spans):
        value, _ = with_posting(value, posting(s.handle(str(i)), start_ms + i * 1000, span), **WINDOW)
    return value


def day(number: int) -> Span:
    return Span(number * DAY_MS, number * DAY_MS)


def test_a_stop_marker_takes_the_place_of_the_articles_of_its_time() -> None:
    value = filled([day(5), day(900), *[day(i) for i in range(6, 9)], day(9)])
    kept = list(entries(value))
    assert [(e.name == STOP, e.first_day) for e in kept] == [(False, 900), (True, 8)]
    assert candidates(value, DAY_MS, day(8), **WINDOW) == []
    assert candidates(value, DAY_MS, day(23), **WINDOW) == []
    assert candidates(value, DAY_MS, day(901), **WINDOW) == [s.handle("1")]


def test_articles_without_a_date_stop_a_key_among_themselves_only() -> None:
    value = filled([day(1), day(400), day(800), ALWAYS])
    assert not any(e.name == STOP for e in entries(value))
    # What may be of any time meets all; where they are too many to tell apart, none.
    assert candidates(value, DAY_MS, ALWAYS, **WINDOW) == []
    assert candidates(value, DAY_MS, day(400), **WINDOW) == [s.handle("1"), s.handle("3")]
    value = filled([ALWAYS, ALWAYS, ALWAYS, day(1), ALWAYS])
    assert [e.name == STOP for e in entries(value)].count(True) == 2
    assert candidates(value, DAY_MS, day(77), **WINDOW) == []


def test_a_stop_marker_ends_with_its_window_of_arrivals() -> None:
    value = filled([day(1)] * 4)
    at = DAY_MS + 15 * DAY_MS
    assert [e.name == STOP for e in entries(value)] == [True]
    assert candidates(value, at, day(1), **WINDOW) == []
    value, stopped = with_posting(value, posting(s.handle("n"), at, day(1)), **WINDOW)
    assert not stopped
    assert [e.name for e in entries(value)] == [s.handle("n")]
    # As long as they keep coming it holds.
    value = filled([day(1)] * 4)
    for days in (10, 20, 30):
        value, stopped = with_posting(value, posting(s.handle("m"), days * DAY_MS, day(1)), **WINDOW)
        assert stopped


def test_a_list_of_many_times_stays_short_at_the_expense_of_the_archive() -> None:
    value = filled([day(i * 20) for i in range(100)])
    # The first arrived within a window of its day, like all live articles.
    assert [e.first_day // 20 for e in entries(value)] == [0, *range(88, 100)]


def test_texts_of_many_years_push_out_no_live_one() -> None:
    value = b""
    for i in range(50):
        new = posting(s.handle(str(i)), DAY_MS + i, day(1 if i % 10 == 0 else 400 * i))
        value = with_latest(value, new, **WINDOW)
    assert [e.name for e in entries(value)] == [s.handle(str(i)) for i in (20, 30, 40, 47, 48, 49)]


def test_expired_entries_go_and_unknown_arrivals_stay() -> None:
    value = filled([day(1), day(100)], start_ms=DAY_MS) + filled([day(1)], start_ms=0)
    assert len(list(entries(without_expired(value, DAY_MS + 500)))) == 2
    assert [e.arrival_s for e in entries(without_expired(value, 9 * DAY_MS))] == [0]
    assert without_expired(filled([day(1)]), 9 * DAY_MS) is None


def test_stop_markers_that_nobody_posts_to_any_more_are_forgotten() -> None:
    desk, store = Desk(DedupeOptions(max_postings=2)), MemoryStore()
    shared = prose(60, 3)
    for seed in range(10, 20):
        desk.unique(f"{shared} {prose(60, seed)}", url=f"{URL}/{seed}", published_at=THEN)
    for seed in range(10, 20):
        # Revisions and takedowns leave no head behind that names the keys.
        desk.unique(prose(300, 100 + seed), url=f"{URL}/{seed}", published_at=THEN)
        desk.take_down(url=f"{URL}/{seed}")
    store.write(desk.state.changes, 1)
    assert any(e.name == STOP for _, v in store.scan(b"k") for e in entries(v))
    newest = to_ms(NOW + 16 * DAY)
    while prune(store, desk.options, newest, limit=7):
        pass
    assert list(store.scan(b"k")) == []
    assert list(store.scan(b"t")) == []


def test_a_stop_marker_that_is_in_use_survives_the_sweep() -> None:
    desk, store = Desk(DedupeOptions(max_postings=2)), MemoryStore()
    shared = prose(60, 3)
    for i in range(12):
        desk.send(f"{shared} {prose(60, 10 + i)}", published_at=THEN, arrived=NOW + i * 3 * DAY)
    store.write(desk.state.changes, 1)
    before = {k: [e for e in entries(v) if e.name == STOP] for k, v in store.scan(b"k")}
    assert any(before.values())
    while prune(store, desk.options, to_ms(NOW + 33 * DAY)):
        pass
    after = {k: [e for e in entries(v) if e.name == STOP] for k, v in store.scan(b"k")}
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in before.items() if v}


@pytest.mark.parametrize(("late", "met"), [(timedelta(hours=20), True), (2 * DAY, False)])
def test_a_partition_that_lags_by_less_than_a_day_decides_alike_with_and_without_pruning(
    late: timedelta,
    met: bool,  # noqa: FBT001 - expected
) -> None:
    for pruned in (False, True):
        desk, store = Desk(), MemoryStore()
        desk.unique(STORY, arrived=NOW)
        desk.unique(OTHER, arrived=NOW + 14 * DAY + late)
        store.write(desk.state.changes, 1)
        if pruned:
            prune(store, OPTIONS, to_ms(NOW + 14 * DAY + late))
        desk.state = Overlay(store)
        found = desk.send(COPY, arrived=NOW + 13 * DAY).duplicate
        assert (found is not None) is (met or not pruned)


def test_events_written_before_spans_were_remembered_still_apply() -> None:
    """The layout of version 0.1.0, byte for byte: heads ended with `taken_down`."""
    desk = Desk()
    desk.unique(STORY, url=URL, published_at=THEN, published_precision=DatePrecision.DAY)
    ((key, value),) = desk.log
    assert value is not None
    version, verdict, head = msgspec.msgpack.decode(value)
    old = msgspec.msgpack.encode([version, verdict[:8], head[:18]])
    assert len(old) < len(value)
    state = Overlay(MemoryStore())
    apply_event(key, old, state, OPTIONS)
    loaded = s.load_head(state, s.handle(desk.parsed(STORY, url=URL).article_id))
    assert loaded is not None
    assert loaded.span == Span(to_ms(THEN), to_ms(THEN))
    copy = decide(desk.parsed(COPY, published_at=THEN + 3 * DAY), state, OPTIONS, now=NOW).duplicate
    assert copy is not None
    assert copy.duplicate_of.published_at == THEN


def test_spans_are_close_from_both_sides() -> None:
    week = 7 * DAY_MS
    assert close(day(1), day(8), week)
    assert close(day(8), day(1), week)
    assert not close(day(1), day(9), week)
    assert not close(day(9), day(1), week)
    assert close(ALWAYS, day(9), 0)
    assert close(Span(0, 5 * DAY_MS), day(3), 0)
    assert Span(-(10**12), 10**16).days == (-11575, 32767)
