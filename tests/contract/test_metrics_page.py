"""The catalogue of metrics: each is named as Prometheus advises, and the page says of each what it is."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from copydesk.adapters.catalogue import CATALOGUE, LABELS, Kind, MetricSpec, Unit

ROOT = Path(__file__).parents[2]
NAMES = [spec.name for spec in CATALOGUE]


def rendered() -> str:
    spec = importlib.util.spec_from_file_location("build_metrics_page", ROOT / "tools" / "build_metrics_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.render())


def test_the_committed_page_is_that_of_the_catalogue() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == rendered(), "run `make metrics`"


def test_the_page_has_a_row_for_each_metric() -> None:
    page = rendered()
    assert [line.split("`")[1] for line in page.splitlines() if line.startswith("| `copydesk_")] == NAMES


def test_no_name_is_there_twice() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("metric", CATALOGUE, ids=NAMES)
def test_a_metric_is_named_after_its_unit_and_explained(metric: MetricSpec) -> None:
    stem = metric.name.removesuffix("_total")
    assert metric.name.startswith("copydesk_")
    assert (stem != metric.name) == (metric.kind is Kind.COUNTER), "counters end in _total, and nothing else does"
    ending = {
        Unit.SECONDS: "_seconds",
        Unit.TIMESTAMP: "_timestamp_seconds",
        Unit.BYTES: "_bytes",
        Unit.RATIO: "_ratio",
    }
    for unit, end in ending.items():
        if unit is metric.unit:
            assert stem.endswith(end)
        elif unit is not Unit.SECONDS or metric.unit is not Unit.TIMESTAMP:
            assert not stem.endswith(end)
    assert metric.help.endswith(".")
    assert set(metric.labels) <= set(LABELS)
    assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM)
    assert list(metric.buckets) == sorted(set(metric.buckets))


def test_each_label_that_is_explained_is_in_use() -> None:
    assert {label for spec in CATALOGUE for label in spec.labels} == set(LABELS)
