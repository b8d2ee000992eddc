import hashlib
import json

import pytest
from tests.support.records import ARRIVED, articles, failures, raw, with_headers

from copydesk.core.errors import Rejected
from copydesk.core.options import Options, ParseOptions
from copydesk.core.parse import parse_message
from copydesk.core.trace import RecordingTrace
from copydesk_schemas.reasons import Action, Code, Flag, FoundIn

STORY = (
    "The council of Brandholm voted on Monday to rebuild the tunnel that burned in January. The work will take two "
    "years and cost forty million crowns, the mayor, Anna Keller, told reporters. Trains go by the old line meanwhile."
)
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>Council votes for tunnel - Brandholm Post</title>
<meta property="og:site_name" content="Brandholm Post"><meta property="og:title" content="Council votes for tunnel">
<link rel="canonical" href="https://www.post.example/news/tunnel?utm_source=feed">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Council votes for tunnel",
"datePublished":"2026-02-23T18:30:00+01:00","author":{{"@type":"Person","name":"Jo Doe"}}}}</script></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Council votes for tunnel</h1>
<p>{STORY}</p><figure><img src="/t.jpg"><figcaption>The burned tunnel in January</figcaption></figure>
<p>{STORY.replace("council", "parliament")}</p></article><footer>All rights reserved</footer></body></html>"""


def test_a_page_becomes_one_article_with_the_origin_of_each_field() -> None:
    (article,) = articles(raw(PAGE, content_type="text/html", x_url="https://m.post.example/news/tunnel/?fbclid=1"))
    assert article.title == "Council votes for tunnel"
    assert article.body.startswith("The council of Brandholm")
    assert "rights reserved" not in article.body
    assert "burned tunnel in January" not in article.body
    assert [media.caption for media in article.media if media.caption] == ["The burned tunnel in January"]
    assert [author.name for author in article.authors] == ["Jo Doe"]
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-02-23T17:30:00+00:00"
    assert article.published_tz_known is True
    assert article.canonical_url == "https://post.example/news/tunnel"
    assert article.source.domain in {"m.post.example", "post.example"}
    assert article.language.code == "en"
    assert article.provenance["title"].source is FoundIn.JSONLD
    for name in ("body", "authors", "published_at", "canonical_url", "media"):
        assert article.provenance[name].confidence > 0.5, name
    assert article.quality.flags == sorted(article.quality.flags)
    assert article.fetched_at == ARRIVED == article.ingested_at
    assert article.raw.sha256 == hashlib.sha256(PAGE.encode()).hexdigest()


def test_provenance_names_every_filled_field_and_no_empty_one() -> None:
    for message in (raw(PAGE, content_type="text/html"), raw(f"A tunnel for Brandholm\n\n{STORY}\n\n{STORY[:120]}")):
        (article,) = articles(message)
        for name in ("title", "body", "authors", "media", "links", "subtitle", "description", "key_points", "tags"):
            assert bool(getattr(article, name)) == (name in article.provenance), name


def test_the_same_article_under_amp_mobile_and_tracking_addresses_has_one_id() -> None:
    bare = PAGE.replace("canonical", "none")
    ids = {
        articles(raw(bare, x_url=url))[0].article_id
        for url in ("https://post.example/a", "https://m.post.example/a/?utm_medium=x", "http://www.post.example/a")
    }
    assert len(ids) == 1


def test_without_an_address_the_bytes_identify_the_article() -> None:
    text = f"A tunnel for Brandholm\n\n{STORY}"
    one, same, other = (articles(raw(value, offset=n))[0] for n, value in enumerate((text, text, text + " More.")))
    assert one.article_id == same.article_id != other.article_id
    assert one.canonical_url is None


def test_hints_fill_what_is_missing_and_never_overrule() -> None:
    envelope = {
        "content": STORY,
        "media_type": "text/plain",
        "url": "https://post.example/b",
        "title_hint": "A title from the feed",
        "published_hint": "2026-02-24T09:00:00Z",
        "feed_item": {"author": "By Jo Doe", "categories": ["Rail", "Rail", "City"]},
        "source": {"name": "Brandholm Post", "country": "DK"},
    }
    (article,) = articles(raw(json.dumps(envelope)))
    assert article.title == "A title from the feed"
    assert [author.name for author in article.authors] == ["Jo Doe"]
    assert article.tags == ["Rail", "City"]
    assert article.source.name == "Brandholm Post"
    assert article.published_at is not None
    envelope["content"], envelope["media_type"] = PAGE, "text/html"
    (article,) = articles(raw(json.dumps(envelope)))
    assert article.title == "Council votes for tunnel"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-02-23T17:30:00+00:00"


def test_an_explicit_raw_id_is_kept_and_a_default_one_is_not_invented() -> None:
    assert articles(raw(json.dumps({"content": STORY, "raw_id": "id-1", "title_hint": "T"})))[0].raw_id == "id-1"
    assert articles(raw(f"A tunnel for Brandholm\n\n{STORY}"))[0].raw_id is None


def test_a_takedown_names_the_article_that_the_address_had() -> None:
    (published,) = articles(raw(PAGE.replace("canonical", "none"), x_url="https://www.post.example/c?utm_source=1"))
    (takedown,) = articles(raw(json.dumps({"action": "delete", "url": "https://post.example/c"})))
    assert takedown.action is Action.DELETE
    assert takedown.article_id == published.article_id
    assert takedown.body == ""


def test_an_unknown_arrival_time_is_no_date_of_anything() -> None:
    (article,) = articles(raw(PAGE, timestamp_ms=0))
    assert article.fetched_at is None
    assert Flag.DATE_FUTURE not in article.quality.flags
    assert all(candidate.role != "fetched" for candidate in article.date_candidates)


@pytest.mark.parametrize(
    ("value", "headers", "code"),
    [
        (None, {}, Code.EMPTY),
        (b"", {}, Code.EMPTY),
        (b" \n\t ", {}, Code.EMPTY),
        (b'{"content": ""}', {}, Code.EMPTY),
        (b'{"content": "x", "content_base64": "eA=="}', {}, Code.INVALID_ENVELOPE),
        (b'{"content_base64": "%%%"}', {}, Code.INVALID_ENVELOPE),
        (b'{"content": "x", "fetched_at": "yesterday"}', {}, Code.INVALID_ENVELOPE),
        (b"not json", {"content_type": "application/vnd.copydesk.raw+json"}, Code.INVALID_ENVELOPE),
        (b'{"content": "x", "url": "ftp://example.com/a"}', {}, Code.BAD_URL),
        (b"<p>x</p>", {"x_url": "javascript:alert(1)"}, Code.BAD_URL),
        (b'{"action": "delete"}', {}, Code.BAD_TAKEDOWN),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 stream", {}, Code.UNSUPPORTED_MEDIA_TYPE),
        (bytes(range(256)) * 40, {}, Code.UNDECODABLE),
        (b"<html><body></body></html>", {}, Code.NO_TEXT),
    ],
)
def test_bad_input_is_rejected_with_its_code(value: bytes | None, headers: dict[str, str], code: Code) -> None:
    (failure,) = failures(with_headers(value, headers))
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is code
    assert str(failure.error)


def test_limits_are_options() -> None:
    small = Options(parse=ParseOptions(max_content_bytes=100))
    assert [f.error.code for f in failures(raw(PAGE), small) if isinstance(f.error, Rejected)] == [Code.OVERSIZED]
    blocked = Options(parse=ParseOptions(blocked_languages=("en",)))
    (failure,) = failures(raw(PAGE), blocked)
    assert isinstance(failure.error, Rejected)
    assert failure.error.code is Code.LANGUAGE_BLOCKED


def test_the_trace_tells_each_decision_in_words() -> None:
    trace = RecordingTrace()
    parse_message(raw(PAGE, content_type="text/plain"), Options(), trace=trace)
    stages = {step.stage for step in trace.steps}
    assert {"decode", "sniff", "html", "dates"} <= stages
    assert all(step.decision for step in trace.steps)
    assert any("wrong" in step.decision for step in trace.steps if step.stage == "sniff")


def test_a_wrong_media_type_is_repaired_and_flagged() -> None:
    (article,) = articles(raw(PAGE, content_type="text/plain"))
    assert Flag.MEDIA_TYPE_MISMATCH in article.quality.flags
    assert article.raw.media_type == "text/html"


def test_a_wrong_charset_is_repaired() -> None:
    page = PAGE.replace("Brandholm", "Brandhølm").replace("Jo Doe", "Søren Ærø")
    (article,) = articles(raw(page.encode("windows-1252"), content_type="text/html; charset=utf-8"))
    assert "Brandhølm" in article.body
    assert [author.name for author in article.authors] == ["Søren Ærø"]
    assert article.raw.charset == "windows-1252"


def test_a_central_european_charset_is_told_by_the_language_of_the_page() -> None:
    page = PAGE.replace("en-GB", "cs").replace("Brandholm", "Přerov").replace("Jo Doe", "Jiří Kučera")
    (article,) = articles(raw(page.encode("windows-1250"), content_type="text/html"))
    assert "Přerov" in article.body
    assert [author.name for author in article.authors] == ["Jiří Kučera"]
