"""Names that get series of their own are few, and follow what is frequent."""

from __future__ import annotations

import random

from copydesk.adapters.top import HALF_LIFE_S, OTHER, Top


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def top(places: int) -> tuple[Top, list[str], Clock]:
    left: list[str] = []
    clock = Clock()
    return Top(places, left.append, clock), left, clock


def test_the_first_names_get_places_and_later_ones_are_other() -> None:
    names, left, _ = top(2)
    assert [names.seen(name) for name in ("a", "b", "a", "b", "c", "a")] == ["a", "b", "a", "b", OTHER, "a"]
    assert len(names) == 2
    assert left == []


def test_a_name_that_is_clearly_more_frequent_takes_the_place_of_the_rarest() -> None:
    names, left, _ = top(2)
    for name in ("a", "a", "a", "b"):
        names.seen(name)
    assert [names.seen("c") for _ in range(3)] == [OTHER, OTHER, "c"]
    assert left == ["b"]
    assert names.seen("b") == OTHER


def test_a_source_that_fell_silent_keeps_its_place_against_chance_visitors_and_loses_it_in_the_end() -> None:
    names, left, clock = top(1)
    for _ in range(100):
        names.seen("daily")
    clock.now = HALF_LIFE_S
    assert {names.seen("newcomer") for _ in range(100)} == {OTHER}
    clock.now = 20 * HALF_LIFE_S
    assert names.seen("newcomer") == "newcomer"
    assert left == ["daily"]


def test_a_year_of_sightings_overflows_nothing() -> None:
    names, left, clock = top(1)
    for day in range(2_000):
        clock.now = day * HALF_LIFE_S
        assert names.seen("daily") == "daily"
    assert left == []


def test_a_flood_of_names_takes_no_place_and_no_room() -> None:
    names, left, _ = top(5)
    chance = random.Random(1)
    for number in range(5_000):
        names.seen(f"paper-{chance.randrange(5)}")
        assert names.seen(f"made-up-{number}") == OTHER or number < 5
    assert {names.seen(f"paper-{n}") for n in range(5)} == {f"paper-{n}" for n in range(5)}
    assert len(names._waiting) <= 5
    assert len(left) <= 5


def test_without_places_everything_is_other() -> None:
    names, _, _ = top(0)
    assert names.seen("a") == OTHER
