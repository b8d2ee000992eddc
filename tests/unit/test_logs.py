"""What the log lets through."""

from __future__ import annotations

import logging

from copydesk.adapters.logs import Repeats


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
