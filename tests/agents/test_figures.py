"""Figures of states: gathered when somebody looks, and right while the brokers are away too."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from copydesk.adapters.kafka import pump as pumps
from copydesk.adapters.kafka.behind import Behind
from copydesk.adapters.kafka.partition import PartitionPump, State
from copydesk.adapters.kafka.pump import StagePump
from copydesk.adapters.metrics import CATALOGUE, Metrics
from copydesk.app import figures
from copydesk.app.figures import gather
from copydesk.app.settings import Settings
from copydesk.app.wiring import Desk, Overrides, build_app
from copydesk_schemas.reasons import Stage

SOURCE = TopicPartition("raw-articles", 0)
WHERE = {"stage": "parse", "topic": "raw-articles", "partition": "0"}


class FakeConsumer:
    end = 10
    away = False

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self.away:
            raise KafkaConnectionError("gone")
        return dict.fromkeys(places, self.end)

    def assignment(self) -> set[TopicPartition]:
        return set()


class Bench:
    """A desk whose parse stage has one partition."""

    def __init__(self, tmp_path: Path) -> None:
        self.now = 1_000.0
        self.desk = Desk(Settings.load({}, state_dir=tmp_path, lag_interval_s=0.01), Overrides(web=False))
        self.desk.connect(dict.fromkeys(Stage, _never))
        self.pump = StagePump(self.desk._work(Stage.PARSE))
        self.consumer: Any = FakeConsumer()
        self.pump._consumer = self.consumer
        self.part = PartitionPump(self.pump.work, self.consumer, SOURCE)
        self.part.behind = Behind(lambda: self.now)
        self.pump.partitions[SOURCE] = self.part
        self.desk.pumps[Stage.PARSE] = self.pump

    def opened(self, next_offset: int) -> None:
        self.part.behind.opened(next_offset)
        self.part.state, self.part.next_offset = State.IDLE, next_offset

    def figure(self, name: str, **labels: str) -> float | None:
        return self.desk.metrics.registry.get_sample_value(name, labels)


async def _never(_: Any) -> None:
    raise AssertionError("no job is asked for here")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_a_look_brings_the_ages_up_to_date_without_asking_the_brokers(bench: Bench) -> None:
    bench.opened(4)
    bench.part.state, bench.part.in_flight = State.WORKING, 6
    bench.part.behind.working(970_000)
    await bench.pump.measure()
    gather(bench.desk)
    assert bench.figure("copydesk_lag_records", **WHERE) == 6
    assert bench.figure("copydesk_lag_seconds", **WHERE) == 30
    assert bench.figure("copydesk_next_offset", **WHERE) == 4
    assert bench.figure("copydesk_end_offset", **WHERE) == 10
    assert bench.figure("copydesk_in_flight_records", stage="parse") == 6
    assert bench.figure("copydesk_in_flight_limit_bytes", stage="parse") == 64 * 1024 * 1024
    assert bench.figure("copydesk_partitions", stage="parse", state="working") == 1
    assert bench.figure("copydesk_partitions", stage="parse", state="paused") == 0
    bench.now += 45
    gather(bench.desk)
    assert bench.figure("copydesk_lag_seconds", **WHERE) == 75


async def test_the_oldest_record_of_a_backlog_that_was_never_read_is_looked_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Mapping[TopicPartition, int]] = []

    async def first_times(_: Any, starts: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        asked.append(starts)
        return dict.fromkeys(starts, 400_000)

    monkeypatch.setattr(pumps, "first_times", first_times)
    bench.part.state = State.RESTORING
    bench.part.behind.opened(4)
    for _ in range(3):
        await bench.pump.measure()
        await bench.pump.try_to_look_at_the_oldest()
    gather(bench.desk)
    assert asked == [{SOURCE: 4}]
    assert bench.figure("copydesk_lag_seconds", **WHERE) == 600, "also while its state is restored"
    assert bench.figure("copydesk_lag_records", **WHERE) == 6
    assert bench.part.lag is None, "which says nothing of a partition that is not open"


async def test_brokers_that_are_away_are_told_and_the_lag_grows_older(bench: Bench) -> None:
    bench.opened(4)
    bench.part.behind.working(970_000)
    await bench.pump.measure()
    bench.consumer.away = True
    task = asyncio.create_task(bench.pump._measure())
    async with asyncio.timeout(10):
        while bench.figure("copydesk_broker_up", stage="parse") != 0:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    bench.now += 100
    gather(bench.desk)
    assert bench.figure("copydesk_lag_seconds", **WHERE) == 130
    bench.consumer.away = False
    async with asyncio.timeout(10):
        while bench.figure("copydesk_broker_up", stage="parse") != 1:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    task.cancel()


async def test_that_nothing_waits_is_not_said_while_nobody_can_know(bench: Bench) -> None:
    bench.opened(10)
    await bench.pump.measure()
    gather(bench.desk)
    assert (bench.figure("copydesk_lag_records", **WHERE), bench.figure("copydesk_lag_seconds", **WHERE)) == (0, 0)
    bench.consumer.away = True
    task = asyncio.create_task(bench.pump._measure())
    async with asyncio.timeout(10):
        while bench.figure("copydesk_lag_seconds", **WHERE) is not None:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    assert bench.figure("copydesk_broker_up", stage="parse") == 0
    assert bench.figure("copydesk_lag_records", **WHERE) is None
    assert bench.figure("copydesk_end_offset", **WHERE) is None
    assert bench.figure("copydesk_next_offset", **WHERE) == 10, "what is committed does not change meanwhile"
    assert bench.part.lag is None
    bench.consumer.away, bench.consumer.end = False, 13
    async with asyncio.timeout(10):
        while bench.figure("copydesk_lag_records", **WHERE) != 3:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    assert bench.figure("copydesk_lag_seconds", **WHERE) == 0, "the clock stands still here"
    task.cancel()


async def test_a_partition_that_is_given_up_takes_its_figures_along(bench: Bench) -> None:
    bench.opened(4)
    bench.part.behind.working(970_000)
    await bench.pump.measure()
    gather(bench.desk)
    assert bench.figure("copydesk_lag_seconds", **WHERE) == 30
    await bench.pump.give_up([SOURCE], 1)
    gather(bench.desk)
    for name in ("lag_records", "lag_seconds", "next_offset", "end_offset", "progress_age_seconds"):
        assert bench.figure(f"copydesk_{name}", **WHERE) is None


async def test_a_desk_tells_its_health_and_its_pool(bench: Bench) -> None:
    class Pool:
        def figures(self) -> dict[str, int]:
            return {"workers": 4, "busy": 3, "waiting": 2, "timeouts": 1, "crashes": 0, "recycled": 0, "rebuilds": 0}

    pool: Any = Pool()
    bench.desk.pool = pool
    gather(bench.desk)
    assert (bench.figure("copydesk_live"), bench.figure("copydesk_ready")) == (1, 0)
    assert (bench.figure("copydesk_pool_busy"), bench.figure("copydesk_pool_timeouts_total")) == (3, 1)
    bench.opened(10)
    bench.pump.joined, bench.desk.starting = True, None
    gather(bench.desk)
    assert bench.figure("copydesk_ready") == 1


async def test_an_event_loop_that_stands_still_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(figures, "_EVERY_S", 0.01)
    metrics = Metrics()
    task = asyncio.create_task(figures.watch_loop(metrics))
    await asyncio.sleep(0.005)
    time.sleep(0.1)  # noqa: ASYNC251 - this is the fault
    await asyncio.sleep(0.05)
    task.cancel()
    count = metrics.registry.get_sample_value("copydesk_event_loop_delay_seconds_count")
    quick = metrics.registry.get_sample_value("copydesk_event_loop_delay_seconds_bucket", {"le": "0.05"})
    assert count is not None
    assert quick is not None
    assert count - quick >= 1


def test_faust_counts_beside_us_under_its_own_prefix(tmp_path: Path) -> None:
    apps = [build_app(Settings.load({}, app_id="a", state_dir=tmp_path), overrides=Overrides(web=False)) for _ in "ab"]
    texts = [app.desk.metrics.render().decode() for app in apps]
    for text in texts:
        assert "# TYPE faust_http_latency histogram" in text
        assert "# TYPE faust_total_events_total counter" in text
        assert all(f"# TYPE {spec.name} " in text for spec in CATALOGUE)
        assert "process_resident_memory_bytes" in text
        assert "_created" not in text
