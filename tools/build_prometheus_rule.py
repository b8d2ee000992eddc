"""Writes the rules of deploy/prometheus/rules as the PrometheusRule that the Prometheus operator wants.

    python tools/build_prometheus_rule.py

The rules stay in files of Prometheus' own form, where promtool tests them; kustomize cannot wrap them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
RULES = ROOT / "deploy" / "prometheus" / "rules"
WRITTEN = ROOT / "deploy" / "kubernetes" / "components" / "monitoring" / "prometheusrule.yaml"
_HEAD = "# Written by tools/build_prometheus_rule.py from deploy/prometheus/rules.\n"


def render() -> str:
    """The manifest, with the groups of all files in the order of their names."""
    groups: list[Any] = []
    for path in sorted(RULES.glob("*.yml")):
        groups.extend(yaml.safe_load(path.read_text(encoding="utf-8"))["groups"])
    manifest = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "copydesk", "labels": {"app.kubernetes.io/name": "copydesk"}},
        "spec": {"groups": groups},
    }
    return _HEAD + yaml.safe_dump(manifest, sort_keys=False, width=1000, allow_unicode=True)


if __name__ == "__main__":
    WRITTEN.write_text(render(), encoding="utf-8")
    print(WRITTEN.relative_to(ROOT))
