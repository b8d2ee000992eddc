import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from copydesk.adapters.pool import InlineTaskPool
from copydesk.adapters.state_memory import MemoryStores
from copydesk.app.local import LocalPipeline
from copydesk.app.samples.made_up import MadeUp
from copydesk.app.settings import Settings
from copydesk.app.why import headline, outcome
from copydesk.core.records import Message

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
NUMBER = 100


def made_up(seed: int = 7) -> MadeUp:
    return MadeUp(seed, BEGAN, timedelta(seconds=2))


def test_the_same_number_is_the_same_record() -> None:
    assert [made_up().record(n) for n in range(30)] == [made_up().record(n) for n in range(30)]
    assert made_up().record(3) != made_up(8).record(3)


async def test_each_becomes_what_it_should() -> None:
    records = [made_up().record(n) for n in range(NUMBER)]

    async def messages() -> AsyncIterator[Message]:
        for n, record in enumerate(records):
            at = int(BEGAN.timestamp() * 1000) + 2000 * n
            yield Message("raw-articles", 0, n, at, record.key, record.value or None, record.headers)

    pipeline = LocalPipeline(Settings().options(), InlineTaskPool(), MemoryStores(), window=1)
    batches = [batch async for batch in pipeline.run(messages())]
    for record, batch in zip(records, batches, strict=True):
        (end,) = batch
        fields = json.loads(end.emit.value or b"")
        assert (record.name, outcome(fields)) == (record.name, record.expected[0].outcome), headline(fields)
        if outcome(fields) == "enriched":
            assert fields["authors"]
            assert fields["quotes"]
            assert fields["published_at"]
    kinds = Counter(record.name for record in records)
    assert set(kinds) == {"new", "again", "copied", "revised", "unreadable"}
    assert kinds["new"] > NUMBER / 2


def test_nothing_is_from_the_real_world() -> None:
    for n in range(60):
        address = dict(made_up().record(n).headers)["x-url"].decode()
        assert address.split("/")[2].endswith(".example")
