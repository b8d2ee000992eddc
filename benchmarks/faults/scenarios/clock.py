"""The wall clock jumps while the worker runs; clocks that only measure time go on."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.faults.articles import ArticleTrial, article
from benchmarks.faults.damage import NotPossibleError
from benchmarks.faults.result import Row, Status
from benchmarks.faults.trial import Stand, Trial
from tests.support import poisoned

_LIBRARY = "libfaketimeMT.so.1"
_PLACES = ("/usr/lib", "/usr/local/lib", "/usr/lib64")


def clock(stand: Stand, steps: int = 8) -> Row:
    """Hours forward and back, days too; the broker's own clock stays."""
    steps = stand.many(steps, 3)
    offset = _offset(stand, "clock")
    try:
        environment = _environment(offset)
    except NotPossibleError as error:
        return Row("clock", Status.NOT_RUN, stand.seed, note=str(error))
    with Trial(stand, "clock", steps * 4_000, rate=700, environment=environment) as trial:
        trial.load.start()
        trial.deployment.start("one")
        _step(trial, offset, steps, everywhere=True)
        return trial.finish()


def clock_articles(stand: Stand, steps: int = 8) -> Row:
    """The same steps for the real stages, whose pool measures its time limits with the wall clock.

    One article is never parsed to its end: it must run into its time limit. No other may.
    """
    steps = stand.many(steps, 3)
    offset = _offset(stand, "clock-articles")
    try:
        environment = _environment(offset)
    except NotPossibleError as error:
        return Row("clock-articles", Status.NOT_RUN, stand.seed, note=str(error))
    rate = 20.0
    # Under way while the clock steps, the first one at the latest.
    looping = round(rate * 12)

    def value(number: int) -> bytes:
        if number == looping:
            return poisoned.LOOP
        # The slow ones keep the pool busy, so that the steps meet calls under way.
        return poisoned.SLOW + article(number) if number % 10 == 0 else article(number)

    with ArticleTrial(
        stand,
        "clock-articles",
        round(steps * 5 * rate),
        rate=rate,
        settings={"ENRICH__ENRICHERS": "", "BATCH_RECORDS": "20", "PARSE_TIMEOUT_S": "4"},
        program=("-m", "tests.support.poisoned"),
        environment=environment,
        values=value,
    ) as trial:
        trial.load.start()
        trial.deployment.start("one")
        _step(trial, offset, steps, everywhere=False)  # the partition of the looping one stands, as long as it loops
        killed = trial.deployment.metric("one", "copydesk_pool_crashes_total")
        trial.notes.append(f"calls that a step of the clock cut off: {killed:.0f}")
        trial.expect("no step met a call under way", true=killed > 0)
        row = trial.finish(within_s=300.0)
        wanted = [(origin, "parse_timeout") for origin, v in trial.numbered().items() if v == poisoned.LOOP]
        found = trial.dead_letters()
        return Trial.judged(
            row, f"dead letters: {found}, wanted: {wanted}", true=len(wanted) == 1 and sorted(found) == wanted
        )


def _offset(stand: Stand, name: str) -> Path:
    """A file that says by how much the clock is wrong: not at all."""
    offset = stand.folder / f"{name}-{stand.seed}"
    offset.write_text("+0\n")
    return offset


def _environment(offset: Path) -> dict[str, str]:
    """What makes a process read the wall clock with an offset.

    Raises:
        NotPossibleError: the library is not there.
    """
    library = next((path for place in _PLACES for path in Path(place).glob(f"**/{_LIBRARY}")), None)
    if library is None:
        raise NotPossibleError(f"{_LIBRARY} is missing: apt-get install faketime")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def _step(trial: Trial, offset: Path, steps: int, *, everywhere: bool) -> None:
    """Set the clock so many times, and see that the worker noticed and went on."""
    trial.expect("not ready", true=trial.deployment.ready("one"))
    seen = []
    for number in range(steps):
        time.sleep(trial.rng.uniform(2.0, 4.0))
        hours = trial.rng.choice((1, 3, 26, 400)) * (-1 if number % 2 else 1)
        moment = trial.struck(everywhere=everywhere)
        offset.write_text(f"{hours:+d}h\n")
        trial.recovered(moment)
        seen.append(_sees(trial, hours))
    trial.expect(f"steps that the worker saw: {sum(seen)} of {steps}", true=all(seen))


def _sees(trial: Trial, hours: int) -> bool:
    """Whether the worker's commits are stamped by the clock that is wrong by so many hours, within 10 s."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        stamped = trial.deployment.metric("one", "copydesk_last_commit_timestamp_seconds", 'stage="parse"')
        if abs(stamped - time.time() - hours * 3600) < 120:
            return True
        time.sleep(0.2)
    return False
