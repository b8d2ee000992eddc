"""Dates of whole pages: what is shown near the headline, labelled or marked up, and what belongs to other things."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from copydesk.core.dates.address import url_dates
from copydesk.core.dates.choose import DateDecision, choose_dates
from copydesk.core.formats.extraction import lighten, parse_html
from copydesk.core.structured.dates import read_dates
from copydesk.core.structured.page import read_page
from copydesk_schemas.reasons import DatePrecision, DateRole, Flag

TITLE = "The lighthouse at Varn gets its lamp back"
STORY = "<p>" + "The keeper climbed the stairs once more and lit the lamp that had been dark for years. " * 8 + "</p>"


def decide(
    body: str,
    *,
    head: str = "",
    lang: str = "en",
    url: str = "",
    country: str | None = None,
    reference: datetime | None = None,
) -> DateDecision:
    """The decision on a page with this body, after a title in the head."""
    tree = parse_html(f'<html lang="{lang}"><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>')
    assert tree is not None
    page = read_page(tree)
    lighten(tree)
    found = read_dates(page, tree) + url_dates(url)
    return choose_dates(found, language=lang, country=country, reference=reference)


def article(line: str, *, above: str = "", below: str = "") -> str:
    """A page's body with a date line under its headline."""
    return f"{above}<main><h1>{TITLE}</h1>{line}{STORY * 3}</main>{below}"


def day(decision: DateDecision) -> str | None:
    """The published day, as the publisher would name it."""
    return decision.published.as_day().isoformat() if decision.published and decision.published.as_day() else None


@pytest.mark.parametrize(
    ("lang", "line", "published", "modified"),
    [
        ("en", "Published 3 March 2019", "2019-03-03", None),
        ("en", "By Ann Leigh | Mar 3rd, 2019 | 4 min read", "2019-03-03", None),
        ("en", "Posted: March 3, 2019 4:10 PM EST | Last Updated: March 5, 2019", "2019-03-03", "2019-03-05"),
        ("en", "Updated March 5, 2019. First published March 3, 2019", "2019-03-03", "2019-03-05"),
        ("de", "Veröffentlicht am 12.03.2021, 14:05 Uhr – aktualisiert am 13.03.2021", "2021-03-12", "2021-03-13"),
        ("de", "Dienstag, 12. Jänner 2021, 14:05", "2021-01-12", None),
        ("fr", "Publié le 3 mars 2020 à 08h15 - Mis à jour le 4 mars 2020 à 10h00", "2020-03-03", "2020-03-04"),
        ("es", "Publicado el 3 de marzo de 2020. Actualizado: 04/03/2020", "2020-03-03", "2020-03-04"),
        ("it", "Pubblicato il 3 marzo 2020 (modificato il 5 marzo 2020)", "2020-03-03", "2020-03-05"),
        ("pt", "Publicado em 03/04/2020 10h20 - Atualizado em 05/04/2020", "2020-04-03", "2020-04-05"),
        ("nl", "Gepubliceerd op 3 maart 2020, bijgewerkt op 4 maart 2020", "2020-03-03", "2020-03-04"),
        ("sv", "Publicerad 3 mars 2020 · Uppdaterad 4 mars 2020", "2020-03-03", "2020-03-04"),
        ("da", "Offentliggjort 3. marts 2020", "2020-03-03", None),
        ("nb", "Publisert 3. mars 2020 Oppdatert 4. mars 2020", "2020-03-03", "2020-03-04"),
        ("fi", "Julkaistu 3.3.2020 klo 12.30, päivitetty 4.3.2020", "2020-03-03", "2020-03-04"),
        ("pl", "Opublikowano: 3 marca 2020 Aktualizacja: 4 marca 2020", "2020-03-03", "2020-03-04"),
        ("cs", "Publikováno 3. března 2020", "2020-03-03", None),
        ("hu", "Megjelent: 2020. március 3. Frissítve: 2020. március 4.", "2020-03-03", "2020-03-04"),
        ("ro", "Publicat: 3 martie 2020 Actualizat: 4 martie 2020", "2020-03-03", "2020-03-04"),
        ("bg", "Публикувано на 3 март 2020", "2020-03-03", None),
        ("ru", "Опубликовано 3 марта 2020 в 12:30, обновлено 4 марта 2020", "2020-03-03", "2020-03-04"),
        ("uk", "Опубліковано 3 березня 2020 Оновлено 4 березня 2020", "2020-03-03", "2020-03-04"),
        ("hr", "Objavljeno 3.3.2020. Ažurirano 4.3.2020.", "2020-03-03", "2020-03-04"),
        ("el", "Δημοσιεύτηκε 3 Μαρτίου 2020", "2020-03-03", None),
        ("tr", "Giriş: 03.03.2020 - 18:24 Güncelleme: 04.03.2020 - 18:57", "2020-03-03", "2020-03-04"),
        ("ar", "تاريخ النشر: 3 مارس 2020 آخر تحديث: 4 مارس 2020", "2020-03-03", "2020-03-04"),
        ("he", "פורסם: 03/04/2020 עודכן: 05/04/2020", "2020-04-03", "2020-04-05"),
        ("hi", "प्रकाशित: 3 मार्च 2020 अपडेट: 4 मार्च 2020", "2020-03-03", "2020-03-04"),
        ("ja", "公開日 2020年3月3日 12時30分 更新 2020年3月4日", "2020-03-03", "2020-03-04"),
        ("zh", "发布时间：2020-03-03 12:30 来源：晨报", "2020-03-03", None),
        ("ko", "입력 2020.03.03 12:30 수정 2020.03.04 10:00", "2020-03-03", "2020-03-04"),
        ("vi", "Đăng ngày 3 tháng 3, 2020", "2020-03-03", None),
        ("id", "Diterbitkan 3 Maret 2020, diperbarui 4 Maret 2020", "2020-03-03", "2020-03-04"),
        ("lt", "Paskelbta 2020-03-03 Atnaujinta 2020-03-04", "2020-03-03", "2020-03-04"),
    ],
)
def test_date_lines_say_what_they_date(lang: str, line: str, published: str, modified: str | None) -> None:
    decision = decide(article(f'<div class="x"><span>{line}</span></div>'), lang=lang)
    assert day(decision) == published
    assert (decision.modified_at.date().isoformat() if decision.modified_at else None) == modified


def test_label_and_date_in_elements_of_their_own() -> None:
    line = "<dl><dt>Published</dt><dd>3 March 2019</dd><dt>Last updated</dt><dd>5 March 2019</dd></dl>"
    decision = decide(article(line))
    assert day(decision) == "2019-03-03"
    assert decision.modified_at == datetime(2019, 3, 5, tzinfo=UTC)


def test_an_unlabelled_line_above_the_headline_counts() -> None:
    assert day(decide(f"<h2><span>Monday, March 4, 2019</span></h2><h1>{TITLE}</h1>{STORY}")) == "2019-03-04"


def test_time_of_day_and_zone_are_kept() -> None:
    decision = decide(article("<p>3 March 2019, 15:42 CET</p>"))
    assert decision.published_at == datetime(2019, 3, 3, 14, 42, tzinfo=UTC)
    assert decision.published_precision is DatePrecision.MINUTE
    assert decision.published_tz_known is True


def test_a_candidate_holds_the_date_and_not_the_line_around_it() -> None:
    decision = decide(article("<p>By Ann Leigh, Staff Writer, Sunday, 3 March 2019 15:42 | 3 comments</p>"))
    assert [c.raw for c in decision.candidates] == ["Sunday, 3 March 2019 15:42"]


@pytest.mark.parametrize(
    "line",
    [
        "<p>3 hours ago</p>",
        "<p>© 2019 The Varn Gazette</p>",
        "<p>Copyright 3 March 2019 Varn Gazette</p>",
        "<p>Member since March 3, 2019</p>",
        "<p>Offer valid until March 3, 2019</p>",
        "<p>Retrieved March 3, 2019</p>",
        '<div class="current-date">Today is Sunday, March 3, 2019</div>',
        "<p>On March 3, 2019 the council of Varn voted to sell the whole of the old tower to the highest bidder.</p>",
        "<figure><img src=a.jpg><figcaption>The tower, March 3, 2019</figcaption></figure>",
        '<div class="related-stories"><a href=/b>The harbour</a> <time datetime="2019-03-03">3 March</time></div>',
        "<blockquote>Published March 3, 2019</blockquote>",
        "<nav><span>March 3, 2019</span></nav>",
    ],
)
def test_what_dates_other_things_is_not_taken(line: str) -> None:
    assert decide(article(line)).published_at is None


def test_comments_and_listed_stories_never_date_the_page() -> None:
    comment = '<div class="comment"><b>Bo</b> <time datetime="2019-05-0{0}">{0} May 2019</time><p>Nice.</p></div>'
    listed = '<li><a href="/{0}">Another story of the coast</a> <time datetime="2019-06-0{0}">{0} June</time></li>'
    below = "".join(comment.format(n) for n in (1, 2)) + "<ul>" + "".join(listed.format(n) for n in (3, 4, 5)) + "</ul>"
    assert decide(article("<p>By Ann Leigh</p>", below=below)).published_at is None
    assert day(decide(article("<p>3 March 2019</p>", below=below))) == "2019-03-03"


def test_the_masthead_keeps_its_own_date() -> None:
    above = '<header><div id="masthead">Sunday, March 10, 2019</div></header>'
    decision = decide(article("<p>March 3, 2019</p>", above=above))
    assert day(decision) == "2019-03-03"
    assert [c.role for c in decision.candidates if c.value == "2019-03-10"] == [DateRole.PAGE]
    assert decide(article("", above=above)).published_at is None


def test_an_update_alone_is_no_publication() -> None:
    decision = decide(article('<time datetime="2019-03-05">Updated March 5, 2019</time>'))
    assert decision.published_at is None
    assert decision.modified_at == datetime(2019, 3, 5, tzinfo=UTC)


def test_of_two_days_side_by_side_the_later_is_an_update() -> None:
    line = '<time datetime="2019-03-03">March 3, 2019</time> <time datetime="2019-03-07">March 7, 2019</time>'
    decision = decide(article(line))
    assert day(decision) == "2019-03-03"
    assert decision.modified_at == datetime(2019, 3, 7, tzinfo=UTC)


def test_the_class_of_hatom_is_an_update_only_beside_a_publication() -> None:
    alone = decide(article('<time class="updated" datetime="2019-03-07">March 7</time>'))
    assert day(alone) == "2019-03-07"
    assert alone.modified_at is None
    head = '<meta property="article:published_time" content="2019-03-03T10:00:00Z">'
    beside = decide(article('<time class="updated" datetime="2019-03-07">March 7</time>'), head=head)
    assert day(beside) == "2019-03-03"
    assert beside.modified_at == datetime(2019, 3, 7, tzinfo=UTC)


def test_abbr_titles_and_microdata_are_machine_dates() -> None:
    title = decide(article('<abbr class="published" title="2019-03-03T10:00:00+01:00">Sunday</abbr>'))
    assert title.published_at == datetime(2019, 3, 3, 9, tzinfo=UTC)
    prop = decide(article('<span itemprop="datePublished" content="2019-03-03">Sunday</span>'))
    assert day(prop) == "2019-03-03"


def test_data_attributes_support_and_never_decide() -> None:
    line = '<div data-timestamp="1551607200" data-published="2019-03-03">Share</div>'
    decision = decide(article(line))
    assert decision.published_at is None
    assert {c.value[:10] for c in decision.candidates} == {"2019-03-03"}


def test_a_shown_day_beats_the_day_of_the_last_upload() -> None:
    stamp = "2020-11-02T09:00:00Z"
    graph = {"@type": "BlogPosting", "headline": "x", "datePublished": stamp, "dateModified": stamp}
    head = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    decision = decide(article("<div>March 3, 2019</div>"), head=head)
    assert day(decision) == "2019-03-03"
    assert Flag.DATE_CONFLICT in decision.flags


def test_a_shown_update_does_not_contradict_the_metadata() -> None:
    head = (
        '<meta property="article:published_time" content="2019-03-03T09:00:00Z">'
        '<meta property="article:modified_time" content="2020-11-02T09:00:00Z">'
    )
    decision = decide(article("<div>November 2, 2020</div>"), head=head)
    assert day(decision) == "2019-03-03"
    assert decision.flags == frozenset()


def test_metadata_and_page_that_cannot_both_be_true_give_nothing() -> None:
    head = '<meta property="article:published_time" content="2013-03-11T09:00:00Z">'
    decision = decide(article("<div>March 20, 2023</div>"), head=head)
    assert decision.published_at is None
    assert decision.flags == {Flag.DATE_CONFLICT}
    assert all(c.reason.startswith("not taken") for c in decision.candidates)


def test_the_address_settles_a_conflict() -> None:
    head = '<meta property="article:published_time" content="2013-03-11T09:00:00Z">'
    decision = decide(article("<div>March 20, 2023</div>"), head=head, url="https://varn.example/2013/03/11/lamp")
    assert day(decision) == "2013-03-11"


def test_ambiguous_numbers_are_candidates_until_something_tells() -> None:
    unknown = decide(article("<p>Published 03/04/2019</p>"))
    assert unknown.published_at is None
    assert [c.value for c in unknown.candidates] == ["2019"]
    assert day(decide(article("<p>Published 03/04/2019</p>"), country="GB")) == "2019-04-03"
    assert day(decide(article("<p>Published 03/04/2019, updated 25/04/2019</p>"))) == "2019-04-03"
    by_url = decide(article("<p>Published 03/04/2019</p>"), url="https://varn.example/2019/03/lamp.html")
    assert day(by_url) == "2019-03-04"
    early = decide(article("<p>Published 03/04/2019</p>"), reference=datetime(2019, 3, 6, tzinfo=UTC))
    assert day(early) == "2019-03-04"


def test_future_lines_are_flagged() -> None:
    decision = decide(article("<p>March 3, 2031</p>"), reference=datetime(2026, 1, 1, tzinfo=UTC))
    assert decision.published_at is None
    assert Flag.DATE_FUTURE in decision.flags


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta name="publish_date" content="2019-03-03">', "2019-03-03"),
        ('<meta property="vr:published_time" content="1551607200">', "2019-03-03"),
        ('<meta name="PubDate" content="Sun, 03 Mar 2019 10:00:00 GMT">', "2019-03-03"),
        ('<meta name="published" content="March 3, 2019">', "2019-03-03"),
        ('<meta name="publisher" content="Gazette 2019-03-03">', None),
        ('<meta name="last-updated" content="2019-03-03">', None),
        (
            '<script type="application/ld+json">{"@type":"SocialMediaPosting","datePublished":"2019-03-03"}</script>',
            "2019-03-03",
        ),
    ],
)
def test_metadata_names_are_read_by_their_words(head: str, published: str | None) -> None:
    assert day(decide(article(""), head=head)) == published


def test_a_page_full_of_dates_stays_small() -> None:
    body = "".join(f"<p class=date>{n % 28 + 1} March 20{n % 20:02d}</p>" for n in range(5_000))
    decision = decide(article(body))
    assert len(decision.candidates) <= 20


_DATED = "<span>3 March 2019</span>"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{TITLE}</h1><div>" + _DATED * 30_000 + "</div>",
        f"<h1>{TITLE}</h1><div>" + _DATED * 300 + "<i></i> " * 60_000 + "</div>",
        f"<h1>{TITLE}</h1>" * 30_000 + _DATED * 500,
        f"<h1>{TITLE}</h1><div>" + "<time>3 March 2019</time>" * 300 + "word " * 1_000_000 + "</div>",
        f"<h1>{TITLE}</h1>" + "<p>" + "1-" * 2_000_000 + "</p>" + "<p>" + "12 march " * 50 + "</p>",
        f"<h1>{TITLE}</h1><div class='{'date ' * 400_000}'>" + _DATED * 500 + "</div>",
        f"<h1>{TITLE}</h1>" + "<div>" * 450 + _DATED * 500,
        f"<h1>{TITLE}</h1>" + "<p>" + "Published " * 20 + "3 March 2019</p>",
    ],
    ids=["spans", "empty", "headings", "words", "numbers", "classes", "depth", "labels"],
)
def test_hostile_pages_are_read_in_time(body: str) -> None:
    started = time.process_time()
    decision = decide(body)
    assert time.process_time() - started < 10
    assert len(decision.candidates) <= 20


@pytest.mark.timeout(60)
def test_a_flood_of_metadata_is_cut() -> None:
    head = "".join(f'<meta name="x{"a" * (n % 40)}:publish_date" content="2019-03-03">' for n in range(20_000))
    assert len(decide(article(""), head=head).candidates) <= 40


def test_the_data_of_scripts_gives_the_day_only_where_it_is_of_one_story() -> None:
    one = '<script>window.S={"post":{"datePublished":"2019-03-03T10:00:00Z"}}</script>'
    assert day(decide(article(""), head=one)) == "2019-03-03"
    two = '<script>window.S=[{"datePublished":"2019-03-03"},{"datePublished":"2019-03-09"}]</script>'
    assert decide(article(""), head=two).candidates == ()


def test_json_ld_in_a_meta_element_is_json_ld() -> None:
    content = json.dumps({"@type": "Article", "headline": "x", "datePublished": "2019-03-03"}).replace('"', "&quot;")
    assert day(decide(article(""), head=f'<meta name="script:ld+json" content="{content}">')) == "2019-03-03"


def test_a_date_as_the_last_part_of_a_title_counts() -> None:
    og = '<meta property="og:title" content="{}">'
    assert day(decide(article(""), head=og.format("The lamp is back – VG – 03.03.2019"))) == "2019-03-03"
    for title in ("What changed on 3 March 2019", "The years 2018 – 2019", "The lamp | 24/7", "3 March 2019"):
        assert decide(article(""), head=og.format(title)).published_at is None


def test_confidence_follows_from_the_kinds_of_places_that_agree() -> None:
    head = '<meta property="article:published_time" content="2019-03-03T10:00:00Z">'
    both = decide(article("<p>March 3, 2019</p>"), head=head)
    assert both.confidence >= 0.95
    assert decide(article(""), head=head).confidence < 0.9
    assert decide(article("<p>March 3, 2019</p>")).confidence < 0.9
    update = '<meta property="article:modified_time" content="2019-03-05T10:00:00Z">'
    agreed = decide(article("<p>Updated March 5, 2019</p>"), head=update)
    differs = decide(article("<p>Updated March 9, 2019</p>"), head=update)
    assert agreed.modified_confidence >= 0.95
    assert differs.modified_confidence <= 0.75


def test_the_month_of_an_upload_tells_day_from_month_and_nothing_more() -> None:
    head = '<meta property="og:image" content="https://varn.example/uploads/2019/03/lamp.jpg">'
    assert day(decide(article("<p>Published 03/04/2019</p>"), head=head)) == "2019-03-04"
    assert decide(article(""), head=head).published_at is None


def test_a_marked_up_date_below_the_story_counts_where_it_is_the_only_one() -> None:
    below = '<p><time datetime="2019-03-03">March 3</time></p>'
    assert day(decide(article("", below=below))) == "2019-03-03"
    other = '<p><time datetime="2019-05-09">May 9</time></p>'
    assert decide(article("", below=below + other)).published_at is None
