import asyncio
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from copydesk.adapters.pool import InlineTaskPool, ProcessTaskPool
from copydesk.adapters.pool_process import data_bytes
from copydesk.core.ports import PoolUnavailableError, TaskMemoryError, TaskPool, TaskTimeoutError, WorkerCrashedError


def double(number: int) -> int:
    return number * 2


def fail(message: str) -> None:
    raise ValueError(message)


def complain(words: str) -> bool:
    logging.getLogger("trafilatura").error("empty link: %s", words)
    return True


def stick() -> None:
    time.sleep(60)


def die() -> None:
    os._exit(3)


def who() -> int:
    return os.getpid()


def fill(mebibytes: int) -> int:
    return len([bytearray(1024 * 1024) for _ in range(mebibytes)])


def hoard(mebibytes: int) -> int:
    """What a library's cache would do: keep what it has taken."""
    _HOARD.extend(bytearray(1024 * 1024) for _ in range(mebibytes))
    return os.getpid()


_HOARD: list[bytearray] = []


def crash_natively() -> None:
    ctypes.string_at(0)


def fail_the_first_time(folder: str) -> None:
    mark = Path(folder) / "tried"
    if not mark.exists():
        mark.touch()
        raise OSError("the models could not be read")


def always_fail() -> None:
    raise OSError("the models are gone")


@asynccontextmanager
async def pool_of(workers: int, timeout_s: float = 30.0, **options: Any) -> AsyncIterator[ProcessTaskPool]:
    pool = ProcessTaskPool(workers, timeout_s, **options)
    try:
        yield pool
    finally:
        await pool.close()


async def check_contract(pool: TaskPool) -> None:
    assert await asyncio.gather(*(pool.run(double, n) for n in range(20))) == [n * 2 for n in range(20)]
    with pytest.raises(ValueError, match="this one"):
        await pool.run(fail, "this one")
    assert await pool.run(double, 1) == 2


async def test_inline_pool_keeps_the_contract() -> None:
    pool = InlineTaskPool()
    await check_contract(pool)
    await pool.close()


async def test_process_pool_keeps_the_contract_and_outlives_stuck_and_dead_workers() -> None:
    pool = ProcessTaskPool(2, 1.0)
    try:
        await pool.start()
        await check_contract(pool)
        assert await pool.run(who) != os.getpid()

        with pytest.raises(TaskTimeoutError, match="no result within 1 s"):
            await pool.run(stick)
        with pytest.raises(WorkerCrashedError, match="exit code 3"):
            await pool.run(die)
        assert (pool.timeouts, pool.crashes) == (1, 1)

        # Where both processes are being replaced at one moment the pool is given up, which says nothing of any call.
        for _ in range(3):
            results = await asyncio.gather(
                pool.run(die), *(pool.run(double, n) for n in range(8)), return_exceptions=True
            )
            if not any(isinstance(result, PoolUnavailableError) for result in results):
                break
        assert isinstance(results[0], WorkerCrashedError)
        assert results[1:] == [n * 2 for n in range(8)]
        assert pool.busy == 0
    finally:
        await pool.close()


async def test_what_libraries_say_of_a_document_is_not_written(capfd: pytest.CaptureFixture[str]) -> None:
    async with pool_of(1) as pool:
        assert await pool.run(complain, "words of an article")
    assert "words of an article" not in "".join(capfd.readouterr())


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts private mappings")


@linux
async def test_a_memory_bomb_costs_its_own_call_and_its_process_is_replaced() -> None:
    async with pool_of(1, memory_mib=256) as pool:
        before = await pool.run(who)
        bomb, *others = await asyncio.gather(
            pool.run(fill, 4_096), *(pool.run(double, n) for n in range(4)), return_exceptions=True
        )
        assert isinstance(bomb, TaskMemoryError)
        assert "256 MiB" in str(bomb)
        assert others == [0, 2, 4, 6]
        assert await pool.run(fill, 100) == 100
        assert await pool.run(who) != before
        assert (pool.recycled, pool.crashes, pool.rebuilds) == (1, 0, 0)


@linux
async def test_a_process_that_was_left_full_is_replaced_before_its_next_call() -> None:
    async with pool_of(1, memory_mib=256) as pool:
        first = await pool.run(hoard, 10)
        assert await pool.run(hoard, 150) == first
        assert await pool.run(hoard, 10) != first
        assert pool.recycled == 1


@linux
async def test_without_a_limit_memory_is_the_system_s() -> None:
    async with pool_of(1) as pool:
        assert await pool.run(fill, 300) == 300
        assert await pool.run(data_bytes) > 0
        assert pool.recycled == 0


async def test_a_native_crash_costs_one_call() -> None:
    async with pool_of(1) as pool:
        results = await asyncio.gather(
            pool.run(crash_natively), *(pool.run(double, n) for n in range(4)), return_exceptions=True
        )
        assert isinstance(results[0], WorkerCrashedError)
        assert str(-signal.SIGSEGV) in str(results[0])
        assert results[1:] == [0, 2, 4, 6]


async def test_a_pool_that_could_not_start_is_made_anew_and_blames_no_call(tmp_path: Path) -> None:
    async with pool_of(1, warm_up=partial(fail_the_first_time, str(tmp_path))) as pool:
        failed = await asyncio.gather(*(pool.run(double, n) for n in range(4)), return_exceptions=True)
        unavailable = [error for error in failed if isinstance(error, PoolUnavailableError)]
        assert unavailable
        # A call that came after the first had given up may have found the new pool.
        assert all(isinstance(error, PoolUnavailableError | int) for error in failed)
        assert await pool.run(double, 4) == 8
        assert pool.rebuilds == 1


async def test_a_start_without_models_says_so() -> None:
    async with pool_of(2, warm_up=always_fail) as pool:
        with pytest.raises(PoolUnavailableError, match="not available"):
            await pool.start()
        with pytest.raises(PoolUnavailableError):
            await pool.run(double, 1)


async def test_idle_processes_that_are_killed_are_replaced() -> None:
    async with pool_of(1) as pool:
        first = await pool.run(who)
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                assert await pool.run(who) != first
                break
            except (PoolUnavailableError, WorkerCrashedError):
                continue
        else:
            pytest.fail("no process within a minute")


async def test_a_closed_pool_blames_no_call() -> None:
    async with pool_of(1) as pool:
        assert await pool.run(double, 1) == 2
        waiting = asyncio.create_task(pool.run(stick))
        await asyncio.sleep(0)
        await pool.close()
        with pytest.raises(PoolUnavailableError):
            await waiting
        with pytest.raises(PoolUnavailableError, match="closed"):
            await pool.run(double, 1)


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


async def test_a_clock_that_is_set_forward_exceeds_no_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    shift = 0.0
    clock = SimpleNamespace(time=lambda: time.time() + shift, sleep=time.sleep)
    monkeypatch.setattr("pebble.pool.process.time", clock)
    pool = ProcessTaskPool(1, 30.0)
    try:
        await pool.start()
        running = asyncio.create_task(pool.run(nap, 20.0))
        await asyncio.sleep(0.5)
        shift = 3_600.0
        with pytest.raises(WorkerCrashedError, match="the wall clock was set"):
            await asyncio.wait_for(running, 15)
        assert await pool.run(nap, 0.0) == 0.0
        assert (pool.timeouts, pool.crashes) == (0, 1)
    finally:
        await pool.close()
