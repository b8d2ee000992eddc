"""The worker as a process of its own, with topics of its own, and a reader that sees what any consumer sees."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from copydesk_schemas.topics import MIB, TOPICS, TopicRole

ROOT = Path(__file__).parents[2]
ENDS = (TopicRole.ENRICHED, TopicRole.DUPLICATE, TopicRole.DEAD)
DEFAULT_NAMES: Mapping[TopicRole, str] = {role: role.value for role in TopicRole}


@dataclass(frozen=True)
class Raw:
    """One record to produce."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


def own_names(app_id: str) -> dict[TopicRole, str]:
    """Topic names that no other test uses."""
    return {role: f"{app_id}-{role.value}" for role in TopicRole}


@dataclass
class Service:
    """Worker processes of one deployment.

    Args:
        bootstrap: the broker.
        app_id: name of the deployment.
        folder: for states and logs.
        names: names of the topics.
        settings: further variables, without the prefix.
        program: what Python runs; the worker, or another one that takes its settings.
        environment: further variables as they are.
    """

    bootstrap: str
    app_id: str
    folder: Path
    names: Mapping[TopicRole, str]
    settings: Mapping[str, str] = field(default_factory=dict)
    program: Sequence[str] = ("-m", "copydesk", "worker")
    environment: Mapping[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, port: int) -> subprocess.Popen[bytes]:
        """Start a worker with the state folder `name`; its pages are served on `port`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *self.program], env=self.variables(name, port), stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def variables(self, name: str, port: int = 0) -> dict[str, str]:
        """The environment of a worker, and of commands about its deployment."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
            **self.environment,
            **{f"COPYDESK_TOPICS__{role.name}__NAME": topic for role, topic in self.names.items()},
            "COPYDESK_BOOTSTRAP_SERVERS": self.bootstrap,
            "COPYDESK_APP_ID": self.app_id,
            "COPYDESK_STATE_DIR": str(self.folder / name),
            "COPYDESK_WEB_PORT": str(port),
            "COPYDESK_LOG_FORMAT": "json",
            "COPYDESK_LAG_INTERVAL_S": "0.5",
            **{f"COPYDESK_{key}": value for key, value in self.settings.items()},
        }

    async def ready(self, process: subprocess.Popen[bytes], port: int, within_s: float = 90.0) -> None:
        """Wait until the worker says that its partitions are open.

        Raises:
            RuntimeError: it ended, or took longer.
        """
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, OSError):
                await asyncio.to_thread(get_page, port, "/health/ready")
                return
            await asyncio.sleep(0.2)
        raise RuntimeError(f"the worker is not ready (exit code {process.poll()}): {self.tail()}")

    def tail(self) -> str:
        """The last lines of all logs, for a failure's message."""
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.glob("*.log")))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL, and wait."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    async def stop(self, process: subprocess.Popen[bytes], within_s: float = 25.0) -> int:
        """SIGTERM; the exit code."""
        process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(process.wait, within_s)

    def end(self) -> None:
        """Kill whatever still runs."""
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)


@contextlib.contextmanager
def ending(service: Service) -> Iterator[Service]:
    """The service, whose workers are killed at the end."""
    try:
        yield service
    finally:
        service.end()


def get_page(port: int, path: str) -> str:
    """Body of a page of a worker; errors for any status but 200."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


async def declare(bootstrap: str, names: Mapping[TopicRole, str], replicas: int = 1) -> None:
    """Declare the topics as the worker would, so that records can be sent before it runs."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics(
            [
                NewTopic(
                    names[role],
                    spec.partitions,
                    replicas,
                    topic_configs={
                        "max.message.bytes": str(spec.max_message_bytes),
                        "message.timestamp.type": "LogAppendTime",
                    },
                )
                for role, spec in TOPICS.items()
            ]
        )
    finally:
        await admin.close()


async def produce(bootstrap: str, topic: str, records: Iterable[Raw]) -> None:
    """Send the records in order and wait until all are acknowledged."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=11 * MIB)
    await producer.start()
    try:
        sent = [await producer.send(topic, raw.value, raw.key, headers=list(raw.headers)) for raw in records]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


class Follower:
    """Everything that a read_committed consumer sees of some topics, from their beginning, as it comes."""

    def __init__(self, consumer: AIOKafkaConsumer, names: Mapping[str, TopicRole]) -> None:
        self.seen: dict[TopicRole, list[Any]] = {role: [] for role in names.values()}
        """Records by role, in order of arrival."""
        self._consumer = consumer
        self._names = names

    @property
    def count(self) -> int:
        """Records seen so far."""
        return sum(map(len, self.seen.values()))

    async def follow(self) -> None:
        """Collect until cancelled."""
        while True:
            for part, records in (await self._consumer.getmany(timeout_ms=200)).items():
                self.seen[self._names[part.topic]].extend(records)

    async def until(self, count: int, within_s: float) -> None:
        """Wait for so many records.

        Raises:
            TimeoutError: fewer came, with their number.
        """
        deadline = time.monotonic() + within_s
        while self.count < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.count} of {count} records within {within_s:g} s")
            await asyncio.sleep(0.05)

    async def quiet(self, for_s: float = 2.0) -> None:
        """Wait until nothing has come for so long."""
        count = -1
        while count != self.count:
            count = self.count
            await asyncio.sleep(for_s)


@contextlib.asynccontextmanager
async def following(
    bootstrap: str, names: Mapping[TopicRole, str], roles: Sequence[TopicRole] = ENDS
) -> AsyncIterator[Follower]:
    """Follow the topics of some roles. Topics must exist."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=16 * MIB,
        fetch_max_wait_ms=100,
    )
    await consumer.start()
    consumer.assign([TopicPartition(names[role], p) for role in roles for p in range(TOPICS[role].partitions)])
    follower = Follower(consumer, {names[role]: role for role in roles})
    task = asyncio.create_task(follower.follow())
    try:
        yield follower
        if task.done():
            task.result()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await consumer.stop()
