"""The audit's bookkeeping, case by case."""

from __future__ import annotations

import sys

import pytest

from copydesk.core.audit import KEPT, Book, Bounds, Problem, Report, forgotten_before
from copydesk.core.records import OutcomeKind

ENRICHED, DUPLICATE, DEAD = OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD
ALL = {0: Bounds(0, 10_000)}


def counts(report: Report) -> dict[str, int]:
    names = [name for name in report.__slots__ if name != "cases"]
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def book(records: int = 1) -> Book:
    made = Book("raw")
    for offset in range(records):
        made.raw(0, offset)
    return made


@pytest.mark.parametrize(("kind", "name"), [(ENRICHED, "enriched"), (DUPLICATE, "duplicate"), (DEAD, "dead")])
def test_one_outcome_is_in_order(kind: OutcomeKind, name: str) -> None:
    made = book()
    made.ended(kind, 0, 0, 0, 1)
    report = made.report(ALL)
    assert counts(report) == {"records": 1, "items": 1, name: 1}
    assert report.in_order


def test_a_record_without_an_outcome_is_lost_unless_it_is_on_its_way_or_cannot_be_judged() -> None:
    made = book(4)
    made.moving(0, 1, 0)
    report = made.report({0: Bounds(0, 3, 1)})
    assert counts(report) == {"records": 4, "items": 4, "outcome_expired": 1, "in_flight": 1, "lost": 1, "waiting": 1}
    (case,) = report.cases
    assert (case.problem, case.item) == (Problem.LOST, "raw-0-2-0")
    assert not report.in_order


@pytest.mark.parametrize(
    "kinds",
    [(ENRICHED, ENRICHED), (ENRICHED, DUPLICATE), (ENRICHED, DEAD), (DEAD, DEAD), (DUPLICATE,) * 5, (DEAD,) * 600],
)
def test_two_outcomes_are_one_too_many(kinds: tuple[OutcomeKind, ...]) -> None:
    made = book()
    for kind in kinds:
        made.ended(kind, 0, 0, 0, 1)
    report = made.report(ALL)
    assert (report.items, report.twice, report.lost) == (1, 1, 0)
    assert [case.item for case in report.cases] == ["raw-0-0-0"]


@pytest.mark.parametrize("replays", [1, 2, 5])
@pytest.mark.parametrize("late", [False, True], ids=["log first", "log last"])
def test_a_dead_letter_that_was_replayed_does_not_count(replays: int, *, late: bool) -> None:
    made = book(3)
    for offset in range(3):
        for _ in range(replays):
            if not late:
                made.replayed(0, offset, 0)
            made.ended(DEAD, 0, offset, 0, 1)
            if late:
                made.replayed(0, offset, 0)
    made.ended(ENRICHED, 0, 0, 0, 1)
    made.ended(DEAD, 0, 1, 0, 1)
    report = made.report(ALL)
    assert counts(report) == {"records": 3, "items": 3, "enriched": 1, "replayed": 1, "dead": 1, "lost": 1}
    assert [case.item for case in report.cases] == ["raw-0-2-0"], "replayed, and then nothing came of it"


def test_a_replay_on_its_way_is_not_lost() -> None:
    made = book()
    made.ended(DEAD, 0, 0, 0, 1)
    made.replayed(0, 0, 0)
    made.moving(0, 0, 0)
    assert counts(made.report(ALL)) == {"records": 1, "items": 1, "in_flight": 1}


def test_a_feed_has_as_many_outcomes_as_items() -> None:
    made = book(2)
    for item in (0, 2):
        made.ended(ENRICHED, 0, 0, item, 4)
    made.ended(DUPLICATE, 0, 0, 3, 4)
    report = made.report(ALL)
    assert (report.records, report.items, report.enriched, report.duplicate) == (2, 5, 2, 1)
    assert [case.item for case in report.cases] == ["raw-0-0-1", "raw-0-1-0"]


def test_items_that_no_outcome_counts_are_told_by_their_numbers() -> None:
    made = book()
    made.ended(ENRICHED, 0, 0, 2, None)
    assert [case.item for case in made.report(ALL).cases] == ["raw-0-0-0", "raw-0-0-1"]


def test_a_whole_feed_that_is_replayed_has_one_dead_letter_more_than_items() -> None:
    made = book()
    made.ended(DEAD, 0, 0, 0, None)
    made.replayed(0, 0, 0)
    for item in range(3):
        made.ended(ENRICHED, 0, 0, item, 3)
    assert counts(made.report(ALL)) == {"records": 1, "items": 3, "enriched": 3, "replayed": 1}


def test_outcomes_outlive_their_raw_records_and_must_be_one_all_the_same() -> None:
    made = Book("raw")
    made.ended(ENRICHED, 0, 3, 0, 1)
    made.ended(ENRICHED, 0, 4, 0, 1)
    made.ended(ENRICHED, 0, 4, 0, 1)
    made.replayed(0, 2, 0)  # its dead letter has expired
    report = made.report({0: Bounds(5, 9)})
    assert counts(report) == {"raw_expired": 2, "twice": 1}


def test_an_outcome_of_nothing_is_unexplained() -> None:
    made = book()
    made.ended(ENRICHED, 0, 0, 0, 1)
    made.ended(ENRICHED, 0, 7, 0, 1)
    made.ended(ENRICHED, 9, 7, 0, 1)
    report = made.report({0: Bounds(0, 1), 9: Bounds(0, 1)})
    assert counts(report) == {"records": 1, "items": 1, "enriched": 1, "unexplained": 2}
    assert not report.in_order


@pytest.mark.parametrize(
    ("first", "before"), [(None, 400), (900, 400), (300, 300)], ids=["empty", "quiet for long", "all of its time"]
)
def test_a_partition_forgets_no_more_than_its_topic_does(first: int | None, before: int) -> None:
    assert forgotten_before(first, 1_000, 600) == before
    assert forgotten_before(first, 1_000, 5_000) == 0


def test_what_expired_unread_is_not_in_order() -> None:
    assert Report().in_order
    assert not Report(expired_unread=1).in_order


def test_problems_are_counted_beyond_those_that_are_named() -> None:
    report = book(KEPT + 5).report(ALL)
    assert (report.lost, len(report.cases)) == (KEPT + 5, KEPT)


def test_a_million_records_take_little_memory() -> None:
    made = Book("raw")
    for partition in range(6):
        for offset in range(0, 166_667, 4096):
            made.raw(partition, offset)
    blocks = [block for own in made._blocks.values() for block in own.values()]
    assert sum(map(sys.getsizeof, blocks)) < 2_200_000


def test_where_outcomes_are_compacted_none_is_no_loss_and_two_are_two_still() -> None:
    made = book(4)
    made.ended(ENRICHED, 0, 1, 0, 1)
    made.ended(DUPLICATE, 0, 1, 0, 1)
    made.moving(0, 2, 0)
    report = made.report({0: Bounds(0, 3, outcomes_compacted=True)})
    assert (report.outcome_compacted, report.lost, report.twice, report.in_flight, report.waiting) == (1, 0, 1, 1, 1)
    assert [case.problem for case in report.cases] == [Problem.TWICE]
    assert made.report({0: Bounds(0, 3, raw_compacted=True)}).lost == 1, (
        "of a raw record that is there nothing is excused"
    )


def test_where_the_raw_topic_is_compacted_an_outcome_alone_is_no_wonder() -> None:
    made = book()
    made.ended(ENRICHED, 0, 0, 0, 1)
    made.ended(ENRICHED, 0, 5, 0, 1)
    assert counts(made.report(ALL))["unexplained"] == 1
    report = made.report({0: Bounds(0, 10, raw_compacted=True)})
    assert counts(report) == {"records": 1, "items": 1, "enriched": 1, "raw_expired": 1}
