"""Reads what people are told of a published record. All else of it is passed over unread, so that it costs little."""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec

from copydesk.core.records import OutcomeKind


class _Source(TypedDict):
    domain: str | None
    name: str | None


class _Language(TypedDict):
    code: str


class _Span(TypedDict):
    side: str
    text: str


class _Evidence(TypedDict):
    shingles_shared: int | None
    shingles_total: int | None
    title_similarity: float | None
    length_ratio: float | None
    published_delta_s: float | None
    differing_spans: list[_Span]


class _Original(TypedDict):
    article_id: str
    title: str | None
    url: str | None


class _This(TypedDict):
    title: str | None
    url: str | None
    source: _Source
    language: _Language


class _Copy(TypedDict):
    article_id: str
    duplicate_of: _Original
    verdict: str
    method: str
    similarity: float
    threshold: float
    evidence: _Evidence
    copies: int
    this: _This


class _Change(TypedDict):
    kind: str
    changed_fields: list[str]


class _Nearest(TypedDict):
    similarity: float
    threshold: float


class _Dedup(TypedDict):
    verdict: str
    nearest: _Nearest | None


class _Article(TypedDict):
    article_id: str
    revision: int
    title: str | None
    url: str | None
    canonical_url: str | None
    source: _Source
    language: _Language
    change: _Change
    dedup: _Dedup


class _Letter(TypedDict):
    dead_letter_id: str
    code: str
    kind: str
    message: str
    hint: str


_DECODERS: dict[OutcomeKind, msgspec.json.Decoder[Any]] = {
    OutcomeKind.ENRICHED: msgspec.json.Decoder(_Article),
    OutcomeKind.DUPLICATE: msgspec.json.Decoder(_Copy),
    OutcomeKind.DEAD: msgspec.json.Decoder(_Letter),
}


def read(kind: OutcomeKind, value: bytes | None) -> dict[str, Any] | None:
    """The fields of a published record that `copydesk.app.why` tells of, or None where it is none of ours.

    Stages may be replaced by others, with records of their own; that must not stop what has been published already.
    """
    if value is None:
        return None
    try:
        fields: dict[str, Any] = _DECODERS[kind].decode(value)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # not UTF-8, or nested too deeply, among others
        return None
    return fields
