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
