from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.dates.choose import choose_dates
from copydesk.core.dates.find import find_dates
from copydesk.core.dates.partial import PartialDate
from copydesk.core.dates.read import read_date
from copydesk.core.dates.resolve import resolve
from copydesk.core.document import FoundDate
from copydesk_schemas.reasons import DateRole

LANGUAGES = st.sampled_from(["en", "de", "fr", "ru", "zh", "ja", "ar", "fa", "th", "vi", "und", "xx"])
DATE_LIKE = st.text(alphabet="0123456789 -/.:,TZ+年月日 MarchMondayOctpm今", max_size=60)
TEXTS = st.one_of(st.text(max_size=200), DATE_LIKE)


@given(TEXTS, LANGUAGES, st.sampled_from([None, True, False]))
def test_reading_never_raises_and_its_value_reads_back(raw: str, language: str, day_first: bool | None) -> None:  # noqa: FBT001 - hypothesis passes it by position
    read = read_date(raw, language=language, day_first=day_first)
    if read is not None:
        assert PartialDate.parse(read.date.value).value == read.date.value
        assert 0 <= read.confidence <= 1


@given(st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001 - the zone is added below
def test_an_instant_survives_writing_and_reading(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    read = read_date(instant.isoformat())
    assert read is not None
    assert read.date.as_instant() == instant


@given(TEXTS, LANGUAGES, st.dates(min_value=date(1900, 1, 10), max_value=date(2100, 1, 1)))
def test_spans_hold_do_not_overlap_and_resolve(text: str, language: str, story: date) -> None:
    end = 0
    for span in find_dates(text, language=language):
        assert end <= span.start < span.end <= len(text)
        end = span.end
        for day in (story, None):
            value, confidence = resolve(span, day, future=False)
            assert value is None or PartialDate.parse(value).value == value
            assert 0 <= confidence <= 1


@given(
    st.lists(
        st.builds(
            FoundDate, raw=TEXTS, role=st.sampled_from(DateRole), source=st.just("x"), confidence=st.floats(0, 1)
        ),
        max_size=6,
    )
)
def test_at_most_one_candidate_is_chosen_for_each_field_and_all_have_reasons(found: list[FoundDate]) -> None:
    decision = choose_dates(found, reference=datetime(2026, 1, 1, tzinfo=UTC))
    chosen = [candidate for candidate in decision.candidates if candidate.chosen]
    assert sum(candidate.role is not DateRole.MODIFIED for candidate in chosen) == (decision.published_at is not None)
    assert sum(candidate.role is DateRole.MODIFIED for candidate in chosen) == (decision.modified_at is not None)
    assert all(candidate.reason for candidate in decision.candidates)
