"""The memory limit of a whole worker."""

from __future__ import annotations

import signal

from benchmarks.faults.cgroup import memory_limit
from benchmarks.faults.damage import NotPossibleError
from benchmarks.faults.result import Row, Status
from benchmarks.faults.trial import Stand, Trial

_LIMIT_MIB = 300
_LEAK_KIB = 40


def memory(stand: Stand, records: int = 30_000) -> Row:
    """A worker that leaks goes over its limit; the kernel kills it, its supervisor starts it again, and on it goes."""
    records = stand.many(records, 12_000)
    try:
        with (
            memory_limit(_LIMIT_MIB) as limit,
            Trial(
                stand,
                "memory",
                records,
                rate=700,
                environment={"COUNTING_LEAK_KIB": str(_LEAK_KIB)},
                started=limit.enter,
            ) as trial,
        ):
            trial.deployment.ended = trial.struck
            trial.load.start()
            trial.deployment.start("one")
            row = trial.finish(restarts=None)
            exits = trial.deployment.exits
            killed = [code for code in exits if code == -signal.SIGKILL]
            return Trial.judged(
                row,
                f"limit {_LIMIT_MIB} MiB, killed by the kernel {len(killed)} times",
                true=bool(killed) and killed == exits,
            )
    except NotPossibleError as error:
        return Row("memory", Status.NOT_RUN, stand.seed, note=str(error))
