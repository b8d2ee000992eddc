"""Three real brokers on this machine, replicating to each other: what a deployment that must not lose data runs on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.support.kafka import KafkaBroker, free_port

_REPLICATED = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    # Here somebody takes over, which is how clusters are restarted node by node.
    "controlled.shutdown.enable": "true",
    # A dead broker is noticed within seconds instead of the default's nine.
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "1000",
}


class KafkaCluster:
    """Three nodes, each broker and controller.

    Args:
        folder: for the nodes' folders.
    """

    size = 3

    def __init__(self, folder: Path) -> None:
        controllers = [free_port() for _ in range(self.size)]
        voters = ",".join(f"{number}@127.0.0.1:{port}" for number, port in enumerate(controllers, 1))
        self.nodes: list[KafkaBroker] = []
        for number, controller in enumerate(controllers, 1):
            home = folder / f"node-{number}"
            home.mkdir()
            properties = {**_REPLICATED, "node.id": str(number), "controller.quorum.voters": voters}
            self.nodes.append(KafkaBroker(home, properties=properties, controller=controller))
        self.bootstrap = ",".join(node.bootstrap for node in self.nodes)

    def start(self) -> None:
        """Start all nodes: none is up before a majority of them is."""
        with ThreadPoolExecutor(self.size) as pool:
            list(pool.map(lambda node: node.start(), self.nodes))

    def stop(self) -> None:
        """Stop all nodes."""
        with ThreadPoolExecutor(self.size) as pool:
            list(pool.map(lambda node: node.stop(5), self.nodes))

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """A started cluster, stopped and removed at the end."""
        with tempfile.TemporaryDirectory(prefix="copydesk-cluster-") as name:
            cluster = cls(Path(name))
            try:
                cluster.start()
                yield cluster
            finally:
                cluster.stop()
