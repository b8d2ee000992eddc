from __future__ import annotations

import pytest

from copydesk.core.urls import canonical_url, dedupe_group, domain_of, same_site

STORY = "https://example.com/news/story"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/news/story",
        "HTTPS://WWW.Example.COM/news/story",
        "https://www2.example.com/news/story",
        "https://m.example.com/news/story",
        "https://mobile.example.com/news/story/",
        "https://www.m.example.com/news/story",
        "https://amp.example.com/news/story",
        "https://example.com./news/story",
        "https://example.com:443/news/story",
        "http://example.com:80/news/story",
        "https://user:secret@example.com/news/story",
        "https://example.com/news/story/amp",
        "https://example.com/news/story/amp/",
        "https://example.com/amp/news/story",
        "https://example.com/news/amp/story",
        "https://example.com/news/story.amp",
        "https://example.com/news/story?amp",
        "https://example.com/news/story?amp=1",
        "https://example.com/news/story?outputType=amp",
        "https://example-com.cdn.ampproject.org/c/s/example.com/news/story",
        "https://example-com.cdn.ampproject.org/v/s/example.com/news/story/amp/?usqp=mq331&amp_js_v=0.1",
        "https://www.google.com/amp/s/www.example.com/news/story/amp/",
        "https://example.com/news/story/index.html",
        "https://example.com/news/story/Default.aspx",
        "https://example.com/news/./x/../story",
        "https://example.com//news//story",
        "https://example.com/news/%73tory",
        "https://example.com/news/story;jsessionid=0A1B2C",
        "https://example.com/news/story#comments",
        "https://example.com/news/story?utm_source=x&utm_medium=y",
        "https://example.com/news/story?UTM_Source=x&fbclid=abc&gclid=def&_ga=1.2",
        "https://example.com/news/story?utm_source=x&amp;utm_medium=y",
        "https://example.com/news/story?",
        " https://example.com/news/story\n",
        "https://example.com/news/sto\nry",
        "https:\\\\example.com\\news\\story",
    ],
)
def test_links_to_one_article_are_one_address(url: str) -> None:
    assert canonical_url(url) == STORY


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("https://example.com/article?id=1", "https://example.com/article?id=2"),
        ("https://example.com/?p=1", "https://example.com/?p=2"),
        ("https://example.com/a?page=1", "https://example.com/a?page=2"),
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("https://blog.example.com/a", "https://example.com/a"),
        ("https://example.com/#!/a", "https://example.com/#!/b"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a?q=x%26y=1", "https://example.com/a?q=x&y=1"),
        ("https://example.com/story-amp.html", "https://example.com/story.html"),
        ("https://example.com/amp", "https://example.com/"),
    ],
)
def test_different_articles_keep_different_addresses(a: str, b: str) -> None:
    assert canonical_url(a) is not None
    assert canonical_url(a) != canonical_url(b)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/a?b=2&a=1&b=1", "https://example.com/a?a=1&b=2&b=1"),
        ("https://example.com/a?q=x+y", "https://example.com/a?q=x%20y"),
        ("https://example.com/a?12345", "https://example.com/a?12345"),
        ("https://example.com/Größe/%c3%b6", "https://example.com/Gr%C3%B6%C3%9Fe/%C3%B6"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://пример.рф/a", "https://xn--e1afmkfd.xn--p1ai/a"),
        ("https://m.co.uk/a", "https://m.co.uk/a"),
        ("https://amp.com/a", "https://amp.com/a"),
        ("https://www.com/a", "https://www.com/a"),
        ("http://localhost:8000/a", "https://localhost:8000/a"),
        ("http://127.0.0.1/a", "https://127.0.0.1/a"),
        ("http://[::1]:8080/a", "https://[::1]:8080/a"),
        ("https://example.com/a#!/b c", "https://example.com/a#!/b%20c"),
        ("https://example.com/a#!", "https://example.com/a"),
    ],
)
def test_normal_form(url: str, expected: str) -> None:
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "   ",
        "ftp://example.com/a",
        "mailto:a@example.com",
        "javascript:alert(1)",
        "example.com/a",
        "/a",
        "//example.com/a",
        "https://",
        "https:///a",
        "https://exa mple.com/a",
        "https://example.com:99999/a",
        "https://[::1/a",
        "https://999.1.1.1/a",
        "https://a..b/x",
        "https://example.com/" + "a" * 5000,
    ],
)
def test_no_address(url: str | None) -> None:
    assert canonical_url(url) is None


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://www.example.com/news/other?utm_source=x", "https://example.com/news/other"),
        ("/news/other", "https://example.com/news/other"),
        ("https://news.example.com/other", "https://news.example.com/other"),
        ("https://agency.example.org/original", STORY),
        ("https://example.com/", STORY),
        ("https://www.example.com", STORY),
        ("/", STORY),
        ("https://example.com/?id=5", "https://example.com/?id=5"),
        ("http://[broken", STORY),
        ("javascript:void(0)", STORY),
        ("", STORY),
    ],
)
def test_a_page_is_believed_within_its_site_and_never_about_the_home_page(link: str, expected: str) -> None:
    assert canonical_url("https://www.example.com/news/story", link) == expected


def test_two_blogs_of_one_host_are_two_sites() -> None:
    assert canonical_url("https://a.blogspot.com/x", "https://b.blogspot.com/x") == "https://a.blogspot.com/x"


def test_without_an_address_the_page_names_itself() -> None:
    assert canonical_url(None, "https://www.example.com/news/story/") == STORY
    assert canonical_url(None, "https://www.example.com/") is None
    assert canonical_url("ftp://example.com/a", STORY) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.com/a", "example.com"),
        ("http://News.Example.co.uk:8080/", "news.example.co.uk"),
        ("https://www.gov.uk/guidance", "gov.uk"),
        ("https://WWW.Bücher.example/", "xn--bcher-kva.example"),
        ("example.com/a", None),
        (None, None),
    ],
)
def test_domain(url: str | None, expected: str | None) -> None:
    assert domain_of(url) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("https://www.example.co.uk/", "http://news.example.co.uk/a", True),
        ("https://example.co.uk/", "https://other.co.uk/", False),
        ("https://10.0.0.1/", "https://10.0.0.2/", False),
        ("https://a.example/", "nothing", False),
    ],
)
def test_same_site(a: str, b: str, expected: bool) -> None:  # noqa: FBT001 - an expected value
    assert same_site(a, b) is expected


def test_dedupe_groups() -> None:
    assert {dedupe_group(code, 1) for code in ("en", "de", "und")} == {0}
    assert len({dedupe_group(code, 16) for code in ("en", "fr", "de", "zh", "ru", "es", "ar", "ja")}) > 3
    assert dedupe_group("nb-NO", 16) == dedupe_group("da", 16) == dedupe_group("SV", 16)
    assert dedupe_group("zh_Hant", 7) == dedupe_group("zh", 7)
    # Written down because state on disk and in the log depends on it.
    assert [dedupe_group(code, 8) for code in ("en", "ru", "zh", "und")] == [6, 0, 0, 4]
