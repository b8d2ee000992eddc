"""What the dedupe state holds, and how it is laid out under keys. All of it follows from the events of the log.

| key | value |
|---|---|
| `r` raw coordinates | the outcome of that record: what a redelivery is answered with |
| `h` article | its head: what is known of a published article |
| `u` URL, `x` exact hash, `b` content hash | the article published under it |
| `k` near key | postings: the articles whose text has this key, or a stop marker |
| `i` raw id and item | the article that this id led to, whether as published or as a copy, and when |
| `c` article | running count of copies |
| `t` hour of arrival, raw coordinates | nothing: the order in which entries grow old |

Articles are named by the first 12 bytes of the SHA-256 of their id: postings are most of the state.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import Protocol

import msgspec

from copydesk.core.ports import StateView

LAYOUT = b"1"
"""Version of this layout. A store of another one is emptied and filled again from the log."""

EVENT_VERSION = 1
"""Version of the events in the log."""

HANDLE_BYTES = 12
_POSTING = struct.Struct(f">{HANDLE_BYTES}sI")
_STOP = struct.Struct(">4sI")
_STOP_MARK = b"stop"
_HOUR_MS = 3_600_000


class WritableState(StateView, Protocol):
    """State that a decision may change: an overlay."""

    def put(self, key: bytes, value: bytes | None) -> None:
        """Set, or with None delete."""


class Head(msgspec.Struct, array_like=True, frozen=True):
    """A published article as deduplication knows it. Times are milliseconds since 1970; an arrival of 0 is unknown."""

    article_id: str
    revision: int
    story_id: str
    arrival_ms: int
    url: str | None
    title: str | None
    source: str | None
    published_ms: int | None
    exact_hash: bytes
    content_hash: bytes
    method: str
    words: int
    shingles: int
    keys: bytes
    """Near keys, 64 bit big endian."""
    sketch: bytes
    """Sketch hashes, 32 bit big endian, ascending."""
    fields: dict[str, bytes]
    """Four bytes of a hash for each field that has a value: enough to see that it changed."""
    corrected: bool
    """Whether the text said that it was corrected."""
    taken_down: bool


class Copied(msgspec.Struct, array_like=True, frozen=True):
    """A record that was set aside: everything of its DuplicateArticle that does not stand in the record itself."""

    article_id: str
    revision: int
    url: str | None
    title: str | None
    source: str | None
    published_ms: int | None
    verdict: str
    similarity: float
    shared: int | None
    total: int | None
    title_similarity: float | None
    length_ratio: float | None
    spans: list[tuple[str, str]]
    copies: int


class Published(msgspec.Struct, array_like=True, frozen=True):
    """A record that was published: everything of its UniqueArticle that does not stand in the record itself."""

    article_id: str
    revision: int
    story_id: str
    kind: str
    previous_revision: int | None
    changed_fields: list[str]
    diff: list[str]
    verdict: str
    nearest: tuple[str, float] | None
    url: str | None


class SeenId(msgspec.Struct, array_like=True, frozen=True):
    """What became of the first record with a producer's id."""

    name: bytes
    """The article that was published, or that the record is a copy of."""
    copy: bool
    arrival_ms: int


class Verdict(msgspec.Struct, array_like=True, frozen=True):
    """The outcome of one record: exactly one of `published` and `copied` is set."""

    decided_ms: int
    arrival_ms: int
    window_days: int
    threshold: float
    config_hash: str
    published: Published | None
    copied: Copied | None
    raw_id: str | None


class Event(msgspec.Struct, array_like=True, frozen=True):
    """One record of the state log: the outcome, and for a published article its head."""

    version: int
    verdict: Verdict
    head: Head | None


_encode = msgspec.msgpack.Encoder().encode
_decode_event = msgspec.msgpack.Decoder(Event).decode
_decode_verdict = msgspec.msgpack.Decoder(Verdict).decode
_decode_head = msgspec.msgpack.Decoder(Head).decode
_decode_seen = msgspec.msgpack.Decoder(SeenId).decode


def encode(value: Event | Verdict | Head | SeenId) -> bytes:
    """MessagePack, fields by position."""
    return _encode(value)


def decode_event(value: bytes) -> Event:
    """An event of the log.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _decode_event(value)


def handle(article_id: str) -> bytes:
    """Short name of an article within the state."""
    return hashlib.sha256(article_id.encode("utf-8", "replace")).digest()[:HANDLE_BYTES]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


def outcome_key(coordinates: bytes) -> bytes:
    """Where the outcome of a raw record lies."""
    return b"r" + coordinates


def head_key(name: bytes) -> bytes:
    """Where the head of an article lies."""
    return b"h" + name


def url_key(url: str) -> bytes:
    """Where the article of a canonical URL lies."""
    return b"u" + _digest(url)


def exact_key(exact_hash: bytes) -> bytes:
    """Where the article of a normalised text lies."""
    return b"x" + exact_hash[:16]


def content_key(content_hash: bytes) -> bytes:
    """Where the article of a document's bytes lies."""
    return b"b" + content_hash[:16]


def near_key(key: bytes) -> bytes:
    """Where the postings of a near key lie."""
    return b"k" + key


def raw_id_key(raw_id: str, item: int) -> bytes:
    """Where the article of a producer's id lies. Items of one feed share its id, so the item belongs to the key."""
    return b"i" + _digest(f"{raw_id}\n{item}")


def copies_key(name: bytes) -> bytes:
    """Where the number of copies of an article lies."""
    return b"c" + name


def age_key(arrival_ms: int, coordinates: bytes) -> bytes:
    """Entries in order of arrival, by the hour."""
    return b"t" + (max(0, arrival_ms) // _HOUR_MS).to_bytes(4, "big") + coordinates


def load_outcome(state: StateView, coordinates: bytes) -> Verdict | None:
    """The outcome of this very record, if it was decided before."""
    value = state.get(outcome_key(coordinates))
    return _decode_verdict(value) if value is not None else None


def load_head(state: StateView, name: bytes | None) -> Head | None:
    """The head of an article."""
    value = state.get(head_key(name)) if name is not None else None
    return _decode_head(value) if value is not None else None


def load_raw_id(state: StateView, key: bytes) -> SeenId | None:
    """What became of a producer's id, under its key."""
    value = state.get(key)
    return _decode_seen(value) if value is not None else None


def load_copies(state: StateView, name: bytes) -> int:
    """How many copies of an article were set aside."""
    value = state.get(copies_key(name))
    return int.from_bytes(value, "big") if value else 0


def pack64(values: Sequence[int]) -> bytes:
    """64-bit numbers, big endian."""
    return struct.pack(f">{len(values)}Q", *values)


def pack32(values: Sequence[int]) -> bytes:
    """32-bit numbers, big endian."""
    return struct.pack(f">{len(values)}I", *values)


def unpack32(packed: bytes) -> tuple[int, ...]:
    """Inverse of `pack32`."""
    return struct.unpack(f">{len(packed) // 4}I", packed)


def split_keys(keys: bytes) -> list[bytes]:
    """The near keys of a head, 8 bytes each."""
    return [keys[i : i + 8] for i in range(0, len(keys), 8)]


def posted(value: bytes | None) -> list[tuple[bytes, int]]:
    """Articles under a near key with their arrival in seconds; none under a stop marker."""
    if value is None or _is_stop(value):
        return []
    return list(_POSTING.iter_unpack(value))


def with_posting(value: bytes | None, name: bytes, arrival_ms: int, *, window_ms: int, limit: int) -> bytes:
    """Postings with one more article; those that fell out of the window go. Beyond `limit` it becomes a stop marker.

    A stop marker lasts as long as articles with this key keep arriving within a window of each other.
    """
    arrival = min(arrival_ms // 1000, 0xFFFF_FFFF)
    if value is not None and _is_stop(value):
        seen: int = _STOP.unpack(value)[1]
        if within(arrival * 1000, seen * 1000, window_ms):
            return _STOP.pack(_STOP_MARK, max(seen, arrival))
        value = None
    kept = [(n, at) for n, at in posted(value) if n != name and within(arrival * 1000, at * 1000, window_ms)]
    if len(kept) >= limit:
        return _STOP.pack(_STOP_MARK, max(arrival, *(at for _, at in kept)))
    return b"".join(_POSTING.pack(n, at) for n, at in (*kept, (name, arrival)))


def without_posting(value: bytes | None, name: bytes) -> bytes | None:
    """Postings without one article; None where nothing is left. A stop marker stays."""
    kept = [(n, at) for n, at in posted(value) if n != name]
    if value is not None and _is_stop(value):
        return value
    return b"".join(_POSTING.pack(n, at) for n, at in kept) or None


def _is_stop(value: bytes) -> bool:
    return len(value) == _STOP.size  # postings are a multiple of 16 bytes, this is 8


def within(new_ms: int, old_ms: int, window_ms: int) -> bool:
    """Whether an older arrival is recent enough. An unknown arrival (0) always is: there is nothing to refuse it by."""
    return new_ms <= 0 or old_ms <= 0 or new_ms - old_ms <= window_ms
