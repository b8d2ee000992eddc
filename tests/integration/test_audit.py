"""`copydesk audit` on a real broker: what is in order, what is on its way, what was taken out or put in by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from tests.support.deployment import Deployment, failing, feed, page
from tests.support.inline_pool import InlinePool
from tests.support.kafka import KafkaBroker
from tests.support.service import Raw

from copydesk.adapters.kafka import audit as audit_module
from copydesk.adapters.kafka.topic_reader import bounds, read_topics, settled_ends
from copydesk.app.delivery import delivery_config
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka


@pytest.fixture
def desk(broker: KafkaBroker, app_id: str, tmp_path: Path) -> Deployment:
    return Deployment(broker.bootstrap, app_id, tmp_path)


def audit(desk: Deployment, *arguments: str, code: int = 0) -> dict[str, Any]:
    (found,) = desk.lines("audit", *arguments, code=code)
    return {name: value for name, value in found.items() if isinstance(value, bool) or value}


ORDERLY = {"in_order": True, "caught_up": True}


def test_a_clean_run_with_feeds_copies_and_dead_letters_is_in_order(desk: Deployment) -> None:
    assert audit(desk) == ORDERLY, "nothing at all is in order too"
    desk.produce(page(1), page(2), page(1), feed(3, 4, 5), Raw(b"", b"k"))
    assert audit(desk) == {"in_order": True, "caught_up": False, "records": 5, "items": 5, "waiting": 5}
    desk.work(7)
    counts = {"records": 5, "items": 7, "enriched": 5, "duplicate": 1, "dead": 1}
    assert audit(desk, "--wait", "20") == ORDERLY | counts
    shown = desk.run("audit", "--table", COLUMNS="200")
    assert "items of 5 raw records" in shown.stdout
    assert "Every item has exactly one outcome." in shown.stderr


def test_replays_are_the_same_items_whether_they_wait_succeed_or_fail(desk: Deployment) -> None:
    desk.produce(page(1), feed(2, 3), feed(4, 5))
    desk.work(4, InlinePool(failing("run_parse", b"number 4 ")))
    assert audit(desk) == ORDERLY | {"records": 3, "items": 4, "enriched": 3, "dead": 1}
    desk.run("dlq", "replay", "--all", "--yes")
    waiting = {"records": 3, "items": 4, "enriched": 3, "in_flight": 1, "reentries": 1}
    assert audit(desk) == {"in_order": True, "caught_up": False} | waiting
    desk.work(5, InlinePool(failing("run_parse")))
    assert audit(desk) == ORDERLY | {"records": 3, "items": 4, "enriched": 3, "dead": 1, "reentries": 1}
    desk.run("dlq", "replay", "--all", "--yes")
    desk.work(7)
    ended = {"records": 3, "items": 5, "enriched": 5, "replayed": 1, "reentries": 2}
    assert audit(desk) == ORDERLY | ended


@pytest.mark.parametrize("stage", ["dedupe", "enrich"])
def test_what_stands_between_two_stages_is_on_its_way(desk: Deployment, stage: str) -> None:
    desk.produce(page(1), feed(2, 3))
    before = ("parse",) if stage == "dedupe" else ("parse", "dedupe")
    desk.work_until_read(before)
    assert audit(desk) == {"in_order": True, "caught_up": False, "records": 2, "items": 3, "in_flight": 3}
    late = desk.run("audit", "--wait", "0.1", code=1)
    assert "had not caught up within 0.1 s" in late.stderr
    desk.work(3)
    assert audit(desk) == ORDERLY | {"records": 2, "items": 3, "enriched": 3}


async def write(desk: Deployment, role: TopicRole, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=desk.bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(desk.names[role], value, partition=0)
    finally:
        await producer.stop()


async def delete_before(desk: Deployment, role: TopicRole, offsets: dict[int, int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=desk.bootstrap)
    await admin.start()
    try:
        topic = desk.names[role]
        await admin.delete_records(
            {TopicPartition(topic, part): RecordsToDelete(before_offset=offset) for part, offset in offsets.items()}
        )
    finally:
        await admin.close()


async def skip_to(desk: Deployment, stage: str, offsets: dict[int, int], role: TopicRole) -> None:
    """Commit for a group what it has not read: the way to lose records by hand."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=desk.bootstrap, group_id=f"{desk.app_id}-{stage}", enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(desk.names[role], part) for part in offsets])
        await consumer.commit({TopicPartition(desk.names[role], part): offset for part, offset in offsets.items()})
    finally:
        await consumer.stop()


@pytest.mark.parametrize("stage", ["parse", "enrich"])
def test_a_record_that_was_skipped_is_named(desk: Deployment, stage: str) -> None:
    desk.produce(page(1))
    desk.work(1)
    desk.produce(page(2))
    role = TopicRole.RAW
    if stage == "enrich":
        desk.work_until_read(("parse", "dedupe"))
        role = TopicRole.UNIQUE
    (record,) = [r for r in desk.records(TopicRole.RAW) if r["key"] == "https://a.example/2"]
    ends = dict.fromkeys(range(6), 1_000) if stage == "enrich" else {record["partition"]: record["offset"] + 1}
    asyncio.run(skip_to(desk, stage, ends, role))
    found = audit(desk, code=1)
    name = f"{desk.names[TopicRole.RAW]}-{record['partition']}-{record['offset']}-0"
    assert (found["in_order"], found["lost"], found["enriched"]) == (False, 1, 1)
    assert [(case["problem"], case["item"]) for case in found["cases"]] == [("lost", name)]
    told = desk.run("audit", "--table", code=1, COLUMNS="200")
    assert f"lost: {name}" in told.stdout
    assert "not every item" in told.stderr


def test_an_outcome_that_was_added_is_named(desk: Deployment) -> None:
    desk.produce(page(1), page(2))
    found = desk.work(2)
    article = found[TopicRole.ENRICHED][0]
    copy = json.dumps({"duplicate_of": {}, "raw": article["raw"]}).encode()
    nothing = json.dumps({"raw": article["raw"] | {"offset": 77}}).encode()
    foreign = json.dumps({"raw": article["raw"] | {"topic": "another-topic"}}).encode()
    for value in (copy, nothing, foreign, b"no JSON"):
        asyncio.run(write(desk, TopicRole.DUPLICATE, value))
    report = audit(desk, code=1)
    assert (report["twice"], report["unexplained"], report["elsewhere"], report["unreadable"]) == (1, 1, 1, 1)
    raw = article["raw"]
    places = [f"{raw['topic']}-{raw['partition']}-{offset}-0" for offset in (raw["offset"], 77)]
    assert sorted(case["item"] for case in report["cases"]) == sorted(places)
    assert report["items"] == 2


def test_retention_is_no_loss(desk: Deployment) -> None:
    desk.produce(page(1), page(2), page(3))
    desk.work(3)
    records = desk.records(TopicRole.RAW)
    gone = {records[0]["partition"]: records[0]["offset"] + 1}
    asyncio.run(delete_before(desk, TopicRole.RAW, gone))
    expired = sum(r["partition"] in gone and r["offset"] < gone[r["partition"]] for r in records)
    found = audit(desk)
    assert (found["raw_expired"], found["records"], found["enriched"]) == (expired, 3 - expired, 3 - expired)
    ends = dict.fromkeys(range(6), -1)  # all that is there
    asyncio.run(delete_before(desk, TopicRole.ENRICHED, ends))
    (found,) = [json.loads(desk.run("audit", COPYDESK_TOPICS__ENRICHED__RETENTION_MS="1").stdout)]
    assert (found["in_order"], found["outcome_expired"]) == (True, 3 - expired)
    assert found["raw_expired"] == 0
    told = desk.run("audit", "--table", COPYDESK_TOPICS__ENRICHED__RETENTION_MS="1").stderr
    assert ("Every item" in told) is (expired == 3)
    assert ("nobody can tell" in told) is (expired < 3)


async def set_policy(desk: Deployment, role: TopicRole, policy: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=desk.bootstrap)
    await admin.start()
    try:
        topic = ConfigResource(ConfigResourceType.TOPIC, desk.names[role], configs={"cleanup.policy": policy})
        await admin.alter_configs([topic])
    finally:
        await admin.close()


@pytest.mark.parametrize("policy", ["compact", "compact,delete"])
def test_what_a_compacted_topic_may_have_forgotten_is_not_called_lost(desk: Deployment, policy: str) -> None:
    desk.produce(page(1), page(2), page(3))
    desk.work(3)
    enriched = desk.names[TopicRole.ENRICHED]
    asyncio.run(set_policy(desk, TopicRole.ENRICHED, policy))
    counts = {"records": 3, "items": 3, "compacted": [enriched]}
    assert audit(desk) == ORDERLY | counts | {"enriched": 3}
    told = desk.run("audit", "--table", COLUMNS="300")
    assert f"compacted: {enriched}. What a later record" in told.stdout
    assert "Every item has one outcome, as far as can be seen." in told.stderr
    # As the cleaner does in its own time. By hand it is allowed under the other policy only.
    asyncio.run(set_policy(desk, TopicRole.ENRICHED, "delete"))
    asyncio.run(delete_before(desk, TopicRole.ENRICHED, dict.fromkeys(range(6), -1)))
    asyncio.run(set_policy(desk, TopicRole.ENRICHED, policy))
    assert audit(desk) == ORDERLY | counts | {"outcome_compacted": 3}
    told = desk.run("audit", "--table", COLUMNS="300")
    assert "for 3 items nobody can tell: their outcomes may have been compacted away" in told.stderr
    asyncio.run(set_policy(desk, TopicRole.ENRICHED, "delete"))
    assert audit(desk, code=1)["lost"] == 3


def test_a_loss_is_seen_beside_a_partition_that_has_lost_its_beginning(desk: Deployment) -> None:
    desk.produce(page(1), page(2), page(3))
    desk.work(3)
    asyncio.run(delete_before(desk, TopicRole.ENRICHED, dict.fromkeys(range(6), -1)))
    found = audit(desk, code=1)
    assert (found["in_order"], found["lost"]) == (False, 3), "they are younger than what the topic retains"


def test_records_that_expired_unread_are_not_in_order(desk: Deployment) -> None:
    desk.produce(page(1))
    desk.work(1)
    desk.produce(page(1), page(1))
    (first, *unread) = desk.records(TopicRole.RAW)
    end = max(record["offset"] for record in unread) + 1
    asyncio.run(delete_before(desk, TopicRole.RAW, {first["partition"]: end}))
    found = audit(desk, code=1)
    assert (found["in_order"], found["expired_unread"]) == (False, end - first["offset"] - 1)
    assert "deleted before they were read" in desk.run("audit", code=1).stderr


def test_raw_records_that_expire_while_they_are_read_are_not_unexplained(
    desk: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.produce(page(1))
    desk.work(1)
    real = read_topics

    async def late(config: Any, places: Any, **options: Any) -> AsyncGenerator[Any]:
        if any(place.topic == desk.names[TopicRole.RAW] for place in places):
            await delete_before(desk, TopicRole.RAW, dict.fromkeys(range(6), -1))
        async with aclosing(real(config, places, **options)) as records:
            async for record in records:
                yield record

    monkeypatch.setattr(audit_module, "read_topics", late)
    assert audit(desk) == ORDERLY | {"raw_expired": 1}


def test_a_record_that_lies_about_an_earlier_one_is_judged_by_its_time(desk: Deployment) -> None:
    desk.produce(page(1))
    desk.work(1)
    (record,) = desk.records(TopicRole.RAW)
    first = {"topic": desk.names[TopicRole.RAW], "partition": record["partition"], "offset": record["offset"]}
    raw = first | {"item": 0, "items": 1, "timestamp_ms": 9_000_000_000_000}
    header = json.dumps({"raw": raw, "attempts": 1, "first_failed_at": "2026-01-01T00:00:00Z"}).encode()
    one = page(1)
    desk.produce(Raw(one.value, one.key, (("copydesk-replay", header),)))
    desk.work(2)
    assert audit(desk) == ORDERLY | {"records": 2, "items": 2, "enriched": 1, "dead": 1}


def test_without_topics_there_is_nothing_to_audit(desk: Deployment) -> None:
    told = desk.run("audit", "--wait", "0.1", code=1, COPYDESK_TOPICS__UNIQUE__NAME="nowhere")
    assert told.stderr == "copydesk: there is no topic nowhere: a worker makes it when it first runs.\n"
    desk.produce(page(1))
    found = json.loads(desk.run("audit", COPYDESK_TOPICS__REPLAYS__NAME="nowhere").stdout)
    assert (found["in_order"], found["waiting"]) == (True, 1), "before any replay there is no log of them"


def test_the_end_is_behind_every_transaction_that_was_open(desk: Deployment) -> None:
    place = TopicPartition(desk.names[TopicRole.PARSED], 0)

    async def ends() -> tuple[Mapping[TopicPartition, int], Mapping[TopicPartition, int]]:
        config = delivery_config(desk.settings())
        producer = AIOKafkaProducer(bootstrap_servers=desk.bootstrap, transactional_id=f"{desk.app_id}-open")
        await producer.start()
        await producer.begin_transaction()
        await producer.send_and_wait(place.topic, b"{}", partition=0)
        _, committed = await bounds(config, [place])
        waiting = asyncio.create_task(settled_ends(config, [place]))
        done, _ = await asyncio.wait({waiting}, timeout=1)
        assert not done
        await producer.commit_transaction()
        await producer.stop()
        return committed, await waiting

    committed, settled = asyncio.run(ends())
    assert committed[place] == 0
    assert settled[place] >= 1
