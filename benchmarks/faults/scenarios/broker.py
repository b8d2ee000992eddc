"""Brokers restarted, killed, frozen and gone. Recovery counts from the moment at which a lone one answers again."""

from __future__ import annotations

import signal
import time

from benchmarks.faults.result import Row
from benchmarks.faults.trial import Bench, Stand, Trial
from tests.support.kafka_cluster import KafkaCluster


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
        frozen = trial.watch(away_s)
        stand.broker.signal(signal.SIGCONT)
        trial.recovered(trial.struck())
        time.sleep(3.0)
        stand.broker.stop()
        gone = trial.watch(away_s)
        stand.broker.start()
        trial.recovered(trial.struck())
        for what, seen in (("frozen", frozen), ("gone", gone)):
            trial.notes.append(f"{what} for {away_s:g} s: {seen}")
            trial.expect(f"{what}: no partition waited", true=bool(seen.troubles) or seen.broker_lost)
        return trial.finish()


def failover(bench: Bench, rounds: int = 4) -> Row:
    """Three brokers, three replicas, two of which must be in step: each is killed or stopped in turn, away for a while.

    In odd rounds SIGKILL, in even ones an orderly stop, as in a rolling restart.
    """
    rounds = bench.many(rounds, 2)
    with KafkaCluster.running() as cluster:
        stand = Stand(folder=bench.folder, seed=bench.seed, scale=bench.scale, broker=cluster.nodes[0])
        records = round(300 * (15 + rounds * len(cluster.nodes) * 22))
        with Trial(stand, "failover", records, rate=300, replicas=3, bootstrap=cluster.bootstrap) as trial:
            trial.load.start()
            trial.deployment.start("one")
            trial.expect("not ready", true=trial.deployment.ready("one"))
            ends = [(node, kind) for kind in range(rounds) for node in cluster.nodes]
            for node, kind in trial.rng.sample(ends, k=len(ends)):
                time.sleep(trial.rng.uniform(2.0, 4.0))
                moment = trial.struck(everywhere=True)
                if kind % 2:
                    node.stop()
                else:
                    node.kill()
                time.sleep(trial.rng.uniform(6.0, 10.0))
                trial.recovered(moment)  # by the two that are left
                node.start()
                time.sleep(5.0)  # until its replicas are in step again: two away at a time are too many
            return trial.finish()
