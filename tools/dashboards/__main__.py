"""Write the dashboards: `python -m tools.dashboards [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.dashboards.pages import FOLDER, render

if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, text in render().items():
        (target / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
