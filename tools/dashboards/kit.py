"""What the dashboards are made of: queries, panels with a unit and a legend, and a layout that cannot overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grafana_foundation_sdk.builders import bargauge, stat, table, timeseries
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as dashboard_builders
from grafana_foundation_sdk.builders import prometheus as prometheus_builders
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

GRID_COLUMNS = 24
DATASOURCE = common.DataSourceRef(type_val="prometheus", uid="${datasource}")

PanelBuilder: TypeAlias = timeseries.Panel | stat.Panel | table.Panel | bargauge.Panel
Steps: TypeAlias = Sequence[tuple[float | None, str]]
"""Colours by lowest value, the first from minus infinity (None)."""

GREEN, YELLOW, RED, BLUE, GREY = "green", "yellow", "red", "blue", "text"


@dataclass(frozen=True)
class Query:
    """One PromQL expression with the name of its series (`{{label}}` is filled in by Grafana)."""

    expression: str
    legend: str


def pace(metric: str, selector: str, by: str = "") -> str:
    """Increase a second of a counter, summed, by the labels `by`."""
    grouping = f" by ({by})" if by else ""
    return f"sum{grouping} (rate({metric}{{{selector}}}[$__rate_interval]))"


def quantiles(metric: str, by: str = "", of: Sequence[float] = (0.5, 0.99), selector: str = "") -> tuple[Query, ...]:
    """Quantiles of a histogram, one series each and by `by`."""
    grouping = f"le, {by}" if by else "le"
    label = f"{{{{{by}}}}} " if by else ""
    return tuple(
        Query(
            f"histogram_quantile({q}, sum by ({grouping}) (rate({metric}_bucket{{{selector}}}[$__rate_interval])))",
            f"{label}p{q * 100:g}",
        )
        for q in of
    )


def _targets(
    queries: Sequence[Query], *, instant: bool = False, as_table: bool = False
) -> list[prometheus_builders.Dataquery]:
    targets = []
    for number, query in enumerate(queries):
        target = (
            prometheus_builders.Dataquery()
            .datasource(DATASOURCE)
            .ref_id(chr(ord("A") + number))
            .expr(query.expression)
            .legend_format(query.legend)
        )
        target = target.instant() if instant else target.range()
        targets.append(target.format(PromQueryFormat.TABLE) if as_table else target)
    return targets


def _thresholds(steps: Steps) -> dashboard_builders.ThresholdsConfig:
    return (
        dashboard_builders.ThresholdsConfig()
        .mode(dashboard.ThresholdsMode.ABSOLUTE)
        .steps([dashboard.Threshold(value=value, color=color) for value, color in steps])
    )


def tile(
    title: str,
    text: str,
    unit: str,
    query: Query,
    *,
    steps: Steps = ((None, BLUE),),
    words: Mapping[float, tuple[str, str]] | None = None,
    none: str = "no data",
    width: int = 3,
    height: int = 5,
    decimals: int | None = None,
    solid: bool = True,
    graph: bool = True,
) -> stat.Panel:
    """One large figure.

    Args:
        title: what it is.
        text: how it is to be read; shown on hovering.
        unit: one of Grafana's units.
        query: its last value is shown.
        steps: colours.
        words: text and colour instead of a value.
        none: shown where there is no value.
        width: columns of the grid.
        height: rows of the grid.
        decimals: of the figure.
        solid: colour the whole tile, not the figure alone.
        graph: draw the course of the last minutes behind it.
    """
    panel = (
        stat.Panel()
        .title(title)
        .description(text)
        .datasource(DATASOURCE)
        .unit(unit)
        .span(width)
        .height(height)
        .targets(list(_targets([query])))
        .no_value(none)
        .color_scheme(dashboard_builders.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
        .thresholds(_thresholds(steps))
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .color_mode(common.BigValueColorMode.BACKGROUND_SOLID if solid else common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.AREA if graph else common.BigValueGraphMode.NONE)
        .text_mode(common.BigValueTextMode.VALUE)
        .justify_mode(common.BigValueJustifyMode.CENTER)
    )
    if decimals is not None:
        panel = panel.decimals(decimals)
    if words:
        texts = {
            f"{value:g}": dashboard.ValueMappingResult(text=word, color=color, index=number)
            for number, (value, (word, color)) in enumerate(words.items())
        }
        panel = panel.mappings([dashboard.ValueMap(options=texts)])
    return panel


def series(
    title: str,
    text: str,
    unit: str,
    *queries: Query,
    width: int = 12,
    height: int = 9,
    stacked: bool = False,
    low: float | None = 0,
    high: float | None = None,
    line_at: float | None = None,
    colors: Mapping[str, str] | None = None,
    logarithmic: bool = False,
    legend_right: bool = False,
) -> timeseries.Panel:
    """Values over time, with a legend that shows the last value and the largest.

    Args:
        title: what it is.
        text: how it is to be read; shown on hovering.
        unit: one of Grafana's units.
        queries: series.
        width: columns of the grid.
        height: rows of the grid.
        stacked: series on top of each other.
        low: least value of the axis.
        high: largest value of the axis.
        line_at: a dashed line, at the value that an alert or an objective names.
        colors: fixed colours by name of a series.
        logarithmic: a logarithmic axis, to base 10.
        legend_right: the legend beside the graph, for many series.
    """
    calcs = ["lastNotNull", "max"]
    legend = (
        common_builders.VizLegendOptions()
        .display_mode(common.LegendDisplayMode.TABLE)
        .placement(common.LegendPlacement.RIGHT if legend_right else common.LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs(calcs)
    )
    steps: Steps = ((None, GREEN),) if line_at is None else ((None, GREEN), (line_at, RED))
    mode = common.GraphThresholdsStyleMode.OFF if line_at is None else common.GraphThresholdsStyleMode.DASHED
    panel = (
        timeseries.Panel()
        .title(title)
        .description(text)
        .datasource(DATASOURCE)
        .unit(unit)
        .span(width)
        .height(height)
        .targets(list(_targets(queries)))
        .color_scheme(dashboard_builders.FieldColor().mode(dashboard.FieldColorModeId.PALETTE_CLASSIC))
        .thresholds(_thresholds(steps))
        .thresholds_style(common_builders.GraphThresholdsStyleConfig().mode(mode))
        .legend(legend)
        .tooltip(
            common_builders.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING)
        )
        .line_width(1 if stacked else 2)
        .fill_opacity(35 if stacked else 0)
        .show_points(common.VisibilityMode.NEVER)
        .span_nulls(False)
    )
    if stacked:
        panel = panel.stacking(common_builders.StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
    if logarithmic:
        panel = panel.scale_distribution(
            common_builders.ScaleDistributionConfig().type(common.ScaleDistribution.LOG).log(10)
        )
    elif low is not None:
        panel = panel.min(low)
    if high is not None:
        panel = panel.max(high)
    for name, color in (colors or {}).items():
        panel = panel.override_by_name(
            name, [dashboard.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": color})]
        )
    return panel


def bars(
    title: str,
    text: str,
    unit: str,
    query: Query,
    *,
    width: int = 8,
    height: int = 9,
    steps: Steps = ((None, BLUE),),
    low: float = 0,
    high: float | None = None,
    decimals: int | None = None,
) -> bargauge.Panel:
    """A bar for each series, with its last value."""
    panel = (
        bargauge.Panel()
        .title(title)
        .description(text)
        .datasource(DATASOURCE)
        .unit(unit)
        .span(width)
        .height(height)
        .targets(list(_targets([query], instant=True)))
        .min(low)
        .color_scheme(dashboard_builders.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
        .thresholds(_thresholds(steps))
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .orientation(common.VizOrientation.HORIZONTAL)
        .display_mode(common.BarGaugeDisplayMode.BASIC)
        .show_unfilled(True)
    )
    if high is not None:
        panel = panel.max(high)
    return panel if decimals is None else panel.decimals(decimals)


@dataclass(frozen=True)
class Column:
    """One column of a table: the values of a query, in a unit, cells coloured by steps."""

    name: str
    query: str
    unit: str
    steps: Steps = ()
    decimals: int | None = None


def cells(
    title: str,
    text: str,
    labels: Mapping[str, str],
    columns: Sequence[Column],
    *,
    width: int = 24,
    height: int = 10,
    none: str = "nothing",
    sort_by: str | None = None,
) -> table.Panel:
    """A table with a row for each set of labels.

    Args:
        title: what it is.
        text: how it is to be read.
        labels: labels of the results and the headings of their columns.
        columns: one query each.
        width: columns of the grid.
        height: rows of the grid.
        none: shown where there is no row.
        sort_by: heading of the column to sort by, largest first.
    """
    values = {f"Value #{chr(ord('A') + number)}": column for number, column in enumerate(columns)}
    if len(columns) == 1:
        values = {"Value": columns[0]}
    order = [*labels, *values]
    organize = {
        "includeByName": dict.fromkeys(order, True),
        "indexByName": {name: number for number, name in enumerate(order)},
        "renameByName": {**labels, **{name: column.name for name, column in values.items()}},
    }
    panel = (
        table.Panel()
        .title(title)
        .description(text)
        .datasource(DATASOURCE)
        .unit("short")
        .span(width)
        .height(height)
        .no_value(none)
        .targets(list(_targets([Query(c.query, "") for c in columns], instant=True, as_table=True)))
        .transformations(
            [
                dashboard.DataTransformerConfig(id_val="merge", options={}),
                dashboard.DataTransformerConfig(id_val="organize", options=organize),
            ]
        )
        .show_header(True)
        .cell_height(common.TableCellHeight.SM)
    )
    if sort_by is not None:
        panel = panel.sort_by([common_builders.TableSortByFieldState().display_name(sort_by).desc(True)])
    for column in columns:
        properties = [dashboard.DynamicConfigValue(id_val="unit", value=column.unit)]
        if column.decimals is not None:
            properties.append(dashboard.DynamicConfigValue(id_val="decimals", value=column.decimals))
        if column.steps:
            thresholds = _thresholds(column.steps).build()
            properties += [
                dashboard.DynamicConfigValue(id_val="thresholds", value=thresholds),
                dashboard.DynamicConfigValue(id_val="color", value={"mode": "thresholds"}),
                dashboard.DynamicConfigValue(
                    id_val="custom.cellOptions", value={"type": "color-background", "mode": "basic"}
                ),
            ]
        panel = panel.override_by_name(column.name, properties)
    return panel
