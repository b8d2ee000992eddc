"""Replays: the input of a dead letter enters its topic again and says whose outcome it leads to.

The header `copydesk-replay` travels with it through all stages. It names the raw record that came first, so that the
replayed item gets the same coordinates, the same verdict and, if it fails again, the same dead letter id. It is trusted
as far as anyone who may write to the topic: who may write raw records may also write any article.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from copydesk.core import headers as h
from copydesk.core.errors import Rejected
from copydesk.core.records import Headers, Message
from copydesk_schemas.reasons import Code, Stage

HEADER = "copydesk-replay"
REPLAYED_FROM = "dlq-replayed-from"
"""For people: the dead letter that it was, as `topic-partition-offset`."""

HEADERS = (HEADER, REPLAYED_FROM)
_MAX_BYTES = 2048
_COORDINATES = re.compile(r"(.{1,249})-(\d{1,10})-(\d{1,19})-(\d{1,10})", re.ASCII)

MAX_ITEMS = 1_000_000
"""No feed has more. The header may come from anyone, and the audit looks at each item."""

_CLOCKS_DIFFER_MS = 3_600_000
"""Brokers stamp records, and their clocks may differ; a replay minutes later must not be refused for that."""

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Offset = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_TopicName = Annotated[str, msgspec.Meta(min_length=1, max_length=249)]
_LATEST_MS = 253_402_300_799_999  # the last millisecond that a datetime can hold


class FirstRaw(msgspec.Struct, frozen=True):
    """The item that is replayed: coordinates of its raw record, and its place there."""

    topic: _TopicName
    partition: _Count
    offset: _Offset
    item: _Count
    items: Annotated[int, msgspec.Meta(ge=1, le=MAX_ITEMS)] | None
    """Number of items of the record; None where it was never divided, so that all of it is replayed."""
    timestamp_ms: Annotated[int, msgspec.Meta(ge=0, le=_LATEST_MS)]


class Replay(msgspec.Struct, frozen=True):
    """What a replayed record carries."""

    raw: FirstRaw
    attempts: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    """Tries that failed before this one."""
    first_failed_at: Annotated[datetime, msgspec.Meta(tz=True)]
    stage: Annotated[str, msgspec.Meta(max_length=20)] = ""
    """Where it enters again: there it is counted as received, for its dead letter was counted as an end."""

    @property
    def only_item(self) -> int | None:
        """The one item that is to be processed, None for the whole record."""
        return None if self.raw.items is None else self.raw.item


_decode = msgspec.json.Decoder(Replay).decode
_encode = msgspec.json.Encoder().encode


def replay_headers(replay: Replay, letter: str) -> Headers:
    """The headers of a replayed record.

    Args:
        replay: whose outcome it is.
        letter: coordinates of the dead letter, `topic-partition-offset`.
    """
    return ((HEADER, _encode(replay)), (REPLAYED_FROM, h.capped(letter)))


def carried(incoming: Headers) -> Headers:
    """The same headers, as they go on to the next stage."""
    found = ((name, h.header(incoming, name)) for name in HEADERS)
    return tuple((name, value[:_MAX_BYTES]) for name, value in found if value is not None)


def without_replay(headers: Headers) -> Headers:
    """Headers as they were before any replay."""
    return tuple((name, value) for name, value in headers if name.lower() not in HEADERS)


def read_replay(message: Message, stage: Stage) -> Replay | None:
    """Whose outcome this input of a stage is, None where it is its own.

    A replay of a raw record enters the partition that the record came from, so it names an earlier record of its own
    topic and partition. Anything else was not made by a replay.

    Raises:
        Rejected: invalid_envelope, the header is malformed or cannot be true.
    """
    value = h.header(message.headers, HEADER)
    if value is None:
        return None
    try:
        replay = _decode(value[:_MAX_BYTES])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected(
            Code.INVALID_ENVELOPE, f"header {HEADER}: {str(error)[:200]}", facts=f"header {HEADER}: it is malformed"
        ) from error
    raw = replay.raw
    if raw.items is not None and raw.item >= raw.items:
        raise Rejected(Code.INVALID_ENVELOPE, f"header {HEADER}: item {raw.item} of {raw.items}")
    if raw.items is None and raw.item != 0:
        raise Rejected(Code.INVALID_ENVELOPE, f"header {HEADER}: a whole record is its item 0")
    try:
        replay.first_failed_at.astimezone(UTC)
    except OverflowError as error:
        raise Rejected(Code.INVALID_ENVELOPE, f"header {HEADER}: first_failed_at is no time that UTC has") from error
    own = (message.topic, message.partition)
    if stage is Stage.PARSE and ((raw.topic, raw.partition) != own or raw.offset >= message.offset):
        raise Rejected(
            Code.INVALID_ENVELOPE, f"header {HEADER}: it names no earlier record of this topic and partition"
        )
    if stage is Stage.PARSE and 0 < message.timestamp_ms < raw.timestamp_ms - _CLOCKS_DIFFER_MS:
        raise Rejected(Code.INVALID_ENVELOPE, f"header {HEADER}: its first record is said to have come later")
    return replay


def known_replay(message: Message, stage: Stage) -> Replay | None:
    """The same, with None for a header that is wrong: the parse stage has said so."""
    try:
        return read_replay(message, stage)
    except Rejected:
        return None


def reentered(message: Message, stage: Stage) -> bool:
    """Whether this is a replay that enters the pipeline at this stage, rather than comes through it."""
    replay = known_replay(message, stage)
    return replay is not None and replay.stage == stage


def as_first(message: Message, replay: Replay | None) -> Message:
    """A raw record as it came in first: another try must lead to what the first would have led to."""
    if replay is None:
        return message
    raw = replay.raw
    return replace(message, topic=raw.topic, partition=raw.partition, offset=raw.offset, timestamp_ms=raw.timestamp_ms)


def split_coordinates(text: str) -> tuple[str, int, int, int] | None:
    """Topic, partition, offset and item of `topic-partition-offset-item`; the topic may have hyphens itself."""
    match = _COORDINATES.fullmatch(text)
    if match is None:
        return None
    topic, partition, offset, item = match.groups()
    return topic, int(partition), int(offset), int(item)
