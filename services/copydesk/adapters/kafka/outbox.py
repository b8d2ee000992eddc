"""The outbox of one input partition: everything that a batch leads to is published, and its offset committed, at once.

Transactional: outputs, dead letters, state log and offset in one transaction, all or nothing for a read_committed
reader. At least once: everything is published and acknowledged before the offset is committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidMessageError,
    InvalidProducerEpoch,
    MessageSizeTooLargeError,
    ProducerFenced,
    RecordListTooLargeError,
    RecordTooLargeError,
)
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from copydesk.adapters.kafka.closing import abort_and_stop, stop_producer, transaction_error
from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.connection import start_producer
from copydesk.core.records import Headers

REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError, InvalidMessageError)
"""Errors that blame the record. All others blame the broker, the network or our rights, and are tried again."""

FENCED = (ProducerFenced, InvalidProducerEpoch)
"""A newer producer has our transactional id, or the broker has timed our transaction out."""

_COMMIT_MARGIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record with its destination."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    def size(self) -> int:
        """Bytes as a batch of its own, which is what the broker holds against the topic's limit."""
        return int(DefaultRecordBatchBuilder.estimate_size_in_bytes(self.key, self.value, list(self.headers)))


class RefusedError(Exception):
    """The broker does not take some records, by index, ever; nothing was committed."""

    def __init__(self, guilty: dict[int, Exception]) -> None:
        super().__init__(f"{len(guilty)} records refused: {next(iter(guilty.values()), None)!r}")
        self.guilty = guilty


class Outbox(Protocol):
    """Publishes the batches of one input partition."""

    async def partitions(self, topic: str) -> int:
        """Number of partitions that a topic has."""

    async def publish(self, records: Sequence[Outgoing], next_offset: int) -> list[int]:
        """Publish all and commit `next_offset` of the input partition; offsets of the records, in order.

        Raises:
            RefusedError: some can never be published; the outbox is ready for another try without them.
            KafkaError, TimeoutError: nobody knows whether it was committed; close this outbox and open another.
        """

    async def close(self) -> None:
        """Give up the connection; an open transaction is left to be ended by the next owner."""


class TransactionalOutbox:
    """One transaction a batch."""

    def __init__(self, config: DeliveryConfig, group: str, source: TopicPartition, producer: AIOKafkaProducer) -> None:
        self._config = config
        self._group = group
        self._source = source
        self._producer = producer

    @classmethod
    async def open(cls, config: DeliveryConfig, group: str, source: TopicPartition) -> TransactionalOutbox:
        """Fence whoever had this partition before and end its transaction."""
        producer = await start_producer(config, config.transactional_id(source.topic, source.partition))
        return cls(config, group, source, producer)

    async def partitions(self, topic: str) -> int:
        """Number of partitions that a topic has."""
        return len(await self._producer.partitions_for(topic))

    async def publish(self, records: Sequence[Outgoing], next_offset: int) -> list[int]:
        """One transaction with all records and the offset."""
        try:
            return await self._transact(records, next_offset, send_all)
        except RefusedError as error:
            await self._renew()
            guilty = await self._isolate(records, error.guilty)
            if guilty:
                raise RefusedError(guilty) from error
        # Only what the client had put together was too large: the topic takes less than it was declared with.
        return await self._transact(records, next_offset, send_each)

    async def _transact(self, records: Sequence[Outgoing], next_offset: int, send: Send) -> list[int]:
        try:
            return await self._attempt(records, next_offset, send)
        except RefusedError:
            raise
        except Exception as error:
            cause = transaction_error(self._producer)
            if cause is None or cause is error:
                raise
            raise cause from error

    async def _attempt(self, records: Sequence[Outgoing], next_offset: int, send: Send) -> list[int]:
        # Longer than that the broker ends the transaction itself.
        async with asyncio.timeout(self._config.transaction_timeout_ms / 1000 + _COMMIT_MARGIN_S):
            await self._producer.begin_transaction()
            sent = await send(self._producer, records)
            refused = _refusals(sent)
            if refused:
                raise RefusedError(refused)
            offsets = _offsets(sent)
            await self._producer.send_offsets_to_transaction({self._source: next_offset}, self._group)
            await self._producer.commit_transaction()
        return offsets

    async def _isolate(self, records: Sequence[Outgoing], suspects: dict[int, Exception]) -> dict[int, Exception]:
        """The broker refused whole batches. Find the guilty: send each alone, in transactions that are aborted."""
        guilty: dict[int, Exception] = {}
        for index in suspects:
            await self._producer.begin_transaction()
            refused = _refusals(await send_all(self._producer, [records[index]]))
            if refused:
                guilty[index] = refused[0]
                await self._renew()
            else:
                await self._producer.abort_transaction()
        return guilty

    async def _renew(self) -> None:
        """A refused record breaks the sequence of its producer: end the transaction and start another producer."""
        await abort_and_stop(self._producer)
        self._producer = await start_producer(
            self._config, self._config.transactional_id(self._source.topic, self._source.partition)
        )

    async def close(self) -> None:
        """Stop the producer."""
        await stop_producer(self._producer)


class PlainOutbox:
    """Publishes, waits for every acknowledgement, then commits the offset."""

    def __init__(self, source: TopicPartition, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer) -> None:
        self._source = source
        self._producer = producer
        self._consumer = consumer

    @classmethod
    async def open(cls, config: DeliveryConfig, source: TopicPartition, consumer: AIOKafkaConsumer) -> PlainOutbox:
        """A producer without transactions; offsets are committed through the group's own consumer."""
        return cls(source, await start_producer(config, None), consumer)

    async def partitions(self, topic: str) -> int:
        """Number of partitions that a topic has."""
        return len(await self._producer.partitions_for(topic))

    async def publish(self, records: Sequence[Outgoing], next_offset: int) -> list[int]:
        """All records, then the offset."""
        sent = await send_all(self._producer, records)
        refused = _refusals(sent)
        if refused:
            guilty: dict[int, Exception] = {}
            for index in refused:  # innocents that shared a batch with the guilty are sent alone
                (sent[index],) = await send_all(self._producer, [records[index]])
                if isinstance(sent[index], REFUSALS):
                    guilty[index] = sent[index]
            if guilty:
                raise RefusedError(guilty)
        offsets = _offsets(sent)
        await self._consumer.commit({self._source: next_offset})
        return offsets

    async def close(self) -> None:
        """Stop the producer."""
        await stop_producer(self._producer)


async def send_all(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> list[Any]:
    """Send all and wait for each: record metadata or an exception, in order.

    A failed record does not fail the transaction by itself, so every future is looked at.
    """
    futures: list[asyncio.Future[Any]] = []
    loop = asyncio.get_running_loop()
    try:
        for record in records:
            try:
                future = await producer.send(
                    record.topic, record.value, record.key, partition=record.partition, headers=list(record.headers)
                )
            except REFUSALS as error:  # the client's own check of the size
                future = loop.create_future()
                future.set_exception(error)
            futures.append(future)
    except BaseException:
        # Nobody waits for them any more; with the brokers away they would never come.
        for future in futures:
            future.cancel()
        raise
    return await asyncio.gather(*futures, return_exceptions=True)


async def send_each(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> list[Any]:
    """The same, one after the other, so that each is a batch of its own."""
    return [(await send_all(producer, [record]))[0] for record in records]


Send = Callable[[AIOKafkaProducer, Sequence[Outgoing]], Awaitable[list[Any]]]
"""Sends records and waits for each."""


def _refusals(results: Sequence[Any]) -> dict[int, Exception]:
    return {index: result for index, result in enumerate(results) if isinstance(result, REFUSALS)}


def _offsets(results: Sequence[Any]) -> list[int]:
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result.offset for result in results]
