"""The state folder deleted, damaged and without space. It is a cache of its log topic, and must be that again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence

from benchmarks.faults.damage import KINDS, NotPossibleError, flip, small_disk
from benchmarks.faults.result import Row, Status
from benchmarks.faults.trial import Stand, Trial


def state(stand: Stand) -> list[Row]:
    """All three, each on its own."""
    return [deleted(stand), corrupted(stand), full_disk(stand)]


def deleted(stand: Stand, times: int = 4) -> Row:
    """Deleted while the worker is down, and from under a worker that runs and is then killed."""
    times = stand.many(times, 2)
    with Trial(stand, "state-deleted", times * 5_000, rate=700) as trial:
        trial.load.start()
        trial.deployment.start("one")
        for number in range(times):
            trial.expect("not ready", true=trial.deployment.ready("one"))
            time.sleep(trial.rng.uniform(1.0, 2.0))
            if number % 2:
                shutil.rmtree(trial.deployment.state("one"))
                time.sleep(1.0)
                trial.deployment.kill("one")
            else:
                trial.deployment.kill("one")
                shutil.rmtree(trial.deployment.state("one"))
            moment = trial.struck()
            known = trial.follower.distinct
            trial.deployment.start("one")
            trial.recovered(moment)
            trial.expect("not ready", true=trial.deployment.ready("one"))
            restored = trial.deployment.metric("one", "copydesk_restore_records", 'what="done"')
            # Markers of transactions count too, so that this is the least.
            trial.expect(f"{restored:.0f} records of {known} were restored", true=restored >= known)
        return trial.finish()


def corrupted(stand: Stand, rounds: int = 2, kinds: Sequence[str] = KINDS) -> Row:
    """Bits flipped in each kind of file, one kind at a time, while the worker is down."""
    rounds = stand.many(rounds, 1)
    with Trial(stand, "state-corrupted", rounds * len(kinds) * 4_500, rate=700) as trial:
        trial.load.start()
        trial.deployment.start("one")
        flipped = dict.fromkeys(kinds, 0)
        for kind in [*kinds] * rounds:
            trial.expect("not ready", true=trial.deployment.ready("one"))
            time.sleep(trial.rng.uniform(1.0, 2.0))
            trial.deployment.kill("one")
            if kind == "*.sst":  # its tables are written when it is next opened: one more start
                trial.deployment.start("one")
                trial.expect("not ready", true=trial.deployment.ready("one"))
                trial.deployment.kill("one")
            flipped[kind] += flip(trial.deployment.state("one"), kind, trial.rng)
            moment = trial.struck()
            trial.deployment.start("one")
            trial.recovered(moment)
        for kind, count in flipped.items():
            trial.expect(f"nothing to flip in {kind}", true=count > 0)
        trial.notes.append("bytes flipped: " + ", ".join(f"{kind} {count}" for kind, count in flipped.items()))
        return trial.finish()


def full_disk(stand: Stand, times: int = 2) -> Row:
    """The file system of the state is full for 10 s under load; recovery counts from the moment of free space."""
    times = stand.many(times, 1)
    with Trial(stand, "state-full-disk", times * 12_000, rate=600) as trial:
        try:
            with small_disk(trial.folder / "one", 96) as disk:
                trial.load.start()
                trial.deployment.start("one")
                trial.expect("not ready", true=trial.deployment.ready("one"))
                for _ in range(times):
                    time.sleep(trial.rng.uniform(1.0, 3.0))
                    disk.fill()
                    seen = trial.watch(10.0)
                    disk.free()
                    trial.recovered(trial.struck(everywhere=True))
                    trial.notes.append(f"meanwhile: {seen}")
                    trial.expect("no partition waited for space", true=seen.says("space", "io error"))
                return trial.finish()
        except NotPossibleError as error:
            return Row(trial.name, Status.NOT_RUN, stand.seed, note=str(error))
