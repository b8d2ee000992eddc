"""A Kafka broker in this process: librdkafka's mock cluster, for the demonstration and for tests.

It needs neither Java nor a container, keeps everything in memory, and speaks the protocol on a loopback port that any
client can use. It is no broker to rely on: transactions are acknowledged and mean nothing, topics cannot be declared
(each appears with 4 partitions when it is first written to or asked for), and nothing outlives the process. Hence
delivery is at_least_once on it.
"""

from __future__ import annotations

import gc
from types import TracebackType
from typing import Any, Self

PARTITIONS = 4
"""Partitions of every topic, librdkafka's default for its mock cluster."""

_TIMEOUT_S = 10.0


class EmbeddedBroker:
    """A running mock cluster. It lives as long as this object; use it as a context manager.

    Args:
        brokers: number of brokers.
    """

    def __init__(self, brokers: int = 1) -> None:
        from confluent_kafka import Producer

        # The cluster belongs to a client handle, here a producer that never produces.
        self._owner: Any = Producer(
            {
                "test.mock.num.brokers": brokers,
                "log_level": 2,  # librdkafka warns on stderr that the cluster is a mock
                "allow.auto.create.topics": True,
            }
        )
        found = self._owner.list_topics(timeout=_TIMEOUT_S).brokers.values()
        self.bootstrap_servers = ",".join(sorted(f"{broker.host}:{broker.port}" for broker in found))

    def create_topics(self, *names: str) -> None:
        """Let topics appear; those that are there are left alone.

        Raises:
            RuntimeError: a topic did not appear.
        """
        for name in names:
            topic = self._owner.list_topics(name, timeout=_TIMEOUT_S).topics[name]
            if topic.error is not None or not topic.partitions:
                raise RuntimeError(f"the embedded broker did not create the topic {name}: {topic.error}")

    def close(self) -> None:
        """Stop the brokers; what they hold is gone."""
        self._owner = None
        gc.collect()  # librdkafka stops the cluster when its handle is destroyed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
