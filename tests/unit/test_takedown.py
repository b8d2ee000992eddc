"""Takedowns from the raw record to what is published: what they find, what they leave, what they keep away."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from tests.support.documents import Writer, page
from tests.support.newsroom import Json, Newsroom
from tests.support.records import ARRIVED

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import apply_event, prune
from copydesk.core.dedupe.event_time import to_ms
from copydesk.core.options import DedupeOptions, Options
from copydesk.core.ports import Overlay
from copydesk_schemas.base import format_instant
from copydesk_schemas.enriched import EnrichedArticle

WRITER = Writer(5)
TITLE, PARAGRAPHS = WRITER.title(), WRITER.paragraphs(8)
URL = "https://paper.example/news/harbour"
PAGE = page(URL, TITLE, PARAGRAPHS).decode()
REVISED = page(URL, TITLE, [*PARAGRAPHS, *WRITER.paragraphs(2)]).decode()
OTHER_PAPER = page("https://other.example/copied", f"{TITLE} again", PARAGRAPHS).decode()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def room() -> Newsroom:
    return Newsroom()


def words_of(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"\w{5,}", text)}


def is_canceled(end: Json) -> bool:
    return bool(end.get("pub_status") == "canceled")


@pytest.mark.parametrize(
    "named",
    [
        {"url": URL},
        {"raw_id": "crawl-1"},
        {"url": "https://paper.example/never", "raw_id": "crawl-1"},
        {"url": "http://www.paper.example/news/harbour/?utm_source=feed&fbclid=1#top"},
        {"url": "https://amp.paper.example/news/harbour/amp/"},
        {"url": "https://paper-example.cdn.ampproject.org/c/s/paper.example/news/harbour"},
        {"url": "https://short.example/x1", "final_url": URL},
        {"url": "https://paper.example/go?article=17"},
        {"url": "https://short.example/x2", "final_url": "https://m.paper.example/go?article=17&utm_medium=mail"},
    ],
    ids=lambda named: "+".join(named) + ":" + str(list(named.values())[-1])[-24:],
)
def test_an_article_is_found_by_each_of_its_names(room: Newsroom, named: dict[str, str]) -> None:
    published = room.envelope(content=PAGE, url="https://paper.example/go?article=17", raw_id="crawl-1")
    assert published["canonical_url"] == URL
    gone = room.take_down(**named)
    assert is_canceled(gone)
    assert (gone["article_id"], gone["revision"]) == (published["article_id"], 2)
    assert (gone["canonical_url"], gone["change"]["previous_revision"]) == (URL, 1)


def test_nothing_of_the_text_is_left_in_the_canceled_record(room: Newsroom) -> None:
    published = room.envelope(content=PAGE, url=URL, feed_item={"author": "Jane Doe", "summary": PARAGRAPHS[0]})
    gone = room.take_down(url=URL)
    EnrichedArticle.model_validate(gone)
    told = words_of(f"{TITLE} {' '.join(PARAGRAPHS)}")
    outside = {"https", "paper", "example", "harbour"} | words_of(json.dumps(gone["change"]))
    # The names of tables and fields are the service's own words.
    spoken = words_of(json.dumps({k: v for k, v in gone.items() if k not in {"pipeline", "processing", "change"}}))
    assert (told & spoken) - outside - words_of(" ".join(EnrichedArticle.model_fields)) == set()
    empty = {
        "title", "subtitle", "description", "key_points", "body", "authors", "dateline", "section", "tags", "genre",
        "media", "links", "entities", "places", "topics", "keywords", "quotes", "dates_mentioned", "sentiment",
        "summary", "published_at", "modified_at", "date_candidates", "rights", "syndicated_from", "provenance",
    }  # fmt: skip
    assert {name for name in empty if gone[name]} == set()
    assert gone["dedup"]["near_keys"] == ""
    assert gone["dedup"]["exact_hash"] != published["dedup"]["exact_hash"]
    assert gone["raw"]["sha256"] != published["raw"]["sha256"]
    assert gone["content_hash"] != published["content_hash"]
    assert gone["stats"]["words"] == 0


@pytest.mark.parametrize("body", [PAGE, REVISED], ids=["first", "revised"])
def test_a_revised_article_is_canceled_as_its_next_revision_and_no_text_of_it_matches(
    room: Newsroom, body: str
) -> None:
    room.envelope(content=PAGE, url=URL)
    assert room.envelope(content=REVISED, url=URL)["revision"] == 2
    gone = room.take_down(url=URL)
    assert (gone["revision"], gone["change"]["previous_revision"]) == (3, 2)
    elsewhere = room.envelope(content=body.replace(URL, "https://other.example/1"))
    assert (elsewhere["pub_status"], elsewhere["dedup"]["nearest"]) == ("usable", None)


def test_a_copy_by_another_publisher_is_its_own_article(room: Newsroom) -> None:
    published = room.envelope(content=PAGE, url=URL)
    copy = room.envelope(content=OTHER_PAPER, raw_id="copy-1")
    assert copy["duplicate_of"]["article_id"] == published["article_id"]
    assert is_canceled(room.take_down(url=URL))
    # What was set aside before stays so: its record gets its verdict again.
    assert room.envelope(content=OTHER_PAPER, raw_id="copy-1", offset=1) == copy
    # A new fetch is published: the takedown of one address withdraws no other publisher's article.
    again = room.envelope(content=OTHER_PAPER, raw_id="copy-2")
    assert (again["pub_status"], again["revision"], again["dedup"]["verdict"]) == ("usable", 1, "unique")
    # And later copies are copies of that one.
    third = page("https://third.example/c", TITLE, PARAGRAPHS).decode()
    assert room.envelope(content=third)["duplicate_of"]["article_id"] == again["article_id"]


def test_a_copy_cannot_be_taken_down_for_it_was_never_published(room: Newsroom) -> None:
    published = room.envelope(content=PAGE, url=URL)
    room.envelope(content=OTHER_PAPER, raw_id="copy-1")
    refused = room.take_down(raw_id="copy-1")
    assert (refused["code"], refused["kind"]) == ("bad_takedown", "rejected")
    assert "came in as a copy" in refused["message"]
    assert room.take_down(url="https://other.example/copied")["code"] == "bad_takedown"
    # It holds for the copy nevertheless: when its original goes, an old fetch of it is not published instead.
    assert is_canceled(room.take_down(url=URL))
    late = room.envelope(content=OTHER_PAPER, raw_id="copy-9", fetched_at=format_instant(ARRIVED))
    assert late["code"] == "taken_down"
    assert published["pub_status"] == "usable"


def test_the_second_takedown_is_a_redelivery_of_the_first(room: Newsroom) -> None:
    published = room.envelope(content=PAGE, url=URL)
    room.take_down(url=URL)
    again = room.take_down(url=URL)
    assert (again["verdict"], again["duplicate_of"]["revision"]) == ("redelivered", 2)
    assert again["duplicate_of"]["article_id"] == published["article_id"]
    assert again["duplicate_of"]["title"] is None


def test_an_echo_does_not_bring_it_back_and_says_nothing_of_it(room: Newsroom) -> None:
    published = room.envelope(content=PAGE, url=URL, raw_id="crawl-1")
    assert is_canceled(room.take_down(url=URL))
    echo = room.envelope(content=PAGE, url=URL, raw_id="crawl-1")
    assert (echo["verdict"], echo["duplicate_of"]["revision"]) == ("redelivered", 2)
    assert (echo["this"]["title"], echo["this"]["authors"], echo["duplicate_of"]["title"]) == (None, [], None)
    # Without an id the time of the fetch tells an echo from a publication anew.
    late = room.envelope(content=PAGE, url=URL, fetched_at=format_instant(ARRIVED))
    assert (late["code"], late["kind"], late["article_id"]) == ("taken_down", "rejected", published["article_id"])
    assert late["original"]["value_b64"] is None
    assert not words_of(TITLE) & words_of(late["message"])


def test_the_old_record_does_not_bring_it_back_when_it_is_replayed(room: Newsroom) -> None:
    published = room.envelope(content=PAGE, url=URL, offset=0)
    assert room.envelope(content=PAGE, url=URL, offset=0)["content_hash"] == published["content_hash"]
    gone = room.take_down(url=URL, offset=1)
    again = room.envelope(content=PAGE, url=URL, offset=0)
    assert (again["code"], again["article_id"]) == ("taken_down", published["article_id"])
    assert again["original"]["value_b64"] is None
    # The takedown itself is answered as before, and the state has not moved.
    assert room.take_down(url=URL, offset=1)["content_hash"] == gone["content_hash"]
    assert room.take_down(url=URL)["duplicate_of"]["revision"] == 2


def test_what_was_canceled_stays_so_when_the_article_is_published_anew(room: Newsroom) -> None:
    room.envelope(content=PAGE, url=URL, offset=0)
    room.envelope(content=REVISED, url=URL, offset=1)
    room.take_down(url=URL)
    anew = room.envelope(content=PAGE, url=URL, offset=3)
    assert (anew["revision"], anew["pub_status"]) == (4, "usable")
    assert room.envelope(content=REVISED, url=URL)["revision"] == 5
    for offset, content in ((0, PAGE), (1, REVISED)):
        again = room.envelope(content=content, url=URL, offset=offset)
        assert again["code"] == "taken_down"
        assert again["message"].endswith(f"revision {offset + 1} was canceled by revision 3")
    assert room.envelope(content=PAGE, url=URL, offset=3)["content_hash"] == anew["content_hash"]
    # The second takedown cancels what came after the first as well.
    assert room.take_down(url=URL)["revision"] == 6
    assert room.envelope(content=PAGE, url=URL, offset=3)["code"] == "taken_down"


@pytest.mark.parametrize("hint", ["en", "en-GB", "EN_us"])
def test_its_language_leads_a_takedown_to_the_shard_of_its_article(hint: str) -> None:
    room = Newsroom(Options(dedupe=DedupeOptions(shards=8)))
    published = room.envelope(content=PAGE, url=URL)
    assert published["language"]["code"] == "en"
    # Without it the takedown goes where articles of no known language are.
    assert room.take_down(url=URL)["code"] == "bad_takedown"
    gone = room.take_down(url=URL, language_hint=hint)
    assert is_canceled(gone)
    assert (gone["article_id"], gone["revision"]) == (published["article_id"], 2)


def test_an_article_is_found_by_the_address_that_was_asked_for(room: Newsroom) -> None:
    asked, led = "https://short.example/x1", "https://paper.example/go?article=17"
    published = room.envelope(content=PAGE, url=asked, final_url=led)
    assert published["canonical_url"] == URL
    gone = room.take_down(url=asked)
    assert is_canceled(gone)
    assert gone["article_id"] == published["article_id"]
    late = room.envelope(content=PAGE, url=asked, final_url=led, fetched_at=format_instant(ARRIVED))
    assert late["code"] == "taken_down"
    # The address is still known of what is published anew, and of a revision that was fetched directly.
    assert room.envelope(content=PAGE, url=asked, final_url=led)["revision"] == 3
    assert room.envelope(content=REVISED, url=URL)["revision"] == 4
    assert room.take_down(url=asked)["revision"] == 5


def test_a_takedown_by_the_address_that_was_asked_for_may_overtake(room: Newsroom) -> None:
    asked = "https://short.example/x1"
    assert room.take_down(url=asked)["code"] == "bad_takedown"
    fetched = format_instant(ARRIVED - MINUTE)
    assert room.envelope(content=PAGE, url=asked, final_url=URL, fetched_at=fetched)["code"] == "taken_down"


def test_the_address_of_a_feed_names_none_of_its_items(room: Newsroom) -> None:
    entry = f"<item><title>{TITLE}</title><link>{URL}</link><description>{' '.join(PARAGRAPHS)}</description></item>"
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entry}</channel></rss>'
    address = "https://paper.example/feed.xml"
    assert room.envelope(content=feed, url=address)["canonical_url"] == URL
    assert room.take_down(url=address)["code"] == "bad_takedown"
    assert is_canceled(room.take_down(url=URL))


@pytest.mark.parametrize("raw_id", ["crawl-2", None])
def test_the_same_bytes_without_an_address_do_not_come_back_under_another_id(
    room: Newsroom, raw_id: str | None
) -> None:
    text = f"{TITLE}\n\n" + "\n\n".join(PARAGRAPHS)
    published = room.envelope(content=text, raw_id="crawl-1")
    assert published["canonical_url"] is None
    assert is_canceled(room.take_down(raw_id="crawl-1"))
    late = room.envelope(content=text, fetched_at=format_instant(ARRIVED), raw_id=raw_id)
    assert (late["code"], late["article_id"]) == ("taken_down", published["article_id"])
    assert room.envelope(content=text, raw_id=raw_id)["revision"] == 3


def test_a_takedown_holds_for_what_was_fetched_in_the_same_moment(room: Newsroom) -> None:
    moment = format_instant(ARRIVED)
    room.take_down(url=URL, fetched_at=moment)
    assert room.envelope(content=PAGE, url=URL, fetched_at=moment)["code"] == "taken_down"


def test_a_late_takedown_cancels_what_was_fetched_meanwhile_and_that_stays_away(room: Newsroom) -> None:
    times = [format_instant(ARRIVED + number * MINUTE) for number in range(3)]
    room.envelope(content=PAGE, url=URL, fetched_at=times[1], arrived=ARRIVED + 5 * MINUTE)
    assert is_canceled(room.take_down(url=URL, fetched_at=times[0], arrived=ARRIVED + 6 * MINUTE))
    again = room.envelope(content=PAGE, url=URL, fetched_at=times[1], arrived=ARRIVED + 7 * MINUTE)
    assert again["code"] == "taken_down"
    fresh = room.envelope(content=PAGE, url=URL, fetched_at=times[2], arrived=ARRIVED + 8 * MINUTE)
    assert (fresh["pub_status"], fresh["revision"]) == ("usable", 3)


def test_what_is_fetched_after_the_takedown_is_published_anew(room: Newsroom) -> None:
    room.envelope(content=PAGE, url=URL)
    room.take_down(url=URL)
    back = room.envelope(content=PAGE, url=URL)
    assert (back["pub_status"], back["revision"], back["change"]["kind"]) == ("usable", 3, "revision")
    assert back["change"]["diff"] == ["Published again after it was taken down."]
    assert is_canceled(room.take_down(url=URL))


@pytest.mark.parametrize("named", [{"url": URL}, {"raw_id": "crawl-1"}])
def test_a_takedown_that_overtakes_its_article_holds(room: Newsroom, named: dict[str, str]) -> None:
    early = room.take_down(**named, arrived=ARRIVED + 10 * MINUTE)
    assert early["code"] == "bad_takedown"
    # Its log append time lies before that of the takedown: another raw partition was read later.
    late = room.envelope(content=PAGE, url=URL, raw_id="crawl-1", arrived=ARRIVED + 9 * MINUTE)
    assert late["code"] == "taken_down"
    fetched = format_instant(ARRIVED)
    late = room.envelope(content=PAGE, url=URL, raw_id="crawl-1", fetched_at=fetched, arrived=ARRIVED + 90 * MINUTE)
    assert late["code"] == "taken_down"
    fresh = room.envelope(content=PAGE, url=URL, raw_id="crawl-1", arrived=ARRIVED + 91 * MINUTE)
    assert (fresh["pub_status"], fresh["revision"]) == ("usable", 1)


def test_what_was_fetched_from_the_same_place_as_a_withdrawn_article_is_not_withdrawn(room: Newsroom) -> None:
    latest, fetched = "https://paper.example/latest", format_instant(ARRIVED)
    room.envelope(content=PAGE, url=latest)
    assert is_canceled(room.take_down(url=URL))
    other = page("https://paper.example/news/other", WRITER.title(), WRITER.paragraphs(8)).decode()
    assert room.envelope(content=other, url=latest, fetched_at=fetched)["pub_status"] == "usable"
    assert room.envelope(content=PAGE, url=latest, fetched_at=fetched)["code"] == "taken_down"


def test_an_early_takedown_is_forgotten_after_a_window(room: Newsroom) -> None:
    room.take_down(url=URL)
    fetched = format_instant(ARRIVED - MINUTE)
    late = room.envelope(content=PAGE, url=URL, fetched_at=fetched, arrived=ARRIVED + timedelta(days=15))
    assert late["pub_status"] == "usable"


def test_a_takedown_dated_ahead_does_not_forbid_the_future(room: Newsroom) -> None:
    room.envelope(content=PAGE, url=URL)
    room.take_down(url=URL, fetched_at=format_instant(ARRIVED + timedelta(days=900)))
    assert room.envelope(content=PAGE, url=URL)["revision"] == 3


def test_refused_records_are_decided_anew_and_get_the_same_answer_while_nothing_has_changed(room: Newsroom) -> None:
    early = room.take_down(url=URL, offset=5)
    late = room.envelope(content=PAGE, url=URL, offset=3)
    assert [early["code"], late["code"]] == ["bad_takedown", "taken_down"]
    assert room.take_down(url=URL, offset=5) == early
    assert room.envelope(content=PAGE, url=URL, offset=3) == late


def test_a_takedown_that_found_nothing_finds_its_article_when_it_is_replayed(room: Newsroom) -> None:
    assert room.take_down(url=URL, offset=5)["code"] == "bad_takedown"
    article = room.envelope(content=PAGE, url=URL, offset=6)
    assert article["pub_status"] == "usable"
    canceled = room.take_down(url=URL, offset=5)
    assert (canceled["article_id"], canceled["pub_status"]) == (article["article_id"], "canceled")


def test_the_log_restores_takedowns_and_a_window_forgets_them() -> None:
    room = Newsroom()
    steps: list[dict[str, Any]] = [
        {"content": PAGE, "url": "https://paper.example/go?article=17", "raw_id": "crawl-1"},
        {"action": "delete", "url": URL},
        {"action": "delete", "raw_id": "unknown"},
        {"content": PAGE, "url": URL, "fetched_at": format_instant(ARRIVED - MINUTE)},
        {"content": REVISED, "url": "https://paper.example/go?article=18"},
        {"action": "delete", "raw_id": "crawl-1"},
        {"content": PAGE, "url": "https://short.example/x1", "final_url": "https://paper.example/go?article=19"},
        {"content": REVISED, "url": "https://short.example/x2", "final_url": "https://paper.example/go?article=20"},
    ]
    for step in steps:
        room.envelope(**step)
    replayed = Overlay(MemoryStore())
    for key, value in room.log:
        apply_event(key, value, replayed, room.options.dedupe)
    kept = {k: v for k, v in replayed.changes.items() if v is not None}
    assert kept == {k: v for k, v in room.state.data.items() if v is not None}
    assert {key[:1] for key in kept} >= {b"a", b"d"}
    store = MemoryStore()
    store.write(kept, 1)
    while prune(store, room.options.dedupe, to_ms(ARRIVED + timedelta(days=17))):
        pass
    assert list(store.scan(b"")) == []
