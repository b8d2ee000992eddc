"""The rule files, by name."""

from __future__ import annotations

from pathlib import Path

from tools.alerts import alerts, records
from tools.alerts.model import RUNBOOK, to_yaml

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus" / "rules"


def render(runbook: str = RUNBOOK) -> dict[str, str]:
    """The files' texts; `runbook` is the address of the runbook, to which an alert adds its section."""
    return {"records.yml": to_yaml(records.GROUPS, runbook), "alerts.yml": to_yaml(alerts.GROUPS, runbook)}
