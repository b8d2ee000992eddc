"""What is kept for people who look: counted right, bounded, and harmless to show."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.looked_at import HOSTILE, SPOOFS, ended, example, forwarded, titled

from copydesk.adapters.metrics import Metrics
from copydesk.app.accounting import Accounting
from copydesk.app.published import read
from copydesk.app.rates import Rates
from copydesk.app.recent import SPAN_S, Recent, plain
from copydesk.app.why import evidence, headline, outcome, verdict, why
from copydesk.core.records import OutcomeKind
from copydesk_schemas.reasons import Code, Stage

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_rates_count_whole_seconds_and_leave_out_the_running_one() -> None:
    clock = Clock()
    rates = Rates(5, clock)
    for second in range(8):
        clock.now = 1_000 + second + 0.3
        for _ in range(second):
            rates.count("x")
    assert rates.series("x") == [2, 3, 4, 5, 6]
    assert rates.series("y") == [0] * 5
    assert rates.within("x", 2) == 11
    assert rates.per_second("x", 2) == 5.5
    clock.now += 2
    assert rates.series("x") == [4, 5, 6, 7, 0]
    clock.now += 100
    assert rates.series("x") == [0] * 5


def test_a_rate_soon_after_the_start_is_of_the_time_there_was() -> None:
    clock = Clock()
    rates = Rates(60, clock)
    assert rates.per_second("x", 10) == 0.0
    for _ in range(6):
        rates.count("x")
    clock.now += 2
    assert rates.per_second("x", 10) == 3.0


def test_each_outcome_is_counted_with_its_reason_and_kept_with_its_words() -> None:
    recent = Recent(10, clock=lambda: 1_774_000_000.0)
    recent.record(*forwarded())
    for kind in (OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD):
        recent.record(*ended(kind))
    assert recent.totals == {"received": 2, "enriched": 1, "duplicate": 1, "dead": 1}  # a dead letter of parse came in
    dead, copy, article = reversed(recent.articles)
    assert [article.outcome, copy.outcome, dead.outcome] == ["enriched", "duplicate", "dead"]
    fields = example(OutcomeKind.ENRICHED)
    assert (article.title, article.url, article.reason) == (fields["title"], fields["canonical_url"], "unique")
    assert article.why == "Nothing like it was published before."
    assert copy.reason == "near_duplicate"
    assert "«Port Ellery keeps its ferry»" in copy.why
    assert copy.evidence == ("19 of 19 sampled phrases shared", "titles 100% alike", "101% as long as the original")
    assert copy.source == "mirror.example"
    letter = example(OutcomeKind.DEAD)
    assert dead.reason == letter["code"]
    assert dead.why.endswith(letter["hint"])
    assert recent.reasons[OutcomeKind.DUPLICATE, "near_duplicate"] == 1
    kept = recent.letters[letter["code"]]
    assert (kept.count, kept.kind, kept.hint) == (1, letter["kind"], letter["hint"])
    assert recent.faults() == {}


def test_faults_are_told_from_policy() -> None:
    clock = Clock()
    recent = Recent(10, steady=clock)
    letter = example(OutcomeKind.DEAD, "failed")
    recent.record(*ended(OutcomeKind.DEAD, letter))
    clock.now += 1
    assert recent.faults() == {letter["code"]: 1}
    clock.now += SPAN_S
    assert recent.faults() == {}


def test_a_replayed_letter_comes_in_again_and_backfill_has_no_latency() -> None:
    recent = Recent(10, clock=lambda: 100.0)
    recent.record(*ended(OutcomeKind.ENRICHED, reentered=True, backfill=True, raw_timestamp_ms=40_000))
    assert recent.totals["received"] == 1
    assert recent.articles[0].latency_s is None
    assert recent.latencies() == []
    recent.record(*ended(OutcomeKind.ENRICHED, raw_timestamp_ms=40_000))
    assert recent.latencies() == [60.0]
    recent.record(*ended(OutcomeKind.ENRICHED, raw_timestamp_ms=140_000))  # a clock that is ahead
    assert recent.articles[-1].latency_s == 0.0


def test_latencies_are_of_the_last_minutes() -> None:
    clock = Clock()
    recent = Recent(10, clock=lambda: 100.0, steady=clock)
    recent.record(*ended(OutcomeKind.ENRICHED, raw_timestamp_ms=40_000))
    clock.now += SPAN_S + 1
    assert recent.latencies() == []


def test_memory_is_bounded_however_much_happens() -> None:
    clock = Clock()
    recent = Recent(20, steady=clock)
    fields = example(OutcomeKind.ENRICHED)
    fields["title"] = "T" * 100_000
    fields["url"] = fields["canonical_url"] = "https://a.example/" + "u" * 100_000
    fields["source"]["domain"] = "d" * 100_000
    fields["body"] = "b" * 100_000
    big = ended(OutcomeKind.ENRICHED, fields)

    def send(count: int) -> None:
        for _ in range(count):
            clock.now += 1
            recent.record(*big)

    send(SPAN_S + 50)
    tracemalloc.start()
    send(1_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 500_000
    assert len(recent.articles) == 20
    assert len(recent.articles[0].title) <= 300
    assert recent.articles[0].url is None


def test_without_articles_no_text_of_any_is_kept() -> None:
    recent = Recent(0)
    for kind in (OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD):
        recent.record(*titled(kind, "a headline of theirs"))
    assert not recent.articles
    assert recent.totals == {"received": 1, "enriched": 1, "duplicate": 1, "dead": 1}
    (letters,) = recent.letters.values()
    assert letters.hint
    assert letters.last_message == ""


@pytest.mark.parametrize("kind", [OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD])
@pytest.mark.parametrize("title", [*HOSTILE, *SPOOFS])
def test_no_control_character_is_kept(kind: OutcomeKind, title: str) -> None:
    recent = Recent(5)
    recent.record(*titled(kind, title))
    kept = recent.articles[0]
    for text in (kept.title, kept.why, *kept.evidence, *(entry.last_message for entry in recent.letters.values())):
        assert text.isprintable(), ascii(text)
        assert "\u202e" not in text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example/x",
        "https://a.example/\u202e",
        "https://a/" + "x" * 2_000,
    ],
)
def test_what_is_no_address_of_the_web_is_no_link(url: str) -> None:
    recent = Recent(5)
    recent.record(*titled(OutcomeKind.ENRICHED, "A title", url))
    assert recent.articles[0].url is None


@pytest.mark.parametrize("kind", [OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD])
@pytest.mark.parametrize("value", [b"3", b"not JSON", b"{}", b'{"dedup": 1, "evidence": {}, "code": null}', None])
def test_records_of_other_stages_are_counted_and_stop_nothing(kind: OutcomeKind, value: bytes | None) -> None:
    stage, result = ended(kind)
    recent = Recent(5)
    recent.record(stage, replace(result, emits=(replace(result.emits[0], value=value),)))
    assert recent.totals[kind] == 1
    kept = recent.articles[0]
    assert (kept.title, kept.outcome, kept.reason) == (kept.raw, str(kind), str(next(iter(recent.reasons))[1]))
    assert kept.why == "What was published is no record of the contract."


@pytest.mark.parametrize("kind", [OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD])
def test_what_is_read_of_a_record_tells_what_all_of_it_tells(kind: OutcomeKind) -> None:
    folder = {"enriched": "enriched", "duplicate": "duplicate", "dead": "dead_letter"}[kind]
    examples = sorted((EXAMPLES / folder / "valid").glob("*.json"))
    assert len(examples) >= 2
    for path in examples:
        whole = json.loads(path.read_bytes())
        part = read(kind, path.read_bytes())
        assert part is not None, path
        assert len(part) < len(whole)
        for told in (outcome, verdict, headline, why, evidence):
            assert told(part) == told(whole), path


def test_a_text_is_cut_with_a_sign() -> None:
    assert plain("ab  cd\n\tef", 99) == "ab cd ef"
    assert plain("abcdef", 4) == "abc…"
    assert plain("👩\u200d🚒 crew", 99) == "👩\u200d🚒 crew"  # joined emoji stay whole


def test_the_accounting_tells_it_what_the_metrics_count() -> None:
    metrics, recent = Metrics(), Recent(5)
    accounting = Accounting(metrics, observe=recent.record)
    came_in = [forwarded(), forwarded()]
    results = [*came_in, *map(ended, (OutcomeKind.ENRICHED, OutcomeKind.DUPLICATE, OutcomeKind.DEAD))]
    for stage, result in results:
        accounting.record(stage, result)
    value = metrics.registry.get_sample_value
    assert recent.totals["received"] == value("copydesk_items_received_total") == 3
    for (kind, reason), count in recent.reasons.items():
        labels = {"kind": kind, "reason": reason}
        where = {"enriched": "enrich", "duplicate": "dedupe", "dead": "parse"}[kind]
        assert value("copydesk_outcomes_total", {**labels, "stage": where}) == count
    assert set(recent.letters) == {json.loads(results[-1][1].emits[0].value or b"")["code"]} <= set(map(str, Code))
    assert recent.rates.series(Stage.PARSE)[-1] == 0  # the second is still running
