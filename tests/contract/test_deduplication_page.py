"""The page on deduplication: its records are records, and its numbers are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

from copydesk.core.options import DedupeOptions
from copydesk_schemas.raw import RawArticle
from copydesk_schemas.reasons import Action, Code, DuplicateVerdict, Priority
from copydesk_schemas.topics import DAY_MS, TOPICS, TopicRole

PAGE = (Path(__file__).parents[2] / "docs/deduplication.md").read_text(encoding="utf-8")


def test_its_records_are_valid() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    records = [RawArticle.model_validate_json(line) for block in blocks for line in block.splitlines()]
    assert [record.action for record in records] == [Action.UPSERT, *[Action.DELETE] * 3]
    assert records[0].priority is Priority.BACKFILL
    known = set(RawArticle.model_fields)
    assert all(set(json.loads(line)) <= known for block in blocks for line in block.splitlines())


def test_it_names_every_verdict_and_both_codes() -> None:
    for name in (*DuplicateVerdict, Code.TAKEN_DOWN, Code.BAD_TAKEDOWN):
        assert f"`{name}`" in PAGE


def test_its_days_are_those_of_the_topics() -> None:
    assert f"It is {DedupeOptions().window_days} days by default" in PAGE
    text = " ".join(PAGE.split())
    for words, role in (
        ("the raw record ({} days)", TopicRole.RAW),
        ("earlier revisions ({} days", TopicRole.ENRICHED),
        ("records of copies ({} days)", TopicRole.DUPLICATE),
        ("dead letters ({} days)", TopicRole.DEAD),
        ("the internal topics ({} days;", TopicRole.PARSED),
        ("in the state log, {} days)", TopicRole.FINGERPRINTS),
    ):
        assert words.format(TOPICS[role].retention_ms // DAY_MS) in text
