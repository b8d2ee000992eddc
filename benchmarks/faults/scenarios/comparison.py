"""The same load and the same kills for copydesk, a plain Faust `exactly_once` agent and a plain aiokafka loop.

One hop, without state: the two others do no more. What a read_committed reader finds in the output topic is counted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchmarks.faults.deployment import COUNTING
from benchmarks.faults.result import Row, Status
from benchmarks.faults.trial import Stand, Trial

from copydesk_schemas.topics import TopicRole

FAUST = ("-m", "benchmarks.faults.others.plain_faust", "worker", "--without-web", "-l", "error")
LOOP = ("-m", "benchmarks.faults.others.plain_loop")


def comparison(stand: Stand) -> list[Row]:
    """Three rows; those of the others neither pass nor fail."""
    return [
        _run(stand, "one hop, copydesk", COUNTING, {"STAGES": "parse"}),
        _run(stand, "one hop, Faust", FAUST, {}, ours=False),
        _run(stand, "one hop, aiokafka", LOOP, {}, ours=False),
    ]


def _run(
    stand: Stand, name: str, program: Sequence[str], settings: Mapping[str, str], *, ours: bool = True, kills: int = 10
) -> Row:
    kills, records = stand.many(kills, 2), stand.many(80_000, 6_000)
    with Trial(
        stand,
        name,
        records,
        rate=records / (kills * 11.0),
        settings=settings,
        program=program,
        ends=(TopicRole.PARSED,),
        stateful=False,
        # The same moments for all three.
        moments="comparison",
    ) as trial:
        trial.load.start()
        for _ in range(kills):
            trial.deployment.start("one")
            # All have started and taken over by then, so that each kill meets records under way.
            time.sleep(trial.rng.uniform(8.0, 12.0))
            trial.struck()
            trial.deployment.kill("one")
        trial.deployment.start("one")
        row = trial.finish(within_s=90.0)
    return row if ours else replace(row, status=Status.COMPARED)
