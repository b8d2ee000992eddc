"""Takes a picture of a running worker's page: `python tools/picture_page.py URL FILE.png [WIDTH HEIGHT light|dark]`.

docs/images/page.png is of `copydesk demo --keep`, some six minutes after its start. Needs Chromium.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.support.browser import browser_tab

_SETTLE_S = 2.5
"""After so long what has just arrived is no longer marked."""


async def take(url: str, width: int, height: int, scheme: str) -> bytes:
    """The picture, PNG."""
    with tempfile.TemporaryDirectory() as profile:
        async with browser_tab(Path(profile)) as tab:
            await tab.size(width, height)
            await tab.scheme(scheme)
            await tab.open(url)
            await tab.until("document.querySelector('#health').dataset.condition !== 'unknown'")
            await asyncio.sleep(_SETTLE_S)
            return await tab.screenshot(whole=False)


if __name__ == "__main__":
    address, target, width, height, scheme = [*sys.argv[1:], *("1280", "1000", "light")[len(sys.argv) - 3 :]]
    Path(target).write_bytes(asyncio.run(take(address, int(width), int(height), scheme)))
