"""Alive means getting further: what becomes of a worker that does not, seen from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.kafka import KafkaBroker, free_port
from tests.support.service import Raw, Service, declare, ending, following, get_page, own_names, produce

from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka
STALL_AFTER_S = 6.0


class Troubled:
    """A worker whose parse stage can be brought into trouble."""

    def __init__(self, broker: KafkaBroker, app_id: str, folder: Path, **settings: str) -> None:
        self.bootstrap = broker.bootstrap
        self.names = own_names(app_id)
        self.mended = folder / "mended"
        self.service = Service(
            broker.bootstrap,
            app_id,
            folder,
            self.names,
            {"STALL_AFTER_S": str(STALL_AFTER_S), "PARSE_TIMEOUT_S": "5", "ENRICH_TIMEOUT_S": "5", **settings},
            program=("-m", "tests.support.troubled"),
            environment={"TROUBLED_MENDED": str(self.mended)},
        )
        self.port = free_port()

    async def begin(self) -> Any:
        await declare(self.bootstrap, self.names)
        process = self.service.start("one", self.port)
        await self.service.ready(process, self.port)
        return process

    async def send(self, *values: bytes) -> None:
        """All to one partition, in order."""
        raw = [Raw(value, b"key") for value in values]
        await produce(self.bootstrap, self.names[TopicRole.RAW], raw)

    def lines(self) -> list[dict[str, Any]]:
        """The log."""
        text = (self.service.folder / "one.log").read_text(errors="replace")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def page(self, path: str) -> tuple[int, Any]:
        """Status and body of a page."""
        try:
            return 200, json.loads(get_page(self.port, path))
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


@pytest.fixture
def troubled(broker: KafkaBroker, app_id: str, tmp_path: Path) -> Iterator[Troubled]:
    one = Troubled(broker, app_id, tmp_path, FUSE__RUN="5", FUSE__PAUSE_S="2")
    with ending(one.service):
        yield one


async def until(what: str, condition: Any, within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(0.1)


async def test_a_worker_that_gets_no_further_says_what_it_was_doing_and_ends(troubled: Troubled) -> None:
    process = await troubled.begin()
    assert troubled.page("/health/live") == (200, {"live": True, "stalled": [], "broker_answers": True})
    await troubled.send(b"fine", b"hang")
    seen: list[tuple[int, Any]] = []

    def ended() -> bool:
        with contextlib.suppress(OSError, ValueError):
            seen.append(troubled.page("/health/live"))
        return process.poll() is not None

    await until("the worker ends", ended)
    assert process.poll() == 5
    assert all(status == (200 if body["live"] else 503) for status, body in seen)
    assert seen[0][1]["live"] is True
    lines = troubled.lines()
    (dump,) = [line for line in lines if line["event"] == "stalled"]
    assert dump["live"] is False
    assert any("parse: partition" in line and "has been working" in line for line in dump["stalled"])
    assert any("troubled.py" in frame for frames in dump["tasks"].values() for frame in frames)
    (last,) = [line for line in lines if line["event"] == "ending: nothing moves"]
    assert last["exit_code"] == 5


async def test_a_worker_that_has_nothing_to_do_lives_on(troubled: Troubled) -> None:
    process = await troubled.begin()
    await troubled.send(b"one", b"two")
    await asyncio.sleep(STALL_AFTER_S * 1.5)
    assert process.poll() is None
    assert troubled.page("/health/live")[0] == 200
    assert await troubled.service.stop(process) == 0


async def test_an_event_loop_that_stands_still_is_ended_with_a_trace(troubled: Troubled) -> None:
    process = await troubled.begin()
    await troubled.send(b"block")
    await until("the worker ends", lambda: process.poll() is not None)
    assert process.poll() == 1
    text = (troubled.service.folder / "one.log").read_text()
    assert "Timeout (" in text
    assert "troubled.py" in text


async def test_the_fuse_holds_back_what_fails_says_so_and_lets_it_through_once_it_is_mended(troubled: Troubled) -> None:
    process = await troubled.begin()
    roles = (TopicRole.ENRICHED, TopicRole.DEAD)
    async with following(troubled.bootstrap, troubled.names, roles) as follower:
        await troubled.send(b"fine", *(b"fail %d" % number for number in range(40)))

        def paused() -> bool:
            status, body = troubled.page("/health/ready")
            partitions = body["stages"]["parse"]["partitions"].values()
            return status == 503 and any(part["state"] == "paused" for part in partitions)

        await until("the fuse blows", paused)
        trouble = " ".join(
            part.get("trouble", "")
            for part in troubled.page("/health/ready")[1]["stages"]["parse"]["partitions"].values()
        )
        assert "records failed in a row, the limit is 5" in trouble
        assert "parse_error, RuntimeError" in trouble
        assert "a fault of ours" not in trouble, "it might quote the document"
        # A pause is meant: it is no stall, however long it lasts.
        await asyncio.sleep(STALL_AFTER_S * 1.5)
        assert process.poll() is None
        assert troubled.page("/health/live")[0] == 200
        page = get_page(troubled.port, "/metrics")
        assert _sum(page, "copydesk_fuse_blown_total", 'stage="parse"') >= 1
        assert _sum(page, "copydesk_partition_restarts_total", 'reason="fuse"') >= 1
        assert _sum(page, "copydesk_lag_seconds", 'stage="parse"') > STALL_AFTER_S, "what is held back grows older"
        assert _sum(page, "copydesk_lag_records", 'stage="parse"') >= 40
        assert _sum(page, "copydesk_progress_age_seconds", "") < STALL_AFTER_S, "a pause is no standstill"
        assert follower.seen[TopicRole.DEAD] == [], "not one of them went to the dead letters"
        troubled.mended.touch()
        # All records have one key: one is enriched, the others are its duplicates. None is dead.
        await follower.until(1, 60)
        await until("the ledger reaches the end", lambda: _reached(troubled, 41))
        await until("ready again", lambda: troubled.page("/health/ready")[0] == 200)
        assert follower.seen[TopicRole.DEAD] == []
    assert any(line["event"].startswith("THE FUSE HAS BLOWN") for line in troubled.lines())
    assert await troubled.service.stop(process) == 0


def _sum(page: str, name: str, label: str) -> float:
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(name) and label in line)


def _reached(troubled: Troubled, offset: int) -> bool:
    parts = troubled.page("/health/ready")[1]["stages"]["parse"]["partitions"].values()
    return any(part.get("next_offset") == offset for part in parts)
