from __future__ import annotations

from typing import Any

import pytest
from tests.support.records import articles, failures, raw

from copydesk.core.errors import Rejected
from copydesk.core.formats.front_matter import read_front_matter
from copydesk.core.text.normalize import paragraphs
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import Code, Flag, FoundIn

TEXT = (
    "The council of Alder closed the harbour bridge on Monday, after engineers found cracks in one of its pillars. "
    "Repairs will take eleven months and cost nine hundred thousand pounds, a report says."
)


def read(text: str, **headers: Any) -> ParsedArticle:
    (article,) = articles(raw(text, content_type="text/markdown", **headers))
    assert article.raw.media_type == "text/markdown"
    return article


def test_marks_go_and_words_stay() -> None:
    article = read(
        f"# Bridge *closed*\n\n{TEXT}\n\nA **bold** and _slanted_ word, `code`, 2 \\* 3, caf&eacute;, a  \nhard break, "
        "~~old~~ and <b>tags</b>.<br>Next\n\n---\n\n1. One\n2. Two\n   - Three\n\n> Quoted\n> twice\n\n    indented\n\n"
        "Term[^note] and {{< shortcode x >}}end{% include y %}.\n\n[^note]: Said later."
    )
    assert article.title == "Bridge closed"
    assert paragraphs(article.body) == [
        TEXT,
        "A bold and slanted word, code, 2 * 3, café, a hard break, ~~old~~ and tags. Next",
        "One",
        "Two",
        "Three",
        "Quoted twice",
        "indented",
        "Term and end .",
        "Said later.",
    ]


def test_links_are_absolute_web_addresses_once_each() -> None:
    article = read(
        f"# Bridge\n\n{TEXT} [one](/a) [one](/a) [two][ref] <https://alder.example/c> [mail](mailto:x@alder.example) "
        "[bad](javascript:alert(1)) [here](#top) [](https://alder.example/empty)\n\n[ref]: https://alder.example/b 'T'",
        x_url="https://paper.example/news/bridge",
    )
    assert [(link.url, link.text) for link in article.links] == [
        ("https://paper.example/a", "one"),
        ("https://alder.example/b", "two"),
        ("https://alder.example/c", "https://alder.example/c"),
    ]


def test_pictures_have_the_captions_that_stand_with_them() -> None:
    article = read(
        "# Bridge\n\n![Alone](https://a.example/1.jpg)\n\n"
        f"{TEXT} ![inline](https://a.example/2.jpg) ![x](https://a.example/3.jpg 'Titled. Photo: Jo Doe')\n\n"
        "![Old words](https://a.example/4.jpg)\n*New words below it*\n\n[![Linked](https://a.example/5.jpg)](/large)\n\n"
        "![data](data:image/png;base64,AAAA)\n\nA word.\n\n*Emphasis without a picture.*"
    )
    assert [(one.url, one.caption, one.credit) for one in article.media] == [
        ("https://a.example/1.jpg", "Alone", None),
        ("https://a.example/2.jpg", None, None),
        ("https://a.example/3.jpg", "Titled.", "Jo Doe"),
        ("https://a.example/4.jpg", "New words below it", None),
        ("https://a.example/5.jpg", "Linked", None),
    ]
    assert paragraphs(article.body) == [TEXT, "A word.", "Emphasis without a picture."]


def test_html_in_markdown_is_read_as_a_feeds_is() -> None:
    article = read(
        f"# Bridge\n\n{TEXT}\n\n<div>\n<p>In a <a href='https://a.example/x'>block of HTML that has words</a>."
        "</p>\n</div>\n\n<!-- hidden -->\n\n<script>alert(1)</script>\n"
    )
    assert paragraphs(article.body) == [TEXT, "In a block of HTML that has words."]
    assert [link.url for link in article.links] == ["https://a.example/x"]


def test_the_title_is_that_of_the_front_matter_or_the_first_heading() -> None:
    assert read(f"Bridge\n---\n\n{TEXT}\n\n# Later\n\nx").title == "Later"
    assert read(f"## Bridge\n\n{TEXT}\n\n## Later\n\nx").title == "Bridge"
    assert read(f"{TEXT}\n\n## Later\n\n**x**").title is None
    both = read(f"---\ntitle: Bridge closed\n---\n# Bridge   closed!\n\n{TEXT}")
    assert (both.title, both.body) == ("Bridge closed", TEXT)
    assert both.provenance["title"].source is FoundIn.META
    other = read(f"---\ntitle: Bridge closed\n---\n# Why it matters\n\n{TEXT}")
    assert paragraphs(other.body) == ["Why it matters", TEXT]


def test_lines_above_the_text_name_author_and_day() -> None:
    article = read(f"# Bridge closed\n\n**By Anna Keller and Peter Voss**\n\nPublished 23 February 2026\n\n{TEXT}")
    assert [author.name for author in article.authors] == ["Anna Keller", "Peter Voss"]
    assert article.published_at is not None
    assert article.published_at.isoformat()[:10] == "2026-02-23"
    assert article.body == TEXT
    assert read(f"# Bridge closed\n\nOn 23 February 2026 it rained.\n\n{TEXT}").body.startswith("On 23 February")


def test_menus_and_what_stands_above_the_title_are_left_out() -> None:
    menu = "".join(f"- [Section {n}](https://paper.example/s{n})\n" for n in range(4))
    article = read(
        f"[Skip](#main) | [Home](https://paper.example/)\n\n![Logo](https://paper.example/logo.png)\n\n{menu}\n"
        f"# Bridge closed\n\n{TEXT}\n\n- [One link](https://paper.example/one) in a list\n\n"
        "[Alone](https://paper.example/alone)\n\nRead more\n\n"
        "- [Older story](https://paper.example/2)\n- **[Older still](https://paper.example/3)**\n- [Oldest](/4)\n"
    )
    assert article.title == "Bridge closed"
    assert paragraphs(article.body) == [TEXT, "One link in a list", "Alone", "Read more"]
    assert article.media == []
    assert [(link.rel, link.url) for link in article.links] == [
        ("body", "https://paper.example/one"),
        ("body", "https://paper.example/alone"),
        ("related", "https://paper.example/2"),
        ("related", "https://paper.example/3"),
    ]
    assert read(f"{TEXT}\n\n# Bridge closed\n\n**x**").body.startswith(TEXT)


@pytest.mark.parametrize("line", ["draft: true", "published: false", "draft: True"])
def test_drafts_are_withheld(line: str) -> None:
    (failure,) = failures(raw(f"---\ntitle: Bridge\n{line}\n---\n\n{TEXT}"))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.WITHHELD


def test_headings_alone_are_no_text_and_links_without_number_are_refused() -> None:
    for text, code in (
        (f"---\ntitle: {TEXT}\n---\n\n# Bridge", Code.NO_TEXT),
        ("# A\n\n" + "[a](b) " * 30_000, Code.OVERSIZED),
    ):
        (failure,) = failures(raw(text, content_type="text/markdown"))
        assert isinstance(failure.error, Rejected)
        assert failure.error.code is code


def test_a_text_of_megabytes_is_cut_and_flagged() -> None:
    article = read(f"# Bridge closed\n\n{TEXT}\n\n" + f"{TEXT}\n\n" * 6_000)
    assert Flag.TRUNCATED in article.quality.flags
    assert 400_000 < len(article.body) <= 500_000


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("title: Bridge: closed # note", {"title": ["Bridge: closed"]}),
        ('title: "Say \\"no\\"\\n # x"  # note', {"title": ['Say "no"  # x']}),
        ("title: 'It''s'", {"title": ["It's"]}),
        ("tags: [a, 'b, c', \"d\"]\nx: []", {"tags": ["a", "b, c", "d"]}),
        ("tags: [a,\n  b]", {"tags": ["a", "b"]}),
        ("tags:\n- a\n-  'b: c'\n", {"tags": ["a", "b: c"]}),
        ("tags:\n  - a\n\n  # note\n  - b\n", {"tags": ["a", "b"]}),
        (
            "authors:\n  - name: Jo Doe\n    url: https://a.example/\n  - name: Al Roe\n",
            {"authors": ["Jo Doe", "Al Roe"]},
        ),
        ("author:\n  name: Jo Doe\n  mail: x@a.example", {"author": ["Jo Doe"]}),
        ("author: {name: Jo Doe, url: x}", {"author": ["Jo Doe"]}),
        ("description: >-\n  one\n  two\nx: |\n  three", {"description": ["one two"], "x": ["three"]}),
        ("description: one\n  two", {"description": ["one two"]}),
        ("Publish-Date: 2026-02-23\nempty:\nnull: ~", {"publish_date": ["2026-02-23"]}),
        ("x: !!python/object/apply:os.system ['true']", {"x": ["!!python/object/apply:os.system ['true']"]}),
        ("a: &a [x]\nb: *a", {"a": ["&a [x]"], "b": ["*a"]}),
    ],
)
def test_front_matter_in_yaml(block: str, expected: dict[str, list[str]]) -> None:
    assert read_front_matter(f"---\r\n{block}\r\n---\r\n\r\nText") == (expected, "\r\n\r\nText") or (
        read_front_matter(f"---\n{block}\n---\n\nText") == (expected, "\n\nText")
    )


def test_front_matter_in_toml() -> None:
    block = (
        'title = "Bridge"\ndate = 2026-02-23T10:00:00+01:00\ntags = ["a", "b"]\ndraft = false\n[author]\nname = "Jo"'
    )
    found, below = read_front_matter(f"+++\n{block}\n+++\nText")
    assert found == {
        "title": ["Bridge"],
        "date": ["2026-02-23 10:00:00+01:00"],
        "tags": ["a", "b"],
        "draft": ["false"],
        "author": ["Jo"],
    }
    assert below == "\nText"


@pytest.mark.parametrize(
    "text",
    [
        "Text",
        "---\nText\n---\nMore",
        "---\ntitle: x\n",
        "+++\nnot toml\n+++\nText",
        "---\n" * 50,
    ],
)
def test_what_is_no_front_matter_stays_text(text: str) -> None:
    assert read_front_matter(text) == ({}, text)


def test_one_bad_value_costs_itself_and_a_draft_stays_one() -> None:
    head, below = read_front_matter('+++\ntitle = "Bridge"\ndate = 2020-02-30\n+++\nText')
    assert (head["title"], below.strip()) == (["Bridge"], "Text")
    head, _ = read_front_matter(f"+++\ndraft = true\nn = {'1' * 5_000}\n+++\nText")
    assert head["draft"] == ["true"]


@pytest.mark.parametrize("line", ["draft: yes", "published: no", "status: draft", "draft: on"])
def test_a_draft_is_one_however_it_says_so(line: str) -> None:
    (failure,) = failures(raw(f"---\ntitle: Bridge\n{line}\n---\n{TEXT}", content_type="text/markdown"))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.WITHHELD
