"""Mends of a page, each with a page that is mended and one that must be left alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from copydesk.core.document import Draft, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.extraction import parse_html
from copydesk.core.formats.guard import guard_html
from copydesk.core.formats.html import parse_html_page
from copydesk.core.options import ParseOptions
from copydesk.core.page.container import story_container
from copydesk.core.page.discarded import discarded_names
from copydesk.core.page.measure import measure
from copydesk.core.page.misnamed import clear_names
from copydesk.core.page.removal import remove_asides
from copydesk.core.page.removed import START, Reason
from copydesk.core.page.repair import repair
from copydesk.core.page.repeats import drop_repeats
from copydesk.core.trace import RecordingTrace
from copydesk_schemas.reasons import Code

OPTIONS = ParseOptions()
TEXT = """
The council of Brandholm voted on Monday to rebuild the tunnel that burned in January, and the work will take
two years and cost forty million crowns, the mayor, Anna Keller, told reporters after the meeting.

Trains go by the old line along the river until then, which makes the journey to the capital half an hour
longer, the railway company said in a statement that it sent to all of its regular passengers.

Shopkeepers at the northern end fear for their trade. Some of them have asked for a lower rent, and the owner of
the arcade said that she would speak with each of them before the summer begins.

An inquiry into the cause of the fire goes on. Engineers found a cable that had been mended badly, and the
public prosecutor wants to know who had signed the report of the last inspection.

Work begins in April. The old rails are to be taken out first, then the walls are dried and covered anew, and
the first trial runs are planned for the second spring from now, if the winters are mild.

The capital pays half of the costs. The rest comes from a fund for bridges and tunnels that the province set up
after the flood, and which has not been used since the harbour was dredged.
"""
STORY = [" ".join(paragraph.split()) for paragraph in TEXT.split("\n\n")]
BODY = "\n\n".join(STORY)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in STORY)
ARTICLE_TYPE = '<meta property="og:type" content="article">'


def page(body: str, head: str = "", trace: RecordingTrace | None = None) -> Draft:
    return read(f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>", trace)


def read(html: str, trace: RecordingTrace | None = None) -> Draft:
    return parse_html_page(
        html,
        RawDocument(html.encode(), url="https://post.example/news/tunnel"),
        OPTIONS,
        trace=trace or RecordingTrace(),
    )


def taken(body: str) -> list[tuple[Reason, str]]:
    """Reasons and elements of what is taken out of a page's tree by its shape."""
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    trace = RecordingTrace()
    measured = measure(tree)
    repair(measured)
    remove_asides(measured, trace)
    return [(block.reason, block.path.rpartition(" > ")[2]) for block in trace.blocks]


# Ends of the page


def test_text_after_an_early_end_of_the_page_is_read() -> None:
    header = "<html><head><title>Menu</title></head><body><div>Menu</div></body></html>"
    assert read(f"<html><body>{header}<article>{PARAGRAPHS}</article></body></html>").body == BODY
    tree = parse_html(guard_html(f"<html><body><p>{STORY[0]}</p></body></html>the rest", OPTIONS).html)
    assert tree is not None
    assert tree.text_content() == f"{STORY[0]}the rest"


@pytest.mark.parametrize("end", ["</body></html>", "</body></html>\n \n", "</html>", "</BODY ></body></html>", ""])
def test_the_end_of_a_page_is_left_alone(end: str) -> None:
    html = f"<html><body><p>{STORY[0]}</p>{end}"
    assert guard_html(html, OPTIONS).html is html


# Side elements that hold the page


@pytest.mark.parametrize("tag", ["aside", "header", "footer", "nav", "form", "button"])
def test_a_side_element_that_holds_the_page_is_a_container(tag: str) -> None:
    assert page(f"<{tag} class='wrap'><h1>Council votes</h1><div>{PARAGRAPHS}</div></{tag}>").body == BODY


def test_a_side_element_beside_the_story_is_left_out() -> None:
    beside = f"<aside><p>{STORY[5]}</p><p>{STORY[4]}</p></aside>"
    draft = page(f"<main><article>{''.join(f'<p>{text}</p>' for text in STORY[:4])}{beside}</article></main>")
    assert draft.body == "\n\n".join(STORY[:4])


# Bare text


def test_bare_text_beside_blocks_is_kept() -> None:
    bare = f"<p>{STORY[0]}</p>{STORY[1]}<div><img src='/a.jpg'></div>{STORY[2]} <b>Bold</b> end."
    assert page(f"<div class='article-body'>{bare}</div>").body == f"{STORY[0]}\n\n{STORY[1]}\n\n{STORY[2]} Bold end."


def test_short_bare_text_makes_no_paragraph() -> None:
    tree = parse_html("<div>Share <b>now</b><p>One</p> or later <a href='/x'>here</a></div>")
    assert tree is not None
    repair(measure(tree))
    assert [paragraph.text for paragraph in tree.iter("p")] == ["One"]


def test_a_div_between_paragraphs_that_is_one_itself_is_read() -> None:
    between = (
        f"<p>{STORY[0]}</p><p>{STORY[1]}</p><div class='update'>{STORY[2]} <b>Bold</b> end.</div><p>{STORY[3]}</p>"
    )
    draft = page(f"<main><article>{between}<p>{STORY[4]}</p></article></main>")
    assert draft.body == "\n\n".join([*STORY[:2], f"{STORY[2]} Bold end.", *STORY[3:5]])


@pytest.mark.parametrize(
    "inside",
    [
        "<p>{0}</p><p>{1}</p><div>{2}</div>",
        "<div>{2}</div><p>{0}</p><p>{1}</p>",
        "<p>{0}</p><div>Read on</div><p>{1}</p>",
        "<p>{0}</p><div><a href='/other'>{2}</a></div><p>{1}</p>",
        "<p>{0}</p><div>{2}<ul><li>One</li></ul></div><p>{1}</p>",
    ],
)
def test_a_div_that_is_no_paragraph_between_others_stays_a_div(inside: str) -> None:
    tree = parse_html(f"<html><body><main>{inside.format(*STORY)}</main></body></html>")
    assert tree is not None
    repair(measure(tree))
    assert next(tree.iter("div"), None) is not None


def test_sizes_know_the_paragraphs_that_bare_text_became() -> None:
    tree = parse_html(
        f"<html><body><div><p>{STORY[0]}</p>{STORY[1]} <a href='/k'>Keller</a>{STORY[2]}</div></body></html>"
    )
    assert tree is not None
    measured = measure(tree)
    before = measured.size[tree]
    repair(measured)
    again = measure(tree)
    assert again.prose[tree] == measured.prose[tree] > len(STORY[1])
    assert again.size[tree] == before
    assert [again.linked[p] for p in tree.iter("p")] == [measured.linked[p] for p in tree.iter("p")] == [0, 6]


# What is hidden


@pytest.mark.parametrize(
    "attribute",
    ["hidden", "style='display: none'", "style='color:red;VISIBILITY : hidden'", "role='dialog'", "aria-modal='true'"],
)
def test_what_readers_do_not_see_is_no_part_of_the_story(attribute: str) -> None:
    hidden = f"<div {attribute} class='note'><p>{STORY[5]}</p></div>"
    draft = page(f"<article>{''.join(f'<p>{text}</p>' for text in STORY[:5])}{hidden}</article>")
    assert draft.body == "\n\n".join(STORY[:5])


def test_a_hidden_element_that_holds_the_story_is_kept() -> None:
    assert page(f"<p>{STORY[0][::-1]}</p><div hidden><article>{PARAGRAPHS}</article></div>").body == BODY
    assert taken(f"<div style='display:none'>{PARAGRAPHS}</div>") == []
    # Parts of a story that a script shows one after the other: each is small, together they are the story.
    parts = "".join(f"<div style='display:none'><p>{text}</p></div>" for text in STORY[1:])
    assert taken(f"<p>{STORY[0]}</p>{parts}") == []
    # Pages without prose: what counts is text.
    assert taken("<div hidden>A line of thirty words or so</div><p>Menu</p>") == []


def test_what_is_hidden_until_found_is_text_for_readers() -> None:
    assert taken(f"<article>{PARAGRAPHS}<div hidden='until-found'><p>{STORY[0]}</p></div></article>") == []


# Teasers


def cards(count: int, excerpt: str = STORY[0]) -> str:
    return "".join(
        f"<div class='card c{i}'><h3><a href='/n/{i}'>Headline number {i} about the town</a></h3><p>{excerpt}</p></div>"
        for i in range(count)
    )


def test_groups_of_teasers_are_taken_out() -> None:
    assert taken(f"<article>{PARAGRAPHS}<div class='more'>{cards(3)}</div></article>") == [
        (Reason.TEASER_GROUP, f"div.card.c{i}") for i in (2, 1, 0)
    ]
    assert page(f"<article>{PARAGRAPHS}<div class='more'>{cards(3)}</div></article>").body == BODY


def test_cards_that_are_the_story_are_kept() -> None:
    assert taken(f"<p>{STORY[0]}</p><div>{cards(12)}</div>") == []


def test_one_card_and_sections_with_linked_names_are_no_group() -> None:
    assert taken(f"<article>{PARAGRAPHS}<div>{cards(1)}</div></article>") == []
    sections = "".join(f"<section><h2>Part {i}</h2><p>{text}</p></section>" for i, text in enumerate(STORY))
    assert (
        taken(
            f"<article>{PARAGRAPHS}{sections}<section><h2><a href='/k'>Anna Keller</a></h2><p>x</p></section></article>"
        )
        == []
    )


def test_links_around_blocks_are_teasers() -> None:
    link = f"<a class='promo' href='/n/2'><h4>Another story of the town</h4><p>{STORY[0]}</p></a>"
    assert taken(f"<article>{PARAGRAPHS}<div>{link}</div></article>") == [(Reason.BLOCK_LINK, "a.promo")]
    # A link that was not closed, and one that is most of the page.
    assert taken(f"<article>{PARAGRAPHS}<a href='/x'>{PARAGRAPHS * 2}</a></article>") == []
    assert taken(f"<p>{STORY[0]}</p>{link}<p></p>{link}") == []


def test_links_within_paragraphs_are_no_teasers() -> None:
    assert taken(f"<article>{PARAGRAPHS}<p>She said <a href='/x'>much of it</a> {STORY[0]}</p></article>") == []


# Names that trafilatura discards


@pytest.mark.parametrize(
    "names", ["class='w-embed rich'", "class='slide'", "class='items hidden'", "id='premium-part'"]
)
def test_half_of_a_story_is_kept_whatever_it_is_called(names: str) -> None:
    first, second = ("".join(f"<p>{text}</p>" for text in half) for half in (STORY[:3], STORY[3:]))
    trace = RecordingTrace()
    assert page(f"<article>{first}<div {names}>{second}</div></article>", trace=trace).body == BODY
    assert any(step.decision == "its names are not gone by" for step in trace.steps)


def test_a_story_in_parts_of_one_discarded_name_is_kept() -> None:
    slides = "".join(f"<section class='c-slide'><p>{text}</p></section>" for text in STORY[1:])
    assert page(f"<article><p>{STORY[0]}</p>{slides}</article>").body == BODY


@pytest.mark.parametrize(
    "names",
    [
        "comments-area",
        "related-stories embed",
        "newsletter-widget",
        "widget sidebar",
        "author-bio",
        "embed teaser-list",
        "reader-opinions embed",
        "outbrain embed",
    ],
)
def test_names_of_other_things_are_gone_by_however_much_they_hold(names: str) -> None:
    story, beside = STORY[:3], "".join(f"<p>{text}</p>" for text in STORY[3:])
    inner = f"<div class='{names}'><div class='embed'>{beside}</div></div>"
    draft = page(f"<article>{''.join(f'<p>{text}</p>' for text in story)}{inner}</article>")
    assert draft.body == "\n\n".join(story)


def test_a_box_with_a_discarded_name_beside_a_story_stays_out() -> None:
    box = f"<div class='expandable-box'><p>{STORY[5]}</p></div>"
    draft = page(f"<article>{''.join(f'<p>{text}</p>' for text in STORY[:5])}{box}</article>")
    assert draft.body == "\n\n".join(STORY[:5])


def test_a_discarded_part_that_leads_to_other_stories_stays_out() -> None:
    half = "".join(f"<p>{text[:100]} <a href='/a'>{text[100:140]}</a></p>" for text in STORY[3:])
    draft = page(f"<article>{''.join(f'<p>{text}</p>' for text in STORY[:3])}<div class='slide'>{half}</div></article>")
    assert draft.body == "\n\n".join(STORY[:3])


# Containers without a name


def sections() -> tuple[str, str]:
    parts = list(zip(STORY[::2], STORY[1::2], strict=True))
    html = "".join(f"<h2>Part {i} of the work</h2><p>{a}</p><ul><li>{b}</li></ul>" for i, (a, b) in enumerate(parts))
    return html, "\n\n".join(f"Part {i} of the work\n\n{a}\n\n{b}" for i, (a, b) in enumerate(parts))


def test_headings_and_lists_of_a_container_without_a_name_are_kept() -> None:
    html, body = sections()
    trace = RecordingTrace()
    assert page(f"<div class='x1'><div class='x2'>{html}</div></div>", trace=trace).body == body
    assert any(step.decision == "taken for the container of the story" for step in trace.steps)


def test_what_is_merely_named_a_container_does_not_stand_before_the_story() -> None:
    html, body = sections()
    trail = "<div class='page-content-trail'><span>Home</span> <span>News</span> <span>Rail</span></div>"
    assert page(f"{trail}<div class='x1'><div class='x2'>{html}</div></div>").body == body


def test_a_container_with_a_name_is_read_once() -> None:
    html, body = sections()
    trace = RecordingTrace()
    assert page(f"<div class='x1'><article>{html}</article></div>", trace=trace).body == body
    assert not any(step.decision == "taken for the container of the story" for step in trace.steps)


def test_the_container_is_the_smallest_with_most_of_the_prose() -> None:
    tree = parse_html(f"<div><div id='a'>{PARAGRAPHS}</div><div id='b'><p>{STORY[0]}</p></div></div>")
    assert tree is not None
    found = story_container((paragraph, len(paragraph.text or "")) for paragraph in tree.iter("p"))
    assert found is not None
    assert found.get("id") == "a"
    assert story_container([]) is None


ADVERTISEMENT = "<div class='x9'>Advertisement</div>"


@pytest.mark.parametrize("name", ["x1", "article-body", "entry-content"])
@pytest.mark.parametrize("first", [3, 5])
def test_a_story_in_two_containers_of_one_name_is_read_whole(name: str, first: int) -> None:
    halves = ("".join(f"<p>{text}</p>" for text in half) for half in (STORY[:first], STORY[first:]))
    one, two = (f"<div class='{name}'>{half}</div>" for half in halves)
    assert page(f"<div class='x0'>{one}{ADVERTISEMENT}{two}</div>").body == BODY


@pytest.mark.parametrize(
    "beside",
    [
        "<div class='x2'>{}</div>",
        "<div class='x1'><h1>Another story of the day</h1>{}</div>",
        "<section class='x1'>{}</section>",
    ],
)
def test_what_is_called_otherwise_or_has_a_headline_is_no_part_of_the_story(beside: str) -> None:
    story = "".join(f"<p>{text}</p>" for text in STORY[:5])
    other = beside.format(f"<p>{STORY[5]}</p>")
    draft = page(f"<div class='x0'><div class='x1'>{story}</div>{ADVERTISEMENT}{other}</div>")
    assert draft.body == "\n\n".join(STORY[:5])


def test_of_parts_that_open_with_a_heading_each_is_a_story() -> None:
    one, two = ("".join(f"<p>{text}</p>" for text in half) for half in (STORY[:4], STORY[4:]))
    draft = page(
        f"<div class='x0'><section class='story-body'><h2>Council votes for tunnel</h2>{one}</section>{ADVERTISEMENT}"
        f"<section class='story-body'><h2>Another story of the day</h2>{two}</section></div>"
    )
    assert STORY[5] not in draft.body


# Stories in scripts


def script(text: str) -> str:
    data = json.dumps({"name": "x", "text": text, "more": "y"}).replace("<", "\\u003c")
    return f"<div id='app'></div><script>window.state = {data};</script>"


def test_a_story_that_stands_in_a_script_is_read() -> None:
    caption = "<div class='photo-caption'><p>The tunnel in January, seen from the north.</p></div>"
    trace = RecordingTrace()
    draft = page(script(f"{caption}%%AD%%{PARAGRAPHS}"), ARTICLE_TYPE, trace)
    assert draft.body == BODY
    assert draft.provenance["body"].extractor == "script"
    assert [(block.reason, block.words) for block in trace.blocks] == [(Reason.CAPTION, 8)]


def test_scripts_are_not_read_where_the_page_has_a_text_or_is_no_article() -> None:
    assert page(f"<article>{PARAGRAPHS}</article>{script(PARAGRAPHS[::-1])}", ARTICLE_TYPE).body == BODY
    assert page(script(PARAGRAPHS)).body == ""
    assert page(script(f"<p>{STORY[0]}</p>"), ARTICLE_TYPE).body == ""


def test_a_story_in_a_script_has_limits_too() -> None:
    with pytest.raises(Rejected) as caught:
        parse_html_page(
            f"<html><head>{ARTICLE_TYPE}</head><body>{script('<p>one word</p>' * 3_000)}</body></html>",
            RawDocument(b""),
            ParseOptions(max_html_tags=3_100),
        )
    assert caught.value.code is Code.OVERSIZED


# Repeats


def test_a_story_that_stands_twice_is_read_once() -> None:
    trace = RecordingTrace()
    assert drop_repeats(f"{BODY}\n\nBetween\n\n{BODY}", trace) == f"{BODY}\n\nBetween"
    (block,) = trace.blocks
    assert (block.reason, block.path, block.start) == (Reason.REPEATED, "", BODY[:START])
    assert block.words == len(BODY.split())


@pytest.mark.parametrize("again", [STORY[:2], [STORY[0], STORY[2], STORY[1]], ["Yes.", "No.", "Perhaps."] * 3])
def test_a_refrain_is_kept(again: list[str]) -> None:
    body = "\n\n".join([*STORY, "Yes.", "No.", "Perhaps.", *again])
    assert drop_repeats(body) == body


# What is recorded


def test_every_removal_has_a_reason() -> None:
    trace = RecordingTrace()
    draft = page(
        f"""<main id="top"><article><h1>Council votes for tunnel</h1><figure><img src="/t.jpg"><figcaption>The tunnel.
        </figcaption></figure><div class="key-points"><ul><li>The tunnel will be rebuilt</li><li>It takes two years</li>
        </ul></div><div class="paywall"><p class="paywall-text">Subscribe to read on</p></div><p>By Jane Doe</p>
        {PARAGRAPHS}<div class="promo box small wide" id="p1" hidden>Follow us</div></article></main>""",
        trace=trace,
    )
    assert draft.body == BODY
    assert [(block.reason, block.start) for block in trace.blocks] == [
        (Reason.CAPTION, "The tunnel."),
        (Reason.KEY_POINT, "The tunnel will be rebuilt It takes two years"),
        (Reason.SUBSCRIPTION_OFFER, "Subscribe to read on"),
        (Reason.HIDDEN, "Follow us"),
        (Reason.OWN_FIELD, "Council votes for tunnel"),
        (Reason.OWN_FIELD, "By Jane Doe"),
    ]
    assert trace.blocks[3].path == "main#top > article > div.promo.box.small#p1"
    assert all(reason.sentence for reason in Reason)


# Work that grows with the page, not with its square


TREES: list[tuple[str, Callable[[int], str]]] = [
    ("siblings", lambda n: f"<div>{'<div hidden>x</div>' * n}</div>"),
    ("cards", lambda n: f"<div>{cards(n, 'x')}</div>"),
    ("groups", lambda n: f"<div>{'<ul><li><h3><a href=/x>A headline of some words</a></h3></li></ul>' * n}</div>"),
    ("bare runs", lambda n: f"<div>{f'{STORY[0]}<hr>' * n}</div>"),
    ("inline", lambda n: f"<div><p>x</p>{STORY[0]}{'<b>x</b> y ' * n}</div>"),
    ("nested", lambda n: "<div hidden>" * 150 + f"<p>{STORY[0]}</p>" * n),
    ("leaves", lambda n: f"<div><p>{STORY[0]}</p>{f'<div>{STORY[1]}</div>' * n}</div>"),
    ("links", lambda n: f"<p>{STORY[0]}</p>{'<a href=/x><h3>A headline of some words</h3></a>' * n}"),
    ("slides", lambda n: f"<article>{f'<div class=slide><p>{STORY[0]}</p></div>' * n}</article>"),
    ("twins", lambda n: f"<div>{f'<div class=x><p>{STORY[0]}</p></div>' * n}</div>"),
    ("asides", lambda n: "<aside>" * 150 + f"<p>{STORY[0]}</p>" * n),
]


@pytest.mark.parametrize(("name", "tree_of"), TREES)
def test_four_times_the_elements_take_four_times_the_work(name: str, tree_of: Callable[[int], str]) -> None:
    del name
    small, large = (steps(tree_of(n)) for n in (250, 1_000))
    assert large < 5 * small


def steps(body: str) -> int:
    """Calls of functions of Python and C while a tree is measured, repaired and freed of what is beside its story."""
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    discarded_names([])  # what it imports is no work
    count = 0

    def tell(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(tell)
    try:
        measured = measure(tree)
        repair(measured)
        remove_asides(measured)
        story_container((paragraph, measured.size[paragraph]) for paragraph in tree.iter("p"))
        clear_names("", {f"{n} {STORY[0]}": paragraph for n, paragraph in enumerate(tree.iter("p"))}, measured)
    finally:
        sys.setprofile(before)
    return count


def test_repeats_take_work_with_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    from copydesk.core.page import repeats

    compared = 0
    same = repeats._same

    def counted(found: list[str], before: int, at: int) -> int:
        nonlocal compared
        run = same(found, before, at)
        compared += run + 1
        return run

    monkeypatch.setattr(repeats, "_same", counted)
    for texts in (["x" * 80] * 10_000, ["x" * 80, "y"] * 5_000, [*map(str, range(5_000)), "x" * 80] * 2):
        compared = 0
        drop_repeats("\n\n".join(texts))
        assert compared <= 4 * len(texts)


def test_headings_that_link_to_their_own_place_are_no_teasers() -> None:
    sections = "".join(
        f"<section><h2 id='s{i}'><a href='#s{i}'>What follows from vote {i}</a></h2><p>{STORY[i]}</p></section>"
        for i in range(3)
    )
    body = page(f"<article>{PARAGRAPHS}{sections}</article>").body
    assert all(f"What follows from vote {i}" in body for i in range(3))
