from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.tunnel import FIRST, SECOND

from copydesk.core.document import Draft, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.extraction import parse_html, to_paragraphs
from copydesk.core.formats.guard import guard_html
from copydesk.core.formats.html import parse_html_page
from copydesk.core.options import ParseOptions
from copydesk_schemas.reasons import Code, Flag, LinkRel

OPTIONS = ParseOptions()


def page(body: str, head: str = "", url: str | None = "https://post.example/news/tunnel") -> Draft:
    html = f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"
    return parse_html_page(html, RawDocument(html.encode(), url=url), OPTIONS)


def test_captions_go_to_media_and_links_of_the_body_are_absolute() -> None:
    draft = page(
        f"""<nav><a href="/sport">Sport and other sections</a></nav><article><h1>Council votes for tunnel</h1>
        <figure><img src="/t.jpg" width="800"><figcaption>The tunnel in January. <span class="credit">Jo Roe</span>
        </figcaption></figure><p>{FIRST.replace("the mayor", '<a href="/keller">the mayor</a>')}</p><p>{SECOND}</p>
        </article><footer><a href="/imprint">Imprint of the newspaper</a></footer>"""
    )
    assert draft.body == f"{FIRST}\n\n{SECOND}"
    assert draft.title == "Council votes for tunnel"
    (media,) = draft.media
    assert (media.url, media.caption, media.credit, media.width) == (
        "https://post.example/t.jpg",
        "The tunnel in January.",
        "Jo Roe",
        800,
    )
    assert [(link.url, link.text, link.rel) for link in draft.links] == [
        ("https://post.example/keller", "the mayor", LinkRel.BODY)
    ]


def test_marked_key_points_are_no_part_of_the_story() -> None:
    points = ["The tunnel will be rebuilt", "The work takes two years"]
    items = "".join(f"<li>{point}</li>" for point in points)
    draft = page(f"<article><div class='key-points'><ul>{items}</ul></div><p>{FIRST}</p><p>{SECOND}</p></article>")
    assert draft.key_points == points
    assert draft.body == f"{FIRST}\n\n{SECOND}"


def test_line_breaks_divide_paragraphs_where_a_sentence_has_ended() -> None:
    tree = parse_html("<body><p>One sentence.<lb></lb>Another one<lb></lb>goes on.\n Still the same.</p></body>")
    assert tree is not None
    assert to_paragraphs(tree) == "One sentence.\n\nAnother one goes on. Still the same."


def test_lists_quotes_and_tables_become_plain_paragraphs() -> None:
    tree = parse_html(
        "<body><p>Lead <b>bold</b></p><list><item>one</item><item>two</item></list><quote><p>said</p></quote>"
        "<div><row><cell>Year</cell><cell>2019</cell></row></div></body>"
    )
    assert tree is not None
    assert to_paragraphs(tree) == "Lead bold\n\none\n\ntwo\n\nsaid\n\nYear | 2019"


def test_stated_text_stands_in_where_the_page_has_none() -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Council votes for tunnel", '
        f'"articleBody": "{FIRST}\\n\\n{SECOND}"}}</script>'
    )
    draft = page("<div id='app'></div>", head)
    assert draft.body == f"{FIRST}\n\n{SECOND}"
    assert draft.provenance["body"].source == "jsonld"


def teasers(count: int) -> str:
    return "".join(f"<div><h3><a href='/n/{i}'>Headline number {i} about the town</a></h3></div>" for i in range(count))


def test_front_pages_and_lists_are_turned_away() -> None:
    with pytest.raises(Rejected) as front:
        page(teasers(40), '<meta property="og:type" content="website">', "https://post.example/")
    assert front.value.code is Code.HOMEPAGE
    with pytest.raises(Rejected) as listing:
        page(teasers(40), url="https://post.example/sport/")
    assert listing.value.code is Code.LISTING_PAGE


def test_an_article_among_many_links_is_an_article() -> None:
    story = "".join(f"<p>On day {day} of the debate: {FIRST} {SECOND}</p>" for day in range(1, 6))
    draft = page(f"<article>{story}</article>{teasers(60)}", url="https://post.example/")
    assert draft.body.count(FIRST) == 5


@pytest.mark.parametrize(
    "piece",
    ["<p>", "<li>", "<dd>", "<tr>", "<td>", "<tbody>", "<wbr>", "<source>", "<div>", "<b>", "<g>", "<path>",
     "<ul><li>", "<table><tr><td>", "<table><tbody><tr><td><p>", "<dl><dd>", "<select><option>"],
)  # fmt: skip
def test_no_nesting_costs_the_text_below_it(piece: str) -> None:
    guarded = guard_html(f"<html><body>{piece * 2000}The text.<p>After it.", OPTIONS)
    tree = parse_html(guarded.html)
    assert tree is not None
    assert "The text." in tree.text_content()
    assert "After it." in tree.text_content()


def test_tags_that_were_cut_are_told_and_ordinary_pages_are_left_alone() -> None:
    html = "<html><body><div><p>One<br>Two</p></div></body></html>"
    assert guard_html(html, OPTIONS).html is html
    assert Flag.TRUNCATED in page("<div>" * 400 + f"<p>{FIRST}</p><p>{SECOND}</p>").flags


def test_too_many_tags_are_refused() -> None:
    with pytest.raises(Rejected) as caught:
        guard_html("<a>x</a>" * 60_000, OPTIONS)
    assert caught.value.code is Code.OVERSIZED


def test_nothing_outside_the_document_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    address = secret.as_uri()
    draft = page(
        f"""<article><p>{FIRST}</p><p>&x; {SECOND}</p>
        <iframe src="{address}"></iframe><object data="{address}"></object>
        <xi:include href="{address}" parse="text"/></article>""",
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{address}">]><link rel="canonical" href="{address}">'
        f'<base href="{address}">',
    )
    assert "secret words" not in draft.body
    assert draft.canonical_link is None


def test_an_empty_page_has_no_text() -> None:
    with pytest.raises(Rejected) as caught:
        parse_html_page("<!-- nothing -->", RawDocument(b"x"), OPTIONS)
    assert caught.value.code is Code.NO_TEXT
