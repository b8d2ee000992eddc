"""Hostile Markdown, ninjs, NewsML and NITF: bombs in the forms that agencies and editors use."""

from __future__ import annotations

import json
from typing import Any

from tests.support.hostile.base import STORY, Dice, kind

_ODD: tuple[Any, ...] = (
    None, True, 5, -1.5, 10**18, "", "x", [], {}, [None], [[[]]], {"a": {"b": []}}, "\x00", ["a", 5, None, {"name": ["b"]}],
    [{"value": 5}], {"main": {"href": 5}}, "9" * 400, "2019-99-99", [{"name": "x", "value": "<p>" * 300}], "a" * 20_000,
)  # fmt: skip
_ROOTS = {
    "nitf": "<nitf><body><body.head><hedline><hl1>Bridge closed</hl1></hedline></body.head><body.content>{0}</body.content></body></nitf>",
    "newsItem": '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:1"><itemMeta><itemClass qcode="ninat:text"/></itemMeta>'
    "<contentMeta><headline>Bridge closed</headline></contentMeta><contentSet><inlineXML><nitf><body><body.content>{0}</body.content></body>"
    "</nitf></inlineXML></contentSet></newsItem>",
    "NewsML": '<NewsML><NewsItem><NewsManagement><Status FormalName="Usable"/></NewsManagement><NewsComponent><NewsLines>'
    '<HeadLine>Bridge closed</HeadLine></NewsLines><ContentItem><Format FormalName="NITF"/><DataContent>{0}</DataContent></ContentItem>'
    "</NewsComponent></NewsItem></NewsML>",
    "newsMessage": '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{0}</itemSet></newsMessage>',
}
_ITEM = (
    '<newsItem guid="urn:x:{0}"><itemMeta><itemClass qcode="ninat:{1}"/></itemMeta><contentMeta><headline>Bridge {0}</headline></contentMeta>'
    '<contentSet><inlineData contenttype="text/plain">{2}</inlineData></contentSet></newsItem>'
)


def _wrapped(dice: Dice, inner: str, prologue: str = "") -> bytes:
    root = dice.choice(("nitf", "newsItem", "NewsML"))
    return f'<?xml version="1.0"?>{prologue.replace("ROOT", root)}{_ROOTS[root].format(inner)}'.encode()


@kind
def agency_xml_entities(dice: Dice) -> bytes:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(dice.randrange(5, 30)))
    cover = dice.choice(("", "<!-- x -->" * dice.much(20_000), "<?x y?>", "\n" * dice.much(200_000)))
    external = dice.choice(("", 'SYSTEM "file:///etc/hostname" ', 'SYSTEM "http://127.0.0.1:9/x.dtd" '))
    return _wrapped(dice, f"<p>{STORY}&l5;</p>", f'{cover}<!DOCTYPE ROOT {external}[<!ENTITY l0 "ha">{laughs}]>')


@kind
def agency_xml_depth(dice: Dice) -> bytes:
    name, depth = dice.choice(("block", "bq", "p", "table", "itemSet", "ul><li", "x:y")), dice.much(60_000)
    closing = "".join(f"</{part}>" for part in reversed(name.split("><"))) * depth if dice.random() < 0.5 else ""
    return _wrapped(dice, f"<p>{STORY}</p>" + f"<{name}>" * depth + STORY + closing)


@kind
def agency_xml_below_the_limit_of_depth(dice: Dice) -> bytes:
    depth = 200
    return _wrapped(dice, f"<p>{STORY}</p>" + ("<block>" * depth + "x" + "</block>" * depth) * max(1, dice.much(400)))


@kind
def agency_xml_elements(dice: Dice) -> bytes:
    one = dice.choice(
        (
            "<p>x</p>",
            "<media><media-reference source='a'/></media>",
            "<tr><td>1</td></tr>",
            "<br/>",
            "<a href='/b'>c</a>",
        )
    )
    return _wrapped(dice, f"<p>{STORY}</p>" + one * dice.much(90_000))


@kind
def agency_xml_attributes_and_namespaces(dice: Dice) -> bytes:
    form = dice.choice(('a{0}="{0}"', 'xmlns:n{0}="urn:{0}"'))
    many = " ".join(form.format(n) for n in range(dice.much(100_000)))
    return _wrapped(dice, f"<p {many}>{STORY}</p>")


@kind
def agency_xml_openings_without_end(dice: Dice) -> bytes:
    opening = dice.choice(
        ("<![CDATA[", "<!--", "<p ", "<p a='", "<?x ", "&", "&#x", "<", "<a><b ", "&l;", "]]>", "&#xD800;")
    )
    return _wrapped(dice, f"<p>{STORY}</p>" + opening * (dice.much(2 * 2**20) // len(opening)))


@kind
def agency_text_of_megabytes(dice: Dice) -> bytes:
    return _wrapped(dice, f"<p>{STORY * (dice.much(8 * 2**20) // len(STORY))}</p>")


@kind
def news_message_items(dice: Dice) -> bytes:
    items = "".join(_ITEM.format(n, dice.choice(("text", "picture")), "closed") for n in range(dice.much(30_000)))
    return _ROOTS["newsMessage"].format(items).encode()


@kind
def news_message_of_links(dice: Dice) -> bytes:
    """Every item links to every other: pictures without number, if nobody counts."""
    count = max(3, int(200 * dice.scale))
    links = "".join(f'<link residref="urn:x:{n}"/>' for n in range(count)) * 3
    items = "".join(
        _ITEM.format(n, "picture" if n % 2 else "text", STORY).replace("</itemMeta>", links + "</itemMeta>")
        for n in range(count)
    )
    return _ROOTS["newsMessage"].format(items).encode()


@kind
def news_components(dice: Dice) -> bytes:
    """Trees of components: wide, deep, of pictures, of texts, of items, of subjects."""
    part = dice.choice(
        (
            "<NewsComponent><NewsLines/><ContentItem Href='/a.jpg'><MediaType FormalName='Photo'/></ContentItem></NewsComponent>",
            "<ContentItem><MediaType FormalName='Photo'/></ContentItem><ContentItem><DataContent>x</DataContent></ContentItem>",
            "<NewsComponent><Role FormalName='Caption'/><ContentItem><DataContent>x</DataContent></ContentItem></NewsComponent>",
            "<ContentItem><DataContent></DataContent></ContentItem>",
            "<NewsItem><NewsComponent/></NewsItem>",
            "<TopicSet><Topic><FormalName>1</FormalName><Description>x</Description></Topic></TopicSet>",
            "<NewsLines><KeywordLine>a, b; c</KeywordLine><ByLine>By Anna Keller</ByLine></NewsLines>",
        )
    )
    deep = dice.randrange(1, 200)
    many = "<NewsComponent>" * deep + part * (dice.much(60_000) // 2) + "</NewsComponent>" * deep
    story = f"<NewsComponent><ContentItem><DataContent>{STORY}</DataContent></ContentItem></NewsComponent>"
    parts = [many, story] if dice.random() < 0.5 else [story, many]
    return f"<NewsML><NewsItem><NewsComponent>{''.join(parts)}</NewsComponent></NewsItem></NewsML>".encode()


@kind
def ninjs_of_megabytes(dice: Dice) -> bytes:
    text = STORY * (dice.much(8 * 2**20) // len(STORY))
    body = dice.choice(
        (
            {"body_text": text},
            {"body_html": f"<p>{text}"},
            {"bodies": [{"contenttype": "text/html", "value": "<b>" * dice.much(60_000) + text}]},
        )
    )
    return json.dumps(
        {"uri": "urn:x:1", "type": "text", "headline": text if dice.random() < 0.5 else "Bridge closed", **body}
    ).encode()


@kind
def ninjs_parts_without_number(dice: Dice) -> bytes:
    count = dice.much(60_000)
    part = {
        "type": "picture",
        "uri": "https://a.example/1",
        "value": "x",
        "name": "x",
        "renditions": [{"href": "https://a.example/1.jpg"}] * 3,
    }
    item = {key: [part] * count for key in ("bodies", "headlines", "associations", "subjects", "infosources", "genres")}
    return json.dumps(
        {
            "uri": "urn:x:1",
            "type": "text",
            "headline": "Bridge closed",
            "body_text": STORY,
            **item,
            f"body_{count}": "x",
        }
    ).encode()


@kind
def ninjs_of_odd_types(dice: Dice) -> bytes:
    keys = (
        "type", "version", "versioncreated", "firstcreated", "embargoed", "pubstatus", "copyrightholder", "usageterms", "language",
        "headline", "headlines", "bodies", "body_html", "body_xhtml", "descriptions", "description_text", "byline", "by", "located",
        "subject", "subjects", "genre", "genres", "slugline", "associations", "infosource", "rightsinfo", "keywords", "title", "place",
    )  # fmt: skip
    item = {key: dice.choice(_ODD) for key in keys if dice.random() < 0.5}
    return json.dumps({"uri": dice.choice(_ODD), "headline": "Bridge closed", "body_text": STORY, **item}).encode()


def _markdown_with(piece: str, dice: Dice, *, within: str = "", after: str = "") -> bytes:
    """A story with up to a megabyte of one piece in the middle, text behind that, and text at the end."""
    return f"# Bridge closed\n\n**{STORY}**\n\n{piece * (dice.much(2**20) // len(piece))}{within}\n\n## End\n{after}".encode()


@kind
def markdown_nesting(dice: Dice) -> bytes:
    opening = dice.choice(("> ", ">", "- ", "1. ", "* > ", "  ", "    ", "#", "> - "))
    return _markdown_with(opening, dice, within=STORY)


@kind
def markdown_marks_without_end(dice: Dice) -> bytes:
    mark = dice.choice(
        (
            "[",
            "![",
            "[a](",
            "[a](b",
            "*a ",
            "**a",
            "_a __a ",
            "*a_ ",
            "`",
            "`a",
            "<",
            "<a ",
            "<!--",
            "<http://a",
            "&",
            "\\",
            "]",
            "[a][b] ",
            "~~~\n",
            "```\n",
        )
    )
    return _markdown_with(mark, dice, after=f"\n{STORY}")


@kind
def markdown_blocks_without_number(dice: Dice) -> bytes:
    block = dice.choice(
        (
            "# a\n",
            "a\n",
            "a\n\n",
            "- a\n",
            "- a\n\n",
            "|a",
            "a|b\n-|-\n",
            "[a]: /b\n",
            "<p>x</p>\n\n",
            "![a](b)\n\n",
            "<div>\n\n",
            "a\n=\n",
            "***\n",
            "[a](/b)\n\n",
            "[^1]: a\n",
        )
    )
    return _markdown_with(block, dice)


@kind
def front_matter_bombs(dice: Dice) -> bytes:
    bomb = dice.choice(
        (
            "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n" * dice.much(2_000), "tags: " + "[" * dice.much(100_000),
            "tags: [" + "a, " * dice.much(100_000) + "]", "x: !!python/object/apply:os.system ['true']\n", "k: |\n" + " x\n" * dice.much(20_000),
            "".join(f"k{n}: v\n" for n in range(dice.much(60_000))), "- " * dice.much(100_000), 'date: "' + "\\" * dice.much(100_000), "---\n" * dice.much(50_000),
        )
    )  # fmt: skip
    fence = dice.choice(("---", "+++"))
    return f"{fence}\ntitle: Bridge closed\n{bomb}\n{fence}\n\n# Bridge closed\n\n{STORY * 3}\n".encode()
