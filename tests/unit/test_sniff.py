from __future__ import annotations

import pytest

from copydesk.core.errors import Rejected
from copydesk.core.sniff import Format, refuse_binary, sniff
from copydesk_schemas.reasons import Code

PARAGRAPH = "The harbour bridge reopened on Monday after two years of repairs, the mayor said.\n"


@pytest.mark.parametrize(
    ("text", "claimed", "expected"),
    [
        ("<!DOCTYPE html><html><p>x</p></html>", None, Format.HTML),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="z"></html>', None, Format.HTML),
        ("<!-- saved --><div><p>One</p><p>Two</p></div>", None, Format.HTML),
        ("<p>One paragraph", "text/html", Format.HTML),
        (PARAGRAPH * 3, None, Format.TEXT),
        (PARAGRAPH * 3 + "Write <b>bold</b> for bold.", None, Format.TEXT),
        ("[Updated] " + PARAGRAPH, None, Format.TEXT),
        ("{not json} " + PARAGRAPH, None, Format.TEXT),
        ('<?xml version="1.0"?><rss version="2.0"></rss>', None, Format.RSS),
        ('<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="x"></rdf:RDF>', None, Format.RSS),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "application/xml", Format.ATOM),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', None, Format.JSON_FEED),
        ('{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "x"}', None, Format.JSON_LD),
        ('{"@graph": [{"@type": "WebSite"}, {"@type": ["Article"]}]}', None, Format.JSON_LD),
        ('{"uri": "x", "headline": "y"}', None, Format.NINJS),
        ('{"uri": "x", "versionCreated": "2026-02-23T10:00:00Z", "bodies": []}', "application/json", Format.NINJS),
        ('{"uri": "x", "standard": {"name": "ninjs", "version": "3.0"}}', None, Format.NINJS),
        ('<?xml version="1.0"?><newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>', None, Format.NEWSML_ITEM),
        ("<n:newsMessage xmlns:n='http://iptc.org/std/nar/2006-10-01/'/>", "text/xml", Format.NEWSML_MESSAGE),
        ("<packageItem/>", "application/vnd.iptc.g2.packageitem+xml", Format.NEWSML_ITEM),
        ('<?xml version="1.0"?><NewsML Version="1.2"/>', None, Format.NEWSML_1),
        ("<NewsML><NewsItem/></NewsML>", "text/vnd.iptc.newsml", Format.NEWSML_1),
        ("<nitf><head/></nitf>", None, Format.NITF),
        ("<nitf><head/></nitf>", "text/vnd.iptc.nitf", Format.NITF),
        ('<!-- x --><!DOCTYPE nitf SYSTEM "nitf-3-4.dtd"><nitf/>', "application/nitf+xml", Format.NITF),
        (f"---\ntitle: Bridge reopens\n---\n\n{PARAGRAPH}", None, Format.MARKDOWN),
        (f'+++\ntitle = "Bridge reopens"\n+++\n\n{PARAGRAPH}', "text/plain", Format.MARKDOWN),
        (f"# Bridge reopens\n\n{PARAGRAPH}\n## Two years late\n\n{PARAGRAPH}", "text/markdown", Format.MARKDOWN),
        (f"Bridge reopens\n==============\n\n{PARAGRAPH}\n- **One** pillar", None, Format.MARKDOWN),
        (
            f"![The bridge](/bridge.jpg)\n\nThe [council](https://alder.example/) met.\n{PARAGRAPH}",
            None,
            Format.MARKDOWN,
        ),
        ("---\ntitle: Bridge reopens\n---\n" + "<p>One</p>\n" * 9, None, Format.MARKDOWN),
        (f"{PARAGRAPH}\nIt was *never* in doubt, he said.", "text/markdown", Format.MARKDOWN),
        (PARAGRAPH * 3, "text/markdown", Format.TEXT),
    ],
)
def test_formats_are_told_by_their_text(text: str, claimed: str | None, expected: Format) -> None:
    found = sniff(text, claimed)
    assert found.format is expected
    assert not found.mismatch


@pytest.mark.parametrize(
    ("text", "claimed", "expected", "media_type"),
    [
        ("<!DOCTYPE html><html><p>x</p></html>", "text/plain", Format.HTML, "text/html"),
        ("<!DOCTYPE html><html><p>x</p></html>", "application/rss+xml", Format.HTML, "text/html"),
        (PARAGRAPH, "text/html", Format.TEXT, "text/plain"),
        (PARAGRAPH, "image/png", Format.TEXT, "text/plain"),
        ('<rss version="2.0"></rss>', "text/html", Format.RSS, "application/rss+xml"),
        ("<nitf/>", "text/html", Format.NITF, "application/nitf+xml"),
        ("<newsItem/>", "application/rss+xml", Format.NEWSML_ITEM, "application/vnd.iptc.g2.newsitem+xml"),
        ('{"uri": "x", "headline": "y"}', "text/plain", Format.NINJS, "application/ninjs+json"),
        (f"---\ntitle: Bridge\n---\n{PARAGRAPH}", "text/html", Format.MARKDOWN, "text/markdown"),
    ],
)
def test_a_lie_is_repaired_and_told(text: str, claimed: str, expected: Format, media_type: str) -> None:
    found = sniff(text, claimed)
    assert (found.format, found.media_type, found.mismatch) == (expected, media_type, True)


def test_a_claim_of_anything_is_no_lie() -> None:
    assert not sniff(PARAGRAPH, "application/octet-stream").mismatch
    assert sniff("<html><p>x</p></html>", "application/xhtml+xml").media_type == "application/xhtml+xml"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('<?xml version="1.0"?><opml/>', "OPML"),
        ('<?xml version="1.0"?><urlset></urlset>', "sitemap"),
        ('<?xml version="1.0"?><invoice></invoice>', "invoice"),
        ('{"price": 5}', "JSON"),
        ('{"uri": "x", "price": 5}', "JSON"),
    ],
)
def test_what_is_not_read_is_named(text: str, name: str) -> None:
    with pytest.raises(Rejected) as caught:
        sniff(text)
    assert caught.value.code is Code.UNSUPPORTED_MEDIA_TYPE
    assert name in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        f"{PARAGRAPH}\nThe bridge* was closed in 2019.\n\n* according to the council",
        f"# 1 in the charts\n\n{PARAGRAPH}",
        f"#bridge #harbour\n\n{PARAGRAPH}",
        f"{PARAGRAPH}\n> re\n> care to share the changes?\n\nYes, *BE VERY CAREFUL*.",
        f"Home\nNews\nSport\n{PARAGRAPH}\n# Create a file\necho x > y\n\n# Check it\ncat y\n",
        f"{PARAGRAPH}\n---\n\nTerms: see [1] and (2)\n\n- one\n- two\n",
        f"---\n{PARAGRAPH}---\n{PARAGRAPH}",
        f"2 * 3 * 4 = 24, snake_case_names and __init__.py\n{PARAGRAPH}",
    ],
)
def test_plain_text_with_a_stray_mark_stays_text(text: str) -> None:
    assert sniff(text).format is Format.TEXT


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0"])
def test_binary_documents_are_known_by_their_first_bytes(head: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        refuse_binary(head + bytes(100))
    assert caught.value.code is Code.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("text", [b"RIFF raff and other words", b"ID3 tags explained", b"GIF8 is a prefix"])
def test_words_that_begin_like_a_binary_are_words(text: bytes) -> None:
    refuse_binary(text)
