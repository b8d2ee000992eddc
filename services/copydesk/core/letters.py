"""Dead letters as they are read back: listed, chosen, and turned into the record that enters its topic again.

Read with forgiveness: letters of other versions may have more fields, codes and stages than this one knows.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeVar

import msgspec
from pydantic import ValidationError

from copydesk.core.ids import raw_coordinates
from copydesk.core.records import Headers, Message
from copydesk.core.replay import FirstRaw, Replay, replay_headers, without_replay
from copydesk.core.urls import dedupe_group
from copydesk_schemas.parsed import UniqueArticle
from copydesk_schemas.reasons import Stage

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T")


class RawPlace(msgspec.Struct, frozen=True):
    """The raw record that a letter is about."""

    topic: str
    partition: int
    offset: int
    item: int
    timestamp: Instant
    items: int | None = None
    media_type: str | None = None
    bytes: int | None = None


class OriginalRecord(msgspec.Struct, frozen=True):
    """The failing stage's own input; key and value in base64."""

    topic: str
    partition: int
    offset: int
    key_b64: str | None = None
    value_b64: str | None = None
    headers: list[tuple[str, str | None]] = []


class Made(msgspec.Struct, frozen=True):
    """What software made the letter."""

    service_version: str = ""
    config_hash: str = ""


class Letter(msgspec.Struct, frozen=True):
    """A dead letter, as far as the commands need it."""

    dead_letter_id: str
    kind: str
    stage: str
    code: str
    message: str
    retryable: bool
    attempts: int
    first_failed_at: Instant
    last_failed_at: Instant
    raw: RawPlace
    original: OriginalRecord
    error_class: str | None = None
    error_fingerprint: str | None = None
    stack: str | None = None
    article_id: str | None = None
    hint: str = ""
    pipeline: Made = Made()


class ReplayEntry(msgspec.Struct, frozen=True):
    """One record of the replay log, written in the transaction of the re-entry; its key is the dead letter's id."""

    dead_letter_id: str
    letter_topic: str
    letter_partition: int
    letter_offset: int
    target_topic: str
    target_partition: int
    attempts: int
    """Of the letter that was replayed: it and all earlier ones of its id are done with."""
    replayed_at: Instant
    service_version: str = ""


class UnreadableError(Exception):
    """A record that is not what its topic holds."""


class NotCarriedError(Exception):
    """The letter does not hold its input; it is to be read from its topic."""


_letter = msgspec.json.Decoder(Letter).decode
_entry = msgspec.json.Decoder(ReplayEntry).decode
encode_entry = msgspec.json.Encoder().encode


def read_letter(value: bytes | None) -> Letter:
    """A letter from its record's value.

    Raises:
        UnreadableError: it is none.
    """
    return _read(_letter, value)


def read_entry(value: bytes | None) -> ReplayEntry:
    """An entry of the replay log from its record's value.

    Raises:
        UnreadableError: it is none.
    """
    return _read(_entry, value)


def _read(decode: Callable[[bytes], T], value: bytes | None) -> T:
    try:
        return decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableError(str(error)) from error


@dataclass(slots=True)
class ReplayHistory:
    """What the replay log says: which letters are done with, and how often an item was replayed.

    A letter is open until a replay of its id has been logged with at least its attempts. A replay that fails leads to
    a letter with more attempts, which is open again. Of the same letter twice (delivery at least once) one replay
    closes both.
    """

    _seen: dict[str, tuple[int, int, datetime]] = field(default_factory=dict)

    def add(self, entry: ReplayEntry) -> None:
        """Learn of one replay."""
        attempts, count, last = self._seen.get(entry.dead_letter_id, (0, 0, entry.replayed_at))
        self._seen[entry.dead_letter_id] = (
            max(attempts, entry.attempts),
            count + 1,
            max(last, entry.replayed_at),
        )

    def is_open(self, letter: Letter) -> bool:
        """Whether nothing has been done about the letter."""
        return letter.attempts > self._seen.get(letter.dead_letter_id, (0,))[0]

    def count(self, dead_letter_id: str) -> int:
        """How often the item was replayed."""
        seen = self._seen.get(dead_letter_id)
        return 0 if seen is None else seen[1]

    def last(self, dead_letter_id: str) -> datetime | None:
        """When it was replayed last."""
        seen = self._seen.get(dead_letter_id)
        return None if seen is None else seen[2]

    def __len__(self) -> int:
        return len(self._seen)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters are meant; what is None or empty does not narrow it."""

    ids: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    fingerprints: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    state: Literal["open", "replayed"] | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out but by state."""
        chosen = (self.ids, self.codes, self.stages, self.kinds, self.fingerprints)
        return any(chosen) or self.since is not None or self.until is not None

    def matches(self, letter: Letter, history: ReplayHistory) -> bool:
        """Whether the letter is meant. `since` is included, `until` is not."""
        wanted = (
            (self.ids, letter.dead_letter_id),
            (self.codes, letter.code),
            (self.stages, letter.stage),
            (self.kinds, letter.kind),
            (self.fingerprints, letter.error_fingerprint),
        )
        if any(values and value not in values for values, value in wanted):
            return False
        if self.since is not None and letter.last_failed_at < self.since:
            return False
        if self.until is not None and letter.last_failed_at >= self.until:
            return False
        return self.state is None or history.is_open(letter) is (self.state == "open")


def carried_input(letter: Letter) -> Message:
    """The failing stage's input as the letter holds it.

    Raises:
        NotCarriedError: its value was null, or too large for the letter.
        UnreadableError: it is no base64.
    """
    original = letter.original
    if original.value_b64 is None:
        raise NotCarriedError(letter.dead_letter_id)
    try:
        key = _bytes(original.key_b64)
        value = _bytes(original.value_b64)
        headers: Headers = tuple((name, _bytes(text) or b"") for name, text in original.headers)
    except binascii.Error as error:
        raise UnreadableError(f"the input of {letter.dead_letter_id} is no base64: {error}") from error
    return Message(original.topic, original.partition, original.offset, 0, key, value, headers)


def through_dedupe(message: Message, topic: str, shards: int) -> Message | None:
    """An input of the enrich stage as it came to the dedupe stage; None where it cannot be read.

    Dedupe answers with the verdict that it has stored, so nothing is decided twice. But an article that was taken down
    since must not come back, and only dedupe knows.

    Args:
        message: the input, read from `unique-articles`.
        topic: name of `parsed-articles`.
        shards: its number of partitions.
    """
    try:
        article = UniqueArticle.model_validate_json(message.value or b"").article
    except ValidationError:
        return None
    shard = dedupe_group(article.language.code, shards)
    return replace(
        message,
        topic=topic,
        partition=shard,
        key=str(shard).encode(),
        value=article.model_dump_json().encode(),
    )


def reentry_headers(letter: Letter, headers: Headers, place: str, enters: Stage) -> Headers:
    """Headers of the record that enters a topic again.

    Args:
        letter: what is replayed.
        headers: of the failing stage's input.
        place: coordinates of the letter itself, `topic-partition-offset`.
        enters: the stage that reads it first.

    Raises:
        UnreadableError: the letter's coordinates are none.
    """
    raw = letter.raw
    try:
        first = FirstRaw(
            topic=raw.topic,
            partition=raw.partition,
            offset=raw.offset,
            item=raw.item,
            items=raw.items,
            timestamp_ms=max(0, round(raw.timestamp.timestamp() * 1000)),
        )
        replay = Replay(first, letter.attempts, letter.first_failed_at, enters)
        msgspec.convert(msgspec.to_builtins(replay), Replay)  # the limits are checked on the way in only
    except msgspec.ValidationError as error:
        raise UnreadableError(f"{letter.dead_letter_id}: {error}") from error
    return (*without_replay(headers), *replay_headers(replay, place))


def why_not(letter: Letter, sources: Mapping[str, str], now: datetime, window: timedelta) -> str | None:
    """Why a letter cannot be replayed whatever the guards say; None where it can.

    Args:
        letter: the letter.
        sources: topic that each stage reads at this deployment.
        now: the time of the replay.
        window: how long dedupe remembers verdicts and takedowns, counted from the raw record's time.
    """
    raw = letter.raw
    if letter.dead_letter_id != raw_coordinates(raw.topic, raw.partition, raw.offset, raw.item):
        return "its id is not that of its raw record"
    source = sources.get(letter.stage)
    if source is None:
        return f"this version has no stage {letter.stage}"
    if letter.original.topic != source:
        return f"its input came from {letter.original.topic}, and {letter.stage} reads {source} here"
    if raw.topic != sources["parse"]:
        return f"its raw record is not known: it names {raw.topic}, and raw records are in {sources['parse']} here"
    if now - raw.timestamp > window:
        days = f"{window.days} day" + ("" if window.days == 1 else "s")
        return (
            f"its raw record is older than the dedupe window of {days}: whether it was published or taken down "
            "is forgotten. Send the document again if it is still wanted"
        )
    return None


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)
