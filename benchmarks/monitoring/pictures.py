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
from tests.support.newswire import newswire
from tests.support.prometheus import Prometheus
from tools.alerts.files import FOLDER as RULES

ROOT = Path(__file__).parents[2]
PREVIEW = ROOT / "tools" / "preview"
IMAGES = ROOT / "docs" / "images"
NOTE = (
    "Preview: panels drawn by @grafana/ui 13.2.3 from the dashboard’s JSON with live data; not a screenshot of Grafana."
)


def modules() -> Path:
    """Folder of the installed packages; installed the first time.

    Raises:
        RuntimeError: node or npm is missing, or npm failed.
    """
    folder = Path.home() / ".cache" / "copydesk-preview"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (PREVIEW / "package.json").read_text(encoding="utf-8")
    have = folder / "package.json"
    if not have.exists() or have.read_text(encoding="utf-8") != wanted or not (folder / "node_modules").exists():
        if shutil.which("npm") is None:
            raise RuntimeError("node and npm are needed")
        have.write_text(wanted, encoding="utf-8")
        command = ["npm", "install", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True, timeout=900)
    return folder


def bundle(folder: Path) -> Path:
    """The drawing program, bundled for a browser."""
    shutil.copy(PREVIEW / "panels.tsx", folder / "panels.tsx")
    target = folder / "panels.js"
    loaders = ["--loader:.svg=text", "--loader:.ttf=dataurl", "--jsx=automatic", "--log-level=error"]
    command = ["node_modules/.bin/esbuild", "panels.tsx", "--bundle", f"--outfile={target}", *loaders]
    subprocess.run([*command, '--define:process.env.NODE_ENV="production"'], cwd=folder, check=True, timeout=300)
    return target


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


def draw(script: Path, dashboard: dict[str, Any], data: dict[str, Any], start: float, end: float, target: Path) -> None:
    """Write a picture of a dashboard.

    Raises:
        RuntimeError: the page failed.
    """
    titled = json.loads(json.dumps(dashboard).replace("$field", "authors"))
    given = {"dashboard": titled, "data": data, "from": start * 1000, "to": end * 1000, "note": NOTE}
    text = json.dumps(given).replace("</", "<\\/")
    with tempfile.TemporaryDirectory(prefix="copydesk-picture-") as name:
        page = Path(name) / "page.html"
        page.write_text(
            f'<!doctype html><meta charset="utf-8"><div id="root"></div><script>window.PREVIEW = {text}</script>'
            f'<script src="file://{script}"></script>',
            encoding="utf-8",
        )
        bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
        chromium = [
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files",
            f"--user-data-dir={name}/profile", "--virtual-time-budget=15000", f"--window-size=1632,{76 + bottom * 38}",
        ]  # fmt: skip
        subprocess.run(
            [*chromium, f"--screenshot={target}", f"file://{page}"], check=True, capture_output=True, timeout=180
        )


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
    script = bundle(modules())
    if options.from_kept:
        kept = json.loads(options.from_kept.read_text(encoding="utf-8"))
    else:
        kept = watched(options.minutes, options.rate)
        if options.keep:
            options.keep.write_text(json.dumps(kept), encoding="utf-8")
    for name, dashboard in dashboards().items():
        target = options.to / name.replace(".json", ".png")
        draw(script, dashboard, kept["data"][name], kept["start"], kept["end"], target)
        print(f"wrote {target.name}")
    return 0


def watched(minutes: float, rate: float) -> dict[str, Any]:
    """Run worker, load and Prometheus; the answers to all queries.

    Halfway one source stops naming its authors. Time in the rules runs sixty times as fast, so that half an hour's
    window shows in half a minute.
    """
    half = time.monotonic() + minutes * 30
    with tempfile.TemporaryDirectory() as folder, standing(rules=faster(RULES, Path(folder), 20)) as stand:
        half = time.monotonic() + minutes * 30
        news = newswire(without_authors=lambda source: source == "valley-post.com" and time.monotonic() > half)
        start = time.time()
        stand.stream(news, rate)
        time.sleep(minutes * 60)
        end = time.time()
        data = {name: answers(stand.prometheus, dashboard, start, end) for name, dashboard in dashboards().items()}
        return {"start": start, "end": end, "data": data}


if __name__ == "__main__":
    sys.exit(main())
