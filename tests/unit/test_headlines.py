"""Headlines: which heading a reader sees, and what before and after them names sites and sections."""

from __future__ import annotations

import pytest

from copydesk.core.document import Draft, RawDocument
from copydesk.core.formats.extraction import parse_html
from copydesk.core.structured.metadata import fill
from copydesk.core.structured.page import read_page
from copydesk.core.structured.title_text import folders_of, without_site
from copydesk.core.trace import NO_TRACE

URL = "https://www.post.example/county/bridge-news/toll-falls/"
SOCIAL = '<meta property="og:title" content="You will not believe this bridge">'
HEADLINE = "Harbour bridge reopens on Monday"


def title_of(head: str, body: str) -> str | None:
    tree = parse_html(f"<html><head>{head}</head>{body}</html>")
    assert tree is not None
    draft = Draft(content=b"", url=URL)
    fill(draft, read_page(tree), RawDocument(b"", url=URL), url=URL, tree=tree, trace=NO_TRACE)
    return draft.title


@pytest.mark.parametrize(
    "body",
    [
        f"<body class='site navbar-fixed'><div class='wp-site-blocks'><h1>{HEADLINE}</h1></div></body>",
        f"<article class='category-breads comments-open'><h1>{HEADLINE}</h1></article>",
        f"<nav><a href='/'>Home</a><article><header><h1>{HEADLINE}</h1></header></article></nav>",
        f"<h1><a href='#top'></a>{HEADLINE} <a class='headerlink' href='#top'>¶</a></h1>",
        f"<article><h1><a href='/county/bridge-news/toll-falls?from=feed'>{HEADLINE}</a></h1></article>",
    ],
)
def test_a_heading_is_the_headline_whatever_its_containers_allow(body: str) -> None:
    assert title_of(SOCIAL, body) == HEADLINE


@pytest.mark.parametrize(
    "heading",
    [
        f"<div class='site-title'><h1>{HEADLINE}</h1></div>",
        f"<div class='main-nav'><h1>{HEADLINE}</h1></div>",
        f"<h1><a href='/county/another-story'>{HEADLINE}</a></h1>",
        f"<h1><a href='#top'>{HEADLINE}</a></h1>",
        f"<h1><a href='http://[broken'>{HEADLINE}</a></h1>",
        f"<nav><h1>{HEADLINE}</h1></nav>",
    ],
)
def test_a_heading_of_the_site_or_of_another_page_is_not(heading: str) -> None:
    assert title_of(SOCIAL, f"<body>{heading}</body>") == "You will not believe this bridge"


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Toll falls on the bridge | County", "Toll falls on the bridge"),
        ("Toll falls on the bridge | Bridge News | Brandholm Post", "Toll falls on the bridge"),
        ("Toll falls on the bridge | Brandholm Post of the Northern Counties", "Toll falls on the bridge"),
        ("Brandholm Post | post.example - Toll falls on the bridge", "Toll falls on the bridge"),
        (
            "Toll falls. - What drivers on the old bridge say of it - Brandholm Post",
            "Toll falls. - What drivers on the old bridge say of it",
        ),
        ("County – a story of three bridges", "County – a story of three bridges"),
        ("Toll falls | Toll falls", "Toll falls | Toll falls"),
    ],
)
def test_sections_that_the_address_names_go_with_the_site(title: str, bare: str) -> None:
    assert without_site(title, ["Brandholm Post", "post.example"], folders_of(URL)) == bare


def test_an_address_names_its_folders_and_a_broken_one_none() -> None:
    assert folders_of(URL) == {"county", "bridgenews"}
    assert folders_of("https://[post.example/county/x") == folders_of(None) == set()


def test_what_two_places_have_in_common_after_rubrics_of_their_own_is_the_headline() -> None:
    head = f'<meta property="og:title" content="Traffic in the county: {HEADLINE}">'
    assert title_of(head, f"<h1><span>Bridges and roads</span> {HEADLINE}</h1>") == HEADLINE
    same = f'<meta property="og:title" content="Bridges and roads: {HEADLINE}">'
    assert title_of(same, f"<h1><span>Bridges and roads</span> {HEADLINE}</h1>") == f"Bridges and roads: {HEADLINE}"


def test_a_site_s_name_in_front_is_no_rubric() -> None:
    head = (
        f'<meta property="og:title" content="Roads: {HEADLINE}"><meta property="og:site_name" content="Brandholm Post">'
        f"<title>Brandholm Post online | {HEADLINE}</title>"
    )
    assert title_of(head, "") == f"Roads: {HEADLINE}"


def test_an_attribute_that_ended_at_a_quotation_mark_is_told_from_the_whole() -> None:
    head = '<meta property="og:title" content="Mayor opens the bridge and "><title>x</title>'
    whole = 'Mayor opens the bridge and "the way north"'
    assert title_of(head, f"<h1>{whole}</h1>") == whole
