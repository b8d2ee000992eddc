"""What the dedupe state holds, and how it is laid out under keys. All of it follows from the events of the log.

| key | value |
|---|---|
| `r` raw coordinates | the outcome of that record: what a redelivery is answered with |
| `r` `~`, mark, raw coordinates | the outcome of another record that had these coordinates before: it only grows old |
| `h` article | its head: what is known of a published article |
| `u` URL, `b` content hash | the article published under it |
| `x` exact hash, `k` near key | postings: the articles with this text, or with this key in it, and stop markers |
| `i` raw id and item | the article that this id led to, whether as published or as a copy, and when |
| `c` article | running count of copies |
| `a` URL | the article that was fetched or asked for there, where its page names another address as its own |
| `d` URL, or raw id and item | when it was taken down, and when that was asked for |
| `t` hour of arrival, raw coordinates | nothing: the order in which entries grow old |
| `t` hour of arrival, NUL, near key | likewise, of stop markers: no record leads to them |

Articles are named by the first 12 bytes of the SHA-256 of their id: postings are most of the state.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import Protocol

import msgspec

from copydesk.core.dedupe.event_time import Span, span
from copydesk.core.dedupe.postings import NAME_BYTES
from copydesk.core.ports import StateView

LAYOUT = b"3"
"""Version of this layout. A store of another one is emptied and filled again from the log."""

EVENT_VERSION = 1
"""Version of the events in the log. Fields are added at the end, with a default: old events stay readable as they are,
and an older reader ignores what it does not know. Anything else needs a new version."""

_SWEEP = b"\0"
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
    last_ms: int | None = None
    """The last moment that the text may be of, where `published_ms` is only the first."""

    fetched_url: str | None = None
    """Canonical form of the address that it was fetched from, where that is not `url`: a takedown may name it."""
    requested_url: str | None = None
    """The same of the address that was asked for, where that is another still: it led there by redirects."""
    fetched_ms: int = 0
    """When this revision was fetched; of what was taken down, from when on it may be published again. 0 is unknown."""
    canceled_revision: int = 0
    """The last revision that canceled it; 0 where none did. What came before is not published again."""

    @property
    def span(self) -> Span:
        """The time that the text is of."""
        return span(self.published_ms, self.last_ms)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Addresses that led to it and are not its own."""
        return tuple(url for url in (self.fetched_url, self.requested_url) if url is not None)

    @property
    def last_canceled(self) -> int:
        """The last revision that canceled it, also where an older event did not say; 0 where none did."""
        return self.revision if self.taken_down else self.canceled_revision


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
    canceled: bool = False
    """Whether the article that it belongs to was taken down."""
    earlier: bool = False
    """Whether its text was fetched before that of the article: what was overtaken is no revision."""


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


class Refused(msgspec.Struct, array_like=True, frozen=True):
    """A record that policy keeps out: what its dead letter says."""

    code: str
    message: str


class Withdrawal(msgspec.Struct, array_like=True, frozen=True):
    """A takedown: from what moment on, and the keys (`d`) under which it is remembered."""

    at_ms: int
    keys: list[bytes]


class TakenDown(msgspec.Struct, array_like=True, frozen=True):
    """What is remembered under such a key."""

    at_ms: int
    arrival_ms: int


class Verdict(msgspec.Struct, array_like=True, frozen=True):
    """The outcome of one record: exactly one of `published`, `copied` and `refused` is set."""

    decided_ms: int
    arrival_ms: int
    window_days: int
    threshold: float
    config_hash: str
    published: Published | None
    copied: Copied | None
    raw_id: str | None
    refused: Refused | None = None
    withdrawal: Withdrawal | None = None
    mark: bytes = b""
    """Some bytes that tell this record from another one at its coordinates; none in older events."""

    def is_of(self, mark: bytes) -> bool:
        """Whether this is the outcome of the record with this mark. Without one it is taken to be."""
        return not self.mark or not mark or self.mark == mark


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
_decode_taken_down = msgspec.msgpack.Decoder(TakenDown).decode


def encode(value: Event | Verdict | Head | SeenId | TakenDown) -> bytes:
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
    return hashlib.sha256(article_id.encode("utf-8", "replace")).digest()[:NAME_BYTES]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


def outcome_key(coordinates: bytes) -> bytes:
    """Where the outcome of a raw record lies."""
    return b"r" + coordinates


def superseded(coordinates: bytes, mark: bytes) -> bytes:
    """What the coordinates of a record become when another record has them. No topic's name begins with a tilde."""
    return b"~" + mark + coordinates


def head_key(name: bytes) -> bytes:
    """Where the head of an article lies."""
    return b"h" + name


def url_key(url: str) -> bytes:
    """Where the article of a canonical URL lies."""
    return b"u" + _digest(url)


def exact_key(exact_hash: bytes) -> bytes:
    """Where the postings of a normalised text lie."""
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


def fetched_key(url: str) -> bytes:
    """Where the article lies that was fetched from, or asked for at, an address other than its own."""
    return b"a" + _digest(url)


def taken_down_url_key(url: str) -> bytes:
    """Where the takedown of a canonical URL lies."""
    return b"du" + _digest(url)


def taken_down_id_key(raw_id: str, item: int) -> bytes:
    """Where the takedown of a producer's id lies."""
    return b"di" + _digest(f"{raw_id}\n{item}")


def copies_key(name: bytes) -> bytes:
    """Where the number of copies of an article lies."""
    return b"c" + name


def age_key(arrival_ms: int, coordinates: bytes) -> bytes:
    """Entries in order of arrival, by the hour."""
    return b"t" + (max(0, arrival_ms) // _HOUR_MS).to_bytes(4, "big") + coordinates


def sweep_key(arrival_ms: int, near: bytes) -> bytes:
    """The place of a stop marker in the order of arrival. No topic's name begins with NUL."""
    return age_key(arrival_ms, _SWEEP + near)


def swept_key(coordinates: bytes) -> bytes | None:
    """The near key of a `sweep_key`, from behind its hour; None for coordinates."""
    return coordinates[1:] if coordinates[:1] == _SWEEP else None


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


def load_taken_down(state: StateView, key: bytes) -> TakenDown | None:
    """The takedown under a key."""
    value = state.get(key)
    return _decode_taken_down(value) if value is not None else None


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
