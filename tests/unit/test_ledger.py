"""Where a partition goes on, and what is said when it cannot go on where it stopped."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from aiokafka import TopicPartition
from aiokafka.errors import GroupLoadInProgressError, KafkaError, NotCoordinatorForGroupError
from aiokafka.protocol.commit import OffsetFetchResponse_v1, OffsetFetchResponse_v3

from copydesk.adapters.kafka import ledger
from copydesk.adapters.kafka.ledger import OffsetBeyondEndError, next_offset, read_offsets

SOURCE = TopicPartition("raw-articles", 3)


@pytest.mark.parametrize(
    ("committed", "begin", "end", "expected", "said"),
    [
        (None, 7, 20, 7, None),
        (12, 7, 20, 12, None),
        (7, 7, 20, 7, None),
        (20, 7, 20, 20, None),
        (5, 7, 20, 7, "EXPIRED UNREAD"),
    ],
)
def test_it_goes_on_at_the_committed_offset_or_says_why_not(
    committed: int | None, begin: int, end: int, expected: int, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One of its own: whoever has logged before under other settings keeps those.
    monkeypatch.setattr(ledger, "_log", structlog.get_logger())
    with structlog.testing.capture_logs() as lines:
        assert next_offset(SOURCE, committed, begin, end) == expected
    assert [line["log_level"] for line in lines] == (["error"] if said else [])
    assert all(said is not None and said in line["event"] and line["partition"] == 3 for line in lines)


def test_an_offset_beyond_the_end_is_for_a_person_to_decide() -> None:
    with pytest.raises(OffsetBeyondEndError, match="offset 21 is beyond the end of raw-articles-3, 20"):
        next_offset(SOURCE, 21, 0, 20)


ASKED = {"raw-articles": [0, 3]}


def test_offsets_of_an_answer() -> None:
    answer = OffsetFetchResponse_v3(0, [("raw-articles", [(0, 41, "", 0), (3, -1, "", 0)])], 0)
    assert read_offsets(answer, ASKED) == {TopicPartition("raw-articles", 0): 41, SOURCE: None}
    old = OffsetFetchResponse_v1([("raw-articles", [(0, 41, "", 0), (3, 7, "", 0)])])
    assert read_offsets(old, ASKED) == {TopicPartition("raw-articles", 0): 41, SOURCE: 7}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        # What a coordinator says that is still loading: no partition at all, and the error beside them.
        (OffsetFetchResponse_v3(0, [], 14), GroupLoadInProgressError),
        (OffsetFetchResponse_v3(0, [], 16), NotCoordinatorForGroupError),
        (OffsetFetchResponse_v3(0, [("raw-articles", [(0, 41, "", 0), (3, -1, "", 14)])], 0), GroupLoadInProgressError),
        (OffsetFetchResponse_v3(0, [("raw-articles", [(0, 41, "", 0)])], 0), KafkaError),
    ],
)
def test_an_answer_that_does_not_say_is_never_taken_for_no_commits(answer: Any, error: type[KafkaError]) -> None:
    with pytest.raises(error):
        read_offsets(answer, ASKED)
