"""What counts as getting no further, with a consumer and a clock in the test's hands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from copydesk.adapters.kafka import partition as partitions
from copydesk.adapters.kafka.partition import PartitionPump, State
from copydesk.adapters.kafka.progress import Progress
from copydesk.adapters.kafka.pump import StagePump
from copydesk.adapters.state_memory import MemoryStores
from copydesk.app.health import declare_pages, liveness, readiness
from copydesk.app.settings import Settings
from copydesk.app.watchdog import StalledError, watch
from copydesk.app.wiring import Desk, Overrides
from copydesk.core.ports import Overlay
from copydesk_schemas.reasons import Stage

AFTER_S = 120.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeConsumer:
    """Answers for the ends of partitions."""

    def __init__(self) -> None:
        self.ends: dict[int, int] = {}
        self.away = False

    async def end_offsets(self, parts: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self.away:
            raise KafkaConnectionError("gone")
        return {part: self.ends.get(part.partition, 0) for part in parts}

    async def getmany(self, *, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        assert timeout_ms == 0
        return {}

    def assignment(self) -> set[TopicPartition]:
        return set()


class Bench:
    """A stage's pump with two assigned partitions that are open and have nothing to do."""

    def __init__(self, tmp_path: Path) -> None:
        self.clock = Clock()
        self.desk = Desk(Settings.load({}, state_dir=tmp_path), Overrides(web=False))
        self.desk.activity = Progress(self.clock)
        self.desk.connect(dict.fromkeys(Stage, _never))
        self.pump = StagePump(self.desk._work(Stage.PARSE))
        self.desk.pumps[Stage.PARSE] = self.pump
        self.consumer = FakeConsumer()
        as_consumer: Any = self.consumer
        self.pump._consumer = as_consumer
        self.pump._membership = Progress(self.clock)
        for number in (0, 1):
            source = TopicPartition("raw-articles", number)
            part = PartitionPump(self.pump.work, as_consumer, source)
            part.progress = Progress(self.clock)
            part.state, part.next_offset = State.IDLE, 0
            self.pump.partitions[source] = part
        self.pump.joined = True
        self.pump._answers = Progress(self.clock)
        self.desk.starting = None

    def part(self, number: int) -> PartitionPump:
        return self.pump.partitions[TopicPartition("raw-articles", number)]

    async def after(self, seconds: float) -> list[str]:
        """Measure now and once more after a time; what has stalled by then."""
        await self.pump.measure()
        self.clock.now += seconds
        await self.pump.measure()
        return self.pump.stalled(AFTER_S)


async def _never(_: Any) -> None:
    raise AssertionError("no job is asked for here")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_a_partition_with_nothing_to_read_never_stalls(bench: Bench) -> None:
    assert await bench.after(86_400) == []


async def test_a_partition_with_records_to_read_that_gets_no_further_has_stalled(bench: Bench) -> None:
    bench.consumer.ends[1] = 7
    assert await bench.after(AFTER_S - 1) == []
    (line,) = await bench.after(2)
    assert line == "parse: partition 1 has been idle for 121 s at offset 0 with 7 records to read"
    bench.part(1).next_offset = 1
    assert await bench.after(AFTER_S - 1) == []


async def test_records_that_come_after_an_idle_hour_do_not_stall_at_once(bench: Bench) -> None:
    await bench.after(3600)
    bench.consumer.ends[0] = 1
    assert await bench.after(1) == []


@pytest.mark.parametrize("state", [State.OPENING, State.RESTORING, State.WORKING, State.COMMITTING, State.WAITING])
async def test_work_under_way_that_gets_no_further_has_stalled(bench: Bench, state: State) -> None:
    part = bench.part(0)
    part.state, part.trouble = state, "no space left"
    part.next_offset = None if state in (State.OPENING, State.RESTORING, State.WAITING) else 5
    bench.consumer.ends[0] = 9
    (line,) = await bench.after(AFTER_S + 1)
    assert f"partition 0 has been {state}" in line
    assert line.endswith("(no space left)")


@pytest.mark.parametrize("state", [State.PAUSED, State.QUEUED])
async def test_what_waits_on_purpose_does_not_stall(bench: Bench, state: State) -> None:
    bench.part(0).state = state
    bench.consumer.ends[0] = 9
    assert await bench.after(86_400) == []


async def test_doing_the_same_again_and_again_is_no_progress(bench: Bench) -> None:
    part = bench.part(0)
    part.state = State.WORKING
    bench.consumer.ends[0] = 9
    await bench.pump.measure()
    for _ in range(14):
        bench.clock.now += 10
        part.progress.reach(0, 1)
        part.progress.reach(0, 1, 5)
    assert bench.pump.stalled(AFTER_S)
    part.progress.reach(0, 1, 6)
    assert bench.pump.stalled(AFTER_S) == []


async def test_brokers_that_are_away_stall_nothing_and_their_absence_is_not_counted(bench: Bench) -> None:
    bench.consumer.ends[0] = 9
    part = bench.part(0)
    part.state = State.WAITING
    await bench.pump.measure()
    bench.consumer.away = True
    with pytest.raises(KafkaConnectionError):
        await bench.pump.measure()
    bench.pump.broker_answers = False  # as the measuring task notes it
    bench.clock.now += 3600
    assert bench.pump.stalled(AFTER_S) == []
    assert liveness(bench.desk) == {"live": True, "stalled": [], "broker_answers": False}
    bench.consumer.away = False
    assert await bench.after(AFTER_S - 1) == []
    assert len(await bench.after(2)) == 1


async def test_a_group_that_gives_no_partitions_has_stalled_and_a_spare_worker_has_not(bench: Bench) -> None:
    bench.pump.partitions.clear()
    assert await bench.after(86_400) == []
    await bench.pump.give_up([], 1)
    assert await bench.after(AFTER_S - 1) == []
    assert await bench.after(2) == ["parse: the group has given it no partitions for 121 s"]


async def test_only_the_absence_of_the_brokers_is_forgiven(bench: Bench) -> None:
    bench.consumer.ends[0] = 9
    bench.part(0).state = State.WAITING
    await bench.pump.measure()
    bench.clock.now += AFTER_S - 10
    await bench.pump.measure()
    bench.pump.broker_answers = False
    bench.clock.now += 3600
    assert await bench.after(9) == []
    assert len(await bench.after(2)) == 1


async def test_what_waits_in_the_pool_for_slow_records_of_others_does_not_stall(bench: Bench) -> None:
    activity = bench.desk.activity
    part = bench.part(0)
    part.state = State.WORKING
    bench.consumer.ends[0] = 9
    await bench.pump.measure()
    for _ in range(20):
        bench.clock.now += 19
        activity.touch()
    assert bench.pump.stalled(AFTER_S) == []
    bench.clock.now += AFTER_S + 1
    assert len(bench.pump.stalled(AFTER_S)) == 1


async def test_a_restore_is_progress_as_far_as_no_restore_came_before(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = bench.part(0)
    part.progress.reach(0, 1, 5)  # a batch was begun before the state had to be made anew
    seen: list[float] = []

    async def restored(_c: Any, _l: Any, _s: Any, _a: Any, moved: Callable[[int, int], None]) -> int:
        for done in (10, 20, 20, 15):
            bench.clock.now += 100
            moved(done, 1000)
            seen.append(part.progress.idle_for())
        return 20

    monkeypatch.setattr(partitions, "restore", restored)
    await part._restore(MemoryStores(), _apply_nothing)
    assert seen == [0.0, 0.0, 100.0, 200.0]


def _apply_nothing(key: bytes, value: bytes | None, overlay: Overlay) -> None:
    raise AssertionError(f"{key!r} {value!r} {overlay}")


async def test_a_start_that_takes_for_ever_has_stalled(bench: Bench) -> None:
    bench.desk._start = Progress(bench.clock)
    bench.desk._begin("loading models")
    bench.clock.now += 121
    assert bench.desk.stalled() == ["start: loading models for 121 s"]
    assert liveness(bench.desk)["live"] is False
    assert await _answer(bench.desk, "/health/live") == 503, "an orchestrator that asks is told"
    bench.desk._begin("joining the consumer groups")
    assert bench.desk.stalled() == []
    assert await _answer(bench.desk, "/health/live") == 200


async def _answer(desk: Desk, path: str) -> int:
    """Status of a page of the worker's."""
    views: dict[str, Any] = {}

    class App:
        def __init__(self) -> None:
            self.desk = desk

        def page(self, path: str, *, name: str | None = None) -> Any:  # noqa: ARG002 - as Faust has it
            return lambda view: views.setdefault(path, view)

    class Web:
        def json(self, _: Any, *, status: int) -> int:
            return status

    declare_pages(App())  # type: ignore[arg-type] # no more of it is asked for
    return int(await views[path](Web(), None))


async def test_a_rebalance_during_the_stop_starts_nothing(bench: Bench) -> None:
    await bench.pump.give_up([], 1)
    bench.pump._stopping = True
    bench.pump.take_over([TopicPartition("raw-articles", 5)])
    assert TopicPartition("raw-articles", 5) not in bench.pump.partitions


async def test_the_pages_say_what_each_partition_does_and_why(bench: Bench) -> None:
    part = bench.part(1)
    part.state, part.restored, part.trouble, part.next_offset = State.RESTORING, (300, 900), "no space left", None
    body = readiness(bench.desk)
    assert body["ready"] is False
    assert body["stages"]["parse"]["partitions"]["1"] == {
        "state": "restoring",
        "restored": "300 of 900",
        "trouble": "no space left",
        "idle_s": 0.0,
    }


async def test_the_watchdog_ends_with_what_has_stalled_and_dumps_no_values(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench.desk, "settings", bench.desk.settings.model_copy(update={"stall_after_s": 0.5}))
    bench.consumer.ends[0] = 9
    await bench.pump.measure()
    watching = asyncio.create_task(watch(bench.desk))
    await asyncio.sleep(0.2)
    assert not watching.done()
    bench.clock.now += 1
    with pytest.raises(StalledError, match="partition 0 has been idle"):
        await asyncio.wait_for(watching, 5)
    written = capfd.readouterr()
    assert "watchdog.py" in written.err
    assert "hread 0x" in written.err
