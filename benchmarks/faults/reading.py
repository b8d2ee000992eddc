"""What an independent read_committed consumer sees: librdkafka, which shares no code with the worker's own client."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition
from tests.support import counting

Origin = str
"""Partition and offset of the raw record that an output comes from."""

UNKNOWN: Origin = "unknown"
"""Origin of a record that names none: no raw record has it, so that such an output counts as one too many."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    origin: Origin
    """Of an output; UNKNOWN where it does not say."""

    @property
    def coordinates(self) -> Origin:
        """Its own partition and offset, which are the origin of what comes of a raw record."""
        return f"{self.partition}-{self.offset}"


def read_topics(bootstrap: str, topics: Sequence[str], within_s: float = 120.0) -> list[Record]:
    """Every committed record of some topics, in order of offset within a partition.

    Raises:
        TimeoutError: their ends were not reached, as when a transaction stays open.
    """
    consumer = _consumer(bootstrap, {"enable.partition.eof": True})
    try:
        parts = _assign(consumer, topics)
        ended: set[tuple[str, int]] = set()
        records: list[Record] = []
        deadline = time.monotonic() + within_s
        while len(ended) < parts:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(ended)} of {parts} partitions were read to their end")
            for message in consumer.consume(2_000, 0.5):
                error = message.error()
                if error is None:
                    records.append(_record(message))
                elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's public name for it
                    ended.add((str(message.topic()), int(message.partition() or 0)))
        return records
    finally:
        consumer.close()


@dataclass(frozen=True, slots=True)
class Arrival:
    """One batch of outputs: when it came, monotonic seconds, and the newest raw offset on each way through.

    A way is a raw partition, and the topic and partition that an output of it came to.
    """

    at: float
    newest: dict[tuple[str, str, int], int]


class Follower(threading.Thread):
    """Collects the origins of outputs as they come, with the times of arrival."""

    def __init__(self, bootstrap: str, topics: Sequence[str]) -> None:
        super().__init__(name="follower", daemon=True)
        self.origins: Counter[Origin] = Counter()
        """How often an output of a raw record was seen."""
        self.arrivals: list[Arrival] = []
        """Every batch that came."""
        self._halt = threading.Event()
        self._consumer = _consumer(bootstrap, {})
        _assign(self._consumer, topics)

    def run(self) -> None:
        """Collect until stopped. The client's own errors pass: it goes on when the broker is back."""
        while not self._halt.is_set():
            found = [_record(m) for m in self._consumer.consume(500, 0.1) if m.error() is None]
            if found:
                self.origins.update(record.origin for record in found)
                self.arrivals.append(Arrival(time.monotonic(), _newest(found)))
        self._consumer.close()

    @property
    def distinct(self) -> int:
        """Raw records of which an output was seen."""
        return len(self.origins)

    def until(self, distinct: int, within_s: float) -> bool:
        """Wait until outputs of so many raw records were seen; whether they were, in time."""
        deadline = time.monotonic() + within_s
        while self.distinct < distinct:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def quiet(self, for_s: float, within_s: float = 60.0) -> None:
        """Wait until nothing has come for so long."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            last = self.arrivals[-1].at if self.arrivals else 0.0
            if time.monotonic() - last >= for_s:
                return
            time.sleep(0.1)

    def arrived_after(self, moment: float, within_s: float) -> bool:
        """Wait for an output that is seen after a moment; whether one was, in time."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if self.arrivals and self.arrivals[-1].at > moment:
                return True
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        """End."""
        self._halt.set()
        self.join(30)


def _consumer(bootstrap: str, more: dict[str, object]) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": f"faults-{uuid.uuid4().hex}",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 100,
            "socket.timeout.ms": 10_000,
            "reconnect.backoff.max.ms": 500,
            "log_level": 0,
            **more,
        }
    )


def _assign(consumer: Consumer, topics: Sequence[str]) -> int:
    known = consumer.list_topics(timeout=30).topics
    parts = [TopicPartition(t, p, OFFSET_BEGINNING) for t in topics for p in known[t].partitions]
    consumer.assign(parts)
    return len(parts)


def _record(message: Message) -> Record:
    value = message.value() or b""
    partition, offset = int(message.partition() or 0), int(message.offset() or 0)
    headers: dict[str, Any] = dict(message.headers() or [])
    if counting.ORIGIN in headers:
        origin = str(headers[counting.ORIGIN].decode())
    elif value.startswith(b"{"):
        origin = _origin_in(json.loads(value))
    else:
        origin = UNKNOWN
    return Record(str(message.topic()), partition, offset, message.key() or b"", value, origin)


def _newest(records: Sequence[Record]) -> dict[tuple[str, str, int], int]:
    newest: dict[tuple[str, str, int], int] = {}
    for record in records:
        if record.origin == UNKNOWN:
            continue
        partition, offset = record.origin.split("-")
        way = (partition, record.topic, record.partition)
        newest[way] = max(newest.get(way, -1), int(offset))
    return newest


def _origin_in(value: dict[str, Any]) -> Origin:
    """Of a record of the contract: a dead letter of a counting stage carries the header, all others name the record."""
    for name, carried in value.get("original", {}).get("headers", ()):
        if name == counting.ORIGIN:
            return base64.b64decode(carried).decode()
    raw = value["raw"]
    return f"{raw['partition']}-{raw['offset']}"
