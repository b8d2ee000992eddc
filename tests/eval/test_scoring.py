from __future__ import annotations

import pytest
from benchmarks.eval.scoring import aggregate, author_matches, body_score, date_matches, precision_recall, title_matches

TEN = "one two three four five six seven eight nine ten"
"""Seven shingles of four words."""


def test_the_same_words_score_full_whatever_stands_between_them() -> None:
    found = TEN.replace(" ", ",\n")
    assert precision_recall(body_score(TEN, found)) == (1.0, 1.0)


def test_what_is_missed_lowers_recall_alone() -> None:
    assert precision_recall(body_score(TEN, "one two three four five six seven")) == (1.0, 4 / 7)


def test_what_is_added_lowers_precision_alone() -> None:
    # Three words more make three shingles more.
    assert precision_recall(body_score(TEN, f"{TEN} read also this")) == (7 / 10, 1.0)


def test_a_shingle_counts_as_often_as_it_stands() -> None:
    once = "all rights reserved here"
    assert precision_recall(body_score(once, f"{once} {once}")) == (1 / 5, 1.0)
    assert precision_recall(body_score(f"{once} {once}", once)) == (1.0, 1 / 5)


def test_a_text_shorter_than_a_shingle_is_one() -> None:
    assert precision_recall(body_score("two words", "two words")) == (1.0, 1.0)
    assert precision_recall(body_score("two words", "two other")) == (0.0, 0.0)


def test_the_benchmark_s_rule_for_nothing() -> None:
    assert precision_recall(body_score(TEN, "")) == (1.0, 0.0)
    assert precision_recall(body_score("", "")) == (1.0, 1.0)


def test_the_score_is_of_the_means_and_not_the_mean_of_scores() -> None:
    pages = [body_score(TEN, ""), body_score(TEN, TEN)]
    assert aggregate(pages) == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3), "pages": 2.0}
    assert aggregate([])["pages"] == 0.0


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("«Harbour» — bridge: reopened!", True),
        ("HARBOUR BRIDGE REOPENED", True),
        ("Harbour bridge reopened", True),
        ("Harbour_bridge\u00a0reopened", True),
        ("Harbour bridge reopened - The Example Times", False),
        ("Harbour bridge", False),
        ("", False),
        (None, False),
    ],
)
def test_titles(found: str | None, *, same: bool) -> None:
    assert title_matches("Harbour bridge reopened", found) is same


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [
        (["Ada Example", "Ben Sample"], ["ben sample"], True),
        (["Ada Example"], ["Ada Example, Ben Sample"], True),
        (["Ada Example"], ["Ada Example and Ben Sample"], True),
        (["Ada Example"], ["Ben Sample; Ada Example"], True),
        (["Ada Example"], ["Ben Sample | Ada Example"], True),
        (["Ada Example"], ["Ben Sample & Ada Example"], True),
        (["Alessandro Example"], ["Aless", "ro Example"], False),
        (["Ada Example"], ["By Ada Example"], False),
        (["Ada Example"], ["Ada"], False),
        (["Ada Example"], [], False),
        ([","], [","], False),
    ],
)
def test_any_author_in_common(gold: list[str], found: list[str], *, same: bool) -> None:
    assert author_matches(gold, found) is same


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [
        ("2024-05-17", "2024-05-17", True),
        ("2024-05-17", "2024-05-17T23:59:00+02:00", True),
        ("2024-05-17", "2024-05-18", False),
        ("2024-05-17", "2024-05", False),
        ("2024-05-17", None, False),
        ("2024-05", "2024-05-17", True),
        ("2024-05", "2024-06-17", False),
    ],
)
def test_days(gold: str, found: str | None, *, same: bool) -> None:
    assert date_matches(gold, found) is same
