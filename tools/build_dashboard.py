"""Write deploy/grafana/dashboards/copydesk.json: the dashboard as code, held against the catalogue by a test.

Usage: python tools/build_dashboard.py [FILE]
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "deploy" / "grafana" / "dashboards" / "copydesk.json"
GRID_COLUMNS = 24
DATASOURCE = {"type": "prometheus", "uid": "prometheus"}


@dataclass(frozen=True)
class Query:
    """One PromQL expression with its legend."""

    expression: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """One panel; widths are columns of Grafana's 24-column grid, heights its rows."""

    title: str
    help: str
    unit: str
    queries: tuple[Query, ...]
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    stacked: bool = False
    warn_above: float | None = None


def _quantiles(metric: str, by: str = "") -> tuple[Query, ...]:
    grouping = f"le, {by}" if by else "le"
    label = f"{{{{{by}}}}} " if by else ""
    return tuple(
        Query(f"histogram_quantile({q}, sum by ({grouping}) (rate({metric}_bucket[$__rate_interval])))", f"{label}p{n}")
        for q, n in ((0.5, 50), (0.99, 99))
    )


PANELS = (
    Panel(
        "Articles out",
        "Enriched articles a second, all workers.",
        "short",
        (Query('sum(rate(copydesk_outcomes_total{kind="enriched"}[$__rate_interval]))', "enriched/s"),),
        kind="stat",
        width=6,
        height=4,
    ),
    Panel(
        "End to end, p99",
        "From the raw record's timestamp to the committed outcome.",
        "s",
        (
            Query(
                "histogram_quantile(0.99, sum by (le) (rate(copydesk_end_to_end_seconds_bucket[$__rate_interval])))",
                "p99",
            ),
        ),
        kind="stat",
        width=6,
        height=4,
        warn_above=30,
    ),
    Panel(
        "Lag",
        "Records that wait, all stages; one transaction marker a partition always remains on internal topics.",
        "short",
        (Query("sum(copydesk_lag_records)", "records"),),
        kind="stat",
        width=6,
        height=4,
        warn_above=10_000,
    ),
    Panel(
        "Balance",
        "Items received minus items ended since start. It returns to 0 when nothing is in flight.",
        "short",
        (Query("sum(copydesk_balance_items)", "in flight"),),
        kind="stat",
        width=6,
        height=4,
    ),
    Panel(
        "Outcomes",
        "Items a second by what became of them.",
        "ops",
        (
            Query(
                'sum by (kind) (rate(copydesk_outcomes_total{kind!="forwarded"}[$__rate_interval]))',
                "{{kind}}",
            ),
            Query("sum(rate(copydesk_items_received_total[$__rate_interval]))", "received"),
        ),
        width=12,
    ),
    Panel(
        "End-to-end latency",
        "From the raw record's timestamp to the committed outcome; backfill is left out.",
        "s",
        _quantiles("copydesk_end_to_end_seconds"),
        width=12,
    ),
    Panel(
        "Lag by stage",
        "Records between the end of the topic and what is committed.",
        "short",
        (Query("sum by (stage) (copydesk_lag_records)", "{{stage}}"),),
    ),
    Panel("Stage time", "Work time of a record.", "s", _quantiles("copydesk_stage_duration_seconds", "stage")),
    Panel(
        "CPU by step",
        "Seconds of work a second, by stage and step: where the cores go.",
        "short",
        (
            Query(
                "topk(8, sum by (stage, step) (rate(copydesk_step_duration_seconds_total[$__rate_interval])))",
                "{{stage}} {{step}}",
            ),
        ),
        stacked=True,
    ),
    Panel(
        "Copies and revisions",
        "Items a second by verdict of deduplication.",
        "ops",
        (
            Query(
                'sum by (reason) (rate(copydesk_outcomes_total{stage="dedupe",kind!="dead"}[$__rate_interval]))',
                "{{reason}}",
            ),
        ),
    ),
    Panel(
        "Dead letters",
        "Items a second by stage and code.",
        "ops",
        (
            Query(
                'sum by (stage, reason) (rate(copydesk_outcomes_total{kind="dead"}[$__rate_interval]))',
                "{{stage}} {{reason}}",
            ),
        ),
    ),
    Panel(
        "Transactions",
        "Transactions a second by result; aborted and fenced ones were done again.",
        "ops",
        (Query("sum by (result) (rate(copydesk_transactions_total[$__rate_interval]))", "{{result}}"),),
    ),
)


def _panel(number: int, panel: Panel, x: int, y: int) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.warn_above is not None:
        steps.append({"color": "red", "value": panel.warn_above})
    custom = {"lineWidth": 1, "fillOpacity": 20 if panel.stacked else 8}
    if panel.stacked:
        custom["stacking"] = {"mode": "normal"}  # type: ignore[assignment] # a JSON tree
    made: dict[str, Any] = {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.help,
        "datasource": DATASOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}, "custom": custom},
            "overrides": [],
        },
        "targets": [
            {"refId": chr(ord("A") + i), "expr": q.expression, "legendFormat": q.legend, "datasource": DATASOURCE}
            for i, q in enumerate(panel.queries)
        ],
    }
    if panel.kind == "timeseries":
        made["options"] = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
    else:
        made["options"] = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"}
        del made["fieldConfig"]["defaults"]["custom"]
    return made


def dashboard() -> dict[str, Any]:
    """The dashboard in Grafana's JSON model, panels laid out in reading order."""
    panels = []
    x = y = row_height = 0
    for number, panel in enumerate(PANELS, 1):
        if x + panel.width > GRID_COLUMNS:
            x, y = 0, y + row_height
            row_height = 0
        panels.append(_panel(number, panel, x, y))
        x += panel.width
        row_height = max(row_height, panel.height)
    return {
        "uid": "copydesk-overview",
        "title": "copydesk",
        "tags": ["copydesk"],
        "timezone": "browser",
        "schemaVersion": 41,
        "version": 1,
        "editable": False,
        "refresh": "5s",
        "time": {"from": "now-15m", "to": "now"},
        "panels": panels,
    }


def render() -> str:
    """The file's text."""
    return json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.write_text(render(), encoding="utf-8")
    print(f"wrote {target.name}: {len(PANELS)} panels")
