from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.desk import NOW, OPTIONS, OTHER, STORY, URL, Desk, prose

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import apply_event, decide, explain, prune
from copydesk.core.dedupe.event_time import to_ms
from copydesk.core.dedupe.postings import STOP, entries
from copydesk.core.options import DedupeOptions, Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Message
from copydesk.core.stages import run_dedupe
from copydesk.core.trace import RecordingTrace
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import ChangeKind, Code, DuplicateVerdict, Verdict

EPOCH = datetime.fromtimestamp(0, UTC)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_first_of_its_kind_is_published(desk: Desk) -> None:
    unique = desk.unique(STORY, url=URL)
    assert (unique.revision, unique.change.kind, unique.dedup.verdict) == (1, ChangeKind.NEW, Verdict.UNIQUE)
    assert unique.dedup.story_id == unique.article.article_id
    assert unique.dedup.nearest is None
    assert unique.dedup.window.oldest == NOW + timedelta(seconds=1) - timedelta(days=14)
    assert len(unique.dedup.near_keys) == 171


def test_the_same_record_gets_its_first_verdict_again(desk: Desk) -> None:
    first = desk.parsed(STORY, url=URL)
    copy = desk.parsed(STORY)
    decided = [desk.decide(first), desk.decide(copy)]
    desk.send(OTHER, url=URL)
    later = NOW + timedelta(days=1)
    again = [decide(article, desk.state, OPTIONS, now=later) for article in (first, copy)]
    assert [(a.unique, a.duplicate) for a in again] == [(d.unique, d.duplicate) for d in decided]
    assert [a.events for a in again] == [(), ()]


def test_another_record_at_the_coordinates_of_an_old_one_is_decided_by_itself(desk: Desk) -> None:
    first = desk.unique(STORY, url=URL, raw_id="p-1", offset=1)
    copy = desk.copy(STORY, offset=2)
    # The raw topic was deleted and made anew: its offsets start again.
    later = NOW + timedelta(days=1)
    anew = [desk.parsed(body, offset=at, arrived=later) for at, body in ((1, OTHER), (2, prose(300, 7)))]
    for article in anew:
        unique = desk.decide(article).unique
        assert unique is not None
        assert (unique.article.article_id, unique.dedup.verdict) == (article.article_id, Verdict.UNIQUE)
        # It is known from now on, to its own redelivery and to copies.
        assert desk.decide(article).unique == unique
        assert desk.copy(f"x {article.body}").duplicate_of.article_id == article.article_id
    # What was known of the old ones stays: their articles are published.
    assert desk.copy(f"y {STORY}").duplicate_of.article_id == first.article.article_id
    assert (
        desk.copy(prose(9), raw_id="p-1").duplicate_of.article_id
        == first.article.article_id
        == (copy.duplicate_of.article_id)
    )


def test_another_takedown_at_the_coordinates_of_an_old_one_is_decided_by_itself(desk: Desk) -> None:
    for url in (URL, f"{URL}/2"):
        desk.unique(f"{url} {STORY}", url=url, content=url.encode())
        gone = desk.take_down(url=url, offset=7).unique
        assert gone is not None
        assert gone.article.canonical_url == url
        assert desk.take_down(url=url, offset=7).unique == gone


def test_records_that_lost_their_coordinates_are_forgotten_with_their_time(desk: Desk) -> None:
    desk.unique(STORY, url=URL, raw_id="p-1", offset=1, arrived=NOW)
    desk.unique(OTHER, url=f"{URL}/2", offset=1, arrived=NOW + timedelta(days=10))
    replayed, store = Overlay(MemoryStore()), MemoryStore()
    for key, value in desk.log:
        apply_event(key, value, replayed, OPTIONS)
    store.write({k: v for k, v in desk.state.changes.items() if v is not None}, 1)
    assert dict(store.scan(b"")) == {k: v for k, v in replayed.changes.items() if v is not None}
    assert prune(store, OPTIONS, to_ms(NOW + timedelta(days=16))) == 1
    desk.state = Overlay(store)
    kept = desk.copy(OTHER, url=f"{URL}/2", arrived=NOW + timedelta(days=16))
    assert kept.verdict is DuplicateVerdict.SAME_URL_UNCHANGED
    assert prune(store, OPTIONS, to_ms(NOW + timedelta(days=40))) == 1
    assert list(store.scan(b"")) == []


def test_events_from_before_records_were_marked_still_answer(desk: Desk) -> None:
    article = desk.parsed(STORY, url=URL)
    first = desk.decide(article)
    ((key, value),) = first.events
    version, verdict, head = msgspec.msgpack.decode(value or b"")
    assert len(verdict) == 11
    old = msgspec.msgpack.encode([version, verdict[:10], head[:20]])
    state = Overlay(MemoryStore())
    apply_event(key, old, state, OPTIONS)
    again = decide(article, state, OPTIONS, now=NOW)
    assert (again.unique, again.events) == (first.unique, ())


def test_a_text_that_was_fetched_earlier_is_no_revision(desk: Desk) -> None:
    hours = [NOW - timedelta(hours=h) for h in (9, 6, 3)]
    desk.unique(STORY, url=URL, fetched_at=hours[1])
    partly = f"{' '.join(STORY.split()[:150])} {prose(150, 8)}"
    late = desk.send(partly, url=URL, fetched_at=hours[0])
    assert late.duplicate is not None
    copy = late.duplicate
    assert (copy.verdict, copy.method) == ("same_url_unchanged", "canonical-url-earlier-fetch")
    assert (copy.duplicate_of.revision, 0.3 < copy.similarity < 0.7) == (1, True)
    assert "fetched from its address before revision 1" in explain(late)
    assert desk.copy(STORY, url=URL, title="Another", fetched_at=hours[0]).similarity == 1
    assert desk.copy("Few words.", url=URL, fetched_at=hours[0]).similarity == 0
    # In the same moment or later it is one, and from then on that is the time that counts.
    assert desk.unique(partly, url=URL, fetched_at=hours[1]).revision == 2
    assert desk.unique(OTHER, url=URL, fetched_at=hours[2]).revision == 3
    assert desk.copy(STORY, url=URL, fetched_at=hours[1]).duplicate_of.revision == 3


@pytest.mark.parametrize("delete", [False, True])
def test_a_replay_does_not_age_an_article(desk: Desk, delete: bool) -> None:  # noqa: FBT001 - both kinds of record
    desk.unique(STORY, url=URL, arrived=NOW + timedelta(days=10), fetched_at=NOW - timedelta(days=9))
    replay: dict[str, Any] = {"url": URL, "arrived": NOW, "fetched_at": NOW - timedelta(days=5)}
    second = desk.take_down(**replay).unique if delete else desk.unique(OTHER, **replay)
    assert second is not None
    assert second.revision == 2
    store = MemoryStore()
    store.write({k: v for k, v in desk.state.changes.items() if v is not None}, 1)
    assert prune(store, OPTIONS, to_ms(NOW + timedelta(days=20))) == 1
    desk.state = Overlay(store)
    # Its revisions are counted on: two texts with one number would be one of them lost.
    third = desk.unique(prose(300, 9), url=URL, arrived=NOW + timedelta(days=20))
    assert (third.revision, third.article.article_id) == (3, second.article.article_id)
    while prune(store, OPTIONS, to_ms(NOW + timedelta(days=60))):
        pass
    assert list(store.scan(b"")) == []


def test_a_fault_after_the_decision_leaves_the_state_as_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("no output")

    monkeypatch.setattr("copydesk.core.stages._decided", fail)
    message = parsed_message(desk.parsed(STORY, url=URL))
    result = run_dedupe(message, desk.state, Options(), NOW)
    assert [outcome.code for outcome in result.result.outcomes] == [Code.INTERNAL]
    assert (result.events, desk.state.changes) == ((), {})
    monkeypatch.undo()
    result = run_dedupe(message, desk.state, Options(), NOW)
    assert [outcome.verdict for outcome in result.result.outcomes] == [Verdict.UNIQUE]
    replayed = Overlay(MemoryStore())
    for key, value in result.events:
        apply_event(key, value, replayed, OPTIONS)
    assert desk.state.changes == replayed.changes != {}


def test_memory_that_runs_out_is_not_the_fault_of_an_article(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("copydesk.core.stages._decided", fail)
    with pytest.raises(MemoryError):
        run_dedupe(parsed_message(desk.parsed(STORY, url=URL)), desk.state, Options(), NOW)
    assert desk.state.changes == {}


def parsed_message(article: ParsedArticle) -> Message:
    return Message("parsed-articles", 0, 0, 0, b"0", article.model_dump_json().encode())


def test_an_id_that_was_seen_is_redelivered(desk: Desk) -> None:
    original = desk.unique(STORY, raw_id="p-1", url=URL)
    copy = desk.copy(OTHER, raw_id="p-1", url="https://example.com/else")
    assert copy.verdict is DuplicateVerdict.REDELIVERED
    assert copy.duplicate_of.article_id == original.article.article_id
    # The id of a copy leads to its original.
    desk.copy(STORY, raw_id="p-2")
    assert desk.copy(OTHER, raw_id="p-2").duplicate_of.article_id == original.article.article_id


def test_items_of_one_feed_share_an_id_and_are_not_each_others_redelivery(desk: Desk) -> None:
    desk.unique(STORY, raw_id="feed", item=0, offset=5)
    desk.unique(OTHER, raw_id="feed", item=1, offset=5)
    assert desk.copy(OTHER, raw_id="feed", item=1, offset=9).verdict is DuplicateVerdict.REDELIVERED


def test_the_same_address_unchanged(desk: Desk) -> None:
    desk.unique(STORY, url=URL)
    copy = desk.copy(STORY.upper(), url=URL, tags=["new"], modified_at=NOW)
    assert (copy.verdict, copy.similarity, copy.method, copy.copies) == ("same_url_unchanged", 1, "canonical-url", 1)


def test_the_same_address_with_another_text_is_a_revision(desk: Desk) -> None:
    first = desk.unique(STORY, url=URL, published_at=NOW)
    longer = f"{STORY} {prose(40, 9)}"
    second = desk.unique(longer, url=URL, title="Another title", tags=["x"], published_at=NOW + timedelta(hours=1))
    assert (second.revision, second.change.previous_revision, second.dedup.verdict) == (2, 1, Verdict.REVISION)
    assert second.article.article_id == first.article.article_id
    assert second.dedup.story_id == first.article.article_id
    assert second.change.kind is ChangeKind.REVISION
    assert second.change.changed_fields == ["title", "body", "tags", "published_at"]
    assert second.change.diff[0] == "Title changed from «A title of some length» to «Another title»."
    assert second.change.diff[1].startswith("Body grew from 300 to 340 words; 100% of the earlier text is kept.")
    assert second.change.diff[2:] == [
        "Tags appeared.",
        "Publication date changed from 2026-03-01T12:00:00Z to 2026-03-01T13:00:00Z.",
    ]
    assert desk.unique(STORY, url=URL).revision == 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Correction: An earlier version misspelt a name.", ChangeKind.CORRECTION),
        ("This article was amended on 3 March.", ChangeKind.CORRECTION),
        ("Rectificatif : une version antérieure contenait une erreur.", ChangeKind.CORRECTION),
        ("Corrections officers went on strike.", ChangeKind.REVISION),
        ("The ministry sent a correction to the report.", ChangeKind.REVISION),
    ],
)
def test_a_correction_says_so(desk: Desk, text: str, kind: ChangeKind) -> None:
    desk.unique(STORY, url=URL)
    assert desk.unique(f"{STORY}\n\n{text}", url=URL).change.kind is kind
    # What was corrected once is not corrected again by the next change.
    assert desk.unique(f"{STORY} more\n\n{text}", url=URL).change.kind is ChangeKind.REVISION


def test_a_revision_replaces_its_own_past(desk: Desk) -> None:
    desk.unique(STORY, url=URL)
    desk.unique(OTHER, url=URL)
    assert desk.unique(STORY, url="https://example.com/else").dedup.verdict is Verdict.UNIQUE
    assert desk.copy(OTHER).duplicate_of.revision == 2


def test_the_same_bytes_and_the_same_text(desk: Desk) -> None:
    original = desk.unique(STORY, content=b"page")
    by_bytes = desk.copy(OTHER, content=b"page", url=URL)
    by_text = desk.copy(STORY.upper())
    assert (by_bytes.verdict, by_text.verdict) == (DuplicateVerdict.EXACT_BYTES, DuplicateVerdict.EXACT_TEXT)
    assert by_text.duplicate_of.article_id == original.article.article_id
    assert (by_bytes.copies, by_text.copies) == (1, 2)


def test_a_wrapped_copy_is_near_and_shows_what_is_new(desk: Desk) -> None:
    desk.unique(STORY, published_at=NOW)
    junk = prose(60, 5)
    copy = desk.copy(f"{junk} {STORY}", title="A title of some length!", published_at=NOW + timedelta(hours=2))
    assert copy.verdict is DuplicateVerdict.NEAR_DUPLICATE
    assert OPTIONS.threshold <= copy.similarity < 1
    evidence = copy.evidence
    assert evidence.shingles_shared is not None
    assert evidence.shingles_total is not None
    assert copy.similarity == round(evidence.shingles_shared / evidence.shingles_total, 4)
    assert (evidence.title_similarity, evidence.length_ratio, evidence.published_delta_s) == (1.0, 1.2, 7200.0)
    assert [span.side for span in evidence.differing_spans] == ["this"]
    assert evidence.differing_spans[0].text in junk


def test_a_half_is_contained(desk: Desk) -> None:
    desk.unique(STORY)
    copy = desk.copy(" ".join(STORY.split()[:150]))
    assert (copy.verdict, copy.similarity, copy.evidence.length_ratio) == (DuplicateVerdict.CONTAINED, 1, 0.5)


def test_a_story_after_its_flash_is_published_as_its_expansion(desk: Desk) -> None:
    flash = desk.unique(" ".join(STORY.split()[:100]))
    story = desk.unique(STORY)
    assert (story.dedup.verdict, story.revision) == (Verdict.EXPANDED, 1)
    assert story.dedup.story_id == flash.article.article_id
    assert story.dedup.nearest is not None
    assert story.dedup.nearest.article_id == flash.article.article_id
    # A copy of the story is a copy of the story, not of its flash.
    assert desk.copy(f"{STORY} end").duplicate_of.article_id == story.article.article_id


def test_a_digest_attaches_and_merges_nothing(desk: Desk) -> None:
    first, second = desk.unique(STORY), desk.unique(OTHER)
    digest = desk.unique(f"{STORY} {OTHER}")
    assert digest.dedup.verdict is Verdict.EXPANDED
    assert digest.dedup.story_id in {first.article.article_id, second.article.article_id}
    assert desk.copy(f"x {STORY}").duplicate_of.article_id == first.article.article_id
    assert desk.copy(f"x {OTHER}").duplicate_of.article_id == second.article.article_id


def test_the_nearest_is_named_below_the_threshold(desk: Desk) -> None:
    older = desk.unique(STORY)
    shared = " ".join(STORY.split()[:150])
    unique = desk.unique(f"{shared} {prose(150, 8)}")
    assert unique.dedup.verdict is Verdict.UNIQUE
    assert unique.dedup.nearest is not None
    assert unique.dedup.nearest.article_id == older.article.article_id
    assert 0.2 <= unique.dedup.nearest.similarity < unique.dedup.nearest.threshold


def test_copies_are_never_pointed_at(desk: Desk) -> None:
    original = desk.unique(" ".join(STORY.split()[:280]))
    desk.copy(STORY)
    assert desk.copy(STORY).duplicate_of.article_id == original.article.article_id


def test_short_texts_match_exactly_and_only_under_like_titles(desk: Desk) -> None:
    formula = "Subscribe today to go on reading this story and all others without limits on every device."
    desk.unique(formula, title="Bridge reopens in Lisbon")
    assert desk.copy(formula, title="Bridge reopens in Lisbon").verdict is DuplicateVerdict.EXACT_TEXT
    assert desk.copy(formula, title=None).verdict is DuplicateVerdict.EXACT_TEXT
    assert desk.unique(formula, title="Quake shakes Tokyo").dedup.verdict is Verdict.UNIQUE
    assert desk.unique(f"{formula} Now.", title="Bridge reopens in Lisbon").dedup.verdict is Verdict.UNIQUE
    desk.unique("Watch the video.", title=None)
    assert desk.unique("Watch the video.", title=None).dedup.verdict is Verdict.UNIQUE
    desk.unique("", title="One")
    assert desk.unique("", title="One").dedup.verdict is Verdict.UNIQUE


@pytest.mark.parametrize(("days", "published"), [(13, False), (15, True)])
def test_the_window_is_measured_between_arrivals(days: int, published: bool) -> None:  # noqa: FBT001 - expected
    later = NOW + timedelta(days=days)
    for url in (None, URL):
        for body in (STORY, f"x {STORY}"):
            desk_now = Desk()
            desk_now.unique(STORY, url=URL, arrived=NOW)
            decision = desk_now.send(body, url=url, arrived=later)
            new = decision.unique is not None and decision.unique.revision == 1
            assert new is published


def test_an_unknown_arrival_is_within_every_window(desk: Desk) -> None:
    desk.unique(STORY, arrived=EPOCH)
    copy = desk.copy(f"x {STORY}", arrived=EPOCH)
    assert (copy.verdict, copy.window.oldest) == (DuplicateVerdict.NEAR_DUPLICATE, None)
    assert desk.copy(STORY, arrived=NOW).verdict is DuplicateVerdict.EXACT_TEXT


def test_a_takedown_cancels_and_is_forgotten_by_the_indexes(desk: Desk) -> None:
    original = desk.unique(STORY, url=URL, raw_id="p-1")
    gone = desk.take_down(url=URL).unique
    assert gone is not None
    assert (gone.revision, gone.change.kind, gone.change.previous_revision) == (2, ChangeKind.TAKEDOWN, 1)
    assert (gone.article.article_id, gone.article.body) == (original.article.article_id, "")
    assert desk.unique(f"x {STORY}").dedup.verdict is Verdict.UNIQUE
    echo = desk.copy(STORY, url=URL, raw_id="p-1")
    assert (echo.verdict, echo.duplicate_of.revision) == (DuplicateVerdict.REDELIVERED, 2)
    back = desk.unique(STORY, url=URL)
    assert (back.revision, back.change.kind) == (3, ChangeKind.REVISION)
    assert back.change.diff == ["Published again after it was taken down."]


def test_a_takedown_by_id_names_the_article(desk: Desk) -> None:
    original = desk.unique(STORY, raw_id="p-1")
    gone = desk.take_down(raw_id="p-1").unique
    assert gone is not None
    assert gone.article.article_id == original.article.article_id
    assert desk.take_down(raw_id="p-1").duplicate is not None
    assert desk.unique(STORY, content=b"1 " + STORY.encode()).revision == 3


@pytest.mark.parametrize("named", [{"url": URL}, {"raw_id": "p-9"}, {"raw_id": "p-2"}, {}])
def test_a_takedown_of_what_was_never_published_is_refused(desk: Desk, named: dict[str, str]) -> None:
    desk.unique(STORY, raw_id="p-1")
    desk.copy(STORY, raw_id="p-2")
    refused = desk.take_down(**named).refused
    assert refused is not None
    assert refused.code is Code.BAD_TAKEDOWN


def test_a_key_of_too_many_articles_becomes_a_stop_marker() -> None:
    desk = Desk(DedupeOptions(max_postings=4))
    shared = prose(60, 3)
    for seed in range(10, 20):
        decision = desk.send(f"{shared} {prose(400, seed)}")
        assert decision.unique is not None
    lists = [list(entries(v)) for k, v in desk.state.changes.items() if k.startswith(b"k")]
    assert max(map(len, lists)) <= 4
    assert any(entry.name == STOP for kept in lists for entry in kept)


def test_every_decision_has_a_sentence(desk: Desk) -> None:
    said = [
        explain(desk.send(STORY, url=URL)),
        explain(desk.send(f"{STORY} {prose(20, 4)}")),
        explain(desk.send(OTHER, url=URL)),
        explain(desk.take_down(url=URL)),
        explain(desk.send(prose(300, 7))),
    ]
    assert said[0] == "Published: new; no article of the window comes near."
    assert said[1].startswith("Set aside: 9")
    assert said[1].endswith("of its text stands in «A title of some length» by example.com; threshold 70%.")
    assert said[2] == "Published as revision 2, a revision of the same article: changed body."
    assert said[3] == "Taken down: revision 3 cancels revision 2."
    trace = RecordingTrace()
    decide(desk.parsed(prose(300, 7)), desk.state, OPTIONS, now=NOW, trace=trace)
    assert [(step.stage, step.decision) for step in trace.steps] == [("dedupe", "exact_text")]


def test_what_left_the_window_is_forgotten_and_the_rest_is_kept(desk: Desk) -> None:
    store = MemoryStore()
    desk.unique(STORY, url=URL, raw_id="p-1", arrived=NOW)
    desk.copy(STORY, raw_id="p-2", arrived=NOW)
    desk.unique(OTHER, url="https://example.com/else", arrived=NOW)
    desk.unique(f"{OTHER} more", url="https://example.com/else", arrived=NOW + timedelta(days=10))
    desk.unique(prose(300, 9), arrived=EPOCH)
    store.write(desk.state.changes, 5)
    newest = round((NOW + timedelta(days=16)).timestamp() * 1000)
    assert prune(store, OPTIONS, round((NOW + timedelta(days=14, hours=23)).timestamp() * 1000)) == 0
    assert prune(store, OPTIONS, newest, limit=2) == 2
    assert prune(store, OPTIONS, newest) == 1
    assert prune(store, OPTIONS, newest) == 0
    assert store.next_offset == 5
    desk.state = Overlay(store)
    assert desk.copy(f"x {OTHER} more", arrived=NOW + timedelta(days=16)).duplicate_of.revision == 2
    assert desk.copy(prose(300, 9), arrived=NOW).verdict is DuplicateVerdict.EXACT_TEXT
    # Once the revision's own time is over, nothing but the article of unknown arrival is left.
    while prune(store, OPTIONS, newest + 30 * 86_400_000):
        pass
    assert {key[:1] for key, _ in store.scan(b"")} == {b"b", b"h", b"k", b"r", b"t", b"x"}
    assert len(list(store.scan(b"h"))) == len(list(store.scan(b"r"))) == 1


def test_tombstones_change_nothing_and_rubbish_is_refused(desk: Desk) -> None:
    apply_event(b"raw-articles-0-1-0", None, desk.state, OPTIONS)
    assert desk.state.changes == {}
    with pytest.raises(msgspec.DecodeError):
        apply_event(b"raw-articles-0-1-0", b"rubbish", desk.state, OPTIONS)


def test_an_event_is_about_a_kilobyte(desk: Desk) -> None:
    desk.unique(prose(800, 6), url=URL, title="A headline of ordinary length, as they are")
    assert sum(len(key) + len(value or b"") for key, value in desk.log) < 1500


bodies = st.sampled_from(
    [STORY, OTHER, f"{STORY} {OTHER}", f"x {STORY}", " ".join(STORY.split()[:120]), "Short text of few words.", ""]
)
record = st.fixed_dictionaries(
    {
        "body": bodies,
        "url": st.sampled_from([None, URL, "https://example.com/else"]),
        "raw_id": st.sampled_from([None, None, "p-1", "p-2"]),
        "days": st.integers(0, 20),
        "delete": st.sampled_from([False, False, False, True]),
    }
)


@settings(max_examples=60)
@given(st.lists(record, max_size=14), st.integers(1, 5))
def test_the_log_alone_gives_the_state(records: list[dict[str, Any]], batch: int) -> None:
    options = DedupeOptions(max_postings=2)
    desk, store = Desk(options), MemoryStore()
    for i, r in enumerate(records):
        if i % batch == 0:
            # A batch ends: its changes are committed, and the next one starts with an overlay of its own.
            store.write(desk.state.changes, i)
            desk.state = Overlay(store)
        fields = {"url": r["url"], "raw_id": r["raw_id"], "arrived": NOW + timedelta(days=r["days"])}
        decision = desk.take_down(**fields) if r["delete"] else desk.send(r["body"], **fields)
        assert [decision.unique, decision.duplicate, decision.refused].count(None) == 2
        assert len(decision.events) == 1
    store.write(desk.state.changes, len(records))
    replayed = Overlay(MemoryStore())
    for key, value in desk.log:
        apply_event(key, value, replayed, options)
    assert {k: v for k, v in replayed.changes.items() if v is not None} == dict(store.scan(b""))
