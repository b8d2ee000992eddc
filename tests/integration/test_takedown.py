"""Takedowns and backfill through a real worker and broker: what a read_committed reader sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.documents import Writer, page
from tests.support.kafka import KafkaBroker, free_port
from tests.support.service import Follower, Raw, Service, declare, ending, following, get_page, own_names, produce

from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
WRITER = Writer(11)
URL = "https://paper.example/news/harbour"
TITLE, TEXT = WRITER.title(), WRITER.paragraphs(8)
PAGE = page(URL, TITLE, TEXT).decode()
COPY = page("https://other.example/c", f"{TITLE} again", TEXT).decode()
THIRD = page("https://third.example/c", TITLE, TEXT).decode()

Json = dict[str, Any]


def record(**fields: Any) -> Raw:
    # One key, hence one partition: these records have an order.
    return Raw(json.dumps(fields).encode(), b"one")


async def answers(follower: Follower, bootstrap: str, topic: str, *records: Raw) -> list[tuple[TopicRole, Json]]:
    """Send records, and wait for what becomes of them: one end a record."""
    before = {role: len(seen) for role, seen in follower.seen.items()}
    await produce(bootstrap, topic, records)
    await follower.until(sum(before.values()) + len(records), 60)
    return [(role, json.loads(one.value)) for role, seen in follower.seen.items() for one in seen[before[role] :]]


async def test_a_takedown_and_what_comes_after_it(broker: KafkaBroker, app_id: str, tmp_path: Path) -> None:
    names = own_names(app_id)
    await declare(broker.bootstrap, names)
    raw, port = names[TopicRole.RAW], free_port()
    with ending(Service(broker.bootstrap, app_id, tmp_path, names)) as service:
        worker = service.start("one", port)
        await service.ready(worker, port)
        async with following(broker.bootstrap, names) as follower:

            async def send(**fields: Any) -> tuple[TopicRole, Json]:
                (end,) = await answers(follower, broker.bootstrap, raw, record(**fields))
                return end

            old = "2020-01-01T00:00:00Z"
            role, published = await send(content=PAGE, url=URL, raw_id="crawl-1", fetched_at=old, priority="backfill")
            assert (role, published["revision"]) == (TopicRole.ENRICHED, 1)
            role, copy = await send(content=COPY)
            assert (role, copy["duplicate_of"]["article_id"]) == (TopicRole.DUPLICATE, published["article_id"])

            role, gone = await send(action="delete", url="https://www.paper.example/news/harbour/?utm_source=x")
            assert (role, gone["pub_status"], gone["revision"]) == (TopicRole.ENRICHED, "canceled", 2)
            assert (gone["article_id"], gone["title"], gone["body"]) == (published["article_id"], None, "")
            # The canceled revision follows the article on its own partition: consumers see them in order.
            article = [one for one in follower.seen[TopicRole.ENRICHED] if one.key == gone["article_id"].encode()]
            assert len({one.partition for one in article}) == 1

            role, echo = await send(content=PAGE, url=URL, raw_id="crawl-1")
            assert (role, echo["verdict"], echo["this"]["title"]) == (TopicRole.DUPLICATE, "redelivered", None)
            role, late = await send(content=PAGE, url=URL, fetched_at=old, priority="backfill")
            assert (role, late["code"], late["original"]["value_b64"]) == (TopicRole.DEAD, "taken_down", None)

            # The state outlives the worker: all of this holds after a kill, from the log alone.
            service.kill(worker)
            worker = service.start("two", port)
            await service.ready(worker, port)
            role, late = await send(content=PAGE, url=URL, fetched_at=old)
            assert (role, late["code"]) == (TopicRole.DEAD, "taken_down")
            role, third = await send(content=THIRD)
            assert (role, third["pub_status"], third["dedup"]["verdict"]) == (TopicRole.ENRICHED, "usable", "unique")
            role, unknown = await send(action="delete", url="https://paper.example/none", priority="backfill")
            assert (role, unknown["code"]) == (TopicRole.DEAD, "bad_takedown")
            role, back = await send(content=PAGE, url=URL, raw_id="crawl-2")
            assert (role, back["article_id"], back["revision"]) == (TopicRole.ENRICHED, published["article_id"], 3)
        metrics = get_page(port, "/metrics")
        assert await service.stop(worker) == 0
    # One of this worker's two dead letters was live: backfill is left out of the freshness figures.
    assert 'copydesk_end_to_end_seconds_count{kind="dead"} 1.0' in metrics
    assert 'copydesk_outcomes_total{kind="dead",reason="bad_takedown",stage="dedupe"} 1.0' in metrics
