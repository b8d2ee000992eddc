"""Memory of a pool process over many articles: does it grow? `python -m benchmarks.pool_memory --count 2000`.

Runs the pages that COPYDESK_EVAL_DATA names through parse, dedupe and enrich in one pool process, over and over, and
prints what the memory limit counts (heap and private mappings) and what is resident.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.hostile import real_pool
from benchmarks.pages import data_folder, load_pages

from copydesk.adapters.pool_process import data_bytes
from copydesk.adapters.state_memory import MemoryStore
from copydesk.app.settings import Settings
from copydesk.core.options import Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Message, OutcomeKind
from copydesk.core.stages import run_dedupe, run_enrich, run_parse

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_MIB = 2**20


def read(html: bytes, url: str, options: Options) -> tuple[int, int]:
    """In the pool process: a page through all stages; private and resident bytes afterwards."""
    raw = Message("raw-articles", 0, 0, 1_772_366_400_000, None, html, (("x-url", url.encode()),))
    parsed = run_parse(raw, options, _NOW)
    for emit, outcome in zip(parsed.emits, parsed.outcomes, strict=True):
        if outcome.kind is OutcomeKind.FORWARDED:
            decided = run_dedupe(Message("p", 0, 0, 0, None, emit.value), Overlay(MemoryStore()), options, _NOW)
            run_enrich(Message("u", 0, 0, 0, None, decided.result.emits[0].value), options, _NOW)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return data_bytes(), pages * 4096


async def run(count: int) -> None:
    settings = Settings(pool_workers=1, parse_timeout_s=120)
    pages = load_pages(data_folder())
    async with real_pool(settings) as pool:
        print(f"{'articles':>8} {'private MiB':>12} {'resident MiB':>13} {'largest private':>16}")
        largest = 0
        for number, page in enumerate(itertools.islice(itertools.cycle(pages), count), 1):
            private, resident = await pool.run(read, page.html, page.url, settings.options())
            largest = max(largest, private)
            if number in {1, 10} or number % (count // 10) == 0:
                print(f"{number:8} {private / _MIB:12.0f} {resident / _MIB:13.0f} {largest / _MIB:16.0f}", flush=True)
        print(f"{pool.recycled} processes replaced, {pool.crashes} crashes, {pool.timeouts} timeouts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=2_000)
    asyncio.run(run(parser.parse_args().count))


if __name__ == "__main__":
    main()
