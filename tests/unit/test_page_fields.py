"""Fields of a page one by one: what they are read from, and what looks like them and is none."""

# ruff: noqa: E501 - markup reads best on one line
from __future__ import annotations

import json

import pytest
from tests.support.tunnel import FIRST, SECOND

from copydesk.core.document import Draft, RawDocument
from copydesk.core.formats.extraction import parse_html
from copydesk.core.formats.html import parse_html_page
from copydesk.core.options import ParseOptions
from copydesk.core.structured.access import take_walls
from copydesk.core.structured.captions import take_captions
from copydesk.core.structured.marks import read_marks
from copydesk_schemas.parts import Media
from copydesk_schemas.raw import HttpHint
from copydesk_schemas.reasons import Flag, FoundIn, LinkRel

URL = "https://www.post.example/news/2026/tunnel"
STORY = f"<p>{FIRST}</p><p>{SECOND}</p>"


def read(
    inside: str = STORY, head: str = "", *, above: str = "", below: str = "", http: HttpHint | None = None
) -> Draft:
    html = (
        "<!doctype html><html lang='en'><head><meta property='og:site_name' content='Brandholm Post'>"
        f"<meta property='article:published_time' content='2026-02-23T18:30:00Z'>{head}</head><body>{above}"
        f"<article><h1>Council votes for tunnel</h1>{inside}</article>{below}</body></html>"
    )
    return parse_html_page(html, RawDocument(html.encode(), url=URL, http=http), ParseOptions())


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Council votes for tunnel", {text}}}</script>'


def shown(media: list[Media]) -> list[tuple[str | None, str | None, str | None]]:
    return [((item.url or "").rpartition("/")[2] or None, item.caption, item.credit) for item in media]


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='wp-caption'><img src='/t.jpg'><p class='wp-caption-text'>The tunnel in January. Photo: Jo Roe</p></div>",
        "<div class='picture'><img src='/t.jpg'><div class='caption'>The tunnel in January. <span class='credit'>Jo Roe</span></div></div>",
        "<div><img data-src='/t.jpg' src='/lazy-placeholder.gif'><p class='image-caption'>The tunnel in January. © Jo Roe</p></div>",
        "<div><img src='/t.jpg'></div><div class='imageDescription'>The tunnel in January. (Image: Jo Roe)</div>",
        "<table><tr><td><img src='/t.jpg'></td></tr><tr><td class='tr-caption'>The tunnel in January. Credit: Jo Roe</td></tr></table>",
        "<div class='slide'><img src='/t.jpg'><span class='legend'>The tunnel in January.</span><span class='photo-credit'>Foto: Jo Roe</span></div>",
        "<div><img src='/t.jpg'><figcaption>The tunnel in January. Photo: Jo Roe</figcaption></div>",
    ],
)  # fmt: skip
def test_captions_outside_of_figures_go_to_media_with_their_picture_and_credit(markup: str) -> None:
    draft = read(f"<p>{FIRST}</p>{markup}<p>{SECOND}</p>")
    ((url, caption, credit),) = shown(draft.media)
    assert (url, caption) == ("t.jpg", "The tunnel in January.")
    assert credit in {"Jo Roe", "© Jo Roe"}
    assert draft.body == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    "markup",
    [
        "<p class='text-caption'>Read for five minutes about what the council has planned for the tunnel.</p>",
        "<div class='caption'>A paragraph of a story told without any picture is no caption, whatever it is called.</div>",
        "<button class='buttonCaption'>Search</button>",
    ],
)
def test_what_is_only_named_a_caption_is_none(markup: str) -> None:
    assert read(f"{STORY}{markup}").media == []


@pytest.mark.parametrize(
    "markup",
    [
        "<div><video src='/v.mp4'></video><div class='video-description'>{}</div></div>",
        "<div><img src='/v.jpg'></div><div class='video-description'>{}</div><p>Published on Monday.</p>",
    ],
)
def test_the_text_of_a_video_page_is_its_story_and_no_caption(markup: str) -> None:
    draft = read(markup.format(STORY))
    assert draft.body.startswith(f"{FIRST}\n\n{SECOND}")
    assert draft.media == []
    beside = read(f"{markup.format(f'<p>{SECOND}</p>')}<p>{FIRST}</p><p>{FIRST[::-1]}</p>")
    assert [media.caption for media in beside.media] == [SECOND]
    assert SECOND not in beside.body


def test_a_credit_alone_is_no_caption_and_captions_of_teasers_belong_to_other_stories() -> None:
    draft = read(
        f"<div><img src='/t.jpg'><p class='image-caption'>Photo courtesy of the Railway Museum</p></div>{STORY}",
        below="<aside><div><img src='/o.jpg'><p class='image-caption'>Another story's picture of a bridge</p></div></aside>",
    )
    assert shown(draft.media) == [("t.jpg", None, "the Railway Museum")]


@pytest.mark.parametrize(
    ("caption", "shown_as"),
    [
        ("Legende: The tunnel in January", "The tunnel in January"),
        ("Image caption: The tunnel in January", "The tunnel in January"),
        ("Legende Jo Roe im Tunnel", "Legende Jo Roe im Tunnel"),
        ("Bildunterschrift", None),
        ("Source", None),
        ("15.05.2023", None),
    ],
)
def test_a_caption_is_without_its_label_and_a_label_alone_is_none(caption: str, shown_as: str | None) -> None:
    draft = read(f"<figure><img src='/t.jpg'><figcaption>{caption}</figcaption></figure>{STORY}")
    assert shown(draft.media) == [("t.jpg", shown_as, None)]


def test_two_names_of_a_credit_are_one_credit() -> None:
    marked = "<span class='credit'>Jo Roe</span> / Harbour Pictures"
    draft = read(f"<figure><img src='/t.jpg'><figcaption>{marked}</figcaption></figure>{STORY}")
    assert shown(draft.media) == [("t.jpg", None, "Jo Roe / Harbour Pictures")]


def test_one_picture_in_several_crops_is_one_entry_and_the_one_with_the_caption() -> None:
    figures = (
        "<figure><img src='/t.jpg?w=300'></figure>"
        "<figure><img src='/t.jpg?w=900'><figcaption>The tunnel in January</figcaption></figure>"
        "<figure><img src='/image.php?id=1'></figure><figure><img src='/image.php?id=2'></figure>"
    )
    head = "<meta property='og:image' content='https://www.post.example/t.jpg?w=1200&amp;h=630'>"
    assert [(url, caption) for url, caption, _ in shown(read(figures + STORY, head).media)] == [
        ("t.jpg?w=900", "The tunnel in January"),
        ("image.php?id=1", None),
        ("image.php?id=2", None),
    ]


def test_two_captions_of_one_file_are_both_told_and_shapes_are_no_sizes() -> None:
    figures = (
        "<figure><img src='/pic.jpg?id=1'><figcaption>The tunnel in January</figcaption></figure>"
        "<figure><img src='/pic.jpg?id=2'><figcaption>The bridge in May</figcaption></figure>"
        "<figure><amp-img src='/wide.jpg' width='16' height='9'></amp-img></figure>"
    )
    assert shown(read(figures + STORY).media) == [
        ("pic.jpg?id=1", "The tunnel in January", None),
        ("pic.jpg?id=2", "The bridge in May", None),
        ("wide.jpg", None, None),
    ]


def test_faces_and_marks_are_no_pictures_of_the_story_and_shares_are_no_pixels() -> None:
    figures = (
        "<figure><img src='/face.jpg' width='40' height='40'></figure>"
        "<figure><img src='/teaser.jpg' width='80' height='130'></figure>"
        "<figure><img src='/wide.jpg' width='100%' height='auto'></figure>"
        "<figure><img src='/map.png' width='90px' height='90px'><figcaption>Where the tunnel is</figcaption></figure>"
    )
    draft = read(figures + STORY)
    assert [(media.url, media.width, media.caption) for media in draft.media] == [
        ("https://www.post.example/wide.jpg", None, None),
        ("https://www.post.example/map.png", 90, "Where the tunnel is"),
    ]


def test_pictures_of_other_stories_are_links_to_them_and_a_captioned_one_is_the_storys() -> None:
    figures = (
        "<a href='/news/2026/bridge'><figure><img src='/teaser.jpg'></figure></a>"
        "<figure><a href='/t-large.jpg?w=2000'><img src='/t.jpg'></a></figure>"
        "<figure><a href='https://shop.example/lamp'><img src='/lamp.jpg'></a></figure>"
        "<figure><a href='#gallery'><img src='/gallery.jpg'></a></figure>"
        "<figure><a href='/topics/tunnel'><img src='/map.png'></a><figcaption>Where the tunnel is</figcaption></figure>"
    )
    assert [url for url, _, _ in shown(read(figures + STORY).media)] == ["t.jpg", "lamp.jpg", "gallery.jpg", "map.png"]


def test_a_section_is_no_folder() -> None:
    trail = '{"@type": "BreadcrumbList", "itemListElement": [{"position": 1, "name": "Culture"}]}'
    head = jsonld('"articleSection": "culture_culture-life"') + f'<script type="application/ld+json">{trail}</script>'
    assert read(head=head).section == "Culture"


@pytest.mark.parametrize(
    ("keywords", "kept"),
    [
        (["Rail", "Brandholm Post", "post", "Tunnels"], ["Rail", "Tunnels"]),
        (["council", "votes", "for", "tunnel", "Rail"], ["Rail"]),
        (["tunnel", "Rail"], ["tunnel", "Rail"]),
        (["Day: Monday", "Page Type: Story", "Language: English", "Subject: Rail"], ["Rail"]),
        (["Ring of Fire: Part 1", "Ring of Fire: Part 2", "Ring of Fire: Part 3"],) * 2,
        (
            ["Rail", "Tunnels", "North", "River", "Fire", "Rail North River Tunnels Fire"],
            ["Rail", "Tunnels", "North", "River", "Fire"],
        ),
        (["war", "Ukraine", "Russia", "Russia Ukraine war", "Ukraine war"],) * 2,
        (["NLP Category: Politics", "Rail"], ["Rail"]),
    ],
)
def test_tags_say_something_of_the_story(keywords: list[str], kept: list[str]) -> None:
    assert read(head=jsonld(f'"keywords": {json.dumps(keywords)}')).tags == kept


def test_the_byline_of_a_story_is_no_credit_of_a_picture() -> None:
    tree = parse_html(
        "<body><div><img src='/jane.jpg'><div class='credit'>By Jane Doe March 11, 2015</div></div>"
        "<div><img src='/t.jpg'><div class='credit'>Railway Museum</div></div></body>"
    )
    assert tree is not None
    assert take_captions(tree, read_marks(tree), URL) == []
    assert tree.text_content() == "By Jane Doe March 11, 2015"


@pytest.mark.parametrize(
    "markup",
    [
        "<p class='article-standfirst'>{0}</p>",
        "<h2 class='deck'>{0}</h2>",
        "<div class='header__sub-title'>{0}</div>",
        "<p class='vorspann'>{0}</p>",
        "<div class='ArticleDek-abcde'><p>{0}</p></div>",
    ],
)
def test_the_deck_is_what_stands_below_the_headline(markup: str) -> None:
    deck = "Two years of work, and trains go by the old line until then"
    draft = read(markup.format(deck) + STORY, jsonld('"alternativeHeadline": "Tunnel vote: what it costs"'))
    assert draft.subtitle == deck
    assert draft.provenance["subtitle"].source is FoundIn.DOM


@pytest.mark.parametrize(
    ("markup", "head"),
    [
        # the description is the first paragraph: no deck
        ("", f'<meta name="description" content="{FIRST}">'),
        # another headline, for search engines, that nobody sees
        ("", jsonld('"alternativeHeadline": "Brandholm tunnel: council votes, cost, dates, all you need"')),
        # the headline again
        ("<p class='subtitle'>Traffic: Council votes for tunnel</p>", ""),
        # names of decks on what is none
        ("<div class='newsletter-intro'>Get the news of the harbour every morning at six.</div>", ""),
        ("<p class='image-lead'><a href='/x'>See all pictures of the burned tunnel in our gallery</a></p>", ""),
    ],
)
def test_no_deck_by_accident(markup: str, head: str) -> None:
    assert read(f"{markup}{STORY}", head).subtitle is None


EXCERPT = "Seven houses stand empty by the river, and nobody knows who is to pay for them."


@pytest.mark.parametrize(
    "card",
    [
        "<div class='card'><h3><a href='/b'>Houses by the river</a></h3><p class='excerpt'>{}</p></div>",
        "<div class='card'><p class='excerpt'>{}</p><a href='/b'><h3>Houses by the river</h3></a></div>",
        "<a class='card' href='/b'><b>Houses by the river</b><p class='teaser-text'>{}</p></a>",
        "<div><a href='/b'>Who pays for houses by the river</a><div><div class='teaser-text'>{}</div></div></div>",
        "<article><div><a href='/b'>Who pays for houses by the river</a></div><p class='subtitle'>{}</p></article>",
    ],
)
def test_the_excerpt_of_another_story_is_no_deck(card: str) -> None:
    assert read(card.format(EXCERPT) + STORY).subtitle is None
    assert read(f"{card.format(EXCERPT)}<p class='standfirst'>{FIRST}</p><p>{SECOND}</p>").subtitle == FIRST


@pytest.mark.parametrize(
    "markup",
    [
        "<p class='excerpt'>{}</p>",
        "<div><a href='/news'>News</a><p class='excerpt'>{}</p><div>By <a href='/jane'>Jane Doe</a></div></div>",
        "<div><p class='excerpt'>{}</p><p>Read <a href='/b'>what the council says of the houses</a> here.</p></div>",
    ],
)
def test_an_excerpt_with_links_beside_it_that_are_no_headlines_is_the_deck(markup: str) -> None:
    assert read(markup.format(EXCERPT) + STORY).subtitle == EXCERPT


def test_key_points_by_name_or_by_heading_but_only_above_the_story() -> None:
    points = ["The tunnel will be rebuilt", "The work takes two years"]
    items = "".join(f"<li>{point}</li>" for point in points)
    for box in (
        f"<div class='post-summary-bullets'><ul>{items}</ul></div>",
        f"<h2>Das Wichtigste in Kürze</h2><ul>{items}</ul>",
        f"<div><strong>Key takeaways:</strong></div><div><ul>{items}</ul></div>",
    ):
        draft = read(f"{box}{STORY}")
        assert draft.key_points == points
        assert draft.body == f"{FIRST}\n\n{SECOND}"
    links = "".join(f"<li><a href='/{n}'>{point}</a></li>" for n, point in enumerate(points))
    assert read(f"<div class='highlights'><ul>{links}</ul></div>{STORY}").key_points == []
    assert read(f"{STORY}<h2>Key takeaways</h2><ul>{items}</ul>").key_points == []


@pytest.mark.parametrize(
    ("opening", "location", "date", "agency"),
    [
        ("BRANDHOLM, Jan. 12 (AP) — ", "BRANDHOLM", "--01-12", "Associated Press"),
        ("BRANDHOLM — ", "BRANDHOLM", None, None),
        ("DALLA NOSTRA CORRISPONDENTE A BRANDHOLM - ", None, None, None),
    ],
)
def test_the_dateline_and_the_agency_in_it(
    opening: str, location: str | None, date: str | None, agency: str | None
) -> None:
    draft = read(f"<p>{opening}{FIRST}</p><p>{SECOND}</p>")
    found = draft.dateline
    assert (found.location if found else None, found.date if found else None) == (location, date)
    assert (draft.syndicated_from.name if draft.syndicated_from else None) == agency
    assert (Flag.SYNDICATED in draft.flags) == (agency is not None)


TRAIL = (
    '<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": ['
    '{"@type": "ListItem", "position": 1, "name": "Home"}, {"@type": "ListItem", "position": 2, "name": "Traffic"},'
    '{"@type": "ListItem", "position": 3, "name": "Council votes for tunnel"}]}</script>'
)


@pytest.mark.parametrize(
    ("head", "above", "section"),
    [
        ('<meta property="article:section" content="Town">', "", "Town"),
        (TRAIL, "", "Traffic"),
        ("", "<nav class='breadcrumbs'><a href='/'>Home</a> › <a href='/traffic'>Traffic</a></nav>", "Traffic"),
        ("", "<nav class='breadcrumbs'><a href='/'>Home</a></nav>", None),
        ("", "", None),
    ],
)
def test_the_section_is_stated_or_the_last_step_of_the_trail(head: str, above: str, section: str | None) -> None:
    assert read(head=head, above=above).section == section


@pytest.mark.parametrize(
    ("head", "below", "tags"),
    [
        (jsonld('"keywords": ["Tunnel", "category: news", "98be933f-38cf-4fba-b6c6-ad438e82010a", "tunnel", "tag:Railway"]'), "",
         ["Tunnel", "Railway"]),
        ('<meta name="keywords" content="tunnel, railway">', "", ["tunnel", "railway"]),
        ("", "<ul class='post-tags'><li><a href='/t/1'>Tunnel</a></li><li><a href='/t/2'>#Railway</a></li></ul>", ["Tunnel", "Railway"]),
        ("", "<p><a rel='tag' href='/t/1'>Tunnel</a>, <a rel='tag' href='/t/2'>Railway</a></p>", ["Tunnel", "Railway"]),
        ("", "<nav class='topics'><a href='/t/1'>Tunnel</a></nav>", []),
    ],
)  # fmt: skip
def test_tags_without_what_machines_write_for_themselves(head: str, below: str, tags: list[str]) -> None:
    assert read(f"{STORY}{below}", head).tags == tags


def test_links_say_whether_they_are_of_the_story_of_other_stories_or_of_the_source() -> None:
    draft = read(
        f"<p>{FIRST.replace('the mayor', '<a href=/keller>the mayor</a>')}</p>"
        "<p>Read also: <a href='/news/2026/fire'>Fire in the tunnel: what is known</a></p>"
        f"<p>{SECOND}</p><p>This article was originally published in <a href='https://coast.example/t'>The Coast Paper</a>.</p>",
        below="<div class='related-stories'><a href='/news/2026/line'>Old line along the river is busy again</a>"
        "<a href='/more'>More</a><a href='https://shop.example/x'>A very good offer from another site</a></div>"
        "<nav class='related'><a href='/news/2026/menu'>An entry of the menu that is long enough</a></nav>",
    )
    assert [(link.rel, (link.url or "").partition("example")[2]) for link in draft.links] == [
        (LinkRel.BODY, "/keller"),
        (LinkRel.RELATED, "/news/2026/fire"),
        (LinkRel.RELATED, "/news/2026/line"),
        (LinkRel.SOURCE, "/t"),
    ]
    assert "Read also" not in draft.body
    assert draft.syndicated_from is not None
    assert (draft.syndicated_from.name, draft.syndicated_from.url) == ("The Coast Paper", "https://coast.example/t")


@pytest.mark.parametrize(
    ("end", "head", "origin"),
    [
        ("<p>Quelle: sid/dpa</p>", "", ("SID", None)),
        ("<p>(dpa)</p>", "", ("dpa", None)),
        ("<p>Source: Brandholm Post</p>", "", None),
        ("<p>Source: a survey of 2,000 passengers</p>", "", None),
        # Sites move and have several names: the address alone does not say that a story is another's.
        ("", '<link rel="canonical" href="https://coast.example/t">', None),
        ("<p>This article was first published on 12 May 2024</p>", "", None),
        ("<p>First published on Monday, before the vote</p>", "", None),
        ("<p>This article first appeared in the Coast Gazette.</p>", "", ("Coast Gazette", None)),
        ("", '<link rel="canonical" href="/news/2026/tunnel">', None),
        ("", jsonld('"sourceOrganization": {"name": "Reuters"}'), ("Reuters", None)),
    ],
)
def test_where_a_story_comes_from(end: str, head: str, origin: tuple[str | None, str | None] | None) -> None:
    found = read(f"{STORY}{end}", head).syndicated_from
    assert (None if found is None else (found.name, found.url)) == origin


@pytest.mark.parametrize(
    ("head", "free"),
    [
        (jsonld('"isAccessibleForFree": "False"'), False),
        (jsonld('"isAccessibleForFree": "http://schema.org/True"'), True),
        (jsonld('"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": false, "cssSelector": ".wall"}'), False),
        ('<meta itemprop="isAccessibleForFree" content="false">', False),
        ('<meta property="article:content_tier" content="metered">', False),
        ('<meta property="article:content_tier" content="free">', True),
        ('<meta property="article:content_tier" content="unknown">', None),
        ("", None),
    ],
)
def test_whether_it_can_be_read_without_paying(head: str, free: bool | None) -> None:  # noqa: FBT001 - expected
    assert read(head=head).is_accessible_for_free is free


def test_a_paywall_is_suspected_where_one_asks_for_more_and_the_text_is_a_part() -> None:
    wall = "<div class='paywall-box'>Subscribe to continue reading</div>"
    cut = read(f"{STORY}{wall}")
    assert Flag.PAYWALL_SUSPECTED in cut.flags
    assert "Subscribe" not in cut.body
    whole = "".join(f"<p>{number}. {FIRST} {SECOND}</p>" for number in range(6))
    assert Flag.PAYWALL_SUSPECTED not in read(f"{whole}{wall}").flags
    assert Flag.PAYWALL_SUSPECTED in read(f"{whole}{wall}", jsonld('"wordCount": 2400')).flags
    assert Flag.PAYWALL_SUSPECTED not in read().flags
    named = read(f"<p class='paywall'>{FIRST}</p><p class='paywall'>{SECOND}</p>")
    assert named.body == f"{FIRST}\n\n{SECOND}"


SHORT = "The first trains go through the tunnel in spring."
ASKED = "<p>Subscribe to continue reading</p>"


@pytest.mark.parametrize(
    ("behind", "kept"),
    [
        (f"<div class='paywall'><p>{SECOND}</p></div>", [SECOND]),
        (f"<section class='paywall-content'><p>{SECOND}</p>{ASKED}</section>", [SECOND]),
        (f"<div class='paywall'>{ASKED}<div><p>{SECOND}</p></div><a href='/o'>Sign in</a></div>", [SECOND]),
        (f"<div class='paywall'><p>{SHORT}</p><p>Nobody was hurt.</p></div>", [SHORT, "Nobody was hurt."]),
        (f"<div class='paywall'><p>{SECOND}</p></div><div class='paywall'><p>{SHORT}</p></div>", [SECOND, SHORT]),
        (f"<div class='subscriber-only'><p>{FIRST}</p><p>{SECOND}</p>{ASKED}</div>", [FIRST, SECOND]),
        (f"<div class='paywall'><p>{SHORT}</p>{ASKED}</div>", []),
        ("<div class='paywall'><p>Four weeks for nothing.</p><button>Try now</button></div>", []),
    ],
)
def test_paragraphs_behind_a_wall_stay_and_the_invitation_goes(behind: str, kept: list[str]) -> None:
    lead = f"Lead: {FIRST}"
    assert read(f"<p>{lead}</p>{behind}").body == "\n\n".join([lead, *kept])


@pytest.mark.parametrize(("line", "left"), [("{0}, and {1} agreed.", True), ("{0}<br>{1}<br>", False)])
def test_a_link_behind_a_wall_is_a_line_where_no_text_stands_beside_it(line: str, left: bool) -> None:  # noqa: FBT001
    text = line.format(FIRST, "<a href='/m'>member towns</a>")
    tree = parse_html(f"<body><div class='paywall'>{text}<br><br>{SECOND}</div></body>")
    assert tree is not None
    take_walls(read_marks(tree))
    assert ("member towns" in tree.text_content()) is left
    assert FIRST in tree.text_content()


@pytest.mark.parametrize(
    ("head", "headers", "reserved", "where"),
    [
        ('<meta name="tdm-reservation" content="1">', {}, True, FoundIn.META),
        ("", {"TDM-Reservation": "1"}, True, FoundIn.HEADER),
        ('<meta name="tdm-reservation" content="0">', {"TDM-Reservation": "1"}, False, FoundIn.META),
        ('<meta name="tdm-policy" content="https://post.example/terms.json">', {}, None, None),
        ('<meta name="robots" content="index, noai, noimageai">', {}, True, FoundIn.META),
        ('<meta name="robots" content="noindex, nosnippet, noimageai">', {}, None, None),
        ("", {"x-robots-tag": "max-snippet: 20, noai"}, True, FoundIn.HEADER),
        ("", {"x-robots-tag": "somebot: noai"}, None, None),
        ('<meta name="tdm-reservation" content="0"><meta name="robots" content="noai">', {}, False, FoundIn.META),
    ],
)
def test_reservations_of_text_and_data_mining(
    head: str,
    headers: dict[str, str],
    reserved: bool | None,  # noqa: FBT001 - expected
    where: FoundIn | None,
) -> None:
    draft = read(head=head, http=HttpHint(headers=headers))
    assert (draft.rights.tdm_reserved if draft.rights else None) is reserved
    assert (draft.provenance["rights"].source if "rights" in draft.provenance else None) is where


def test_licence_and_notice_with_an_absolute_address() -> None:
    rights = read(head='<link rel="license" href="/terms"><meta name="copyright" content="© 2026 Post Ltd">').rights
    assert rights is not None
    assert (rights.license, rights.notice) == ("https://www.post.example/terms", "© 2026 Post Ltd")


@pytest.mark.parametrize(
    ("head", "genre"),
    [
        ('<meta property="article:opinion" content="true">', "opinion"),
        ('<meta property="article:section" content="Meinung">', "opinion"),
        ('<script type="application/ld+json">{"@type": "ReviewNewsArticle", "headline": "x"}</script>', "review"),
        ("", None),
    ],
)
def test_the_genre_is_what_the_publisher_says(head: str, genre: str | None) -> None:
    found = read(head=head).genre
    assert (found.value if found else None) == genre


def test_a_wire_byline_named_credit_stays_a_byline() -> None:
    draft = read(f'<p class="credit">By Jane Doe, Reuters</p>{STORY}')
    assert "Jane Doe" in [author.name for author in draft.authors]


@pytest.mark.parametrize(
    "head",
    [
        '<base href="http://[x">',
        jsonld('"wordCount": "²"'),
        '<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": [{"position": "²", "name": "News"}]}</script>',
    ],
)
def test_numbers_and_addresses_that_are_none_stop_no_page(head: str) -> None:
    assert read(STORY, head).body
