from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import archives

TEXT = " ".join(f"The council of town number {n} met on Monday and voted for new lamps." for n in range(12))
LINES = [
    json.dumps({"content": f"Lamps for all\n\n{TEXT}", "media_type": "text/plain", "url": "https://a.example/news/1"}),
    "this is not JSON",
    "",
    json.dumps({"content": f"Lamps for all\n\n{TEXT}", "media_type": "text/plain", "url": "https://b.example/news/2"}),
    json.dumps({"action": "delete", "url": "https://c.example/never"}),
]


def process(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    code = "import sys; from copydesk.app.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, "process", *arguments], input=stdin.encode(), capture_output=True, check=False
    )


def run(*arguments: str, stdin: str) -> bytes:
    done = process(*arguments, stdin=stdin)
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


STORY = f"<html><body><article><h1>Lamps for all</h1><p>{TEXT}</p></article></body></html>".encode()


def test_of_a_web_archive_each_document_is_a_line(tmp_path: Path) -> None:
    dated = archives.HTML | {"Last-Modified": "Fri, 17 May 2024 09:00:00 GMT"}
    (tmp_path / "crawl.warc.gz").write_bytes(
        archives.packed(
            archives.record("warcinfo", b"software: made up\r\n"),
            archives.response(STORY, dated, url="https://a.example/news/1"),
            archives.response(headers=archives.IMAGE),
            archives.response(STORY, url="https://b.example/news/2"),
        )
    )
    for arguments in ((), ("--raw",)):
        first, second = records(run(*arguments, str(tmp_path / "crawl.warc.gz"), stdin=""))
        assert (first["url"], first["title"]) == ("https://a.example/news/1", "Lamps for all")
        assert first["fetched_at"] == "2024-05-17T10:00:00Z"
        assert "http:last-modified" in [candidate["source"] for candidate in first["date_candidates"]]
        assert second["duplicate_of"]["url"] == "https://a.example/news/1"
        assert [record["raw"]["offset"] for record in (first, second)] == [0, 1]


def test_what_came_before_the_damage_of_an_archive_is_processed_and_told(tmp_path: Path) -> None:
    (tmp_path / "cut.warc.gz").write_bytes(archives.news_crawl(STORY, STORY)[:-300])
    done = process(str(tmp_path / "cut.warc.gz"))
    assert done.returncode == 1
    assert [record["url"] for record in records(done.stdout)] == ["https://news1.example/story/1"]
    summary, failure = done.stderr.decode().splitlines()
    assert summary.startswith("1 items: 1 enriched. Left out 4 records of web archives: ")
    assert "cut.warc.gz cannot be read to its end: it is damaged or cut off after 5 whole records (" in failure


def test_a_strange_record_of_an_archive_is_told_in_a_pipe_too(tmp_path: Path) -> None:
    odd = archives.response(status="nothing of the kind", url="https://a.example/odd")
    (tmp_path / "odd.warc").write_bytes(odd + archives.response(STORY))
    done = process(str(tmp_path / "odd.warc"))
    assert done.returncode == 0
    assert len(records(done.stdout)) == 1
    assert "1 with an HTTP head that is none (the first: https://a.example/odd)." in done.stderr.decode()
    assert process("--quiet", str(tmp_path / "odd.warc")).stderr == b""


def test_archives_and_lines_follow_one_another(tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text(LINES[0] + "\n")
    (tmp_path / "crawl.warc").write_bytes(archives.response(STORY, url="https://b.example/news/2"))
    first, second = records(run(str(tmp_path / "lines.jsonl"), str(tmp_path / "crawl.warc"), stdin=""))
    assert first["url"] == "https://a.example/news/1"
    assert second["this"]["url"] == "https://b.example/news/2"
