"""The wall clock jumps while the worker runs; clocks that only measure time go on."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.faults.result import Row, Status
from benchmarks.faults.trial import Stand, Trial

_LIBRARY = "libfaketimeMT.so.1"
_PLACES = ("/usr/lib", "/usr/local/lib", "/usr/lib64")


def clock(stand: Stand, steps: int = 8) -> Row:
    """Hours forward and back, days too; the broker's own clock stays."""
    steps = stand.many(steps, 3)
    library = next((path for place in _PLACES for path in Path(place).glob(f"**/{_LIBRARY}")), None)
    if library is None:
        return Row("clock", Status.NOT_RUN, stand.seed, note=f"{_LIBRARY} is missing: apt-get install faketime")
    offset = stand.folder / f"clock-{stand.seed}"
    offset.write_text("+0\n")
    environment = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    with Trial(stand, "clock", steps * 4_000, rate=700, environment=environment) as trial:
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        seen = []
        for number in range(steps):
            time.sleep(trial.rng.uniform(2.0, 4.0))
            hours = trial.rng.choice((1, 3, 26, 400)) * (-1 if number % 2 else 1)
            moment = trial.struck(everywhere=True)
            offset.write_text(f"{hours:+d}h\n")
            trial.recovered(moment)
            seen.append(_sees(trial, hours))
        trial.expect(f"steps that the worker saw: {sum(seen)} of {steps}", true=all(seen))
        return trial.finish()


def _sees(trial: Trial, hours: int) -> bool:
    """Whether the worker's commits are stamped by the clock that is wrong by so many hours, within 10 s."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        stamped = trial.deployment.metric("one", "copydesk_last_commit_timestamp_seconds", 'stage="parse"')
        if abs(stamped - time.time() - hours * 3600) < 120:
            return True
        time.sleep(0.2)
    return False
