from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

TEXT = " ".join(f"The council of town number {n} met on Monday and voted for new lamps." for n in range(12))
LINES = [
    json.dumps({"content": f"Lamps for all\n\n{TEXT}", "media_type": "text/plain", "url": "https://a.example/news/1"}),
    "this is not JSON",
    "",
    json.dumps({"content": f"Lamps for all\n\n{TEXT}", "media_type": "text/plain", "url": "https://b.example/news/2"}),
    json.dumps({"action": "delete", "url": "https://c.example/never"}),
]


def run(*arguments: str, stdin: str) -> bytes:
    code = "import sys; from copydesk.app.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "process", *arguments], input=stdin.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def records(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_one_outcome_a_line_in_order_and_the_same_again() -> None:
    first = records(run("--with-topic", stdin="\n".join(LINES)))
    assert [r["topic"] for r in first] == ["enriched-articles", "dead-letter", "duplicate-articles", "dead-letter"]
    assert [r["record"]["raw"]["offset"] for r in first] == [0, 1, 3, 4]
    assert first[1]["record"]["code"] == "invalid_envelope"
    assert first[3]["record"]["code"] == "bad_takedown"
    second = records(run("--with-topic", stdin="\n".join(LINES)))
    for entry in (*first, *second):
        entry["record"].pop("processing", None)
    assert first == second
