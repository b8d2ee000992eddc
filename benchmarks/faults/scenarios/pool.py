"""The process pool: articles that poison it, and processes that are killed from outside. The real stages run."""

from __future__ import annotations

import signal
import time
from collections import Counter
from contextlib import suppress

import psutil
from benchmarks.faults.articles import ArticleTrial, article
from benchmarks.faults.deployment import REAL
from benchmarks.faults.result import Row
from benchmarks.faults.trial import Stand, Trial
from tests.support import poisoned

_EXPECTED = {
    poisoned.LOOP: {"parse_timeout"},
    # On a slow machine the time limit comes before the memory limit.
    poisoned.BOMB: {"parse_error", "parse_timeout"},
    poisoned.CRASH: {"parse_error"},
}
_SETTINGS = {"ENRICH__ENRICHERS": "", "BATCH_RECORDS": "20"}


def poison(stand: Stand, records: int = 1_200) -> Row:
    """Records that never end, take all memory, or kill their process: each costs exactly its own record."""
    records = stand.many(records, 120)
    kinds = list(_EXPECTED)
    bad = {number: kinds[at % 3] for at, number in enumerate(range(11, records, 40))}

    def value(number: int) -> bytes:
        return bad[number] if number in bad else article(number)

    with ArticleTrial(
        stand,
        "poison",
        records,
        rate=40,
        settings={**_SETTINGS, "PARSE_TIMEOUT_S": "6"},
        program=("-m", "tests.support.poisoned"),
        values=value,
    ) as trial:
        trial.load.start()
        trial.deployment.start("one")
        row = trial.finish()
        values = trial.numbered()
        wanted = {origin: _EXPECTED[v] for origin, v in values.items() if v in _EXPECTED}
        found = dict(trial.dead_letters())
        codes = ", ".join(f"{count} {code}" for code, count in sorted(Counter(found.values()).items()))
        innocent = len(set(found) - set(wanted))
        exact = found.keys() == wanted.keys() and all(code in wanted[origin] for origin, code in found.items())
        return Trial.judged(row, f"{len(wanted)} poisoned; dead letters: {codes}; of innocents: {innocent}", true=exact)


def pool_kill(stand: Stand, kills: int = 20) -> Row:
    """Pool processes die from outside, at random. The record at hand is tried three times: no article is lost."""
    kills = stand.many(kills, 3)
    with ArticleTrial(
        stand, "pool-kill", kills * 150, rate=40, settings=_SETTINGS, program=REAL, values=article
    ) as trial:
        trial.load.start()
        worker = trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        for _ in range(kills):
            # Far enough apart that no record meets two of them: it is tried three times, not more.
            time.sleep(trial.rng.uniform(3.0, 5.0))
            process = _busy(worker.pid)
            moment = trial.struck()
            process.send_signal(signal.SIGKILL)
        trial.recovered(moment)
        crashes = trial.deployment.metric("one", "copydesk_pool_crashes_total")
        trial.notes.append(f"calls that met a kill: {crashes:.0f}")
        trial.expect("all killed processes were idle", true=crashes > 0)
        row = trial.finish()
        dead = trial.dead_letters()
        return Trial.judged(row, f"dead letters: {len(dead)}", true=not dead)


def _pool(worker: int, within_s: float = 60.0) -> list[psutil.Process]:
    """Processes of a worker's pool; there are none for a moment while a broken pool is replaced."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        processes = [p for p in psutil.Process(worker).children(recursive=True) if "spawn_main" in _line(p)]
        if processes:
            return processes
        time.sleep(0.1)
    raise RuntimeError("the worker has no pool processes")


def _busy(worker: int, within_s: float = 10.0) -> psutil.Process:
    """A process of the pool that works; any one where none is met at work."""
    deadline = time.monotonic() + within_s
    while True:
        processes = _pool(worker)
        for process in processes:
            with suppress(psutil.Error):  # it has just ended
                if process.status() == psutil.STATUS_RUNNING:
                    return process
        if time.monotonic() > deadline:
            return processes[0]
        time.sleep(0.002)


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""
