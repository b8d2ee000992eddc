"""Workers that are stopped, frozen, joined and left, and transactions that time out."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from benchmarks.faults.result import Row
from benchmarks.faults.trial import Bench, Stand, Trial

SESSION_S = 6.0
"""`session_timeout_ms` of the workers, by default."""


def term(stand: Stand, stops: int = 10) -> Row:
    """SIGTERM under load: exit code 0 within 10 s, the work in flight finished or handed back.

    A third of the stops, or one, comes at work, as many while the worker starts, and as many while its broker is
    frozen: then it may also end with code 1, for it can finish nothing. Recovery counts from the worker's end.
    """
    each = max(1, round(stand.many(stops, 3) / 3))
    slowest: dict[str, float] = {}
    with Trial(stand, "term", each * 12_000, rate=800) as trial:
        trial.load.start()
        for kind in ("at work", "starting", "broker frozen") * each:
            trial.deployment.start("one")
            codes = {0}
            if kind == "starting":
                trial.expect("it does not catch SIGTERM", true=_catches(trial.deployment.workers["one"].pid))
                time.sleep(trial.rng.uniform(0.0, 1.0))
                early = not trial.deployment.page("one", "/health/ready").get("ready", False)
                trial.expect("it was ready before SIGTERM", true=early)
            else:
                trial.expect("not ready", true=trial.deployment.ready("one"))
                time.sleep(trial.rng.uniform(0.2, 2.5))
            if kind == "broker frozen":
                stand.broker.signal(signal.SIGSTOP)
                codes = {0, 1}
                time.sleep(1.0)  # every batch has met the silence
            code, seconds = trial.deployment.stop("one")
            moment = trial.struck()
            if kind == "broker frozen":
                stand.broker.signal(signal.SIGCONT)
            slowest[kind] = max(slowest.get(kind, 0.0), seconds)
            trial.expect(f"{kind}: exit code {code} after {seconds:.1f} s", true=code in codes and seconds <= 10)
        trial.notes.append("slowest stop " + ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in slowest.items()))
        trial.deployment.start("one")
        trial.recovered(moment)
        return trial.finish()


def _catches(pid: int, number: int = signal.SIGTERM, within_s: float = 30.0) -> bool:
    """Wait until a process has a handler for a signal: before, the interpreter has not come to the worker's code."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
        if int(caught, 16) >> (number - 1) & 1:
            return True
        time.sleep(0.01)
    return False


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
        trial.expect("no late commit was fenced", true=fenced > 0)
        return trial.finish()


def churn(stand: Stand, events: int = 14) -> Row:
    """Workers join, leave and die at random while one to three of them run."""
    events = stand.many(events, 4)
    names = ("one", "two", "three")
    with Trial(stand, "churn", events * 4_000, rate=700) as trial:
        trial.load.start()
        moment = 0.0
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        for _ in range(events):
            running = list(trial.deployment.workers)
            away = [name for name in names if name not in running]
            if away and (len(running) == 1 or trial.rng.random() < 0.5):
                trial.deployment.start(trial.rng.choice(away))
            else:
                leaver = trial.rng.choice(running)
                moment = trial.struck(everywhere=True)
                if trial.rng.random() < 0.5:
                    trial.deployment.kill(leaver)
                else:
                    code, seconds = trial.deployment.stop(leaver)
                    trial.expect(f"exit code {code} after {seconds:.1f} s", true=code == 0 and seconds <= 10)
            time.sleep(trial.rng.uniform(2.0, 8.0))
        for name in trial.deployment.workers:
            trial.expect(f"{name} is not ready after all", true=trial.deployment.ready(name))
        # Everything that has joined must have taken over from everything that has left.
        trial.expect("nobody left", true=trial.faults > 0)
        if trial.faults:
            trial.recovered(moment)
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
            freezes * 2_000,
            rate=300,  # in batches of ten the one dedupe partition takes no more on a busy machine
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
