"""A slow and unreliable way to the broker."""

from __future__ import annotations

import time

from benchmarks.faults.proxy import Proxy
from benchmarks.faults.result import Row
from benchmarks.faults.trial import Bench, Trial
from tests.support.kafka import free_port


def slow_broker(bench: Bench, drops: int = 8) -> Row:
    """All traffic of the worker goes through a proxy: 50–300 ms a chunk, 200 kB/s, silence, cut connections."""
    drops = bench.many(drops, 3)
    inner, outer = free_port(), free_port()
    properties = {
        "listeners": f"PLAINTEXT://127.0.0.1:{{port}},SLOW://127.0.0.1:{inner},CONTROLLER://127.0.0.1:{{controller}}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{{port}},SLOW://127.0.0.1:{outer}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SLOW:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }
    with (
        bench.with_broker(properties) as stand,
        Proxy(outer, inner, bench.seed) as proxy,
        Trial(
            stand,
            "slow-broker",
            drops * 1_200,
            rate=100,
            settings={"BATCH_RECORDS": "500"},
            bootstrap=f"127.0.0.1:{outer}",
        ) as trial,
    ):
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        proxy.delay_s = (0.05, 0.3)
        for number in range(drops):
            time.sleep(trial.rng.uniform(2.0, 5.0))
            proxy.bytes_per_s = 200_000.0 if number % 2 else 0.0
            if number % 3 == 2:
                proxy.silence()
                time.sleep(trial.rng.uniform(2.0, 8.0))
                moment = trial.struck()
                proxy.speak()
            else:
                moment = trial.struck()
                proxy.drop()
            trial.recovered(moment)
        trial.notes.append(f"{proxy.dropped} connections cut, {proxy.held} chunks held back in silence")
        trial.expect("no connection was cut", true=proxy.dropped > 0)
        trial.expect("nothing was held back", true=proxy.held > 0)
        return trial.finish()
