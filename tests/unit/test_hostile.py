"""Hostile records through all stages: each item has one outcome that policy explains, in bounded time and memory."""

from __future__ import annotations

import asyncio
import functools
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from benchmarks.hostile import passage, real_pool
from tests.support.hostile import Hostile, Raw, hostile, kinds
from tests.support.hostile.base import html

from copydesk.adapters.pool import ProcessTaskPool
from copydesk.app.settings import Settings
from copydesk.core.options import Options, ParseOptions
from copydesk.core.records import Message, OutcomeKind
from copydesk.core.stages import run_parse
from copydesk.core.warm_up import warm_up
from copydesk_schemas.reasons import Code

HEAVY = "page-beyond-the-limit"
"""The one kind that runs at full size here; `python -m benchmarks.hostile` runs all of them so."""

_MEASURABLE_S = 0.3
"""A shorter time tells nothing of how it grows."""


def test_the_same_seed_gives_the_same_records() -> None:
    once, again = (list(hostile(7, len(kinds()), scale=0.001)) for _ in range(2))
    assert once == again
    assert [one.kind for one in once] == list(kinds())
    assert list(hostile(8, len(kinds()), scale=0.001)) != once


async def test_every_kind_ends_in_outcomes_without_a_fault() -> None:
    settings = Settings(parse_timeout_s=30, enrich_timeout_s=30)
    records = [*hostile(7, len(kinds()) + 25, scale=0.02), *hostile(7, 1, only=[HEAVY])]
    async with real_pool(settings) as pool:
        passages = [await passage(one, number, pool, settings) for number, one in enumerate(records)]
        assert (pool.crashes, pool.timeouts, pool.recycled, pool.rebuilds) == (0, 0, 0, 0)
    assert all(one.outcomes for one in passages)
    assert {one.kind: one.faults for one in passages if one.faults} == {}
    codes = Counter(str(end.code or end.kind) for one in passages for end in one.outcomes)
    assert {"enriched", "undecodable", "oversized", "invalid_envelope", "unsupported_media_type", "empty"} <= set(codes)


async def test_a_record_that_takes_too_long_costs_itself_only() -> None:
    # Without the guard's limit extraction takes minutes on so many links, whatever the machine.
    settings = Settings(parse_timeout_s=3, enrich_timeout_s=3, parse=ParseOptions(max_html_links=10_000_000))
    links = Raw(html("<p>" + "".join(f'<a href="/s/{n}">word{n}</a> ' for n in range(49_000)) + "</p>"))
    innocent = next(hostile(7, 1, scale=0.001, only=["bait-as-last-line"])).raw
    async with real_pool(settings) as pool:
        slow, ended = await asyncio.gather(
            passage(Hostile("slow", links), 0, pool, settings),
            passage(Hostile("innocent", innocent), 1, pool, settings),
        )
        assert pool.timeouts == 1
    assert [end.code for end in slow.outcomes] == [Code.PARSE_TIMEOUT]
    assert [end.kind for end in ended.outcomes] == [OutcomeKind.ENRICHED]


async def test_a_record_that_takes_too_much_memory_costs_itself_only() -> None:
    """The limit of the service is the pool's: here a pool with next to no room beside the models."""
    settings = Settings(parse_timeout_s=60, enrich_timeout_s=60)
    load = functools.partial(warm_up, settings.options())
    heavy = next(hostile(7, 1, only=["page-within-the-limit"])).raw
    innocent = next(hostile(7, 1, scale=0.001, only=["bait-as-last-line"])).raw
    pool = ProcessTaskPool(1, 60, memory_mib=300, warm_up=load)
    try:
        bomb, ended = await asyncio.gather(
            passage(Hostile("bomb", heavy), 0, pool, settings),
            passage(Hostile("innocent", innocent), 1, pool, settings),
        )
    finally:
        await pool.close()
    assert [end.code for end in bomb.outcomes] == [Code.PARSE_ERROR]
    assert [end.error_class for end in bomb.outcomes] == ["TaskMemoryError"]
    assert [end.kind for end in ended.outcomes] == [OutcomeKind.ENRICHED]
    assert pool.crashes == 0


@pytest.mark.parametrize(
    "name", ["one-word", "many-quotes", "openings-without-end", "bait-and-its-near-miss", "markdown-nesting"]
)
async def test_four_times_the_size_takes_no_sixteen_times_the_time(name: str) -> None:
    """Time grows with the size, not with its square: measured by the process's own clock, in one process."""

    from copydesk.core.warm_up import warm_up

    now, options = datetime(2026, 3, 1, tzinfo=UTC), Options()
    warm_up(options)

    def spent(scale: float) -> float:
        total = 0.0
        for one in hostile(7, 6, scale=scale, only=[name]):
            began = time.process_time()
            run_parse(Message("t", 0, 0, 0, None, one.raw.value), options, now)
            total += time.process_time() - began
        return total

    scale = 0.05
    spent(scale)
    while (base := spent(scale)) < _MEASURABLE_S and 4 * scale < 1:
        scale *= 1.5
    assert spent(4 * scale) < 8 * max(base, _MEASURABLE_S / 4)
