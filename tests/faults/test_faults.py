"""The short part of the fault suite, with a seed. `make faults` is the long one, with every fault there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.faults.report import line
from benchmarks.faults.result import Row, Status
from benchmarks.faults.scenarios.broker import broker_restart
from benchmarks.faults.scenarios.kill import kill
from benchmarks.faults.scenarios.pool import pool_kill
from benchmarks.faults.scenarios.refused import large
from benchmarks.faults.scenarios.state import corrupted, deleted
from benchmarks.faults.scenarios.workers import term, zombie
from benchmarks.faults.trial import Stand
from tests.support.kafka import KafkaBroker

pytestmark = pytest.mark.kafka
SEED = 7


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(lambda stand: kill(stand, kills=3, records=5_000), id="kill"),
        pytest.param(lambda stand: term(stand, stops=1), id="term"),
        pytest.param(lambda stand: zombie(stand, freezes=1), id="zombie"),
        pytest.param(lambda stand: broker_restart(stand, stops=0, kills=1), id="broker-restart"),
        pytest.param(lambda stand: deleted(stand, times=1), id="state-deleted"),
        pytest.param(
            lambda stand: corrupted(stand, rounds=1, kinds=("*.sst", "*.log", "MANIFEST-*")), id="state-corrupted"
        ),
        pytest.param(lambda stand: large(stand, records=1_000), id="refused-too-large"),
        pytest.param(lambda stand: pool_kill(stand, kills=3), id="pool-kill"),
    ],
)
def test_nothing_is_lost_nothing_twice_and_the_state_is_right(
    broker: KafkaBroker, tmp_path: Path, scenario: Callable[[Stand], Row]
) -> None:
    row = scenario(Stand(broker=broker, folder=tmp_path, seed=SEED))
    assert row.status is Status.PASSED, line(row)
    assert row.records_in > 0
