"""A TCP proxy between workers and the broker that delays, throttles, falls silent and drops connections."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

_CHUNK = 64 * 1024


class Proxy:
    """Passes everything on, each way with a delay of its own; order is kept. Runs in a thread, from `with` to its end.

    Args:
        port: where it listens.
        target: port of the broker.
        seed: of the delays.
    """

    def __init__(self, port: int, target: int, seed: int) -> None:
        self.port = port
        self.delay_s = (0.0, 0.0)
        """Range of the delay of a chunk."""
        self.bytes_per_s = 0.0
        """Limit of each connection and direction; 0 for none."""
        self.dropped = 0
        """Connections that were cut."""
        self.held = 0
        """Chunks that had to wait for the end of a silence."""
        self._target = target
        self._random = random.Random(seed)
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self._open.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen()).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._close()).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def drop(self) -> None:
        """Cut every connection."""
        self._call(self._drop()).result(10)

    def silence(self) -> None:
        """Keep connections open and pass nothing on."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def speak(self) -> None:
        """Pass on again."""
        self._loop.call_soon_threadsafe(self._open.set)

    def _call(self, coroutine: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _close(self) -> None:
        self._server.close()
        await self._drop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self.dropped += len(self._writers) // 2

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        for one in (self._pass_on(reader, other_writer), self._pass_on(other_reader, writer)):
            task = asyncio.create_task(one)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction: chunks wait in a queue until they are due, so that a delay does not limit the throughput."""
        self._writers.add(writer)
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        sending = asyncio.create_task(self._send(due, writer))
        try:
            with contextlib.suppress(OSError):
                while chunk := await reader.read(_CHUNK):
                    await due.put((self._loop.time() + self._random.uniform(*self.delay_s), chunk))
            await due.put((0.0, b""))
            await sending
        finally:
            sending.cancel()
            self._writers.discard(writer)
            writer.transport.abort()

    async def _send(self, due: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                moment, chunk = await due.get()
                await asyncio.sleep(moment - self._loop.time())
                if not self._open.is_set():
                    self.held += bool(chunk)
                    await self._open.wait()
                if not chunk:
                    return
                writer.write(chunk)
                await writer.drain()
                if self.bytes_per_s:
                    await asyncio.sleep(len(chunk) / self.bytes_per_s)
