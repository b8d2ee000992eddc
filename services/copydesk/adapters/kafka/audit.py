"""Reads what the audit needs, in an order in which nothing can slip past it while the service goes on.

An item is in one of these places at any time, and moves down the list only: not yet read, in parsed-articles, in
unique-articles, ended. So the positions of the groups are asked and the topics read from the top downwards: whatever
has left one place before it was read is found in a later one. Replays move up. The log is read first, so that their
re-entries are met on the way, and what it has gained at the end counts as on its way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError

from copydesk.adapters.kafka.config import SOURCES, DeliveryConfig
from copydesk.adapters.kafka.connection import admin, reader
from copydesk.adapters.kafka.ledger import group_offsets
from copydesk.adapters.kafka.topic_reader import Offsets, bounds, parts, place_of, read_topics, settled_ends
from copydesk.adapters.kafka.topics import compacted
from copydesk.core import headers as h
from copydesk.core.audit import Book, Bounds, Report, forgotten_before
from copydesk.core.letters import UnreadableError, read_entry
from copydesk.core.records import Message, OutcomeKind
from copydesk.core.replay import MAX_ITEMS, known_replay, split_coordinates
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

_KINDS = {
    TopicRole.ENRICHED: OutcomeKind.ENRICHED,
    TopicRole.DUPLICATE: OutcomeKind.DUPLICATE,
    TopicRole.DEAD: OutcomeKind.DEAD,
}
_MANY = 1_000
"""A group that is so many offsets behind is behind; nearer, only reading tells records from markers."""
_WAIT_S = 0.5
_COORDINATOR_WITHIN_S = 15.0


class _Raw(msgspec.Struct):
    topic: str
    partition: int
    offset: int
    item: int = 0
    items: int | None = None


class _Outcome(msgspec.Struct):
    raw: _Raw


class _Unique(msgspec.Struct):
    article: _Outcome


_outcome = msgspec.json.Decoder(_Outcome).decode
_unique = msgspec.json.Decoder(_Unique).decode


@dataclass(slots=True)
class Audit:
    """The report, and what could not be attributed."""

    report: Report
    reentries: int = 0
    """Records of the raw topic that are replays."""
    unreadable: int = 0
    """Records of our topics that are none of ours."""
    elsewhere: int = 0
    """Outcomes that name a raw record of another topic."""
    compacted: list[str] = field(default_factory=list)
    """Topics that forget what a later record of the same key replaces; `Bounds` says what that hides."""
    policy_unknown: list[str] = field(default_factory=list)
    """Topics that may be compacted: this user may not see it."""
    first_stranger: str | None = None


class Auditor:
    """Audits one deployment.

    Args:
        config: how to reach the brokers.
        there: partitions of all topics.
        progress: told of every topic that is read next.
    """

    def __init__(
        self,
        config: DeliveryConfig,
        there: Mapping[str, Sequence[int]],
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._config = config
        self._there = there
        self._progress = progress
        self._raw_topic = config.topic(TopicRole.RAW)
        self._book = Book(self._raw_topic)
        self._audit = Audit(Report())

    async def run(self) -> Audit:
        """Read everything and judge.

        Raises:
            KafkaError, TimeoutError: a topic could not be read.
        """
        judged = [self._config.topic(role) for role in (TopicRole.RAW, *_KINDS, TopicRole.REPLAYS)]
        present = [name for name in judged if name in self._there]
        self._audit.compacted, self._audit.policy_unknown = await compacted(self._config, present)
        log_end = await self._replays({})
        committed, expired_unread = await self._committed(Stage.PARSE)
        for stage in (Stage.DEDUPE, Stage.ENRICH):
            positions, _ = await self._committed(stage)
            await self._in_flight(stage, positions)
        expired_before = await self._outcomes()
        await self._replays(log_end, moving=True)
        begins = await self._raw(committed)
        judged_from = await self._offsets_at(expired_before)
        forgets = set(self._audit.compacted)
        forgetful = self._raw_topic in forgets, any(self._config.topic(role) in forgets for role in _KINDS)
        report = self._audit.report = self._book.report(
            {
                place.partition: Bounds(begin, committed[place], judged_from.get(place, 0), *forgetful)
                for place, begin in begins.items()
            }
        )
        report.expired_unread = expired_unread
        return self._audit

    async def caught_up(self) -> bool:
        """Whether no stage has anything to read."""
        for stage in SOURCES:
            committed, _ = await self._committed(stage)
            _, ends = await bounds(self._config, committed)
            behind = {place: ends[place] - offset for place, offset in committed.items()}
            if any(records > _MANY for records in behind.values()):
                return False
            left = [place for place, records in behind.items() if records > 0]
            async with aclosing(read_topics(self._config, left, starts=committed, ends=ends)) as records:
                async for _ in records:
                    return False
        return True

    async def wait(self, seconds: float) -> bool:
        """Wait until no stage has anything to read; whether that came within so many seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not await self.caught_up():
            if loop.time() > deadline:
                return False
            await asyncio.sleep(_WAIT_S)
        return True

    # --- reading --------------------------------------------------------------------------------------------------

    def _places(self, role: TopicRole) -> list[TopicPartition]:
        name = self._config.topic(role)
        return parts(name, self._there.get(name, ()))

    async def _committed(self, stage: Stage) -> tuple[dict[TopicPartition, int], int]:
        """Next offset that a stage reads, by partition, and how many were deleted before it came to them.

        The next one is the first retained one where nothing is committed.
        """
        places = self._places(SOURCES[stage])
        begins, _ = await bounds(self._config, places)
        offsets = await self._group_offsets(self._config.group(stage), places)
        # A group that has never committed has not begun: what was there before it is none of its business.
        known = {place: offset for place, offset in offsets.items() if offset is not None}
        expired = sum(max(0, begins[place] - offset) for place, offset in known.items())
        return {place: max(known.get(place, -1), begins[place]) for place in places}, expired

    async def _group_offsets(self, group: str, places: list[TopicPartition]) -> Mapping[TopicPartition, int | None]:
        """What a group has committed. A cluster that has never had one makes the topic for it first."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _COORDINATOR_WITHIN_S
        while True:
            try:
                async with admin(self._config) as client:
                    return await group_offsets(client, group, places)
            except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError):
                if loop.time() > deadline:
                    raise
                await asyncio.sleep(_WAIT_S)

    async def _replays(self, starts: Offsets, *, moving: bool = False) -> Offsets:
        """Take in the replay log; where it ended. What it gains meanwhile is on its way, or has arrived."""
        places = self._places(TopicRole.REPLAYS)
        self._progress(self._config.topic(TopicRole.REPLAYS))
        ends = await settled_ends(self._config, places)
        async with aclosing(read_topics(self._config, places, starts=starts, ends=ends)) as records:
            async for record in records:
                try:
                    item = self._own(split_coordinates(read_entry(record.value).dead_letter_id))
                except UnreadableError:
                    item = None
                    self._strange(record)
                if item is not None:
                    self._book.replayed(*item)
                    if moving:
                        self._book.moving(*item)
        return ends

    async def _in_flight(self, stage: Stage, committed: Offsets) -> None:
        """Take in what a stage has not read yet."""
        self._progress(self._config.topic(SOURCES[stage]))
        ends = await settled_ends(self._config, committed)
        async with aclosing(read_topics(self._config, committed, starts=committed, ends=ends)) as records:
            async for record in records:
                named = h.header(tuple(record.headers), h.RAW)
                coordinates = split_coordinates((named or b"").decode("utf-8", "replace"))
                if coordinates is None:
                    raw = self._decoded(record, unique=stage is Stage.ENRICH)
                    coordinates = None if raw is None else (raw.topic, raw.partition, raw.offset, raw.item)
                item = self._own(coordinates)
                if item is not None:
                    self._book.moving(*item)

    async def _outcomes(self) -> int:
        """Take in everything that ended; the time before which outcomes may have been deleted, in milliseconds."""
        expired_before = 0
        for role, kind in _KINDS.items():
            self._progress(self._config.topic(role))
            places = self._places(role)
            begins, _ = await bounds(self._config, places)
            ends = await settled_ends(self._config, places)
            retention_ms = self._config.topics[role].spec.retention_ms
            # A partition that has lost its beginning may have lost what is older than its topic retains.
            deleted = {place for place in places if begins[place] > 0}
            async with aclosing(read_topics(self._config, places, ends=ends)) as records:
                async for record in records:
                    place = TopicPartition(record.topic, record.partition)
                    if place in deleted:
                        deleted.discard(place)
                        forgets = forgotten_before(record.timestamp, _now_ms(), retention_ms)
                        expired_before = max(expired_before, forgets)
                    raw = self._decoded(record)
                    if raw is None:
                        continue
                    item = self._own((raw.topic, raw.partition, raw.offset, raw.item))
                    if item is None:
                        self._audit.elsewhere += 1
                        self._audit.first_stranger = self._audit.first_stranger or place_of(record)
                    else:
                        self._book.ended(kind, *item, raw.items)
            if deleted:
                expired_before = max(expired_before, forgotten_before(None, _now_ms(), retention_ms))
        return expired_before

    async def _raw(self, committed: Offsets) -> Offsets:
        """Take in the raw records themselves; the first offset of each partition, asked for when all are read.

        What retention deletes in the meantime was not seen, and is not missing.
        """
        self._progress(self._raw_topic)
        places = self._places(TopicRole.RAW)
        async with aclosing(read_topics(self._config, places)) as records:
            async for record in records:
                message = Message(
                    record.topic,
                    record.partition,
                    record.offset,
                    record.timestamp,
                    None,
                    None,
                    tuple(_with_value(record.headers)),
                )
                replay = known_replay(message, Stage.PARSE)
                if replay is None:
                    self._book.raw(record.partition, record.offset)
                    continue
                self._audit.reentries += 1
                if record.offset >= committed[TopicPartition(record.topic, record.partition)]:
                    self._book.moving(replay.raw.partition, replay.raw.offset, replay.raw.item)
        begins, _ = await bounds(self._config, places)
        return begins

    async def _offsets_at(self, milliseconds: int) -> Offsets:
        """Of each raw partition the first offset at or after a time, its end where there is none."""
        places = self._places(TopicRole.RAW)
        if milliseconds <= 0:
            return {}
        async with reader(self._config) as consumer:
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            found = await consumer.offsets_for_times(dict.fromkeys(places, milliseconds))
        return {place: ends[place] if found.get(place) is None else found[place].offset for place in places}

    # --- attributing ----------------------------------------------------------------------------------------------

    def _decoded(self, record: ConsumerRecord[Any, Any], *, unique: bool = False) -> _Raw | None:
        try:
            return _unique(record.value or b"").article.raw if unique else _outcome(record.value or b"").raw
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._strange(record)
            return None

    def _strange(self, record: ConsumerRecord[Any, Any]) -> None:
        self._audit.unreadable += 1
        self._audit.first_stranger = self._audit.first_stranger or place_of(record)

    def _own(self, coordinates: tuple[str, int, int, int] | None) -> tuple[int, int, int] | None:
        """Partition, offset and item of an item of our raw topic."""
        if coordinates is None or coordinates[0] != self._raw_topic or min(coordinates[1:]) < 0:
            return None
        if coordinates[3] >= MAX_ITEMS:
            return None
        return coordinates[1:]


def _now_ms() -> int:
    return int(time.time() * 1000)


def _with_value(headers: Iterable[tuple[str, bytes | None]]) -> Iterable[tuple[str, bytes]]:
    return ((name, value or b"") for name, value in headers)
