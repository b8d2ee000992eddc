from datetime import date

import pytest

from copydesk.core.dates.find import find_dates
from copydesk.core.dates.resolve import is_future, resolve

THURSDAY = date(2019, 3, 28)


def values(text: str, story: date | None = THURSDAY, language: str = "en") -> dict[str, str | None]:
    found = {}
    for span in find_dates(text, language=language):
        value, confidence = resolve(span, story, future=is_future(text, span.start, span.end))
        assert 0 < confidence <= 1
        found[text[span.start : span.end]] = value
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said on Thursday that it was over.", {"Thursday": "2019-03-28"}),
        ("He said on Wednesday that it was over.", {"Wednesday": "2019-03-27"}),
        ("He left last Thursday.", {"last Thursday": "2019-03-21"}),
        ("Parliament will vote on Friday.", {"Friday": "2019-03-29"}),
        ("Parliament will vote on Thursday.", {"Thursday": "2019-03-28"}),
        ("They meet next Thursday.", {"next Thursday": "2019-04-04"}),
        ("It rained yesterday and today.", {"yesterday": "2019-03-27", "today": "2019-03-28"}),
        ("The picture was taken on March 27.", {"March 27": "2019-03-27"}),
        ("The treaty of November 9, 2018 stands.", {"November 9, 2018": "2018-11-09"}),
        ("It began in December.", {"December": "2018-12"}),
        ("It will begin in May.", {"May": "2019-05"}),
        ("The bridge is closed until May.", {"May": "2019-05"}),
        ("Two weeks ago nobody knew.", {"Two weeks ago": "2019-03-11"}),
        ("It lost 2019 points in 2008.", {"2008": "2008"}),
        ("The vote of last year was close.", {"last year": "2018"}),
    ],
)
def test_expressions_are_resolved_against_the_day_of_publication(text: str, expected: dict[str, str | None]) -> None:
    assert values(text) == expected


def test_without_a_day_of_publication_nothing_relative_is_guessed() -> None:
    assert values("On Thursday, March 28, he spoke of May 2018.", None) == {
        "Thursday": None,
        "March 28": "--03-28",
        "May 2018": "2018-05",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Theresa May said so.",
        "They may march 27 miles.",
        "A march on the capital.",
        "Sun and sat fat.",
        "Call 2019-2020.",
    ],
)
def test_words_that_only_look_like_dates_are_left_alone(text: str) -> None:
    assert "May" not in values(text)
    assert not [span for span in find_dates(text, language="en") if span.grain != "year"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Am 3. März 2019 und am Dienstag", {"3. März 2019": "2019-03-03", "Dienstag": "2019-03-26"}),
        ("fr", "Le 3 mars 2019, puis hier", {"3 mars 2019": "2019-03-03", "hier": "2019-03-27"}),
        ("es", "El 3 de marzo de 2019, ayer", {"3 de marzo de 2019": "2019-03-03", "ayer": "2019-03-27"}),
        ("ja", "2019年3月28日に発表", {"2019年3月28日": "2019-03-28"}),
        ("ru", "Вчера, 27 марта 2019 года", {"Вчера": "2019-03-27", "27 марта 2019": "2019-03-27"}),
    ],
)
def test_other_languages(language: str, text: str, expected: dict[str, str]) -> None:
    found = values(text, language=language)
    for words, value in expected.items():
        assert any(key.startswith(words) and found[key] == value for key in found), found
