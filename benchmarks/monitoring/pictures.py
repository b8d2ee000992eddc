"""Pictures of the dashboards with live data: `python -m benchmarks.monitoring.pictures [--minutes 4]`.

A real worker under load is scraped by a real Prometheus; the panels are drawn by Grafana's own components
(`@grafana/ui`) from the dashboards' JSON. It is a preview: Grafana's server has no part in it. Needs Java, Maven, node,
Chromium, and Debian's package `prometheus`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.monitoring.faster import faster
from benchmarks.monitoring.stand import standing
from tests.support.dashboards import dashboards, panels
from tests.support.newswire import Trouble, newswire
from tests.support.prometheus import Prometheus
from tools.alerts.files import FOLDER as RULES
from tools.node import packages

ROOT = Path(__file__).parents[2]
PREVIEW = ROOT / "tools" / "preview"
IMAGES = ROOT / "docs" / "images"
NOTE = (
    "Preview: panels drawn by @grafana/ui 13.2.3 from the dashboard’s JSON with live data; not a screenshot of Grafana."
)


def bundle(folder: Path) -> None:
    """Bundle the drawing program for a browser: `panels.js` and `panels.css`."""
    shutil.copy(PREVIEW / "panels.tsx", folder / "panels.tsx")
    loaders = ["--loader:.svg=text", "--loader:.ttf=dataurl", "--jsx=automatic", "--log-level=error"]
    command = ["node_modules/.bin/esbuild", "panels.tsx", "--bundle", "--outfile=panels.js", *loaders]
    subprocess.run([*command, '--define:process.env.NODE_ENV="production"'], cwd=folder, check=True, timeout=300)


def answers(server: Prometheus, dashboard: dict[str, Any], start: float, end: float) -> dict[str, Any]:
    """What Prometheus answers to each query of each panel, as Grafana would ask."""
    filled = {"__rate_interval": "20s", "__range": f"{max(60, round(end - start))}s", "field": "authors"}
    data: dict[str, Any] = {}
    for panel in panels(dashboard):
        data[panel["id"]] = []
        for target in panel["targets"]:
            expression = re.sub(r"\$(\w+)", lambda found: filled.get(found[1], ".*"), target["expr"])
            found = server.query(expression) if target.get("instant") else server.over(expression, start, end, "2s")
            data[panel["id"]].append(found)
    return data


def page(dashboard: dict[str, Any], data: dict[str, Any], start: float, end: float) -> str:
    """A page that draws a dashboard; `panels.js` and `panels.css` lie beside it."""
    titled = json.loads(json.dumps(dashboard).replace("$field", "authors"))
    given = {"dashboard": titled, "data": data, "from": start * 1000, "to": end * 1000, "note": NOTE}
    text = json.dumps(given).replace("</", "<\\/")
    return (
        '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="panels.css"><div id="root"></div>'
        f'<script>window.PREVIEW = {text}</script><script src="panels.js"></script>'
    )


def draw(folder: Path, kept: dict[str, Any], target: Path) -> None:
    """Write a picture of each dashboard; fails where a panel cannot be drawn."""
    shutil.copy(PREVIEW / "draw.mjs", folder / "draw.mjs")
    words = []
    for name, dashboard in dashboards().items():
        written = folder / name.replace(".json", ".html")
        written.write_text(page(dashboard, kept["data"][name], kept["start"], kept["end"]), encoding="utf-8")
        words += [str(written), str((target / written.name).with_suffix(".png").resolve())]
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("Chromium is needed; Debian's package is `chromium`")
    subprocess.run(["node", "draw.mjs", chromium, *words], cwd=folder, check=True, timeout=600)


def main() -> int:
    """Draw all dashboards; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0, help="how long the load runs first")
    parser.add_argument("--rate", type=float, default=12.0, help="raw records a second")
    parser.add_argument("--to", type=Path, default=IMAGES, help="folder of the pictures")
    parser.add_argument("--keep", type=Path, help="also write the answers of Prometheus here")
    parser.add_argument("--from-kept", type=Path, help="draw answers that were kept, without running anything")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    folder = packages(PREVIEW / "package.json")
    bundle(folder)
    if options.from_kept:
        kept = json.loads(options.from_kept.read_text(encoding="utf-8"))
    else:
        kept = watched(options.minutes, options.rate)
        if options.keep:
            options.keep.write_text(json.dumps(kept), encoding="utf-8")
    draw(folder, kept, options.to)
    return 0


def watched(minutes: float, rate: float) -> dict[str, Any]:
    """Run worker, load and Prometheus; the answers to all queries.

    Halfway one source stops naming its authors. Time in the rules runs twenty times as fast, so that half an hour's
    window shows in a minute and a half.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        standing(rules=faster(RULES, Path(folder), 20), interval="2s") as stand,
    ):
        trouble = Trouble()
        start = time.time()
        stand.stream(newswire(trouble=trouble), rate)
        time.sleep(minutes * 30)
        trouble.without_authors.add("valley-post.com")
        time.sleep(minutes * 30)
        end = time.time()
        data = {name: answers(stand.prometheus, dashboard, start, end) for name, dashboard in dashboards().items()}
        return {"start": start, "end": end, "data": data}


if __name__ == "__main__":
    sys.exit(main())
