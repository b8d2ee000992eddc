"""Workers that are stopped, frozen, joined and left, and transactions that time out."""

from __future__ import annotations

import signal
import time

from benchmarks.faults.result import Row
from benchmarks.faults.trial import Bench, Stand, Trial

SESSION_S = 6.0
"""`session_timeout_ms` of the workers, by default."""


def term(stand: Stand, stops: int = 10) -> Row:
    """SIGTERM under load: exit code 0 within 10 s, the work in flight finished or handed back."""
    stops = stand.many(stops, 2)
    slowest = 0.0
    with Trial(stand, "term", stops * 5_000, rate=800) as trial:
        trial.load.start()
        for _ in range(stops):
            trial.deployment.start("one")
            trial.expect("not ready", true=trial.deployment.ready("one"))
            time.sleep(trial.rng.uniform(0.2, 2.5))
            trial.struck()
            code, seconds = trial.deployment.stop("one")
            slowest = max(slowest, seconds)
            trial.expect(f"exit code {code} after {seconds:.1f} s", true=code == 0 and seconds <= 10)
        trial.notes.append(f"slowest stop {slowest:.1f} s")
        trial.deployment.start("one")
        return trial.finish()


def zombie(stand: Stand, freezes: int = 4) -> Row:
    """SIGSTOP for longer than the session: the other worker takes over; then SIGCONT: what is late must not count.

    Each record takes a millisecond, so that a worker is frozen in the middle of batches.
    """
    freezes = stand.many(freezes, 1)
    fenced = 0
    with Trial(
        stand, "zombie", freezes * 15_000, rate=700, environment={"COUNTING_SLOW_MS": "1"}, settings={}
    ) as trial:
        trial.load.start()
        for name in ("one", "two"):
            trial.deployment.start(name)
        for name in ("one", "two"):
            trial.expect("not ready", true=trial.deployment.ready(name))
        for number in range(freezes):
            frozen = ("one", "two")[number % 2]
            time.sleep(trial.rng.uniform(1.0, 3.0))
            moment = trial.struck(everywhere=True)
            trial.deployment.signal(frozen, signal.SIGSTOP)
            time.sleep(SESSION_S + trial.rng.uniform(4.0, 8.0))
            trial.recovered(moment)
            trial.deployment.signal(frozen, signal.SIGCONT)
            time.sleep(2.0)
            for name in ("one", "two"):
                trial.expect(f"{name} is not ready after the freeze", true=trial.deployment.ready(name, 60))
        fenced = sum(trial.deployment.fenced(name) for name in ("one", "two"))
        trial.notes.append(f"commits that were fenced: {fenced}")
        return trial.finish()


def churn(stand: Stand, events: int = 14) -> Row:
    """Workers join, leave and die at random while one to three of them run."""
    events = stand.many(events, 4)
    names = ("one", "two", "three")
    with Trial(stand, "churn", events * 4_000, rate=700) as trial:
        trial.load.start()
        trial.deployment.start("one")
        trial.deployment.ready("one")
        for _ in range(events):
            running = list(trial.deployment.workers)
            away = [name for name in names if name not in running]
            if away and (len(running) == 1 or trial.rng.random() < 0.5):
                trial.deployment.start(trial.rng.choice(away))
            else:
                leaver = trial.rng.choice(running)
                trial.struck(everywhere=True)
                if trial.rng.random() < 0.5:
                    trial.deployment.kill(leaver)
                else:
                    code, seconds = trial.deployment.stop(leaver)
                    trial.expect(f"exit code {code} after {seconds:.1f} s", true=code == 0 and seconds <= 10)
            time.sleep(trial.rng.uniform(2.0, 8.0))
        return trial.finish()


def timeout(bench: Bench, freezes: int = 10) -> Row:
    """The worker is frozen until the broker ends its transactions, shorter than its session: it is its own zombie."""
    freezes = bench.many(freezes, 3)
    properties = {"transaction.abort.timed.out.transaction.cleanup.interval.ms": "500"}
    with (
        bench.with_broker(properties) as stand,
        # Small batches: then some partition has a transaction open at any moment.
        Trial(
            stand,
            "timeout",
            freezes * 6_000,
            rate=900,
            settings={"TRANSACTION_TIMEOUT_MS": "1000", "BATCH_RECORDS": "10"},
        ) as trial,
    ):
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        for _ in range(freezes):
            time.sleep(trial.rng.uniform(1.0, 3.0))
            trial.deployment.signal("one", signal.SIGSTOP)
            time.sleep(3.5)
            moment = trial.struck(everywhere=True)
            trial.deployment.signal("one", signal.SIGCONT)
            trial.recovered(moment)
        fenced = trial.deployment.fenced("one")
        trial.notes.append(f"transactions that the broker had ended: {fenced}")
        trial.expect("no transaction timed out", true=fenced > 0)
        return trial.finish()
