"""Process pool for the CPU work: bounded, with a time limit a call, killing what is stuck.

pebble rather than concurrent.futures: there a stuck worker lives for ever, and killing it breaks the whole pool.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from pebble import ProcessExpired, ProcessPool

from copydesk.core.ports import P, T, TaskTimeoutError, WorkerCrashedError


def _prepare_worker(warm_up: Callable[[], None] | None) -> None:
    """First thing in a new worker: leave stop signals to the parent, load models."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent()
    if warm_up is not None:
        warm_up()


def _die_with_parent() -> None:
    """Ask Linux to kill this worker when the parent dies: after SIGKILL nobody else would."""
    import ctypes

    try:
        libc = ctypes.CDLL(None, use_errno=True)
        pr_set_pdeathsig = 1
        libc.prctl(pr_set_pdeathsig, signal.SIGKILL)
    except (OSError, AttributeError):
        return  # not Linux: workers end when their pipe breaks
    if os.getppid() == 1:
        os.kill(os.getpid(), signal.SIGKILL)  # the parent died before the request


class ProcessTaskPool:
    """Runs picklable functions in `workers` spawned processes.

    Args:
        workers: number of processes.
        timeout_s: time limit a call, seconds; its worker is killed.
        in_flight: calls handed to the processes at a time; further ones wait here, where they cost nothing.
            Defaults to two a worker, so that none waits for its next call.
        warm_up: picklable function that loads models, called once in each new worker.
    """

    def __init__(
        self,
        workers: int,
        timeout_s: float,
        *,
        in_flight: int | None = None,
        warm_up: Callable[[], None] | None = None,
    ) -> None:
        self.workers = workers
        self.timeout_s = timeout_s
        self.timeouts = 0
        self.crashes = 0
        self.busy = 0
        self._slots = asyncio.Semaphore(in_flight or workers * 2)
        self._warm_up = warm_up
        self._closed = False
        self._scheduled: set[Any] = set()
        self._pool = self._make()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception.

        Raises:
            TaskTimeoutError: it ran over the time limit.
            WorkerCrashedError: its process died.
        """
        async with self._slots:
            self.busy += 1
            pool = self._pool
            try:
                future: Any = pool.schedule(function, args=args, kwargs=kwargs, timeout=self.timeout_s)
                self._scheduled.add(future)
                future.add_done_callback(self._scheduled.discard)
                result: T = await asyncio.wrap_future(future)
            except (TimeoutError, FutureTimeoutError) as error:
                self.timeouts += 1
                raise TaskTimeoutError(f"no result within {self.timeout_s:g} s") from error
            except ProcessExpired as error:
                self.crashes += 1
                raise WorkerCrashedError(f"the worker process died with exit code {error.exitcode}") from error
            except RuntimeError as error:
                if pool.active or self._closed:  # the function's own
                    raise
                self.crashes += 1
                self._replace(pool)
                raise WorkerCrashedError(f"the pool broke: {error}") from error
            except FutureCancelledError as error:
                raise WorkerCrashedError("the pool was stopped") from error
            finally:
                self.busy -= 1
            return result

    def _make(self) -> ProcessPool:
        # spawn, not fork: the parent has threads (RocksDB, librdkafka) that a fork would copy in any state.
        return ProcessPool(
            max_workers=self.workers,
            context=multiprocessing.get_context("spawn"),
            initializer=_prepare_worker,
            initargs=[self._warm_up],
        )

    def _replace(self, broken: ProcessPool) -> None:
        """Another pool in place of a broken one: pebble gives up for ever when a process dies that had no work."""
        if self._pool is not broken:
            return  # another call has done it
        self._pool = self._make()
        left = tuple(self._scheduled)
        broken.stop()  # type: ignore[no-untyped-call] # pebble leaves it untyped

        def clear_away() -> None:
            broken.join()
            for future in left:
                if not future.done():  # handed over while the pool broke: nobody else would ever answer it
                    future.set_exception(BrokenProcessPool("the pool broke before the call began"))

        threading.Thread(target=clear_away, name="broken-pool", daemon=True).start()

    async def start(self) -> None:
        """Start the processes and wait until their models are loaded, so that the first record is no slower."""
        await asyncio.gather(*(asyncio.wrap_future(self._pool.schedule(_ready)) for _ in range(self.workers)))

    async def close(self) -> None:
        """Kill the workers; their records are handed back by the transaction that never happens."""
        self._closed = True
        self._pool.stop()  # type: ignore[no-untyped-call] # pebble leaves it untyped
        await asyncio.get_running_loop().run_in_executor(None, self._pool.join)


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
