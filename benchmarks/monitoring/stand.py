"""A broker, workers, a stream of news and a Prometheus that watches them, all on this machine."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import Producer
from tests.support.kafka import KafkaBroker, free_port
from tests.support.prometheus import Prometheus
from tests.support.service import DEFAULT_NAMES, Raw, Service, get_page

from copydesk_schemas.topics import TopicRole


class Stream(threading.Thread):
    """Sends records at a steady rate until `halt`.

    Args:
        bootstrap: the broker.
        topic: where to.
        records: what.
        rate: records a second; may be changed while it runs.
    """

    def __init__(self, bootstrap: str, topic: str, records: Iterator[Raw], rate: float) -> None:
        super().__init__(name="stream", daemon=True)
        self.rate = rate
        self.records = records
        self.sent = 0
        self._topic = topic
        self._halt = threading.Event()
        self._producer = Producer({"bootstrap.servers": bootstrap, "message.max.bytes": 11_000_000, "log_level": 2})

    def run(self) -> None:
        """Send, a tenth of a second's worth at a time."""
        due = 0.0
        while not self._halt.wait(0.1):
            due += self.rate / 10
            while due >= 1 and not self._halt.is_set():
                due -= 1
                raw = next(self.records)
                self._producer.produce(self._topic, raw.value, raw.key, headers=list(raw.headers))
                self.sent += 1
            self._producer.poll(0)

    def halt(self) -> None:
        """Stop, and wait until all is acknowledged."""
        self._halt.set()
        self.join()
        self._producer.flush(10)


@dataclass
class Stand:
    """What runs. Prometheus scrapes the first worker, on `port`, and no other."""

    broker: KafkaBroker
    service: Service
    prometheus: Prometheus
    port: int
    streams: list[Stream] = field(default_factory=list)

    def stream(self, records: Iterator[Raw], rate: float) -> Stream:
        """Begin to send."""
        started = Stream(self.broker.bootstrap, self.service.names[TopicRole.RAW], records, rate)
        started.start()
        self.streams.append(started)
        return started

    def wait(self, what: Callable[[], bool], within_s: float) -> float:
        """Seconds until something is so.

        Raises:
            TimeoutError: it was not within `within_s`.
        """
        began = time.monotonic()
        while time.monotonic() - began < within_s:
            with contextlib.suppress(OSError):
                if what():
                    return time.monotonic() - began
            time.sleep(0.25)
        raise TimeoutError(f"not within {within_s:g} s")

    def ready(self, within_s: float = 120.0) -> float:
        """Seconds until the worker is ready."""
        return self.wait(lambda: bool(get_page(self.port, "/health/ready")), within_s)

    def send(self, *values: bytes, key: bytes | None = None) -> None:
        """Send some records."""
        producer = Producer({"bootstrap.servers": self.broker.bootstrap, "log_level": 2})
        for value in values:
            producer.produce(self.service.names[TopicRole.RAW], value, key)
        producer.flush(10)


@dataclass(frozen=True)
class Deployed:
    """What is different from a worker as it comes.

    Args:
        settings: of the workers, without the prefix.
        program: what Python runs as a worker.
        properties: of the broker.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    program: Sequence[str] = ("-m", "copydesk", "worker")
    properties: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def standing(*, rules: Sequence[Path] = (), deployed: Deployed | None = None, interval: str = "1s") -> Iterator[Stand]:
    """A stand whose parts all answer; ended and removed afterwards.

    Args:
        rules: rule files of Prometheus.
        deployed: settings and the like.
        interval: of scraping.
    """
    deployed = deployed or Deployed()
    with (
        KafkaBroker.running(deployed.properties) as broker,
        tempfile.TemporaryDirectory(prefix="copydesk-stand-") as name,
    ):
        folder = Path(name)
        port = free_port()
        (folder / "prometheus").mkdir()
        watched = Prometheus(folder / "prometheus", [port], rules, interval)
        settings, program = dict(deployed.settings), deployed.program
        service = Service(broker.bootstrap, "watched", folder, dict(DEFAULT_NAMES), settings, program)
        stand = Stand(broker, service, watched, port)
        try:
            service.start("worker", port)
            stand.ready()
            watched.start()
            yield stand
        finally:
            for stream in stand.streams:
                stream.halt()
            service.end()
            watched.stop()
