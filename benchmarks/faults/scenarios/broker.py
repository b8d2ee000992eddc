"""The broker restarted, killed, frozen and gone. Recovery counts from the moment at which it answers again."""

from __future__ import annotations

import signal
import time

from benchmarks.faults.result import Row
from benchmarks.faults.trial import Stand, Trial


def broker_restart(stand: Stand, stops: int = 2, kills: int = 2) -> Row:
    """Orderly stops and SIGKILLs, mixed; the broker starts again at once. The worker must not need a restart."""
    ways = ["stop"] * stand.many(stops) + ["kill"] * stand.many(kills)
    with Trial(stand, "broker-restart", len(ways) * 7_000, rate=600) as trial:
        trial.rng.shuffle(ways)
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        for way in ways:
            time.sleep(trial.rng.uniform(2.0, 4.0))
            if way == "kill":
                stand.broker.kill()
            else:
                stand.broker.stop()
            stand.broker.start()
            trial.recovered(trial.struck())
        return trial.finish()


def broker_gone(stand: Stand, away_s: float = 60.0) -> Row:
    """The broker is away for a minute: once frozen, so that connections stay open and silent, once not there at all."""
    away_s = max(12.0, away_s * min(1.0, stand.scale * 4))
    with Trial(stand, "broker-gone", round(200 * (2 * away_s + 40)), rate=200) as trial:
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        time.sleep(3.0)
        stand.broker.signal(signal.SIGSTOP)
        time.sleep(away_s)
        stand.broker.signal(signal.SIGCONT)
        trial.recovered(trial.struck())
        time.sleep(3.0)
        stand.broker.stop()
        time.sleep(away_s)
        stand.broker.start()
        trial.recovered(trial.struck())
        trial.notes.append(f"{away_s:g} s each")
        return trial.finish()
