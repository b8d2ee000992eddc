"""A real Kafka broker for the tests: jars from Maven Central, one node, started once a session."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STARTS_WITHIN_S = 90.0

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
num.partitions=4
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


@dataclass(frozen=True)
class Broker:
    """A running broker."""

    bootstrap: str
    classpath: str


def _unavailable(reason: str) -> None:
    if os.environ.get("COPYDESK_REQUIRE_KAFKA") == "1":
        pytest.fail(f"a real Kafka broker is required: {reason}")
    pytest.skip(f"no real Kafka broker: {reason}")


def _jars() -> Path:
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            _unavailable(f"{program} is not installed")
    default = Path.home() / ".cache" / "copydesk-tests"
    lib = Path(os.environ.get("COPYDESK_KAFKA_CACHE") or default) / "kafka-4.4.0"
    complete = lib / ".complete"
    if not complete.exists():
        lib.mkdir(parents=True, exist_ok=True)
        command = ["mvn", "-B", "-q", "-f", str(HERE / "kafka" / "pom.xml"), "dependency:copy-dependencies"]
        fetched = subprocess.run(
            [*command, f"-DoutputDirectory={lib}"], capture_output=True, text=True, check=False, timeout=600
        )
        if fetched.returncode != 0:
            _unavailable(f"Maven could not fetch the jars: {fetched.stdout[-500:]}")
        complete.touch()
    return lib


def _free_port() -> int:
    """A port that nobody listens on, below the ephemeral range: a client that polls such a port can meet itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


@pytest.fixture
def free_port() -> int:
    return _free_port()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    classpath = f"{_jars()}/*"
    folder = tmp_path_factory.mktemp("kafka")
    port, controller = _free_port(), _free_port()
    properties = folder / "server.properties"
    properties.write_text(PROPERTIES.format(port=port, controller=controller, data=folder / "data"))
    java = ["java", "-Xmx384m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classpath]
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", str(properties)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([*java, "kafka.Kafka", str(properties)], stdout=log, stderr=log)
    try:
        _wait(process, port, folder / "server.log")
        yield Broker(f"127.0.0.1:{port}", classpath)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the broker ended: {log.read_text()[-2000:]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"the broker did not start: {log.read_text()[-2000:]}")


@pytest.fixture
def app_id() -> str:
    """A name of its own for each test, so that groups, transactions and topics stay apart."""
    return f"t{uuid.uuid4().hex[:10]}"
