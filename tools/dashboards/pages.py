"""All dashboards, and the text of their files."""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from tools.dashboards import dead, dedupe, kafka, overview, quality, stages
from tools.dashboards.page import Page, build

FOLDER = Path(__file__).parents[2] / "deploy" / "grafana" / "dashboards"
PAGES = (overview.PAGE, stages.PAGE, kafka.PAGE, dedupe.PAGE, quality.PAGE, dead.PAGE)


def _written(page: Page) -> str:
    model = json.loads(json.dumps(build(page), cls=JSONEncoder))
    # The builders write members that Grafana 12 does not know for this kind of variable, or not at all.
    for variable in model["templating"]["list"]:
        for key in ("auto", "auto_min", "auto_count", "definition"):
            variable.pop(key, None)
    for link in model["links"]:
        link.pop("placement", None)
    return json.dumps(model, indent=2, ensure_ascii=False) + "\n"


def render() -> dict[str, str]:
    """The files' texts by name."""
    return {f"{page.uid.removesuffix('-overview')}.json": _written(page) for page in PAGES}
