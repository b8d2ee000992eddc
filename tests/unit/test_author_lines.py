"""Authors: bylines in visible text, and which of them outdo what the metadata state."""

from __future__ import annotations

import pytest

from copydesk.core.document import Draft, RawDocument
from copydesk.core.formats.extraction import parse_html
from copydesk.core.structured.byline_names import weigh_names
from copydesk.core.structured.bylines import find_bylines
from copydesk.core.structured.metadata import fill
from copydesk.core.structured.page import read_page
from copydesk.core.structured.person import is_team
from copydesk.core.trace import NO_TRACE

URL = "https://www.post.example/news/2026/bridge"
H1 = "<h1>Harbour bridge reopens on Monday</h1>"
BYLINE = "<p class='byline'>By <a class='author-name' href='/author/jane'>Jane Doe</a></p>"
FAR = "<div><p>x</p></div>" * 120


def authors_of(body: str, head: str = "") -> list[str]:
    tree = parse_html(f"<html><head>{head}</head><body>{body}</body></html>")
    assert tree is not None
    draft = Draft(content=b"")
    fill(draft, read_page(tree), RawDocument(b""), url=URL, tree=tree, trace=NO_TRACE)
    return [author.name for author in draft.authors]


def meta(author: str) -> str:
    return f'<meta name="author" content="{author}">'


def chance_of(body: str, name: str) -> float:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    names = weigh_names(find_bylines(tree, None), ["Brandholm Post"])
    return next(seen.chance for seen in names if seen.author.name == name)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (f"<div><span class='post-author'>Jane Doe</span> <b>May 5, 2026</b></div>{H1}", ["Jane Doe"]),
        (f"{H1}<p>Jane Doe | Senior Writer | May 5, 2026</p>", ["Jane Doe"]),
        (f"{H1}<div>2026-05-05 · <a href='/x'><i>Jane Doe</i></a></div>", ["Jane Doe"]),
        (f"{H1}<span class='byline'>Posted by <a href='/u'>HalBD</a> on Friday May 5, 2026</span>", ["HalBD"]),
        (f"{H1}<p class='byline'><b>By</b> <a href='/t'>The Harbour Team</a></p>", ["The Harbour Team"]),
        (f"{H1}<p>Harbour and tolls</p><p class='author'>by Jane Doe</p>", ["Jane Doe"]),
        (f"<nav><main>{H1}<div class='author'>By Jane Doe</div></main></nav>", ["Jane Doe"]),
        (f"{H1}<ul class='by'><li>Written by Jane Doe</li><li>Researched by Ann Poe</li></ul>", ["Jane Doe"]),
        (f"{H1}{FAR}<p>Article written by: Jane Doe</p>", ["Jane Doe"]),
        (f"{H1}<div class='byline'>By Jane Doe, Post Roads | May 5, 2026</div>", ["Jane Doe"]),
    ],
)  # fmt: skip
def test_bylines_that_a_reader_can_see(body: str, names: list[str]) -> None:
    assert authors_of(body, '<meta property="og:site_name" content="Post">') == names


@pytest.mark.parametrize(
    "body",
    [
        f"{H1}<span class='author-credit'>Bild: Post/Jane Doe</span>",
        f"{H1}<div>Updated: 6/2/2026 Contact: <span>Jane Doe</span> for all questions on the harbour</div>",
        f"{H1}<div><i>May 5, 2026</i> <b>Harbour day</b> <i>Jane Harbour</i></div>",
        f"{H1}<p>Northern Advisers</p>",
        f"{H1}<nav><p class='author'>By Jane Doe</p></nav>",
        f"{H1}<div class='author'>Brandholm Post</div>{FAR}<p class='author'>Jane Doe</p>",
    ],
)
def test_names_that_are_no_authors(body: str) -> None:
    assert authors_of(body, '<meta property="og:site_name" content="Brandholm Post">') == []


def test_names_with_a_date_each_are_of_other_stories_and_no_company() -> None:
    story = "<li><p class='author'><i>May 4, 2026</i> {}</p></li>"
    assert authors_of(f"{H1}<ul>{story.format('Jane Doe')}{story.format('Ann Poe')}</ul>") == ["Jane Doe"]


@pytest.mark.parametrize(
    ("stated", "body", "names"),
    [
        # Whoever put the page into the system, and who is printed beneath the headline.
        ("John Smith", BYLINE, ["Jane Doe"]),
        ("John Smith", FAR + BYLINE, ["John Smith"]),
        ("Jane Doe Smith", BYLINE, ["Jane Doe Smith"]),
        ("john.smith", "<p class='byline'>By Jane Doe</p>", ["Jane Doe"]),
        ("Sponsored by Lathe Works", f"{FAR}<p class='author'>By Jane Doe, May 2026</p>", ["Sponsored by Lathe Works"]),
        ("content: Lathe Works, code: John Smith", "<p class='byline'>By Jane Doe</p>", ["Jane Doe"]),
        ("doe@post.example", f"{FAR}<div><i>Jane Doe</i></div>", []),
        ("j.walker@post.example", "<div><i>Jane Walker</i></div>", ["Jane Walker"]),
    ],
)  # fmt: skip
def test_stated_authors_against_printed_ones(stated: str, body: str, names: list[str]) -> None:
    assert authors_of(H1 + body, meta(stated)) == names


def test_people_in_structured_data_are_believed() -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "author": "John Smith"}</script>'
    )
    assert authors_of(H1 + BYLINE, head) == ["John Smith"]


@pytest.mark.parametrize(("kind", "names"), [('["Person", "Organization"]', ["Wenna Tole"]), ('"Organization"', [])])
def test_a_publisher_who_is_a_person_may_be_the_author(kind: str, names: list[str]) -> None:
    head = (
        '<script type="application/ld+json">{"@type": "Article", "headline": "x", "author": {"name": "Wenna Tole"},'
        f'"publisher": {{"@type": {kind}, "name": "Wenna Tole"}}}}</script>'
    )
    assert authors_of(H1, head) == names


def test_a_date_beside_a_name_and_a_word_for_writing_speak_for_it() -> None:
    plain = chance_of(f"{H1}<div><i>Jane Doe</i></div>", "Jane Doe")
    assert chance_of(f"{H1}<div>May 5, 2026 <i>Jane Doe</i></div>", "Jane Doe") > plain
    assert chance_of(f"{H1}<p>Written by Jane Doe</p>", "Jane Doe") > chance_of(f"{H1}<p>By Jane Doe</p>", "Jane Doe")
    heading = f"{H1}<p>Harbour Traffic</p><p class='author'>Jane Doe</p>"
    assert chance_of(heading, "Jane Doe") > chance_of(
        f"{H1}<p>By Ann Poe</p><p class='author'>Jane Doe</p>", "Jane Doe"
    )


@pytest.mark.parametrize(("name", "team"), [("The Harbour Team", True), ("Post Editors", True), ("Team", False)])
def test_teams_have_a_name_before_the_word_for_them(name: str, team: bool) -> None:  # noqa: FBT001 - a table
    assert is_team(name) is team
