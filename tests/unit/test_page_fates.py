"""What becomes of each block of a page, and why: made-up pages with each fate."""

from __future__ import annotations

import copy

import pytest
from tests.support.tunnel import FIRST, SECOND

from copydesk.core.document import Draft, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.extraction import parse_html
from copydesk.core.formats.html import parse_html_page
from copydesk.core.options import ParseOptions
from copydesk.core.page.against import Kind
from copydesk.core.page.align import Match, align
from copydesk.core.page.blocks import MOST, Block, PageBlocks, walk_blocks, words_of
from copydesk.core.page.fates import BlockFate, Fate, PageFates, in_paragraphs, tell_fates
from copydesk.core.page.folding import fold
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.trace import NO_TRACE, RecordingTrace
from copydesk_schemas.reasons import FoundIn

THIRD = (
    "Engineers found that the fire had weakened the vault over a length of eighty metres, and that water from the hill "
    "above it had been running behind the lining for longer than anybody who was asked could say."
)
STORY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def told(body: str, head: str = "") -> PageFates:
    """The fates of a page's blocks, whether or not the page is rejected."""
    html = f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"
    trace = RecordingTrace()
    try:
        document = RawDocument(html.encode(), url="https://post.example/news/tunnel")
        parse_html_page(html, document, ParseOptions(), trace=trace)
    except Rejected:
        pass
    (page,) = trace.pages
    return page


def of(page: PageFates, start: str) -> BlockFate:
    """The fate of the one block that begins so."""
    (one,) = [one for one in page.blocks if one.block.text.startswith(start)]
    return one


def walked(body: str) -> PageBlocks:
    tree = parse_html(f"<html><head><title>no block</title></head><body>{body}</body></html>")
    assert tree is not None
    return walk_blocks(tree)


def texts(page: PageBlocks) -> list[str]:
    return [block.text for block in page.blocks]


# The walk.


def test_blocks_are_runs_of_text_in_document_order() -> None:
    page = walked(
        "<div class='box wide'>Bare <b>text</b><p>A <a href='/x'>linked word</a></p>and<script>no()</script> its tail"
        "</div><ul><li>one<li>two</ul>line<br>break<template>never</template>"
    )
    assert texts(page) == ["Bare text", "A linked word", "and its tail", "one", "two", "line", "break"]
    first, paragraph, *_ = page.blocks
    assert (first.place.name, first.path) == ("div.box", "div.box.wide")
    assert (paragraph.words, paragraph.linked) == (("a", "linked", "word"), 2)
    assert [place.name for place in paragraph.place.around()] == ["p", "div.box", "body", "html"]


def test_elements_know_the_blocks_in_them() -> None:
    page = walked("<p>Before</p>x <a><h3>Head</h3><p>Text</p></a> y <p>It is <b>bold</b> here</p>")
    places = {place.element.tag: place for place in page.places.values()}
    inside = [block.text for block in page.blocks[places["a"].first : places["a"].end]]
    assert inside == ["Head", "Text"]
    bold = places["b"]
    assert bold.first >= bold.end
    assert bold.part_of is not None
    assert page.blocks[bold.part_of].text == "It is bold here"


def test_elements_are_known_in_a_copy_of_the_tree() -> None:
    tree = parse_html("<html><body><div><p>Gone before</p></div><p>Here</p></body></html>")
    assert tree is not None
    page = walk_blocks(tree)
    (box,) = tree.iter("div")
    box.drop_tree()
    copied = copy.deepcopy(tree)
    page.follow(tree, copied)
    trace = RecordingTrace()
    (paragraph,) = copied.iter("p")
    note_removed(trace, paragraph, Reason.HIDDEN)
    paragraph.drop_tree()
    gone, here = tell_fates(page, Draft(b""), trace.blocks).blocks
    assert (gone.fate, here.reason) == (Fate.REMOVED, "taken out: hidden from readers, or a dialog")


def test_blocks_beyond_the_limit_are_counted_and_not_told() -> None:
    page = told("<article>" + "".join(f"<p>{FIRST} {n}</p>" for n in range(MOST + 7)) + "</article>")
    assert (len(page.blocks), page.more) == (MOST, 7)
    assert page.count(Fate.KEPT) == MOST


def test_a_hostile_page_stays_bounded() -> None:
    page = told(f"<p>{'word ' * 60_000}</p><div>{'<b> </b>' * 20_000}x</div><p><a>{'y ' * 1_000}</a></p>")
    assert len(page.blocks) == 3
    assert page.blocks[0].fate is Fate.KEPT


def test_odd_names_are_no_error() -> None:
    page = told(f"<article>{STORY}</article><a:b class='a&#1;b' id='&#11;'><p$ class='related'>Odd</p$></a:b>")
    assert of(page, "Odd").fate is Fate.LEFT_OUT


# The alignment.


def aligned(blocks: list[str], *paragraphs: str) -> list[tuple[int, int] | None]:
    body = [[words_of(part) for part in paragraph.split(" | ")] for paragraph in paragraphs]
    matches = align([words_of(block) for block in blocks], body)
    return [(match.first, match.last) if match else None for match in matches]


def test_of_a_repeated_text_the_one_between_its_neighbours_is_found() -> None:
    blocks = ["Share", FIRST, "Share", SECOND, "Share"]
    assert aligned(blocks, FIRST, "Share", SECOND) == [None, (0, 0), (1, 1), (2, 2), None]
    assert aligned([FIRST, FIRST], FIRST) == [(0, 0), None]
    assert aligned([FIRST, SECOND, FIRST], FIRST, SECOND, FIRST) == [(0, 0), (1, 1), (2, 2)]


def test_a_teaser_is_not_found_in_a_sentence_that_another_block_has() -> None:
    assert aligned(["The council of Brandholm voted on Monday", FIRST], FIRST) == [None, (0, 0)]
    assert aligned(["Monday", FIRST], FIRST) == [None, (0, 0)]


def test_a_block_of_several_paragraphs_and_a_paragraph_of_several_blocks() -> None:
    assert aligned([f"{FIRST} {SECOND}", THIRD], FIRST, SECOND, THIRD) == [(0, 1), (2, 2)]
    assert aligned(["Trains", "38", "Buses", "too"], "Trains | 38", "Buses too") == [(0, 0), (0, 0), (1, 1), (1, 1)]


def test_what_was_cut_out_of_a_block_is_counted() -> None:
    (match,) = align(
        [words_of(f"{FIRST} Read more about tunnels here {SECOND}")], [[words_of(FIRST)], [words_of(SECOND)]]
    )
    assert match == Match(len(words_of(f"{FIRST} {SECOND}")), 0, 1)


def test_words_without_spaces_are_found() -> None:
    lines = ["利用者の減少で無人となった駅に", "図書室を作った。"]
    assert aligned(["ホーム", *lines], "".join(lines)) == [None, (0, 0), (0, 0)]


def test_what_extraction_put_elsewhere_is_found_too() -> None:
    assert aligned(["Moss", FIRST, "Spoon", SECOND], "Moss", "Spoon", FIRST, SECOND) == [(0, 0), (2, 2), (1, 1), (3, 3)]
    assert aligned([THIRD, FIRST, SECOND], FIRST, SECOND, THIRD) == [(2, 2), (0, 0), (1, 1)]


def test_texts_that_are_repeated_more_often_than_is_looked_for_are_found_between_their_neighbours() -> None:
    words = "Share this entry with all your friends now"
    entries = [text for n in range(30) for text in (f"{FIRST} {n}", words)]
    assert aligned(["Share this entry with", *entries], *entries) == [None, *((n, n) for n in range(60))]
    assert aligned([words] * 3, words) == [(0, 0), None, None]


def test_nothing_is_found_in_nothing() -> None:
    assert aligned([FIRST, ""], "") == [None, None]
    assert aligned([], FIRST) == []


# The fates.


def test_kept_blocks_name_their_paragraphs() -> None:
    page = told(f"<nav><a href='/'>Home</a></nav><article><h1>Tunnel</h1>{STORY}</article>")
    assert [of(page, text).paragraphs for text in (FIRST, SECOND, THIRD)] == [(1, 1), (2, 2), (3, 3)]
    assert of(page, SECOND).reason == "paragraph 2 of the body"
    assert page.words(Fate.KEPT) == len(words_of(f"{FIRST} {SECOND} {THIRD}"))


def test_a_block_that_is_kept_in_part_says_so() -> None:
    page = told(f"<article><p>{FIRST} <button>Read all about it and subscribe to us now</button></p>{STORY}</article>")
    one = page.blocks[0]
    assert (one.fate, one.block.text) == (Fate.KEPT, FIRST)
    part = told(f"<article><p>{FIRST} <time>{SECOND}</time></p><p>{THIRD}</p></article>").blocks[0]
    assert part.fate is Fate.KEPT
    held, total = len(words_of(FIRST)), len(words_of(f"{FIRST} {SECOND}"))
    assert part.reason == f"paragraph 1 of the body, in part: {held} of its {total} words"


def test_other_fields_are_named() -> None:
    page = told(
        f"""<article><h1>Council votes for tunnel</h1><div class="meta"><p>What the mayor says of it</p>
        <p class="byline">By Jo Roe</p><p>Published 3 March 2025</p></div><figure><img src="/t.jpg">
        <figcaption>The tunnel in January</figcaption></figure><figure><img src="/u.jpg">
        <figcaption><p class="credit">Jane Roe</p></figcaption></figure>
        <div class="key-points"><ul><li>Two years of work are planned<li>Forty million
        crowns are needed</ul></div>{STORY}</article>""",
        '<meta property="og:title" content="Council votes for tunnel"><meta name="author" content="Jo Roe">'
        '<meta name="description" content="What the mayor says of it">',
    )
    reasons = {one.block.text[:12]: one.reason for one in page.blocks if one.fate is Fate.FIELD}
    assert reasons == {
        "Council vote": "its words are the title",
        "What the may": "its words are the subtitle",
        "By Jo Roe": "names the author",
        "Published 3 ": "holds a date that was read (published)",
        "The tunnel i": "caption",
        "Jane Roe": "caption",
        "Two years of": "key point",
        "Forty millio": "key point",
    }


def test_steps_that_take_something_out_are_named() -> None:
    teasers = "".join(
        f"<div><a href='/{n}'><h3>Another story with number {n} of today</h3></a><p>And its excerpt {n}</p></div>"
        for n in range(4)
    )
    page = told(
        f"""<article><h1>Tunnel</h1><p hidden>A hidden notice to all readers of this page</p>{STORY}
        <div class="paywall">Subscribe now to read on</div></article><section>{teasers}</section>"""
    )
    assert of(page, "A hidden").reason == "taken out: hidden from readers, or a dialog"
    assert of(page, "Subscribe").reason == "taken out: subscription offer"
    assert of(page, "Another story with number 2").reason == "taken out: a group of teasers of other stories"
    assert of(page, "And its excerpt 3").fate is Fate.REMOVED


def test_an_inline_element_that_was_all_of_a_block_takes_it_along() -> None:
    page = walked("<p>Some <b>words</b> of it</p><div><span>All of this</span></div><p>More</p>")
    trace = RecordingTrace()
    for element in [one for one in page.places if one.tag in {"b", "span"}]:
        note_removed(trace, element, Reason.HIDDEN)
        element.drop_tree()
    fates = tell_fates(page, Draft(b""), trace.blocks).blocks
    assert [one.fate for one in fates] == [Fate.LEFT_OUT, Fate.REMOVED, Fate.LEFT_OUT]


def test_what_no_step_took_is_still_not_called_left_out() -> None:
    page = walked("<div><p>Gone</p></div><p>Here</p>")
    page.blocks[0].place.element.drop_tree()
    gone, here = tell_fates(page, Draft(b""), ()).blocks
    assert gone.reason == "taken out: it was gone from the page before the body was read"
    assert here.fate is Fate.LEFT_OUT


def test_text_that_was_taken_out_of_the_body_is_named() -> None:
    title = "Council votes for a new tunnel"
    page = told(
        f"<article><h1>Old tunnel</h1>{STORY}</article>",
        f'<meta property="og:title" content="{title}"><title>{title}</title><script type="application/ld+json">'
        f'{{"@type": "NewsArticle", "headline": "{title}"}}</script>',
    )
    assert of(page, "Old tunnel").reason == "headline, deck or byline: has its own field"
    twice = told(f"<article><div>{STORY}</div><div class='mobile'>{STORY}</div></article>")
    assert [one.fate for one in twice.blocks] == [Fate.KEPT] * 3 + [Fate.REMOVED] * 3
    assert twice.blocks[3].reason == "taken out: stands word for word before"


def test_facts_against_what_was_left_out() -> None:
    page = told(
        f"""<nav class="menu"><ul><li><a href="/">Home</a><li><a href="/s">Sport of all the kinds there are</a></ul>
        </nav><main><div class="story"><h1>Tunnel</h1>{STORY}</div></main>
        <div class="box related-box"><p>Something that stands beside it</p></div>
        <div class="strip">Weather today, as every day</div>
        <footer><p class="share-buttons">Share this page with others</p></footer>"""
    )
    assert of(page, "Home").reason == (
        "left out by trafilatura; speaks against it: in nav.menu; outside div.story, which has 100% of the body's "
        "words; mostly links; a label of few words"
    )
    assert [fact.kind for fact in of(page, "Sport").facts] == [Kind.TAG, Kind.OUTSIDE, Kind.LINKS]
    named = of(page, "Something").facts[0]
    assert (named.kind, named.text) == (Kind.NAME, "in div.related-box, which trafilatura lists as no part of a story")
    assert [fact.kind for fact in of(page, "Weather").facts] == [Kind.OUTSIDE, Kind.LABEL]
    assert of(page, "Share this").facts[0].text == "in footer"


def test_an_element_that_has_some_of_the_body_speaks_against_nothing() -> None:
    page = told(f"<div class='sidebar-left'>{STORY}<p>Labels</p></div>")
    assert of(page, FIRST).fate is Fate.KEPT
    assert Kind.NAME not in {fact.kind for one in page.blocks for fact in one.facts}


def test_a_body_of_other_origin_is_said_to_be() -> None:
    page = walked("<p>Nothing much</p>")
    draft = Draft(b"", body=f"{FIRST}\n\n{SECOND}")
    draft.took("body", "structured_data", "1", FoundIn.JSONLD, 0.8)
    (one,) = tell_fates(page, draft, ()).blocks
    assert one.reason == "the body was taken from JSON-LD articleBody, which does not have it"


def test_a_page_without_a_story_has_fates_too() -> None:
    links = "".join(f"<li><a href='/{n}'>Headline of another story {n}</a></li>" for n in range(30))
    page = told(f"<main><ul>{links}</ul></main>")
    assert page.linked() == pytest.approx(1.0)
    assert len(page.blocks) == 30


def test_nothing_is_walked_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(tree: object) -> PageBlocks:
        raise AssertionError(tree)

    monkeypatch.setattr("copydesk.core.formats.html.walk_blocks", fail)
    html = f"<html><body><article>{STORY}</article></body></html>"
    draft = parse_html_page(html, RawDocument(html.encode()), ParseOptions(), trace=NO_TRACE)
    assert draft.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_a_trace_does_not_change_the_article() -> None:
    html = (
        f"<html><body><nav>Menu</nav><article><h1>Tunnel</h1>{STORY}</article><p hidden>Hidden words</p></body></html>"
    )
    plain, traced = (
        parse_html_page(html, RawDocument(html.encode()), ParseOptions(), trace=trace)
        for trace in (NO_TRACE, RecordingTrace())
    )
    assert plain == traced


# The folding.


def test_neighbours_of_one_fate_and_reason_are_one_line() -> None:
    page = told(
        f"<nav class='menu'><ul><li><a href='/'>Home</a><li><a href='/s'>Sport</a></ul></nav><article>{STORY}"
        f"<aside>Sign up</aside><p>{FIRST} It goes on.</p></article>"
    )
    folds = fold(page.blocks)
    assert [(one.fate, len(one.blocks), one.within) for one in folds] == [
        (Fate.LEFT_OUT, 2, "ul"),
        (Fate.KEPT, 3, "article"),
        (Fate.LEFT_OUT, 1, "aside"),
        (Fate.KEPT, 1, "p"),
    ]
    assert folds[0].reason == "left out by trafilatura; speaks against them: in nav.menu; 2 of 2 words are links"
    assert folds[1].reason == "paragraphs 1–3 of the body"
    assert [one.reason for one in fold(page.blocks, every=True)[2:4]] == [
        "paragraph 1 of the body",
        "paragraph 2 of the body",
    ]


def test_stretches_of_paragraphs_are_joined() -> None:
    assert in_paragraphs([(3, 3)]) == "paragraph 3 of the body"
    assert in_paragraphs([(44, 44), (1, 2), (3, 5)]) == "paragraphs 1–5, 44 of the body"


def test_words_are_divided_as_their_script_does() -> None:
    assert words_of("It’s 3.4 METRES") == ("it", "s", "3", "4", "metres")
    assert words_of("한국일보 홈") == ("한국일보", "홈")
    assert words_of("駅に ไทย") == ("駅", "に", "ไ", "ท", "ย")


def test_a_block_keeps_its_text_and_words() -> None:
    (block,) = walked("<p>Two\n  words</p>").blocks
    assert isinstance(block, Block)
    assert (block.text, block.words) == ("Two words", ("two", "words"))
