"""What hostile documents found: each of these once took for ever, or fell over. A hang is caught by the time limit."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.support.articles import document
from tests.support.records import articles, failures, raw

from copydesk.core.document import Draft, RawDocument
from copydesk.core.enrich import sentiment
from copydesk.core.enrich.keywords import _pieces
from copydesk.core.errors import Rejected
from copydesk.core.formats.extraction import parse_html
from copydesk.core.formats.feed import feed_drafts
from copydesk.core.formats.guard import guard_html
from copydesk.core.lines.byline import is_name
from copydesk.core.lines.patterns import AGO, is_counter
from copydesk.core.options import Options, ParseOptions
from copydesk.core.records import OutcomeKind
from copydesk.core.stages import run_parse
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.metadata import fill
from copydesk.core.structured.page import read_page
from copydesk.core.structured.publisher import site_names
from copydesk.core.structured.title_text import without_site
from copydesk.core.text.normalize import compose
from copydesk.core.text.segment import sentences
from copydesk.core.trace import NO_TRACE
from copydesk_schemas.base import format_instant
from copydesk_schemas.reasons import Code, Flag

pytestmark = pytest.mark.timeout(120)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
STORY = "The council of Alder decided on Monday to close the harbour bridge, after engineers found cracks in a pillar. "


def test_lone_surrogates_in_every_text_of_an_envelope_become_replacement_characters() -> None:
    lone = "a\ud800b"
    fields = {
        "content": STORY * 3,
        "raw_id": lone,
        "title_hint": lone,
        "source": {"name": lone, "domain": "a.example"},
        "feed_item": {"title": lone, "author": lone, "categories": [lone]},
        lone: lone,
    }
    result = run_parse(raw(json.dumps(fields)), Options(), NOW)
    assert [outcome.kind for outcome in result.outcomes] == [OutcomeKind.FORWARDED]
    assert json.loads(result.emits[0].value or b"")["raw_id"] == "a\ufffdb"


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_an_instant_beyond_the_calendar_is_refused(when: str) -> None:
    [failure] = failures(raw(json.dumps({"content": STORY, "fetched_at": when})))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.INVALID_ENVELOPE
    [failure] = failures(replace(raw(STORY), headers=(("ce_time", when.encode()),)))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.INVALID_ENVELOPE


def test_early_years_are_written_with_four_digits() -> None:
    assert format_instant(datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "0001-02-03T04:05:06Z"


@pytest.mark.parametrize("marks", ["\u0301\u0316", "\u0f73", "\u05b0\u0591"])
def test_a_flood_of_marks_is_cut(marks: str) -> None:
    cut = compose("a" + marks * 400_000 + "z")
    assert len(cut) < 100
    assert cut == compose(cut) == unicodedata.normalize("NFC", cut)
    assert cut.endswith("z")


def test_marks_that_a_script_or_a_joker_puts_on_a_letter_stay() -> None:
    for text in ("Z" + "\u0301\u0316" * 20, "पुल बंद कर दिया", "Å\u0302", "تُوُفِّيَ"):
        assert compose(text) == unicodedata.normalize("NFC", text)


def test_the_tone_of_a_sentence_without_end_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    real = sentiment._analyzer()

    class Recorder:
        def polarity_scores(self, text: str) -> dict[str, float]:
            lengths.append(len(text))
            scores: dict[str, float] = real.polarity_scores(text)
            return scores

    monkeypatch.setattr(sentiment, "_analyzer", Recorder)
    sentiment.ENRICHER.enrich(document("word " * 20_000), {})
    assert lengths
    assert max(lengths) <= 2_000


def test_a_word_that_is_nearly_a_name() -> None:
    assert not is_name("Anna " + "a" * 50 + "1")
    assert is_name("Anna-Maria O’Brien")
    assert is_name("J. R. Smith")
    assert not is_name("Anna..Maria Keller")


def test_a_number_that_is_nearly_a_time() -> None:
    assert AGO.search("1" * 100_000) is None
    assert AGO.search("Posted 12 hours ago")
    assert not is_counter("12:" * 100_000 + "a")
    assert is_counter("(1.2K)")


@pytest.mark.parametrize("word", ["1", "1/", "a", "12:", ".", "é"])
def test_a_word_of_many_kilobytes_is_read(word: str) -> None:
    assert articles(raw(f"Bridge closed\n\n{STORY}\n\n{word * 100_000}\n\n{STORY}"))


def test_dots_without_end() -> None:
    assert len(sentences("." * 300_000 + "a")) == 1
    assert len(sentences("Wait... What?! He left. “Why?” she asked.")) == 4


@pytest.mark.parametrize("opening", ["<wbr ", "<path ", "<source a ", "<div "])
@pytest.mark.parametrize("end", ["", ">"])
def test_openings_that_never_close(opening: str, end: str) -> None:
    guarded = guard_html(opening * 90_000 + end, ParseOptions())
    assert guarded.tags == 90_000


def test_what_stands_within_a_tag_that_is_taken_out_goes_with_it() -> None:
    assert guard_html("a<wbr title='<b>'>c</b>", ParseOptions()).html == "a'>c</b>"


def test_entries_are_counted_before_a_feed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    import feedparser

    monkeypatch.setattr(feedparser, "parse", None)
    text = "<rss version='2.0'><channel>" + "<item><title>a</title></item>" * 100_000
    [failure] = failures(raw(text, content_type="application/rss+xml"))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.OVERSIZED
    assert "100000" in str(failure.error) or "50000" in str(failure.error)
    assert feed_drafts is not None


def test_pieces_of_a_key() -> None:
    assert set(_pieces("市議会")) == {"市", "議", "会", "市議", "議会"}
    assert list(_pieces("ア" * 1_000)) == []


def test_bylines_and_titles_without_end() -> None:
    assert read_authors([("@" * 1_000_000, None)], []) == []
    assert len(read_authors([("Anna Keller, Peter Voss; " * 50_000, None)], [])) == 2
    assert len(read_authors([(f"Anna K{'abcdefghij'[n % 10] * (n // 10 + 1)}", None) for n in range(300)], [])) == 100
    endless = "Site | " * 100_000 + "Site"
    assert without_site(endless, ["Site"]) == endless
    assert without_site("Bridge closed" + " | Site" * 100, ["Site"]) == "Bridge closed"


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("<span class=author>Jane Doe</span>" * 40_000, ["Jane Doe"]),
        ("<p>By Jane Doe</p>" * 40_000, ["Jane Doe"]),
        (f"<div class='{'author ' * 400_000}'>{'<i class=author>Jane Doe</i>' * 1_000}</div>", ["Jane Doe"]),
        ("<div class=author>" * 150 + "<b></b>" * 40_000, []),
        (f"<a href='{'/author/' * 400_000}'>Jane Doe</a>", []),
        ("<h1>Bridge <b>x</b></h1>" * 20_000, []),
        (f"<h1>{'<b>x </b>' * 40_000}</h1>", []),
    ],
)
def test_bylines_and_headings_without_number(page: str, names: list[str]) -> None:
    tree = parse_html(f"<body><h1>Harbour bridge reopens</h1>{page}</body>")
    assert tree is not None
    draft = Draft(content=b"")
    fill(draft, read_page(tree), RawDocument(b""), url="https://post.example/a", tree=tree, trace=NO_TRACE)
    assert draft.title == "Harbour bridge reopens"
    assert [author.name for author in draft.authors] == names


def test_a_site_with_names_without_end() -> None:
    names = ", ".join(f'{{"name": "{"Post " * 2_000}{i}"}}' for i in range(500))
    tree = parse_html(
        f"""<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Harbour bridge reopens",
        "publisher": [{names}]}}</script><h1>Harbour bridge reopens</h1>"""
    )
    assert tree is not None
    assert site_names(read_page(tree), RawDocument(b""), "https://post.example/a") == ["post.example", "post"]


def test_a_title_of_megabytes_is_cut_and_flagged() -> None:
    item = f"<item><title>{'Bridge ' * 300_000}</title><description>{STORY * 5}</description></item>"
    [article] = articles(raw(f"<rss version='2.0'><channel>{item}</channel></rss>"))
    assert 9_000 < len(article.title or "") <= 10_000
    assert Flag.TRUNCATED in article.quality.flags
    [hinted] = articles(raw(json.dumps({"content": STORY * 5, "title_hint": "Bridge " * 300_000})))
    assert len(hinted.title or "") <= 10_000


def test_a_body_of_megabytes_is_cut_and_flagged() -> None:
    [article] = articles(raw(f"Bridge closed\n\n{STORY * 30_000}"))
    assert 400_000 < len(article.body) <= 500_000
    assert Flag.TRUNCATED in article.quality.flags


def test_a_picture_that_is_a_number_is_none() -> None:
    linked = {
        "@type": "NewsArticle",
        "headline": "Bridge closed",
        "articleBody": STORY * 3,
        "image": [1.5, True, {"url": 5}],
    }
    [article] = articles(raw(json.dumps(linked)))
    assert article.media == []


def test_a_page_of_links_without_number_is_refused_before_a_tree_is_built() -> None:
    with pytest.raises(Rejected, match="more than 10000 links"):
        guard_html("<a href='/a'>b</a>" * 10_001, ParseOptions())
    assert guard_html("<a href='/a'>b</a>" * 10_000, ParseOptions()).tags == 20_000


def test_surrogates_by_reference_in_a_feed_become_replacement_characters() -> None:
    author = "<author>&#xDFFF;</author>"
    item = f"<item><title>&#xD800;Bridge</title>{author}<description>{STORY}&#55296;&</description></item>"
    feed = f"<rss version='2.0'><channel><title>&#xD800;</title><language>&#xD800;</language>{item}</channel></rss>"
    [article] = articles(raw(feed))
    assert "\ufffd" in (article.title or "") + article.body
    article.model_dump_json().encode()


def test_an_element_with_more_attributes_than_the_parser_can_bear_is_refused() -> None:
    many = " ".join(f'a{n}="{n}"' for n in range(20_000))
    with pytest.raises(Rejected, match="more than 10000 attributes") as refused:
        guard_html(f"<html><body><div {many}><p>{STORY}</p></div></body></html>", ParseOptions())
    assert refused.value.code is Code.OVERSIZED
    for between in (" ", "/", "\n", " = ''\t"):
        many = between.join(f"attr{n}" for n in range(20_000))
        with pytest.raises(Rejected, match="more than 10000 attributes"):
            guard_html(f"<p {many}>{STORY}</p>", ParseOptions())
        with pytest.raises(Rejected, match="more than 10000 attributes"):
            guard_html(f"<p title='>' {many}>{STORY}</p>", ParseOptions())
    many = " ".join(f"attr{n}" for n in range(20_000))
    with pytest.raises(Rejected, match="more than 10000 attributes"):
        guard_html(f'<p a=="><p {many}>{STORY}</p>', ParseOptions())
    assert guard_html('<p a==">"=' * 40_000, ParseOptions()).tags == 40_000
    state = json.dumps([{"href": f"https://a.example/?id={n}&page={n}"} for n in range(20_000)])
    assert guard_html(f"<div data-state='{state}'><p>{STORY}</p></div>", ParseOptions()).tags == 4
    picture = "data:image/png;base64," + "A" * 500_000 + "=="
    assert guard_html(f'<img src="{picture}"><p>{STORY}</p>', ParseOptions()).tags == 3


@pytest.mark.parametrize("filler", ["\n", "<!--\n-->"])
def test_a_long_prologue_of_a_feed_is_left_out(filler: str) -> None:
    item = f"<item><title>Bridge closed</title><description>{STORY * 3}</description></item>"
    feed = f"<rss version='2.0'><channel>{item}</channel></rss>"
    [article] = articles(raw('<?xml version="1.0"?>' + filler * 200_000 + feed, content_type="application/rss+xml"))
    assert article.title == "Bridge closed"
