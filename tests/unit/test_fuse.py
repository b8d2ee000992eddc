"""When failures are too many, and when they are not."""

from __future__ import annotations

import pytest

from copydesk.adapters.kafka.fuse import Fuse, FuseBlownError, FuseConfig
from copydesk.adapters.kafka.jobs import Handled
from copydesk.core.records import Outcome, OutcomeKind, StageResult
from copydesk_schemas.reasons import Code, Stage


def handled(*codes: Code | None) -> Handled:
    """A record with an item for each code; None is an item that went well."""
    outcomes = tuple(
        Outcome(
            Stage.PARSE,
            OutcomeKind.FORWARDED if code is None else OutcomeKind.DEAD,
            "raw-articles",
            0,
            0,
            item,
            0,
            code=code,
            error_class=None if code is None else "ValueError",
        )
        for item, code in enumerate(codes)
    )
    return Handled(StageResult((), outcomes))


GOOD = handled(None)
BAD = handled(Code.PARSE_ERROR)
REJECTED = handled(Code.BODY_SHORT)


def test_a_run_of_failures_is_counted_over_batches_and_ended_by_a_success() -> None:
    fuse = Fuse(FuseConfig(run=5, ratio=0))
    for batch in ([BAD] * 4, [GOOD, BAD, BAD], [BAD, BAD, GOOD]):
        fuse.check(batch)
        fuse.accept(batch)
    fuse.check([BAD] * 4)
    with pytest.raises(
        FuseBlownError, match=r"5 records failed in a row, the limit is 5; most often .5 times.*parse_error, ValueError"
    ):
        fuse.check([BAD] * 5)
    fuse.accept([BAD] * 2)
    with pytest.raises(FuseBlownError, match="5 records failed in a row"):
        fuse.check([BAD] * 3)


def test_a_share_of_failures_counts_once_there_are_enough_records() -> None:
    fuse = Fuse(FuseConfig(run=0, ratio=0.5, window=8, least=4))
    fuse.check([BAD, BAD, BAD])
    fuse.accept([BAD, BAD, BAD])
    with pytest.raises(FuseBlownError, match="80% of the last 5 records failed, the limit is 50%"):
        fuse.check([GOOD, BAD])
    fuse.check([GOOD])
    fuse.accept([GOOD] * 6)
    fuse.check([BAD])  # the window holds eight: one old failure, six successes, and this one


def test_a_batch_without_failures_passes_whatever_went_before() -> None:
    fuse = Fuse(FuseConfig(run=1, ratio=0.1, least=1))
    fuse.accept([BAD] * 100)
    fuse.check([GOOD])
    with pytest.raises(FuseBlownError):
        fuse.check([GOOD, BAD])


def test_what_policy_rejects_is_no_failure() -> None:
    fuse = Fuse(FuseConfig(run=1, ratio=0.01, least=1))
    fuse.check([REJECTED] * 1000)


def test_a_feed_counts_once_however_many_of_its_items_failed() -> None:
    fuse = Fuse(FuseConfig(run=2, ratio=0))
    fuse.check([handled(*[Code.PARSE_ERROR] * 500)])
    with pytest.raises(FuseBlownError):
        fuse.check([handled(*[Code.PARSE_ERROR] * 2)] * 2)


def test_both_rules_can_be_switched_off() -> None:
    fuse = Fuse(FuseConfig(run=0, ratio=0))
    fuse.check([BAD] * 10_000)
