"""Check the dashboards against the types that Grafana publishes: `python -m tools.check_grafana_types`.

Each dashboard becomes a TypeScript value of the type `Dashboard` of `@grafana/schema`, each panel's options and field
settings one of the type of its kind of panel; the compiler says what does not fit. The version is that of
docker-compose.yml. Needs node and npm.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.dashboards.pages import FOLDER
from tools.node import packages

MANIFEST = Path(__file__).parent / "grafana_types" / "package.json"
_PUBLISHED = "./node_modules/@grafana/schema/dist/types/raw/composable"
_KINDS = {"timeseries": "TimeSeries", "stat": "Stat", "bargauge": "BarGauge", "table": "Table"}
_HEAD = """import type { Dashboard, GraphFieldConfig, TableFieldOptions } from '@grafana/schema';
IMPORTS
// The published enums are TypeScript's own, to which no text of a JSON file can be assigned: take their texts instead.
type Loose<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends Array<infer U> ? Array<Loose<U>> : T extends object ? { [K in keyof T]: Loose<T[K]> } : T;
type Custom = { timeseries: GraphFieldConfig, table: TableFieldOptions };
"""


def _typescript(dashboard: dict[str, Any]) -> str:
    imports = "\n".join(
        f"import type {{ Options as {kind} }} from '{_PUBLISHED}/{kind}/panelcfg/x/{name}PanelCfg_types.gen';"
        for kind, name in _KINDS.items()
    )
    lines = [_HEAD.replace("IMPORTS", imports), f"export const dashboard: Loose<Dashboard> = {json.dumps(dashboard)};"]
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            continue
        number, kind = panel["id"], panel["type"]
        if kind not in _KINDS:
            raise ValueError(f"no published type is known for panels of the kind {kind}")
        lines.append(f"export const options{number}: Loose<Partial<{kind}>> = {json.dumps(panel['options'])};")
        custom = panel["fieldConfig"]["defaults"].get("custom")
        if custom is not None:
            lines.append(f"export const custom{number}: Loose<Partial<Custom['{kind}']>> = {json.dumps(custom)};")
    return "\n".join(lines) + "\n"


def check(dashboards: dict[str, dict[str, Any]]) -> str:
    """What the compiler says against the dashboards (by file name); empty where they fit."""
    folder = packages(MANIFEST)
    for old in folder.glob("*.ts"):
        old.unlink()
    for name, dashboard in dashboards.items():
        (folder / f"{Path(name).stem}.ts").write_text(_typescript(dashboard), encoding="utf-8")
    options = [
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
        "--target",
        "es2022",
    ]
    names = sorted(path.name for path in folder.glob("*.ts"))
    done = subprocess.run(  # noqa: S603 - words of our own
        ["node_modules/.bin/tsc", *options, *names],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.stdout + done.stderr


if __name__ == "__main__":
    files = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    found = check(files)
    print(found or f"{len(files)} dashboards fit Grafana's types")
    sys.exit(1 if found else 0)
