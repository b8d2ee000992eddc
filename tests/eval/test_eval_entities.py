"""Quality of names, held by floors: one is lowered only with a written reason, and only on the same data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FLOORS: dict[str, dict[str, float]] = json.loads((Path(__file__).parent / "floors_entities.json").read_text())
DATA = os.environ.get("COPYDESK_EVAL_DATA")

pytestmark = [
    pytest.mark.eval,
    pytest.mark.skipif(not DATA, reason="COPYDESK_EVAL_DATA names no folder of evaluation data"),
]


@pytest.fixture(scope="module")
def scores() -> dict[str, Any]:
    from benchmarks.eval import entities

    return dict(entities.scores(Path(str(DATA))))


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_names_stay_above_their_floors(scores: dict[str, Any], name: str) -> None:
    score, floors = scores[name], FLOORS[name]
    assert score.gold.total() == floors["names"]
    assert score.f1() >= floors["f1"]
    for kind in ("PER", "LOC", "ORG"):
        assert score.f1(kind) >= floors[kind]
