"""Content hashes are reproducible: the same bytes through another deployment give the same hash."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.documents import generated, items
from tests.support.kafka import KafkaBroker, free_port
from tests.support.service import Raw, Service, declare, ending, following, own_names, produce

from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
PAGES = Path(__file__).parents[1] / "golden" / "first_article"


async def enriched(broker: KafkaBroker, app_id: str, folder: Path, records: list[Raw]) -> dict[str, dict[str, Any]]:
    """The enriched articles of one deployment, by id and revision."""
    names = own_names(app_id)
    await declare(broker.bootstrap, names)
    port = free_port()
    with ending(Service(broker.bootstrap, app_id, folder, names)) as service:
        worker = service.start("one", port)
        await produce(broker.bootstrap, names[TopicRole.RAW], records)
        await service.ready(worker, port)
        async with following(broker.bootstrap, names) as follower:
            await follower.until(sum(map(items, records)), 60)
        assert await service.stop(worker) == 0
    found = [json.loads(record.value) for record in follower.seen[TopicRole.ENRICHED]]
    return {f"{article['article_id']}:{article['revision']}": article for article in found}


@pytest.fixture
def records() -> list[Raw]:
    return [*generated(39, seed=7), Raw((PAGES / "venezuela.txt").read_bytes())]


async def test_the_same_bytes_give_the_same_hash(
    broker: KafkaBroker, app_id: str, tmp_path_factory: pytest.TempPathFactory, records: list[Raw]
) -> None:
    first = await enriched(broker, f"{app_id}a", tmp_path_factory.mktemp("first"), records)
    await asyncio.sleep(1.1)  # another second of every clock
    second = await enriched(broker, f"{app_id}b", tmp_path_factory.mktemp("second"), list(reversed(records)))
    both = sorted(first.keys() & second.keys())
    compared = [one for one in both if first[one]["raw"]["sha256"] == second[one]["raw"]["sha256"]]
    assert len(compared) >= 20
    assert [one for one in compared if first[one]["content_hash"] != second[one]["content_hash"]] == []
    assert all(first[one]["ingested_at"] != second[one]["ingested_at"] for one in compared)
    assert len({first[one]["content_hash"] for one in compared}) == len(compared)
