"""Workers killed at random moments under load."""

from __future__ import annotations

import time

from benchmarks.faults.articles import ArticleTrial, article
from benchmarks.faults.deployment import REAL
from benchmarks.faults.result import Row
from benchmarks.faults.trial import Stand, Trial


def kill(stand: Stand, kills: int = 30, records: int = 200_000) -> Row:
    """SIGKILL again and again, at random moments: while starting, restoring, working. Every fifth time two workers run.

    The load ends with the kills, so that each of them meets records under way.
    """
    kills, records = stand.many(kills, 3), stand.many(records, 6_000)
    with Trial(stand, "kill", records, rate=records / (kills * 8.0)) as trial:
        trial.load.start()
        done = 0
        while done < kills:
            names = ("one", "two") if done % 5 == 4 and done + 2 <= kills else ("one",)
            for name in names:
                trial.deployment.start(name)
            for name in names:
                time.sleep(trial.rng.uniform(2.0, 12.0) if name == "one" else trial.rng.uniform(0.0, 4.0))
                moment = trial.struck(everywhere=len(names) > 1)
                trial.deployment.kill(name)
                done += 1
        trial.deployment.start("one")
        trial.recovered(moment)
        return trial.finish()


def backlog(stand: Stand, records: int = 200_000) -> Row:
    """All records lie there before the worker starts: its memory must not grow with them."""
    records = stand.many(records, 10_000)
    with Trial(stand, "backlog", records, rate=0) as trial:
        trial.load.start()
        trial.load.finish()
        began = time.monotonic()
        trial.deployment.start("one")
        row = trial.finish(within_s=60 + records / 500)
        return trial.noted(row, f"{records / (trial.follower.arrivals[-1].at - began):.0f} records/s from a cold start")


def kill_articles(stand: Stand, kills: int = 10, rate: float = 12.0) -> Row:
    """SIGKILL while the real stages read articles, every enricher on. A tenth of the articles comes twice."""
    kills = stand.many(kills, 2)
    records = round(kills * 11.0 * rate)

    def value(number: int) -> bytes:
        return article(number // 10 if number % 10 == 9 else number)

    with ArticleTrial(stand, "kill-articles", records, rate=rate, program=REAL, values=value) as trial:
        trial.load.start()
        for _ in range(kills):
            trial.deployment.start("one")
            trial.expect("not ready", true=trial.deployment.ready("one"))
            time.sleep(trial.rng.uniform(1.0, 6.0))
            moment = trial.struck()
            trial.deployment.kill("one")
        trial.deployment.start("one")
        trial.recovered(moment)
        return trial.finish()
