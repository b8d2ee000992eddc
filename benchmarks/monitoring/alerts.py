"""Fire each alert once, for real, by a fault: `python -m benchmarks.monitoring.alerts [--write FILE]`.

A real broker, real workers, a real Prometheus with the committed rules. Windows, `for` and offsets are shorter by a
factor, so that an alert that waits for an hour can be seen; thresholds are as they are. Needs Java, Maven and Debian's
package `prometheus`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.monitoring.faults_inside import backlog, fuse, pool, stuck, timeouts
from benchmarks.monitoring.faults_outside import crashes, delivery, machine, restore, sources, unscraped
from benchmarks.monitoring.watch import Fired
from tools.alerts.alerts import ALERTS

SCENARIOS: dict[str, Callable[[list[Fired]], None]] = {
    scenario.__name__: scenario
    for scenario in (sources, machine, pool, timeouts, backlog, stuck, fuse, delivery, crashes, unscraped, restore)
}
INTRODUCTION = """# Alerts that were fired

Each alert, the fault that fired it, and the seconds from the fault to the firing. A real broker, a real worker under a
stream of made-up news, a real Prometheus (Debian's 2.42) with the committed rules. Windows, offsets and `for` were
shorter by the factor beside them, thresholds as they are. Two cores, which had much other work at the time. Made by

```sh
python -m benchmarks.monitoring.alerts --write docs/alerts.md
```

What to do about each: [runbook.md](runbook.md).

| alert | severity | fault | factor | fired after |
|---|---|---|---|---|
"""


def table(fired: list[Fired]) -> str:
    """The page of what fired; an alert that did not says so."""
    latest = {one.alert: one for one in fired if one.seconds is not None}
    rows = []
    for alert in ALERTS:
        one = latest.get(alert.name)
        end = "– | **not fired** |" if one is None else f"{one.factor} | {one.seconds:.0f} s |"
        tried = "" if one is None else one.fault
        rows.append(f"| [{alert.name}](runbook.md#{alert.name.lower()}) | {alert.severity} | {tried} | {end}")
    return INTRODUCTION + "\n".join(rows) + "\n"


def main() -> int:
    """Run the scenarios; 1 if an alert that was to fire did not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=sorted(SCENARIOS), default=sorted(SCENARIOS))
    parser.add_argument("--keep", type=Path, help="add what fired to this file, and begin with what is in it")
    parser.add_argument("--write", type=Path, help="write the page here")
    options = parser.parse_args()
    fired: list[Fired] = []
    if options.keep and options.keep.exists():
        fired = [Fired(**one) for one in json.loads(options.keep.read_text(encoding="utf-8"))]
    missed = 0
    for name in options.only:
        before = len(fired)
        SCENARIOS[name](fired)
        missed += sum(one.seconds is None for one in fired[before:])
        if options.keep:
            options.keep.write_text(json.dumps([asdict(one) for one in fired], indent=1), encoding="utf-8")
    if options.write:
        options.write.write_text(table(fired), encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
