"""Extraction from HTML, held by floors: one is lowered only with a written reason, and only on the same data."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

FLOORS: dict[str, dict[str, float]] = json.loads((Path(__file__).parent / "floors_html.json").read_text())["html"]
DATA = os.environ.get("COPYDESK_EVAL_DATA")


@pytest.mark.eval
@pytest.mark.skipif(not DATA, reason="COPYDESK_EVAL_DATA names no folder of evaluation data")
@pytest.mark.parametrize("set_name", sorted(FLOORS))
def test_no_figure_falls_below_its_floor(set_name: str) -> None:
    html = pytest.importorskip("benchmarks.eval.html", reason="the bench dependencies are not installed")
    found = html.evaluate(Path(str(DATA)), set_name)
    floors = dict(FLOORS[set_name])
    assert found["pages"] == floors.pop("pages")
    assert found["date_wrong"] <= floors.pop("date_wrong_max")
    assert {name: found[name] for name in floors if found[name] < floors[name]} == {}
