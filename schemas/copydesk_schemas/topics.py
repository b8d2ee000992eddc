"""The topic table: names, partitions, retention and limits that the service declares by default."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DAY_MS = 24 * 60 * 60 * 1000
MIB = 1024 * 1024


class TopicRole(StrEnum):
    """What a topic is for; its default name is the value."""

    RAW = "raw-articles"
    PARSED = "parsed-articles"
    UNIQUE = "unique-articles"
    ENRICHED = "enriched-articles"
    DUPLICATE = "duplicate-articles"
    DEAD = "dead-letter"
    FINGERPRINTS = "article-fingerprints"
    REPLAYS = "dead-letter-replays"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic as it is declared.

    `retention_ms` counts from the append (all topics use LogAppendTime); `max_message_bytes` limits a batch.
    """

    role: TopicRole
    partitions: int
    retention_ms: int
    max_message_bytes: int
    key: str
    public: bool


DEDUPE_WINDOW_DAYS = 14

TOPICS: dict[TopicRole, TopicSpec] = {
    spec.role: spec
    for spec in (
        TopicSpec(
            TopicRole.RAW, 6, 7 * DAY_MS, 11 * MIB, "the producer's choice; the URL by default; null is accepted", True
        ),
        TopicSpec(TopicRole.PARSED, 1, 3 * DAY_MS, 11 * MIB, "dedupe group", False),
        TopicSpec(TopicRole.UNIQUE, 6, 3 * DAY_MS, 11 * MIB, "article_id", False),
        TopicSpec(TopicRole.ENRICHED, 6, 30 * DAY_MS, 10 * MIB, "article_id", True),
        TopicSpec(TopicRole.DUPLICATE, 6, 14 * DAY_MS, 1 * MIB, "duplicate_of.article_id", True),
        TopicSpec(TopicRole.DEAD, 3, 30 * DAY_MS, 14 * MIB, "the raw record's key", True),
        TopicSpec(TopicRole.FINGERPRINTS, 1, (DEDUPE_WINDOW_DAYS + 1) * DAY_MS, 1 * MIB, "raw coordinates", False),
        # What was replayed must be known for as long as it could be replayed again.
        TopicSpec(TopicRole.REPLAYS, 1, 60 * DAY_MS, 1 * MIB, "dead_letter_id", False),
    )
}
"""Defaults by role. Names, counts and limits are settings of the service."""
