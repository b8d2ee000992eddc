"""Which pages are turned away, and as what: front pages, sections, tags, searches, archives, errors; never an article."""

# ruff: noqa: E501 - markup reads best on one line
from __future__ import annotations

import pytest

from copydesk.core.document import Draft, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.html import parse_html_page
from copydesk.core.options import ParseOptions
from copydesk_schemas.reasons import Code, Flag

SITE = "https://www.quay-herald.example"
HEADLINES = (
    "Dyke at Alder Bay holds in the storm",
    "Ferry to the islands stays in the harbour",
    "Council argues about parking fees again",
    "School keeps its pool for another year",
    "Electric ships ordered for the northern line",
    "Lighthouse opens to visitors after repairs",
    "Fishermen ask for longer season in the bay",
    "Old customs house becomes a library",
    "Rail link to the capital delayed until June",
    "Museum finds a map from 1702 in its cellar",
)
SUMMARY = (
    "The district said on Monday that the work would go on through the summer, and that residents would be told in good "
    "time which roads are closed. A meeting is planned for the second week of March."
)
PROSE = (
    "The council of Brandholm voted on Monday to rebuild the tunnel that burned in January, and the work will take two "
    "years and cost forty million crowns, the mayor, Anna Keller, told reporters after the meeting in the town hall."
)


def teaser(number: int, *, summary: bool = True, section: str = "coast") -> str:
    text = f"<p>{SUMMARY}</p>" if summary else ""
    return (
        f"<article class='teaser'><a href='/{section}/2026/{number}'><img src='/img/{number}.jpg'></a>"
        f"<h3><a href='/{section}/2026/{number}'>{HEADLINES[number % len(HEADLINES)]}, part {number}</a></h3>{text}"
        "<time datetime='2026-01-12'>12 January 2026</time></article>"
    )


def page(body: str, path: str, head: str = "", body_class: str = "") -> Draft:
    menu = "".join(
        f"<li><a href='/{name}'>{name.title()}</a></li>" for name in ("coast", "sport", "culture", "opinion")
    )
    html = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{head}</head><body class='{body_class}'>"
        f"<header><nav><ul>{menu}</ul></nav></header><main>{body}</main>"
        "<footer><p>© 2026 Quay Media Ltd. All rights reserved.</p></footer></body></html>"
    )
    return parse_html_page(html, RawDocument(html.encode(), url=f"{SITE}{path}"), ParseOptions())


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{{"@context": "https://schema.org", {text}}}</script>'


FRONT = "<title>The Quay Herald: news from the coast</title><meta property='og:type' content='website'>"
COLLECTION = jsonld('"@type": "CollectionPage", "name": "Coast"')
SEARCH = jsonld('"@type": "SearchResultsPage", "name": "Results for dyke"')
PROFILE = jsonld('"@type": "ProfilePage", "mainEntity": {"@type": "Person", "name": "Mara Lindqvist"}')
BIOGRAPHY = f"<h1>Mara Lindqvist</h1><p>Mara Lindqvist writes about ships and harbours. {SUMMARY}</p>"
SECTION = "<meta property='og:type' content='article'><title>Coast - The Quay Herald</title>"
ITEMS = ",".join(f'{{"@type": "ListItem", "position": {n}, "url": "{SITE}/coast/2026/{n}"}}' for n in range(1, 11))
NODES = ",".join(f'{{"@type": "NewsArticle", "headline": "{h}", "datePublished": "2026-01-12"}}' for h in HEADLINES)


@pytest.mark.parametrize(
    ("path", "head", "body", "body_class", "code"),
    [
        ("/", FRONT, "".join(map(teaser, range(24))), "", Code.HOMEPAGE),
        ("/index.html", FRONT, "".join(teaser(n, summary=False) for n in range(40)), "", Code.HOMEPAGE),
        ("/", jsonld('"@type": "WebSite", "name": "The Quay Herald"'), "".join(map(teaser, range(12))), "home blog", Code.HOMEPAGE),
        ("/coast/", COLLECTION, "<h1>Coast</h1>" + "".join(map(teaser, range(20))), "", Code.LISTING_PAGE),
        ("/coast/", SECTION, "<h1>Coast</h1>" + "".join(map(teaser, range(20))), "archive category category-coast", Code.LISTING_PAGE),
        ("/tag/dykes/", SECTION, "<h1>Dykes</h1>" + "".join(map(teaser, range(9))), "archive tag", Code.LISTING_PAGE),
        ("/search?q=dyke", SEARCH, "<h1>Results</h1>" + "".join(map(teaser, range(10))), "", Code.LISTING_PAGE),
        ("/author/mara-lindqvist/", PROFILE, BIOGRAPHY + "".join(map(teaser, range(12))), "archive author", Code.LISTING_PAGE),
        ("/sport/page/3/", "", "".join(teaser(n, summary=False) for n in range(20)), "", Code.LISTING_PAGE),
        ("/most-read", jsonld(f'"@type": "ItemList", "itemListElement": [{ITEMS}]'), "".join(map(teaser, range(10))), "", Code.LISTING_PAGE),
        ("/coast/", jsonld(f'"@graph": [{NODES}]'), "<h1>Coast</h1>" + "".join(map(teaser, range(10))), "", Code.LISTING_PAGE),
        ("/coast/2026/77", "<title>Page not found - The Quay Herald</title>", "<h1>Page not found</h1><p>The page that you are looking for is not here.</p>", "", Code.NOT_ARTICLE),
        ("/coast/2026/78", "<title>Just a moment...</title>", "<p>Checking your browser before you go on to the site.</p>", "", Code.NOT_ARTICLE),
        ("/shop/lamp", "<title>Storm lamp</title>" + jsonld('"@type": "Product", "name": "Storm lamp"'), "<h1>Storm lamp</h1><p>Brass, with a wick.</p><p>490 crowns</p>", "", Code.NOT_ARTICLE),
    ],
)  # fmt: skip
def test_what_is_no_article_is_turned_away_as_what_it_is(
    path: str, head: str, body: str, body_class: str, code: Code
) -> None:
    with pytest.raises(Rejected) as caught:
        page(body, path, head, body_class)
    assert caught.value.code is code


STATED = jsonld('"@type": "NewsArticle", "headline": "Tunnel", "datePublished": "2026-01-12", "author": "Ann Poe"')
STORY = "<article><h1>Tunnel to be rebuilt</h1>" + f"<p>{PROSE}</p>" * 2 + "</article>"
LONG = "<article><h1>Tunnel to be rebuilt</h1>" + "".join(f"<p>{n}. {PROSE}</p>" for n in range(7)) + "</article>"


@pytest.mark.parametrize(
    ("path", "head", "body", "body_class"),
    [
        # a short article among many teasers, which says that it is one
        ("/coast/2026/1", STATED, STORY + "".join(map(teaser, range(30))), ""),
        ("/coast/2026/1", "<meta property='article:published_time' content='2026-01-12'>", STORY + "".join(map(teaser, range(30))), ""),
        # running text, whatever the page calls itself and wherever it lies
        ("/", FRONT, LONG + "".join(map(teaser, range(20))), ""),
        ("/coast/", COLLECTION, LONG + "".join(map(teaser, range(20))), "archive"),
        ("/tag/tunnel-to-be-rebuilt-after-fire", "<meta property='og:type' content='website'>", LONG, ""),
        # a short one that says nothing of itself
        ("/coast/2026/tunnel", "<meta property='og:type' content='website'>", STORY, "single single-post"),
        ("/coast/2026/404-trees-are-felled", "<title>404 trees are felled</title>", STORY.replace("Tunnel to be rebuilt", "404 trees are felled"), ""),
    ],
)  # fmt: skip
def test_articles_pass_whatever_stands_around_them(path: str, head: str, body: str, body_class: str) -> None:
    assert "the mayor, Anna Keller" in page(body, path, head, body_class).body


ENTRY = "<div class='live-blog-post'><time>10:1{0}</time><p>At 10:1{0} the mayor said that the bridge stays closed. {1}</p></div>"


def test_a_live_blog_is_known_by_its_type_or_by_its_entries() -> None:
    entries = "".join(ENTRY.format(n, PROSE) for n in range(4))
    draft = page(f"<article><h1>Storm, as it happens</h1>{entries}</article>", "/coast/2026/storm")
    assert Flag.LIVE_BLOG in draft.flags
    assert draft.genre is not None
    assert draft.genre.value == "live"
    live = jsonld('"@type": "LiveBlogPosting", "headline": "Storm", "datePublished": "2026-01-12"')
    assert Flag.LIVE_BLOG in page(STORY, "/coast/2026/storm", live).flags
    single = page(STORY + ENTRY.format(1, "A teaser for the live blog."), "/coast/2026/tunnel")
    assert Flag.LIVE_BLOG not in single.flags


CARDS = "".join(
    f'<div class="box"><h3><a href="/news/{i}">What the council said on day {i}</a></h3></div>' for i in range(5)
)
THAI = "รถไฟเข้าชนรถโดยสารที่จุดตัดทางรถไฟเมื่อเช้านี้ทำให้มีผู้ได้รับบาดเจ็บหลายรายและต้องปิดเส้นทางเป็นเวลาหลายชั่วโมงเพื่อเคลื่อนย้ายซากรถออกไป"
SHORT = "The tunnel will be rebuilt within two years, the mayor of the town told reporters on Monday."


@pytest.mark.parametrize(
    "paragraphs",
    [[THAI[i:] + THAI for i in range(10)], [f"{SHORT} {i}" for i in range(20)]],
    ids=["without full stops", "short paragraphs"],
)
def test_an_article_among_headlines_is_read_whatever_its_paragraphs_are(paragraphs: list[str]) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    assert page(f"<article><h1>The tunnel is rebuilt</h1>{body}</article>{CARDS}", "/coast/2026/1").body


@pytest.mark.parametrize(
    "body",
    [
        "<h2>Log in</h2><h1>Bridge opens</h1>",
        "<h1>Just a moment – the bridge opens to all on Monday</h1>",
        "<h1>404 – how the bridge got its number back</h1>",
    ],
)
def test_a_headline_that_begins_like_an_error_is_none(body: str) -> None:
    assert page(f"<article>{body}<p>{SHORT} {SHORT} {SHORT}</p></article>", "/coast/2026/1").body
