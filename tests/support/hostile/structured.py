"""Hostile JSON: as documents, within pages, and as envelopes that break every field."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.support.hostile.base import STORY, Dice, headed, html, kind, text
from tests.support.service import Raw

_ARTICLE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Harbour bridge closed",
}
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**18, "", "x", [], {}, [None], [[[]]], {"a": {"b": []}}, "\ud800", "\x00", "9" * 400,
    {"@id": "#a"}, [{"@value": 5}], "2019-99-99", ["a", 5, None, {"name": ["b"]}], "a" * 100_000,
)  # fmt: skip
_FIELDS = (
    "content", "content_base64", "media_type", "charset", "url", "final_url", "raw_id", "source", "fetched_at", "http",
    "feed_item", "title_hint", "published_hint", "language_hint", "action", "priority",
)  # fmt: skip


def _script(body: str) -> bytes:
    return html(f"<p>{STORY}</p>", f'<script type="application/ld+json">{body}</script>')


def _dump(value: Any) -> str:
    return json.dumps(value)


@kind
def json_of_megabytes(dice: Dice) -> bytes:
    article = {**_ARTICLE, "articleBody": STORY * (dice.much(9 * 2**20) // len(STORY))}
    return _dump(article).encode() if dice.random() < 0.5 else _script(_dump(article))


@kind
def json_ld_of_megabytes_within_limits(dice: Dice) -> bytes:
    return _script(_dump({**_ARTICLE, "articleBody": STORY * (dice.much(990_000) // len(STORY))}))


@kind
def json_ld_scripts(dice: Dice) -> bytes:
    one = f'<script type="application/ld+json">{_dump({**_ARTICLE, "@id": "#a", "author": {"@id": "#b"}})}</script>'
    return html(f"<p>{STORY}</p>", one * dice.much(30_000))


@kind
def json_ld_graph(dice: Dice) -> bytes:
    nodes = [{"@id": f"#{n}", "@type": "Person", "name": f"A{n} Keller"} for n in range(dice.much(9_000))]
    return _script(_dump({"@graph": [{**_ARTICLE, "author": [{"@id": f"#{n}"} for n in range(len(nodes))]}, *nodes]}))


@kind
def json_ld_cycles(dice: Dice) -> bytes:
    a = {**_ARTICLE, "@id": "#a", "author": {"@id": "#b"}, "publisher": {"@id": "#a"}, "image": {"@id": "#a"}}
    b = {"@id": "#b", "@type": "Person", "author": {"@id": "#a"}, "url": {"@id": "#b"}, "x": dice.random()}
    c = {"@id": "#a", "@type": "WebPage", "mainEntity": {"@id": "#a"}, "name": {"@id": "#a"}}
    return _script(_dump({"@graph": [a, b, c] * dice.randrange(1, 50)}))


@kind
def json_ld_wide_and_deep(dice: Dice) -> bytes:
    """Every level is walked under several keys: a tree of exponential size, if nobody counts."""
    node: Any = dict(_ARTICLE)
    for _ in range(dice.randrange(4, 9)):
        node = {"@type": "WebPage", "mainEntity": [node] * 4, "about": [node] * 4, "@graph": [node] * 2}
        if len(_dump(node)) > 500_000 * dice.scale:
            break
    return _script(_dump(node))


@kind
def json_ld_odd_types(dice: Dice) -> bytes:
    keys = (
        "headline", "name", "articleBody", "datePublished", "dateModified", "author", "publisher", "image", "keywords",
        "articleSection", "description", "url", "mainEntityOfPage", "isAccessibleForFree", "license", "inLanguage",
        "alternativeHeadline", "creditText", "copyrightHolder", "isPartOf", "video", "thumbnailUrl", "@type", "@id",
    )  # fmt: skip
    article = {**_ARTICLE, **{key: dice.choice(_ODD) for key in keys if dice.random() < 0.6}}
    return _script(_dump(article)) if dice.random() < 0.5 else _dump(article).encode()


@kind
def json_of_many_brackets(dice: Dice) -> bytes:
    depth = dice.much(500_000)
    opening, closing = dice.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"), ('{"@graph":[', "]}")))
    closed = dice.random() < 0.5
    body = opening * depth + "1" + (closing * depth if closed else "")
    match dice.randrange(4):
        case 0:
            return body.encode()
        case 1:
            return _script(body[:900_000])
        case 2:
            return f'{{"content": {body}}}'.encode()
    return f'{{"version":"https://jsonfeed.org/version/1.1","items":{body}}}'.encode()


@kind
def json_with_odd_numbers(dice: Dice) -> bytes:
    number = dice.choice(
        ("1e999", "-1e999", "NaN", "Infinity", "9" * 5_000, "9" * 300_000, "1E-999", "-0", "0." + "1" * 99_999)
    )
    key = dice.choice(("content", "datePublished", "fetched_at", "version", "action", "x"))
    prefix = dice.choice(("", '"@type":"NewsArticle","headline":"a","articleBody":"b",', '"content":"some text",'))
    return f'{{{prefix}"{key}": {number}}}'.encode()


@kind
def json_with_faults(dice: Dice) -> bytes:
    """Each fault is one that the reader forgives, in great number."""
    one = dice.choice((",", " ,", ",\n", "/*", "*/", "//<![CDATA[", "<!--", "-->", ";", "]]>", "\t", "\\", '"', "\\u"))
    flood = one * (dice.much(900_000) // len(one))
    body = _dump({**_ARTICLE, "articleBody": STORY})
    return _script(dice.choice((flood + body, body + flood, body[:-1] + flood + "}", body[:40] + flood + body[40:])))


@kind
def json_with_escaped_surrogates(dice: Dice) -> bytes:
    one = dice.choice(("\\ud800", "\\udfff", "\\ud83d\\ude00", "\\ude00\\ud83d", "\\u0000", "\\ufffe"))
    flood = one * dice.much(5_000)
    match dice.randrange(3):
        case 0:
            return f'{{"content":"{flood} {STORY}{STORY}","title_hint":"{flood}","url":"https://a.example/1"}}'.encode()
        case 1:
            return _script(f'{{"@type":"NewsArticle","headline":"{flood[:6000]}","articleBody":"{flood}{STORY * 9}"}}')
    return f'{{"content":"{STORY * 2}","raw_id":"{one}","source":{{"name":"{one}"}},"feed_item":{{"title":"{one}","author":"{one}"}}}}'.encode()


@kind
def json_with_repeated_keys(dice: Dice) -> bytes:
    pairs = ",".join(f'"content":"text {n}"' for n in range(dice.much(50_000)))
    return f'{{{pairs},"content":{_dump(STORY * 3)}}}'.encode()


@kind
def json_with_unknown_keys(dice: Dice) -> bytes:
    pairs = ",".join(f'"k{n}":{n}' for n in range(dice.much(300_000)))
    return f'{{{pairs},"content":{_dump(STORY * 3)}}}'.encode()


@kind
def envelope_of_odd_types(dice: Dice) -> bytes:
    fields: dict[str, Any] = {"content": STORY * 2}
    for name in dice.sample(_FIELDS, k=dice.randrange(1, 6)):
        fields[name] = dice.choice(_ODD)
    return _dump(fields).encode()


@kind
def envelope_of_odd_members(dice: Dice) -> bytes:
    source = {
        key: dice.choice(_ODD) for key in ("domain", "name", "feed_url", "country", "language") if dice.random() < 0.5
    }
    item = {
        key: dice.choice(_ODD)
        for key in ("title", "link", "guid", "published", "updated", "author", "summary", "categories")
        if dice.random() < 0.5
    }
    http = {"status": dice.choice(_ODD), "headers": dice.choice((*_ODD, {"Content-Type": "text/html; charset=hex"}))}
    fields: dict[str, Any] = {"content": STORY * 2}
    fields.update(
        dice.choice(({"source": source}, {"feed_item": item}, {"http": http}, {"source": source, "feed_item": item}))
    )
    return _dump(fields).encode()


@kind
def envelope_of_giant_members(dice: Dice) -> bytes:
    giant = dice.choice(("a", "By ", "1/1/", " ", "é", "A. ", "en-", "https://a.example/")) * dice.much(300_000)
    name = dice.choice(("title_hint", "published_hint", "language_hint", "url", "raw_id", "media_type", "charset"))
    inner = dice.choice(("title", "author", "published", "updated", "link", "guid", "summary"))
    fields = dice.choice(
        (
            {name: giant},
            {"feed_item": {inner: giant}},
            {"feed_item": {"categories": [giant[:20]] * dice.much(100_000)}},
            {"http": {"status": 200, "headers": {f"h{n}": "x" for n in range(dice.much(100_000))}}},
            {"http": {"status": 200, "headers": {"Last-Modified": giant, "Content-Type": giant}}},
            {"source": {"name": giant, "domain": giant}},
        )
    )
    return _dump({"content": STORY * 2, **fields}).encode()


@kind
def envelope_of_odd_base64(dice: Dice) -> bytes:
    data = base64.b64encode(html(STORY)).decode()
    value = dice.choice(
        (data[:-1], "=" * dice.much(2**20), data + "=" * 9, "\n".join(data), "%%%", data.replace("A", "é"), "A")
    )
    return _dump({"content_base64": value, "charset": dice.choice(("utf-16", "hex", None))}).encode()


@kind
def envelope_of_odd_times(dice: Dice) -> bytes:
    when = dice.choice(
        ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2019-03-28T23:59:60Z",
         "2019-03-28T10:00:00+99:99", 1e18, -1e18, 253402300800, "99999-01-01T00:00:00Z", "now", "2019-03-28", 0, "P1D")
    )  # fmt: skip
    hint = dice.choice(
        ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "31 December 9999 23:59 -1200", "1e400")
    )
    fields = dice.choice(
        ({"fetched_at": when}, {"published_hint": hint}, {"feed_item": {"published": hint, "updated": hint}})
    )
    return _dump({"content": STORY * 2, "url": "https://a.example/9999/12/31/x", **fields}).encode()


@kind
def envelope_within_an_envelope(dice: Dice) -> bytes:
    value = _dump({"content": STORY * 2})
    for _ in range(dice.randrange(1, 10)):
        value = _dump({"content": value, "media_type": "application/vnd.copydesk.raw+json"})
    return value.encode()


@kind
def takedowns(dice: Dice) -> bytes:
    fields: dict[str, Any] = {"action": dice.choice(("delete", "DELETE", "upsert", "drop", 5, None))}
    for name in ("url", "raw_id", "content", "content_base64"):
        if dice.random() < 0.5:
            fields[name] = dice.choice(
                ("https://a.example/1", "", " ", "\ud800", "http://[::1", "file:///etc/passwd", None)
            )
    return _dump(fields).encode()


@kind
def envelope_claimed(dice: Dice) -> Raw:
    value = dice.choice(
        (b"[]", b"{}", b"{", b"null", b"\x00", html(STORY), b"\xef\xbb\xbf{}", b'"x"', "{}".encode("utf-16"))
    )
    return headed(value, (("content-type", b"application/vnd.copydesk.raw+json"),))


@kind
def odd_headers(dice: Dice) -> Raw:
    values = (
        b"", b"\xff\xfe\x80", b"\x00", b"x" * dice.much(100_000), "\u202e".encode(), b"file:///etc/passwd", b"a\r\nb: c",
        b"http://[::1", b"9999-12-31T23:59:59-23:59", b"text/html; charset=" + b"q" * 9_999, b";;;;;", b"=;=;=", b"%s%n",
    )  # fmt: skip
    names = (
        "content-type",
        "x-url",
        "x-final-url",
        "ce_id",
        "ce_time",
        "traceparent",
        "dlq-replayed-from",
        "",
        "X-URL",
        "\x00",
    )
    headers = [(dice.choice(names), dice.choice(values)) for _ in range(dice.choice((1, 3, 2_000)))]
    return headed(text(""), headers)


@kind
def odd_keys(dice: Dice) -> Raw:
    return Raw(text(""), dice.choice((b"", b"\x00", b"\xff" * 1_000, dice.randbytes(dice.much(50_000)))))


@kind
def almost_nothing(dice: Dice) -> Raw:
    return Raw(
        dice.choice((None, b"", b" ", b"\x00", b"\xef\xbb\xbf", b"<", b"{", b"[", b'"', b"&", b"\n" * dice.much(2**20)))
    )
