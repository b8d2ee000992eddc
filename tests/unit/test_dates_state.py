from __future__ import annotations

import time

import pytest

from copydesk.core.structured.date_state import state_dates


@pytest.mark.parametrize(
    ("script", "dates"),
    [
        ('window.S={"article":{"datePublished":"2019-03-03T10:00:00Z"}}', ["2019-03-03T10:00:00Z"]),
        ('self.f.push("{\\"published_at\\":\\"2019-03-03 10:00:00\\"}")', ["2019-03-03 10:00:00"]),
        ("var a = {'publishDate': '2019-03-03'};", ["2019-03-03"]),
        ('{"firstPublished":"2019-03-03","publishedTime":"2019-03-04"}', ["2019-03-03", "2019-03-04"]),
        ('{"unpublished_at":"2019-03-03","republishDate":"2019-03-04"}', []),
        ('{"publisher":"2019-03-03","published":true,"publishedCount":"2019"}', []),
        ("function publish(date) { return '2019-03-03' }", []),
    ],
)
def test_dates_under_names_of_publication(script: str, dates: list[str]) -> None:
    assert state_dates(script) == dates


def test_a_script_of_nothing_but_names_ends() -> None:
    started = time.process_time()
    assert len(state_dates('"published":"2019-03-03",' * 400_000)) == 50
    assert state_dates("publish" * 1_500_000) == []
    assert state_dates('"published' + "\\" * 5_000_000) == []
    assert time.process_time() - started < 5
