"""A batch of one partition on its way into a transaction: what was read, what it led to, and where that goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.jobs import Handled
from copydesk.adapters.kafka.observe import Commit
from copydesk.adapters.kafka.outbox import Outbox, Outgoing
from copydesk.adapters.kafka.partitioner import partition_for
from copydesk.core.ports import Overlay
from copydesk.core.records import Message
from copydesk_schemas.topics import TopicRole

Refuse = Callable[[Handled, Message, int, Exception], Handled]
"""Replaces the emit at an index, which cannot be published, by a dead letter of the same item."""


@dataclass(slots=True)
class Batch:
    """Records, their answers in the same order, and the state changes that wait for the commit."""

    messages: tuple[Message, ...]
    handled: list[Handled]
    overlay: Overlay | None
    refused: Mapping[int, Exception] = field(default_factory=dict)
    """Messages, by index, that were decided again because their records cannot be published."""
    outgoing: list[Outgoing] = field(default_factory=list)
    origins: list[tuple[int, int | None]] = field(default_factory=list)
    """For each outgoing record: index of its message, and of its emit there; None for state events."""

    @property
    def next_offset(self) -> int:
        """Offset of the first record after the batch."""
        return self.messages[-1].offset + 1

    def logged(self, offsets: Sequence[int]) -> list[int]:
        """Of the published records' offsets, those in the state log."""
        return [offset for offset, (_, position) in zip(offsets, self.origins, strict=True) if position is None]


def split(messages: Sequence[Message], limit: int) -> Iterator[tuple[Message, ...]]:
    """Pieces of at most `limit` bytes, so that a transaction stays small; at least one record each."""
    piece: list[Message] = []
    size = 0
    for message in messages:
        if piece and size + size_of(message) > limit:
            yield tuple(piece)
            piece, size = [], 0
        piece.append(message)
        size += size_of(message)
    if piece:
        yield tuple(piece)


def size_of(message: Message) -> int:
    """Bytes of a record's key and value."""
    return len(message.value or b"") + len(message.key or b"")


def commit_of(batch: Batch, seconds: float) -> Commit:
    """What its transaction of so many seconds consumed and published."""
    published: dict[str, tuple[int, int]] = {}
    for record in batch.outgoing:
        records, size = published.get(record.topic, (0, 0))
        published[record.topic] = records + 1, size + len(record.key or b"") + len(record.value or b"")
    return Commit(seconds, len(batch.messages), sum(map(size_of, batch.messages)), published)


async def address(batch: Batch, config: DeliveryConfig, outbox: Outbox, log_partition: int) -> None:
    """Name topic and partition of everything that the batch leads to."""
    counts: dict[str, int] = {}
    batch.outgoing.clear()
    batch.origins.clear()
    for index, (message, handled) in enumerate(zip(batch.messages, batch.handled, strict=True)):
        for position, emit in enumerate(handled.result.emits):
            topic = config.topic(emit.role)
            if topic not in counts:
                counts[topic] = await outbox.partitions(topic)
            if emit.partition is None:
                partition = partition_for(emit.key, counts[topic], fallback=message.offset)
            else:
                partition = emit.partition % counts[topic]
            batch.outgoing.append(Outgoing(topic, partition, emit.key, emit.value, emit.headers))
            batch.origins.append((index, position))
        for key, value in handled.events:
            log = config.topic(TopicRole.FINGERPRINTS)
            batch.outgoing.append(Outgoing(log, log_partition, key, value))
            batch.origins.append((index, None))


def oversized(batch: Batch, config: DeliveryConfig) -> dict[int, Exception]:
    """Outgoing records over the limit of their topic, by index: cheaper to find here than by a refusal."""
    limits = {topic.name: topic.spec.max_message_bytes for topic in config.topics.values()}
    return {
        index: ValueError(f"{size} bytes as a record, {record.topic} takes {limits[record.topic]}")
        for index, record in enumerate(batch.outgoing)
        if (size := record.size()) > limits[record.topic]
    }


def with_dead_letters(batch: Batch, guilty: dict[int, Exception], refuse: Refuse) -> None:
    """Put dead letters in the place of outgoing records that cannot be published. None of them may be a state event."""
    for index in sorted(guilty):
        origin, position = batch.origins[index]
        assert position is not None  # noqa: S101 - the caller's promise
        batch.handled[origin] = refuse(batch.handled[origin], batch.messages[origin], position, guilty[index])


def guilty_decisions(batch: Batch, guilty: dict[int, Exception]) -> dict[int, Exception]:
    """Messages, by index, whose outgoing records cannot be published and which changed the state."""
    return {
        batch.origins[index][0]: error
        for index, error in guilty.items()
        if batch.handled[batch.origins[index][0]].events
    }
