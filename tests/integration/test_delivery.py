"""Delivery on a real broker: nothing lost, nothing twice, through kills, rebalances and refusals."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from tests.support import counting
from tests.support.kafka import KafkaBroker
from tests.support.service import ROOT

from copydesk.adapters.kafka.topics import declare_topics
from copydesk.adapters.state_memory import MemoryStores
from copydesk.adapters.state_rocksdict import RocksStores
from copydesk.app.delivery import delivery_config
from copydesk.app.settings import Settings, TopicOverride, Topics
from copydesk.app.wiring import Overrides, build_app, running
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
ENDS = (TopicRole.ENRICHED, TopicRole.DUPLICATE, TopicRole.DEAD)


def settings_for(broker: KafkaBroker, app_id: str, folder: Path, **more: object) -> Settings:
    topics = Topics(**{role.name.lower(): TopicOverride(name=f"{app_id}-{role}") for role in TopicRole})
    return Settings.load(
        {},
        bootstrap_servers=broker.bootstrap,
        app_id=app_id,
        topics=topics,
        state_dir=folder,
        lag_interval_s=0.5,
        **more,
    )


async def produce(settings: Settings, records: list[tuple[bytes, bytes]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, max_request_size=12_000_000)
    await producer.start()
    try:
        await asyncio.gather(
            *[await producer.send(settings.topic(TopicRole.RAW), value, key) for key, value in records]
        )
    finally:
        await producer.stop()


async def read(settings: Settings, role: TopicRole) -> list[tuple[bytes, bytes, str]]:
    """All committed records of a topic: key, value, origin."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    records: list[tuple[bytes, bytes, str]] = []
    try:
        parts = [TopicPartition(settings.topic(role), p) for p in range(settings.partitions(role))]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        for part, begin in (await consumer.beginning_offsets(parts)).items():
            consumer.seek(part, begin)
        while any([await consumer.position(part) < end for part, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for record in batch:
                    origin = dict(record.headers).get(counting.ORIGIN, b"").decode()
                    records.append((record.key, record.value, origin))
    finally:
        await consumer.stop()
    return records


async def ends(settings: Settings) -> dict[TopicRole, list[tuple[bytes, bytes, str]]]:
    return {role: await read(settings, role) for role in ENDS}


async def until_ended(
    settings: Settings, expected: int, within_s: float = 90.0
) -> dict[TopicRole, list[tuple[bytes, bytes, str]]]:
    deadline = time.monotonic() + within_s
    while True:
        found = await ends(settings)
        total = sum(map(len, found.values()))
        if total >= expected or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.5)


def assert_exactly_once(found: Mapping[TopicRole, list[tuple[bytes, bytes, str]]], expected: int) -> None:
    origins = Counter(origin for records in found.values() for _, _, origin in records if origin)
    assert [origin for origin, count in origins.items() if count > 1] == []
    assert sum(map(len, found.values())) == expected


async def log_state(settings: Settings) -> dict[bytes, bytes]:
    return {key: value for key, value, _ in await read(settings, TopicRole.FINGERPRINTS)}


async def test_records_pass_through_three_stages(broker: KafkaBroker, app_id: str, tmp_path: Path) -> None:
    settings = settings_for(broker, app_id, tmp_path)
    await declare_topics(delivery_config(settings), 1)
    await produce(settings, [(f"k{n % 800}".encode(), b"v%d" % n) for n in range(1000)])
    stores = MemoryStores()
    app = build_app(
        settings,
        overrides=Overrides(handlers=counting.handlers(), apply=counting.apply, stores=stores, web=False),
    )
    async with running(app):
        found = await until_ended(settings, 1000)
        assert app.desk.ready
        await asyncio.sleep(1.2)
        lags = [await pump.measure() for pump in app.desk.pumps.values()]
    assert_exactly_once(found, 1000)
    assert {role: len(records) for role, records in found.items()} == {
        TopicRole.ENRICHED: 800,
        TopicRole.DUPLICATE: 200,
        TopicRole.DEAD: 0,
    }
    assert [set(lag.values()) for lag in lags] == [{0}, {0}, {0}]
    log = await log_state(settings)
    assert {key: stores.open(0).get(key) for key in log} == log


async def test_oversized_output_becomes_a_dead_letter_and_the_rest_flows(
    broker: KafkaBroker, app_id: str, tmp_path: Path
) -> None:
    settings = settings_for(broker, app_id, tmp_path)
    topics = settings.topics.model_copy(
        update={"enriched": TopicOverride(name=settings.topic(TopicRole.ENRICHED), max_message_bytes=100_000)}
    )
    # Declared smaller than the worker believes: the broker itself must refuse, and the guilty be found.
    await declare_topics(delivery_config(settings.model_copy(update={"topics": topics})), 1)
    records = [(b"k%d" % n, b"x" * (200_000 if n % 50 == 7 else 500)) for n in range(200)]
    await produce(settings, records)
    app = build_app(
        settings,
        overrides=Overrides(handlers=counting.handlers(), apply=counting.apply, stores=MemoryStores(), web=False),
    )
    async with running(app):
        found = await until_ended(settings, 200)
    assert {role: len(entries) for role, entries in found.items()} == {
        TopicRole.ENRICHED: 196,
        TopicRole.DUPLICATE: 0,
        TopicRole.DEAD: 4,
    }
    assert all(b'"code":"publish_too_large"' in value for _, value, _ in found[TopicRole.DEAD])


async def test_records_that_are_too_large_only_together_all_come_through(
    broker: KafkaBroker, app_id: str, tmp_path: Path
) -> None:
    settings = settings_for(broker, app_id, tmp_path)
    small = TopicOverride(name=settings.topic(TopicRole.ENRICHED), max_message_bytes=20_000)
    topics = settings.topics.model_copy(update={"enriched": small})
    # The worker believes in a larger limit, so its client puts more together than the broker takes.
    await declare_topics(delivery_config(settings.model_copy(update={"topics": topics})), 1)
    await produce(settings, [(b"k%d" % n, b"x" * 6_000) for n in range(60)])
    app = build_app(
        settings,
        overrides=Overrides(handlers=counting.handlers(), apply=counting.apply, stores=MemoryStores(), web=False),
    )
    async with running(app):
        found = await until_ended(settings, 60)
    assert {role: len(entries) for role, entries in found.items()} == {
        TopicRole.ENRICHED: 60,
        TopicRole.DUPLICATE: 0,
        TopicRole.DEAD: 0,
    }


async def until_ready(port: int, within_s: float = 45.0) -> None:
    """The worker's own probe says that its partitions are open."""
    deadline = time.monotonic() + within_s
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline:
            try:
                async with session.get(f"http://127.0.0.1:{port}/health/ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
    pytest.fail("the worker did not become ready")


class Workers:
    """Worker processes of one test."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.processes: list[asyncio.subprocess.Process] = []

    async def start(self, name: str, port: int, slow_ms: int = 0) -> asyncio.subprocess.Process:
        names = {f"COPYDESK_TOPICS__{role.name}__NAME": self.settings.topic(role) for role in TopicRole}
        environment = {
            **os.environ,
            **names,
            "COPYDESK_BOOTSTRAP_SERVERS": self.settings.bootstrap_servers,
            "COPYDESK_APP_ID": self.settings.app_id,
            "COPYDESK_STATE_DIR": str(self.folder / name),
            "COPYDESK_WEB_PORT": str(port),
            "COUNTING_SLOW_MS": str(slow_ms),
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.support.counting", cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    async def end(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_two_kills_and_a_second_worker_lose_and_repeat_nothing(
    broker: KafkaBroker, app_id: str, tmp_path: Path, free_port: int
) -> None:
    total = 6000
    settings = settings_for(broker, app_id, tmp_path)
    await declare_topics(delivery_config(settings), 1)
    records = [(b"k%d" % (n % 5000), b"v%d" % n) for n in range(total)]
    workers = Workers(settings, tmp_path)

    async def feed() -> None:
        for at in range(0, total, 200):
            await produce(settings, records[at : at + 200])
            await asyncio.sleep(1.0)

    feeding = asyncio.create_task(feed())
    try:
        for _ in range(2):
            worker = await workers.start("one", free_port, slow_ms=1)
            await asyncio.sleep(4)
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        worker = await workers.start("one", free_port, slow_ms=1)
        await asyncio.sleep(3)
        second = await workers.start("two", free_port + 1, slow_ms=1)
        await until_ready(free_port + 1)
        await asyncio.sleep(3)
        began = time.monotonic()
        second.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(second.wait(), 15) == 0
        assert time.monotonic() - began < 10
        await feeding
        found = await until_ended(settings, total)
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(worker.wait(), 15) == 0
    finally:
        feeding.cancel()
        await workers.end()
    assert_exactly_once(found, total)
    assert len(found[TopicRole.ENRICHED]) == 5000
    log = await log_state(settings)
    assert Counter(log.values()) == Counter({b"1": 4000, b"2": 1000})
    store = RocksStores(tmp_path / "one" / app_id).open(0)
    try:
        assert {key: store.get(key) for key in log} == log
    finally:
        store.close()
