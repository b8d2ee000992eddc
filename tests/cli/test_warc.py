"""Web archives: what is read from them, what is left out and how that is told, and what becomes of damaged ones."""

from __future__ import annotations

import gzip
import io
import random
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import pytest
from fastwarc.stream_io import BrotliWriter, ZstdWriter
from tests.support.archives import HTML, IMAGE, PAGE, URL, news_crawl, packed, record, response

from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.http_body import MAX_BODY, BodyError, decode_body
from copydesk.app.cli.http_head import MAX_HEAD, HttpHead, read_head
from copydesk.app.cli.inputs import read_documents
from copydesk.app.cli.left_out import LeftOut
from copydesk.app.cli.warc import ArchiveError, Capture, read_captures

FETCHED = datetime(2024, 5, 17, 10, tzinfo=UTC)
TEXT = b"The harbour bridge reopened on Monday, and the mayor was glad. " * 40


def read(archive: bytes) -> tuple[list[Capture], LeftOut]:
    left_out = LeftOut()
    return list(read_captures(io.BytesIO(archive), left_out)), left_out


def http(block: bytes) -> bytes:
    return record("response", block, Content_Type="application/http; msgtype=response", WARC_Target_URI=URL)


def test_a_response_is_a_document_with_what_is_known_of_it() -> None:
    said = HTML | {
        "Last-Modified": "Fri, 17 May 2024 09:00:00 GMT",
        "content-language": "en",
        "Set-Cookie": "session=1",
        "Server": "nginx",
    }
    (capture,), left_out = read(response(headers=said))
    assert capture == Capture(
        value=PAGE,
        content_type="text/html; charset=utf-8",
        url=URL,
        fetched_at=FETCHED,
        headers={"content-language": "en", "last-modified": "Fri, 17 May 2024 09:00:00 GMT"},
    )
    assert not left_out


def test_addresses_in_brackets_and_dates_that_are_none() -> None:
    (capture,), _ = read(response(url=f"<{URL}>", WARC_Date="yesterday"))
    assert capture.url == URL
    assert capture.fetched_at is None


def test_fractions_of_a_second() -> None:
    (capture,), _ = read(response(WARC_Date="2024-05-17T10:00:00.250Z"))
    assert capture.fetched_at == FETCHED.replace(microsecond=250_000)


@pytest.mark.parametrize(
    "kind",
    [
        "TEXT/HTML",
        "application/xhtml+xml; charset=utf-8",
        "text/plain",
        "text/xml",
        "application/rss+xml",
        "application/atom+xml",
        "application/json",
        "application/feed+json",
        "application/ld+json",
        "application/vnd.iptc.g2.newsitem+xml",
        "text/vnd.iptc.newsml",
        "text/nitf",
        "text/rss+xml",
    ],
)
def test_types_that_may_hold_an_article(kind: str) -> None:
    (capture,), _ = read(response(headers={"Content-Type": kind}))
    assert capture.content_type == kind


def test_a_type_that_is_not_stated_is_for_the_service_to_find() -> None:
    captures, _ = read(response(headers={}) + response(headers={}, WARC_Identified_Payload_Type="text/html"))
    assert [capture.content_type for capture in captures] == [None, "text/html"]


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (record("warcinfo", b"software: made up\r\n"), "of type warcinfo"),
        (record("request", b"GET / HTTP/1.1\r\n\r\n", Content_Type="application/http"), "of type request"),
        (record("metadata", b"via: x\r\n"), "of type metadata"),
        (record("revisit", b"", WARC_Profile="http://a.example/same"), "of type revisit"),
        (record("response", b"20240517 a.example 1.2.3.4", Content_Type="text/dns"), "of another protocol than HTTP"),
        (response(status="HTTP/1.1 404 Not Found"), "with status 404"),
        (response(status="HTTP/1.1 301 Moved"), "with status 301"),
        (response(status="nothing of the kind"), "with an HTTP head that is none"),
        (response(headers=HTML | {"X-Long": "a" * MAX_HEAD}), "with an HTTP head over 1 MiB"),
        (http(b"HTTP/1.1 200 OK\r\nContent-Type: text/ht"), "with an HTTP head that does not end"),
        (http(b""), "with an HTTP head that is none"),
        (http(PAGE), "with an HTTP head that is none"),
        (response(headers=IMAGE), "of type image/png"),
        (response(headers={"Content-Type": "text/css"}), "of type text/css"),
        (response(headers={"Content-Type": "image/svg+xml"}), "of type image/svg+xml"),
        (response(headers={"Content-Type": "application/octet-stream"}), "of type application/octet-stream"),
        (response(headers={"Content-Type": "a/b/c \x07"}), "of a type that is none"),
        (response(b"\x89PNG\r\n\x1a\n" + bytes(100)), "binary whatever their type says"),
        (response(b" \r\n"), "empty"),
        (response(headers=HTML | {"Content-Encoding": "secret"}), "with an unknown encoding"),
        (response(headers=HTML | {"Content-Encoding": "gzip, " * 1000}), "with an unknown encoding"),
        (response(bytes(MAX_BODY + 1)), "over 32 MiB"),
        (response(gzip.compress(bytes(MAX_BODY + 1)), HTML | {"Content-Encoding": "gzip"}), "over 32 MiB"),
    ],
)
def test_what_holds_no_document_is_counted_by_reason_and_the_next_is_read(archive: bytes, reason: str) -> None:
    captures, left_out = read(archive + response())
    assert left_out == {reason: 1}
    assert [capture.value for capture in captures] == [PAGE]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"X-Long": "a" * 33_000}, id="one line"),
        pytest.param({"X-Long": "a" * 700_000}, id="one line, larger than what is read at once"),
        pytest.param({f"X-{number}": "a" * 100 for number in range(5_000)}, id="many lines"),
    ],
)
@pytest.mark.parametrize("page", [PAGE, PAGE * 5_000], ids=["small", "large"])
def test_a_large_head_costs_neither_its_record_nor_the_next_one(more: dict[str, str], page: bytes) -> None:
    captures, left_out = read(response(page, HTML | more) + response(PAGE, IMAGE | more) + response())
    assert [capture.value for capture in captures] == [page, PAGE]
    assert left_out == {"of type image/png": 1}
    assert not left_out.strange


def test_an_archive_as_crawlers_of_news_write_it(tmp_path: Path) -> None:
    (tmp_path / "news.warc.gz").write_bytes(news_crawl(PAGE, b"", PAGE * 9))
    left_out = LeftOut()
    captures = [document.capture for document in read_documents([str(tmp_path)], left_out)]
    assert [capture and (capture.url, capture.value) for capture in captures] == [
        ("https://news1.example/story/1", PAGE),
        ("https://news3.example/story/3", PAGE * 9),
    ]
    assert captures[0] is not None
    assert captures[0].headers == {"last-modified": "Fri, 17 May 2024 09:00:00 GMT"}
    assert left_out == {"of type warcinfo": 1, "of type request": 3, "of type metadata": 3, "empty": 1}


def test_a_long_head_of_a_record_is_read_too() -> None:
    captures, _ = read(response(WARC_Protocol="a" * 70_000) + response())
    assert len(captures) == 2


def packed_by(packer: type[BrotliWriter | ZstdWriter], data: bytes) -> bytes:
    written = io.BytesIO()
    writer = packer(cast("IO[bytes]", written))
    writer.write(data)
    writer.close()
    return written.getvalue()


def brotli(data: bytes) -> bytes:
    return packed_by(BrotliWriter, data)


def zstd(data: bytes) -> bytes:
    return packed_by(ZstdWriter, data)


def deflated(data: bytes) -> bytes:
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return bare.compress(data) + bare.flush()


def chunked(data: bytes, *, end: bytes = b"\r\n") -> bytes:
    pieces = [data[:7], data[7:100], data[100:]]
    return b"".join(b"%x;note=1%s%s%s" % (len(p), end, p, end) for p in pieces) + b"0" + end * 2


@pytest.mark.parametrize(
    ("body", "transfer", "content"),
    [
        (TEXT, None, None),
        (TEXT, "identity", "identity"),
        (gzip.compress(TEXT), None, "gzip"),
        (gzip.compress(TEXT), None, "X-GZIP"),
        (gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:]), None, "gzip"),
        (gzip.compress(TEXT) + bytes(8), None, "gzip"),
        (zlib.compress(TEXT), None, "deflate"),
        (deflated(TEXT), None, "deflate"),
        (brotli(TEXT), None, "br"),
        (zstd(TEXT), None, "zstd"),
        (chunked(TEXT), "chunked", None),
        (chunked(TEXT, end=b"\n"), "chunked", None),
        (chunked(gzip.compress(TEXT)), "chunked", "gzip"),
        (chunked(gzip.compress(TEXT)), "gzip, chunked", None),
        (gzip.compress(gzip.compress(TEXT)), None, "gzip, gzip"),
        (brotli(gzip.compress(TEXT)), None, "gzip, br"),
    ],
)
def test_bodies_are_unpacked(body: bytes, transfer: str | None, content: str | None) -> None:
    assert decode_body(body, transfer, content) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("body", [TEXT, PAGE, b"x", b"", b"stored"])
def test_what_the_crawler_has_unpacked_already_is_taken_as_it_is(body: bytes, coding: str) -> None:
    assert decode_body(body, "chunked", coding) == body


def test_a_body_that_was_cut_off_gives_what_is_there() -> None:
    assert TEXT.startswith(decode_body(gzip.compress(TEXT)[:-20], None, "gzip"))
    assert decode_body(gzip.compress(TEXT)[:-20], None, "gzip")
    assert decode_body(chunked(TEXT)[:60], "chunked", None) == TEXT[:37]


def test_a_bomb_is_stopped() -> None:
    for body, coding in ((gzip.compress(bytes(MAX_BODY * 4)), "gzip"), (brotli(bytes(MAX_BODY * 4)), "br")):
        with pytest.raises(BodyError, match="over 32 MiB"):
            decode_body(body, None, coding)


def test_many_members_take_no_longer_than_few() -> None:
    # Each member costs a copy of what follows it: a megabyte of empty ones would be 50,000 copies.
    assert decode_body(gzip.compress(b"") * 50_000, None, "gzip") == b""


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        (b"\r\nContent-Type: text/html\r\n\r\n", {"content-type": "text/html"}),
        (b"\nContent-Type: text/html\n\n", {"content-type": "text/html"}),
        (b"\r\nCONTENT-TYPE:text/html;\r\n\tcharset=utf-8\r\n", {"content-type": "text/html; charset=utf-8"}),
        (b"\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n e\r\n", {"content-type": "a/b"}),
        (b"\r\nLink: <a>\r\nX: y\r\nlink: <b>\r\n", {"link": "<a>, <b>", "x": "y"}),
        (b"\r\nLink:\r\nLink: <b>\r\n", {"link": "<b>"}),
        (b"\r\n folded onto nothing\r\nno field\r\n: nameless\r\nX: caf\xe9\r\n", {"x": "caf\xe9"}),
        (b"", {}),
    ],
)
def test_heads_are_read_as_servers_send_them(head: bytes, fields: dict[str, str]) -> None:
    assert read_head(b"HTTP/1.1 200 OK" + head) == HttpHead(200, fields)


@pytest.mark.parametrize("line", [b"HTTP/2 404", b"HTTP/1.0 404 Not Found", b"HTTP/1.1  404 "])
def test_status_lines(line: bytes) -> None:
    head = read_head(line + b"\r\n")
    assert head is not None
    assert head.status == 404


@pytest.mark.parametrize("line", [b"", b"HTTP/1.1", b"HTTP/1.1 2000 OK", b"ICY 200 OK", b"<html> HTTP/1.1 200 OK"])
def test_what_has_no_status_line_is_no_head(line: bytes) -> None:
    assert read_head(line + b"\r\nContent-Type: text/html\r\n\r\n") is None


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz", "named-otherwise"])
def test_an_archive_is_known_by_how_it_begins(tmp_path: Path, name: str) -> None:
    archive = tmp_path / name
    archive.write_bytes(packed(response(), response(url=f"{URL}0")) if name.endswith(".gz") else response())
    documents = list(read_documents([str(archive)], LeftOut()))
    assert documents[0].name == f"{archive}: {URL}"
    assert [document.value for document in documents] == [PAGE] * (2 if name.endswith(".gz") else 1)


def test_one_gzip_stream_around_all_records_is_read_too(tmp_path: Path) -> None:
    archive = tmp_path / "whole.warc.gz"
    archive.write_bytes(gzip.compress(response() + response()))
    assert len(list(read_documents([str(archive)], LeftOut()))) == 2


def test_commands_that_take_single_documents_refuse_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "crawl.warc"
    archive.write_bytes(response())
    with pytest.raises(CommandError, match=r"crawl\.warc is a web archive"):
        list(read_documents([str(archive)]))


WHOLE = packed(response(), response(), response(url=f"{URL}?last"))
LAST = len(packed(response(url=f"{URL}?last")))


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(WHOLE[: -LAST // 2], id="cut off in a gzip member"),
        pytest.param(WHOLE[: 5 - LAST], id="cut off in a gzip header"),
        pytest.param(WHOLE[: -LAST + 12] + b"\xff\x00\xff" + WHOLE[-LAST + 15 :], id="damaged in a gzip member"),
        pytest.param(WHOLE[:-LAST] + b"no gzip at all", id="garbage between gzip members"),
        pytest.param((response() * 3)[:-40], id="cut off in a page"),
        pytest.param(response() * 2 + response(headers=IMAGE)[:-40], id="cut off in what is left out"),
        pytest.param(response() * 2 + b"WARC/1.0\r\nWARC-Ty", id="cut off in a header"),
        pytest.param(response() * 2 + b"no record at all\r\n", id="garbage between records"),
        pytest.param(response() * 2 + response().replace(b"Content-Length: ", b"Content-Length: x"), id="no length"),
        pytest.param(response() * 2 + response().replace(b"Length: ", b"Length: 9999"), id="a length beyond the end"),
    ],
)
def test_a_damaged_archive_gives_what_came_before_and_then_says_so(tmp_path: Path, archive: bytes) -> None:
    path = tmp_path / "crawl.warc"
    path.write_bytes(archive)
    documents = read_documents([str(path)], LeftOut())
    assert [next(documents).value, next(documents).value] == [PAGE, PAGE]
    with pytest.raises(CommandError, match=r"crawl\.warc cannot be read to its end: .* after 2 whole records \("):
        next(documents)


@pytest.mark.parametrize("where", [-8, -4], ids=["checksum", "length"])
def test_a_page_with_a_wrong_checksum_is_not_given_out(tmp_path: Path, where: int) -> None:
    members = [bytearray(packed(one)) for one in (response(), response(url=f"{URL}?damaged"), response())]
    members[1][where] ^= 1
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(b"".join(members))
    documents = read_documents([str(path)], LeftOut())
    assert next(documents).name.endswith(URL)
    with pytest.raises(CommandError, match=r"cannot be read to its end: .* after 1 whole records \((CRC|Incorrect)"):
        next(documents)


def test_a_wrong_checksum_within_a_large_page_costs_that_one_alone(tmp_path: Path) -> None:
    whole = response() + response(random.Random(1).randbytes(300_000).hex().encode())
    cut = gzip.compress(whole[:-1000])
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(cut[:-8] + bytes(8) + gzip.compress(whole[-1000:]))
    documents = read_documents([str(path)], LeftOut())
    assert next(documents).value == PAGE
    with pytest.raises(CommandError, match=r"after 1 whole records \(CRC"):
        next(documents)


def test_an_error_of_the_disk_is_an_error_of_the_archive() -> None:
    class Broken(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            data = super().read(min(size or 500, 500))
            if not data:
                raise OSError(5, "Input/output error")
            return data

    captures = read_captures(Broken(response() + response()), LeftOut())
    assert next(captures).value == PAGE
    with pytest.raises(ArchiveError, match="Input/output error"):
        list(captures)


def test_what_is_left_out_is_told_in_one_sentence() -> None:
    left_out = LeftOut()
    assert left_out.sentence() == ""
    left_out["empty"] += 1
    assert left_out.sentence() == "Left out 1 record of web archives: 1 empty."
    left_out |= {f"of type image/{i}": 1 for i in range(9)} | {"of type request": 1200}
    assert left_out.sentence() == (
        "Left out 1,210 records of web archives: 1,200 of type request, 1 empty, "
        + ", ".join(f"1 of type image/{i}" for i in range(6))
        + ", 3 others."
    )


def test_of_what_is_strange_the_first_is_named() -> None:
    left_out = LeftOut()
    left_out["of type request"] += 9
    left_out.add_strange("over 32 MiB", URL)
    left_out.add_strange("over 32 MiB", f"{URL}?second")
    left_out.add_strange("with an unknown encoding", None)
    assert left_out.sentence() == (
        f"Left out 12 records of web archives: 2 over 32 MiB (the first: {URL}), "
        "1 with an unknown encoding (the first: one without address), 9 of type request."
    )


_LARGE = """
import io, sys
from copydesk.app.cli.left_out import LeftOut
from copydesk.app.cli.warc import read_captures
from tests.support.archives import IMAGE, response

CHUNK = bytes(1 << 20)

class Large(io.RawIOBase):
    '''A picture of a gibibyte between two pages.'''
    def __init__(self):
        image = response(b"", IMAGE)
        length = len(image.partition(b"\\r\\n\\r\\n")[2]) - 4
        image = image.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length + (1 << 30)))
        self.parts = iter([response(), image[:-4], *[CHUNK] * 1024, b"\\r\\n\\r\\n", response()])
        self.rest = b""
    def readable(self):
        return True
    def readinto(self, buffer):
        self.rest = self.rest or next(self.parts, b"")
        data, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

left_out = LeftOut()
print(len(list(read_captures(io.BufferedReader(Large()), left_out))), dict(left_out))
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        print(int(line.split()[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_gibibyte_is_not_held() -> None:
    done = subprocess.run([sys.executable, "-c", _LARGE], capture_output=True, text=True, check=True)
    told, peak = done.stdout.splitlines()
    assert told == "2 {'of type image/png': 1}"
    assert int(peak) < 150
