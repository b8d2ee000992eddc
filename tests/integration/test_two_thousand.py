"""The whole service under kills and rebalances: each item ends exactly once, and the state is what its log says."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.support.documents import generated, items, mixed
from tests.support.kafka import KafkaBroker
from tests.support.service import ENDS, Raw, Service, declare, ending, following, own_names, produce

from copydesk.adapters.state_memory import MemoryStore
from copydesk.adapters.state_rocksdict import RocksStores
from copydesk.core.dedupe import apply_event
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
_CHUNK = 100
_log = logging.getLogger(__name__)


def records() -> list[Raw]:
    named = os.environ.get("COPYDESK_EVAL_DATA")
    return mixed(Path(named)) if named else generated(300)


@pytest.mark.timeout(1_500)
async def test_each_item_ends_once_through_kills_and_a_second_worker(
    broker: KafkaBroker, app_id: str, tmp_path: Path, free_port: int
) -> None:
    raw = records()
    names = own_names(app_id)
    await declare(broker.bootstrap, names)
    # Small batches, so that a kill meets many transactions; no enrichers, which delivery does not depend on.
    settings = {"BATCH_RECORDS": str(max(3, len(raw) // 150)), "ENRICH__ENRICHERS": ""}
    limit_s = 60 + len(raw) / 5

    expected = sum(map(items, raw))
    early, middle = len(raw) * 6 // 10, len(raw) * 8 // 10

    async def feed(begin: int, end: int) -> None:
        for at in range(begin, end, _CHUNK):
            await produce(broker.bootstrap, names[TopicRole.RAW], raw[at : min(at + _CHUNK, end)])
            await asyncio.sleep(0.3)

    with ending(Service(broker.bootstrap, app_id, tmp_path, names, settings)) as service:
        async with (
            following(broker.bootstrap, names) as follower,
            following(broker.bootstrap, names, [TopicRole.RAW]) as source,
            following(broker.bootstrap, names, [TopicRole.FINGERPRINTS]) as log,
            asyncio.TaskGroup() as tasks,
        ):
            feeding = tasks.create_task(feed(0, early))
            for share in (0.1, 0.3):
                worker = service.start("one", free_port)
                await follower.until(int(expected * share), limit_s)
                service.kill(worker)
            assert follower.count < early, "the kills came too late to meet anything"
            await feeding
            worker = service.start("one", free_port)
            second = service.start("two", free_port + 1)
            await service.ready(second, free_port + 1)
            await feed(early, middle)
            await follower.until(int(expected * 0.7), limit_s)
            feeding = tasks.create_task(feed(middle, len(raw)))
            assert await service.stop(second) == 0
            await feeding
            await source.until(len(raw), 30)
            await follower.until(expected, limit_s)
            await follower.quiet()
            await service.ready(worker, free_port)  # what it holds, it holds completely
            await log.quiet(0.5)
            assert await service.stop(worker) == 0

    ends = {role: [json.loads(record.value) for record in follower.seen[role]] for role in ENDS}
    _log.info("%s of %s raw records", {str(role): len(found) for role, found in ends.items()}, len(raw))
    assert_each_item_once([record for found in ends.values() for record in found], source.seen[TopicRole.RAW])
    assert_copies_are_published_once(ends, raw, source.seen[TopicRole.RAW])
    assert min(map(len, ends.values())) > 0
    assert_state_is_its_log(tmp_path / "one" / app_id, log.seen[TopicRole.FINGERPRINTS])
    decided = {record.key for record in log.seen[TopicRole.FINGERPRINTS]}
    assert len(decided) == len(log.seen[TopicRole.FINGERPRINTS]), "a record was decided twice"


def coordinates(record: dict[str, Any]) -> tuple[int, int, int]:
    raw = record["raw"]
    return raw["partition"], raw["offset"], raw["item"]


def assert_each_item_once(ends: list[dict[str, Any]], source: list[Any]) -> None:
    ends_of = Counter(map(coordinates, ends))
    assert [item for item, count in ends_of.items() if count > 1] == []
    ended: dict[tuple[int, int], list[int]] = {}
    for partition, offset, item in sorted(ends_of):
        ended.setdefault((partition, offset), []).append(item)
    assert ended == {(record.partition, record.offset): list(range(items(Raw(record.value)))) for record in source}


def assert_copies_are_published_once(
    ends: dict[TopicRole, list[dict[str, Any]]], raw: list[Raw], source: list[Any]
) -> None:
    """Records that came several times with no other text at their address are enriched once at most."""
    texts_at: dict[bytes, set[bytes | None]] = {}
    for one in raw:
        texts_at.setdefault(one.key or b"", set()).add(one.value)
    enriched = {coordinates(record)[:2] for record in ends[TopicRole.ENRICHED]}
    published = Counter(
        (record.key, record.value)
        for record in source
        if record.key and len(texts_at[record.key]) == 1 and (record.partition, record.offset) in enriched
    )
    assert published
    assert max(published.values()) == 1
    assert len(published) < sum(1 for one in raw if one.key and len(texts_at[one.key]) == 1), "there were no copies"


def assert_state_is_its_log(folder: Path, log: list[Any]) -> None:
    options = DedupeOptions()
    partitions = {record.partition for record in log}
    assert partitions
    for partition in partitions:
        replayed = MemoryStore()
        for record in sorted((r for r in log if r.partition == partition), key=lambda r: int(r.offset)):
            overlay = Overlay(replayed)
            apply_event(record.key, record.value, overlay, options)
            replayed.write(overlay.changes, record.offset + 1)
        store = RocksStores(folder).open(partition)
        try:
            assert dict(store.scan(b"")) == dict(replayed.scan(b""))
        finally:
            store.close()
