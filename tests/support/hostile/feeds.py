"""Hostile feeds and XML: entities that explode, entries without number, trees without end."""

from __future__ import annotations

import json
from typing import Any

from tests.support.hostile.base import STORY, Dice, kind

_RSS = '<rss version="2.0"><channel><title>News</title>{0}</channel></rss>'
_ITEM = "<item><title>{0}</title><link>https://a.example/{1}</link><description>{2}</description></item>"


def _rss(items: str, prologue: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>{prologue}{_RSS.format(items)}'.encode("utf-8", "surrogatepass")


def _one(description: str, title: str = "Bridge closed") -> str:
    return _ITEM.format(title, 1, description)


@kind
def billion_laughs(dice: Dice) -> bytes:
    levels = dice.randrange(5, 40)
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(levels))
    return _rss(_one(f"&l{levels};"), f'<!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]>')


@kind
def quadratic_blow_up(dice: Dice) -> bytes:
    return _rss(_one("&a;" * dice.much(50_000)), f'<!DOCTYPE rss [<!ENTITY a "{"a" * dice.much(100_000)}">]>')


@kind
def entities_behind_a_prologue(dice: Dice) -> bytes:
    """The declaration stands further back than a look at the head of the document reaches."""
    cover = dice.choice(("<!-- {0} -->", "<?x {0}?>", "\n{0}\n")).format(" " * dice.much(400_000))
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    return _rss(_one("&l12;"), f'{cover}<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>')


@kind
def entities_in_pages(dice: Dice) -> bytes:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(dice.randrange(3, 30)))
    return f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{laughs}]><html><body><p>{STORY}&l3;</p></body></html>'.encode()


@kind
def feed_entries(dice: Dice) -> bytes:
    return _rss("".join(_ITEM.format(f"Bridge {n}", n, "closed") for n in range(dice.much(100_000))))


@kind
def feed_entries_within_limits(dice: Dice) -> bytes:
    return _rss("".join(_ITEM.format(f"Bridge {n}", n, STORY) for n in range(max(3, int(999 * dice.scale)))))


@kind
def empty_feed_entries(dice: Dice) -> bytes:
    one = dice.choice(
        ("<item/>", "<item></item>", "<item><title/></item>", "<item>x</item>", "<entry/>", "<item><item>")
    )
    return _rss(one * dice.much(3_000))


@kind
def feed_entry_of_megabytes(dice: Dice) -> bytes:
    return _rss(_one("&lt;p&gt;" + STORY * (dice.much(6 * 2**20) // len(STORY))))


@kind
def feed_entry_with_everything_twice(dice: Dice) -> bytes:
    count = dice.much(20_000)
    one = dice.choice(("<category>c{0}</category>", "<author>A{0} Keller</author>", "<enclosure url='https://a.example/{0}.jpg' type='image/jpeg'/>",
                       "<pubDate>{0}</pubDate>", "<title>t{0}</title>", "<link>https://a.example/{0}</link>"))  # fmt: skip
    return _rss(f"<item>{''.join(one.format(n) for n in range(count))}<description>{STORY}</description></item>")


@kind
def deep_xml(dice: Dice) -> bytes:
    name = dice.choice(("item", "channel", "a", "description", "x:y", "entry", "content"))
    depth = dice.much(100_000)
    closing = f"</{name}>" * depth if dice.random() < 0.5 else ""
    return _rss(f"<{name}>" * depth + STORY + closing)


@kind
def deep_markup_in_an_entry(dice: Dice) -> bytes:
    return _rss(_one(dice.choice(("&lt;div&gt;", "&lt;b&gt;", "&lt;table&gt;&lt;td&gt;")) * dice.much(60_000) + STORY))


@kind
def tags_in_many_entries(dice: Dice) -> bytes:
    """Each entry is below the limit of tags, all of them together are far above."""
    markup = "&lt;b&gt;x&lt;/b&gt;" * dice.much(400)
    return _rss("".join(_ITEM.format(f"Bridge {n}", n, STORY + markup) for n in range(dice.much(900))))


@kind
def broken_xml(dice: Dice) -> bytes:
    feed = bytearray(_rss("".join(_ITEM.format(f"Bridge {n}", n, STORY) for n in range(20))))
    for _ in range(dice.randrange(1, 60)):
        feed[dice.randrange(len(feed))] = dice.choice((0x00, 0x3C, 0x3E, 0x22, 0x26, 0x2F, 0xC3, 0x80, 0xFF))
    return bytes(feed)


@kind
def xml_never_closed(dice: Dice) -> bytes:
    opening = dice.choice(("<![CDATA[", "<!--", "<item><title>", "<item a='", "<?x ", "&", "<", "<item ", "<!DOCTYPE "))
    return _rss(opening + STORY * (dice.much(2**20) // len(STORY)))


@kind
def xml_openings_without_end(dice: Dice) -> bytes:
    opening = dice.choice(
        ("<![CDATA[", "<!--", "<item ", "<item a='", "<?x ", "&", "&#x", "<", "<a><b ", "<title>", "<!D")
    )
    return _rss(opening * (dice.much(2**20) // len(opening)))


@kind
def xml_namespaces(dice: Dice) -> bytes:
    spaces = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(dice.much(20_000)))
    return _rss(f"<item {spaces}><n1:title>x</n1:title><title>Bridge</title><description>{STORY}</description></item>")


@kind
def xml_of_another_kind(dice: Dice) -> bytes:
    root = dice.choice(
        ("svg", "urlset", "nitf", "newsItem", "opml", "soap:Envelope", "x" * 5000, "rss", "feed", "rdf:RDF", "html")
    )
    return f'<?xml version="1.0" encoding="{dice.choice(("utf-8", "utf-16", "hex", "x" * 99))}"?><{root}>{STORY}</{root}>'.encode()


@kind
def prologue_of_megabytes(dice: Dice) -> bytes:
    one = dice.choice(
        ("<!-- x -->", "<?x y?>", "\n", "<!-- - -- -->", "<!DOCTYPE x>", "\ufeff", "<!---->", "<?", "<!--")
    )
    return (one * (dice.much(2**20) // len(one))).encode() + _rss(_one(STORY))


@kind
def json_feed_entries(dice: Dice) -> bytes:
    items: list[Any] = [
        {"id": str(n), "title": f"Bridge {n}", "content_text": "closed"} for n in range(dice.much(100_000))
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items}).encode()


@kind
def json_feed_of_odd_types(dice: Dice) -> bytes:
    odd: tuple[Any, ...] = (
        None,
        5,
        True,
        "",
        [],
        {},
        "x",
        [[]],
        [{"name": 5}],
        {"name": ["x"]},
        "\ud800",
        "https://a.example/",
    )
    keys = ("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "authors", "author",
            "tags", "language", "date_published", "date_modified", "attachments")  # fmt: skip
    items = [{key: dice.choice(odd) for key in keys if dice.random() < 0.7} for _ in range(dice.randrange(1, 30))]
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": dice.choice(odd),
            "language": dice.choice(odd),
            "items": [*items, 5, None],
        }
    ).encode()
