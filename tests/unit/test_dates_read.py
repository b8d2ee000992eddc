from __future__ import annotations

import pytest

from copydesk.core.dates.read import read_date


@pytest.mark.parametrize(
    ("language", "raw", "value"),
    [
        ("en", "2019-03-28 15:42 CET", "2019-03-28T14:42:00Z"),
        ("en", "1553787720", "2019-03-28T15:42:00Z"),
        ("en", "Thu, 28 Mar 2019 15:42:00 +0100", "2019-03-28T14:42:00Z"),
        ("en", "Wednesday, 27 Nov 2024", "2024-11-27"),
        ("en", "03/04/2019", "2019"),
        ("fr", "03/04/2019", "2019-04-03"),
        ("ja", "2019年3月28日 15時42分", "2019-03-28T15:42:00Z"),
        ("fa", "۲۸ مارس ۲۰۱۹", "2019-03-28"),
        ("en", "Published March 27", "--03-27"),
        ("he", "28 במרץ 2019", "2019-03-28"),
        ("lv", "2019. gada 28. marts", "2019-03-28"),
        ("th", "28 มี.ค. 2562", "2019-03-28"),
        ("en", "11.03.17", "2017"),
        ("en", "11.03.2017", "2017-03-11"),
        ("de", "11.03.17", "2017-03-11"),
        ("ja", "March 3, 2019", "2019-03-03"),
        ("zh", "发表于March 3, 2019更新", "2019-03-03"),
    ],
)
def test_reads(language: str, raw: str, value: str) -> None:
    read = read_date(raw, language=language)
    assert read is not None
    assert read.date.value == value


def test_a_weekday_that_contradicts_lowers_confidence() -> None:
    read = read_date("Friday, 28 March 2019")
    assert read is not None
    assert read.confidence < 0.5
    assert "Thursday" in read.reason
