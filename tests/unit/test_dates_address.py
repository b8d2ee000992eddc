from __future__ import annotations

import pytest

from copydesk.core.dates.address import country_of, url_dates


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("2019/03/28/lamp", "2019-03-28"),
        ("news/20190328/lamp", "2019-03-28"),
        ("world/2019/mar/28/lamp", "2019-03-28"),
        ("blog/2019/october/3/lamp", "2019-10-03"),
        ("lamp-2019-03-28.html", "2019-03-28"),
        ("2019/03/lamp", "2019-03"),
        ("2019/02/30/lamp", "2019-02"),
        ("2019/lamp", None),
        ("article/120190328", None),
        ("world/2019/lamp/28/x", None),
    ],
)
def test_dates_in_paths(path: str, value: str | None) -> None:
    assert next((date.raw for date in url_dates(f"https://varn.example/{path}")), None) == value


def test_queries_and_broken_addresses_say_nothing() -> None:
    assert url_dates("https://varn.example/a?from=/2019/03/28/") == []
    assert url_dates("https://[varn/2019/03/28/") == []
    assert url_dates(None) == []


@pytest.mark.parametrize(
    ("url", "claims", "country"),
    [
        ("https://www.varn.co.uk/a", [], "GB"),
        ("https://www.varn.com.au/a", ["en-US"], "AU"),
        ("https://www.varn.gov/a", [], "US"),
        ("https://varn.io/a", ["en-NZ"], "NZ"),
        ("https://varn.com/a", ["en-US", "en"], None),
        ("https://varn.com/a", ["zh-Hant"], None),
        (None, [], None),
    ],
)
def test_countries(url: str | None, claims: list[str], country: str | None) -> None:
    assert country_of(url, claims) == country
