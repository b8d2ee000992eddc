"""ninjs, NewsML-G2 and NITF: what may be published, what is refused, what takes an article back."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml import etree
from tests.support.newsroom import Newsroom
from tests.support.records import articles, failures, raw

from copydesk.core.errors import Rejected
from copydesk.core.formats.xml_tree import line, read_xml
from copydesk.core.options import Options, ParseOptions
from copydesk.core.parse import ItemFailure, parse_message
from copydesk.core.records import Message
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import Action, Code, Flag

BASE64 = "encoding='encd:b64' contenttype='text/plain'"
TEXT = (
    "The council of Alder closed the harbour bridge on Monday, after engineers found cracks in one of its pillars. "
    "Repairs will take eleven months and cost nine hundred thousand pounds, a report says."
)
URL = "https://wire.agency.example/items/bridge"


def ninjs(**more: Any) -> str:
    item = {"uri": URL, "type": "text", "headline": "Bridge closed", "body_text": TEXT, "language": "en", **more}
    return json.dumps({key: value for key, value in item.items() if value is not None})


def news_item(meta: str = "", *, guid: str = "urn:x:1", content: str | None = None, nature: str = "text") -> str:
    content = f'<inlineData contenttype="text/plain">{TEXT}</inlineData>' if content is None else content
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="1"><itemMeta>'
        f'<itemClass qcode="ninat:{nature}"/><versionCreated>2026-02-23T10:00:00Z</versionCreated>{meta}</itemMeta>'
        f"<contentMeta><headline>Bridge closed</headline></contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def message(*items: str) -> str:
    return f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{"".join(items)}</itemSet></newsMessage>'


def nitf(docdata: str = "", *, attributes: str = "", content: str = f"<p>{TEXT}</p>") -> str:
    return (
        f"<nitf><head><docdata {attributes}>{docdata}</docdata></head><body>"
        "<body.head><hedline><hl1>Bridge closed</hl1></hedline></body.head>"
        f"<body.content>{content}</body.content></body></nitf>"
    )


def refusal(document: str, **headers: Any) -> Rejected:
    (failure,) = failures(raw(document, **headers))
    assert isinstance(failure.error, Rejected), failure.error
    return failure.error


@pytest.mark.parametrize(
    "document",
    [
        ninjs(pubstatus="withheld"),
        ninjs(pubStatus="Withheld"),
        ninjs(pubstatus="template"),
        ninjs(embargoed="2026-03-01T13:00:00Z"),
        ninjs(embargoedUntil="2026-03-02T00:00:00+01:00"),
        ninjs(embargoed="soon"),
        news_item('<pubStatus qcode="stat:withheld"/>'),
        news_item('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/withheld"/>'),
        news_item("<embargoed>2026-03-01T12:00:01Z</embargoed>"),
        nitf(attributes='management-status="withheld"'),
        nitf(attributes='management-status="embargoed"'),
        ninjs(pubstatus=["canceled"]),
        ninjs(embargoed={"until": "2030-01-01"}),
        # Without a time zone the latest that an embargo can mean counts.
        ninjs(embargoed="2026-03-01T00:00:00"),
        news_item("<pubStatus>withheld</pubStatus>"),
        nitf('<date.release norm="20260302T180000-0500"/>', attributes='management-status="embargoed"'),
    ],
)
def test_what_its_provider_holds_back_is_refused(document: str) -> None:
    assert refusal(document).code is Code.WITHHELD


@pytest.mark.parametrize(
    "document",
    [
        ninjs(pubstatus="usable", embargoed="2026-03-01T11:59:59Z"),
        # Without its zone an hour may be anywhere on the globe; this one has passed somewhere.
        nitf('<date.release norm="20260301T200000"/>'),
        news_item('<pubStatus qcode="stat:usable"/><embargoed>2026-03-01T13:00:00+02:00</embargoed>'),
        nitf('<date.release norm="20260223T180000-0500"/>', attributes='management-status="embargoed"'),
    ],
)
def test_an_embargo_that_has_passed_is_none(document: str) -> None:
    (article,) = articles(raw(document))
    assert article.body == TEXT


def test_an_embargo_holds_where_the_time_of_the_fetch_is_unknown() -> None:
    (failure,) = failures(raw(ninjs(embargoed="2020-01-01T00:00:00Z"), timestamp_ms=0))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.WITHHELD


def test_the_end_of_an_embargo_is_the_publication() -> None:
    (article,) = articles(raw(ninjs(firstcreated="2026-02-20T08:00:00Z", embargoed="2026-02-24T00:00:00+01:00")))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-02-23T23:00:00+00:00"
    assert Flag.DATE_CONFLICT not in article.quality.flags


@pytest.mark.parametrize("kind", ["picture", "video", "audio", "graphic", "component", "event", "planning"])
def test_what_is_no_text_is_no_article(kind: str) -> None:
    for error in (refusal(ninjs(type=kind)), refusal(news_item(nature=kind))):
        assert error.code is Code.NOT_ARTICLE
        assert kind in error.message
    assert refusal("<packageItem/>").code is Code.NOT_ARTICLE


def test_an_event_without_a_type_is_no_article() -> None:
    assert refusal(ninjs(type=None, eventDetails={"dates": {}})).code is Code.NOT_ARTICLE


def test_a_video_of_which_only_a_still_is_there_is_a_picture() -> None:
    still = {"href": "https://cdn.example/1.jpg", "mimetype": "image/jpeg", "width": 640}
    film = {"href": "https://cdn.example/1.mp4", "contenttype": "video/mp4", "width": 480}
    for renditions, expected in (([still], ("image", still["href"])), ([still, film], ("video", film["href"]))):
        (article,) = articles(raw(ninjs(associations=[{"type": "video", "renditions": renditions}])))
        assert [(one.type, one.url) for one in article.media] == [expected]


def test_the_words_beside_a_picture_are_no_paragraph() -> None:
    figure = (
        "<figure><img src='https://cdn.example/1.jpg'><div>Jo Doe/Agency</div><figcaption>Dusk</figcaption></figure>"
    )
    (article,) = articles(raw(ninjs(body_html=f"<p>{TEXT}</p>{figure}")))
    assert article.body == TEXT
    assert [one.caption for one in article.media] == ["Dusk"]


def test_a_composite_with_a_text_is_an_article() -> None:
    assert articles(raw(ninjs(type="composite")))[0].body == TEXT
    assert articles(raw(ninjs(type=None)))[0].body == TEXT


def test_a_canceled_item_takes_its_article_down() -> None:
    room = Newsroom()
    published = room.article(ninjs(firstcreated="2026-02-23T10:00:00Z"))
    assert (published["pub_status"], published["canonical_url"]) == ("usable", URL)
    item = ninjs(pubstatus="canceled", body_text=None, headline="Bridge closed")
    (canceled,) = room.send(room.raw(item, x_url=urljoin(URL, "/latest")))
    assert (canceled["pub_status"], canceled["article_id"]) == ("canceled", published["article_id"])
    assert (canceled["revision"], canceled["body"], canceled["title"]) == (2, "", None)
    assert canceled["change"]["kind"] == "takedown"


def test_a_canceled_item_of_a_message_takes_its_article_down() -> None:
    room = Newsroom()
    first, second = room.send(room.raw(message(news_item(guid=URL), news_item(guid="urn:x:2").replace("Alder", "Elm"))))
    canceled = message(news_item('<pubStatus qcode="stat:canceled"/>', guid=URL, content=""))
    ends = room.send(room.raw(canceled, x_url=urljoin(URL, "/feed.xml")))
    assert [end["pub_status"] for end in ends] == ["canceled"]
    assert ends[0]["article_id"] == first["article_id"] != second["article_id"]


def test_a_canceled_item_without_a_web_address_is_named_by_its_raw_id_or_not_at_all() -> None:
    room = Newsroom()
    usable, canceled = (nitf(attributes=f'management-status="{status}"') for status in ("usable", "canceled"))
    published = room.envelope(content=usable, raw_id="bridge-17")
    refused = room.article(canceled)
    assert (refused["code"], refused["kind"]) == ("bad_takedown", "rejected")
    assert "neither a web address of the site that it came from nor a raw_id" in refused["message"]
    end = room.envelope(content=canceled, raw_id="bridge-17")
    assert (end["pub_status"], end["article_id"]) == ("canceled", published["article_id"])


@pytest.mark.parametrize("address", [None, "https://elsewhere.example/feed.xml"])
def test_nobody_withdraws_what_another_site_has_published(address: str | None) -> None:
    room = Newsroom()
    published = room.article(ninjs())
    assert published["canonical_url"] == URL
    headers = {"x_url": address} if address else {}
    for canceled in (ninjs(pubstatus="canceled"), message(news_item('<pubStatus qcode="stat:canceled"/>', guid=URL))):
        (end,) = room.send(Message("raw-articles", 1, 0, 0, None, canceled.encode(), _pairs(headers)))
        assert end["code"] == "bad_takedown"


def test_where_it_was_fetched_names_nothing() -> None:
    room = Newsroom()
    latest = urljoin(URL, "/latest.json")
    (first,) = room.send(room.raw(ninjs(uri=urljoin(URL, "/story/a")), x_url=latest))
    assert first["pub_status"] == "usable"
    (end,) = room.send(room.raw(ninjs(uri=urljoin(URL, "/story/b"), pubstatus="canceled"), x_url=latest))
    assert end["code"] == "bad_takedown"
    (end,) = room.send(room.raw(ninjs(uri="urn:agency:b", pubstatus="canceled"), x_url=latest))
    assert end["code"] == "bad_takedown"


def _pairs(headers: dict[str, str]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name.replace("_", "-"), value.encode()) for name, value in headers.items())


def test_a_takedown_carries_nothing_of_the_text() -> None:
    canceled = raw(ninjs(pubstatus="canceled", language="sv"), x_url=urljoin(URL, "/latest"))
    (item,) = parse_message(canceled, Options()).items
    assert isinstance(item, ParsedArticle)
    assert (item.action, item.canonical_url, item.language.code) == (Action.DELETE, URL, "sv")
    assert (item.body, item.title, item.media, item.date_candidates) == ("", None, [], [])


def test_a_new_version_is_a_revision_of_the_same_address() -> None:
    room = Newsroom()
    first = room.article(ninjs(version="1", versioncreated="2026-02-23T10:00:00Z"))
    second = room.article(ninjs(version="2", versioncreated="2026-02-23T11:00:00Z", body_text=f"{TEXT} Ferries run."))
    assert (second["article_id"], second["revision"]) == (first["article_id"], 2)
    assert second["modified_at"] == "2026-02-23T11:00:00Z"


def test_a_later_version_alone_tells_no_publication() -> None:
    (article,) = articles(raw(ninjs(version="3", versioncreated="2026-02-23T11:00:00Z")))
    assert article.published_at is None
    assert article.modified_at is not None
    assert Flag.DATE_MISSING in article.quality.flags
    (article,) = articles(raw(ninjs(version="1", versioncreated="2026-02-23T12:00:00+01:00")))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-02-23T11:00:00+00:00"


def test_an_item_of_nothing_but_a_summary_is_flagged() -> None:
    (article,) = articles(raw(ninjs(body_text=None, descriptions=[{"value": TEXT}])))
    assert article.body == TEXT
    assert Flag.TRUNCATED in article.quality.flags
    assert article.provenance["body"].confidence < 0.9
    assert refusal(ninjs(body_text=None)).code is Code.NO_TEXT


def test_each_item_of_a_message_is_an_article_whatever_the_message() -> None:
    one, two = news_item(guid="urn:x:1"), news_item(guid="urn:x:2").replace("Alder", "Elm")
    both = articles(raw(message(one, two), x_url="https://wire.agency.example/next"))
    (alone,) = articles(raw(message(one), x_url="https://wire.agency.example/other"))
    assert both[0].article_id == alone.article_id != both[1].article_id
    assert [(one.url, one.raw.item, one.raw.items) for one in both] == [(None, 0, 2), (None, 1, 2)]


def test_items_of_a_feed_without_addresses_are_articles_of_their_own() -> None:
    items = "".join(f"<item><title>{t}</title><description>{TEXT} {t}</description></item>" for t in ("One", "Two"))
    one, two = articles(raw(f"<rss version='2.0'><channel>{items}</channel></rss>", x_url="https://a.example/feed"))
    assert one.url is None
    assert one.canonical_url is None
    assert one.article_id != two.article_id


def test_a_bad_item_costs_only_itself() -> None:
    items = parse_message(
        raw(message(news_item(content="<inlineData/>"), news_item(nature="video"), news_item())), Options()
    ).items
    codes = [
        item.error.code if isinstance(item, ItemFailure) and isinstance(item.error, Rejected) else "ok"
        for item in items
    ]
    assert codes == [Code.NO_TEXT, Code.NOT_ARTICLE, "ok"]


def test_messages_without_or_with_too_many_items_are_refused() -> None:
    error = refusal(message("<packageItem/><conceptItem/>"))
    assert (error.code, "conceptItem, packageItem" in error.message) == (Code.EMPTY, True)
    (failure,) = failures(raw(message(*[news_item()] * 3)), Options(parse=ParseOptions(max_feed_items=2)))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.OVERSIZED


@pytest.mark.parametrize(
    "content",
    [
        f'<inlineData contenttype="text/html">&lt;p&gt;{TEXT}&lt;/p&gt;</inlineData>',
        f'<inlineData contenttype="text/html"><![CDATA[<p>{TEXT}</p>]]></inlineData>',
        f"<inlineData>&lt;p&gt;{TEXT}&lt;/p&gt;</inlineData>",
        f"<inlineData {BASE64}>{base64.b64encode(TEXT.encode()).decode()}</inlineData>",
        f'<inlineXML><div xmlns="http://www.w3.org/1999/xhtml"><p>{TEXT}</p></div></inlineXML>',
        f'<inlineXML><sports xmlns="urn:s"><x>1</x></sports></inlineXML><inlineData>{TEXT}</inlineData>',
        f"<remoteContent href='a.jpg'/><inlineXML>{nitf()}</inlineXML>",
    ],
)
def test_the_text_is_found_in_each_form_of_content(content: str) -> None:
    assert articles(raw(news_item(content=content)))[0].body == TEXT


def test_a_wrong_media_type_is_repaired_and_flagged() -> None:
    for document, media_type in (
        (ninjs(), "application/ninjs+json"),
        (news_item(), "application/vnd.iptc.g2.newsitem+xml"),
        (nitf(), "application/nitf+xml"),
    ):
        (article,) = articles(raw(document, content_type="text/html"))
        assert article.raw.media_type == media_type
        assert Flag.MEDIA_TYPE_MISMATCH in article.quality.flags
        (article,) = articles(raw(document, content_type=media_type))
        assert Flag.MEDIA_TYPE_MISMATCH not in article.quality.flags


def test_the_address_of_the_fetch_comes_first_and_the_items_own_within_the_same_site() -> None:
    (article,) = articles(raw(ninjs(), x_url="https://api.agency.example/v1/items/17?format=ninjs"))
    assert article.canonical_url == URL
    (article,) = articles(raw(ninjs(), x_url="https://mirror.example/17"))
    assert article.canonical_url == "https://mirror.example/17"


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE nitf [<!ENTITY l5 "ha">]>',
        '<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/y"> %p;]>',
        f'{"<!-- x -->" * 50_000}<!doctype nitf [<!ENTITY l5 SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_are_refused_before_any_parser_sees_them(prologue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etree, "fromstring", None)
    assert refusal(prologue + nitf(content=f"<p>{TEXT}&l5;</p>")).code is Code.UNSUPPORTED_MEDIA_TYPE


def test_a_document_type_is_not_looked_up_and_names_of_html_are_read() -> None:
    kind = '<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf-3-4.dtd">'
    (article,) = articles(raw(kind + nitf(content=f"<p>{TEXT} Caf&eacute; &amp; bar & more &unknown; &#xD800;</p>")))
    assert article.body == f"{TEXT} Café & bar & more &unknown; \ufffd"


def test_xml_that_is_too_deep_too_wide_or_none_is_refused() -> None:
    for text, code in (
        ("<nitf>" + "<block>" * 300 + TEXT, Code.OVERSIZED),
        ("<nitf>" + "<p/>" * 300_000, Code.OVERSIZED),
        ("<nitf " + "a" * 60_000 + "='x'>", Code.OVERSIZED),
        ("nothing", Code.UNSUPPORTED_MEDIA_TYPE),
    ):
        with pytest.raises(Rejected) as refused:
            read_xml(text, ParseOptions())
        assert refused.value.code is code


def test_xml_in_disorder_is_read_as_far_as_it_goes() -> None:
    root = read_xml(
        "<?xml version='1.0' encoding='latin-1'?>\n<a:x xmlns:a='u'>a &lt;b <y>c\x02</y><![CDATA[&d; <e>]]>",
        ParseOptions(),
    )
    assert (root.tag, line(root)) == ("x", "a <b c\ufffd&d; <e>")


def test_prefixes_that_were_never_declared_go() -> None:
    text = "<nitf:nitf><nitf:body><q:7>a</q:7><:x>b</:x></nitf:body></nitf:nitf>"
    assert [element.tag for element in read_xml(text, ParseOptions()).iter()][:2] == ["nitf", "body"]
    prefixed = nitf().replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:")
    assert articles(raw(prefixed))[0].body == TEXT


def test_tables_quotes_and_footnotes_of_nitf_are_paragraphs() -> None:
    content = (
        f"<p>{TEXT}</p><table><caption>Ways</caption>"
        "<tr><td><p>Ferry</p></td><td>20<br/>minutes</td></tr><tr><td/></tr></table>"
        "<p>See <fn><body.content><p>Note.</p></body.content></fn> below.</p><dl><dt>Pier</dt><dd>The old one</dd></dl>"
        "<block><key-list><keyword key='x'>hidden</keyword></key-list>After it.</block>"
        "<custom-table>hidden</custom-table>"
    )
    (article,) = articles(raw(nitf(content=content)))
    assert article.body.split("\n\n")[1:] == [
        "Ways",
        "Ferry | 20 minutes",
        "See",
        "Note.",
        "below.",
        "Pier",
        "The old one",
        "After it.",
    ]


def test_dates_of_nitf_keep_their_zone_and_have_no_time_that_is_not_stated() -> None:
    (article,) = articles(raw(nitf('<date.issue norm="20260223T160530-0500"/>')))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-02-23T21:05:30+00:00"
    for norm in ("20260223T000000-0500", "20260223000000-0500", "20260223", "20260223+0100"):
        (article,) = articles(raw(nitf(f'<date.issue norm="{norm}"/>')))
        assert article.published_at is not None
        assert (article.published_at.isoformat()[:10], article.published_precision) == ("2026-02-23", "day")


def test_a_picture_of_nitf_without_an_address_keeps_its_caption() -> None:
    reference = "<media-reference source='x.mpg' source-credit='Agency TV'/>"
    media = f"<media media-type='video'>{reference}<media-caption>At dusk</media-caption></media>"
    (article,) = articles(raw(nitf(content=f"<p>{TEXT}</p>{media}<media/>")))
    assert [(one.type, one.url, one.caption, one.credit) for one in article.media] == [
        ("video", None, "At dusk", "Agency TV")
    ]
    (article,) = articles(raw(nitf(content=f"<p>{TEXT}</p>{media}"), x_url="https://a.example/2026/story.xml"))
    assert article.media[0].url == "https://a.example/2026/x.mpg"


def test_lines_that_an_agency_wraps_are_one_paragraph() -> None:
    wrapped = TEXT.replace(". ", ". <br/>\n").replace(" of its", " of<br />its")
    (article,) = articles(raw(nitf(content=f"<p>   {wrapped}</p><p/><p>One<br/><br/>Two</p>")))
    assert article.body.split("\n\n") == [TEXT, "One", "Two"]


@pytest.mark.parametrize("last", ["ends", "-ends-", "ENDS", "AFP sn", "AAP RTV ar/bp", "Reuters", "___", "-30-"])
def test_the_mark_that_ends_the_copy_is_no_paragraph(last: str) -> None:
    assert articles(raw(nitf(content=f"<p>{TEXT}</p><p>{last}</p>")))[0].body == TEXT


@pytest.mark.parametrize("last", ["Peace", "It ends", "Ferry ok", "The end of it"])
def test_a_short_last_paragraph_stays(last: str) -> None:
    assert articles(raw(nitf(content=f"<p>{TEXT}</p><p>{last}</p>")))[0].body == f"{TEXT}\n\n{last}"


def test_the_header_of_an_article_within_an_item_repeats_its_metadata() -> None:
    lead = f"Lead of the story. {TEXT}"
    markup = (
        "<html><head><title>Bridge</title></head><body><article><header><ul><li>Alder</li></ul><time>23.02.2026</time>"
        f"<h1>Bridge closed</h1><p>{lead}</p><p>Extra</p></header><p>{TEXT}</p></article></body></html>"
    )
    assert articles(raw(ninjs(body_html=markup)))[0].body == f"{lead}\n\n{TEXT}"
    inline = f"<inlineXML>{markup}</inlineXML>"
    assert articles(raw(news_item(content=inline)))[0].body == f"{lead}\n\n{TEXT}"


def test_a_byline_that_is_printed_above_the_text_names_the_author() -> None:
    (article,) = articles(raw(ninjs(body_html=f"<p>By Anna Keller</p><p>{TEXT}</p>")))
    assert ([author.name for author in article.authors], article.body) == (["Anna Keller"], TEXT)
    (article,) = articles(raw(ninjs(body_html=f"<p>By Anna Keller</p><p>{TEXT}</p>", byline="Peter Voss")))
    assert [author.name for author in article.authors] == ["Peter Voss"]


@pytest.mark.parametrize("sign", ["gr/bp", "VRG", "degenhardt.sandra", "a_keller2", "dpa"])
def test_signs_of_editors_are_no_authors(sign: str) -> None:
    (article,) = articles(raw(ninjs(byline=sign)))
    assert article.authors == []
    assert Flag.NO_AUTHOR in article.quality.flags


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("<location>SEOUL</location>, <story.date>Nov 26</story.date> AFP", ("SEOUL, Nov 26 AFP", "SEOUL", "--11-26")),
        ("SYDNEY March 22 AAP -", ("SYDNEY March 22 AAP -", "SYDNEY", "--03-22")),
        (
            "<story.date norm='20260223T222800+0000'>20260223T222800+0000</story.date>",
            ("ALDER (AP)", "ALDER", "2026-02-23T22:28:00Z"),
        ),
        ("", ("ALDER (AP)", "ALDER", None)),
    ],
)
def test_datelines(printed: str, expected: tuple[str, str, str | None]) -> None:
    document = nitf(content=f"<p>ALDER (AP) — {TEXT}</p>").replace(
        "</hedline>", f"</hedline><dateline>{printed}</dateline>"
    )
    (article,) = articles(raw(document))
    assert article.dateline is not None
    assert (article.dateline.text, article.dateline.location, article.dateline.date) == expected
    assert article.syndicated_from is not None


def test_what_says_nothing_is_left_out() -> None:
    document = nitf("<date.release norm='YYYYMMDD000000-HHMM'/>").replace("</hl1>", "</hl1><hl2>BRIDGE CLOSED</hl2>")
    (article,) = articles(raw(document))
    assert article.subtitle is None
    subjects = [{"name": "f"}, {"name": "bridges"}, {"literal": "17"}, {"name": "bridges"}]
    (article,) = articles(raw(ninjs(subjects=subjects, slugline="bridge-closed")))
    assert article.tags == ["bridges"]
    assert article.title == "Bridge closed"


def test_a_caption_that_is_a_credit_is_one() -> None:
    media = "<media><media-reference source='https://a.example/1.jpg'/><media-caption>{0}</media-caption></media>"
    for caption, expected in (
        ("Foto: NTB / Scanpix", (None, "NTB / Scanpix")),
        ("The pier at dusk. Photo: Jo Doe", ("The pier at dusk.", "Jo Doe")),
    ):
        (article,) = articles(raw(nitf(content=f"<p>{TEXT}</p>{media.format(caption)}")))
        assert [(one.caption, one.credit) for one in article.media] == [expected]


def test_a_picture_of_nitf_without_an_address_has_none_and_not_that_of_the_document() -> None:
    picture = "<media><media-reference{0}/><media-caption>The cracked pillar.</media-caption></media>"
    for stated in ("", ' source=""', ' source="  "'):
        (article,) = articles(raw(nitf(content=f"{picture.format(stated)}<p>{TEXT}</p>"), x_url=URL))
        assert [(media.url, media.caption) for media in article.media] == [(None, "The cracked pillar.")]


def test_an_author_with_an_empty_address_has_none() -> None:
    story = {"@type": "NewsArticle", "headline": "Bridge closed", "articleBody": TEXT}
    for stated, expected in (("", None), ("/staff/keller", "https://wire.agency.example/staff/keller")):
        author = {"@type": "Person", "name": "Anna Keller", "url": stated}
        (article,) = articles(raw(json.dumps({**story, "author": author}), x_url=URL))
        assert [(one.name, one.url) for one in article.authors] == [("Anna Keller", expected)]
