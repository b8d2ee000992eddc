"""Whatever becomes of a backfill item, its outcome says so: live freshness figures leave it out."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.desk import prose
from tests.support.records import ARRIVED_MS, DictState, raw

from copydesk.adapters.kafka.jobs import Handled
from copydesk.adapters.metrics import Metrics
from copydesk.app.accounting import Accounting
from copydesk.app.handlers import Refusal
from copydesk.core.options import EnrichOptions, Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Emit, Message, OutcomeKind, StageResult
from copydesk.core.replay import FirstRaw, Replay, replay_headers
from copydesk.core.stages import dead_letter_for, run_dedupe, run_enrich, run_parse
from copydesk_schemas.reasons import Code, Stage

NOW = datetime(2026, 3, 1, 13, tzinfo=UTC)
OPTIONS = Options()


def envelope(priority: str, **fields: Any) -> bytes:
    return json.dumps({"priority": priority, **fields}).encode()


def message_of(emit: Emit) -> Message:
    return Message("internal", 0, 0, 1_772_366_400_000, emit.key, emit.value, emit.headers)


def parsed(value: bytes) -> StageResult:
    return run_parse(raw(value), OPTIONS, NOW)


def article(priority: str) -> Message:
    return message_of(parsed(envelope(priority, content=prose(200), url="https://example.com/a")).emits[0])


def unique(priority: str) -> Message:
    return message_of(run_dedupe(article(priority), Overlay(DictState()), OPTIONS, NOW).result.emits[0])


def broken(message: Message, stage: Stage) -> Message:
    """The same record with a key that its schema does not know."""
    fields = json.loads(message.value or b"")
    (fields if stage is Stage.DEDUPE else fields["article"])["unknown"] = 1
    return replace(message, value=json.dumps(fields).encode())


def duplicate(priority: str) -> StageResult:
    overlay = Overlay(DictState())
    run_dedupe(article("live"), overlay, OPTIONS, NOW)
    again = raw(envelope(priority, content=prose(200)), offset=9)
    return run_dedupe(message_of(run_parse(again, OPTIONS, NOW).emits[0]), overlay, OPTIONS, NOW).result


def unknown_takedown(priority: str) -> StageResult:
    message = message_of(parsed(envelope(priority, action="delete", url="https://example.com/none")).emits[0])
    return run_dedupe(message, Overlay(DictState()), OPTIONS, NOW).result


def refused(priority: str, *, again: bool) -> StageResult:
    """The broker refuses the result, and in the second case the dead letter too."""
    message = unique(priority)
    handled = Handled(run_enrich(message, OPTIONS, NOW))
    for _ in range(1 + again):
        handled = Refusal(OPTIONS, lambda: NOW)(handled, message, 0, ValueError("too large"))
    return handled.result


def feed(priority: str) -> StageResult:
    items = f"<item><title>Long</title><description>{prose(80)}</description></item><item></item>"
    return parsed(
        envelope(priority, content=f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>')
    )


ENDS: dict[str, tuple[OutcomeKind, Callable[[str], StageResult]]] = {
    "parsed": (OutcomeKind.FORWARDED, lambda p: parsed(envelope(p, content=prose(200)))),
    "feed": (OutcomeKind.DEAD, feed),
    "unique": (
        OutcomeKind.FORWARDED,
        lambda p: run_dedupe(article(p), Overlay(DictState()), OPTIONS, NOW).result,
    ),
    "enriched": (OutcomeKind.ENRICHED, lambda p: run_enrich(unique(p), OPTIONS, NOW)),
    "duplicate": (OutcomeKind.DUPLICATE, duplicate),
    "unknown takedown": (OutcomeKind.DEAD, unknown_takedown),
    "empty": (OutcomeKind.DEAD, lambda p: parsed(envelope(p, content=" "))),
    "invalid envelope": (OutcomeKind.DEAD, lambda p: parsed(envelope(p, content="x", content_base64="eA=="))),
    "bad url": (OutcomeKind.DEAD, lambda p: parsed(envelope(p, content="x", url="file:///etc/passwd"))),
    "binary": (
        OutcomeKind.DEAD,
        lambda p: parsed(envelope(p, content_base64=base64.b64encode(b"%PDF-1.7\0\1").decode())),
    ),
    "parse timeout": (
        OutcomeKind.DEAD,
        lambda p: dead_letter_for(
            raw(envelope(p, content="x")), Stage.PARSE, Code.PARSE_TIMEOUT, TimeoutError(), OPTIONS, NOW
        ),
    ),
    "broken parsed record": (
        OutcomeKind.DEAD,
        lambda p: run_dedupe(broken(article(p), Stage.DEDUPE), Overlay(DictState()), OPTIONS, NOW).result,
    ),
    "broken unique record": (
        OutcomeKind.DEAD,
        lambda p: run_enrich(broken(unique(p), Stage.ENRICH), OPTIONS, NOW),
    ),
    "enricher fails": (
        OutcomeKind.DEAD,
        lambda p: run_enrich(unique(p), Options(enrich=EnrichOptions(enrichers=("no such",))), NOW),
    ),
    "enrich timeout": (
        OutcomeKind.DEAD,
        lambda p: dead_letter_for(unique(p), Stage.ENRICH, Code.ENRICH_TIMEOUT, TimeoutError(), OPTIONS, NOW),
    ),
    "refused": (OutcomeKind.DEAD, lambda p: refused(p, again=False)),
    "dead letter refused": (OutcomeKind.DEAD, lambda p: refused(p, again=True)),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_outcome_of_a_backfill_item_says_that_it_is_one(name: str) -> None:
    kind, make = ENDS[name]
    for priority in ("live", "backfill"):
        outcomes = make(priority).outcomes
        assert kind in {outcome.kind for outcome in outcomes}
        assert {outcome.backfill for outcome in outcomes} == {priority == "backfill"}


@pytest.mark.parametrize("name", [name for name, (kind, _) in ENDS.items() if kind is not OutcomeKind.FORWARDED])
def test_no_end_of_a_backfill_item_enters_the_freshness_figures(name: str) -> None:
    kind, make = ENDS[name]
    for priority, counted in (("live", True), ("backfill", False)):
        metrics = Metrics()
        result = make(priority)
        Accounting(metrics, clock=NOW.timestamp).record(result.outcomes[0].stage, result)
        count = metrics.registry.get_sample_value("copydesk_end_to_end_seconds_count", {"kind": kind})
        assert bool(count) is counted


@pytest.mark.parametrize(
    "value", [None, b"", b"<p>backfill</p>", b'{"priority": "backfill"', b'["backfill"]', b'{"x": "backfill"}']
)
def test_what_does_not_say_it_is_live(value: bytes | None) -> None:
    for stage in Stage:
        result = dead_letter_for(raw(value), stage, Code.INTERNAL, ValueError(), OPTIONS, NOW)
        assert [outcome.backfill for outcome in result.outcomes] == [False]


def replayed(message: Message) -> Message:
    """The record as `dlq replay` writes it, a day later."""
    first = FirstRaw(message.topic, message.partition, message.offset, 0, None, message.timestamp_ms)
    marks = replay_headers(Replay(first, 1, NOW), "dead-letter-0-1")
    return replace(message, offset=99, headers=(*message.headers, *marks))


def test_a_replay_is_not_live_in_any_stage() -> None:
    """It carries the time of its first record: the figures would show how long its repair took."""
    parsing = run_parse(replayed(raw(envelope("live", content=prose(200)))), OPTIONS, NOW)
    deciding = run_dedupe(message_of(parsing.emits[0]), Overlay(DictState()), OPTIONS, NOW).result
    enriching = run_enrich(message_of(deciding.emits[0]), OPTIONS, NOW)
    failing = run_parse(replayed(raw(envelope("live", content=" "))), OPTIONS, NOW)
    kinds = [one.outcomes[0].kind for one in (parsing, deciding, enriching, failing)]
    assert kinds == [OutcomeKind.FORWARDED, OutcomeKind.FORWARDED, OutcomeKind.ENRICHED, OutcomeKind.DEAD]
    assert all(one.outcomes[0].backfill for one in (parsing, deciding, enriching, failing))


def test_the_replay_of_an_article_that_was_taken_down_meanwhile_does_not_publish_it() -> None:
    overlay = Overlay(DictState())
    url = "https://example.com/a"
    takedown = raw(envelope("live", action="delete", url=url), offset=5, timestamp_ms=ARRIVED_MS + 60_000)
    run_dedupe(message_of(run_parse(takedown, OPTIONS, NOW).emits[0]), overlay, OPTIONS, NOW)
    (emit,) = run_parse(replayed(raw(envelope("live", content=prose(200), url=url))), OPTIONS, NOW).emits
    (outcome,) = run_dedupe(message_of(emit), overlay, OPTIONS, NOW).result.outcomes
    assert (outcome.code, outcome.raw_offset) == (Code.TAKEN_DOWN, 0)
