"""All scenarios by name, in the order of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.faults.result import Row
from benchmarks.faults.scenarios.broker import broker_gone, broker_restart, failover, lone_broker
from benchmarks.faults.scenarios.clock import clock, clock_articles
from benchmarks.faults.scenarios.comparison import comparison
from benchmarks.faults.scenarios.kill import backlog, kill, kill_articles
from benchmarks.faults.scenarios.memory import memory
from benchmarks.faults.scenarios.network import slow_broker
from benchmarks.faults.scenarios.pool import poison, pool_kill
from benchmarks.faults.scenarios.refused import refused
from benchmarks.faults.scenarios.state import state
from benchmarks.faults.scenarios.workers import churn, term, timeout, zombie
from benchmarks.faults.trial import Bench, Stand

Rows = Row | list[Row]


def _on_a_broker(scenario: Callable[[Stand], Rows]) -> Callable[[Bench], Rows]:
    """A fresh broker for a scenario that takes any: none inherits another's faults."""

    def run(bench: Bench) -> Rows:
        with bench.with_broker() as stand:
            return scenario(stand)

    return run


SCENARIOS: Mapping[str, Callable[[Bench], Rows]] = {
    "kill": _on_a_broker(kill),
    "kill-articles": _on_a_broker(kill_articles),
    "backlog": _on_a_broker(backlog),
    "term": _on_a_broker(term),
    "zombie": _on_a_broker(zombie),
    "churn": _on_a_broker(churn),
    "broker-restart": broker_restart,
    "broker-gone": broker_gone,
    "failover": failover,
    "lone-broker": _on_a_broker(lone_broker),
    "state": _on_a_broker(state),
    "refused": refused,
    "timeout": timeout,
    "slow-broker": slow_broker,
    "clock": _on_a_broker(clock),
    "clock-articles": _on_a_broker(clock_articles),
    "poison": _on_a_broker(poison),
    "pool-kill": _on_a_broker(pool_kill),
    "memory": _on_a_broker(memory),
    "comparison": _on_a_broker(comparison),
}
