"""All dashboards, and the text of their files."""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from tools.dashboards import dead, dedupe, kafka, overview, quality, stages
from tools.dashboards.page import build

FOLDER = Path(__file__).parents[2] / "deploy" / "grafana" / "dashboards"
PAGES = (overview.PAGE, stages.PAGE, kafka.PAGE, dedupe.PAGE, quality.PAGE, dead.PAGE)


def render() -> dict[str, str]:
    """The files' texts by name."""
    return {
        f"{page.uid.removesuffix('-overview')}.json": json.dumps(
            build(page), cls=JSONEncoder, indent=2, ensure_ascii=False
        )
        + "\n"
        for page in PAGES
    }
