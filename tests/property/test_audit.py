"""The audit against a plain count, for histories of every kind and in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.audit import Book, Bounds, Report
from copydesk.core.records import OutcomeKind

BEGIN, COMMITTED, JUDGED_FROM, END = 4_090, 4_100, 4_094, 4_104
Fact = tuple[str, int, int]

facts = st.lists(
    st.tuples(
        st.sampled_from(["raw", "enriched", "duplicate", "dead", "replayed", "moving"]),
        st.integers(BEGIN - 3, END - 1),
        st.integers(0, 3),
    ),
    max_size=60,
)


def told(happened: list[Fact]) -> Report:
    book = Book("raw")
    for what, offset, item in happened:
        match what:
            case "raw":
                if offset >= BEGIN:
                    book.raw(0, offset)
            case "replayed":
                book.replayed(0, offset, item)
            case "moving":
                book.moving(0, offset, item)
            case _:
                book.ended(OutcomeKind(what), 0, offset, item, 4 if item else None)
    return book.report({0: Bounds(BEGIN, COMMITTED, JUDGED_FROM)})


def counted(happened: list[Fact]) -> dict[str, int]:
    """The same, item by item over lists of facts."""
    sums = dict.fromkeys(("items", "lost", "twice", "dead", "in_flight", "waiting", "raw_expired", "unexplained"), 0)
    for offset in {offset for _, offset, _ in happened}:
        own = [(what, item) for what, at, item in happened if at == offset]
        present = offset >= BEGIN and any(what == "raw" for what, _ in own)
        feed = any(what in ("enriched", "duplicate", "dead") and item for what, item in own)
        last = max((item for what, item in own if what != "raw"), default=0)
        for item in range(max(4 if feed else 1, last + 1)):
            of = [what for what, at in own if at == item and what != "raw"]
            finals = sum(what in ("enriched", "duplicate") for what in of)
            dead = of.count("dead") - of.count("replayed")
            sums["twice"] += finals > 1 or finals + dead > 1
            if not present:
                ended = finals > 0 or dead > 0
                sums["raw_expired"] += ended and offset < BEGIN
                sums["unexplained"] += ended and offset >= BEGIN
                continue
            sums["items"] += 1
            if finals:
                continue
            if dead > 0:
                sums["dead"] += 1
            elif "moving" in of:
                sums["in_flight"] += 1
            elif offset >= COMMITTED:
                sums["waiting"] += 1
            elif offset >= JUDGED_FROM:
                sums["lost"] += 1
    return sums


@given(facts)
def test_the_audit_counts_right(happened: list[Fact]) -> None:
    report = told(happened)
    expected = counted(happened)
    assert {name: getattr(report, name) for name in expected} == expected


@given(facts)
def test_the_balance_always_holds(happened: list[Fact]) -> None:
    report = told(happened)
    ended = report.enriched + report.duplicate + report.dead
    assert report.items == ended + report.in_flight + report.waiting + report.lost + report.outcome_expired


@given(facts, st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter_but_for_the_last_of_two_outcomes(
    happened: list[Fact],
    random: object,
) -> None:
    shuffled = list(happened)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis types its randoms so
    one, other = told(happened), told(shuffled)
    for name in ("items", "lost", "twice", "dead", "in_flight", "waiting", "raw_expired", "unexplained", "replayed"):
        assert getattr(one, name) == getattr(other, name)
    assert one.enriched + one.duplicate == other.enriched + other.duplicate
