"""All scenarios by name, in the order of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.faults.result import Row
from benchmarks.faults.scenarios.kill import backlog, kill
from benchmarks.faults.trial import Stand

Scenario = Callable[[Stand], Row | list[Row]]

SCENARIOS: Mapping[str, Scenario] = {
    "kill": kill,
    "backlog": backlog,
}
