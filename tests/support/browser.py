"""A real browser: Debian's Chromium without a window, driven over its debugging protocol by a small client."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_LIMIT_S = 60.0
_SAID = re.compile(rb"DevTools listening on (ws://\S+)")


def chromium() -> str:
    """The browser's path. Without one the test is skipped; CI, which sets COPYDESK_REQUIRE_BROWSER, fails instead."""
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    if os.environ.get("COPYDESK_REQUIRE_BROWSER"):
        pytest.fail("no Chromium on this machine: apt-get install chromium")
    pytest.skip("needs Chromium: apt-get install chromium")


class Tab:
    """One page. What the browser complains of and what it fetches is kept."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str) -> None:
        self._socket = socket
        self._session = session
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []
        """Uncaught exceptions, console errors, and what the Content-Security-Policy refused."""
        self.fetched: set[str] = set()
        """Addresses that were asked for."""

    async def listen(self) -> None:
        """Take in answers and events until the connection ends."""
        async for message in self._socket:
            said = message.json()
            if said.get("id") in self._waiting:
                self._waiting.pop(said["id"]).set_result(said)
            elif said.get("method") == "Network.requestWillBeSent":
                self.fetched.add(said["params"]["request"]["url"])
            elif said.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(str(said["params"]["exceptionDetails"]))
            elif said.get("method") == "Log.entryAdded" and said["params"]["entry"]["level"] == "error":
                self.complaints.append(said["params"]["entry"]["text"])

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol."""
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        await self._socket.send_json({"id": number, "sessionId": self._session, "method": method, "params": params})
        said = await asyncio.wait_for(answer, _LIMIT_S)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        result: dict[str, Any] = said["result"]
        return result

    async def open(self, address: str) -> None:
        """Go there, and wait until the page is complete."""
        await self.call("Page.navigate", url=address)
        await self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    async def value(self, expression: str) -> Any:
        """What an expression gives in the page."""
        done = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(str(done["exceptionDetails"]))
        return done["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        async with asyncio.timeout(_LIMIT_S):
            while not await self.value(f"Boolean({expression})"):  # noqa: ASYNC110 - it happens in the browser
                await asyncio.sleep(0.05)

    async def size(self, width: int, height: int) -> None:
        """Of the window, in pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def scheme(self, name: str) -> None:
        """`light` or `dark`."""
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    async def press(self, key: str, code: int) -> None:
        """A key; `code` is its virtual key code."""
        for kind in ("rawKeyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    async def screenshot(self, *, whole: bool = True) -> bytes:
        """A picture of the page, PNG."""
        shot = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(shot["data"])


@asynccontextmanager
async def browser_tab(folder: Path) -> AsyncIterator[Tab]:
    """A browser with one empty page; `folder` is its profile."""
    process = await asyncio.create_subprocess_exec(
        chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
        "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        async with asyncio.timeout(_LIMIT_S):
            while (said := _SAID.search(line := await process.stderr.readline())) is None:
                assert line, "the browser ended by itself"
        drain = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as session, session.ws_connect(said[1].decode(), max_msg_size=0) as socket:
            tab = await _first_page(socket)
            listening = asyncio.create_task(tab.listen())
            for domain in ("Page", "Runtime", "Log", "Network"):
                await tab.call(f"{domain}.enable")
            yield tab
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
        drain.cancel()
    finally:
        process.kill()
        await process.wait()


async def _first_page(socket: aiohttp.ClientWebSocketResponse) -> Tab:
    await socket.send_json({"id": 0, "method": "Target.getTargets", "params": {}})
    targets = (await socket.receive_json(timeout=_LIMIT_S))["result"]["targetInfos"]
    page = next(target["targetId"] for target in targets if target["type"] == "page")
    await socket.send_json({"id": 0, "method": "Target.attachToTarget", "params": {"targetId": page, "flatten": True}})
    while True:
        said = await socket.receive_json(timeout=_LIMIT_S)
        if said.get("id") == 0:
            return Tab(socket, said["result"]["sessionId"])
