"""Keywords, summary, sentiment and topics, on invented articles."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.articles import document, parsed

from copydesk.core.enrich.keywords import ENRICHER as KEYWORDS
from copydesk.core.enrich.registry import BUILT_IN
from copydesk.core.enrich.sentiment import ENRICHER as SENTIMENT
from copydesk.core.enrich.summary import ENRICHER as SUMMARY
from copydesk.core.enrich.terms import stop_words
from copydesk.core.enrich.topics import ENRICHER as TOPICS
from copydesk.core.trace import RecordingTrace
from copydesk_schemas.parts import Keyword, Sentiment, Summary, Topic

FERRY = (
    "The council of Port Ellery voted on Tuesday to keep the island ferry running for two more years.\n\n"
    "Hundreds of people had written to the council, because the new bridge does not serve the island. "
    "The island ferry is the only way to the hospital in winter.\n\n"
    "Maria Lindqvist runs the school of Port Ellery. She said that the island ferry brings her pupils every day. "
    "The weather was fine.\n\n"
    "The council will pay for new engines. A timetable for the island ferry is promised for May."
)


def keywords(*text: Any, **options: Any) -> list[Keyword]:
    found: list[Keyword] = KEYWORDS.enrich(document(*text, **options), {})["keywords"]
    return found


def summary(*text: Any, **options: Any) -> Summary | None:
    found: Summary | None = SUMMARY.enrich(document(*text, **options), {})["summary"]
    return found


def sentiment(*text: Any) -> Sentiment | None:
    found: Sentiment | None = SENTIMENT.enrich(document(*text), {})["sentiment"]
    return found


def topics(*text: Any, **options: Any) -> list[Topic]:
    found: list[Topic] = TOPICS.enrich(document(*text, **options), {})["topics"]
    return found


def test_keywords_are_the_repeated_terms_the_first_with_score_one() -> None:
    found = keywords(FERRY, "Port Ellery keeps its island ferry")
    terms = [keyword.term for keyword in found]
    assert set(terms[:2]) == {"island ferry", "Port Ellery"}
    assert found[0].score == 1.0
    assert [k.score for k in found] == sorted((k.score for k in found), reverse=True)
    assert not {term.lower() for term in terms} & stop_words("en")


def test_of_two_keywords_none_contains_the_other() -> None:
    parts = [set(keyword.term.lower().split()) for keyword in keywords(FERRY, "Port Ellery keeps its island ferry")]
    assert not [(a, b) for i, a in enumerate(parts) for b in parts[i + 1 :] if a <= b or b <= a]


def test_keywords_are_limited_by_the_option_and_empty_for_an_empty_body() -> None:
    assert len(keywords(FERRY, max_keywords=2)) == 2
    assert keywords("") == []


@pytest.mark.parametrize(
    ("language", "body", "expected"),
    [
        ("de", "Die Fähre fährt. Die alte Fähre bleibt, und die Fähre ist voll. Der Rat schweigt.", "Fähre"),
        ("fr", "Le bac repart. Le maire aime le bac, car le bac est vieux. Les gens attendent.", "bac"),
        ("ru", "Паром ушёл. Старый паром вернётся, и паром отремонтируют. Люди ждут.", "паром"),
        ("ja", "渡船は残る。古い渡船を市は守る。渡船の客は喜んだ。", "渡船"),
    ],
)
def test_keywords_of_other_languages(language: str, body: str, expected: str) -> None:
    assert expected.lower() in [keyword.term.lower() for keyword in keywords(body, None, language)]


def test_keywords_of_a_script_without_spaces_are_whole_terms() -> None:
    japanese = (
        "渡船は残る。古い渡船を市議会は守る。渡船の客は喜んだ。市議会は火曜日に投票した。市議会の決定を歓迎した。"
    )
    assert [k.term for k in keywords(japanese, "市議会、渡船を残す", "ja")] == ["市議会", "渡船"]
    chinese = "市议会决定让旧渡轮再运营。市长说旧渡轮很重要。岛民写信给市议会。渡轮时刻表公布。岛民欢迎市议会。"
    terms = [k.term for k in keywords(chinese, "市议会保留旧渡轮", "zh")]
    assert terms[:2] == ["市议会", "渡轮"]
    assert "岛民" in terms
    assert not {"市议", "议会"} & set(terms)


def test_a_name_in_another_script_does_not_change_how_words_are_put_together() -> None:
    terms = [
        k.term for k in keywords(FERRY + " The ferry was built in Tokyo (東京).", "Port Ellery keeps its island ferry")
    ]
    assert set(terms[:2]) == {"island ferry", "Port Ellery"}


def test_a_summary_is_made_of_sentences_of_the_body_in_their_order() -> None:
    made = summary(FERRY, "Port Ellery keeps its island ferry")
    assert made is not None
    doc = document(FERRY)
    chosen = [s for s in doc.sentences if FERRY[s.start : s.end] in made.text]
    assert made.text == " ".join(FERRY[s.start : s.end] for s in chosen)
    assert len(chosen) == 3
    assert made.text.startswith("The council of Port Ellery voted")
    assert "The weather was fine." not in made.text
    assert made.method == "lead-weighted-extract"


def test_a_body_hardly_longer_than_its_summary_has_none() -> None:
    assert summary("The ferry is late. It will come. Nobody minds the wait. It is spring.") is None
    assert summary("") is None
    assert summary(FERRY, summary_sentences=0) is None


def test_japanese_and_chinese_sentences_are_not_parted_by_spaces() -> None:
    body = "市は渡船を残すと決めた。渡船は古い。橋は遠い。長は喜んだと述べた。時刻表は五月に出る。予算は足りる。"
    made = summary(body, None, "ja")
    assert made is not None
    assert " " not in made.text
    assert made.text.count("。") == 3
    made = summary("市长说：“很好！”大家鼓掌。渡轮会留下。桥太远了。新的时刻表五月公布。钱够了。", None, "zh")
    assert made is not None
    assert " " not in made.text


def test_sentiment_has_the_sign_of_the_sentences() -> None:
    good = sentiment("The party was a wonderful success. Everybody was happy. The children loved it.")
    bad = sentiment("The terrible crash killed two people. Families mourn the victims. It was a horrible disaster.")
    plain = sentiment("The council meets on Tuesday. The room is on the second floor.")
    assert good is not None
    assert bad is not None
    assert plain is not None
    assert (good.polarity, bad.polarity, plain.polarity) == ("positive", "negative", "neutral")
    assert good.score > 0.3 > -0.3 > bad.score
    assert plain.score == 0.0


def test_sentiment_of_a_long_text_does_not_saturate() -> None:
    mixed = "The party was a success. The crash was terrible. The council meets on Tuesday.\n\n" * 30
    found = sentiment(mixed)
    assert found is not None
    assert abs(found.score) < 0.3


def test_sentiment_is_surer_where_many_sentences_agree() -> None:
    once, often = (sentiment("It was a wonderful success. Everybody was happy. " * n) for n in (1, 10))
    assert once is not None
    assert often is not None
    assert often.confidence > once.confidence


@pytest.mark.parametrize("language", ["de", "und", "zh"])
def test_there_is_no_sentiment_without_a_lexicon_of_the_language(language: str) -> None:
    assert sentiment("Ein wunderbarer Erfolg.", None, language) is None
    assert sentiment("", None, "en") is None


def test_topics_are_those_that_several_words_speak_for() -> None:
    found = topics(
        "Police arrested a suspect on Monday. A judge sent him to prison until the trial, prosecutors said.",
        "Suspect in robbery arrested",
    )
    assert found[0].label == "crime, law and justice"
    assert (found[0].scheme, found[0].id) == ("iptc-mediatopics", "medtop:02000000")
    assert 0.5 < found[0].score < 1


def test_one_word_is_no_topic() -> None:
    assert topics("He waited for the judge of the cake contest. The cakes were good.") == []
    assert topics("") == []


def test_topics_are_limited_and_explained() -> None:
    body = "Police arrested a suspect. The judge sent him to prison. Shares and profits fell as the market lost trust."
    assert len(topics(body, max_topics=1)) == 1
    trace = RecordingTrace()
    doc = document(body)
    TOPICS.enrich(type(doc)(doc.article, doc.options, trace), {})
    assert ("topics", "crime, law and justice", "taken") in [(s.stage, s.subject, s.decision) for s in trace.steps]


def test_topics_are_english_only() -> None:
    assert topics("Police arrested a suspect. The judge sent him to prison.", None, "de") == []


@pytest.mark.parametrize("enricher", BUILT_IN, ids=lambda enricher: str(enricher.name))
@pytest.mark.parametrize("body", ["", "x", "…", FERRY, "渡船は残る。古い渡船を市は守る。", "😀 𠮷 \u200d ferry. " * 5])
def test_every_enricher_fills_what_it_declares_the_same_each_time(enricher: Any, body: str) -> None:
    first = enricher.enrich(document(body, "A title"), {})
    assert tuple(first) == tuple(enricher.fields)
    assert enricher.enrich(document(body, "A title"), {}) == first


def test_those_that_read_function_words_say_so() -> None:
    for enricher in (KEYWORDS, SUMMARY):
        assert "stopwords.tsv" in [model.name for model in enricher.models()]
    assert all(model.sha256 for model in KEYWORDS.models())


def test_norwegian_has_one_list_of_function_words_and_an_unknown_language_none() -> None:
    assert stop_words("nb") == stop_words("nn") == stop_words("no") != frozenset()
    assert stop_words("tlh") == frozenset()
    assert parsed("x").language.code == "en"
