import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import promql_parser
import pytest

from copydesk.adapters.metrics import CATALOGUE, Kind

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "copydesk.json"


def exported_names() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for spec in CATALOGUE:
        if spec.kind is Kind.HISTOGRAM:
            names[f"{spec.name}_bucket"] = (*spec.labels, "le")
            names[f"{spec.name}_sum"] = names[f"{spec.name}_count"] = spec.labels
        else:
            names[spec.name] = spec.labels
    return names


def selectors(node: Any) -> list[Any]:
    found = []
    if isinstance(node, promql_parser.VectorSelector):
        found.append(node)
    for attribute in ("expr", "lhs", "rhs", "vector_selector", "vs", "param", "arg"):
        child = getattr(node, attribute, None)
        if child is not None and not isinstance(child, str):
            found.extend(selectors(child))
    for child in getattr(node, "args", None) or []:
        found.extend(selectors(child))
    return found


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_dashboard", ROOT / "tools" / "build_dashboard.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_dashboard"] = module
    spec.loader.exec_module(module)
    return module


def expressions() -> list[str]:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_the_committed_dashboard_is_what_its_builder_writes() -> None:
    assert DASHBOARD.read_text(encoding="utf-8") == builder().render()


@pytest.mark.parametrize("expression", expressions())
def test_each_query_names_metrics_and_labels_that_exist(expression: str) -> None:
    names = exported_names()
    parsed = promql_parser.parse(expression.replace("$__rate_interval", "1m"))
    found = selectors(parsed)
    assert found, "no metric found in the query"
    for selector in found:
        assert selector.name in names
        for matcher in selector.matchers.matchers:
            assert matcher.name in names[selector.name]


def test_a_query_with_a_wrong_name_would_be_caught() -> None:
    (selector,) = selectors(promql_parser.parse("sum(rate(copydesk_outcome_total[1m]))"))
    assert selector.name not in exported_names()


def test_panels_fill_the_grid_without_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        grid = panel["gridPos"]
        assert grid["x"] + grid["w"] <= 24
        cells = {
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
