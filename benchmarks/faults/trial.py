"""A trial: a load, workers, a follower and the faults that hit them, and at its end the count of everything."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.faults.deployment import COUNTING, Deployment
from benchmarks.faults.load import Load
from benchmarks.faults.reading import Follower, Record, read_topics
from benchmarks.faults.result import Row, Status
from benchmarks.faults.verdict import StateCheck, delivered, log_check, store_check
from benchmarks.faults.watch import Seen, watch
from tests.support.kafka import KafkaBroker
from tests.support.service import ENDS, declare, own_names

from copydesk_schemas.topics import TopicRole

SETTLED_S = 0.5
"""What is seen within so long after a fault may have been committed before it."""
RECOVERED_S = 90.0
"""A fault from which a deployment has not recovered in this time, it does not recover from."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What a scenario gets that brings a broker of its own.

    Args:
        folder: for states and logs.
        seed: of keys, moments and choices.
        scale: share of the full number of records and faults; 1.0 for the full run.
    """

    folder: Path
    seed: int = 1
    scale: float = 1.0

    def many(self, full: int, least: int = 1) -> int:
        """A number, scaled, but not below `least`, where it is not itself."""
        return max(min(least, full), round(full * self.scale))

    @contextmanager
    def with_broker(self, properties: Mapping[str, str] | None = None) -> Iterator[Stand]:
        """Run a broker, whose properties may differ from the usual."""
        with KafkaBroker.running(properties) as broker:
            yield Stand(folder=self.folder, seed=self.seed, scale=self.scale, broker=broker)


@dataclass(frozen=True, kw_only=True)
class Stand(Bench):
    """What a scenario gets that runs on any broker: one that it may stop, and then must start again."""

    broker: KafkaBroker


@dataclass(frozen=True, slots=True)
class _Fault:
    at: float
    fed: dict[str, int] | None
    """Ends of the raw partitions at that moment, where recovery is asked for everywhere."""
    waited: list[bool] = field(default_factory=list)
    """Whether each wait for its recovery has seen it."""


@dataclass
class Trial:
    """A context in which a load flows. Leaving it ends everything that it started.

    Args:
        stand: the broker and the seed.
        name: of the scenario.
        records: how many raw records, at least; the load goes on until `finish`.
        rate: records a second; 0 for as fast as they go.
        settings: further settings of the workers.
        bootstrap: where the workers find the broker; the broker itself by default.
    """

    stand: Stand
    name: str
    records: int
    rate: float
    settings: Mapping[str, str] = field(default_factory=dict)
    bootstrap: str | None = None
    program: Sequence[str] = COUNTING
    environment: Mapping[str, str] = field(default_factory=dict)
    size: int = 40
    marked: frozenset[int] = frozenset()
    marked_size: int = 40
    values: Callable[[int], bytes] | None = None
    started: Callable[[int], None] | None = None
    ends: Sequence[TopicRole] = ENDS
    """Topics in which a raw record may end."""
    stateful: bool = True
    replicas: int = 1
    """Of each topic."""
    moments: str = ""
    """Seed of the moments, with the stand's own; the name by default."""

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.moments or self.name}-{self.stand.seed}")
        self.app_id = f"f{uuid.uuid4().hex[:8]}"
        self.folder = self.stand.folder / f"{self.name.replace(' ', '-')}-{self.app_id}"
        self.names = own_names(self.app_id)
        self.notes: list[str] = []
        self.wrong: list[str] = []
        """What was not as it should be, beside counts; one is enough to fail the row."""
        self._faults: list[_Fault] = []
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        broker = self.stand.broker.bootstrap
        asyncio.run(declare(broker, self.names, self.replicas))
        self.load = Load(
            broker,
            self.names[TopicRole.RAW],
            self.records,
            self.rate,
            self.stand.seed,
            size=self.size,
            marked=self.marked,
            marked_size=self.marked_size,
            values=self.values,
        )
        self.follower = Follower(broker, [self.names[role] for role in self.ends])
        self.follower.start()
        self.deployment = Deployment(
            self.bootstrap or broker,
            self.app_id,
            self.folder,
            self.names,
            {"LOG_LEVEL": "warning", **self.settings},  # a line an article and stage would be most of the work
            program=self.program,
            environment=self.environment,
            started=self.started,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.deployment.end()
        if self.load.is_alive():
            self.load.stop()
        self.follower.stop()

    def struck(self, *, everywhere: bool = False) -> float:
        """Note a fault of this moment, and return the moment.

        Recovered means: a reader sees an output that was committed after the fault. With `everywhere`, for faults that
        leave other workers running: outputs of records that came in after the fault, on every way through.
        """
        moment = time.monotonic()
        self._faults.append(_Fault(moment, dict(self.load.ends) if everywhere else None))
        return moment

    @property
    def faults(self) -> int:
        """Faults so far."""
        return len(self._faults)

    def recovered(self, moment: float, within_s: float = RECOVERED_S) -> bool:
        """Wait for the recovery from the fault of a moment, as `struck` defines it; without it the row fails."""
        fault = next(fault for fault in self._faults if fault.at == moment)
        deadline = time.monotonic() + within_s
        while not (done := self._recovery(fault, float("inf")) is not None) and time.monotonic() < deadline:
            time.sleep(0.05)
        fault.waited.append(done)
        return done

    def watch(self, for_s: float, name: str = "one") -> Seen:
        """What a worker says of itself for so long; use it in place of sleeping through a fault."""
        return watch(self.deployment, name, for_s)

    def stores(self) -> list[Path]:
        """State folders of all workers."""
        return sorted(path for path in self.folder.glob(f"*/{self.app_id}") if path.is_dir())

    def refollow(self) -> None:
        """Another follower, which reads again from the beginning; what the old one saw of deleted topics is kept."""
        self.follower.stop()
        old, broker = self.follower, self.stand.broker.bootstrap
        self.follower = Follower(broker, [self.names[role] for role in self.ends])
        self.follower.arrivals.extend(old.arrivals)
        self.follower.start()

    def expect(self, what: str, *, true: bool) -> None:
        """Fail the row where something is not so."""
        if not true:
            self.wrong.append(what)

    def finish(self, within_s: float = 180.0, *, restarts: int | None = 0, kept: Sequence[Record] = ()) -> Row:
        """Wait for the outputs of all records, stop the workers, count, and check the states.

        Args:
            within_s: for the rest of the records after the load has ended.
            restarts: how often a worker was expected to end by itself; None for any number.
            kept: outputs that were read before their topic was deleted.
        """
        self.load.finish()
        self.records = self.load.sent
        left = self.records - len({record.origin for record in kept})
        if not self.follower.until(left, within_s):
            self.wrong.append(f"after {within_s:g} s outputs of {self.follower.distinct} of {left} records")
        self.follower.quiet(1.5)
        for name in list(self.deployment.workers):
            code, seconds = self.deployment.stop(name)
            self.expect(f"{name} stopped with code {code} after {seconds:.1f} s", true=code == 0 and seconds <= 10)
        return self._row(restarts, kept)

    @staticmethod
    def noted(row: Row, note: str) -> Row:
        """The row with a further note."""
        return replace(row, note="; ".join(filter(None, (row.note, note))))

    @classmethod
    def judged(cls, row: Row, what: str, *, true: bool) -> Row:
        """The row with a further finding, failed where it is not as it should be."""
        return cls.noted(row if true else replace(row, status=Status.FAILED), what)

    def _row(self, restarts: int | None, kept: Sequence[Record]) -> Row:
        bootstrap = self.stand.broker.bootstrap
        raw = read_topics(bootstrap, [self.names[TopicRole.RAW]])
        outputs = read_topics(bootstrap, [self.names[role] for role in self.ends])
        log = read_topics(bootstrap, [self.names[TopicRole.FINGERPRINTS]])
        self.expect(f"{len(raw)} records were fed, {self.records} meant", true=len(raw) == self.records)
        counts = delivered(raw, [*kept, *outputs])
        state = self.state(Counter(record.key for record in raw), log) if self.stateful else StateCheck(0, 0)
        if self.stateful:
            self.expect("no state was written", true=state.keys > 0)
            self.wrong.extend(state.found)
        times = self._recoveries()
        self.expect(f"ended by itself: {self.deployment.exits}", true=restarts in (None, self.deployment.restarts))
        good = counts.lost == counts.twice == state.wrong == 0 and not self.wrong
        return Row(
            scenario=self.name,
            status=Status.PASSED if good else Status.FAILED,
            seed=self.stand.seed,
            faults=len(self._faults),
            records_in=counts.records_in,
            records_out=counts.records_out,
            lost=counts.lost,
            twice=counts.twice,
            state_keys=state.keys,
            state_wrong=state.wrong,
            recoveries=len(times),
            recover_median_s=round(statistics.median(times), 2) if times else None,
            recover_max_s=round(max(times), 2) if times else None,
            rss_max_mib=round(self.deployment.rss_max_mib, 1),
            restarts=self.deployment.restarts,
            seconds=round(time.monotonic() - self._began, 1),
            note="; ".join([*self.notes, *self.wrong]),
        )

    def state(self, expected: Mapping[bytes, int], log: Sequence[Record]) -> StateCheck:
        """Compare the log with what was fed, and every worker's store with the log."""
        checks = [log_check(expected, log)]
        checks.append(store_check(self.stores(), log))
        return StateCheck(sum(c.keys for c in checks), sum(c.wrong for c in checks), checks[-1].found)

    def _recoveries(self) -> list[float]:
        """Seconds from each fault to its recovery, where that came before the next fault.

        A fault that met the next one may go without. One whose recovery was waited for, the last one, and one that had
        the time may not.
        """
        times: list[float] = []
        met = 0
        ends = [fault.at for fault in self._faults[1:]] + [float("inf")]
        for number, (fault, end) in enumerate(zip(self._faults, ends, strict=False), 1):
            found = self._recovery(fault, end)
            if found is not None:
                times.append(found)
            if not all(fault.waited) or (found is None and (fault.waited or end - fault.at > RECOVERED_S)):
                self.wrong.append(f"no recovery from fault {number}")
            elif found is None:
                met += 1
        if met:
            self.notes.append(f"{met} faults met the next one before their recovery")
        self.expect("no recovery from any fault", true=bool(times) or not self._faults)
        return times

    def _recovery(self, fault: _Fault, end: float) -> float | None:
        """Seconds to the recovery from a fault, where it came before a moment."""
        enriched = self.names[TopicRole.ENRICHED]
        arrivals = list(self.follower.arrivals)
        missing: set[tuple[str, int]] = set()
        if fault.fed is not None:
            ways = {way for arrival in arrivals for way in arrival.newest}
            missing = {("raw", int(raw)) for raw, _, _ in ways}
            missing |= {(topic, partition) for _, topic, partition in ways if topic == enriched}
        for arrival in arrivals:
            if not fault.at + SETTLED_S < arrival.at < end:
                continue
            for (raw, topic, partition), offset in arrival.newest.items():
                if fault.fed is not None and offset >= fault.fed.get(raw, 0):
                    missing -= {("raw", int(raw)), (topic, partition)}
            if not missing:
                return arrival.at - fault.at
        return None
