"""Dead letters as they are read back: which are open, which are meant, and what enters its topic again."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import click
import msgspec
import pytest
from rich.console import Console

from copydesk.app.cli.dlq_replay import Guard
from copydesk.app.cli.dlq_letters import unknown_values
from copydesk.app.cli.dlq_views import Counts, beginning, full, line, printable, table
from copydesk.app.cli.when import When
from copydesk.app.settings import Settings, TopicOverride, Topics
from copydesk.core.dead_letters import dead_letter
from copydesk.core.letters import (
    Filter,
    Letter,
    NotCarriedError,
    ReplayEntry,
    ReplayHistory,
    UnreadableError,
    carried_input,
    encode_entry,
    read_entry,
    read_letter,
    reentry_headers,
    why_not,
)
from copydesk.core.options import Options
from copydesk.core.records import Message
from copydesk.core.replay import read_replay
from copydesk_schemas.export import example_record
from copydesk_schemas.reasons import Code, Stage
from copydesk_schemas.topics import DAY_MS, TopicRole

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MESSAGE = Message("raw-articles", 4, 99, 1_700_000_000_000, b"key", b"\xff", (("x-url", b"u"),))
RAW_TIME = datetime.fromtimestamp(MESSAGE.timestamp_ms / 1000, UTC)
SOURCES = {"parse": "raw-articles", "dedupe": "parsed-articles", "enrich": "unique-articles"}


def value() -> dict[str, Any]:
    emit, _ = dead_letter(MESSAGE, Stage.PARSE, Code.PARSE_ERROR, ValueError("no"), options=Options(), now=NOW)
    return dict(json.loads(emit.value or b""))


def letter(**changes: Any) -> Letter:
    return read_letter(json.dumps(value() | changes).encode())


def entry(attempts: int, name: str = "raw-articles-4-99-0") -> ReplayEntry:
    return ReplayEntry(name, "dead-letter", 1, 42, "raw-articles", 4, attempts, NOW, "0.1.0")


def test_the_example_of_the_contract_can_be_read_and_one_of_a_later_version_too() -> None:
    fields = example_record("dead-letter")
    assert read_letter(json.dumps(fields).encode()).code == fields["code"]
    later = fields | {"code": "melted", "stage": "print", "colour": "red"}
    assert read_letter(json.dumps(later).encode()).stage == "print"


@pytest.mark.parametrize("text", [None, b"", b"{}", b"[]", b"\xff", b'{"dead_letter_id": 1}', b"[" * 2000])
def test_what_is_no_letter_says_so(text: bytes | None) -> None:
    with pytest.raises(UnreadableError):
        read_letter(text)
    with pytest.raises(UnreadableError):
        read_entry(text)


def test_a_log_entry_reads_back() -> None:
    assert read_entry(encode_entry(entry(2))) == entry(2)


def test_a_letter_is_open_until_its_attempts_have_been_replayed() -> None:
    history = ReplayHistory()
    assert history.is_open(letter(attempts=1))
    history.add(entry(1))
    assert [history.is_open(letter(attempts=n)) for n in (1, 2)] == [False, True]
    history.add(entry(3))
    assert [history.is_open(letter(attempts=n)) for n in (1, 2, 3, 4)] == [False, False, False, True]
    assert history.count("raw-articles-4-99-0") == 2
    assert history.last("raw-articles-4-99-0") == NOW
    assert (history.count("another"), history.last("another"), len(history)) == (0, None, 1)


@pytest.mark.parametrize(
    ("chosen", "meant"),
    [
        (Filter(), True),
        (Filter(codes=frozenset({"parse_error", "empty"})), True),
        (Filter(codes=frozenset({"empty"})), False),
        (Filter(stages=frozenset({"parse"}), kinds=frozenset({"failed"})), True),
        (Filter(stages=frozenset({"parse"}), kinds=frozenset({"rejected"})), False),
        (Filter(ids=frozenset({"raw-articles-4-99-0"})), True),
        (Filter(ids=frozenset({"raw-articles-4-99-1"})), False),
        (Filter(fingerprints=frozenset({"0" * 16})), False),
        (Filter(since=NOW), True),
        (Filter(since=NOW + timedelta(seconds=1)), False),
        (Filter(until=NOW), False),
        (Filter(until=NOW + timedelta(seconds=1)), True),
        (Filter(state="open"), True),
        (Filter(state="replayed"), False),
    ],
)
def test_what_a_filter_means(chosen: Filter, *, meant: bool) -> None:
    assert chosen.matches(letter(), ReplayHistory()) is meant
    assert chosen.narrows is (replace(chosen, state=None) != Filter())


def test_the_input_comes_back_bit_by_bit_with_one_header_more() -> None:
    one = letter()
    assert carried_input(one) == replace(MESSAGE, timestamp_ms=0)
    headers = reentry_headers(
        one, (*MESSAGE.headers, ("Copydesk-Replay", b"of an earlier try")), "dead-letter-1-42", Stage.PARSE
    )
    again = replace(MESSAGE, offset=120, headers=headers)
    replay = read_replay(again, Stage.PARSE)
    assert replay is not None
    assert (replay.raw.offset, replay.raw.timestamp_ms, replay.attempts) == (99, MESSAGE.timestamp_ms, 1)
    assert [name for name, _ in headers] == ["x-url", "copydesk-replay", "dlq-replayed-from"]


def test_what_is_not_carried_or_no_base64_is_told_apart() -> None:
    original = value()["original"]
    with pytest.raises(NotCarriedError):
        carried_input(letter(original=original | {"value_b64": None}))
    with pytest.raises(UnreadableError):
        carried_input(letter(original=original | {"value_b64": "?"}))


@pytest.mark.parametrize("changes", [{"attempts": 0}, {"raw": {"offset": -1}}, {"raw": {"items": 0}}])
def test_coordinates_that_no_stage_would_believe_are_not_sent(changes: dict[str, Any]) -> None:
    fields = value()
    raw = fields["raw"] | changes.pop("raw", {})
    with pytest.raises(UnreadableError):
        reentry_headers(letter(raw=raw, **changes), (), "dead-letter-1-42", Stage.PARSE)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"stage": "print"}, "no stage print"),
        ({"stage": "enrich"}, "came from raw-articles, and enrich reads unique-articles"),
        ({"dead_letter_id": "raw-articles-4-98-0"}, "not that of its raw record"),
    ],
)
def test_letters_that_cannot_be_replayed_here(changes: dict[str, Any], reason: str | None) -> None:
    told = why_not(letter(**changes), SOURCES, RAW_TIME, timedelta(days=14))
    assert (told is None) if reason is None else reason in str(told)


def test_a_letter_of_an_internal_record_without_origin_cannot_be_replayed() -> None:
    message = replace(MESSAGE, topic="parsed-articles", headers=())
    emit, _ = dead_letter(message, Stage.DEDUPE, Code.SCHEMA_INVALID, ValueError("x"), options=Options(), now=NOW)
    assert "its raw record is not known" in str(why_not(read_letter(emit.value), SOURCES, RAW_TIME, timedelta(days=14)))


@pytest.mark.parametrize(("days", "reason"), [(14, None), (15, "older than the dedupe window of 14 days")])
def test_what_dedupe_has_forgotten_is_not_replayed(days: int, reason: str | None) -> None:
    told = why_not(letter(), SOURCES, RAW_TIME + timedelta(days=days), timedelta(days=14))
    assert (told is None) if reason is None else reason in str(told)


def test_a_value_that_no_letter_can_have_is_told() -> None:
    assert list(unknown_values(["parse_timeout"], ["parse"], ["failed"])) == []
    (code, stage, kind) = unknown_values(["parse_timout"], ["pars"], ["fault"])
    assert "is parse_timeout meant?" in code
    assert "is parse meant?" in stage
    assert "rejected, failed" in kind


def test_counts_and_lines_do_not_speak_to_the_terminal() -> None:
    bad = letter(code="no\x1b[31m", message="[red]\x1b[2J", error_fingerprint="f\x1b[5m", stage="s\x07")
    counts = Counts()
    counts.add(bad, ReplayHistory())
    row = line(SimpleNamespace(letter=bad, place="p"), ReplayHistory())  # type: ignore[arg-type] # as far as is needed
    for shown in (counts.tables(), table([row])):
        console = Console(file=io.StringIO(), width=200)
        console.print(shown)
        told = console.file.getvalue()  # type: ignore[attr-defined] # it is the one of two lines above
        assert "\x1b" not in told
        assert "\x07" not in told
        assert "[red]" in told


def guarded(guard: Guard, one: Letter, history: ReplayHistory) -> bool:
    class Found:
        letter = one

    return guard.allows(Found(), history)  # type: ignore[arg-type] # a record is not needed to decide


def test_the_guards() -> None:
    history = ReplayHistory()
    guard = Guard(Filter(), 3, None)
    assert guarded(guard, letter(), history)
    assert not guarded(guard, letter(), history), "the same letter twice in one run"
    for attempts in (1, 2, 3):
        history.add(entry(attempts))
    guard.reset()
    assert not guarded(guard, letter(attempts=3), history)
    assert not guarded(guard, letter(attempts=4), history)
    assert guard.closed == 1
    assert "replayed 3 times or more" in str(guard.refused)
    forced = Guard(Filter(), None, None)
    assert not guarded(forced, letter(attempts=3), history), "--force never replays a letter twice"
    assert guarded(forced, letter(attempts=4), history)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-01T12:00:00Z", NOW),
        ("2026-03-01T13:00:00+01:00", NOW),
        ("2026-03-01T12:00", NOW),
        ("2026-03-01", NOW.replace(hour=0)),
    ],
)
def test_instants(written: str, instant: datetime) -> None:
    assert When().convert(written, None, None) == instant


@pytest.mark.parametrize(
    ("written", "ago"), [("30s", timedelta(seconds=30)), ("2h", timedelta(hours=2)), ("7 d", timedelta(days=7))]
)
def test_ages(written: str, ago: timedelta) -> None:
    assert abs(datetime.now(UTC) - ago - When().convert(written, None, None)) < timedelta(minutes=1)


@pytest.mark.parametrize("written", ["yesterday", "", "2x", "h", "999999w", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time(written: str) -> None:
    with pytest.raises(click.BadParameter, match="neither an instant"):
        When().convert(written, None, None)


def test_an_article_does_not_speak_to_the_terminal() -> None:
    assert printable("a\x1b[31m\x07b\n") == "a\ufffd[31m\ufffdb\n"
    assert beginning(b"\xff" + b"x" * 100_000) == "\ufffd" + "x" * 999


def test_a_letter_with_broken_base64_is_shown_all_the_same() -> None:
    class Found:
        letter = read_letter(json.dumps(value() | {"original": value()["original"] | {"value_b64": "?"}}).encode())
        place = "dead-letter-1-42"

    assert full(Found(), ReplayHistory())["original"]["beginning"] == "?"  # type: ignore[arg-type] # all that is read


@pytest.mark.parametrize(("dead_days", "log_days"), [(None, 60), (90, 180), (1, 60)])
def test_the_log_outlives_the_letters(dead_days: int | None, log_days: int) -> None:
    retention = None if dead_days is None else dead_days * DAY_MS
    settings = Settings.load({}, topics=Topics(dead=TopicOverride(retention_ms=retention)))
    assert settings.spec(TopicRole.REPLAYS).retention_ms == log_days * DAY_MS
    assert settings.partitions(TopicRole.REPLAYS) == 1


def test_entries_are_plain_json() -> None:
    assert msgspec.json.decode(encode_entry(entry(1)))["replayed_at"] == "2026-03-01T12:00:00Z"
