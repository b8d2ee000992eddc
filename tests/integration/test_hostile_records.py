"""A real worker among hostile records: each item has exactly one outcome, and the innocent ones come through."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.integration.test_two_thousand import coordinates
from tests.support.documents import Writer, page, with_url
from tests.support.hostile import hostile, kinds
from tests.support.kafka import KafkaBroker
from tests.support.service import ENDS, Raw, Service, declare, ending, following, own_names, produce

from copydesk.core.options import Options
from copydesk.core.records import Message
from copydesk.core.stages import run_parse
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
_NOW = datetime(2026, 3, 1, tzinfo=UTC)


def innocent(number: int) -> Raw:
    writer = Writer(9_000_000 + number)
    url = f"https://innocent.example/{number}"
    return with_url(page(url, writer.title(), writer.paragraphs()), url)


def items(raw: Raw) -> int:
    """Items of a record, by the parse stage itself: the same everywhere, as it is pure."""
    message = Message("raw-articles", 0, 0, 1, raw.key, raw.value, raw.headers)
    return len(run_parse(message, Options(), _NOW).outcomes)


@pytest.mark.timeout(900)
async def test_innocent_records_pass_among_hostile_ones(
    broker: KafkaBroker, app_id: str, tmp_path: Path, free_port: int
) -> None:
    bad = [one.raw for one in hostile(11, len(kinds()), scale=0.01)]
    good = [innocent(number) for number in range(len(bad) // 2)]
    raw = [record for number, one in enumerate(bad) for record in (one, *good[number // 2 : number // 2 + number % 2])]
    expected = {id(one): items(one) for one in raw}
    names = own_names(app_id)
    await declare(broker.bootstrap, names)
    with ending(Service(broker.bootstrap, app_id, tmp_path, names, {"BATCH_RECORDS": "20"})) as service:
        async with (
            following(broker.bootstrap, names) as ends,
            following(broker.bootstrap, names, [TopicRole.RAW]) as source,
        ):
            worker = service.start("one", free_port)
            await produce(broker.bootstrap, names[TopicRole.RAW], raw)
            await source.until(len(raw), 60)
            await ends.until(sum(expected.values()), 600)
            await ends.quiet()
            assert worker.poll() is None, service.tail()
            assert await service.stop(worker) == 0

    records = [json.loads(record.value) for role in ENDS for record in ends.seen[role]]
    found = Counter(map(coordinates, records))
    assert [item for item, count in found.items() if count > 1] == []
    ended = Counter((partition, offset) for partition, offset, _ in found)
    # Records of one key stand in order on their partition; those without one anywhere: compare by content.
    sizes: dict[tuple[bytes | None, bytes | None], int] = {(one.key, one.value): expected[id(one)] for one in raw}
    assert len(source.seen[TopicRole.RAW]) == len(raw)
    for record in source.seen[TopicRole.RAW]:
        assert ended[record.partition, record.offset] == sizes[record.key, record.value]
    enriched = {json.loads(record.value)["url"] for record in ends.seen[TopicRole.ENRICHED]}
    assert {f"https://innocent.example/{number}" for number in range(len(good))} <= enriched
    faults = [letter for letter in records if letter.get("kind") == "failed"]
    assert [(letter["code"], letter["message"]) for letter in faults] == []
