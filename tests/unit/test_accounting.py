import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from copydesk.adapters.kafka.observe import Commit, Place
from copydesk.adapters.logs import configure_logging
from copydesk.adapters.metrics import CATALOGUE, Metrics
from copydesk.app.accounting import Accounting
from copydesk.core.records import Emit, Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import ChangeKind, Code, DuplicateVerdict, Flag, Stage
from copydesk_schemas.topics import TopicRole

OUTCOME = Outcome(
    stage=Stage.ENRICH,
    kind=OutcomeKind.ENRICHED,
    raw_topic="raw-articles",
    raw_partition=2,
    raw_offset=17,
    item=0,
    raw_timestamp_ms=1_000_000,
    article_id="a" * 32,
    revision=1,
    verdict="unique",
    language="en",
    extractor="trafilatura",
    flags=(Flag.NO_AUTHOR,),
    filled=("title", "authors"),
    domain="paper.example",
    change=ChangeKind.NEW,
    quality=0.9,
    words=320,
    published_ms=940_000,
    earlier_ms={Stage.PARSE: 12.5},
    trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
)


def result(*outcomes: Outcome, **timings: float) -> StageResult:
    return StageResult(tuple(Emit(TopicRole.DEAD, None, b"") for _ in outcomes), outcomes, timings)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    configure_logging(pretty=False, stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_an_article_is_counted_once_and_leaves_one_line(log: io.StringIO) -> None:
    metrics = Metrics()
    accounting = Accounting(metrics, clock=lambda: 1_002.5)
    forwarded = replace(OUTCOME, stage=Stage.PARSE, kind=OutcomeKind.FORWARDED, verdict=None)
    accounting.record(Stage.PARSE, result(forwarded, html=12.0))
    assert value(metrics, "copydesk_balance_items") == 1
    assert log.getvalue() == ""

    accounting.record(Stage.ENRICH, result(OUTCOME, entities=3.0, quotes=1.0))
    assert value(metrics, "copydesk_balance_items") == 0
    assert value(metrics, "copydesk_items_received_total") == 1
    assert value(metrics, "copydesk_outcomes_total", stage="enrich", kind="enriched", reason="unique") == 1
    assert value(metrics, "copydesk_end_to_end_seconds_sum", kind="enriched") == pytest.approx(1_002.5 - 1_000)
    assert value(metrics, "copydesk_flags_total", flag="no_author") == 1
    assert value(metrics, "copydesk_fields_filled_total", field="authors") == 1
    (line,) = [json.loads(text) for text in log.getvalue().splitlines()]
    assert line["event"] == "article"
    assert line["raw"] == "raw-articles-2-17-0"
    assert (line["topic"], line["partition"], line["offset"], line["item"]) == ("raw-articles", 2, 17, 0)
    assert line["work_ms"] == {"parse": 12.5, "enrich": 4.0}
    assert line["steps_ms"] == {"entities": 3.0, "quotes": 1.0}
    assert (line["domain"], line["words"], line["flags"]) == ("paper.example", 320, ["no_author"])
    assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert line["level"] == "info"
    assert list(line)[:3] == ["timestamp", "level", "event"]


def test_backfill_stays_out_of_the_freshness_figures(log: io.StringIO) -> None:
    metrics = Metrics()
    Accounting(metrics, clock=lambda: 9e9).record(Stage.ENRICH, result(replace(OUTCOME, backfill=True)))
    assert value(metrics, "copydesk_end_to_end_seconds_count", kind="enriched") == 0
    assert value(metrics, "copydesk_freshness_seconds_count") == 0
    assert value(metrics, "copydesk_source_last_seen_timestamp_seconds", source="paper.example") is None
    assert value(metrics, "copydesk_source_outcomes_total", source="paper.example", kind="enriched") == 1
    assert "latency_s" not in json.loads(log.getvalue())


def test_a_dead_letter_is_a_warning_with_its_code(log: io.StringIO) -> None:
    metrics = Metrics()
    dead = replace(OUTCOME, stage=Stage.PARSE, kind=OutcomeKind.DEAD, code=Code.EMPTY, message="no content")
    Accounting(metrics).record(Stage.PARSE, result(dead))
    line = json.loads(log.getvalue())
    assert (line["level"], line["code"], line["message"]) == ("warning", "empty", "no content")
    assert value(metrics, "copydesk_outcomes_total", stage="parse", kind="dead", reason="empty") == 1
    assert value(metrics, "copydesk_balance_items") == 0


def test_tracebacks_in_the_log_hold_no_local_variables(log: io.StringIO) -> None:
    secret = "article text that must not leak"  # noqa: S105 - not a password

    def boom() -> None:
        body = secret
        raise RuntimeError(len(body))

    try:
        boom()
    except RuntimeError:
        logging.getLogger("aiokafka").exception("failed")
    assert "RuntimeError" in log.getvalue()
    assert secret not in log.getvalue()


def test_every_metric_of_the_catalogue_is_exported() -> None:
    text = Metrics().render().decode()
    for spec in CATALOGUE:
        assert f"# HELP {spec.name.removesuffix('_total')}" in text, spec.name
        assert f"# TYPE {spec.name.removesuffix('_total')}" in text, spec.name


def test_two_applications_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.received()
    assert value(one, "copydesk_items_received_total") == 1
    assert value(other, "copydesk_items_received_total") == 0


def test_pool_totals_never_go_back() -> None:
    metrics = Metrics()
    metrics.pool(workers=2, busy=1, waiting=0, timeouts=3, crashes=0)
    metrics.pool(workers=2, busy=2, waiting=5, timeouts=3, crashes=1, recycled=4, rebuilds=5)
    assert value(metrics, "copydesk_pool_busy") == 2
    assert value(metrics, "copydesk_pool_waiting") == 5
    assert value(metrics, "copydesk_pool_recycled_total") == 4
    assert value(metrics, "copydesk_pool_rebuilds_total") == 5
    assert value(metrics, "copydesk_pool_timeouts_total") == 3
    assert value(metrics, "copydesk_pool_crashes_total") == 1
    metrics.pool(workers=2, busy=0, waiting=0, timeouts=1, crashes=1)
    assert value(metrics, "copydesk_pool_timeouts_total") == 4, "another pool, whose total began anew"


def test_figures_of_a_partition_that_went_elsewhere_are_forgotten() -> None:
    metrics = Metrics()
    where = {"stage": "parse", "topic": "raw-articles", "partition": "3"}
    metrics.place(Stage.PARSE, "raw-articles", 3, Place(lag=12, lag_s=4.5, next_offset=30, end=42, idle_s=0.5))
    assert value(metrics, "copydesk_lag_records", **where) == 12
    assert value(metrics, "copydesk_lag_seconds", **where) == 4.5
    assert value(metrics, "copydesk_next_offset", **where) == 30
    assert value(metrics, "copydesk_end_offset", **where) == 42
    assert value(metrics, "copydesk_progress_age_seconds", **where) == 0.5
    metrics.place(Stage.PARSE, "raw-articles", 3, Place(next_offset=30))
    assert value(metrics, "copydesk_lag_seconds", **where) is None, "nobody knows"
    assert value(metrics, "copydesk_next_offset", **where) == 30
    metrics.place(Stage.PARSE, "raw-articles", 3, Place())
    assert value(metrics, "copydesk_next_offset", **where) is None


def test_the_state_of_a_partition_that_went_elsewhere_is_forgotten() -> None:
    metrics = Metrics()
    metrics.state_size(0, 12, 4096)
    metrics.state_size(1, 1, 1)
    metrics.restore_progress(0, 3, 4)
    metrics.state_forgotten(0)
    assert value(metrics, "copydesk_state_bytes", partition="0") is None
    assert value(metrics, "copydesk_restore_records", partition="0", what="done") is None
    assert value(metrics, "copydesk_state_keys", partition="1") == 1


@pytest.mark.parametrize("stage", [Stage.DEDUPE, Stage.ENRICH])
def test_what_a_replay_brings_in_is_received_again(stage: Stage) -> None:
    metrics = Metrics()
    accounting = Accounting(metrics)
    dead = replace(OUTCOME, stage=stage, kind=OutcomeKind.DEAD, code=Code.ENRICH_TIMEOUT)
    accounting.record(Stage.PARSE, result(replace(OUTCOME, stage=Stage.PARSE, kind=OutcomeKind.FORWARDED)))
    accounting.record(stage, result(dead))
    assert value(metrics, "copydesk_balance_items") == 0
    accounting.record(stage, result(replace(OUTCOME, stage=stage, reentered=True)))
    assert value(metrics, "copydesk_balance_items") == 0
    assert value(metrics, "copydesk_items_received_total") == 2


def test_the_freshness_of_what_is_new_is_measured_and_of_revisions_it_is_not(log: io.StringIO) -> None:
    metrics = Metrics()
    accounting = Accounting(metrics, clock=lambda: 1_000.0)
    accounting.record(Stage.ENRICH, result(OUTCOME))
    accounting.record(Stage.ENRICH, result(replace(OUTCOME, change=ChangeKind.REVISION)))
    accounting.record(Stage.ENRICH, result(replace(OUTCOME, published_ms=None)))
    assert value(metrics, "copydesk_freshness_seconds_count") == 1
    assert value(metrics, "copydesk_freshness_seconds_sum") == 60
    assert value(metrics, "copydesk_changes_total", change="revision") == 1
    assert len(log.getvalue().splitlines()) == 3


def test_copies_are_counted_by_verdict_and_method() -> None:
    metrics = Metrics()
    copy = replace(
        OUTCOME,
        stage=Stage.DEDUPE,
        kind=OutcomeKind.DUPLICATE,
        verdict=DuplicateVerdict.NEAR_DUPLICATE,
        method="bottom16-containment",
        similarity=0.84,
        filled=(),
    )
    metrics.outcome(copy, 1.0)
    metrics.outcome(replace(copy, verdict=DuplicateVerdict.EXACT_TEXT, method="hash", similarity=1.0), 1.0)
    found = {"verdict": "near_duplicate", "method": "bottom16-containment"}
    assert value(metrics, "copydesk_duplicates_total", **found) == 1
    assert value(metrics, "copydesk_duplicates_total", verdict="exact_text", method="hash") == 1
    assert value(metrics, "copydesk_duplicate_similarity_ratio_sum", verdict="near_duplicate") == 0.84
    assert value(metrics, "copydesk_duplicate_similarity_ratio_sum", verdict="exact_text") is None


def test_dead_letters_are_told_apart_by_whose_fault_they_are() -> None:
    metrics = Metrics()
    fault = {"stage": "parse", "kind": "failed", "code": "parse_error"}
    assert value(metrics, "copydesk_dead_letters_total", **fault) == 0, "else the first one is no increase"
    dead = replace(OUTCOME, stage=Stage.PARSE, kind=OutcomeKind.DEAD, code=Code.PARSE_ERROR)
    metrics.outcome(dead, 1.0)
    metrics.outcome(replace(dead, code=Code.EMPTY), 1.0)
    assert value(metrics, "copydesk_dead_letters_total", **fault) == 1
    assert value(metrics, "copydesk_dead_letters_total", stage="parse", kind="rejected", code="empty") == 1


def test_every_code_of_each_stage_is_there_from_the_start() -> None:
    metrics = Metrics()
    begun = {
        sample.labels["code"]
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "copydesk_dead_letters_total"
    }
    assert begun == set(Code)


def test_a_stage_of_another_worker_has_no_series() -> None:
    text = Metrics([Stage.PARSE]).render().decode()
    assert 'stage="parse"' in text
    assert 'stage="dedupe"' not in text
    assert 'field="title"' not in text


def test_sources_are_counted_by_name_as_far_as_there_is_room() -> None:
    metrics = Metrics(top_sources=1)
    metrics.outcome(OUTCOME, 70.0)
    metrics.outcome(replace(OUTCOME, domain="other.example"), 80.0)
    metrics.outcome(replace(OUTCOME, domain=None, filled=()), 90.0)
    kinds = {"kind": "enriched"}
    assert value(metrics, "copydesk_source_outcomes_total", source="paper.example", **kinds) == 1
    assert value(metrics, "copydesk_source_outcomes_total", source="other", **kinds) == 1
    assert value(metrics, "copydesk_source_outcomes_total", source="unknown", **kinds) == 1
    assert value(metrics, "copydesk_source_fields_filled_total", source="paper.example", field="authors") == 1
    assert value(metrics, "copydesk_source_last_seen_timestamp_seconds", source="paper.example") == 70.0
    assert value(metrics, "copydesk_source_last_seen_timestamp_seconds", source="other") is None
    assert value(metrics, "copydesk_sources_tracked") == 1
    for _ in range(2):
        metrics.outcome(replace(OUTCOME, domain="other.example"), 100.0)
    assert value(metrics, "copydesk_source_last_seen_timestamp_seconds", source="other.example") == 100.0
    assert "paper.example" not in metrics.render().decode(), "it had to give up its place"


def test_a_transaction_is_counted_with_its_bytes() -> None:
    metrics = Metrics()
    metrics.committed(Stage.PARSE, Commit(0.02, 10, 5_000, {"parsed-articles": (9, 7_000), "dead-letter": (1, 600)}))
    assert value(metrics, "copydesk_transactions_total", stage="parse", result="committed") == 1
    assert value(metrics, "copydesk_batch_records_sum", stage="parse") == 10
    assert value(metrics, "copydesk_consumed_bytes_total", stage="parse") == 5_000
    assert value(metrics, "copydesk_published_records_total", stage="parse", topic="parsed-articles") == 9
    assert value(metrics, "copydesk_published_bytes_total", stage="parse", topic="dead-letter") == 600


def test_what_a_fault_says_of_the_document_is_not_logged(log: io.StringIO) -> None:
    fault = replace(
        OUTCOME,
        stage=Stage.PARSE,
        kind=OutcomeKind.DEAD,
        code=Code.PARSE_ERROR,
        message="ValueError: the text of the article",
        error_class="ValueError",
    )
    Accounting(Metrics()).record(Stage.PARSE, result(fault))
    line = json.loads(log.getvalue())
    assert line["error_class"] == "ValueError"
    assert "message" not in line
    assert "the text of the article" not in log.getvalue()


def test_the_page_about_logs_shows_a_line_as_it_is(log: io.StringIO) -> None:
    page = (Path(__file__).parents[2] / "docs" / "logs.md").read_text(encoding="utf-8")
    example = json.loads(page.split("```json\n")[1].split("```")[0])
    Accounting(Metrics()).record(Stage.ENRICH, result(OUTCOME, entities=3.0))
    line = json.loads(log.getvalue())
    assert list(example) == list(line)
    assert [type(value) for value in example.values()] == [type(value) for value in line.values()]
