"""The service fetches nothing: no document makes it open a connection or a file."""

from __future__ import annotations

import ast
import json
import re
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.sealed import BEGIN, END, allowed, installed

import copydesk.core

ROOT = Path(__file__).parents[2]
PARSERS = {
    "HTMLParser",
    "XMLParser",
    "XMLPullParser",
    "HTMLPullParser",
    "ETCompatXMLParser",
    "XHTMLParser",
    "iterparse",
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(f"canary{secrets.token_hex(16)}\n", encoding="ascii")
    return path


def read_all(listener: socket.socket, secret: Path, *before: str) -> dict[str, Any]:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    command = [*before, sys.executable, "-B", "-m", "tests.support.sealed", address, str(secret)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def connections(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_no_document_opens_a_connection_or_a_file(listener: socket.socket, secret: Path) -> None:
    report = read_all(listener, secret)
    assert len(report["documents"]) > 100
    assert report["outputs"] > 1_000
    assert report["opened"] == []
    assert report["leaked"] == []
    assert connections(listener) == 0
    # And all three watches do see what they are there for.
    assert [event.split()[0] for event in report["noticed"]] == ["open", "socket.getaddrinfo"]
    socket.create_connection(listener.getsockname()).close()
    assert connections(listener) == 1


def test_nor_does_the_c_code_beneath(listener: socket.socket, secret: Path, tmp_path: Path) -> None:
    """libxml2 opens files and addresses without Python's knowledge: the system's own record of calls shows them."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    log = tmp_path / "calls"
    trace = [strace, "-f", "-s", "300", "-o", str(log), "-e", "trace=open,openat,connect,sendto,execve"]
    if subprocess.run([*trace, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("strace may not trace here")
    read_all(listener, secret, *trace)
    calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
    begin, end = (next(n for n, line in enumerate(calls) if mark in line) for mark in (BEGIN, END))
    between = calls[begin + 1 : end]
    assert [line for line in between if re.search(r"\b(connect|sendto|execve)\(", line)] == []
    folders = installed()
    paths = [found[1] for line in between if (found := re.search(r'\bopen(?:at)?\([^"]*"([^"]*)"', line))]
    assert [path for path in paths if not allowed(path, folders)] == []
    # What is opened on purpose after the second mark is in the record.
    assert any(str(secret) in line for line in calls[end:])


def test_every_parser_of_lxml_in_the_core_is_closed() -> None:
    made = []
    for path in sorted(Path(copydesk.core.__path__[0]).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if "lxml" not in path.read_text(encoding="utf-8"):
            continue
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        made += [
            {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            for call in calls
            if getattr(call.func, "attr", getattr(call.func, "id", None)) in PARSERS
        ]
    assert made
    for options in made:
        assert options["no_network"] is True
        assert options["huge_tree"] is False
        assert "load_dtd" not in options
        assert options.get("resolve_entities", False) is False
