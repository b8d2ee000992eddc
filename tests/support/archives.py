"""Web archives made by hand, record by record, as crawlers write them and as they break."""

from __future__ import annotations

import gzip

PAGE = b"<html><body><h1>Bridge reopens</h1><p>The harbour bridge reopened on Monday.</p></body></html>"
URL = "https://a.example/news/1"
DATE = "2024-05-17T10:00:00Z"
HTML = {"Content-Type": "text/html; charset=utf-8"}
IMAGE = {"Content-Type": "image/png"}


def record(kind: str, block: bytes, **headers: str) -> bytes:
    """A WARC record; underscores in the names of headers stand for hyphens."""
    known = {"WARC-Type": kind, "WARC-Date": DATE, "WARC-Record-ID": "<urn:uuid:0f3a5c1e-0000-4000-8000-000000000001>"}
    known |= {name.replace("_", "-"): value for name, value in headers.items()}
    known["Content-Length"] = str(len(block))
    head = "".join(f"{name}: {value}\r\n" for name, value in known.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def response(
    body: bytes = PAGE,
    headers: dict[str, str] = HTML,
    *,
    url: str = URL,
    status: str = "HTTP/1.1 200 OK",
    **warc: str,
) -> bytes:
    """A record of a response as the server sent it."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    block = f"{status}\r\n{head}\r\n".encode("latin-1") + body
    kind = "application/http; msgtype=response"
    return record("response", block, Content_Type=kind, WARC_Target_URI=url, **warc)


def packed(*records: bytes) -> bytes:
    """A gzip member a record, as `.warc.gz` files are."""
    return b"".join(gzip.compress(one) for one in records)


def news_crawl(*pages: bytes) -> bytes:
    """An archive as crawlers of news write it: what wrote it, then of each page what was asked, got and noted of it.

    The pages are unpacked already, and the headers that said how they were packed go by other names.
    """
    records = [
        record(
            "warcinfo", b"isPartOf: news\r\nformat: WARC File Format 1.0\r\n", Content_Type="application/warc-fields"
        )
    ]
    for number, page in enumerate(pages, start=1):
        url = f"https://news{number}.example/story/{number}"
        asked = f"GET /story/{number} HTTP/1.1\r\nHost: news{number}.example\r\nUser-Agent: bot\r\n\r\n".encode()
        kind = "application/http; msgtype=request"
        records.append(record("request", asked, Content_Type=kind, WARC_Target_URI=url, WARC_IP_Address="192.0.2.1"))
        said = HTML | {"X-Crawler-Content-Encoding": "gzip", "X-Crawler-Transfer-Encoding": "chunked"}
        said |= {"Last-Modified": "Fri, 17 May 2024 09:00:00 GMT", "Content-Length": str(len(page))}
        records.append(response(page, said, url=url, WARC_IP_Address="192.0.2.1", WARC_Payload_Digest="sha1:A"))
        noted = b"fetchTimeMs: 412\r\ncharset-detected: utf-8\r\n"
        records.append(record("metadata", noted, Content_Type="application/warc-fields", WARC_Target_URI=url))
    return packed(*records)
