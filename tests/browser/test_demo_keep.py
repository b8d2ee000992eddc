"""`copydesk demo --keep`: the real worker on the embedded broker, its page, and an end with Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.test_commands import run
from tests.support.browser import browser_tab
from tests.support.kafka import free_port

LIMIT_S = 240


async def test_the_demo_goes_on_with_a_page_to_watch(tmp_path: Path) -> None:
    port = free_port()
    process = _start(tmp_path / "log", port)
    try:
        async with asyncio.timeout(LIMIT_S):
            page = await asyncio.to_thread(_page, process)
            assert page == f"http://127.0.0.1:{port}/"
            async with browser_tab(tmp_path / "profile") as tab:
                await tab.open(page)
                await tab.until("document.querySelector('#health').dataset.condition === 'healthy'")
                shown = await tab.value("document.querySelector('#list').innerText")
                assert "dead letter · unsupported media type" in shown
                # What is fed afterwards arrives on the page by itself.
                number = "Number(document.querySelector('#figures .more').textContent.split(' ')[0].replace(',', ''))"
                await tab.until(f"{number} >= 27 + 5")
                assert "partition 0" in await tab.value("document.querySelector('#stages').innerText")
                assert tab.complaints == []
        now = json.loads(await asyncio.to_thread(lambda: run("top", page, "--once").stdout))
        assert now["worker"]["app_id"] == "copydesk-demo"
        assert now["totals"]["received"] >= 32
        assert now["totals"]["enriched"] >= 15
        assert {stage["lag"]["records"] for stage in now["stages"]} <= set(range(100))
        process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(process.wait, 60) == 0
        assert (tmp_path / "log").read_bytes() == b""
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _start(log: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "copydesk", "demo", "--keep", "--json"]
    environment = {**os.environ, "COPYDESK_WEB_PORT": str(port)}
    with log.open("wb") as errors:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)


def _page(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if "page" in said:
            return str(said["page"])
    raise AssertionError("the demo ended without naming its page")
