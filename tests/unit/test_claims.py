"""What a producer says of a document, and is wrong about: every format claimed as every other, and in every charset."""

from __future__ import annotations

import io
import json

import pytest
from tests.support.archives import response
from tests.support.records import articles, raw

from copydesk.app.cli.inputs import Document
from copydesk.app.cli.left_out import LeftOut
from copydesk.app.cli.outgoing import envelope_of
from copydesk.app.cli.warc import read_captures
from copydesk.core import sniff
from copydesk.core.sniff import Format
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.raw import RAW_MEDIA_TYPE
from copydesk_schemas.reasons import Flag

TITLE = "Die Hafenbrücke öffnet nach zwei Jahren"
FIRST = "Die Hafenbrücke in Köln ist am Montag nach zwei Jahren Bauzeit geöffnet worden, sagte die Bürgermeisterin."
SECOND = "Prüfer hatten größere Risse in einem Pfeiler gefunden, und der Verkehr führte über die Straßen der Altstadt."
URL = "https://zeitung.example/bruecke"
HTML_BODY = f"<p>{FIRST}</p><p>{SECOND}</p>"
NITF = (
    f"<nitf><body><body.head><hedline><hl1>{TITLE}</hl1></hedline></body.head>"
    f"<body.content>{HTML_BODY}</body.content></body></nitf>"
)
NEWS_ITEM = (
    f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:1"><contentMeta><headline>{TITLE}</headline>'
    f"</contentMeta><contentSet><inlineXML>{NITF}</inlineXML></contentSet></newsItem>"
)
ENTRY = {"id": "1", "url": URL, "title": TITLE, "content_html": HTML_BODY}
XHTML = (
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "xhtml1-strict.dtd">'
    f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{TITLE}</title></head>'
    f"<body><h1>{TITLE}</h1>{HTML_BODY}</body></html>"
)
RSS = (
    f'<?xml version="1.0"?><rss version="2.0"><channel><title>Zeitung</title><item><title>{TITLE}</title>'
    f"<link>{URL}</link><description><![CDATA[{HTML_BODY}]]></description></item></channel></rss>"
)
ATOM = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Zeitung</title><entry><title>{TITLE}</title>'
    f'<link href="{URL}"/><content type="html"><![CDATA[{HTML_BODY}]]></content></entry></feed>'
)
NEWSML_1 = (
    f"<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>{TITLE}</HeadLine></NewsLines><ContentItem><DataContent>"
    f"{HTML_BODY}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
)
DOCUMENTS = {
    "html": (Format.HTML, f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{HTML_BODY}</body></html>"),
    "xhtml": (Format.HTML, XHTML),
    "text": (Format.TEXT, f"{TITLE}\n\n{FIRST}\n\n{SECOND}\n"),
    "markdown": (Format.MARKDOWN, f"# {TITLE}\n\n**{FIRST}**\n\n## Risse\n\n[Prüfer]({URL})\n\n{SECOND}\n"),
    "front matter": (Format.MARKDOWN, f"---\ntitle: {TITLE}\n---\n\n{FIRST}\n\n{SECOND}\n"),
    "rss": (Format.RSS, RSS),
    "atom": (Format.ATOM, ATOM),
    "json feed": (
        Format.JSON_FEED,
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Z", "items": [ENTRY]}, ensure_ascii=False),
    ),
    "json-ld": (
        Format.JSON_LD,
        json.dumps(
            {"@type": "NewsArticle", "headline": TITLE, "articleBody": f"{FIRST}\n\n{SECOND}"}, ensure_ascii=False
        ),
    ),
    "ninjs": (
        Format.NINJS,
        json.dumps({"uri": URL, "headline": TITLE, "body_text": f"{FIRST}\n\n{SECOND}"}, ensure_ascii=False),
    ),
    "newsml item": (Format.NEWSML_ITEM, NEWS_ITEM),
    "newsml message": (Format.NEWSML_MESSAGE, f"<newsMessage><itemSet>{NEWS_ITEM}</itemSet></newsMessage>"),
    "newsml 1": (Format.NEWSML_1, NEWSML_1),
    "nitf": (Format.NITF, NITF),
}
CLAIMS = sorted({claim for claims in sniff.CLAIMS.values() for claim in claims})
OTHERS = ["image/png", "application/pdf", "text/css", "application/x-nonsense"]
CARRIERS = ["record", "archive"]


def carried(carrier: str, value: bytes, claim: str) -> ParsedArticle:
    """The one article of a document that comes as a record of its own, or out of a web archive in an envelope."""
    if carrier == "record":
        (article,) = articles(raw(value, content_type=claim, x_url=URL))
        return article
    left_out = LeftOut()
    archive = io.BytesIO(response(value, {"Content-Type": claim, "Content-Language": "de"}, url=URL))
    (capture,) = read_captures(archive, left_out)
    envelope = envelope_of(Document("archive", capture.value, capture.content_type, capture))
    (article,) = articles(raw(envelope, content_type=RAW_MEDIA_TYPE))
    return article


def assert_is_read(article: ParsedArticle) -> None:
    assert article.title == TITLE
    assert article.body.startswith(FIRST)
    assert article.body.endswith(SECOND)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_wrong_media_type_is_repaired_and_told_whatever_is_taken_for_what(name: str) -> None:
    kind, text = DOCUMENTS[name]
    for carrier in CARRIERS:
        for claim in CLAIMS if carrier == "archive" else CLAIMS + OTHERS:
            article = carried(carrier, text.encode(), claim)
            assert_is_read(article)
            assert article.raw.media_type is not None
            assert article.raw.media_type in sniff.CLAIMS[kind], (claim, article.raw.media_type)
            told = Flag.MEDIA_TYPE_MISMATCH in article.quality.flags
            assert told is (claim not in sniff.CLAIMS[kind]), claim
            assert Flag.ENCODING_REPAIRED not in article.quality.flags


CHARSETS = [
    ("utf-8", "windows-1252"),
    ("utf-8", "us-ascii"),
    ("utf-8", "utf-16"),
    ("utf-8", "shift_jis"),
    ("utf-8", "iso-2022-jp"),
    ("utf-8", "gb2312"),
    ("utf-8-sig", "iso-8859-1"),
    ("cp1252", "utf-8"),
    ("cp1252", "windows-1251"),
    ("cp1252", "euc-jp"),
    ("utf-16", "utf-8"),
    ("utf-16-le", "iso-8859-1"),
]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(("charset", "claim"), CHARSETS)
def test_a_wrong_charset_is_repaired_and_told_in_every_format(name: str, charset: str, claim: str) -> None:
    for carrier in CARRIERS:
        article = carried(carrier, DOCUMENTS[name][1].encode(charset), f"text/html; charset={claim}")
        assert_is_read(article)
        assert Flag.ENCODING_REPAIRED in article.quality.flags


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(
    ("charset", "claim"),
    [("utf-8", "utf8"), ("cp1252", "iso-8859-1"), ("cp1252", "latin1"), ("utf-16", "utf-16"), ("utf-8-sig", "utf-8")],
)
def test_a_true_charset_is_not(name: str, charset: str, claim: str) -> None:
    for carrier in CARRIERS:
        article = carried(carrier, DOCUMENTS[name][1].encode(charset), f"text/html; charset={claim}")
        assert_is_read(article)
        assert Flag.ENCODING_REPAIRED not in article.quality.flags
