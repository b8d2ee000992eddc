import asyncio
import os
import signal
import time

import pytest

from copydesk.adapters.pool import InlineTaskPool, ProcessTaskPool
from copydesk.core.ports import TaskPool, TaskTimeoutError, WorkerCrashedError


def double(number: int) -> int:
    return number * 2


def fail(message: str) -> None:
    raise ValueError(message)


def stick() -> None:
    time.sleep(60)


def die() -> None:
    os._exit(3)


def who() -> int:
    return os.getpid()


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

        results = await asyncio.gather(pool.run(die), *(pool.run(double, n) for n in range(8)), return_exceptions=True)
        assert isinstance(results[0], WorkerCrashedError)
        assert results[1:] == [n * 2 for n in range(8)]
        assert pool.busy == 0
    finally:
        await pool.close()


async def test_a_pool_that_breaks_because_an_idle_process_died_is_replaced() -> None:
    pool = ProcessTaskPool(2, 20.0)
    try:
        await pool.start()
        os.kill(await pool.run(who), signal.SIGKILL)
        deadline = time.monotonic() + 10
        crashes = 0
        while crashes == 0:
            try:
                await pool.run(double, 1)
            except WorkerCrashedError:
                crashes += 1
            assert time.monotonic() < deadline, "the death was never noticed"
            await asyncio.sleep(0.05)
        assert await asyncio.gather(*(pool.run(double, n) for n in range(20))) == [n * 2 for n in range(20)]
        assert pool.crashes == 1
    finally:
        await pool.close()
