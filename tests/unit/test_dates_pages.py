"""Dates that pages show: near the headline, labelled or marked up, and what belongs to other things."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.support.dated_pages import STORY, TITLE, article, day, decide

from copydesk_schemas.reasons import DatePrecision, DateRole


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


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "15:42, 28 March 2019"),
        ("en", "28/3/2019 3:42 pm"),
        ("en", "Thu Mar 28 2019"),
        ("en", "28-Mar-2019"),
        ("en", "Mar. 28, 2019, at 3:42 p.m. ET"),
        ("en", "28 Mar 2019 | UPDATED: 29 Mar 2019"),
        ("en", "March 28, 2019 / 3:42 PM / CBS News"),
        ("en", "Created: Mar 28, 2019 08:00 IST"),
        ("en", "Thursday 28th of March 2019"),
        ("en", "Issued on: 28/03/2019 - 15:42"),
        ("en", "Modified: 29/03/2019 Published: 28/03/2019"),
        ("hu", "2019. március 28., csütörtök 15:42"),
        ("hu", "2019.03.28. 15:42"),
        ("vi", "Thứ năm, 28/3/2019, 15:42 (GMT+7)"),
        ("el", "28 Μαρτίου 2019, 15:42"),
        ("th", "เผยแพร่: 28 มี.ค. 2562 12:30"),
        ("th", "28 มีนาคม 2562"),
        ("ar", "٢٨ مارس ٢٠١٩"),
        ("ar", "الخميس 28/03/2019"),
        ("pl", "28 marca 2019, 15:42"),
        ("pl", "28.03.2019 aktualizacja: 29.03.2019"),
        ("fi", "28.3.2019 klo 15.42"),
        ("sv", "28 mars 2019 kl 15.42"),
        ("nb", "Publisert: 28.03.2019 kl. 15:42"),
        ("pt", "28 mar 2019 - 15h42"),
        ("pt", "28 de março de 2019"),
        ("es", "28 MAR 2019 - 15:42 CET"),
        ("es", "jueves, 28 de marzo de 2019"),
        ("ca", "28 de març de 2019"),
        ("fr", "Le 28 mars 2019 à 15h42, modifié le 29 mars 2019 à 10h00"),
        ("fr", "jeudi 28 mars 2019"),
        ("de", "28.03.2019 | 15:42 Uhr"),
        ("de", "Do., 28. Mär. 2019"),
        ("de", "Erstellt: 28.03.2019, Stand: 29.03.2019"),
        ("ru", "28 мар. 2019, 15:42"),
        ("ru", "28.03.2019 15:42"),
        ("uk", "28 березня 2019, 15:42"),
        ("sr", "28. март 2019."),
        ("sl", "28. marec 2019"),
        ("bg", "28 март 2019, 15:42"),
        ("he", "28 במרץ 2019"),
        ("hi", "28 मार्च 2019, 03:42 PM"),
        ("bn", "২৮ মার্চ ২০১৯"),
        ("ta", "28 மார்ச் 2019"),
        ("ur", "28 مارچ 2019"),
        ("ko", "2019년 3월 28일 오후 3:42"),
        ("ko", "입력 : 2019-03-28 15:42:00"),
        ("zh", "2019年03月28日15:42\u3000来源：新华社"),
        ("zh", "2019-03-28 15:42"),
        ("ja", "2019/03/28 15:42"),
        ("ja", "2019.3.28(木)"),
        ("ms", "28 Mac 2019"),
        ("id", "Kamis, 28 Mar 2019 15:42 WIB"),
        ("tr", "28 Mart 2019 Perşembe 15:42"),
        ("ro", "28 martie 2019, 15:42"),
        ("cs", "28. 3. 2019 15:42"),
        ("sk", "28. marca 2019"),
        ("lv", "2019. gada 28. marts"),
        ("lt", "2019 m. kovo 28 d."),
        ("et", "28. märts 2019"),
        ("is", "28. mars 2019"),
        ("ga", "28 Márta 2019"),
        ("sq", "28 Mars 2019"),
        ("sw", "28 Machi 2019"),
        ("ka", "28 მარტი 2019"),
        ("nl", "28 mrt 2019"),
        ("af", "28 Maart 2019"),
        ("fa", "تاریخ انتشار: 28 مارس 2019"),
    ],
)
def test_one_day_in_many_ways_of_writing(lang: str, line: str) -> None:
    assert day(decide(article(f"<p>{line}</p>"), lang=lang)) == "2019-03-28"


def test_years_of_other_calendars_are_not_taken_for_ours() -> None:
    assert decide(article("<p>1398/01/08</p>"), lang="fa").published_at is None


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
