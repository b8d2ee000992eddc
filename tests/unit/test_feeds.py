import json

import pytest
from tests.support.records import articles, failures, raw

from copydesk.core.errors import Rejected
from copydesk.core.options import Options, ParseOptions
from copydesk.core.parse import ItemFailure, parse_message
from copydesk_schemas.reasons import Code, Flag, FoundIn

TEXT = "The lake rose by a metre in one night, the wardens of the park said, and the path along the shore is closed."
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Lake News</title><link>https://lake.example/</link><language>en-gb</language>
<item><title>Lake rises &amp; path closes</title><link>https://lake.example/1?utm_source=rss</link>
<description>Short: {TEXT}</description>
<content:encoded><![CDATA[<p>{TEXT}</p><p>It will stay <b>closed</b> for weeks.</p>
<figure><img src="https://lake.example/a.jpg"><figcaption>The shore on Monday</figcaption></figure>
<script>track()</script>]]></content:encoded><pubDate>Mon, 23 Feb 2026 10:00:00 +0100</pubDate>
<dc:creator>Jo Doe</dc:creator><category>Weather</category></item>
<item><title>Second story</title><link>https://lake.example/2</link><description>{TEXT}</description></item>
<item><link>https://lake.example/3</link></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Lake</title>
<entry><title>Atom story</title><link href="https://lake.example/atom"/><id>tag:1</id><updated>2026-02-24T10:00:00Z</updated>
<published>2026-02-23T10:00:00Z</published><author><name>Jo Doe</name></author>
<content type="html">&lt;p&gt;{TEXT}&lt;/p&gt;</content></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Lake",
    "language": "en",
    "items": [
        {"id": "1", "url": "https://lake.example/j", "title": "JSON story", "content_text": TEXT, "tags": ["lake"]},
        {"id": "2"},
    ],
}


def test_each_entry_is_an_article_and_a_bad_one_costs_only_itself() -> None:
    items = parse_message(raw(RSS, x_url="https://lake.example/feed"), Options()).items
    first, second, third = items
    assert not isinstance(first, ItemFailure)
    assert not isinstance(second, ItemFailure)
    assert [item.raw.item for item in items] == [0, 1, 2]
    assert first.title == "Lake rises & path closes"
    assert first.body == f"{TEXT}\n\nIt will stay closed for weeks."
    assert [media.caption for media in first.media] == ["The shore on Monday"]
    assert first.canonical_url == "https://lake.example/1"
    assert first.published_at is not None
    assert first.published_at.isoformat() == "2026-02-23T09:00:00+00:00"
    assert [author.name for author in first.authors] == ["Jo Doe"]
    assert first.tags == ["Weather"]
    assert first.source.name == "Lake News"
    assert first.source.feed_url == "https://lake.example/feed"
    assert first.provenance["body"].source is FoundIn.FEED
    assert second.body == TEXT
    assert Flag.TRUNCATED in second.quality.flags
    assert isinstance(third, ItemFailure)
    assert isinstance(third.error, Rejected)
    assert third.error.code is Code.EMPTY


def test_items_are_identified_by_their_own_content() -> None:
    one, two = (articles(raw(feed))[0] for feed in (ATOM, ATOM.replace("<title>Lake</title>", "<title>Pond</title>")))
    assert one.raw.sha256 == two.raw.sha256
    assert one.article_id == two.article_id


def test_atom_keeps_publication_and_update_apart() -> None:
    (article,) = articles(raw(ATOM, content_type="application/atom+xml"))
    assert article.body == TEXT
    assert article.published_at is not None
    assert article.published_at.day == 23
    assert article.modified_at is not None
    assert article.modified_at.day == 24


def test_json_feed() -> None:
    items = parse_message(raw(json.dumps(JSON_FEED)), Options()).items
    assert not isinstance(items[0], ItemFailure)
    assert (items[0].title, items[0].body, items[0].tags) == ("JSON story", TEXT, ["lake"])
    assert isinstance(items[1], ItemFailure)


def test_a_feed_without_entries_is_one_failure() -> None:
    (failure,) = failures(raw('<rss version="2.0"><channel><title>x</title></channel></rss>'))
    assert isinstance(failure.error, Rejected)
    assert (failure.item, failure.error.code) == (0, Code.EMPTY)


def test_too_many_entries_are_refused() -> None:
    (failure,) = failures(raw(RSS), Options(parse=ParseOptions(max_feed_items=2)))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.OVERSIZED


@pytest.mark.parametrize(
    "subset",
    [
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/y"> %p;]>',
    ],
)
def test_entities_are_refused_before_any_parser_sees_them(subset: str) -> None:
    (failure,) = failures(raw(RSS.replace("<rss", f"{subset}<rss", 1).replace("Lake rises", "&x;")))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.UNSUPPORTED_MEDIA_TYPE
