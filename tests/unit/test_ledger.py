"""Where a partition goes on, and what is said when it cannot go on where it stopped."""

from __future__ import annotations

import pytest
import structlog
from aiokafka import TopicPartition

from copydesk.adapters.kafka.ledger import OffsetBeyondEndError, next_offset

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
    committed: int | None, begin: int, end: int, expected: int, said: str | None
) -> None:
    with structlog.testing.capture_logs() as lines:
        assert next_offset(SOURCE, committed, begin, end) == expected
    assert [line["log_level"] for line in lines] == (["error"] if said else [])
    assert all(said is not None and said in line["event"] and line["partition"] == 3 for line in lines)


def test_an_offset_beyond_the_end_is_for_a_person_to_decide() -> None:
    with pytest.raises(OffsetBeyondEndError, match="offset 21 is beyond the end of raw-articles-3, 20"):
        next_offset(SOURCE, 21, 0, 20)
