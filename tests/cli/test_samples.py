"""The packaged samples become what `samples.toml` promises, without a broker too."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from copydesk.adapters.pool import InlineTaskPool
from copydesk.adapters.state_memory import MemoryStores
from copydesk.app.local import LocalPipeline
from copydesk.app.samples import load_samples
from copydesk.app.settings import Settings
from copydesk.app.why import headline, outcome, verdict
from copydesk.core.records import Message

FIRST_MS = 1_741_700_000_000


async def test_every_sample_becomes_what_is_expected_of_it() -> None:
    samples = load_samples()

    async def messages() -> AsyncIterator[Message]:
        for number, sample in enumerate(samples):
            yield Message("raw-articles", 0, number, FIRST_MS + number * 1000, sample.key, sample.value, sample.headers)

    pipeline = LocalPipeline(Settings().options(), InlineTaskPool(), MemoryStores(), window=1)
    batches = [batch async for batch in pipeline.run(messages())]
    assert len(batches) == len(samples)
    for sample, batch in zip(samples, batches, strict=True):
        records = [json.loads(end.emit.value or b"") for end in batch]
        assert [(sample.name, outcome(r), verdict(r)) for r in records] == [
            (sample.name, e.outcome, e.why) for e in sample.expected
        ]
        for record, expected in zip(records, sample.expected, strict=True):
            assert expected.title is None or headline(record) == expected.title
            assert expected.change is None or record["change"]["kind"] == expected.change
