"""Write the rule files: `python -m tools.alerts [--runbook ADDRESS] [--to FOLDER]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.alerts.files import FOLDER, render
from tools.alerts.model import RUNBOOK

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runbook", default=RUNBOOK, help="where your copy of the runbook is read")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the rule files")
    options = parser.parse_args()
    for name, text in render(options.runbook).items():
        (options.to / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
