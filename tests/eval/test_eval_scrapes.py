from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

FLOORS: dict[str, dict[str, float]] = json.loads((Path(__file__).parent / "floors_scrapes.json").read_text())["scrapes"]
DATA = os.environ.get("COPYDESK_EVAL_DATA")


@pytest.mark.eval
@pytest.mark.skipif(not DATA, reason="COPYDESK_EVAL_DATA names no folder of evaluation data")
@pytest.mark.parametrize("set_name", sorted(FLOORS))
def test_body_f1_stays_above_its_floor(set_name: str) -> None:
    scrapes = pytest.importorskip("benchmarks.eval.scrapes", reason="the bench dependencies are not installed")
    found = scrapes.evaluate(Path(str(DATA)), set_name)
    assert found["pages"] == FLOORS[set_name]["pages"]
    assert found["f1"] >= FLOORS[set_name]["f1"]
