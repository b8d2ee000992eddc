from __future__ import annotations

from collections.abc import Sequence

import pytest
from benchmarks.eval.calibration import Bucket, calibrate
from benchmarks.eval.intervals import interval, percentile, resamples
from benchmarks.eval.measure import Measured, PageScore, Truth, score_page
from benchmarks.eval.readers import Reading
from benchmarks.eval.summary import Figure, f1_advantage, figures, times, values
from benchmarks.eval.worst import field_report, worst_pages, worst_report

BODY = "The bridge in the harbour opened again on Monday after two years of repairs."
GOLD: Truth = {"body": BODY, "title": "Bridge opens", "authors": ["Ada Example"], "date": "2024-05-17"}
RIGHT = Reading(BODY, "Bridge opens", ["Ada Example"], "2024-05-17", {"title": 0.95, "body": 0.8, "published_at": 0.9})
WRONG = Reading(BODY, "Example Times", [], "2024-05-18", {"title": 0.9, "body": 0.8, "published_at": 0.6})
NOTHING = Reading(failure="body_short")


def _scored(*readings: Reading, gold: Truth = GOLD) -> list[PageScore]:
    return [score_page(f"{i:04}", gold, reading, cpu_ms=10.0 * (i + 1)) for i, reading in enumerate(readings)]


def _measured(*readings: Reading, reader: str = "copydesk") -> Measured:
    return Measured("made_up", reader, _scored(*readings), 100.0)


def test_a_draw_is_the_same_every_time_and_another_with_another_seed() -> None:
    drawn = resamples(20, rounds=5, seed=1)
    resamples.cache_clear()
    assert resamples(20, rounds=5, seed=1) == drawn
    assert resamples(20, rounds=5, seed=2) != drawn
    assert all(len(positions) == 20 and set(positions) <= set(range(20)) for positions in drawn)


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    right = [True] * 80 + [False] * 20

    def share(positions: Sequence[int]) -> float:
        return sum(right[i] for i in positions) / len(positions)

    ends = interval(share, 100)
    assert ends is not None
    assert ends == interval(share, 100)
    # .8 ± 1.96 · √(.8 · .2 / 100)
    assert ends[0] == pytest.approx(0.72, abs=0.02)
    assert ends[1] == pytest.approx(0.88, abs=0.02)


def test_a_statistic_without_a_value_has_no_interval() -> None:
    assert interval(lambda _: None, 10) is None
    assert interval(lambda _: 1.0, 0) is None


def test_percentiles_lie_between_neighbours() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    assert percentile([1.0, 2.0], 1.0) == 2.0
    assert percentile([7.0], 0.95) == 7.0


def test_a_page_is_judged_only_on_what_the_truth_states() -> None:
    (page,) = _scored(RIGHT, gold={"body": BODY, "title": "", "date": None})
    assert (page.title, page.author, page.date) == (None, None, None)
    assert page.f1 == 1.0


def test_figures_of_some_pages() -> None:
    found = values(_measured(RIGHT, WRONG, NOTHING, RIGHT))
    assert found["pages"] == 4
    assert found["precision"] == 1.0
    assert found["recall"] == 0.75
    assert found["title"] == found["author"] == found["date"] == 0.5
    assert found["date_wrong"] == pytest.approx(1 / 3), "of three days that were given, one"
    assert found["cpu_ms_median"] == 25.0
    assert found["peak_mib"] == 100.0


def test_each_figure_lies_within_its_interval() -> None:
    found = figures(_measured(*[RIGHT] * 8, *[WRONG] * 3, NOTHING))
    for name in ("recall", "f1", "title", "author", "date", "date_wrong"):
        figure = found[name]
        assert figure is not None
        assert figure.low < figure.value < figure.high


def test_a_reader_without_a_field_has_no_figure_of_it() -> None:
    found = figures(_measured(Reading(BODY, "Bridge opens"), reader="resiliparse"))
    assert found["title"] is not None
    assert found["author"] is found["date"] is found["date_wrong"] is None


def test_two_readers_are_compared_on_the_same_draws() -> None:
    # Where both do alike there is no difference, however much the pages differ among themselves.
    assert f1_advantage(_measured(RIGHT, NOTHING, RIGHT), _measured(RIGHT, NOTHING, RIGHT)) == Figure(0.0, 0.0, 0.0)
    better = f1_advantage(_measured(*[RIGHT] * 9, NOTHING), _measured(*[RIGHT] * 8, NOTHING, NOTHING))
    assert better is not None
    assert better.low >= 0.0
    assert better.value == pytest.approx(2 * 0.9 / 1.9 - 2 * 0.8 / 1.8)


def test_times() -> None:
    assert times(_measured(*[RIGHT] * 21)) == {"cpu_ms_median": 110.0, "cpu_ms_mean": 110.0, "cpu_ms_p95": 200.0}


def test_calibration_holds_confidence_against_the_truth() -> None:
    table = calibrate(_scored(RIGHT, WRONG, NOTHING))
    assert table["title"] == {"≥ .9": Bucket(2, 1), ".7–.9": Bucket(0, 0), "< .7": Bucket(0, 0)}
    assert table["published_at"] == {"≥ .9": Bucket(1, 1), ".7–.9": Bucket(0, 0), "< .7": Bucket(1, 0)}
    assert table["body"][".7–.9"] == Bucket(2, 2)
    assert table["authors"] == {"≥ .9": Bucket(0, 0), ".7–.9": Bucket(0, 0), "< .7": Bucket(0, 0)}
    assert table["title"]["≥ .9"].share == 0.5
    assert table["title"]["< .7"].share is None


def test_a_field_is_not_judged_where_the_truth_states_none() -> None:
    table = calibrate(_scored(RIGHT, gold={"body": BODY}))
    assert sum(bucket.given for bucket in table["title"].values()) == 0
    assert table["body"][".7–.9"] == Bucket(1, 1)


def test_the_worst_pages_come_first_and_without_their_text() -> None:
    measured = _measured(RIGHT, NOTHING, Reading(BODY[:30]), RIGHT)
    assert [page.page for page in worst_pages(measured.pages, 2)] == ["0001", "0002"]
    told = worst_report(measured, 2)
    assert "| 0001 | .000 | 1.000 | .000 | 0.00 | body_short |" in told
    assert "0000" not in told
    assert "harbour" not in told


def test_fields_that_are_wrong_are_listed_with_what_is_true() -> None:
    told = field_report(_measured(RIGHT, WRONG, NOTHING), {f"{i:04}": GOLD for i in range(3)}, "title")
    assert told.splitlines() == [
        "### title: made_up, copydesk: 2 of 3 not right",
        "",
        '0001  true "Bridge opens"',
        '      said "Example Times" (0.90)',
        '0002  true "Bridge opens"',
        "      said nothing",
    ]
