from __future__ import annotations

import pytest

from copydesk.core.document import Draft, RawDocument
from copydesk.core.formats.extraction import parse_html
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.json_text import load_json
from copydesk.core.structured.jsonld import read_jsonld
from copydesk.core.structured.metadata import fill, language_tag
from copydesk.core.structured.page import read_page
from copydesk.core.structured.title_text import without_site
from copydesk.core.structured.titles import Candidate, choose_title
from copydesk.core.trace import NO_TRACE, RecordingTrace
from copydesk_schemas.raw import HttpHint
from copydesk_schemas.reasons import DateRole, Flag, FoundIn

URL = "https://www.post.example/news/2026/bridge"


def draft_of(head: str, body: str = "", *, document: RawDocument | None = None) -> Draft:
    tree = parse_html(f"<html><head>{head}</head><body><p>x</p>{body}</body></html>")
    assert tree is not None
    draft = Draft(content=b"")
    fill(draft, read_page(tree), document or RawDocument(b""), url=URL, tree=tree, trace=NO_TRACE)
    return draft


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Bridge reopens | Brandholm Post", "Bridge reopens"),
        ("Bridge reopens - News - Brandholm Post", "Bridge reopens"),
        ("Brandholm Post: Bridge reopens", "Brandholm Post: Bridge reopens"),
        ("Brandholm Post | Bridge reopens", "Bridge reopens"),
        ("Bridge reopens – post.example", "Bridge reopens"),
        ("Mayor – and council – split", "Mayor – and council – split"),
        ("Brandholm Post", "Brandholm Post"),
        ("Brücke öffnet | Söder-Zeitung", "Brücke öffnet"),
    ],
)
def test_titles_lose_the_name_of_the_site_with_its_section(title: str, bare: str) -> None:
    assert without_site(title, ["Brandholm Post", "post.example", "soeder-zeitung"]) == bare


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Jane Doe", ["Jane Doe"]),
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("Von Petra Müller, Jörg Weiß und Anna Keller", ["Petra Müller", "Jörg Weiß", "Anna Keller"]),
        ("Par Élise Martin et Luc Petit", ["Élise Martin", "Luc Petit"]),
        ("Jane Doe, Political Editor", ["Jane Doe"]),
        ("Jane Doe (Reuters, London)", ["Jane Doe"]),
        ("jane@example.com Jane Doe | @janedoe", ["Jane Doe"]),
        ("Robert De Niro", ["Robert De Niro"]),
        ("De Luca", ["De Luca"]),
        ("Shelby Roe, DVM", ["Shelby Roe"]),
        ("Brandholm Post", []),
        ("The Brandholm Post", []),
        ("admin", []),
        ("作者：王伟", ["王伟"]),
        ("김민수 기자", ["김민수"]),
        ("责编：王伟、李娜", ["王伟", "李娜"]),
        ("Author: By Jane Doe", ["Jane Doe"]),
        ("This post was written by Jane Doe, Head of Marketing", ["Jane Doe"]),
        ("Ein Kommentar von Petra Müller", ["Petra Müller"]),
        ("Von Petra Müller, Berlin", ["Petra Müller"]),
        ("Jane Doe in Berlin", ["Jane Doe"]),
        ("Juan Pérez y Ana Gómez", ["Juan Pérez", "Ana Gómez"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Eva Nováková a Jan Dvořák", ["Eva Nováková", "Jan Dvořák"]),
        ("Ayşe Yılmaz ve Mehmet Kaya", ["Ayşe Yılmaz", "Mehmet Kaya"]),
        ("Doe, Jane", ["Jane Doe"]),
        ("Jane Doe, MD, FASA", ["Jane Doe"]),
        ("Jane Doe / AFP", ["Jane Doe", "AFP"]),
        ("Post24 Redaktion", ["Post24 Redaktion"]),
        ("5 min read", []),
        ("February 8", []),
    ],
)
def test_bylines_are_split_and_cleaned(byline: str, names: list[str]) -> None:
    assert [author.name for author in read_authors([(byline, None)], ["Brandholm Post"])] == names


def test_a_role_belongs_to_the_name_before_it_and_what_is_dropped_is_told() -> None:
    trace = RecordingTrace()
    (author,) = read_authors([("Jane Doe, Political Editor; admin", "https://post.example/jane")], [], trace=trace)
    assert (author.role, author.raw) == ("Political Editor", "Jane Doe, Political Editor; admin")
    assert [step.reason for step in trace.steps] == ["a function, not a name"]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "b"}',
        '{"a": "b",}',
        '<!-- {"a": "b"} -->',
        '//<![CDATA[\n{"a": "b"}\n//]]>',
        '{"a": "b"};',
    ],
)
def test_json_as_the_web_writes_it(text: str) -> None:
    assert load_json(text) == {"a": "b"}


def test_json_faults_that_are_forgiven_and_one_that_is_not() -> None:
    assert load_json('{"a": "one\ntwo"}') == {"a": "one\ntwo"}
    assert load_json('{"a": "x\\ud800y"}') == {"a": "x�y"}
    assert load_json("{a: b}") is None
    assert load_json("[" * 100_000) is None


def test_the_article_is_found_in_a_graph_and_its_references_are_followed() -> None:
    found = read_jsonld(
        [
            """{"@graph": [
            {"@type": "WebSite", "@id": "#site", "name": "Brandholm Post"},
            {"@type": "Person", "@id": "#jane", "name": "Jane Doe", "url": "/staff/jane"},
            {"@type": "NewsArticle", "headline": "Bridge reopens", "author": {"@id": "#jane"}},
            {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Other"}]}]}"""
        ]
    )
    assert found.article["headline"] == "Bridge reopens"
    assert found.nodes(found.article["author"])[0]["name"] == "Jane Doe"
    assert found.articles == 1


def test_all_fields_of_a_news_article() -> None:
    draft = draft_of(
        jsonld(
            """{"@context": "https://schema.org", "@type": "ReportageNewsArticle",
        "headline": "Bridge &amp; road reopen",
        "alternativeHeadline": "Two years of repairs end", "description": "The bridge is open.",
        "datePublished": "2026-02-23T18:30:00+01:00", "dateModified": "2026-02-24T08:00:00+01:00",
        "author": [{"@type": "Person", "name": "Jane Doe", "url": "/staff/jane"},
        {"@type": "Organization", "name": "AFP"}],
        "articleSection": "Local", "keywords": "bridge, harbour", "inLanguage": "en_GB", "isAccessibleForFree": "False",
        "copyrightHolder": {"name": "Post Ltd"}, "license": "https://creativecommons.org/licenses/by/4.0/",
        "publisher": {"@type": "Organization", "name": "Brandholm Post"},
        "image": {"@type": "ImageObject", "url": "/b.jpg", "caption": "The bridge", "width": 800, "height": 600}}"""
        )
        + '<meta name="tdm-reservation" content="1"><link rel="canonical" href="/news/bridge">'
    )
    assert (draft.title, draft.subtitle) == ("Bridge & road reopen", "Two years of repairs end")
    assert [(a.name, a.url) for a in draft.authors] == [("Jane Doe", "https://www.post.example/staff/jane")]
    assert (draft.section, draft.tags) == ("Local", ["bridge", "harbour"])
    assert draft.language_claims == ["en-GB"]
    assert draft.is_accessible_for_free is False
    assert draft.rights is not None
    assert (draft.rights.copyright_holder, draft.rights.tdm_reserved) == ("Post Ltd", True)
    assert draft.rights.license == "https://creativecommons.org/licenses/by/4.0/"
    assert draft.source is not None
    assert (draft.source.domain, draft.source.name) == ("post.example", "Brandholm Post")
    assert draft.canonical_link == "https://www.post.example/news/bridge"
    assert [(m.url, m.caption, m.width) for m in draft.media] == [("https://www.post.example/b.jpg", "The bridge", 800)]
    assert draft.genre is not None
    assert draft.genre.value == "news"
    assert [(d.role, d.source) for d in draft.dates] == [
        (DateRole.PUBLISHED, "jsonld:datePublished"),
        (DateRole.MODIFIED, "jsonld:dateModified"),
    ]
    assert draft.provenance["title"].source is FoundIn.JSONLD
    assert draft.provenance["canonical_url"].source is FoundIn.META


def test_an_agency_that_is_credited_is_where_the_article_came_from() -> None:
    draft = draft_of('<meta name="author" content="Agence France-Presse">')
    assert draft.syndicated_from is not None
    assert draft.syndicated_from.name == "AFP"
    assert Flag.SYNDICATED in draft.flags


def test_the_one_heading_outweighs_the_title_made_for_networks_unless_it_is_a_word() -> None:
    head = '<meta property="og:title" content="You will not believe this bridge"><title>x</title>'
    assert draft_of(head, "<h1>Harbour bridge reopens on Monday</h1>").title == "Harbour bridge reopens on Monday"
    assert draft_of(head, "<h1>Sport</h1>").title == "You will not believe this bridge"
    logo = "<h1><a href='/'>The Brandholm and Alder Post</a></h1>"
    assert draft_of(head, f"{logo}<h1>Harbour bridge reopens</h1><h1>More stories from here</h1>").title == (
        "Harbour bridge reopens"
    )


def test_the_heading_in_a_trail_of_breadcrumbs_is_not_the_one_that_readers_see() -> None:
    head = '<meta property="og:title" content="Toll falls on the harbour bridge"><title>The toll</title>'
    trail = "<nav><ol><li><h1>The toll on the bridge</h1></li></ol></nav>"
    shown = "<article><h2 class='headline'>Toll falls on the harbour bridge</h2></article>"
    assert draft_of(head, trail + shown).title == "Toll falls on the harbour bridge"


@pytest.mark.parametrize(
    ("social", "heading"),
    [
        ("Harbour bridge reopens on Monday", "Harbour bridge reopens…"),
        ("Harbour bridge reopens on Monday – County news – 30.01.2024", "Harbour bridge reopens on Monday"),
        ("Harbour bridge reopens on Monday：Post Digital", "Harbour bridge reopens on Monday"),
        ("Harbour bridge reopens on Monday", "<span>Traffic</span> Harbour bridge reopens on Monday"),
        ("Harbour bridge reopens on Monday", "HARBOUR BRIDGE REOPENS ON MONDAY"),
    ],
)
def test_rubrics_sections_and_dates_go_where_another_place_has_the_title_without(social: str, heading: str) -> None:
    draft = draft_of(f'<meta property="og:title" content="{social}"><title>x</title>', f"<h1>{heading}</h1>")
    assert draft.title == "Harbour bridge reopens on Monday"
    assert draft.provenance["title"].confidence > 0.9


def test_a_title_that_stands_in_one_place_or_against_others_is_not_called_sure() -> None:
    alone = draft_of("<title>Harbour bridge reopens on Monday</title>")
    assert (alone.title, alone.provenance["title"].confidence) == ("Harbour bridge reopens on Monday", 0.6)
    split = draft_of(
        jsonld('{"@type": "NewsArticle", "headline": "Bridge to reopen after two years"}'),
        "<h1>Drivers await Monday</h1>",
    )
    assert split.provenance["title"].confidence < 0.7


def test_of_two_headlines_the_one_whose_words_the_address_has_is_preferred() -> None:
    def titled(url: str) -> str | None:
        found = [
            Candidate("Drivers await Monday", FoundIn.OPENGRAPH, "og:title"),
            Candidate("Größte Brücke öffnet", FoundIn.META, "twitter:title"),
        ]
        chosen = choose_title(found, [], url)
        return chosen.text if chosen else None

    assert titled("https://post.example/2026/groesste-bruecke-oeffnet") == "Größte Brücke öffnet"
    assert titled("https://post.example/2026/drivers-await-monday") == "Drivers await Monday"
    assert titled("https://[post.example/2026") == "Drivers await Monday"


def test_bylines_in_markup_without_their_dates_and_roles() -> None:
    draft = draft_of(
        "",
        """<aside><span class="author">Not Me</span></aside><div class="byline">Written by <a href="/jane">Jane Doe</a>
        <span>Political Editor</span> <time>28 March 2019</time></div>""",
    )
    assert [(a.name, a.role) for a in draft.authors] == [("Jane Doe", "Political Editor")]


def test_an_organisation_is_one_name_and_gives_way_to_people() -> None:
    firm = '"author": {"@type": "Organization", "name": "Roe, Doe & Sons"}'
    head = jsonld(f'{{"@type": "NewsArticle", "headline": "Bridge reopens", {firm}}}')
    assert [a.name for a in draft_of(head).authors] == ["Roe, Doe & Sons"]
    printed = "<article><h1>Bridge reopens</h1><p class='byline'>By <a href='/author/jane'>Jane Doe</a></p></article>"
    assert [(a.name, a.url) for a in draft_of(head, printed).authors] == [
        ("Jane Doe", "https://www.post.example/author/jane")
    ]


def test_authors_in_jsonld_in_lists_by_reference_and_in_parts() -> None:
    draft = draft_of(
        jsonld(
            """{"@graph": [{"@type": "Person", "@id": "#jane", "name": ["Jane Doe", "John Roe"]},
            {"@type": "NewsArticle", "headline": "Bridge reopens", "author": [[{"@id": "#jane"}],
            {"@type": "Person", "givenName": "Ann", "familyName": "Poe", "url": "https://[x"}, "Max Moe"]}]}"""
        )
    )
    assert [(a.name, a.url) for a in draft.authors] == [
        ("Jane Doe", None),
        ("John Roe", None),
        ("Ann Poe", None),
        ("Max Moe", None),
    ]
    assert draft.provenance["authors"].confidence > 0.9


def test_an_agency_beside_the_authors_is_where_the_article_came_from() -> None:
    authors = '[{"@type": "Person", "name": "Jane Doe"}, {"@type": "Organization", "name": "AFP"}]'
    draft = draft_of(jsonld(f'{{"@type": "NewsArticle", "headline": "Bridge reopens", "author": {authors}}}'))
    assert [a.name for a in draft.authors] == ["Jane Doe"]
    assert draft.syndicated_from is not None
    assert draft.syndicated_from.name == "AFP"


def test_the_site_is_no_author_but_a_person_may_have_a_site_of_their_name() -> None:
    def stated(name: str) -> list[str]:
        head = f'<meta property="og:site_name" content="{name}"><meta name="author" content="{name}">'
        return [author.name for author in draft_of(head).authors]

    assert stated("Brandholm Post") == []
    assert stated("Denver Post") == []
    assert stated("Jane Doe") == ["Jane Doe"]


def test_a_label_beside_a_name_tells_that_it_is_the_author() -> None:
    head = '<meta name="twitter:label{0}" content="{1}"><meta name="twitter:data{0}" content="{2}">'
    draft = draft_of(head.format(1, "Verfasst von", "Petra Müller") + head.format(2, "Lesezeit", "5 Minuten"))
    assert [a.name for a in draft.authors] == ["Petra Müller"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<div><span>By</span> <span>Jane Doe</span></div>", ["Jane Doe"]),
        ("<p>Von Petra Müller und Jörg Weiß</p>", ["Petra Müller", "Jörg Weiß"]),
        ("<ul><li><b>Autorin/Autor</b> Anna Keller</li></ul>", ["Anna Keller"]),
        ("<p><a href='/autor/anna-keller'>Anna Keller</a></p>", ["Anna Keller"]),
        ("<div><h4>Jane Miller</h4><time>May 5, 2026</time></div>", ["Jane Miller"]),
        ("<aside class='post-author'>Jane Doe</aside>", ["Jane Doe"]),
        ("<a rel='author'>waldgeist</a>", ["waldgeist"]),
        ("<div class='byline'>Written by Jane Doe | Reviewed by Ann Poe</div>", ["Jane Doe"]),
        ("<div class='author-card'><b>Jane Doe</b><p>" + "Jane writes of bridges. " * 20 + "</p></div>", ["Jane Doe"]),
        ("<ul><li><a class='author' href='/a'>Jane Doe</a></li><li><a class='author' href='/b'>Ann Poe</a></li></ul>",
         ["Jane Doe", "Ann Poe"]),
        ("<div class='author'>Reviewed by Ann Poe</div>", []),
        ("<div class='byline'>5 min read</div>", []),
        ("<div class='byline__category'>Wellness &amp; Prevention</div>", []),
        ("<div class='comments'><b class='comment-author'>Jane Doe</b> says</div>", []),
        ("<p>By Monday the council had voted.</p>", []),
        ("<h4>Popular Topics</h4>", []),
        ("<div class='teaser'><a href='/b'>Tolls rise</a> <span>Von Petra Müller</span></div>", []),
        ("<span class='image-byline'>Jo Roe</span>", []),
    ],
)  # fmt: skip
def test_names_just_under_the_headline_that_are_authors(body: str, names: list[str]) -> None:
    draft = draft_of("", f"<article><h1>Harbour bridge reopens on Monday</h1>{body}</article>")
    assert [author.name for author in draft.authors] == names


def test_names_in_bylines_are_told_with_their_chances() -> None:
    tree = parse_html("<body><article><h1>Bridge reopens</h1><p>By Jane Doe</p></article></body>")
    assert tree is not None
    trace = RecordingTrace()
    fill(Draft(content=b""), read_page(tree), RawDocument(b""), url=URL, tree=tree, trace=trace)
    (told,) = [step.reason for step in trace.steps if step.decision == "names in bylines"]
    assert told.startswith("Jane Doe: 0.")


def test_dates_in_markup_say_where_they_stood() -> None:
    draft = draft_of(
        '<meta property="article:published_time" content="2026-02-23T18:30:00Z">',
        '<time class="updated" datetime="2026-02-24">Tuesday</time>'
        '<span itemprop="datePublished" content="2026-02-23">x</span>',
    )
    assert [(d.raw, d.role, d.source) for d in draft.dates] == [
        ("2026-02-23T18:30:00Z", DateRole.PUBLISHED, "meta:article:published_time"),
        ("2026-02-24", DateRole.MODIFIED, "dom:time[datetime]"),
        ("2026-02-23", DateRole.PUBLISHED, "dom:itemprop=datepublished"),
    ]


def test_reservations_may_stand_in_the_response() -> None:
    http = HttpHint(headers={"TDM-Reservation": "0", "Content-Language": "de"})
    draft = draft_of("", document=RawDocument(b"", http=http))
    assert draft.rights is not None
    assert draft.rights.tdm_reserved is False
    assert draft.language_claims == ["de"]


@pytest.mark.parametrize(
    ("claim", "tag"),
    [
        ("en_GB", "en-GB"),
        ("DE-de", "de-DE"),
        ("zh-Hant", "zh-Hant"),
        ("es-419", "es-419"),
        ("pt", "pt"),
        ("english", None),
    ],
)
def test_language_tags_are_written_in_one_way(claim: str, tag: str | None) -> None:
    assert language_tag(claim) == tag
