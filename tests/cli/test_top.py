"""`copydesk top`: a frame, JSON lines, and a sentence where no worker answers."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.console import Console
from tests.cli.test_commands import run
from tests.support.kafka import free_port
from tests.support.looked_at import HOSTILE, SPOOFS, ended, example, forwarded, partition, pump, titled

from copydesk.app.cli.frame import frame, sparkline
from copydesk.app.cli.top import api_address
from copydesk.app.look import look
from copydesk.app.page import TURNED_OFF
from copydesk.app.settings import Settings
from copydesk.app.wiring import Overrides, build_app
from copydesk.core.records import OutcomeKind
from copydesk_schemas.reasons import Stage


@contextmanager
def answering(body: bytes, status: int = 200, kind: str = "application/json") -> Iterator[str]:
    """A server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    """What a worker would answer that has not started, and ended one article of each kind."""
    settings = Settings.load({}, app_id="topped", state_dir=tmp_path)
    desk = build_app(settings, overrides=Overrides(web=False)).desk
    assert desk.recent is not None
    for stage, result in (
        forwarded(),
        ended(OutcomeKind.ENRICHED),
        ended(OutcomeKind.DUPLICATE),
        ended(OutcomeKind.DEAD),
    ):
        desk.recent.record(stage, result)
    return look(desk, desk.recent).model_dump_json().encode()


def test_one_frame(body: bytes) -> None:
    with answering(body) as url:
        shown = run("top", url, "--once", "--pretty").stdout
    assert shown.startswith("● Starting: waiting for its turn\n")
    assert "topped on 127.0.0.1:9092" in shown
    title = str(example(OutcomeKind.ENRICHED)["title"])
    assert title[:30] in shown
    assert "Nothing like it was published before." in shown
    assert "near_duplicate" in shown
    assert example(OutcomeKind.DEAD)["code"] in shown
    assert "\x1b" not in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_pipe_gets_json(body: bytes) -> None:
    with answering(body) as url:
        shown = run("top", url.removeprefix("http://"), "--once").stdout
    (line,) = shown.splitlines()
    assert json.loads(line) == json.loads(body)


def test_what_articles_say_moves_no_cursor(tmp_path: Path) -> None:
    desk = build_app(Settings.load({}, state_dir=tmp_path), overrides=Overrides(web=False)).desk
    assert desk.recent is not None
    for title in (*HOSTILE, *SPOOFS):
        desk.recent.record(*titled(OutcomeKind.ENRICHED, title))
    now = look(desk, desk.recent)
    # Whatever stands between worker and terminal: the text is cleaned where it is shown, too.
    first = now.articles[: len(SPOOFS)]
    spoofed = [each.model_copy(update={"title": title}) for each, title in zip(first, SPOOFS, strict=True)]
    body = now.model_copy(update={"articles": spoofed}).model_dump_json().encode()
    with answering(body) as url:
        shown = run("top", url, "--once", "--pretty").stdout
    assert "rung" in shown
    assert all(text.isprintable() for text in shown.splitlines())


def test_nobody_answers() -> None:
    assert "no worker answers at http://127.0.0.1:" in run("top", f"127.0.0.1:{free_port()}", code=3).stderr


@pytest.mark.parametrize(
    ("answer", "status", "kind", "sentence"),
    [
        (b'{"status": "OK"}', 200, "application/json", "is no copydesk worker, or one of another version"),
        (b"<html>", 200, "text/html", "is no copydesk worker, or one of another version"),
        (TURNED_OFF.encode(), 404, "text/plain", "answers 404: The page is turned off"),
        (b"<h1>no", 502, "text/html", "answers 502: Bad Gateway"),
    ],
)
def test_something_else_answers(answer: bytes, status: int, kind: str, sentence: str) -> None:
    with answering(answer, status, kind) as url:
        said = run("top", url, code=1).stderr
    assert sentence in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("wrong", ["ftp://a.example", "127.0.0.1:99999", "http://", "http://[::1"])
def test_what_is_no_address(wrong: str) -> None:
    said = run("top", wrong, code=2).stderr
    assert said.startswith(f"copydesk: «{wrong if '://' in wrong else f'http://{wrong}'}» is no address of a worker")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("127.0.0.1:7000", "http://127.0.0.1:7000/api/now"),
        ("http://a.example/desk/", "https://a.example/desk/api/now".replace("https", "http")),
        ("https://a.example:8443/api/now", "https://a.example:8443/api/now"),
    ],
)
def test_addresses(given: str, expected: str) -> None:
    assert api_address(given) == expected


def test_the_usual_address_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_WEB_PORT", "7001")
    assert api_address(None) == "http://127.0.0.1:7001/api/now"


def test_a_sparkline_is_a_gap_only_where_there_was_nothing() -> None:
    assert sparkline([0, 0]) == "··"
    assert sparkline([0, 0.01, 1, 8]) == "·▁▂█"


@pytest.mark.parametrize("height", [18, 24, 40])
def test_a_frame_fits_its_screen_and_shows_articles_first(tmp_path: Path, height: int) -> None:
    desk = build_app(Settings.load({}, state_dir=tmp_path), overrides=Overrides(web=False)).desk
    assert desk.recent is not None
    desk.recent.record(*ended(OutcomeKind.DEAD))
    for _ in range(20):
        desk.recent.record(*titled(OutcomeKind.ENRICHED, "A headline"))
    desk.pumps = {stage: pump(stage, partition(0)) for stage in Stage}
    console = Console(width=80, height=height, force_terminal=True)
    lines = console.render_lines(frame(look(desk, desk.recent), console, fit=True), pad=False)
    text = ["".join(segment.text for segment in line) for line in lines]
    assert len(lines) <= height
    assert any("A headline" in line for line in text)
    assert any("what to do" in line for line in text) is (height == 40)


def test_on_a_terminal_it_refreshes_and_ctrl_c_ends_it_well(body: bytes) -> None:
    master, slave = pty.openpty()
    with answering(body) as url:
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
        command = [sys.executable, "-m", "copydesk", "top", url, "--every", "0.2"]
        process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        seen = _read_until(master, b"Starting", times=3)
        process.send_signal(signal.SIGINT)
        seen += _drain(master)
    assert process.wait(timeout=30) == 0
    assert b"\x1b[?1049h" in seen  # its own screen,
    assert b"\x1b[?1049l" in seen  # and the old one again
    assert b"Traceback" not in seen
    os.close(master)


def _read_until(master: int, mark: bytes, times: int) -> bytes:
    seen, deadline = b"", time.monotonic() + 60
    while seen.count(mark) < times:
        assert time.monotonic() < deadline, seen
        if select.select([master], [], [], 1)[0]:
            seen += os.read(master, 65_536)
    return seen


def _drain(master: int) -> bytes:
    seen = b""
    while select.select([master], [], [], 10)[0]:
        try:
            part = os.read(master, 65_536)
        except OSError:  # how Linux says that the other side is closed
            break
        seen += part
    return seen
