"""Whatever stands in the header of a replay: one outcome, under coordinates that the record may have."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.options import Options
from copydesk.core.records import Message
from copydesk.core.replay import HEADER
from copydesk.core.stages import run_parse
from copydesk_schemas.dead_letter import DeadLetter

NOW = datetime(2026, 3, 1, tzinfo=UTC)
numbers = st.one_of(st.integers(), st.integers(-1, 12), st.none())
headers = st.one_of(
    st.binary(max_size=200),
    st.fixed_dictionaries(
        {
            "raw": st.fixed_dictionaries(
                {
                    "topic": st.sampled_from(["raw-articles", "another", ""]),
                    "partition": st.sampled_from([0, 1]),
                    "offset": numbers,
                    "item": numbers,
                    "items": numbers,
                    "timestamp_ms": numbers,
                }
            ),
            "attempts": numbers,
            "first_failed_at": st.one_of(st.datetimes().map(lambda when: f"{when.isoformat()}+14:00"), st.text()),
        }
    ).map(lambda fields: json.dumps(fields).encode()),
)


@given(headers)
def test_there_is_one_outcome_under_its_own_or_an_earlier_name(value: bytes) -> None:
    message = Message("raw-articles", 0, 8, 1_700_000_000_000, None, b"", ((HEADER, value),))
    result = run_parse(message, Options(), NOW)
    (outcome,) = result.outcomes
    assert (outcome.raw_topic, outcome.raw_partition) == ("raw-articles", 0)
    assert 0 <= outcome.raw_offset <= 8
    letter = DeadLetter.model_validate_json(result.emits[0].value or b"")
    assert letter.first_failed_at <= letter.last_failed_at == NOW
    assert letter.attempts == 1 or outcome.raw_offset < 8
