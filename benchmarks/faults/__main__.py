"""Break everything around running workers on a real broker, and count what comes out. Needs Java and Maven.

Usage: python -m benchmarks.faults [--only NAME,…] [--seed N] [--quick] [--report docs/reliability.md]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.faults import report
from benchmarks.faults.result import Row, Status, save
from benchmarks.faults.result import load as load_rows
from benchmarks.faults.scenarios.registry import SCENARIOS
from benchmarks.faults.trial import Bench
from tests.support.kafka import jars

QUICK = 0.05
RESULTS = Path("var/faults.json")


def main() -> int:
    """Run what was asked for; 1 where a row has failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", help=f"scenarios, divided by commas: {', '.join(SCENARIOS)}")
    parser.add_argument("--seed", type=int, default=1, help="of keys, moments and choices")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the records, few faults")
    parser.add_argument("--scale", type=float, help="share of the full number of records and faults")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the figures go")
    parser.add_argument("--report", type=Path, help="run nothing: write the figures of --results into this page")
    parser.add_argument("--write", type=Path, help="after the run, write its figures into this page")
    parser.add_argument("--keep", type=Path, help="a folder for states and logs, which then stay")
    options = parser.parse_args()
    if options.report is not None:
        about, rows = load_rows(options.results)
        report.write(options.report, about, rows)
        return 0
    names = options.only.split(",") if options.only else list(SCENARIOS)
    unknown = set(names) - set(SCENARIOS)
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    scale = options.scale or (QUICK if options.quick else 1.0)
    began = time.monotonic()
    rows = []
    with tempfile.TemporaryDirectory(prefix="copydesk-faults-") as temporary:
        folder = options.keep or Path(temporary)
        for row in run(names, folder, options.seed, scale):
            rows.append(row)
            print(report.line(row), flush=True)
    about = describe(options.seed, scale, time.monotonic() - began)
    save(options.results, about, rows)
    if options.write is not None:
        report.write(options.write, about, rows)
    print(f"{about['minutes']} minutes; figures in {options.results}")
    return int(any(row.status is Status.FAILED for row in rows))


def run(names: Iterable[str], folder: Path, seed: int, scale: float) -> Iterable[Row]:
    """Rows of the scenarios, one after the other."""
    for name in names:
        try:
            found = SCENARIOS[name](Bench(folder=folder, seed=seed, scale=scale))
        except Exception as error:  # noqa: BLE001 - one scenario that breaks must not hide the others
            traceback.print_exc()
            found = Row(name, Status.FAILED, seed, note=f"{type(error).__name__}: {error}")
        yield from found if isinstance(found, list) else [found]


def describe(seed: int, scale: float, seconds: float) -> dict[str, str]:
    """What the figures depend on."""
    broker = next(path.stem for path in jars().glob("kafka_*.jar"))
    return {
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "broker": broker,
        **{package: version(package) for package in ("copydesk", "faust-streaming", "aiokafka", "confluent-kafka")},
        "seed": str(seed),
        "scale": f"{scale:g}",
        "minutes": f"{seconds / 60:.0f}",
    }


if __name__ == "__main__":
    sys.exit(main())
