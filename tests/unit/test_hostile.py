"""Hostile records through all stages: each item has one outcome that policy explains, in bounded time and memory."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from benchmarks.hostile import Passage, passage, real_pool
from tests.support.hostile import Hostile, hostile, kinds

from copydesk.adapters.pool import ProcessTaskPool
from copydesk.app.settings import Settings
from copydesk_schemas.reasons import Code, Stage

HEAVY = "page-beyond-the-limit"
"""The one kind that runs at full size here; `python -m benchmarks.hostile` runs all of them so."""


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


async def through(name: str, scale: float, pool: ProcessTaskPool, settings: Settings) -> list[Passage]:
    records = list(hostile(7, 4, scale=scale, only=[name]))
    return [await passage(one, number, pool, settings) for number, one in enumerate(records)]


async def test_a_record_that_takes_too_long_or_too_much_costs_itself_only() -> None:
    settings = Settings(parse_timeout_s=0.5, enrich_timeout_s=0.5, pool_memory_mib=512)
    slow = Hostile("slow", next(hostile(7, 1, only=["a-tag-a-letter"])).raw)
    innocent = Hostile("innocent", next(hostile(7, 1, scale=0.001, only=["bait-as-last-line"])).raw)
    async with real_pool(settings) as pool:
        assert [end.code for end in (await passage(slow, 0, pool, settings)).outcomes] == [Code.PARSE_TIMEOUT]
        ended = await passage(innocent, 1, pool, settings)
    assert [end.code for end in ended.outcomes] == [None]
    assert ended.seconds[Stage.PARSE] < 0.5


@pytest.mark.parametrize("name", ["one-word", "many-quotes", "openings-without-end", "bait-and-its-near-miss"])
async def test_four_times_the_size_takes_no_sixteen_times_the_time(name: str) -> None:
    """Time grows with the size, not with its square: measured by the process's own clock, in one process."""
    from datetime import UTC, datetime

    from copydesk.core.options import Options
    from copydesk.core.records import Message
    from copydesk.core.stages import run_parse
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

    spent(0.05)
    assert spent(0.2) < 12 * spent(0.05) + 0.5
