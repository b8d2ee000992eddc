"""The load: numbered short records at a steady rate, from a thread of their own, so that faults meet records."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition


class Load(threading.Thread):
    """Sends records to a topic until `finish`; a fifth of them, about, have a key that came before.

    It goes on as long as the faults do: on a slow machine the last of them must meet records too.

    The producer is idempotent: a broker that dies makes it repeat nothing, so that what lies in the topic is the truth.

    Args:
        bootstrap: the broker; not through any proxy of the workers.
        topic: where to.
        records: how many at least.
        rate: records a second; 0 for as fast as they go.
        seed: of the keys.
        size: bytes of a value.
        marked: numbers of records of another size.
        marked_size: bytes of their values.
        values: makes the value of a number, where it is not to be the number.
    """

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        records: int,
        rate: float,
        seed: int,
        *,
        size: int = 40,
        marked: frozenset[int] = frozenset(),
        marked_size: int = 40,
        values: Callable[[int], bytes] | None = None,
    ) -> None:
        super().__init__(name="load", daemon=True)
        self.records = records
        self.sent = 0
        self.failed: list[str] = []
        self.ends: dict[str, int] = {}
        """End of each partition of the topic, as far as the broker has acknowledged."""
        self._brokers = bootstrap
        self._topic = topic
        self._rate = rate
        self._random = random.Random(seed)
        self._size = size
        self._marked = marked
        self._marked_size = marked_size
        self._values = values or self._numbered
        self._halt = threading.Event()
        self._enough = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "linger.ms": 10,
                "message.timeout.ms": 600_000,
                # A frozen broker must not hold up the load longer than the worker.
                "socket.timeout.ms": 10_000,
                "request.timeout.ms": 10_000,
                "queue.buffering.max.messages": 1_000_000,
                "log_level": 0,
            }
        )

    def run(self) -> None:
        """Send all, then wait for the broker's word on each."""
        began = time.monotonic()
        for number in itertools.count():
            if number >= self.records and self._enough.is_set():
                break
            while not self._go.wait(0.1):
                began += 0.1
            if self._halt.is_set():
                break
            if self._rate:
                ahead = began + number / self._rate - time.monotonic()
                if ahead > 0.005:
                    self._producer.poll(0)
                    time.sleep(ahead)
            self._producer.produce(self._topic, self._values(number), self._key(), on_delivery=self._delivered)
            self.sent = number + 1
            if number % 1000 == 0:
                self._producer.poll(0)
        self._producer.flush()

    def hold(self) -> None:
        """Send nothing until `resume`."""
        self._go.clear()

    def resume(self) -> None:
        """Go on at the same rate."""
        self._go.set()

    def finish(self, within_s: float = 300.0) -> None:
        """Send what is left of `records`, and wait until everything is in the topic.

        Raises:
            RuntimeError: it is not, or a record was refused.
        """
        self._enough.set()
        self._go.set()
        self.join(within_s)
        if self.is_alive() or self.failed:
            raise RuntimeError(f"the load was not sent: {self.sent} of {self.records}, {self.failed[:3]}")
        self.sent = self._in_topic()

    def _in_topic(self) -> int:
        """Records in the topic. Rarely one of the first of a new topic is confirmed and not there."""
        consumer = Consumer({"bootstrap.servers": self._brokers, "group.id": "load", "log_level": 0})
        try:
            parts = consumer.list_topics(self._topic, 30).topics[self._topic].partitions
            ends = (consumer.get_watermark_offsets(TopicPartition(self._topic, part), 30) for part in parts)
            return sum(end for _, end in ends)
        finally:
            consumer.close()

    def stop(self) -> None:
        """Send no more."""
        self._halt.set()
        self._go.set()
        self._producer.purge()
        self.join(30)

    def _key(self) -> bytes:
        return b"k%d" % self._random.randrange(max(1, self.records * 5 // 2))

    def _numbered(self, number: int) -> bytes:
        return (b"%d " % number).ljust(self._marked_size if number in self._marked else self._size, b".")

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.failed.append(str(error))
            return
        partition, offset = str(message.partition()), int(message.offset() or 0)
        self.ends[partition] = max(self.ends.get(partition, 0), offset + 1)
