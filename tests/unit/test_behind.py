"""How far a partition is behind, in records and seconds."""

from __future__ import annotations

from copydesk.adapters.kafka.behind import Behind


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def behind(now: float = 1_000.0) -> tuple[Behind, Clock]:
    clock = Clock(now)
    return Behind(clock), clock


def test_nobody_knows_before_it_was_measured() -> None:
    partition, _ = behind()
    assert partition.seconds() is None
    partition.opened(5)
    assert (partition.lag, partition.seconds()) == (None, None)
    partition.measured(end=9, reached=5)
    assert (partition.lag, partition.seconds()) == (4, None), "records, but none of them was looked at"


def test_a_partition_that_has_caught_up_is_no_second_behind() -> None:
    partition, clock = behind()
    partition.opened(9)
    partition.measured(end=9, reached=9)
    clock.now += 3_600
    assert (partition.lag, partition.seconds()) == (0, 0.0)


def test_transaction_markers_that_the_reader_has_passed_are_no_lag() -> None:
    partition, _ = behind()
    partition.opened(7)
    partition.measured(end=9, reached=9)
    assert (partition.lag, partition.seconds()) == (0, 0.0)


def test_the_oldest_record_is_the_first_of_the_batch_in_work() -> None:
    partition, clock = behind(1_000.0)
    partition.opened(5)
    partition.measured(end=5, reached=5)
    clock.now = 1_060.0
    partition.working(timestamp_ms=1_030_000)
    assert partition.seconds() == 30.0
    clock.now = 1_090.0
    assert partition.seconds() == 60.0, "it grows while nothing is committed, whatever the brokers say meanwhile"


def test_a_partition_that_failed_stays_behind_while_it_is_closed() -> None:
    partition, clock = behind(1_000.0)
    partition.opened(5)
    partition.working(timestamp_ms=990_000)
    clock.now = 1_050.0
    partition.measured(end=50, reached=5)
    partition.opened(5)
    assert (partition.lag, partition.seconds()) == (45, 60.0)
    partition.opened(20)
    assert partition.seconds() is None, "another worker has done what was the oldest"


def test_without_an_answer_a_backlog_grows_older_and_none_is_no_longer_known() -> None:
    waiting, clock = behind(1_000.0)
    waiting.opened(5)
    waiting.working(timestamp_ms=990_000)
    waiting.measured(end=9, reached=5)
    waiting.unanswered()
    clock.now = 1_050.0
    assert (waiting.lag, waiting.end, waiting.seconds()) == (4, 9, 60.0)
    idle, clock = behind(1_000.0)
    idle.opened(9)
    idle.measured(end=9, reached=9)
    idle.unanswered()
    assert (idle.lag, idle.end, idle.seconds()) == (None, None, None)
    clock.now = 1_050.0
    idle.measured(end=12, reached=9)
    assert (idle.lag, idle.seconds()) == (3, 50.0), "they came after the last time that there was none"


def test_between_two_batches_the_next_record_came_after_the_last_one() -> None:
    partition, clock = behind(1_000.0)
    partition.opened(5)
    partition.measured(end=300, reached=5)
    partition.working(timestamp_ms=900_000)
    partition.committed(105, timestamp_ms=910_000)
    assert (partition.lag, partition.seconds()) == (195, 90.0)
    partition.working(timestamp_ms=910_500)
    partition.committed(300, timestamp_ms=995_000)
    assert (partition.lag, partition.seconds()) == (0, 0.0), "as far as the end was when it was measured"
    clock.now = 1_005.0
    partition.measured(end=310, reached=300)
    assert partition.seconds() == 10.0


def test_what_came_after_it_had_caught_up_is_no_older_than_that() -> None:
    partition, clock = behind(1_000.0)
    partition.opened(5)
    partition.committed(6, timestamp_ms=100_000)
    partition.measured(end=6, reached=6)
    clock.now = 1_005.0
    partition.measured(end=7, reached=6)
    assert partition.seconds() == 5.0, "not 905, which is the age of the last record before a quiet time"


def test_a_record_without_a_time_counts_from_when_it_was_noticed() -> None:
    partition, clock = behind(1_000.0)
    partition.opened(5)
    partition.measured(end=5, reached=5)
    clock.now = 1_007.0
    partition.measured(end=6, reached=5)
    partition.working(timestamp_ms=0)
    assert partition.seconds() == 7.0
    partition.committed(6, timestamp_ms=0)
    partition.measured(end=8, reached=6)
    clock.now = 1_008.0
    assert partition.seconds() == 1.0


def test_a_clock_of_the_brokers_that_is_ahead_gives_no_negative_age() -> None:
    partition, _ = behind(1_000.0)
    partition.opened(5)
    partition.working(timestamp_ms=1_002_000)
    assert partition.seconds() == 0.0


def test_without_an_answer_nobody_knows_the_lag() -> None:
    partition, _ = behind()
    partition.opened(5)
    partition.measured(end=9, reached=5)
    partition.lost_sight()
    assert (partition.lag, partition.end, partition.seconds()) == (None, None, None)
