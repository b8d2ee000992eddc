import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from copydesk.adapters.logs import configure_logging
from copydesk.adapters.metrics import CATALOGUE, Metrics
from copydesk.app.accounting import Accounting
from copydesk.core.records import Emit, Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import Code, Flag, Stage
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
    assert line["work_ms"] == 4.0
    assert line["level"] == "info"


def test_backfill_stays_out_of_the_freshness_figures(log: io.StringIO) -> None:
    metrics = Metrics()
    Accounting(metrics, clock=lambda: 9e9).record(Stage.ENRICH, result(replace(OUTCOME, backfill=True)))
    assert value(metrics, "copydesk_end_to_end_seconds_count", kind="enriched") is None
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
    metrics.pool(2, 1, 3, 0)
    metrics.pool(2, 0, 3, 1, recycled=4, rebuilds=5)
    assert value(metrics, "copydesk_pool_recycled_total") == 4
    assert value(metrics, "copydesk_pool_rebuilds_total") == 5
    assert value(metrics, "copydesk_pool_timeouts_total") == 3
    assert value(metrics, "copydesk_pool_crashes_total") == 1


def test_lag_of_a_partition_that_went_elsewhere_is_forgotten() -> None:
    metrics = Metrics()
    metrics.lag(Stage.PARSE, "raw-articles", 3, 12)
    assert value(metrics, "copydesk_lag_records", stage="parse", topic="raw-articles", partition="3") == 12
    metrics.lag_forgotten(Stage.PARSE, "raw-articles", 3)
    assert value(metrics, "copydesk_lag_records", stage="parse", topic="raw-articles", partition="3") is None


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
