"""Replaying: a letter's input enters its topic again and the replay is logged, both or neither.

One transactional id for all operators: who starts to replay fences whoever was at it, and then reads the log to its
end, so that no letter is replayed twice. At least once, without transactions, the input is sent first: what dies in
between can be replayed again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalOperation

from copydesk import __version__
from copydesk.adapters.kafka.closing import abort_and_stop, stop_producer
from copydesk.adapters.kafka.config import SOURCES, DeliveryConfig
from copydesk.adapters.kafka.connection import start_producer
from copydesk.adapters.kafka.outbox import FENCED, REFUSALS, Outgoing, send_all
from copydesk.adapters.kafka.topic_reader import Offsets, bounds, place_of, read_one, read_topics, settled_ends
from copydesk.core.letters import (
    Letter,
    NotCarriedError,
    ReplayEntry,
    ReplayHistory,
    UnreadableError,
    carried_input,
    encode_entry,
    read_entry,
    read_letter,
    reentry_headers,
    through_dedupe,
    why_not,
)
from copydesk.core.records import Message
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

_COMMIT_MARGIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """A letter and the record that it is."""

    letter: Letter
    record: ConsumerRecord[Any, Any]

    @property
    def place(self) -> str:
        """Coordinates of the record."""
        return place_of(self.record)


@dataclass(frozen=True, slots=True)
class Reentry:
    """A letter with the two records of its replay."""

    found: Found
    again: Outgoing
    entry: Outgoing


class CannotReplayError(Exception):
    """A letter that cannot be replayed, and why."""


class OvertakenError(Exception):
    """Another replay has started; what was not committed was not replayed."""


async def read_history(config: DeliveryConfig, places: Sequence[TopicPartition]) -> ReplayHistory:
    """What the replay log says up to its end.

    Raises:
        UnreadableError: an entry cannot be read: nobody knows which letter it closes.
    """
    history = ReplayHistory()
    async with aclosing(read_topics(config, places)) as records:
        async for record in records:
            try:
                history.add(read_entry(record.value))
            except UnreadableError as error:
                raise UnreadableError(f"{place_of(record)} is no entry of the replay log: {error}") from error
    return history


async def read_letters(
    config: DeliveryConfig,
    places: Sequence[TopicPartition],
    *,
    ends: Offsets | None = None,
    unreadable: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[Found]:
    """The letters of the dead-letter topic; `unreadable` is told of records that are none."""
    async with aclosing(read_topics(config, places, ends=ends)) as records:
        async for record in records:
            try:
                letter = read_letter(record.value)
            except UnreadableError as error:
                unreadable(f"{place_of(record)}: {error}")
                continue
            yield Found(letter, record)


class Inputs:
    """Makes the records of replays. What a letter does not carry is read from the topic that it came from.

    Args:
        config: how to reach the brokers.
        places: partitions of the topics that the stages read.
        window: how long dedupe remembers; what is older is not replayed.
    """

    def __init__(self, config: DeliveryConfig, places: Sequence[TopicPartition], window: timedelta) -> None:
        self._config = config
        self._window = window
        self._places = places
        self._ends: Offsets | None = None
        self._sources = {str(stage): config.topic(role) for stage, role in SOURCES.items()}

    async def prepare(self, found: Found, now: datetime) -> Reentry:
        """The two records of a replay.

        Raises:
            CannotReplayError: with a sentence for a person.
        """
        letter = found.letter
        reason = why_not(letter, self._sources, now, self._window)
        if reason is not None:
            raise CannotReplayError(reason)
        try:
            message = await self._input(letter)
            enters = Stage(letter.stage)
            if enters is Stage.ENRICH:
                parsed = self._config.topics[TopicRole.PARSED]
                earlier = through_dedupe(message, parsed.name, parsed.spec.partitions)
                message, enters = (earlier, Stage.DEDUPE) if earlier is not None else (message, enters)
            headers = reentry_headers(letter, message.headers, found.place, enters)
        except UnreadableError as error:
            raise CannotReplayError(str(error)) from error
        limit = self._config.limit(SOURCES[enters])
        again = Outgoing(message.topic, message.partition, message.key, message.value, headers)
        if again.size() > limit:
            raise CannotReplayError(f"it has {again.size():,} bytes, and {again.topic} takes {limit:,}")
        entry = ReplayEntry(
            dead_letter_id=letter.dead_letter_id,
            letter_topic=found.record.topic,
            letter_partition=found.record.partition,
            letter_offset=found.record.offset,
            target_topic=again.topic,
            target_partition=again.partition,
            attempts=letter.attempts,
            replayed_at=now,
            service_version=__version__,
        )
        log = Outgoing(self._config.topic(TopicRole.REPLAYS), 0, letter.dead_letter_id.encode(), encode_entry(entry))
        return Reentry(found, again, log)

    async def _input(self, letter: Letter) -> Message:
        original = letter.original
        place = TopicPartition(original.topic, original.partition)
        if self._ends is None:
            _, self._ends = await bounds(self._config, self._places)
        if original.offset >= self._ends.get(place, 0):
            # The parse stage would refuse it: it would name no earlier record.
            raise CannotReplayError(f"{place.topic}-{place.partition} ends before its input: was the topic made anew?")
        return await self.original(letter)

    async def original(self, letter: Letter) -> Message:
        """The failing stage's input as it was, whether it can be replayed or not.

        Raises:
            CannotReplayError: nobody has it any more.
        """
        original = letter.original
        place = TopicPartition(original.topic, original.partition)
        try:
            return carried_input(letter)
        except UnreadableError as error:
            raise CannotReplayError(str(error)) from error
        except NotCarriedError:
            if place not in self._places:
                raise CannotReplayError(f"the letter does not carry its input, and there is no {place.topic}") from None
            record = await read_one(self._config, place, original.offset)
        if record is None:
            raise CannotReplayError(f"the letter does not carry its input, and {place.topic} has it no more")
        headers = tuple((name, value or b"") for name, value in record.headers)
        return Message(record.topic, record.partition, record.offset, 0, record.key, record.value, headers)


class Replayer:
    """Writes replays. Made by `replaying`."""

    def __init__(self, config: DeliveryConfig, producer: AIOKafkaProducer) -> None:
        self._config = config
        self._producer = producer
        self._log = TopicPartition(config.topic(TopicRole.REPLAYS), 0)
        self._log_end: Offsets = {}
        self._own: set[bytes | None] = set()
        """Entries that this replayer has written."""

    async def begin(self) -> None:
        """Remember where the log ends now: what others add from here on was written by who fenced us."""
        if self._config.transactional:
            self._log_end = await settled_ends(self._config, [self._log])

    async def replay(self, batch: Sequence[Reentry]) -> list[int | Exception]:
        """Replay a batch; for each letter the offset of its input's new record, or why the broker refused it.

        Raises:
            OvertakenError: another operator has started to replay.
            KafkaError, TimeoutError: nobody knows whether it was committed; the log tells, read again.
        """
        try:
            sent = await self._write(batch)
            if len(batch) == 1 or not any(isinstance(one, REFUSALS) for one in sent):
                return sent
            return [(await self._write([one]))[0] for one in batch]
        except (*FENCED, IllegalOperation) as error:
            # Illegal because the producer has learned of its fencing while records were being handed to it.
            raise OvertakenError("another replay has started") from error

    async def _write(self, batch: Sequence[Reentry]) -> list[int | Exception]:
        if not self._config.transactional:
            return await self._write_plain(batch)
        async with asyncio.timeout(self._config.transaction_timeout_ms / 1000 + _COMMIT_MARGIN_S):
            await self._producer.begin_transaction()
            sent = await send_all(self._producer, [record for one in batch for record in (one.again, one.entry)])
            for result in sent:
                if isinstance(result, FENCED):
                    raise result  # before any refusal: who is fenced must not take the id back
            if any(isinstance(result, REFUSALS) for result in sent):
                await self._renew()
                return [_refusal(sent[2 * n], sent[2 * n + 1]) for n in range(len(batch))]
            _raise_any(sent)
            self._own.update(one.entry.value for one in batch)
            await self._producer.commit_transaction()
        return [result.offset for result in sent[::2]]

    async def _write_plain(self, batch: Sequence[Reentry]) -> list[int | Exception]:
        results: list[int | Exception] = []
        for one in batch:
            (again,) = await send_all(self._producer, [one.again])
            if isinstance(again, REFUSALS):
                results.append(again)
                continue
            entry = await send_all(self._producer, [one.entry])
            _raise_any([again, *entry])
            results.append(again.offset)
        return results

    async def _renew(self) -> None:
        """A refused record breaks the sequence of its producer.

        A new producer fences everybody else, so also who has fenced us meanwhile: then what is known of the log is old.

        Raises:
            OvertakenError: somebody else has replayed since.
        """
        await abort_and_stop(self._producer)
        self._producer = await start_producer(self._config, transactional_id(self._config))
        ends = await settled_ends(self._config, [self._log])
        async with aclosing(read_topics(self._config, [self._log], starts=self._log_end, ends=ends)) as records:
            async for record in records:
                if record.value not in self._own:
                    raise OvertakenError("another replay has started")

    async def close(self) -> None:
        """Stop; an open transaction is ended by the next replay."""
        await stop_producer(self._producer)


def transactional_id(config: DeliveryConfig) -> str | None:
    """The one id of all replays of a deployment."""
    return f"{config.app_id}-dlq-replay" if config.transactional else None


@asynccontextmanager
async def replaying(config: DeliveryConfig) -> AsyncIterator[Replayer]:
    """A replayer that has fenced all others; read the history after this, not before."""
    replayer = Replayer(config, await start_producer(config, transactional_id(config)))
    try:
        await replayer.begin()
        yield replayer
    finally:
        await replayer.close()


def _refusal(again: Any, entry: Any) -> int | Exception:
    refused = next((one for one in (again, entry) if isinstance(one, REFUSALS)), None)
    return refused if refused is not None else -1


def _raise_any(results: Sequence[Any]) -> None:
    for result in results:
        if isinstance(result, BaseException):
            raise result
