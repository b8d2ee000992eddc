"""A replayed record through the stages: whose outcome it is, and which headers are not believed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.support.records import ARRIVED_MS, DictState, raw

from copydesk.core import headers as h
from copydesk.core.options import Options, ParseOptions
from copydesk.core.records import Emit, Message, OutcomeKind
from copydesk.core.replay import (
    HEADER,
    REPLAYED_FROM,
    FirstRaw,
    Replay,
    read_replay,
    replay_headers,
    split_coordinates,
    without_replay,
)
from copydesk.core.stages import dead_letter_for, run_dedupe, run_enrich, run_parse
from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.reasons import Code, Stage

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FAILED = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
FROM = "dead-letter-1-42"
STRICT = Options(parse=ParseOptions(max_content_bytes=10))
TEXT = "The new bridge over the river was opened by the mayor on Monday. " * 12
ENTRY = "<item><title>Story {n}</title><link>https://a.example/{n}</link><description>{text}</description></item>"
FEED = (
    '<rss version="2.0"><channel><title>News</title>'
    + "".join(ENTRY.format(n=n, text=f"Number {n}. {TEXT}") for n in range(3))
    + "</channel></rss>"
)


def again(
    message: Message, *, item: int = 0, items: int | None = None, attempts: int = 1, offset: int = 500
) -> Message:
    """The record as a replay would write it, some records later."""
    first = FirstRaw(message.topic, message.partition, message.offset, item, items, message.timestamp_ms)
    marks = replay_headers(Replay(first, attempts, FAILED), FROM)
    return replace(message, offset=offset, timestamp_ms=ARRIVED_MS + 86_400_000, headers=(*message.headers, *marks))


def as_input(emit: Emit, topic: str) -> Message:
    return Message(topic, emit.partition or 0, 3, ARRIVED_MS, emit.key, emit.value, emit.headers)


def letter(emit: Emit) -> DeadLetter:
    return DeadLetter.model_validate_json(emit.value or b"")


def stable(emit: Emit) -> dict[str, object]:
    fields = json.loads(emit.value or b"")
    fields["stages"] = {}
    return dict(fields)


def test_a_replay_leads_to_what_the_first_try_would_have_led_to() -> None:
    message = raw(f"Bridge opened\n\n{TEXT}", offset=7, x_url="https://a.example/bridge")
    (failed,) = run_parse(message, STRICT, NOW).emits
    assert letter(failed).code is Code.OVERSIZED
    (usual,) = run_parse(message, Options(), NOW).emits
    replayed = run_parse(again(message), Options(), NOW)
    (emit,) = replayed.emits
    assert stable(emit) == stable(usual)
    assert (emit.key, emit.partition) == (usual.key, usual.partition)
    assert h.header(emit.headers, h.RAW) == h.header(usual.headers, h.RAW) == b"raw-articles-0-7-0"
    assert h.header(emit.headers, REPLAYED_FROM) == FROM.encode()
    (outcome,) = replayed.outcomes
    assert (outcome.raw_offset, outcome.raw_timestamp_ms) == (7, ARRIVED_MS)


def test_a_replay_that_succeeds_is_no_duplicate_of_itself() -> None:
    state = DictState()
    (parsed,) = run_parse(again(raw(TEXT, offset=7)), Options(), NOW).emits
    with state.transaction() as overlay:
        (unique,) = run_dedupe(as_input(parsed, "parsed-articles"), overlay, Options(), NOW).result.emits
    result = run_enrich(as_input(unique, "unique-articles"), Options(), NOW)
    assert [outcome.kind for outcome in result.outcomes] == [OutcomeKind.ENRICHED]
    article = EnrichedArticle.model_validate_json(result.emits[0].value or b"")
    assert (article.raw.offset, article.raw.items, article.processing.attempt) == (7, 1, 2)


def test_a_replay_gets_the_verdict_that_its_record_had() -> None:
    state = DictState()
    for message in (raw(TEXT, offset=1), raw(TEXT, offset=2)):
        with state.transaction() as overlay:
            (parsed,) = run_parse(message, Options(), NOW).emits
            run_dedupe(as_input(parsed, "parsed-articles"), overlay, Options(), NOW)
    (parsed,) = run_parse(again(raw(TEXT, offset=1)), Options(), NOW).emits
    with state.transaction() as overlay:
        decided = run_dedupe(as_input(parsed, "parsed-articles"), overlay, Options(), NOW)
    assert decided.events == ()
    assert [outcome.kind for outcome in decided.result.outcomes] == [OutcomeKind.FORWARDED]


@pytest.mark.parametrize("stage", list(Stage))
def test_failing_again_in_any_stage_is_the_same_dead_letter(stage: Stage) -> None:
    message = again(raw(TEXT, offset=7), attempts=2)
    if stage is not Stage.PARSE:
        (parsed,) = run_parse(message, Options(), NOW).emits
        message = as_input(parsed, "parsed-articles")
    if stage is Stage.ENRICH:
        with DictState().transaction() as overlay:
            (unique,) = run_dedupe(message, overlay, Options(), NOW).result.emits
        message = as_input(unique, "unique-articles")
    (emit,) = dead_letter_for(message, stage, Code.INTERNAL, RuntimeError("no"), Options(), NOW, attempts=2).emits
    found = letter(emit)
    assert found.dead_letter_id == "raw-articles-0-7-0"
    assert (found.attempts, found.first_failed_at, found.last_failed_at) == (4, FAILED, NOW)
    assert dict(emit.headers)["dlq-attempts"] == b"4"
    assert dict(emit.headers)[REPLAYED_FROM] == FROM.encode()
    assert (found.original.topic, found.original.offset) == (message.topic, message.offset), "where a replay re-enters"


@pytest.mark.parametrize("enters", list(Stage))
def test_a_replay_is_received_where_it_enters_and_nowhere_else(enters: Stage) -> None:
    first = FirstRaw("raw-articles", 0, 7, 0, None, ARRIVED_MS)
    marks = replay_headers(Replay(first, 1, FAILED, enters), FROM)
    message = replace(raw(TEXT, offset=500), headers=marks)
    parsed = run_parse(message, Options(), NOW)
    with DictState().transaction() as overlay:
        decided = run_dedupe(as_input(parsed.emits[0], "parsed-articles"), overlay, Options(), NOW).result
    unique = as_input(decided.emits[0], "unique-articles")
    enriched = run_enrich(unique, Options(), NOW)
    dead = dead_letter_for(unique, Stage.ENRICH, Code.INTERNAL, RuntimeError("no"), Options(), NOW)
    found = [result.outcomes[0].reentered for result in (decided, enriched, dead)]
    assert found == [enters is Stage.DEDUPE, enters is Stage.ENRICH, enters is Stage.ENRICH]


def test_of_a_feed_only_the_item_that_failed_is_processed() -> None:
    first = run_parse(raw(FEED, offset=7), Options(), NOW)
    assert [(o.item, o.items) for o in first.outcomes] == [(0, 3), (1, 3), (2, 3)]
    replayed = run_parse(again(raw(FEED, offset=7), item=1, items=3), Options(), NOW)
    assert [stable(emit) for emit in replayed.emits] == [stable(first.emits[1])]


def test_of_a_record_that_was_never_divided_everything_is_processed() -> None:
    (failed,) = run_parse(raw(FEED, offset=7), STRICT, NOW).emits
    assert letter(failed).raw.items is None
    replayed = run_parse(again(raw(FEED, offset=7)), Options(), NOW)
    assert [(o.raw_offset, o.item, o.items) for o in replayed.outcomes] == [(7, 0, 3), (7, 1, 3), (7, 2, 3)]


@pytest.mark.parametrize("options", [STRICT, Options()], ids=["unread", "divided otherwise"])
def test_a_replayed_item_has_one_outcome_whatever_becomes_of_its_feed(options: Options) -> None:
    result = run_parse(again(raw(FEED, offset=7), item=4, items=9), options, NOW)
    (outcome,) = result.outcomes
    assert (outcome.kind, outcome.raw_offset, outcome.item, outcome.items) == (OutcomeKind.DEAD, 7, 4, 9)
    assert letter(result.emits[0]).dead_letter_id == "raw-articles-0-7-4"


def test_a_process_that_dies_on_a_replay_leaves_the_item_as_it_was() -> None:
    message = again(raw(FEED, offset=7), item=2, items=3)
    (emit,) = dead_letter_for(message, Stage.PARSE, Code.PARSE_TIMEOUT, TimeoutError(), Options(), NOW).emits
    assert letter(emit).dead_letter_id == "raw-articles-0-7-2"
    assert letter(emit).raw.items == 3


def forged(**changes: object) -> bytes:
    raw_fields = {"topic": "raw-articles", "partition": 0, "offset": 7, "item": 0, "items": 1, "timestamp_ms": 5}
    replay = {"raw": raw_fields, "attempts": 1, "first_failed_at": "2026-03-01T12:05:00Z"}
    for name, value in changes.items():
        (raw_fields if name in raw_fields else replay)[name] = value
    return json.dumps(replay).encode()


def test_what_is_forged_below_is_right_without_changes() -> None:
    message = Message("raw-articles", 0, 8, ARRIVED_MS, None, TEXT.encode(), ((HEADER, forged()),))
    assert read_replay(message, Stage.PARSE) is not None


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 5000,
        forged(topic="other-articles"),
        forged(partition=1),
        forged(offset=8),
        forged(offset=9),
        forged(offset=-1),
        forged(offset=2**70),
        forged(item=1),
        forged(item=1, items=None),
        forged(items=0),
        forged(timestamp_ms=10**17),
        forged(timestamp_ms="now"),
        forged(attempts=0),
        forged(attempts=10**12),
        forged(first_failed_at="2026-03-01T12:05:00"),
        forged(first_failed_at=None),
        forged(first_failed_at="0001-01-01T00:00:00+14:00"),
        forged(first_failed_at="9999-12-31T23:59:59-14:00"),
        forged(timestamp_ms=ARRIVED_MS + 7_200_000),
        forged(topic="x" * 3000),
    ],
)
def test_a_header_of_strangers_is_refused_and_the_record_keeps_its_own_name(value: bytes) -> None:
    message = Message("raw-articles", 0, 8, ARRIVED_MS, None, TEXT.encode(), ((HEADER, value), (REPLAYED_FROM, b"x")))
    result = run_parse(message, Options(), NOW)
    found = letter(result.emits[0])
    assert (found.dead_letter_id, found.code) == ("raw-articles-0-8-0", Code.INVALID_ENVELOPE)
    assert found.message.startswith(f"header {HEADER}: ")
    assert found.attempts == 1
    assert REPLAYED_FROM not in dict(result.emits[0].headers)


def test_where_it_was_replayed_from_means_nothing_by_itself() -> None:
    (emit,) = run_parse(raw(TEXT, offset=8, dlq_replayed_from=FROM), Options(), NOW).emits
    assert h.header(emit.headers, h.RAW) == b"raw-articles-0-8-0"
    assert h.header(emit.headers, REPLAYED_FROM) is None


def test_an_internal_record_that_cannot_be_read_is_still_the_outcome_of_its_item() -> None:
    (parsed,) = run_parse(again(raw(FEED, offset=7), item=1, items=3), Options(), NOW).emits
    own = run_parse(raw(TEXT, offset=9), Options(), NOW).emits[0]
    for emit, expected in ((parsed, "raw-articles-0-7-1"), (own, "raw-articles-0-9-0")):
        broken = replace(as_input(emit, "parsed-articles"), value=b"{")
        with DictState().transaction() as overlay:
            (dead,) = run_dedupe(broken, overlay, Options(), NOW).result.emits
        assert letter(dead).dead_letter_id == expected
        assert letter(dead).code is Code.SCHEMA_INVALID


def test_headers_without_replay_are_those_of_the_producer() -> None:
    message = raw(TEXT, offset=7, x_url="https://a.example/")
    assert without_replay(again(again(message)).headers) == message.headers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("raw-articles-4-99-0", ("raw-articles", 4, 99, 0)),
        ("raw-1-2-3-4", ("raw-1", 2, 3, 4)),
        ("raw-articles-4-99", None),
        ("raw-articles", None),
        ("-1-2-3", None),
        ("raw-4-99-\u0663", None),
        ("", None),
    ],
)
def test_coordinates_are_read_from_the_right(text: str, expected: object) -> None:
    assert split_coordinates(text) == expected
