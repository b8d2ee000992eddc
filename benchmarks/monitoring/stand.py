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
    """What runs; `worker` starts one more."""

    broker: KafkaBroker
    service: Service
    prometheus: Prometheus
    ports: Sequence[int]
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

    def ready(self, port: int, within_s: float = 90.0) -> float:
        """Seconds until a worker is ready."""
        return self.wait(lambda: bool(get_page(port, "/health/ready")), within_s)


@contextlib.contextmanager
def standing(
    *,
    rules: Sequence[Path] = (),
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    program: Sequence[str] = ("-m", "copydesk", "worker"),
    interval: str = "1s",
) -> Iterator[Stand]:
    """A stand whose parts all answer; ended and removed afterwards.

    Args:
        rules: rule files of Prometheus.
        workers: how many are scraped; only the first is started.
        settings: of the workers, without the prefix.
        program: what Python runs as a worker.
        interval: of scraping.
    """
    with KafkaBroker.running() as broker, tempfile.TemporaryDirectory(prefix="copydesk-stand-") as name:
        folder = Path(name)
        ports = [free_port() for _ in range(workers)]
        (folder / "prometheus").mkdir()
        watched = Prometheus(folder / "prometheus", ports, rules, interval)
        service = Service(broker.bootstrap, "watched", folder, dict(DEFAULT_NAMES), dict(settings or {}), program)
        stand = Stand(broker, service, watched, ports)
        try:
            service.start("worker-0", ports[0])
            stand.ready(ports[0])
            watched.start()
            yield stand
        finally:
            for stream in stand.streams:
                if stream.is_alive():
                    stream.halt()
            service.end()
            watched.stop()
