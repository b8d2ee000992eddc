"""What the log lets through."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from copydesk.adapters.log_floods import TALLY, Floods, Repeats, Sampling
from copydesk.adapters.logs import configure_logging


def record(name: str, message: str, *arguments: object, level: int = logging.ERROR) -> logging.LogRecord:
    return logging.LogRecord(name, level, __file__, 1, message, arguments, None)


def test_repeats_of_the_library_are_counted_instead_of_shown() -> None:
    now = [0.0]
    repeats = Repeats(("aiokafka",), clock=lambda: now[0])
    away = "Unable connect to node with id %s: %s"
    assert repeats.filter(record("aiokafka", away, 1, "refused"))
    assert not repeats.filter(record("aiokafka", away, 1, "refused"))
    assert not repeats.filter(record("aiokafka", away, 2, "refused"))
    assert repeats.filter(record("aiokafka.consumer.fetcher", away, 1, "refused")), "another logger"
    assert repeats.filter(record("aiokafka", away, 1, "refused", level=logging.WARNING)), "another level"
    assert repeats.filter(record("aiokafka", "something else"))
    now[0] = 10.0
    later = record("aiokafka", away, 1, "refused")
    assert repeats.filter(later)
    assert later.getMessage() == "Unable connect to node with id 1: refused [and 2 more like it]"
    now[0] = 20.0
    last = record("aiokafka", away, 1, "refused")
    assert repeats.filter(last)
    assert last.getMessage() == "Unable connect to node with id 1: refused"


def test_our_own_lines_are_never_left_out() -> None:
    repeats = Repeats(("aiokafka",), clock=lambda: 0.0)
    assert all(repeats.filter(record("copydesk.article", "article")) for _ in range(100))


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_flood_of_one_event_is_sampled_and_the_rest_is_counted() -> None:
    now = [0.0]
    floods = Floods(Sampling(burst=3, keep_one_in=10), clock=lambda: now[0])

    def line() -> logging.LogRecord:
        one = record("copydesk.article", "", level=logging.INFO)
        one.msg = {"event": "article", "offset": 1}  # as structlog hands it on
        return one

    before = TALLY.by_level()["info"][1]
    lines = [line() for _ in range(23)]
    kept = [number for number, one in enumerate(lines) if floods.filter(one)]
    assert kept == [0, 1, 2, 12, 22]
    assert lines[12].msg == {"event": "article", "offset": 1, "dropped": 9}
    assert TALLY.by_level()["info"][1] - before == 18
    assert floods.filter(record("copydesk.article", "another event")), "each event has its own count"
    assert all(floods.filter(line()) for now[0] in (1.0, 1.1, 1.2)), "another second"
    assert not floods.filter(line())


def test_what_a_flood_left_out_at_its_end_is_said_on_the_next_line() -> None:
    now = [0.0]
    floods = Floods(Sampling(burst=1, keep_one_in=100), clock=lambda: now[0])
    assert [floods.filter(record("faust", "Timer %s", n)) for n in range(4)] == [True, False, False, False]
    now[0] = 5.0
    last = record("faust", "Timer %s", 9)
    assert floods.filter(last)
    assert last.getMessage() == "Timer 9 [and 3 more like it]"


@pytest.mark.parametrize("message", ["gone: %s", {"event": "gone"}], ids=["of a library", "of ours"])
def test_two_filters_tell_together_how_much_they_left_out(message: Any) -> None:
    now = [0.0]
    repeats = Repeats(("aiokafka",), clock=lambda: now[0])
    floods = Floods(Sampling(burst=1, keep_one_in=3), clock=lambda: 0.0)

    def passes() -> logging.LogRecord | None:
        one = record("aiokafka", "gone: %s", *([] if isinstance(message, dict) else [1]))
        one.msg = message
        return one if repeats.filter(one) and floods.filter(one) else None

    before = TALLY.by_level()["error"][1]
    assert passes() is not None
    last = None
    for passed in (False, False, True):
        # Of three lines two are repeats. The third says so, and may itself be left out as part of a flood.
        assert [passes(), passes()] == [None, None]
        now[0] += 10
        last = passes()
        assert (last is not None) is passed
    assert last is not None
    assert TALLY.by_level()["error"][1] - before == 8
    if isinstance(message, dict):
        assert last.msg == {"event": "gone", "dropped": 8}
    else:
        assert last.getMessage() == "gone: 1 [and 8 more like it]"


def test_events_without_number_take_no_room() -> None:
    floods = Floods(Sampling(burst=1, keep_one_in=2), clock=lambda: 0.0)
    for number in range(5_000):
        assert floods.filter(record("faust", f"message {number}"))
    assert len(floods._kinds) <= 501


@pytest.mark.parametrize("name", ["faust.agents.agent", "mode.services", "aiokafka.consumer.fetcher", "asyncio"])
def test_records_of_libraries_take_the_same_way(name: str) -> None:
    stream = io.StringIO()
    configure_logging(pretty=False, stream=stream)
    structlog.contextvars.bind_contextvars(stage="parse", partition=3)
    logging.getLogger(name).warning("[^--%s]: crashed with %r", "Agent", ValueError("x"))
    logging.getLogger(name).info("of no interest")
    (line,) = logged(stream)
    assert line["event"] == "[^--Agent]: crashed with ValueError('x')"
    assert (line["logger"], line["level"], line["stage"], line["partition"]) == (name, "warning", "parse", 3)
    assert "timestamp" in line


def test_lines_are_counted_by_level() -> None:
    configure_logging(pretty=False, stream=io.StringIO())
    before = TALLY.by_level()
    structlog.get_logger("copydesk.test").error("one")
    logging.getLogger("aiokafka").warning("two of one kind")
    logging.getLogger("aiokafka").warning("two of one kind")
    after = TALLY.by_level()
    assert after["error"][0] - before["error"][0] == 1
    assert (after["warning"][0] - before["warning"][0], after["warning"][1] - before["warning"][1]) == (1, 1)


@pytest.mark.parametrize("pretty", [False, True])
def test_no_line_holds_a_secret_however_it_came_in(*, pretty: bool) -> None:
    stream = io.StringIO()
    secret = 'p4ss"word\\1'  # noqa: S105 - made up
    configure_logging(pretty=pretty, stream=stream, secrets=[secret])
    log = structlog.get_logger("copydesk.test")
    log.warning("connecting", sasl_plain_password="hunter2", kwargs={"ssl": {"key_password": "hunter3"}})  # noqa: S106 - made up
    log.warning("could not log in", reason=f"not with {secret}")
    logging.getLogger("aiokafka").error("refused: %s", f"user:{secret}")
    log.warning("asking", address="https://user:hunter4@registry.example/path")
    try:
        raise RuntimeError(f"wrong: {secret}")  # noqa: TRY301 - it is the trace that is looked at
    except RuntimeError:
        log.exception("failed")
    text = stream.getvalue()
    assert len(text.splitlines()) >= 5
    for hidden in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], "hunter"):
        assert hidden not in text
    assert "https://***@registry.example/path" in text
    if not pretty:
        assert all(line["event"] for line in logged(stream))


def test_a_document_does_not_get_into_the_log_whole() -> None:
    stream = io.StringIO()
    configure_logging(pretty=False, stream=stream)
    log = structlog.get_logger("copydesk.test")
    log.warning("odd", value="word " * 10_000)
    try:
        raise ValueError("word " * 10_000)  # noqa: TRY301 - it is the trace that is looked at
    except ValueError:
        log.exception("failed")
    line, trace = logged(stream)
    assert str(line["value"]).endswith("… (50000 characters)")
    assert str(trace["exception"]).count("… (50000 characters)") == 1
    assert len(stream.getvalue()) < 5_000


def test_a_text_that_no_encoding_has_is_logged_all_the_same() -> None:
    stream = io.StringIO()
    configure_logging(pretty=False, stream=stream)
    logging.getLogger("faust").error("half a character: %s", "\ud83d")
    (line,) = logged(stream)
    assert line["event"] == "half a character: \ud83d"


def test_a_terminal_gets_lines_for_a_person() -> None:
    stream = io.StringIO()
    configure_logging(pretty=True, stream=stream)
    structlog.get_logger("copydesk.test").info("running", stages=["parse"])
    assert "running" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
