"""Quality of deduplication, held by floors: one is lowered only with a written reason, and only on the same data."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FLOORS: dict[str, Any] = json.loads((Path(__file__).parent / "floors_dedupe.json").read_text())
DATA = Path(os.environ.get("COPYDESK_EVAL_DATA", "")) / "dedupe"

pytestmark = [
    pytest.mark.eval,
    pytest.mark.skipif(
        "COPYDESK_EVAL_DATA" not in os.environ, reason="COPYDESK_EVAL_DATA names no folder of evaluation data"
    ),
]


@pytest.fixture(scope="module")
def module() -> Any:
    spec = importlib.util.spec_from_file_location("eval_dedupe", ROOT / "benchmarks" / "eval" / "dedupe.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def scores(module: Any) -> dict[str, Any]:
    found: dict[str, Any] = module.evaluate(DATA)
    return found


def test_the_data_is_what_the_floors_were_set_on(module: Any) -> None:
    assert module.checksum(DATA, FLOORS["files"]) == FLOORS["sha256"]


def test_pairs(scores: dict[str, Any]) -> None:
    assert scores["precision"] >= FLOORS["precision"]
    assert scores["recall"] >= FLOORS["recall"]
    assert scores["different_set_aside"] <= FLOORS["different_set_aside"]
    assert scores["grey_set_aside"] <= FLOORS["grey_set_aside"]


def test_a_stream_sets_nothing_aside_that_no_pair_explains(scores: dict[str, Any]) -> None:
    assert scores["stream"]["different"] + scores["stream"]["unlabelled"] <= FLOORS["stream_false"]
    assert scores["stream"]["set_aside"] >= FLOORS["stream_set_aside"]


@pytest.mark.parametrize("edit", sorted(FLOORS["edits"]))
def test_edits(scores: dict[str, Any], edit: str) -> None:
    found = scores["edits"][edit]
    assert found["copy"] + found["expanded"] >= FLOORS["edits"][edit]


def test_what_adds_much_is_published(scores: dict[str, Any]) -> None:
    for edit in ("concat +1 art", "concat digest of 4"):
        assert scores["edits"][edit]["copy"] <= FLOORS["digests_set_aside"]
