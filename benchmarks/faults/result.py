"""One row of the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter


class Status(StrEnum):
    """`not run` where this machine cannot make the fault; never counted as passed."""

    PASSED = "passed"
    FAILED = "FAILED"
    NOT_RUN = "not run"
    COMPARED = "compared"
    """What is not ours to keep, another system or a lone broker: it neither passes nor fails."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one scenario has shown. Times are seconds, memory is MiB."""

    scenario: str
    status: Status
    seed: int
    faults: int = 0
    records_in: int = 0
    records_out: int = 0
    lost: int = 0
    twice: int = 0
    state_keys: int = 0
    state_wrong: int = 0
    recoveries: int = 0
    recover_median_s: float | None = None
    recover_max_s: float | None = None
    rss_max_mib: float = 0.0
    restarts: int = 0
    seconds: float = 0.0
    note: str = ""


def save(path: Path, about: dict[str, str], rows: Sequence[Row]) -> None:
    """Write a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"about": about, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")


def load(path: Path) -> tuple[dict[str, str], list[Row]]:
    """Read a run."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found["about"], TypeAdapter(list[Row]).validate_python(found["rows"])
