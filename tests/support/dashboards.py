"""The committed dashboards: panels and queries, with the variables filled in as Grafana would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "deploy" / "grafana" / "dashboards"
BUILT_IN: Mapping[str, str] = {"__rate_interval": "20s", "__range": "5m"}
"""Grafana's own variables."""


@dataclass(frozen=True)
class PanelQuery:
    """A query of a panel; `expression` is as in the file."""

    dashboard: str
    panel: str
    expression: str
    instant: bool

    @property
    def name(self) -> str:
        """For a test's name."""
        return f"{self.dashboard}: {self.panel}"

    def filled_in(self, values: Mapping[str, str]) -> str:
        """The expression with variables filled in; one that has no value here means All."""
        known = {**BUILT_IN, **values}
        return re.sub(r"\$(\w+)", lambda found: known.get(found[1], ".*"), self.expression)


def dashboards() -> dict[str, dict[str, Any]]:
    """The dashboards by file name."""
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def panels(dashboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its panels, without the headings of rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries() -> Iterator[PanelQuery]:
    """All queries of all panels."""
    for name, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                yield PanelQuery(name, panel["title"], target["expr"], target.get("instant", False))
