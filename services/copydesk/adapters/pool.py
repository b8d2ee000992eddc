"""Process pool for the CPU work: bounded, with a time and a memory limit, killing what is stuck.

pebble rather than concurrent.futures: there a stuck worker lives for ever, and killing it breaks the whole pool.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from pebble import ProcessExpired, ProcessPool

from copydesk.adapters.pool_process import USED_UP, call, prepare
from copydesk.core.ports import P, PoolUnavailableError, T, TaskTimeoutError, WorkerCrashedError

_LOOK_S = 0.2
"""Time between looks at a call: whether it has begun, and whether its pool still runs."""
_LOST_S = 60.0
"""Beyond three time limits: room for starting a process and loading its models on a slow machine."""
_EARLY = 0.9
"""pebble measures time limits with the wall clock. What ran shorter than this share of its limit did not exceed it."""
_REPLACED_AT_MOST = 50
"""Processes in a row that are used up when a call reaches them; more is a fault."""


class ProcessTaskPool:
    """Runs picklable functions in `workers` spawned processes.

    A process that a task has filled with memory is replaced before its next one. Where the processes can not be
    started at all, calls raise `PoolUnavailableError`, and each later call tries anew.

    Args:
        workers: number of processes.
        timeout_s: time limit a call, seconds; its worker is killed.
        memory_mib: memory limit of a process, MiB: heap and private mappings, models included; 0 is none.
        in_flight: calls handed to the processes at a time; further ones wait here, where they cost nothing.
            Defaults to two a worker, so that none waits for its next call.
        warm_up: picklable function that loads models, called once in each new worker.
        waited: told of the seconds that each call waited here.
    """

    def __init__(
        self,
        workers: int,
        timeout_s: float,
        *,
        memory_mib: int = 0,
        in_flight: int | None = None,
        warm_up: Callable[[], None] | None = None,
        waited: Callable[[float], None] | None = None,
    ) -> None:
        self.workers = workers
        self.timeout_s = timeout_s
        self.memory_mib = memory_mib
        self.timeouts = 0
        self.crashes = 0
        self.recycled = 0
        """Processes that were replaced because a task had filled them."""
        self.rebuilds = 0
        """Times that the whole pool was given up."""
        self._calls = 0
        """Calls that are not answered yet."""
        self._waited = waited
        self._slots = asyncio.Semaphore(in_flight or workers * 2)
        self._warm_up = warm_up
        self._pool: Any = None
        self._closed = False
        self._disposals: set[asyncio.Future[None]] = set()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception.

        Raises:
            TaskTimeoutError: it ran over the time limit.
            TaskMemoryError: it needed more memory than a process may have.
            WorkerCrashedError: its process died.
            PoolUnavailableError: there are no processes to run it; it says nothing about the call.
        """
        came = time.monotonic()
        self._calls += 1
        try:
            async with self._slots:
                if self._waited is not None:
                    self._waited(time.monotonic() - came)
                for _ in range(_REPLACED_AT_MOST):
                    try:
                        result: T = await self._attempt(function, args, kwargs)
                    except _UsedUpError:
                        self.recycled += 1
                    else:
                        return result
                raise WorkerCrashedError(f"{_REPLACED_AT_MOST} processes in a row were used up")
        finally:
            self._calls -= 1

    @property
    def busy(self) -> int:
        """Processes with a call."""
        return min(self._calls, self.workers)

    @property
    def waiting(self) -> int:
        """Calls that wait for a process."""
        return self._calls - self.busy

    def figures(self) -> dict[str, int]:
        """What it is doing, and what has happened since it began."""
        return {
            "workers": self.workers,
            "busy": self.busy,
            "waiting": self.waiting,
            "timeouts": self.timeouts,
            "crashes": self.crashes,
            "recycled": self.recycled,
            "rebuilds": self.rebuilds,
        }

    async def start(self) -> None:
        """Start the processes and wait until their models are loaded, so that the first record is no slower.

        Raises:
            PoolUnavailableError: they could not be started.
        """
        await asyncio.gather(*(self._attempt(_ready, (), {}) for _ in range(self.workers)))

    async def close(self) -> None:
        """Kill the workers; their records are handed back by the transaction that never happens."""
        self._closed = True
        if self._pool is not None:
            self._give_up(self._pool)
        await asyncio.gather(*self._disposals)

    async def _attempt(self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        pool = self._running()
        ran = _Ran()
        try:
            future = pool.schedule(call, args=(function, args, kwargs), timeout=self.timeout_s)
        except RuntimeError as error:
            raise self._broken(pool, str(error)) from error
        try:
            return await self._result(pool, future, ran)
        except BrokenProcessPool as error:
            raise self._broken(pool, str(error) or "it broke") from error
        except (TimeoutError, FutureTimeoutError) as error:
            if ran.seconds < self.timeout_s * _EARLY - _LOOK_S:
                self.crashes += 1
                raise WorkerCrashedError("its process was killed before its time: the wall clock was set") from error
            self.timeouts += 1
            raise TaskTimeoutError(f"no result within {self.timeout_s:g} s") from error
        except ProcessExpired as error:
            if error.exitcode == USED_UP:
                raise _UsedUpError from error
            self.crashes += 1
            raise WorkerCrashedError(f"the worker process died with exit code {error.exitcode}") from error
        except FutureCancelledError as error:
            raise self._broken(pool, "it was stopped") from error

    async def _result(self, pool: Any, future: Any, ran: _Ran) -> Any:
        """Wait for a result, and look now and then whether one can still come: a broken pool forgets what it holds."""
        waiting = asyncio.wrap_future(future)
        loop = asyncio.get_running_loop()
        lost_at = loop.time() + 3 * self.timeout_s + _LOST_S
        try:
            while not (await asyncio.wait({waiting}, timeout=_LOOK_S))[0]:
                ran.look(running=future.running())
                if not pool.active:
                    raise self._broken(pool, "it no longer runs")
                if loop.time() > lost_at:
                    raise self._broken(pool, "it has lost a call")
            return waiting.result()
        finally:
            waiting.cancel()

    def _running(self) -> Any:
        """The pool, made where there is none."""
        if self._closed:
            raise PoolUnavailableError("the process pool is closed")
        if self._pool is None:
            # spawn, not fork: the parent has threads (RocksDB, librdkafka) that a fork would copy in any state.
            self._pool = ProcessPool(
                max_workers=self.workers,
                context=multiprocessing.get_context("spawn"),
                initializer=prepare,
                initargs=[self._warm_up, self.memory_mib],
            )
        return self._pool

    def _broken(self, pool: Any, why: str) -> PoolUnavailableError:
        if pool is self._pool and not self._closed:
            self.rebuilds += 1
            self._give_up(pool)
        return PoolUnavailableError(f"the process pool is not available: {why}")

    def _give_up(self, pool: Any) -> None:
        """Stop a pool in the background; the next call makes a new one."""
        self._pool = None
        pool.stop()
        disposal = asyncio.get_running_loop().run_in_executor(None, pool.join)
        self._disposals.add(disposal)
        disposal.add_done_callback(self._disposals.discard)


class _Ran:
    """How long a call has run, apart from its wait for a process, as far as looks can tell: no longer than it did."""

    def __init__(self) -> None:
        self._since: float | None = None

    def look(self, *, running: bool) -> None:
        """Note the beginning."""
        if running and self._since is None:
            self._since = time.monotonic()

    @property
    def seconds(self) -> float:
        """So far; 0 where it was never seen running."""
        return 0.0 if self._since is None else time.monotonic() - self._since


class _UsedUpError(Exception):
    """The process ended before it began with the task."""


def _ready() -> int:
    return os.getpid()


class InlineTaskPool:
    """The fake: runs the function here and now, without time limit."""

    workers = 1
    timeouts = 0
    crashes = 0
    busy = 0

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception."""
        return function(*args, **kwargs)

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to stop."""
