"""`produce` and `consume` against the embedded broker, through the command line itself."""

from __future__ import annotations

import base64
import gzip
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.support import archives

from copydesk.adapters.embedded_broker import EmbeddedBroker
from copydesk.app.cli import broker as reaching
from copydesk.app.cli import cli
from copydesk.app.cli.cards import is_outcome, rows
from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.produce import read_source
from copydesk_schemas.export import example_record
from copydesk_schemas.raw import RAW_MEDIA_TYPE

PAGE = "<html><body><h1>Brücke</h1><p>Offen.</p></body></html>".encode("latin-1")
URL = "https://a.example/news/1"


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as running:
        yield running


class Desk:
    """Commands against topics of one test's own."""

    def __init__(self, broker: EmbeddedBroker, name: str) -> None:
        self.env = {
            "COPYDESK_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "COPYDESK_TOPICS__RAW__NAME": f"{name}-raw",
            "COPYDESK_TOPICS__ENRICHED__NAME": f"{name}-enriched",
        }
        broker.create_topics(f"{name}-raw", f"{name}-enriched")

    def run(self, *arguments: str | Path, stdin: bytes = b"", code: int = 0, **env: str) -> Result:
        result = CliRunner().invoke(cli, [str(a) for a in arguments], input=stdin, env=self.env | env)
        assert result.exit_code == code, result.output
        return result

    def raw(self, *arguments: str) -> list[dict[str, Any]]:
        """Records of the raw topic, with their place."""
        result = self.run("consume", "-t", "raw", "--exit-at-end", "--json", "--with-place", *arguments)
        return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def desk(broker: EmbeddedBroker, request: pytest.FixtureRequest) -> Desk:
    return Desk(broker, request.node.name)


def test_a_file_is_one_record_of_its_own_bytes(desk: Desk, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    sent = desk.run("produce", page, "--url", URL)
    (record,) = desk.raw()
    told = json.loads(sent.stdout)
    assert told["record"] == str(page)
    assert (told["partition"], told["offset"]) == (record["partition"], record["offset"])
    assert base64.b64decode(record["value_base64"]) == PAGE
    assert record["key"] == URL
    assert record["headers"] == [["content-type", "text/html"], ["x-url", URL]]
    assert "1 record" in sent.stderr
    assert f"partition {record['partition']}, offset {record['offset']}" in sent.stderr


def test_folders_are_walked_and_gzip_is_unpacked(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>a</p>"))
    (tmp_path / "deep" / "b.txt").write_text("b")
    (tmp_path / "deep" / "deeper" / "c.xml").write_text("<c/>")
    (tmp_path / ".hidden").write_text("not this")
    sent = desk.run("produce", tmp_path)
    assert [Path(json.loads(line)["record"]).name for line in sent.stdout.splitlines()] == [
        "a.html.gz",
        "b.txt",
        "c.xml",
    ]
    assert {record["value"]: record["headers"] for record in desk.raw()} == {
        "<p>a</p>": [["content-type", "text/html"]],
        "b": [["content-type", "text/plain"]],
        "<c/>": [],  # may be a feed, a page or neither: the service finds out
    }
    assert all(record["key"] is None for record in desk.raw())


def test_with_a_source_the_document_goes_in_an_envelope(desk: Desk) -> None:
    desk.run("produce", "-", "--source", "The Example Times/example.com", "--url", URL, stdin=PAGE)
    (record,) = desk.raw()
    assert record["headers"] == [["content-type", RAW_MEDIA_TYPE]]
    assert record["key"] == URL
    envelope = record["record"]
    assert base64.b64decode(envelope.pop("content_base64")) == PAGE
    assert envelope == {"url": URL, "source": {"name": "The Example Times", "domain": "example.com"}}


@pytest.mark.parametrize(
    ("written", "name", "domain"),
    [
        ("The Example Times/example.com", "The Example Times", "example.com"),
        ("News 24/7/news247.example", "News 24/7", "news247.example"),
        ("example.com", None, "example.com"),
        ("The Example Times", "The Example Times", None),
        ("Dr. Example", "Dr. Example", None),
    ],
)
def test_a_source_is_a_name_a_domain_or_both(written: str, name: str | None, domain: str | None) -> None:
    hint = read_source(written)
    assert (hint.name, hint.domain) == (name, domain)


def test_a_source_of_nothing_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="names a publisher"):
        read_source(" / ")


def test_lines_are_sent_as_they_are_with_their_url_as_key(desk: Desk) -> None:
    lines = [json.dumps({"content": f"text {n}", "url": f"https://a.example/{n}"}).encode() for n in range(30)]
    desk.run("produce", "--jsonl", "-", stdin=b"\n".join([*lines, b"", b"no JSON", b'["no", "envelope"]']))
    records = desk.raw()
    assert len(records) == 32
    assert all(record["headers"] == [["content-type", RAW_MEDIA_TYPE]] for record in records)
    by_key = {record["key"]: record["record"] for record in records if record["key"] is not None}
    assert by_key == {f"https://a.example/{n}": json.loads(line) for n, line in enumerate(lines)}
    others = [record.get("value", record.get("record")) for record in records if record["key"] is None]
    assert sorted(map(str, others)) == ["['no', 'envelope']", "no JSON"]


@pytest.mark.parametrize(
    "arguments",
    [("--jsonl", "--url", URL, "-"), ("--jsonl", "--source", "X/x.example", "-"), ("--url", URL, "-", "-"), ()],
)
def test_options_that_do_not_go_together(desk: Desk, arguments: tuple[str, ...]) -> None:
    result = desk.run("produce", *arguments, stdin=b"text", code=2)
    assert result.stderr
    assert desk.raw() == []


def test_what_is_too_large_is_told_and_the_rest_is_sent(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("small")
    (tmp_path / "b.txt").write_text("x" * 3_000)
    (tmp_path / "c.txt").write_text("small too")
    sent = desk.run("produce", tmp_path, code=1, COPYDESK_TOPICS__RAW__MAX_MESSAGE_BYTES="2000")
    assert f"{tmp_path / 'b.txt'} has 3,0" in sent.stderr
    assert "(2,000, by COPYDESK_TOPICS__RAW__MAX_MESSAGE_BYTES)" in sent.stderr
    assert "Traceback" not in sent.output
    assert sorted(record["value"] for record in desk.raw()) == ["small", "small too"]


def test_a_file_that_is_not_there(desk: Desk, tmp_path: Path) -> None:
    result = desk.run("produce", tmp_path / "none.html", code=1)
    assert result.stderr == f"copydesk: {tmp_path / 'none.html'} cannot be read: No such file or directory.\n"


def test_a_topic_that_is_not_there(desk: Desk, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    sent = desk.run("produce", page, code=1, COPYDESK_TOPICS__RAW__NAME="nowhere", COPYDESK_DECLARE_TOPICS="false")
    assert "there is no topic nowhere" in sent.stderr
    read = desk.run("consume", "-t", "nowhere", code=1)
    assert "there is no topic nowhere" in read.stderr
    assert desk.env["COPYDESK_TOPICS__RAW__NAME"] in read.stderr


@pytest.mark.parametrize("command", [("produce", "-"), ("consume",)])
def test_a_broker_that_refuses_or_never_answers(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "CONNECT_WITHIN_S", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        refused = CliRunner().invoke(cli, [*command, "-b", address], input=b"text")
        silent.listen()
        unanswered = CliRunner().invoke(cli, [*command, "-b", address], input=b"text")
    for result in (refused, unanswered):
        assert result.exit_code == 3
        assert result.stderr.startswith(f"copydesk: no connection to Kafka at {address}: ")
        assert result.stderr.count("\n") == 1
        assert result.stdout == ""


def test_reading_stops_at_a_number_at_the_end_or_has_only_what_is_new(desk: Desk) -> None:
    lines = [json.dumps({"content": str(n), "url": f"https://a.example/{n}"}).encode() for n in range(40)]
    desk.run("produce", "--jsonl", "-", stdin=b"\n".join(lines))
    everything = desk.raw()
    assert len({record["partition"] for record in everything}) > 1
    assert {record["record"]["content"] for record in everything} == {str(n) for n in range(40)}
    assert len(desk.raw("-n", "7")) == 7
    assert desk.raw("--latest") == []
    plain = desk.run("consume", "-t", "raw", "--exit-at-end").stdout
    assert [json.loads(line) for line in plain.splitlines()] == [record["record"] for record in everything]


def test_a_topic_is_named_by_its_role_or_by_itself(desk: Desk) -> None:
    desk.run("produce", "-", stdin=b"text")
    own = desk.env["COPYDESK_TOPICS__RAW__NAME"]
    both = desk.run("consume", "-t", own, "-t", "raw", "-t", "enriched", "--exit-at-end").stdout
    (record,) = map(json.loads, both.splitlines())
    assert (record["topic"], record["value"]) == (own, "text")
    assert desk.run("consume", "--exit-at-end").stdout == ""  # enriched is what is meant without a name


def test_cards_tell_what_it_is_and_why(desk: Desk) -> None:
    article = example_record("enriched")
    letter = example_record("dead-letter")
    lines = b"\n".join(json.dumps(fields).encode() for fields in (article, letter, {"stage": "none of these"}))
    desk.run("produce", "--jsonl", "-", stdin=lines)
    shown = desk.run("consume", "-t", "raw", "--exit-at-end", "--pretty", COLUMNS="200").stdout
    assert article["title"] in shown
    assert article["keywords"][0]["term"] in shown
    assert letter["dead_letter_id"] in shown
    assert letter["code"] in shown
    assert '"stage": "none of these"' in shown


@pytest.mark.parametrize(
    ("name", "expected"), [("enriched", "enriched"), ("duplicate", "duplicate"), ("dead-letter", "dead")]
)
def test_a_card_has_no_empty_row(name: str, expected: str) -> None:
    fields = example_record(name)
    assert is_outcome(fields)
    found = dict(rows(fields))
    assert found["became"].startswith(expected)
    assert all(found.values())
    assert f"offset {fields['raw']['offset']}" in found["raw"]


def test_a_card_needs_no_more_than_what_is_never_null() -> None:
    fields = example_record("enriched")
    missing = dict.fromkeys(("url", "canonical_url", "published_at", "summary", "title", "sentiment"))
    empty: dict[str, Any] = {name: [] for name in ("authors", "topics", "entities", "keywords")}
    found = dict(rows(fields | missing | empty | {"source": {"name": None, "domain": None}}))
    assert not {"address", "source", "by", "published", "summary", "topics", "names", "keywords"} & found.keys()


def test_of_a_web_archive_each_document_is_a_record(desk: Desk, tmp_path: Path) -> None:
    dated = archives.HTML | {"Last-Modified": "Fri, 17 May 2024 09:00:00 GMT", "Content-Encoding": "gzip"}
    (tmp_path / "crawl.warc.gz").write_bytes(
        archives.packed(
            archives.record("warcinfo", b"software: made up\r\n"),
            archives.response(PAGE, {"Content-Type": "text/html; charset=iso-8859-1"}),
            archives.response(gzip.compress(archives.PAGE), dated, url="https://a.example/news/2"),
            archives.response(status="HTTP/1.1 404 Not Found"),
            archives.response(headers=archives.IMAGE),
            archives.response(headers=archives.IMAGE),
        )
    )
    sent = desk.run("produce", tmp_path / "crawl.warc.gz")
    bare, enveloped = sorted(desk.raw(), key=lambda record: str(record["key"]))
    assert base64.b64decode(bare["value_base64"]) == PAGE
    assert bare["key"] == URL
    assert bare["headers"] == [
        ["content-type", "text/html; charset=iso-8859-1"],
        ["x-url", URL],
        ["ce_time", "2024-05-17T10:00:00Z"],
    ]
    assert enveloped["headers"] == [["content-type", RAW_MEDIA_TYPE]]
    assert enveloped["key"] == "https://a.example/news/2"
    assert base64.b64decode(enveloped["record"].pop("content_base64")) == archives.PAGE
    assert enveloped["record"] == {
        "media_type": "text/html; charset=utf-8",
        "url": "https://a.example/news/2",
        "fetched_at": "2024-05-17T10:00:00Z",
        "http": {"status": 200, "headers": {"last-modified": "Fri, 17 May 2024 09:00:00 GMT"}},
    }
    assert "2 records" in sent.stderr
    left_out = "Left out 4 records of web archives: 2 of type image/png, 1 of type warcinfo, 1 with status 404."
    assert left_out in sent.stderr
    told = [json.loads(line)["record"] for line in sent.stdout.splitlines()]
    assert told == [f"{tmp_path / 'crawl.warc.gz'}: {url}" for url in (URL, "https://a.example/news/2")]


def test_a_source_goes_in_an_envelope_with_the_archive_s_own_words(desk: Desk) -> None:
    desk.run("produce", "-", "--source", "example.com", stdin=archives.response())
    (record,) = desk.raw()
    assert base64.b64decode(record["record"].pop("content_base64")) == archives.PAGE
    assert record["record"] == {
        "media_type": "text/html; charset=utf-8",
        "url": URL,
        "source": {"domain": "example.com"},
        "fetched_at": "2024-05-17T10:00:00Z",
    }


def test_what_came_before_the_damage_of_an_archive_is_sent(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "cut.warc.gz").write_bytes(archives.packed(archives.response(), archives.response())[:-50])
    sent = desk.run("produce", tmp_path / "cut.warc.gz", code=1)
    assert "cannot be read to its end" in sent.stderr
    assert "1 record" in sent.stderr
    assert [record["key"] for record in desk.raw()] == [URL]


def test_an_archive_without_a_document_is_told(desk: Desk) -> None:
    sent = desk.run("produce", "-", stdin=archives.response(headers=archives.IMAGE))
    assert "0 records" in sent.stderr
    assert "1 of type image/png" in sent.stderr
    assert desk.raw() == []
