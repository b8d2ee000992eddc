"""A real Prometheus scrapes a real worker under load: every query of the dashboards and every rule returns data."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support import dashboards, prometheus
from tests.support.dashboards import PanelQuery
from tests.support.kafka import KafkaBroker, free_port
from tests.support.newswire import newswire
from tests.support.prometheus import Prometheus
from tests.support.service import Service, declare, ending, own_names, produce
from tools.alerts.alerts import ALERTS
from tools.alerts.files import FOLDER as RULES
from tools.alerts.model import Record
from tools.alerts.records import GROUPS as RECORDS

from benchmarks.monitoring.faster import faster
from copydesk.adapters.catalogue import CATALOGUE, Kind
from copydesk_schemas.topics import TopicRole

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

FASTER = 60
"""Time in the rules runs so many times as fast: a window of half an hour is half a minute."""
RECORDED = [rule for group in RECORDS for rule in group.rules if isinstance(rule, Record)]

ONLY_IN_TROUBLE = {
    "copydesk_partition_restarts_total": "a partition failed",
    "copydesk_fuse_blown_total": "the fuse blew",
    "copydesk_refused_records_total": "the broker refused a record",
    "copydesk_log_lines_dropped_total": "one event was logged too often",
    "copydesk_rebalances_total": "a worker came or went",
}
"""Metrics that have no series, or are asked for in vain, while nothing is wrong; and what must happen first."""
QUIET_PANELS = {
    "Alerts": "nothing fires",
    "What stopped": "no field fell",
}
"""Panels that are empty while nothing is wrong. They say so."""


@dataclass(frozen=True)
class Watched:
    """A Prometheus and the worker that it has scraped."""

    server: Prometheus
    service: Service


@pytest.fixture(scope="module")
async def watched(broker: KafkaBroker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    prometheus.need("prometheus")
    folder = tmp_path_factory.mktemp("watched")
    (folder / "rules").mkdir()
    names = own_names("watched")
    await declare(broker.bootstrap, names)
    port = free_port()
    news = newswire()
    with ending(Service(broker.bootstrap, "watched", folder, names)) as service:
        process = service.start("worker", port)
        await service.ready(process, port)
        rules = faster(RULES, folder / "rules", FASTER)
        with prometheus.running([port], rules) as server:
            # Windows of the rules are up to a minute long now, with offsets of half a minute.
            for _ in range(40):
                await produce(broker.bootstrap, names[TopicRole.RAW], itertools.islice(news, 25))
                await asyncio.sleep(1)
            yield Watched(server, service)


def excused(expression: str) -> bool:
    return any(name in expression for name in ONLY_IN_TROUBLE)


async def test_prometheus_accepts_everything_that_the_worker_exports(watched: Watched) -> None:
    assert [series["value"][1] for series in watched.server.query('up{job="copydesk"}')] == ["1"]
    found = {name for name in watched.server.get("label/__name__/values") if name.startswith("copydesk_")}
    for spec in CATALOGUE:
        name = f"{spec.name}_bucket" if spec.kind is Kind.HISTOGRAM else spec.name
        assert name in found or spec.name in ONLY_IN_TROUBLE, spec.name


async def test_what_the_worker_exports_is_in_the_catalogue(watched: Watched) -> None:
    known = {spec.name for spec in CATALOGUE}
    metadata = watched.server.get("targets/metadata", match_target='{job="copydesk"}')
    exported = {m["metric"] for m in metadata if m["metric"].startswith("copydesk_")}
    assert {re.sub(r"_created$", "_total", name) for name in exported} - known == set()


@pytest.mark.parametrize("query", list(dashboards.queries()), ids=lambda query: query.name)
async def test_each_query_of_a_dashboard_returns_data(query: PanelQuery, watched: Watched) -> None:
    filled = query.filled_in({"__range": "60s", "__rate_interval": "20s", "field": "authors"})
    found = watched.server.query(filled)
    values = [float(series["value"][1]) for series in found]
    if query.panel in QUIET_PANELS or excused(query.expression):
        return  # that it was accepted is all that can be said
    assert values, filled
    assert any(value == value for value in values), f"only NaN: {filled}"  # noqa: PLR0124 - NaN differs from itself


@pytest.mark.parametrize("rule", RECORDED, ids=lambda rule: rule.name)
async def test_each_recording_rule_has_a_value(rule: Record, watched: Watched) -> None:
    assert watched.server.query(rule.name), rule.name


async def test_rules_are_evaluated_without_errors(watched: Watched) -> None:
    rules = [rule for group in watched.server.get("rules")["groups"] for rule in group["rules"]]
    assert len(rules) == len(ALERTS) + len(RECORDED)
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}


async def test_a_healthy_worker_pages_nobody(watched: Watched) -> None:
    firing = {name for name, alert in watched.server.alerts().items() if alert["labels"]["severity"] == "page"}
    assert firing == set()


async def test_in_is_out(watched: Watched) -> None:
    """Once all has gone through, the balance is zero and the metrics tell the same number on both ends."""
    deadline = asyncio.get_running_loop().time() + 90

    def figure(expression: str) -> float:
        return sum(float(series["value"][1]) for series in watched.server.query(expression))

    while figure("copydesk_balance_items") or figure("copydesk_lag_seconds"):
        assert asyncio.get_running_loop().time() < deadline, "it did not come to rest"
        await asyncio.sleep(0.5)
    received = figure("copydesk_items_received_total")
    assert received > 900
    assert received == figure('copydesk_outcomes_total{kind!="forwarded"}')
    assert figure("sum(copydesk_dead_letters_total)") == figure('sum(copydesk_outcomes_total{kind="dead"})')


def test_the_faster_rules_are_the_committed_ones(tmp_path: Path) -> None:
    def bare(text: str) -> str:
        return re.sub(r"\d+[smhd]\b|> \d+$", "T", text, flags=re.MULTILINE)

    for path in faster(RULES, tmp_path, FASTER):
        assert bare(path.read_text()) == bare((RULES / path.name).read_text())
