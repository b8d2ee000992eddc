from datetime import UTC, datetime

import pytest

from copydesk.core.dates.choose import DateDecision, choose_dates
from copydesk.core.document import FoundDate
from copydesk_schemas.reasons import DatePrecision, DateRole, Flag

FETCHED = datetime(2026, 3, 2, 9, tzinfo=UTC)
CAPTIONS = ["The minister at the summit on 12 May", "Protesters outside the hall on 12 May"]
BODY = (
    "The talks failed on Thursday, officials said. The minister had said on Wednesday that he was hopeful.\n\n"
    "On Thursday evening the delegations left the city without a word to reporters."
)


def published(raw: str, source: str = "jsonld:datePublished", confidence: float = 0.95) -> FoundDate:
    return FoundDate(raw, DateRole.PUBLISHED, source, confidence)


def page(raw: str) -> FoundDate:
    return FoundDate(raw, DateRole.PAGE, "text:header-line", 0.6)


def reasons(decision: DateDecision) -> dict[str, str]:
    return {candidate.source: candidate.reason for candidate in decision.candidates}


def test_structured_data_wins_and_keeps_its_zone() -> None:
    decision = choose_dates(
        [published("2019-03-28T15:42:00+01:00"), FoundDate("/2019/03/28/", DateRole.URL, "url", 0.7)], reference=FETCHED
    )
    assert decision.published_at == datetime(2019, 3, 28, 14, 42, tzinfo=UTC)
    assert decision.published_precision is DatePrecision.SECOND
    assert decision.published_tz_known is True
    assert decision.flags == frozenset()


def test_a_day_is_made_finer_only_by_a_claim_that_agrees() -> None:
    day = published("2019-03-28")
    agrees = published("2019-03-28T08:00:00Z", "meta:article:published_time", 0.6)
    differs = published("2019-04-02T08:00:00Z", "meta:date", 0.5)
    assert choose_dates([day, agrees]).published_at == datetime(2019, 3, 28, 8, tzinfo=UTC)
    alone = choose_dates([day, differs])
    assert alone.published_at == datetime(2019, 3, 28, tzinfo=UTC)
    assert alone.published_precision is DatePrecision.DAY
    assert alone.published_tz_known is False


def test_the_fetch_and_the_server_never_become_the_publication() -> None:
    decision = choose_dates(
        [
            FoundDate("2026-03-02T09:00:00Z", DateRole.FETCHED, "record", 0.9),
            FoundDate("Mon, 02 Mar 2026 08:00:00 GMT", DateRole.HTTP, "http:last-modified", 0.9),
        ],
        reference=FETCHED,
    )
    assert decision.published_at is None
    assert decision.flags == {Flag.DATE_MISSING}
    assert all(not candidate.chosen and candidate.reason for candidate in decision.candidates)


def test_the_future_is_flagged_and_not_taken() -> None:
    decision = choose_dates([published("2027-01-01T00:00:00Z")], reference=FETCHED)
    assert decision.published_at is None
    assert Flag.DATE_FUTURE in decision.flags
    assert choose_dates([published("2027-01-01T00:00:00Z")]).published_at is not None


@pytest.mark.parametrize("raw", ["1970-01-01T00:00:00Z", "0001-01-01", "1970-01-01"])
def test_placeholders_are_not_taken(raw: str) -> None:
    decision = choose_dates([published(raw)], reference=FETCHED)
    assert decision.published_at is None


def test_strong_claims_that_differ_are_flagged() -> None:
    decision = choose_dates(
        [published("2019-03-28"), published("2020-11-02", "meta:article:published_time", 0.9)], reference=FETCHED
    )
    assert Flag.DATE_CONFLICT in decision.flags


def test_a_page_date_is_taken_where_nothing_speaks_against_it() -> None:
    decision = choose_dates([page("Friday, 13 May 2022")], captions=CAPTIONS, body=BODY)
    assert decision.published_at == datetime(2022, 5, 13, tzinfo=UTC)
    assert decision.published_precision is DatePrecision.DAY
    assert decision.flags == frozenset()


def test_a_page_date_months_from_its_pictures_is_a_re_posting() -> None:
    decision = choose_dates([page("Tuesday, 29 November 2022")], captions=CAPTIONS, body=BODY)
    assert decision.published_at is None
    assert decision.flags == {Flag.DATE_CONFLICT}
    assert "captions date pictures to 12 May" in reasons(decision)["text:header-line"]
    assert decision.story is not None
    assert decision.story.value.endswith("05-12") or decision.story.value.endswith("05-13")


def test_mentions_never_unseat_structured_data() -> None:
    decision = choose_dates([published("2022-11-29T10:00:00Z")], captions=CAPTIONS, body=BODY)
    assert decision.published_at == datetime(2022, 11, 29, 10, tzinfo=UTC)


def test_a_modification_does_not_precede_publication() -> None:
    before = FoundDate("2018-01-01", DateRole.MODIFIED, "meta:lastmod", 0.9)
    after = FoundDate("2019-03-30T10:00:00Z", DateRole.MODIFIED, "jsonld:dateModified", 0.8)
    decision = choose_dates([published("2019-03-28"), before, after])
    assert decision.modified_at == datetime(2019, 3, 30, 10, tzinfo=UTC)


def test_a_weekday_that_contradicts_its_date_weakens_it() -> None:
    wrong = choose_dates([page("Monday, 13 May 2022")])
    right = choose_dates([page("Friday, 13 May 2022")])
    assert wrong.confidence < right.confidence


def test_order_of_day_and_month_is_the_publishers() -> None:
    raw = "03/04/2019"
    assert choose_dates([published(raw)], country="US").published_at == datetime(2019, 3, 4, tzinfo=UTC)
    assert choose_dates([published(raw)], country="GB").published_at == datetime(2019, 4, 3, tzinfo=UTC)
    assert choose_dates([published(raw)], language="de").published_at == datetime(2019, 4, 3, tzinfo=UTC)
    unknown = choose_dates([published(raw)])
    assert unknown.published_precision is not DatePrecision.DAY


def test_the_day_of_a_stated_modification_is_no_conflict() -> None:
    shown = published("2020-11-02", "dom:time[datetime]", 0.8)
    decision = choose_dates(
        [
            published("2019-03-28T10:00:00Z", "meta:article:published_time", 0.9),
            FoundDate("2020-11-02T09:00:00Z", DateRole.MODIFIED, "meta:article:modified_time", 0.85),
            shown,
        ]
    )
    assert decision.published_at == datetime(2019, 3, 28, 10, tzinfo=UTC)
    assert decision.flags == frozenset()
    assert reasons(decision)["dom:time[datetime]"] == "not taken: it is the day of the stated modification"


def test_another_date_tells_day_from_month() -> None:
    line = FoundDate("11.03.17", DateRole.PUBLISHED, "dom:line", 0.76)
    decision = choose_dates([published("2017-11-03T03:01:00Z"), line])
    assert decision.published_at == datetime(2017, 11, 3, 3, 1, tzinfo=UTC)
    assert [c.value for c in decision.candidates] == ["2017-11-03T03:01:00Z", "2017-11-03"]
    assert decision.flags == frozenset()


def test_the_fetch_does_not_tell_day_from_month() -> None:
    fetched = FoundDate("2019-03-04T10:00:00Z", DateRole.FETCHED, "record:fetched_at", 1.0)
    assert choose_dates([published("03/04/2019"), fetched]).published_at is None
