"""Recording rules: what dashboards and several alerts need, computed once."""

from __future__ import annotations

from tools.alerts.model import Group, Record

LAG_OBJECTIVE_S = 60
"""No record should wait longer. The objective is that this holds 99 % of the time."""
BUDGET = 0.01
"""Share of the time in which it may not hold."""
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
ENOUGH_ARTICLES = 30
"""Articles of a source, within the window and before it, below which nothing is said about its fields."""

ENDED = 'copydesk_outcomes_total{kind!="forwarded"}'
BETWEEN = 'copydesk_lag_records{stage=~"dedupe|enrich"}'


def _articles(window: str) -> str:
    return f'sum by (source) (increase(copydesk_source_outcomes_total{{kind="enriched",source!="other"}}[{window}]))'


def _fill(window: str) -> str:
    filled = f'sum by (source, field) (increase(copydesk_source_fields_filled_total{{source!="other"}}[{window}]))'
    return f"{filled}\n  / on (source) group_left ()\n  ({_articles(window)} > 0)"


STATE = Group(
    "copydesk-state",
    "15s",
    (
        Record("copydesk:workers:count", 'count(up{job="copydesk"}) or vector(0)'),
        Record("copydesk:lag_seconds:max", "max(copydesk_lag_seconds)"),
        # A worker that nobody can ask, or that does not know, is no proof that all is well: then there is no value.
        Record("copydesk:lag_over_objective:bool", f"max(copydesk_lag_seconds) > bool {LAG_OBJECTIVE_S}"),
        Record("copydesk:items_received:rate5m", "sum(rate(copydesk_items_received_total[5m]))"),
        Record("copydesk:items_ended:rate5m", f"sum(rate({ENDED}[5m]))"),
        Record(
            "copydesk:failures:ratio5m",
            '(sum(rate(copydesk_dead_letters_total{kind="failed"}[5m])) or vector(0)) / (copydesk:items_ended:rate5m > 0)',
        ),
        Record(
            "copydesk:rejections:ratio5m",
            '(sum(rate(copydesk_dead_letters_total{kind="rejected"}[5m])) or vector(0)) '
            "/ (copydesk:items_ended:rate5m > 0)",
        ),
        # What came in, less what ended, less what waits between the stages now and did not wait then. Increases, not
        # the gauges of the balance: those begin anew with a worker.
        Record(
            "copydesk:items_unaccounted:1h",
            f"sum(increase(copydesk_items_received_total[1h])) - sum(increase({ENDED}[1h]))\n"
            f"  - (sum({BETWEEN}) - (sum({BETWEEN} offset 1h) or vector(0)))",
        ),
    ),
)

OBJECTIVE = Group(
    "copydesk-objective",
    "15s",
    tuple(
        Record(
            f"copydesk:lag_over_objective:ratio{window}", f"avg_over_time(copydesk:lag_over_objective:bool[{window}])"
        )
        for window in WINDOWS
    ),
)

SOURCES = Group(
    "copydesk-sources",
    "1m",
    (
        Record("copydesk:source_fill:ratio30m", _fill("30m")),
        Record("copydesk:source_fill:ratio1d", _fill("1d")),
        Record("copydesk:source_articles:increase30m", _articles("30m")),
        Record("copydesk:source_articles:increase1d", _articles("1d")),
        # A field that is gone may have no series any more, after a restart: then its rate is 0, not missing.
        Record(
            "copydesk:source_fill_drop:ratio",
            "(\n"
            "  copydesk:source_fill:ratio1d offset 30m\n"
            "  - on (source, field)\n"
            "  (copydesk:source_fill:ratio30m or on (source, field) 0 * (copydesk:source_fill:ratio1d offset 30m))\n"
            ")\n"
            f"and on (source) (copydesk:source_articles:increase30m >= {ENOUGH_ARTICLES})\n"
            f"and on (source) (copydesk:source_articles:increase1d offset 30m >= {ENOUGH_ARTICLES})",
        ),
    ),
)

GROUPS = (STATE, OBJECTIVE, SOURCES)
