from pathlib import Path

import structlog

from copydesk.adapters.kafka.jobs import Handled
from copydesk.adapters.kafka.upkeep import AT_ONCE, EVERY_RECORDS, EVERY_S, Upkeep
from copydesk.adapters.state_memory import MemoryStore
from copydesk.adapters.state_rocksdict import RocksStores
from copydesk.core.ports import StateStore
from copydesk.core.records import Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import Stage

NOW_S = 1_700_000_000.0


def handled(timestamp_ms: int) -> Handled:
    outcome = Outcome(Stage.DEDUPE, OutcomeKind.FORWARDED, "raw-articles", 0, 0, 0, timestamp_ms)
    return Handled(StageResult((), (outcome,)))


class Bench:
    """An upkeep whose clock and pruning are in the test's hands."""

    def __init__(self) -> None:
        self.now = 0.0
        self.stock = 0
        self.calls: list[tuple[int, int]] = []
        self.store = MemoryStore()
        self.upkeep = Upkeep(self._prune, clock=lambda: self.now, wall=lambda: NOW_S + self.now)

    def _prune(self, store: StateStore, newest_ms: int, limit: int) -> int:
        assert store is self.store
        self.calls.append((newest_ms, limit))
        removed = min(limit, self.stock)
        self.stock -= removed
        return removed


def test_it_is_due_after_many_records_or_a_minute_but_never_without_records() -> None:
    bench = Bench()
    bench.now = 10 * EVERY_S
    assert bench.upkeep.run(bench.store) == 0
    assert bench.calls == []
    bench.upkeep.committed([handled(5)])
    bench.upkeep.run(bench.store)
    assert bench.calls == [(5, AT_ONCE)]
    bench.upkeep.committed([handled(6)] * (EVERY_RECORDS - 1))
    bench.upkeep.run(bench.store)
    assert len(bench.calls) == 1
    bench.upkeep.committed([handled(4)])
    bench.upkeep.run(bench.store)
    assert bench.calls[1:] == [(6, AT_ONCE)]


def test_a_full_go_is_followed_by_the_next_one_after_the_next_batch() -> None:
    bench = Bench()
    bench.stock = 2 * AT_ONCE + 7
    bench.upkeep.committed([handled(5)] * EVERY_RECORDS)
    assert [bench.upkeep.run(bench.store) for _ in range(4)] == [AT_ONCE, AT_ONCE, 7, 0]
    assert len(bench.calls) == 3


def test_a_record_from_the_future_does_not_age_the_others() -> None:
    bench = Bench()
    now_ms = int(NOW_S * 1000)
    bench.upkeep.committed([handled(now_ms - 1), handled(now_ms + 86_400_000)] * EVERY_RECORDS)
    bench.upkeep.run(bench.store)
    assert bench.calls == [(now_ms - 1, AT_ONCE)]


def test_a_store_that_had_to_be_emptied_says_so_once(tmp_path: Path) -> None:
    stores = RocksStores(tmp_path)
    store = stores.open(3)
    store.write({b"a": b"1"}, 1)
    store.close()
    (tmp_path / "partition-3" / "CURRENT").write_text("rubbish\n", encoding="utf-8")
    with structlog.testing.capture_logs() as logs:
        stores.open(3).close()
        stores.open(3).close()
    (entry,) = logs
    assert (entry["log_level"], entry["partition"]) == ("warning", 3)
    assert "partition-3" in entry["reason"]
