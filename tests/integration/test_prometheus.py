"""A real Prometheus scrapes a real worker under load: every query of the dashboards and every rule returns data."""

import asyncio
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from benchmarks.monitoring.faster import faster
from benchmarks.monitoring.stand import Stream
from tests.support import dashboards, prometheus
from tests.support.dashboards import PanelQuery
from tests.support.kafka import KafkaBroker, free_port
from tests.support.newswire import SOURCES, newswire
from tests.support.prometheus import Prometheus
from tests.support.service import Service, declare, ending, own_names
from tools.alerts.alerts import ALERTS
from tools.alerts.files import FOLDER as RULES
from tools.alerts.model import Record
from tools.alerts.records import ENDED
from tools.alerts.records import GROUPS as RECORDS

from copydesk.adapters.catalogue import CATALOGUE, Kind
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka

FASTER = 60
"""Time in the rules runs so many times as fast: a window of half an hour is half a minute."""
RECORDED = [rule for group in RECORDS for rule in group.rules if isinstance(rule, Record)]

ONLY_IN_TROUBLE = {"copydesk_log_lines_dropped_total": "one event was logged too often"}
"""Metrics that have no series, or are asked for in vain, while nothing is wrong; and what must happen first."""
QUIET_PANELS = {
    "Alerts": "nothing fires",
    "What stopped": "no field fell",
}
"""Panels that are empty while nothing is wrong. They say so."""


@dataclass(frozen=True)
class Watched:
    """A Prometheus, and the news that flow through the worker that it scrapes."""

    server: Prometheus
    stream: Stream

    def eventually(self, expression: str, within_s: float = 90.0) -> list[float]:
        """Values of a query, as soon as one of them is a number; windows must fill first, and a scrape may be late."""
        deadline = time.monotonic() + within_s
        while True:
            values = [float(series["value"][1]) for series in self.server.query(expression)]
            if any(not math.isnan(value) for value in values) or time.monotonic() > deadline:
                return values
            time.sleep(1)


@pytest.fixture(scope="module")
def watched(broker: KafkaBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    prometheus.need("prometheus")
    folder = tmp_path_factory.mktemp("watched")
    (folder / "rules").mkdir()
    names = own_names("watched")
    asyncio.run(declare(broker.bootstrap, names))
    port = free_port()
    rules = faster(RULES, folder / "rules", FASTER)
    with ending(Service(broker.bootstrap, "watched", folder, names)) as service:
        process = service.start("worker", port)
        asyncio.run(service.ready(process, port))
        with prometheus.running([port], rules, interval="2s") as server:
            stream = Stream(broker.bootstrap, names[TopicRole.RAW], newswire(sources=SOURCES[:3]), rate=8)
            stream.start()
            try:
                yield Watched(server, stream)
            finally:
                stream.halt()


def excused(expression: str) -> bool:
    return any(name in expression for name in ONLY_IN_TROUBLE)


def test_each_recorded_rule_has_a_value(watched: Watched) -> None:
    for rule in RECORDED:
        assert watched.eventually(rule.name), rule.name


def test_prometheus_accepts_everything_that_the_worker_exports(watched: Watched) -> None:
    assert [series["value"][1] for series in watched.server.query('up{job="copydesk"}')] == ["1"]
    found = {name for name in watched.server.get("label/__name__/values") if name.startswith("copydesk_")}
    for spec in CATALOGUE:
        name = f"{spec.name}_bucket" if spec.kind is Kind.HISTOGRAM else spec.name
        assert name in found or spec.name in ONLY_IN_TROUBLE, spec.name


def test_what_the_worker_exports_is_in_the_catalogue(watched: Watched) -> None:
    known = {spec.name for spec in CATALOGUE}
    metadata = watched.server.get("targets/metadata", match_target='{job="copydesk"}')
    exported = {m["metric"] for m in metadata if m["metric"].startswith("copydesk_")}
    assert {re.sub(r"_created$", "_total", name) for name in exported} - known == set()


@pytest.mark.parametrize("query", list(dashboards.queries()), ids=lambda query: query.name)
def test_each_query_of_a_dashboard_returns_data(query: PanelQuery, watched: Watched) -> None:
    filled = query.filled_in({"__range": "60s", "__rate_interval": "20s", "field": "authors"})
    if query.panel in QUIET_PANELS or excused(query.expression):
        watched.server.query(filled)  # that it is accepted is all that can be said
        return
    values = watched.eventually(filled)
    assert values, filled
    assert not all(math.isnan(value) for value in values), f"only NaN: {filled}"


def test_rules_are_evaluated_without_errors(watched: Watched) -> None:
    rules = [rule for group in watched.server.get("rules")["groups"] for rule in group["rules"]]
    assert len(rules) == len(ALERTS) + len(RECORDED)
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}


def test_a_healthy_worker_pages_nobody(watched: Watched) -> None:
    firing = {name for name, alert in watched.server.alerts().items() if alert["labels"]["severity"] == "page"}
    assert firing == set()


def test_in_is_out(watched: Watched) -> None:
    """Once all has gone through, the balance is zero and the metrics tell the same number on both ends."""
    watched.stream.halt()
    deadline = time.monotonic() + 120
    figures = [
        "sum(copydesk_balance_items)",
        "max(copydesk_lag_seconds)",
        f"sum(copydesk_items_received_total) - sum({ENDED})",
        'sum(copydesk_dead_letters_total) - sum(copydesk_outcomes_total{kind="dead"})',
    ]
    while [watched.eventually(figure) for figure in figures] != [[0.0]] * len(figures):
        assert time.monotonic() < deadline, [watched.eventually(figure) for figure in figures]
        time.sleep(1)
    # Feeds have several items: as many came in as were sent, or more.
    assert watched.eventually("sum(copydesk_items_received_total)")[0] >= watched.stream.sent > 300


def test_the_faster_rules_are_the_committed_ones(tmp_path: Path) -> None:
    def bare(text: str) -> str:
        return re.sub(r"\d+[smhd]\b|> \d+$", "T", text, flags=re.MULTILINE)

    for path in faster(RULES, tmp_path, FASTER):
        assert bare(path.read_text()) == bare((RULES / path.name).read_text())
