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
        ('<?xml version="1.0"?><newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>', "NewsML-G2"),
        ("<nitf><head/></nitf>", "NITF"),
        ('<?xml version="1.0"?><urlset></urlset>', "sitemap"),
        ('<?xml version="1.0"?><invoice></invoice>', "invoice"),
        ('{"uri": "x", "headline": "y"}', "ninjs"),
        ('{"price": 5}', "JSON"),
    ],
)
def test_what_is_not_read_is_named(text: str, name: str) -> None:
    with pytest.raises(Rejected) as caught:
        sniff(text)
    assert caught.value.code is Code.UNSUPPORTED_MEDIA_TYPE
    assert name in caught.value.message


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0"])
def test_binary_documents_are_known_by_their_first_bytes(head: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        refuse_binary(head + bytes(100))
    assert caught.value.code is Code.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("text", [b"RIFF raff and other words", b"ID3 tags explained", b"GIF8 is a prefix"])
def test_words_that_begin_like_a_binary_are_words(text: bytes) -> None:
    refuse_binary(text)
