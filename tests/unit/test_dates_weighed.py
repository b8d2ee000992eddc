"""Dates of whole pages where metadata, address and visible lines are held against each other."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from tests.support.dated_pages import article, day, decide

from copydesk_schemas.reasons import Flag


def test_a_shown_day_beats_the_day_of_the_last_upload() -> None:
    stamp = "2020-11-02T09:00:00Z"
    graph = {"@type": "BlogPosting", "headline": "x", "datePublished": stamp, "dateModified": stamp}
    head = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    decision = decide(article("<div>March 3, 2019</div>"), head=head)
    assert day(decision) == "2019-03-03"
    assert Flag.DATE_CONFLICT in decision.flags


def test_a_shown_update_does_not_contradict_the_metadata() -> None:
    head = (
        '<meta property="article:published_time" content="2019-03-03T09:00:00Z">'
        '<meta property="article:modified_time" content="2020-11-02T09:00:00Z">'
    )
    decision = decide(article("<div>November 2, 2020</div>"), head=head)
    assert day(decision) == "2019-03-03"
    assert decision.flags == frozenset()


def test_metadata_and_page_that_cannot_both_be_true_give_nothing() -> None:
    head = '<meta property="article:published_time" content="2013-03-11T09:00:00Z">'
    decision = decide(article("<div>March 20, 2023</div>"), head=head)
    assert decision.published_at is None
    assert decision.flags == {Flag.DATE_CONFLICT}
    assert all(c.reason.startswith("not taken") for c in decision.candidates)


def test_the_address_settles_a_conflict() -> None:
    head = '<meta property="article:published_time" content="2013-03-11T09:00:00Z">'
    decision = decide(article("<div>March 20, 2023</div>"), head=head, url="https://varn.example/2013/03/11/lamp")
    assert day(decision) == "2013-03-11"


def test_ambiguous_numbers_are_candidates_until_something_tells() -> None:
    unknown = decide(article("<p>Published 03/04/2019</p>"))
    assert unknown.published_at is None
    assert [c.value for c in unknown.candidates] == ["2019"]
    assert day(decide(article("<p>Published 03/04/2019</p>"), country="GB")) == "2019-04-03"
    assert day(decide(article("<p>Published 03/04/2019, updated 25/04/2019</p>"))) == "2019-04-03"
    by_url = decide(article("<p>Published 03/04/2019</p>"), url="https://varn.example/2019/03/lamp.html")
    assert day(by_url) == "2019-03-04"
    early = decide(article("<p>Published 03/04/2019</p>"), reference=datetime(2019, 3, 6, tzinfo=UTC))
    assert day(early) == "2019-03-04"


def test_future_lines_are_flagged() -> None:
    decision = decide(article("<p>March 3, 2031</p>"), reference=datetime(2026, 1, 1, tzinfo=UTC))
    assert decision.published_at is None
    assert Flag.DATE_FUTURE in decision.flags


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta name="publish_date" content="2019-03-03">', "2019-03-03"),
        ('<meta property="vr:published_time" content="1551607200">', "2019-03-03"),
        ('<meta name="PubDate" content="Sun, 03 Mar 2019 10:00:00 GMT">', "2019-03-03"),
        ('<meta name="published" content="March 3, 2019">', "2019-03-03"),
        ('<meta name="publisher" content="Gazette 2019-03-03">', None),
        ('<meta name="last-updated" content="2019-03-03">', None),
        (
            '<script type="application/ld+json">{"@type":"SocialMediaPosting","datePublished":"2019-03-03"}</script>',
            "2019-03-03",
        ),
    ],
)
def test_metadata_names_are_read_by_their_words(head: str, published: str | None) -> None:
    assert day(decide(article(""), head=head)) == published


def test_a_page_full_of_dates_stays_small() -> None:
    body = "".join(f"<p class=date>{n % 28 + 1} March 20{n % 20:02d}</p>" for n in range(5_000))
    decision = decide(article(body))
    assert len(decision.candidates) <= 20


def test_the_data_of_scripts_gives_the_day_only_where_it_is_of_one_story() -> None:
    one = '<script>window.S={"post":{"datePublished":"2019-03-03T10:00:00Z"}}</script>'
    assert day(decide(article(""), head=one)) == "2019-03-03"
    two = '<script>window.S=[{"datePublished":"2019-03-03"},{"datePublished":"2019-03-09"}]</script>'
    assert decide(article(""), head=two).candidates == ()


def test_json_ld_in_a_meta_element_is_json_ld() -> None:
    content = json.dumps({"@type": "Article", "headline": "x", "datePublished": "2019-03-03"}).replace('"', "&quot;")
    assert day(decide(article(""), head=f'<meta name="script:ld+json" content="{content}">')) == "2019-03-03"


def test_a_date_as_the_last_part_of_a_title_counts() -> None:
    og = '<meta property="og:title" content="{}">'
    assert day(decide(article(""), head=og.format("The lamp is back – VG – 03.03.2019"))) == "2019-03-03"
    for title in ("What changed on 3 March 2019", "The years 2018 – 2019", "The lamp | 24/7", "3 March 2019"):
        assert decide(article(""), head=og.format(title)).published_at is None


def test_confidence_follows_from_the_kinds_of_places_that_agree() -> None:
    head = '<meta property="article:published_time" content="2019-03-03T10:00:00Z">'
    both = decide(article("<p>March 3, 2019</p>"), head=head)
    assert both.confidence >= 0.95
    assert decide(article(""), head=head).confidence < 0.9
    assert decide(article("<p>March 3, 2019</p>")).confidence < 0.9
    update = '<meta property="article:modified_time" content="2019-03-05T10:00:00Z">'
    agreed = decide(article("<p>Updated March 5, 2019</p>"), head=update)
    differs = decide(article("<p>Updated March 9, 2019</p>"), head=update)
    assert agreed.modified_confidence >= 0.95
    assert differs.modified_confidence <= 0.75


def test_the_month_of_an_upload_tells_day_from_month_and_nothing_more() -> None:
    head = '<meta property="og:image" content="https://varn.example/uploads/2019/03/lamp.jpg">'
    assert day(decide(article("<p>Published 03/04/2019</p>"), head=head)) == "2019-03-04"
    assert decide(article(""), head=head).published_at is None


def test_a_marked_up_date_below_the_story_counts_where_it_is_the_only_one() -> None:
    below = '<p><time datetime="2019-03-03">March 3</time></p>'
    assert day(decide(article("", below=below))) == "2019-03-03"
    other = '<p><time datetime="2019-05-09">May 9</time></p>'
    assert decide(article("", below=below + other)).published_at is None
