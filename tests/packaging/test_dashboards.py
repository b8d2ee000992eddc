"""The dashboards are what their builder writes, fit Grafana's grid, can be read, and ask for metrics that exist."""

import copy
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from tests.support import dashboards
from tests.support.dashboards import PanelQuery
from tests.support.promql import TARGET_LABELS, exported_names, selectors
from tools.alerts.alerts import ALERTS
from tools.alerts.model import Record
from tools.alerts.records import GROUPS as RECORDS
from tools.check_grafana_types import MANIFEST, check
from tools.dashboards.kit import GRID_COLUMNS
from tools.dashboards.pages import FOLDER, render

from copydesk.adapters.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
ALL = dashboards.dashboards()
QUERIES = list(dashboards.queries())
PANELS = [(name, panel) for name, dashboard in ALL.items() for panel in dashboards.panels(dashboard)]
RECORDED = {rule.name: rule for group in RECORDS for rule in group.rules if isinstance(rule, Record)}

NOT_SHOWN = {
    "copydesk_build_info": "the variable `instance` is filled from it",
}
"""Metrics in no panel and no rule, and why."""


def panel_id(value: Any) -> str | None:
    return value["title"] if isinstance(value, dict) else None


def test_the_committed_dashboards_are_what_their_builder_writes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(render())
    for name, text in render().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_each_query_names_metrics_and_labels_that_exist(query: PanelQuery) -> None:
    names = exported_names() | dict.fromkeys(RECORDED, ("source", "field"))
    found = selectors(promql_parser.parse(query.filled_in({})))
    assert found, "no metric found in the query"
    for selector in found:
        assert selector.name in names
        for matcher in selector.matchers.matchers:
            assert matcher.name in (*names[selector.name], *TARGET_LABELS)


def test_a_query_with_a_wrong_name_would_be_caught() -> None:
    (selector,) = selectors(promql_parser.parse("sum(rate(copydesk_outcome_total[1m]))"))
    assert selector.name not in exported_names()


def test_each_metric_is_shown_or_said_not_to_be() -> None:
    expressions = [query.filled_in({}) for query in QUERIES]
    expressions += [alert.expression for alert in ALERTS]
    expressions += [record.expression for record in RECORDED.values()]
    used = {
        re.sub(r"_(bucket|sum|count)$", "", selector.name)
        for expression in expressions
        for selector in selectors(promql_parser.parse(expression))
    }
    known = {spec.name for spec in CATALOGUE}
    missing = known - used - set(NOT_SHOWN)
    assert not missing
    assert set(NOT_SHOWN) <= known


@pytest.mark.parametrize("name", ALL)
def test_panels_fill_the_grid_without_overlap(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in ALL[name]["panels"]:
        grid = panel["gridPos"]
        assert min(grid["x"], grid["y"]) >= 0
        assert grid["x"] + grid["w"] <= GRID_COLUMNS
        cells = {
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    # No hole either: an empty spot looks like a panel that failed to load.
    for y in range(max(row for _, row in taken) + 1):
        assert {x for x, row in taken if row == y} == set(range(GRID_COLUMNS)), f"hole in row {y}"


@pytest.mark.parametrize("name", ALL)
def test_titles_and_numbers_of_panels_are_unique(name: str) -> None:
    panels = ALL[name]["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    titles = [panel["title"] for panel in dashboards.panels(ALL[name])]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=panel_id)
def test_each_panel_can_be_read(name: str, panel: dict[str, Any]) -> None:
    assert panel["targets"]
    assert panel["description"].endswith((".", "data"))
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"]["uid"] == "${datasource}"
    if panel["type"] == "table":
        units = [p["value"] for o in panel["fieldConfig"]["overrides"] for p in o["properties"] if p["id"] == "unit"]
        assert len(units) == len(panel["targets"]), "each column of values needs a unit"
        return
    legends = [target["legendFormat"] for target in panel["targets"]]
    assert all(legends)
    assert len(set(legends)) == len(legends)
    for target in panel["targets"]:
        # A series that is told apart by a label must be named by it.
        grouped = re.search(r"sum by \(([^)]*)\)", target["expr"])
        by = {label.strip() for label in grouped[1].split(",")} - {"le"} if grouped else set()
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= by | {
            "partition",
            "topic",
            "stage",
            "source",
            "instance",
            "field",
            "state",
            "what",
        }, name
    if panel["type"] == "timeseries":
        assert panel["options"]["legend"]["showLegend"]


@pytest.mark.parametrize("name", ALL)
def test_variables_that_are_used_are_offered_and_the_other_way_round(name: str) -> None:
    dashboard = ALL[name]
    offered = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = {
        found
        for panel in dashboards.panels(dashboard)
        for target in panel["targets"]
        for found in re.findall(r"\$(\w+)", target["expr"])
    }
    assert used - set(dashboards.BUILT_IN) == offered - {"datasource"}


def test_the_dashboards_are_linked_and_provisioned() -> None:
    assert len({dashboard["uid"] for dashboard in ALL.values()}) == len(ALL) == 6
    for dashboard in ALL.values():
        (link,) = dashboard["links"]
        assert link["type"] == "dashboards"
        assert set(link["tags"]) <= set(dashboard["tags"])
        assert link["includeVars"]
        assert link["keepTime"]
    provider = (FOLDER.parent / "provisioning" / "dashboards" / "copydesk.yml").read_text(encoding="utf-8")
    assert "path: /var/lib/grafana/dashboards" in provider


def test_the_dashboards_fit_the_types_that_grafana_publishes() -> None:
    if shutil.which("npm") is None:
        if os.environ.get("COPYDESK_REQUIRE_NODE") == "1":
            pytest.fail("node and npm are required")
        pytest.skip("node and npm are not installed")
    assert check(ALL) == ""
    wrong = copy.deepcopy(ALL["copydesk.json"])
    wrong["panels"][1]["gridPos"]["w"] = "wide"
    assert "is not assignable to type 'number'" in check({"wrong.json": wrong})
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    version = json.loads(MANIFEST.read_text(encoding="utf-8"))["dependencies"]["@grafana/schema"]
    assert f"grafana/grafana:{version}" in compose
