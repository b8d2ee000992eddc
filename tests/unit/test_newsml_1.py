"""NewsML 1: which text of an item is read, what is refused, and which pictures belong to it."""

from __future__ import annotations

import base64

import pytest
from tests.support.records import articles, failures, raw

from copydesk.core.errors import Rejected
from copydesk.core.options import Options
from copydesk.core.parse import parse_message
from copydesk_schemas.reasons import Action, Code

TEXT = (
    "The council of Alder closed the harbour bridge on Monday, after engineers found cracks in one of its pillars. "
    "Repairs will take eleven months and cost nine hundred thousand pounds, a report says."
)
URL = "https://wire.agency.example/items/bridge"
PHOTO = "<MediaType FormalName='Photo'/>"
LINES = "<NewsLines><HeadLine>Bridge closed</HeadLine></NewsLines>"


def content(data: str = TEXT, *, said: str = "") -> str:
    return f"<ContentItem>{said}<DataContent>{data}</DataContent></ContentItem>"


def component(*inner: str, role: str | None = None) -> str:
    stated = f"<Role FormalName='{role}'/>" if role else ""
    return f"<NewsComponent>{stated}{''.join(inner)}</NewsComponent>"


def item(*inner: str, status: str = "Usable", more: str = "", number: int = 1) -> str:
    return (
        f"<NewsItem><Identification><NewsIdentifier><PublicIdentifier>urn:x:{number}</PublicIdentifier></NewsIdentifier>"
        "</Identification><NewsManagement><FirstCreated>20260223T100000Z</FirstCreated>"
        f"<Status FormalName='{status}'/>{more}</NewsManagement>{''.join(inner)}</NewsItem>"
    )


def newsml(*items: str) -> str:
    return f"<?xml version='1.0'?><NewsML Version='1.2'>{''.join(items)}</NewsML>"


def refusal(document: str) -> Rejected:
    (failure,) = failures(raw(document, x_url=URL))
    assert isinstance(failure.error, Rejected), failure.error
    return failure.error


STORY = component(LINES, content())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(content(), id="text"),
        pytest.param(content(f"<p>{TEXT}</p>"), id="paragraphs"),
        pytest.param(content(f"<html><head><title>x</title></head><body><p>{TEXT}</p></body></html>"), id="html"),
        pytest.param(content(f"<![CDATA[<p>{TEXT}</p>]]>"), id="html as data"),
        pytest.param(content(f"<nitf><body><body.content><p>{TEXT}</p></body.content></body></nitf>"), id="nitf"),
        pytest.param(content(f"<block><p>{TEXT}</p></block>", said="<Format FormalName='NITF'/>"), id="bare nitf"),
        pytest.param(
            content(f"<body.content><p>{TEXT}</p></body.content>", said="<MimeType FormalName='text/vnd.IPTC.NITF'/>"),
            id="body of nitf",
        ),
        pytest.param(
            f"<ContentItem><Encoding Notation='base64'><DataContent>{base64.b64encode(TEXT.encode()).decode()}"
            "</DataContent></Encoding></ContentItem>",
            id="base64",
        ),
        pytest.param(content("") + content(), id="the second, where the first is empty"),
        pytest.param(content("An aside.") + component(content(), role="Main"), id="the main one"),
        pytest.param(component(content("A cracked pillar."), role="Caption") + content(), id="no caption"),
        pytest.param(
            component(f"<ContentItem>{PHOTO}</ContentItem>", content("A cracked pillar.")) + component(content()),
            id="none beside a picture",
        ),
    ],
)
def test_the_story_is_found(data: str) -> None:
    (article,) = articles(raw(newsml(item(component(LINES, data))), x_url=URL))
    assert article.body == TEXT
    assert article.title == "Bridge closed"
    assert article.url == URL


def test_what_an_inner_component_says_comes_first_and_what_it_leaves_open_comes_from_outside() -> None:
    inner = component("<NewsLines><HeadLine>Inner</HeadLine><ByLine/></NewsLines>", content())
    lines = "<NewsLines><HeadLine>Outer</HeadLine><ByLine>By Anna Keller</ByLine></NewsLines>"
    (article,) = articles(raw(newsml(item(component(lines, inner))), x_url=URL))
    assert article.title == "Inner"
    assert [author.name for author in article.authors] == ["Anna Keller"]


def test_items_are_articles_each_and_one_that_fails_leaves_the_others() -> None:
    document = newsml(item(STORY), item(component(content("")), number=2), item(STORY, number=3))
    output = parse_message(raw(document, x_url=URL), Options())
    assert [getattr(one, "url", "no article") for one in output.items] == [None, None, None]
    assert [type(one).__name__ for one in output.items] == ["ParsedArticle", "ItemFailure", "ParsedArticle"]
    assert {one.raw.items for one in output.items} == {3}
    assert output.items[0].raw.sha256 != output.items[2].raw.sha256


def test_a_package_of_items_is_its_items() -> None:
    document = newsml(item(component(item(STORY, number=2), item(STORY, number=3))))
    assert [article.body for article in articles(raw(document, x_url=URL))] == [TEXT, TEXT]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (newsml(), Code.EMPTY),
        (newsml(item()), Code.NO_TEXT),
        (newsml(item(component(LINES))), Code.NO_TEXT),
        (newsml(item(component(content(" ")))), Code.NO_TEXT),
        (newsml(item(component("<NewsItemRef NewsItem='urn:x:9'/>"))), Code.NOT_ARTICLE),
        (newsml(item(component(f"<ContentItem Href='a.jpg'>{PHOTO}</ContentItem>"))), Code.NOT_ARTICLE),
        (newsml(item(STORY, status="Withheld")), Code.WITHHELD),
        (newsml(item(STORY, status="Embargoed")), Code.WITHHELD),
        (
            newsml(item(component(content("<nitf><head><docdata management-status='withheld'/></head></nitf>")))),
            Code.WITHHELD,
        ),
    ],
)
def test_what_is_refused(document: str, code: Code) -> None:
    assert refusal(document).code is code


def embargoed(until: str, then: str = "Usable") -> str:
    change = (
        f"<StatusWillChange><FutureStatus FormalName='{then}'/><DateAndTime>{until}</DateAndTime></StatusWillChange>"
    )
    return newsml(item(STORY, status="Embargoed", more=change))


def test_an_embargo_holds_until_it_ends() -> None:
    assert refusal(embargoed("20260301T130000+0030")).code is Code.WITHHELD
    assert refusal(embargoed("20260301T130000+0200", then="Withheld")).code is Code.WITHHELD
    (article,) = articles(raw(embargoed("20260301T130000+0200"), x_url=URL))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-01T11:00:00+00:00"


def test_a_canceled_item_is_a_takedown() -> None:
    document = newsml(item(STORY, status="Canceled")).replace("urn:x:1", URL)
    (takedown,) = articles(raw(document, x_url=URL))
    assert takedown.action is Action.DELETE
    assert takedown.canonical_url == URL


def test_pictures_beside_the_text_are_media_each_with_its_caption_and_widest_rendition() -> None:
    def rendition(name: str, width: int) -> str:
        size = f"<Characteristics><Property FormalName='Width' Value='{width}'/></Characteristics>"
        return component(f"<ContentItem Href='/{name}.jpg'>{PHOTO}{size}</ContentItem>")

    def caption(text: str) -> str:
        return component(content(text), role="Caption")

    pictures = component(
        component(rendition("small", 200), rendition("large", 2000), caption("A cracked pillar.")),
        component("<NewsLines><CreditLine>Nils Berg</CreditLine></NewsLines>", rendition("other", 300)),
    )
    (article,) = articles(raw(newsml(item(component(LINES, pictures, component(content())))), x_url=URL))
    assert [(media.url, media.caption, media.credit, media.width) for media in article.media] == [
        ("https://wire.agency.example/large.jpg", "A cracked pillar.", None, 2000),
        ("https://wire.agency.example/other.jpg", None, "Nils Berg", 300),
    ]


def test_a_picture_without_an_address_has_not_that_of_the_document() -> None:
    picture = component(f"<ContentItem>{PHOTO}</ContentItem>", component(content("A pillar."), role="Caption"))
    (article,) = articles(raw(newsml(item(component(LINES, picture, component(content())))), x_url=URL))
    assert [(media.url, media.caption) for media in article.media] == [(None, "A pillar.")]
