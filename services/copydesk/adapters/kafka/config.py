"""What the delivery needs to know, already validated; the application derives it from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from copydesk.adapters.kafka.fuse import FuseConfig
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import MIB, TopicRole, TopicSpec

SOURCES: Mapping[Stage, TopicRole] = {
    Stage.PARSE: TopicRole.RAW,
    Stage.DEDUPE: TopicRole.PARSED,
    Stage.ENRICH: TopicRole.UNIQUE,
}
"""The topic that a stage reads."""


@dataclass(frozen=True, slots=True)
class TopicConfig:
    """One topic: its name at this deployment and what it is declared with."""

    name: str
    spec: TopicSpec


@dataclass(frozen=True, slots=True)
class DeliveryConfig:
    """Everything the Kafka adapters are configured with.

    Times are milliseconds where the name says `_ms`, seconds where it says `_s`.
    """

    connection: Mapping[str, Any] = field(repr=False)
    """Keyword arguments that every client gets, from `connection_kwargs`; the password is among them."""
    app_id: str
    topics: Mapping[TopicRole, TopicConfig]
    transactional: bool = True
    transaction_timeout_ms: int = 15_000
    session_timeout_ms: int = 6_000
    heartbeat_interval_ms: int = 1_000
    rebalance_timeout_ms: int = 10_000
    """How long the group waits for members to give up their partitions: a transaction takes milliseconds."""
    batch_records: int = 100
    batch_bytes: int = 4 * MIB
    """Bytes of input in one transaction; a larger record goes alone. Keeps a commit far below its time-out."""
    fetch_bytes: int = 16 * MIB
    """Bytes fetched from one partition at a time; the broker sends a larger record nevertheless."""
    batch_wait_ms: int = 50
    in_flight_bytes: int = 64 * MIB
    """Bytes of input in work over all partitions of a stage; others wait in the broker."""
    lag_interval_s: float = 5.0
    backoff_s: float = 0.25
    """First pause after a failure; it doubles up to `max_backoff_s`. There is no last try: whether the process should
    end is for whoever watches its progress to say."""
    max_backoff_s: float = 10.0
    fuse: FuseConfig = field(default_factory=FuseConfig)
    stop_grace_s: float = 2.5
    """How long a stop waits for commits under way, and again for the group to be left."""

    def topic(self, role: TopicRole) -> str:
        """Name of the topic of a role."""
        return self.topics[role].name

    def limit(self, role: TopicRole) -> int:
        """Largest batch, so also the largest record, that the topic of a role takes."""
        return self.topics[role].spec.max_message_bytes

    def group(self, stage: Stage) -> str:
        """Consumer group of a stage."""
        return f"{self.app_id}-{stage}"

    def transactional_id(self, topic: str, partition: int) -> str:
        """One id an input partition: whoever owns the partition fences whoever owned it before."""
        return f"{self.app_id}-{topic}-{partition}"
