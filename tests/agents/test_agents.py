"""Agents, handlers and partitions with fakes: every job gets its answer, every fault its place."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from aiokafka import TopicPartition
from aiokafka.errors import MessageSizeTooLargeError

from copydesk.adapters.kafka import partition as partitions
from copydesk.adapters.kafka import upkeep
from copydesk.adapters.kafka.budget import ByteBudget
from copydesk.adapters.kafka.fuse import Fuse, FuseBlownError, FuseConfig
from copydesk.adapters.kafka.jobs import AbandonedError, Handled, Job
from copydesk.adapters.kafka.outbox import Outgoing, RefusedError, TransactionalOutbox
from copydesk.adapters.kafka.partition import PartitionPump, StageWork, State
from copydesk.adapters.kafka.upkeep import Prune
from copydesk.adapters.metrics import Metrics
from copydesk.adapters.state_memory import MemoryStore, MemoryStores
from copydesk.app import handlers
from copydesk.app.agents import answer, declare_agents
from copydesk.app.delivery import delivery_config
from copydesk.app.handlers import DedupeHandler, Handler, PoolHandler, Refusal
from copydesk.app.settings import Settings
from copydesk.core.options import Options
from copydesk.core.ports import (
    Overlay,
    PoolUnavailableError,
    StateStore,
    StateStores,
    StateUnavailableError,
    TaskTimeoutError,
    WorkerCrashedError,
)
from copydesk.core.records import Emit, Message, Outcome, OutcomeKind, StageResult
from copydesk.core.replay import FirstRaw, Replay, replay_headers
from copydesk.core.stages import run_parse
from copydesk_schemas.reasons import Code, Stage
from copydesk_schemas.topics import TopicRole

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ARTICLE = (
    b"Harbour bridge reopens\n\n" + b"The bridge reopened after two years of repairs, the mayor said on Monday. " * 8
)


def message(offset: int, value: bytes = b"news") -> Message:
    return Message("raw-articles", 0, offset, 1_700_000_000_000, b"key", value)


def job(*messages: Message, stage: Stage = Stage.PARSE, overlay: Overlay | None = None) -> Job:
    return Job(stage, messages, asyncio.get_running_loop().create_future(), overlay)


def passed_on(one: Message) -> StageResult:
    outcome = Outcome(Stage.PARSE, OutcomeKind.FORWARDED, one.topic, one.partition, one.offset, 0, one.timestamp_ms)
    return StageResult((Emit(TopicRole.PARSED, one.key, one.value, partition=0),), (outcome,))


class FakePool:
    """Runs `behave` in place of the stage's function, and counts the calls of each record."""

    def __init__(self, behave: Callable[[Message], Awaitable[StageResult]]) -> None:
        self.calls: list[int] = []
        self._behave = behave

    async def run(self, _: Any, one: Message, *args: Any) -> Any:
        assert args == (Options(), NOW)
        self.calls.append(one.offset)
        return await self._behave(one)

    async def close(self) -> None:
        """Nothing to stop."""


def pool_handler(
    behave: Callable[[Message], Awaitable[StageResult]], stage: Stage = Stage.PARSE
) -> tuple[PoolHandler, FakePool]:
    pool = FakePool(behave)
    as_pool: Any = pool
    return PoolHandler(stage, _never, as_pool, Options(), clock=lambda: NOW), pool


def _never(one: Message, options: Options, now: datetime) -> StageResult:
    raise AssertionError(f"the pool runs it, not the handler: {one} {options} {now}")


class FakeApp:
    """As much of Faust as the agents see: channels, and agents that read them."""

    def __init__(self) -> None:
        self.agents: dict[str, tuple[FakeChannel, Callable[[Any], Awaitable[None]]]] = {}

    def channel(self) -> FakeChannel:
        return FakeChannel()

    def agent(self, channel: FakeChannel, *, name: str) -> Callable[[Callable[[Any], Awaitable[None]]], None]:
        def declare(function: Callable[[Any], Awaitable[None]]) -> None:
            self.agents[name] = channel, function

        return declare


class FakeChannel:
    def __init__(self) -> None:
        self.queue: asyncio.Queue[Job] = asyncio.Queue()

    async def send(self, *, value: Job) -> None:
        await self.queue.put(value)

    async def __aiter__(self) -> AsyncIterator[Job]:
        while True:
            yield await self.queue.get()


class Running:
    """An agent at work in a task."""

    def __init__(self, stage: Stage, handler: Handler) -> None:
        app: Any = FakeApp()
        self.ask = declare_agents(app, {stage: handler})[stage]
        channel, function = app.agents[f"copydesk.{stage}"]
        self.task = asyncio.ensure_future(function(channel))

    async def stop(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


# --- agents -----------------------------------------------------------------------------------------------------------


async def test_a_job_gets_its_answers_in_order_whatever_finishes_first() -> None:
    async def behave(one: Message) -> StageResult:
        await asyncio.sleep(0.02 * (3 - one.offset))
        return passed_on(one)

    handler, pool = pool_handler(behave)
    agent = Running(Stage.PARSE, handler)
    asked = job(*map(message, range(3)))
    await agent.ask(asked)
    handled = await asyncio.wait_for(asked.answer, 5)
    await agent.stop()
    assert [one.result.outcomes[0].raw_offset for one in handled] == [0, 1, 2]
    assert pool.calls == [0, 1, 2]


async def test_parse_jobs_run_side_by_side_and_dedupe_jobs_one_after_the_other() -> None:
    async def most_at_once(stage: Stage) -> int:
        now = most = 0

        async def handler(_: Job) -> list[Handled]:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1
            return []

        agent = Running(stage, handler)
        jobs = [job(stage=stage) for _ in range(3)]
        for one in jobs:
            await agent.ask(one)
        await asyncio.wait_for(asyncio.gather(*(one.answer for one in jobs)), 5)
        await agent.stop()
        return most

    assert await most_at_once(Stage.PARSE) == 3
    assert await most_at_once(Stage.DEDUPE) == 1


async def test_an_agent_outlives_a_failing_job_and_hands_the_exception_to_who_asked() -> None:
    async def handler(asked: Job) -> list[Handled]:
        if asked.messages[0].offset == 0:
            raise OSError("the disk is gone")
        return [Handled(passed_on(one)) for one in asked.messages]

    agent = Running(Stage.DEDUPE, handler)
    bad, good = job(message(0), stage=Stage.DEDUPE), job(message(1), stage=Stage.DEDUPE)
    await agent.ask(bad)
    await agent.ask(good)
    with pytest.raises(OSError, match="the disk is gone"):
        await asyncio.wait_for(bad.answer, 5)
    assert len(await asyncio.wait_for(good.answer, 5)) == 1
    await agent.stop()


async def test_a_job_that_nobody_waits_for_is_not_begun() -> None:
    handler, pool = pool_handler(_passes)
    asked = job(message(0))
    asked.abandoned = True
    await answer(asked, handler)
    with pytest.raises(AbandonedError):
        await asked.answer
    assert pool.calls == []


async def _passes(one: Message) -> StageResult:
    return passed_on(one)


# --- handlers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "error", "code", "calls"),
    [
        (Stage.PARSE, TaskTimeoutError("no result within 20 s"), Code.PARSE_TIMEOUT, 1),
        (Stage.ENRICH, TaskTimeoutError("no result within 20 s"), Code.ENRICH_TIMEOUT, 1),
        (Stage.PARSE, WorkerCrashedError("exit code -11"), Code.PARSE_ERROR, 3),
        (Stage.ENRICH, WorkerCrashedError("exit code -11"), Code.ENRICH_ERROR, 3),
        (Stage.PARSE, ValueError("a fault of ours"), Code.PARSE_ERROR, 1),
    ],
)
async def test_a_fault_becomes_the_dead_letter_of_its_record_alone(
    monkeypatch: pytest.MonkeyPatch, stage: Stage, error: Exception, code: Code, calls: int
) -> None:
    monkeypatch.setattr(handlers, "CRASH_PAUSES_S", (0.0, 0.0))

    async def behave(one: Message) -> StageResult:
        if one.offset == 1:
            raise error
        return passed_on(one)

    handler, pool = pool_handler(behave, stage)
    first, second, third = await handler(job(*map(message, range(3)), stage=stage))
    assert [one.result.emits[0].role for one in (first, second, third)] == [
        TopicRole.PARSED,
        TopicRole.DEAD,
        TopicRole.PARSED,
    ]
    assert pool.calls.count(1) == calls
    letter = json.loads(second.result.emits[0].value or b"")
    assert (letter["code"], letter["stage"], letter["attempts"]) == (code, stage, calls)
    assert letter["original"]["offset"] == 1
    assert str(error) in letter["message"]
    assert second.result.outcomes[0].code is code


async def test_a_process_that_dies_once_costs_nothing() -> None:
    deaths = [WorkerCrashedError("exit code -9")]

    async def behave(one: Message) -> StageResult:
        if deaths:
            raise deaths.pop()
        return passed_on(one)

    handler, pool = pool_handler(behave)
    (handled,) = await handler(job(message(0)))
    assert handled.result == passed_on(message(0))
    assert pool.calls == [0, 0]


async def test_what_is_logged_about_a_record_says_which_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "CRASH_PAUSES_S", (0.0,))
    deaths = {1: [WorkerCrashedError("exit code -9")], 2: [WorkerCrashedError("exit code -9")]}

    async def behave(one: Message) -> StageResult:
        await asyncio.sleep(0.01)  # they run at the same time, and yet each has a context of its own
        if deaths.get(one.offset):
            raise deaths[one.offset].pop()
        return passed_on(one)

    handler, _ = pool_handler(behave)
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        await handler(job(*map(message, range(3))))
    places = [(line["stage"], line["topic"], line["partition"], line["offset"]) for line in lines]
    assert sorted(places) == [("parse", "raw-articles", 0, 1), ("parse", "raw-articles", 0, 2)]
    assert structlog.contextvars.get_contextvars() == {}


async def test_dedupe_makes_a_dead_letter_of_what_it_cannot_read_and_changes_no_state() -> None:
    handler = DedupeHandler(Options(), clock=lambda: NOW)
    overlay = Overlay(MemoryStores().open(0))
    (handled,) = await handler(job(message(0, b"no article"), stage=Stage.DEDUPE, overlay=overlay))
    assert handled.result.outcomes[0].code is Code.SCHEMA_INVALID
    assert (handled.events, overlay.changes) == ((), {})


# --- partitions -------------------------------------------------------------------------------------------------------


class FakeOutbox:
    """Collects what is published; `failures` are raised first, before anything is."""

    def __init__(self) -> None:
        self.published: list[Outgoing] = []
        self.next_offset = 0
        self.opened = 0
        self.failures: list[Exception] = []
        self.lost_answers = 0

    async def partitions(self, topic: str) -> int:
        assert topic
        return 3

    async def publish(self, records: Sequence[Outgoing], next_offset: int) -> list[int]:
        if self.failures:
            raise self.failures.pop()
        begin = len(self.published)
        self.published.extend(records)
        self.next_offset = next_offset
        if self.lost_answers:
            self.lost_answers -= 1
            raise TimeoutError("no answer to the commit")
        return list(range(begin, len(self.published)))

    async def close(self) -> None:
        """Nothing to close."""


class FakeConsumer:
    """A source partition with records from 0 on."""

    def __init__(self, count: int) -> None:
        self._values = [b"v%d" % number for number in range(count)]
        self._position = 0

    def seek(self, _: TopicPartition, offset: int) -> None:
        self._position = offset

    async def getmany(self, part: TopicPartition, *, timeout_ms: int, max_records: int) -> dict[Any, Any]:
        assert timeout_ms > 0
        begin, self._position = self._position, min(self._position + max_records, len(self._values))
        if begin == self._position:
            await asyncio.sleep(0.01)
        return {part: [_Record(part, offset, self._values[offset]) for offset in range(begin, self._position)]}


class _Record:
    def __init__(self, part: TopicPartition, offset: int, value: bytes) -> None:
        self.topic, self.partition = part.topic, part.partition
        self.offset, self.value, self.key = offset, value, b"k"
        self.timestamp = 1_700_000_000_000
        self.headers = (("x-url", b"u"),)


def _applies_nothing(key: bytes, value: bytes | None, state: Overlay) -> None:
    raise AssertionError(f"nothing is restored here: {key!r} {value!r} {state}")


class Rig:
    """One partition with fakes around it."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        handler: Handler,
        count: int,
        *,
        prune: Prune | None = None,
        stores: StateStores | None = None,
        fuse: FuseConfig | None = None,
    ) -> None:
        self.outbox = FakeOutbox()
        self.accounted: list[Handled] = []
        self.metrics = Metrics()
        settings = Settings.load({}, app_id="t", batch_records=4)
        config = delivery_config(settings)

        async def open_outbox(*_: Any) -> FakeOutbox:
            self.outbox.opened += 1
            return self.outbox

        async def committed(*_: Any) -> int:
            return self.outbox.next_offset

        monkeypatch.setattr(TransactionalOutbox, "open", open_outbox)

        async def restored(*_: Any) -> int:
            return 0

        monkeypatch.setattr(partitions, "committed_offset", committed)
        monkeypatch.setattr(partitions, "restore", restored)

        async def ask(asked: Job) -> None:
            await answer(asked, handler)

        work = StageWork(
            stage=Stage.PARSE,
            config=config,
            ask=ask,
            refuse=Refusal(Options()),
            committed=lambda _, handled: self.accounted.extend(handled),
            metrics=self.metrics,
            budget=ByteBudget(config.in_flight_bytes),
            fuse=Fuse(fuse or FuseConfig()),
            stores=stores or (MemoryStores() if prune is not None else None),
            apply=_applies_nothing if prune is not None or stores is not None else None,
            prune=prune,
        )
        consumer: Any = FakeConsumer(count)
        self.pump = PartitionPump(work, consumer, TopicPartition("raw-articles", 0))

    async def until(self, next_offset: int) -> None:
        self.pump.start()
        await self.until_there(next_offset)

    async def until_there(self, next_offset: int) -> None:
        async with asyncio.timeout(20):
            while self.pump.next_offset != next_offset or self.pump.state is not State.IDLE:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        await self.pump.stop(5)

    def offsets(self) -> list[bytes | None]:
        return [record.value for record in self.outbox.published]

    def figure(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, {"stage": "parse", **labels})


async def test_a_partition_publishes_each_record_once_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch, pool_handler(_passes)[0], 10)
    await rig.until(10)
    assert rig.offsets() == [b"v%d" % number for number in range(10)]
    assert len(rig.accounted) == 10
    assert rig.outbox.opened == 1
    assert rig.figure("copydesk_batch_records_sum") == 10
    assert rig.figure("copydesk_consumed_bytes_total") == 30, "three bytes each, key and value"
    assert rig.figure("copydesk_published_records_total", topic="parsed-articles") == 10
    assert rig.figure("copydesk_transactions_total", result="aborted") == 0
    assert rig.pump.behind.next_offset == 10


async def test_records_that_wait_for_room_are_known_to_be_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch, pool_handler(_passes)[0], 2)
    async with rig.pump.work.budget.take(rig.pump.work.budget.limit):
        rig.pump.start()
        async with asyncio.timeout(20):
            while rig.pump.state is not State.QUEUED:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        waits_s = rig.pump.behind.seconds()
    assert waits_s is not None
    assert waits_s > 1e7, "the records of this test are of 2023"
    await rig.until_there(2)


async def test_a_failing_handler_reopens_the_partition_and_its_batch_is_handled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = [OSError("gone"), OSError("gone again")]

    async def handler(asked: Job) -> list[Handled]:
        if asked.messages[0].offset == 4 and faults:
            raise faults.pop()
        return [Handled(passed_on(one)) for one in asked.messages]

    rig = Rig(monkeypatch, handler, 10)
    await rig.until(10)
    assert rig.outbox.opened == 3
    assert rig.figure("copydesk_partition_restarts_total", reason="OSError") == 2
    assert rig.figure("copydesk_transactions_total", result="aborted") == 0, "none was begun"
    assert rig.offsets() == [b"v%d" % number for number in range(10)]
    assert len(rig.accounted) == 10


async def test_a_commit_that_failed_is_repeated_and_one_whose_answer_was_lost_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for failures, lost in ([OSError("no broker")], 0), ([], 1):
        rig = Rig(monkeypatch, pool_handler(_passes)[0], 6)
        rig.outbox.failures, rig.outbox.lost_answers = list(failures), lost
        await rig.until(6)
        assert rig.offsets() == [b"v%d" % number for number in range(6)]
        assert len(rig.accounted) == 6
        assert rig.outbox.opened == 2
        assert rig.figure("copydesk_batch_records_sum") == 6
        assert rig.figure("copydesk_transactions_total", result="committed") == 2
        assert rig.figure("copydesk_transactions_total", result="aborted") == len(failures)


async def test_too_few_answers_are_never_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    short = [True]

    async def handler(asked: Job) -> list[Handled]:
        missing = 1 if short and short.pop() else 0
        return [Handled(passed_on(one)) for one in asked.messages[missing:]]

    rig = Rig(monkeypatch, handler, 4)
    await rig.until(4)
    assert rig.outbox.opened == 2
    assert rig.offsets() == [b"v%d" % number for number in range(4)]


async def test_the_state_is_pruned_between_batches_once_enough_was_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "EVERY_RECORDS", 8)
    seen: list[tuple[int, int]] = []

    def prune(store: StateStore, newest_ms: int, limit: int) -> int:
        assert limit == upkeep.AT_ONCE
        # What is committed is in the store by now, and nothing else.
        seen.append((sum(1 for _ in store.scan(b"")), newest_ms))
        return 0

    async def handler(asked: Job) -> list[Handled]:
        assert asked.overlay is not None
        for one in asked.messages:
            asked.overlay.put(b"n%d" % one.offset, one.value)
        return [Handled(passed_on(one), ((b"n%d" % one.offset, one.value),)) for one in asked.messages]

    rig = Rig(monkeypatch, handler, 20, prune=prune)
    await rig.until(20)
    assert seen == [(8, 1_700_000_000_000), (16, 1_700_000_000_000)]


async def test_a_broken_pool_is_no_fault_of_a_record() -> None:
    async def behave(_: Message) -> StageResult:
        raise PoolUnavailableError("no processes")

    handler, _ = pool_handler(behave)
    with pytest.raises(PoolUnavailableError):
        await handler(job(message(0)))


async def test_a_state_that_cannot_be_read_is_no_fault_of_a_record() -> None:
    class Broken(MemoryStore):
        def get(self, key: bytes) -> bytes | None:
            raise StateUnavailableError(f"cannot read {key!r}")

    (emit,) = run_parse(Message("raw-articles", 0, 0, 1, None, ARTICLE), Options(), NOW).emits
    parsed = Message("parsed-articles", 0, 0, 1, emit.key, emit.value)
    handler = DedupeHandler(Options(), clock=lambda: NOW)
    with pytest.raises(StateUnavailableError):
        await handler(job(parsed, stage=Stage.DEDUPE, overlay=Overlay(Broken())))


async def test_a_state_that_cannot_be_written_after_the_commit_loses_and_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Full(MemoryStore):
        def write(self, changes: Mapping[bytes, bytes | None], next_offset: int) -> None:
            assert changes
            assert next_offset
            raise StateUnavailableError("no space left")

    class Stores:
        def __init__(self) -> None:
            self.stores = [Full(), Full(), MemoryStore()]

        def open(self, partition: int) -> MemoryStore:
            assert partition == 0
            return self.stores.pop(0) if len(self.stores) > 1 else self.stores[0]

    async def handler(asked: Job) -> list[Handled]:
        assert asked.overlay is not None
        for one in asked.messages:
            asked.overlay.put(b"n%d" % one.offset, one.value)
        return [Handled(passed_on(one), ((b"n%d" % one.offset, one.value),)) for one in asked.messages]

    stores = Stores()
    rig = Rig(monkeypatch, handler, 12, stores=stores)
    await rig.until(12)
    assert [record.value for record in rig.outbox.published if record.topic == "parsed-articles"] == [
        b"v%d" % number for number in range(12)
    ]
    assert len(rig.accounted) == 12
    assert rig.outbox.opened == 3


def _failed(one: Message) -> StageResult:
    outcome = Outcome(Stage.PARSE, OutcomeKind.DEAD, one.topic, one.partition, one.offset, 0, 0, code=Code.PARSE_ERROR)
    return StageResult((Emit(TopicRole.DEAD, one.key, one.value, partition=0),), (outcome,))


async def test_the_fuse_holds_a_batch_back_and_lets_it_through_when_it_no_longer_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: Counter[int] = Counter()

    async def handler(asked: Job) -> list[Handled]:
        first = asked.messages[0].offset
        tries[first] += 1
        broken = first >= 4 and tries[first] < 3
        return [Handled((_failed if broken else passed_on)(one)) for one in asked.messages]

    rig = Rig(monkeypatch, handler, 12, fuse=FuseConfig(run=3, pause_s=0.01))
    states: list[str | None] = []
    monkeypatch.setattr(rig.pump, "_note_fuse", _spied(rig.pump, states))
    await rig.until(12)
    assert rig.offsets() == [b"v%d" % number for number in range(12)]
    assert {record.topic for record in rig.outbox.published} == {"parsed-articles"}, "no dead letter was written"
    assert tries == {0: 1, 4: 3, 8: 3}
    assert len(states) == 4
    assert all(state is not None and "records failed in a row, the limit is 3" in state for state in states)


def _spied(pump: PartitionPump, states: list[str | None]) -> Callable[[FuseBlownError, float], None]:
    original = pump._note_fuse

    def note(error: FuseBlownError, pause_s: float) -> None:
        original(error, pause_s)
        states.append(pump.trouble)

    return note


async def test_decisions_that_were_refused_stay_refused_when_more_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is decided again without what cannot be published: what the first round found must not come back."""
    seen: list[set[int]] = []

    async def handler(asked: Job) -> list[Handled]:
        seen.append(set(asked.refused))
        handled = []
        for index, one in enumerate(asked.messages):
            if index in asked.refused:
                handled.append(Handled(_failed(one)))
            else:
                handled.append(Handled(passed_on(one), ((b"n%d" % one.offset, b"x"),)))
        return handled

    rig = Rig(monkeypatch, handler, 4, stores=MemoryStores())
    publish = rig.outbox.publish

    async def picky(records: Sequence[Outgoing], next_offset: int) -> list[int]:
        for index, record in enumerate(records):
            if record.topic == "parsed-articles" and record.value in (b"v1", b"v2"):
                raise RefusedError({index: MessageSizeTooLargeError("too large")})  # one a round
        return await publish(records, next_offset)

    monkeypatch.setattr(rig.outbox, "publish", picky)
    await rig.until(4)
    assert seen == [set(), {1}, {1, 2}]
    assert [(r.topic, r.value) for r in rig.outbox.published if r.topic != "article-fingerprints"] == [
        ("parsed-articles", b"v0"),
        ("dead-letter", b"v1"),
        ("dead-letter", b"v2"),
        ("parsed-articles", b"v3"),
    ]


def test_a_refused_item_of_a_feed_can_be_replayed_alone() -> None:
    entries = "".join(f"<item><title>Item {n}</title><description>Text {n}.</description></item>" for n in range(3))
    feed = f'<rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'.encode()
    message = Message("raw-articles", 0, 7, 1_000, b"key", feed)
    handled = Handled(run_parse(message, Options(), datetime(2026, 3, 1, tzinfo=UTC)))
    refused = Refusal(Options())(handled, message, 1, ValueError("too large"))
    letter = json.loads(refused.result.emits[1].value or b"")
    assert (letter["dead_letter_id"], letter["raw"]["items"]) == ("raw-articles-0-7-1", 3)
    assert [outcome.item for outcome in refused.result.outcomes] == [0, 1, 2]


def test_a_dead_letter_that_is_refused_keeps_its_history() -> None:
    first = FirstRaw("raw-articles", 0, 7, 0, None, 1_000)
    marks = replay_headers(Replay(first, 2, datetime(2026, 3, 1, tzinfo=UTC), "parse"), "dead-letter-0-1")
    message = Message("raw-articles", 0, 9, 2_000, b"key", b"", (*marks, ("x-url", b"u")))
    handled = Handled(run_parse(message, Options(), datetime(2026, 3, 2, tzinfo=UTC)))
    refuse = Refusal(Options())
    twice = refuse(refuse(handled, message, 0, ValueError("too large")), message, 0, ValueError("too large"))
    letter = json.loads(twice.result.emits[0].value or b"")
    assert (letter["dead_letter_id"], letter["attempts"], letter["code"]) == (
        "raw-articles-0-7-0",
        3,
        "publish_too_large",
    )
    assert letter["original"]["value_b64"] is None
    assert letter["raw"]["items"] is None, "the whole record is replayed"


async def test_whatever_fails_in_closing_the_partition_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = [OSError("gone")]

    class Stuck(MemoryStore):
        def close(self) -> None:
            raise RuntimeError("the store cannot be closed")

    class Stores:
        def open(self, partition: int) -> MemoryStore:
            assert partition == 0
            return Stuck()

    async def handler(asked: Job) -> list[Handled]:
        if faults:
            raise faults.pop()
        return [Handled(passed_on(one)) for one in asked.messages]

    async def cannot_close() -> None:
        raise ValueError("the producer cannot be closed")

    rig = Rig(monkeypatch, handler, 4, stores=Stores())
    monkeypatch.setattr(rig.outbox, "close", cannot_close)
    await rig.until(4)
    assert rig.outbox.opened == 2
    assert rig.offsets() == [b"v%d" % number for number in range(4)]
