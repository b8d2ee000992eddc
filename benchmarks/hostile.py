"""Hostile documents through the real stages in the real process pool: `python -m benchmarks.hostile --count 1000`.

Prints a line a kind: how its records ended, the slowest of each stage in CPU seconds, and the
highest memory of a pool process.
Ends with exit code 1 where a record has no outcome, a process died, or anything ended as a fault: timeouts,
memory errors and exceptions are all outcomes of a record, and findings about copydesk.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.hostile import Hostile, hostile, kinds

from copydesk.adapters.kafka.jobs import Job
from copydesk.adapters.pool import ProcessTaskPool
from copydesk.adapters.state_memory import MemoryStore
from copydesk.app.handlers import DedupeHandler, PoolHandler
from copydesk.app.settings import Settings
from copydesk.core.dead_letters import message_of
from copydesk.core.ports import Overlay, P, T
from copydesk.core.records import Emit, Message, Outcome, OutcomeKind, StageResult
from copydesk.core.stages import run_enrich, run_parse
from copydesk.core.warm_up import warm_up
from copydesk_schemas.reasons import FAILURES, Stage

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_MIB = 2**20
_MAX_ITEMS = 50
"""Items of a feed that go on to dedupe and enrich: the rest is more of the same."""


@dataclass
class Passage:
    """What became of one record."""

    kind: str
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: dict[Stage, float] = field(default_factory=lambda: dict.fromkeys(Stage, 0.0))
    peak: int = 0
    said: list[str] = field(default_factory=list)
    """What the dead letters of faults say."""

    @property
    def faults(self) -> list[Outcome]:
        """Outcomes that policy does not explain."""
        return [one for one in self.outcomes if one.code in FAILURES]


def measured(function: Callable[..., Any], *args: Any) -> tuple[Any, float, int]:
    """In the pool process: the result, the CPU seconds, and the highest resident memory meanwhile, in bytes."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # start the high-water mark anew
    began = time.process_time()
    result = function(*args)
    spent = time.process_time() - began
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return result, spent, peak * 1024


class MeasuringPool:
    """The pool, with what each call took."""

    def __init__(self, pool: ProcessTaskPool) -> None:
        self._pool = pool
        self.spent = 0.0
        self.peak = 0

    async def run(self, function: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        """Run in the pool."""
        began = time.perf_counter()
        try:
            result, self.spent, self.peak = await self._pool.run(measured, function, *args)
        except Exception:
            self.spent = time.perf_counter() - began
            raise
        return result  # type: ignore[no-any-return] # of the function that was handed in

    async def close(self) -> None:
        """The pool is its owner's."""


async def passage(one: Hostile, offset: int, pool: ProcessTaskPool, settings: Settings) -> Passage:
    """Take one record through all stages; each has a dedupe state of its own."""
    found = Passage(one.kind)
    options = settings.options()
    raw = Message("raw-articles", 0, offset, 1_772_366_400_000, one.raw.key, one.raw.value, one.raw.headers)
    state = Overlay(MemoryStore())

    async def stage(stage: Stage, message: Message) -> Sequence[Emit]:
        measuring = MeasuringPool(pool)
        job = Job(stage, (message,), asyncio.get_running_loop().create_future(), state)
        began = time.perf_counter()
        if stage is Stage.DEDUPE:
            handled = await DedupeHandler(options, lambda: _NOW)(job)
            measuring.spent = time.perf_counter() - began
        else:
            function = run_parse if stage is Stage.PARSE else run_enrich
            handled = await PoolHandler(stage, function, measuring, options, lambda: _NOW)(job)
        found.seconds[stage] = max(found.seconds[stage], measuring.spent)
        found.peak = max(found.peak, measuring.peak)
        result: StageResult = handled[0].result
        if not result.outcomes or len(result.emits) != len(result.outcomes):
            raise RuntimeError(f"a {one.kind} record has {len(result.outcomes)} outcomes in {stage}")
        found.outcomes += [end for end in result.outcomes if end.kind is not OutcomeKind.FORWARDED]
        ends = zip(result.emits, result.outcomes, strict=True)
        found.said += [message_of(emit) for emit, end in ends if end.code in FAILURES]
        passed = (
            emit for emit, end in zip(result.emits, result.outcomes, strict=True) if end.kind is OutcomeKind.FORWARDED
        )
        return list(passed)[:_MAX_ITEMS]

    for parsed in await stage(Stage.PARSE, raw):
        for unique in await stage(Stage.DEDUPE, Message("parsed-articles", 0, offset, 0, parsed.key, parsed.value)):
            await stage(Stage.ENRICH, Message("unique-articles", 0, offset, 0, unique.key, unique.value))
    return found


@asynccontextmanager
async def real_pool(settings: Settings) -> AsyncIterator[ProcessTaskPool]:
    """The pool as a worker has it."""
    limit = max(settings.parse_timeout_s, settings.enrich_timeout_s)
    load = functools.partial(warm_up, settings.options())
    pool = ProcessTaskPool(settings.workers(), limit, memory_mib=settings.pool_memory_mib, warm_up=load)
    try:
        await pool.start()
        yield pool
    finally:
        await pool.close()


async def run(count: int, seed: int, scale: float, only: Sequence[str], settings: Settings) -> int:
    """Run and report; the number of findings."""
    records = hostile(seed, count, scale=scale, only=only)
    passages: list[Passage] = []
    async with real_pool(settings) as pool:

        async def take() -> None:
            for number, one in iter(lambda: next(numbered, None), None):
                passages.append(await passage(one, number, pool, settings))
                if passages[-1].faults:
                    fault = passages[-1].faults[0]
                    said = passages[-1].said[0]
                    print(f"! {one.kind} (record {number}): {fault.stage} {fault.code}: {said}", flush=True)

        numbered = enumerate(records)
        began = time.perf_counter()
        await asyncio.gather(*(take() for _ in range(pool.workers)))
        spent = time.perf_counter() - began
        report(passages)
        print(
            f"{len(passages)} records of {len({one.kind for one in passages})} kinds in {spent:.0f} s: "
            f"{pool.crashes} crashes, {pool.timeouts} timeouts, {pool.recycled} processes replaced for their memory, "
            f"highest {max(one.peak for one in passages) / _MIB:.0f} MiB"
        )
        return sum(len(one.faults) for one in passages) + pool.crashes + (len(passages) != count)


def report(passages: Sequence[Passage]) -> None:
    """A line a kind, slowest first."""
    by_kind: dict[str, list[Passage]] = defaultdict(list)
    for one in passages:
        by_kind[one.kind].append(one)
    print(f"{'kind':38} {'n':>3} {'parse s':>8} {'dedupe s':>8} {'enrich s':>8} {'MiB':>5}  outcomes")
    order = sorted(by_kind.items(), key=lambda item: -max(sum(one.seconds.values()) for one in item[1]))
    for name, ones in order:
        ends = Counter(str(end.code or end.kind) for one in ones for end in one.outcomes)
        slowest = [max(one.seconds[stage] for one in ones) for stage in (Stage.PARSE, Stage.DEDUPE, Stage.ENRICH)]
        print(
            f"{name:38} {len(ones):3} {slowest[0]:8.2f} {slowest[1]:8.2f} {slowest[2]:8.2f} "
            f"{max(one.peak for one in ones) / _MIB:5.0f}  {', '.join(f'{n} {end}' for end, n in ends.most_common())}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0, help="of the sizes; 1 has pages of 20 MB")
    parser.add_argument("--kinds", default="", help=f"comma-separated; all {len(kinds())} by default")
    given = parser.parse_args()
    only = [name for name in given.kinds.split(",") if name]
    sys.exit(min(1, asyncio.run(run(given.count, given.seed, given.scale, only, Settings()))))


if __name__ == "__main__":
    main()
