"""A dashboard: variables, links to the others, and panels laid out row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models
from tools.dashboards.kit import DATASOURCE, GRID_COLUMNS, PanelBuilder

TAG = "copydesk"
STAGES = ("parse", "dedupe", "enrich")
FIELDS = ("authors", "published_at", "title", "description", "section", "tags", "media", "links")
SOURCES = "label_values(copydesk_source_outcomes_total, source)"


@dataclass(frozen=True)
class Row:
    """Panels side by side under a heading; what does not fit goes to the next line."""

    title: str
    panels: Sequence[PanelBuilder]


@dataclass(frozen=True)
class Page:
    """One dashboard. `stage`, `source` and `field` say which variables it has beside the common ones."""

    uid: str
    title: str
    text: str
    rows: Sequence[Row]
    stage: bool = False
    source: bool = False
    field: bool = False


def _variable(name: str, label: str, query: str) -> builders.QueryVariable:
    return (
        builders.QueryVariable(name)
        .label(label)
        .datasource(DATASOURCE)
        .query({"query": query, "refId": name})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(models.VariableOption(selected=True, text="All", value="$__all"))
    )


def _stages() -> builders.CustomVariable:
    everything = models.VariableOption(selected=True, text="All", value="$__all")
    return (
        builders.CustomVariable("stage")
        .label("Stage")
        .values(",".join(STAGES))
        .options([everything, *(models.VariableOption(selected=False, text=s, value=s) for s in STAGES)])
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(everything)
    )


def _fields() -> builders.CustomVariable:
    first, *others = FIELDS
    return (
        builders.CustomVariable("field")
        .label("Field")
        .values(",".join(FIELDS))
        .options(
            [
                models.VariableOption(selected=True, text=first, value=first),
                *(models.VariableOption(selected=False, text=name, value=name) for name in others),
            ]
        )
        .current(models.VariableOption(selected=True, text=first, value=first))
    )


def build(page: Page) -> models.Dashboard:
    """The dashboard in Grafana's model; panels are placed in reading order on its grid of 24 columns.

    Raises:
        ValueError: a panel is wider than the grid.
    """
    made = (
        builders.Dashboard(page.title)
        .uid(page.uid)
        .description(page.text)
        .tags([TAG])
        .timezone("browser")
        .readonly()
        .refresh("5s")
        .time("now-15m", "now")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(
            builders.DashboardLink("copydesk")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .include_vars(True)
            .keep_time(True)
        )
        .with_variable(
            builders.DatasourceVariable("datasource")
            .label("Data source")
            .type("prometheus")
            .current(models.VariableOption(selected=True, text="Prometheus", value="prometheus"))
        )
        .with_variable(_variable("instance", "Worker", "label_values(copydesk_build_info, instance)"))
    )
    if page.stage:
        made = made.with_variable(_stages())
    if page.source:
        made = made.with_variable(_variable("source", "Source", SOURCES))
    if page.field:
        made = made.with_variable(_fields())
    number = y = 0
    for row in page.rows:
        number += 1
        place = models.GridPos(x=0, y=y, w=GRID_COLUMNS, h=1)
        made = made.with_row(builders.Row(row.title).id(number).grid_pos(place))
        y += 1
        x = tallest = 0
        for panel in row.panels:
            number += 1
            pos = panel.build().grid_pos
            if pos is None or pos.w > GRID_COLUMNS:
                raise ValueError(f"{page.title}, {row.title}: a panel without a size or wider than the grid")
            if x + pos.w > GRID_COLUMNS:
                x, y, tallest = 0, y + tallest, 0
            made = made.with_panel(panel.id(number).grid_pos(models.GridPos(x=x, y=y, w=pos.w, h=pos.h)))
            x += pos.w
            tallest = max(tallest, pos.h)
        y += tallest
    return made.build()
