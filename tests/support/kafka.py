"""A real Kafka broker on this machine for tests and benchmarks: jars from Maven Central, one KRaft node."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_POMS = Path(__file__).parent.parent / "integration" / "kafka"
BROKER = _POMS / "pom.xml"
CLIENT = _POMS / "client" / "pom.xml"
STARTS_WITHIN_S = 90.0

_PROPERTIES = """\
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


class UnavailableError(Exception):
    """No broker can be had here, and why."""


def free_port() -> int:
    """A port that nobody listens on, below the ephemeral range: a client that polls such a port can meet itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def jars(pom: Path = BROKER) -> Path:
    """Folder of the jars that a pom names, those of the broker or of the Java client; fetched the first time.

    Raises:
        UnavailableError: Java or Maven is missing, or Maven could not fetch them.
    """
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise UnavailableError(f"{program} is not installed")
    default = Path.home() / ".cache" / "copydesk-tests"
    # Named by what is in it: another version gets another folder, and never jars of both.
    name = f"kafka-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"
    folder = Path(os.environ.get("COPYDESK_KAFKA_CACHE") or default) / name
    complete = folder / ".complete"
    if not complete.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mvn", "-B", "-q", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
        fetched = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        if fetched.returncode != 0:
            raise UnavailableError(f"Maven could not fetch the jars: {fetched.stdout[-500:]}")
        complete.touch()
    return folder


@dataclass(frozen=True)
class KafkaBroker:
    """A running broker."""

    bootstrap: str
    classpath: str

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[KafkaBroker]:
        """A broker with empty topics, stopped at the end.

        Raises:
            UnavailableError: none can be had here.
        """
        classpath = f"{jars()}/*"
        port, controller = free_port(), free_port()
        java = [
            "java",
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            classpath,
        ]
        with tempfile.TemporaryDirectory(prefix="copydesk-kafka-") as name:
            folder = Path(name)
            properties = folder / "server.properties"
            text = _PROPERTIES.format(port=port, controller=controller, data=folder / "data")
            properties.write_text(text, encoding="utf-8")
            subprocess.run(
                [*java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", str(properties)],
                check=True,
                capture_output=True,
                timeout=60,
            )
            log = folder / "server.log"
            with log.open("wb") as output:
                process = subprocess.Popen([*java, "kafka.Kafka", str(properties)], stdout=output, stderr=output)
            try:
                _wait(process, port, log)
                yield cls(f"127.0.0.1:{port}", classpath)
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
            raise RuntimeError(f"the broker ended: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the broker did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
