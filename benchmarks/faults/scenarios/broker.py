"""Brokers restarted, killed, frozen and gone.

Three brokers with three replicas each, as a deployment has that must not lose data, are what counts. The same on a lone
broker is shown beside it: Kafka itself does not keep a confirmed transaction whole through all of it.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from benchmarks.faults.result import Row, Status
from benchmarks.faults.trial import Bench, Stand, Trial
from tests.support.kafka import KafkaBroker
from tests.support.kafka_cluster import KafkaCluster

SETTLING_S = 5.0
"""Until the replicas of a node that came back are in step again: two away at a time are too many."""


@contextmanager
def _on_a_cluster(bench: Bench, name: str, seconds: float, rate: float = 300) -> Iterator[tuple[Trial, KafkaCluster]]:
    """A trial on three brokers, with a worker that is ready and a load of so many seconds, at least."""
    with KafkaCluster.running() as cluster:
        stand = Stand(folder=bench.folder, seed=bench.seed, scale=bench.scale, broker=cluster.nodes[0])
        with Trial(stand, name, round(rate * seconds), rate=rate, replicas=3, bootstrap=cluster.bootstrap) as trial:
            trial.load.start()
            trial.deployment.start("one")
            trial.expect("not ready", true=trial.deployment.ready("one"))
            yield trial, cluster


def broker_restart(bench: Bench, stops: int = 3, kills: int = 3) -> Row:
    """Orderly stops and SIGKILLs, mixed; the broker starts again at once. The worker must not need a restart."""
    ways = ["stop"] * bench.many(stops) + ["kill"] * bench.many(kills)
    with _on_a_cluster(bench, "broker-restart", len(ways) * 15) as (trial, cluster):
        trial.rng.shuffle(ways)
        for way in ways:
            time.sleep(trial.rng.uniform(2.0, 4.0))
            node = trial.rng.choice(cluster.nodes)
            moment = trial.struck(everywhere=True)
            _end(node, way)
            node.start()
            trial.recovered(moment)
            time.sleep(SETTLING_S)
        return trial.finish()


def broker_gone(bench: Bench, away_s: float = 60.0) -> Row:
    """A broker is away for a minute: once frozen, so that its connections stay open and silent, once not there at all.

    The frozen one goes on as a leader that has been replaced meanwhile.
    """
    away_s = max(12.0, away_s * min(1.0, bench.scale * 4))
    with _on_a_cluster(bench, "broker-gone", 2 * (away_s + 20)) as (trial, cluster):
        frozen, gone = trial.rng.sample(cluster.nodes, k=2)
        time.sleep(3.0)
        moment = trial.struck(everywhere=True)
        frozen.signal(signal.SIGSTOP)
        time.sleep(away_s)
        trial.recovered(moment)  # by the two that are left
        frozen.signal(signal.SIGCONT)
        trial.recovered(trial.struck(everywhere=True))
        time.sleep(SETTLING_S)
        moment = trial.struck(everywhere=True)
        gone.stop()
        time.sleep(away_s)
        trial.recovered(moment)
        gone.start()
        trial.recovered(trial.struck(everywhere=True))
        trial.notes.append(f"frozen, then gone, for {away_s:g} s each")
        return trial.finish()


def failover(bench: Bench, rounds: int = 4) -> Row:
    """Each broker is killed or stopped in turn, and away for a while.

    In even rounds SIGKILL, in odd ones an orderly stop, as in a rolling restart.
    """
    rounds = bench.many(rounds, 2)
    with _on_a_cluster(bench, "failover", 15 + rounds * KafkaCluster.size * 22) as (trial, cluster):
        ends = [(node, "stop" if number % 2 else "kill") for number in range(rounds) for node in cluster.nodes]
        for node, way in trial.rng.sample(ends, k=len(ends)):
            time.sleep(trial.rng.uniform(2.0, 4.0))
            moment = trial.struck(everywhere=True)
            _end(node, way)
            time.sleep(trial.rng.uniform(6.0, 10.0))
            trial.recovered(moment)  # by the two that are left
            node.start()
            time.sleep(SETTLING_S)
        return trial.finish()


def lone_broker(stand: Stand, away_s: float = 60.0, rounds: int = 2) -> Row:
    """A broker without replicas stopped, killed, frozen and gone. Recovery counts from the moment at which it answers.

    The worker must see that it waits, and go on. What is lost or comes out twice is counted, and not held against it.
    """
    away_s = max(12.0, away_s * min(1.0, stand.scale * 4))
    rounds = stand.many(rounds)
    with Trial(stand, "lone-broker", round(200 * (2 * away_s + rounds * 30 + 40)), rate=200) as trial:
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        for way in ("stop", "kill") * rounds:
            time.sleep(trial.rng.uniform(2.0, 4.0))
            _end(stand.broker, way)
            stand.broker.start()
            trial.recovered(trial.struck())
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
        row = trial.finish()
        # What is lost or twice here is Kafka's doing: see `benchmarks.broker_stop`. All else is the worker's.
        return row if trial.wrong else replace(row, status=Status.COMPARED)


def _end(node: KafkaBroker, way: str) -> None:
    if way == "kill":
        node.kill()
    else:
        node.stop()
