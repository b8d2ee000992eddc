"""A real Kafka broker on this machine for tests and benchmarks: jars from Maven Central, one KRaft node."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

_POMS = Path(__file__).parent.parent / "integration" / "kafka"
BROKER = _POMS / "pom.xml"
CLIENT = _POMS / "client" / "pom.xml"
STARTS_WITHIN_S = 90.0
_CLUSTER = "AAAAAAAAAAAAAAAAAAAAAQ"

PROPERTIES: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": "1@127.0.0.1:{controller}",
    "listeners": "PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
    "advertised.listeners": "PLAINTEXT://127.0.0.1:{port}",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": "{data}",
    "num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # With nobody to take over, an orderly stop would leave partitions without a leader, and Kafka leaves out the
    # transaction markers of such: a commit that was confirmed is half undone (`python -m benchmarks.broker_stop`).
    "controlled.shutdown.enable": "false",
}
"""One node that is broker and controller. `{port}`, `{controller}` and `{data}` are filled in at start."""


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


class KafkaBroker:
    """A broker with a data folder, which can be stopped, killed and started again on the same port.

    Args:
        folder: for its data, properties and log.
        properties: what differs from `PROPERTIES`; the same placeholders may be used.
        format_options: further words for the storage tool, such as `--add-scram`.
        jvm_options: further words for Java, such as `-Djava.security.auth.login.config=…`.
        port: of the listener; a free one by default.
        controller: port of the controller's listener, likewise.
    """

    def __init__(
        self,
        folder: Path,
        *,
        properties: Mapping[str, str] | None = None,
        format_options: Sequence[str] = (),
        jvm_options: Sequence[str] = (),
        port: int | None = None,
        controller: int | None = None,
    ) -> None:
        self.classpath = f"{jars()}/*"
        self.folder = folder
        self.port = port or free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._java = [
            "java",
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            *jvm_options,
            "-cp",
            self.classpath,
        ]
        places = {"port": self.port, "controller": controller or free_port(), "data": folder / "data"}
        lines = [f"{key}={value.format(**places)}" for key, value in {**PROPERTIES, **(properties or {})}.items()]
        self._properties = folder / "server.properties"
        self._properties.write_text("\n".join(lines) + "\n", encoding="utf-8")
        tool = [*self._java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(self._properties)]
        formatted = subprocess.run([*tool, *format_options], check=False, capture_output=True, text=True, timeout=60)
        if formatted.returncode != 0:
            raise RuntimeError(f"the broker's storage could not be formatted: {formatted.stdout}{formatted.stderr}")

    def start(self) -> None:
        """Start, and return when it takes connections.

        Raises:
            RuntimeError: it ended, or took longer than `STARTS_WITHIN_S`.
        """
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*self._java, "kafka.Kafka", str(self._properties)], stdout=output, stderr=output
            )
        _wait(self._process, self.port, self.log)

    def stop(self, within_s: float = 15.0) -> None:
        """An orderly stop; SIGKILL after `within_s`."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """SIGKILL."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        self._process = None

    def signal(self, number: int) -> None:
        """Send a signal, such as SIGSTOP and SIGCONT."""
        if self._process is not None:
            self._process.send_signal(number)

    @classmethod
    @contextmanager
    def running(
        cls,
        properties: Mapping[str, str] | None = None,
        *,
        format_options: Sequence[str] = (),
        jvm_options: Sequence[str] = (),
    ) -> Iterator[Self]:
        """A started broker with empty topics, stopped and removed at the end; arguments as above.

        Raises:
            UnavailableError: none can be had here.
        """
        with tempfile.TemporaryDirectory(prefix="copydesk-kafka-") as name:
            broker = cls(Path(name), properties=properties, format_options=format_options, jvm_options=jvm_options)
            try:
                broker.start()
                yield broker
            finally:
                broker.stop()


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
