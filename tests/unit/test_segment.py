from __future__ import annotations

from itertools import pairwise

import pytest

from copydesk.core.text.segment import has_unspaced_script, sentences, words


def word_list(text: str) -> list[str]:
    return [text[span.start : span.end] for span in words(text)]


def sentence_list(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The mayor's well-known U.S. ally paid 1,250.50 euros.",
            "The|mayor's|well-known|U.S.|ally|paid|1,250.50|euros",
        ),
        ("L’été à Aix-en-Provence", "L’été|à|Aix-en-Provence"),
        ("Bürgermeisterin Groß", "Bürgermeisterin|Groß"),
        ("हिन्दी में समाचार", "हिन्दी|में|समाचार"),
        ("می‌خواهم بروم", "می‌خواهم|بروم"),
        ("한국어 기사 두 개", "한국어|기사|두|개"),
        ("東京のニュース", "東|京|の|ニュース"),
        ("iPhone発売 2026年", "iPhone|発|売|2026|年"),
        ("ข่าว", "ข่า|ว"),
        ("", ""),
        ("— … !", ""),
    ],
)
def test_words_of_many_scripts(text: str, expected: str) -> None:
    assert word_list(text) == [word for word in expected.split("|") if word]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Mr. Doe left. He was ill.", ["Mr. Doe left.", "He was ill."]),
        ("en", "It rose to 3.5 percent. The U.S. Army paid.", ["It rose to 3.5 percent.", "The U.S. Army paid."]),
        ("en", "She lives in the U.S. He does not.", ["She lives in the U.S.", "He does not."]),
        ("en", "“Why?” Ms Orr asked. Nobody knew.", ["“Why?” Ms Orr asked.", "Nobody knew."]),
        ("en", "“It is over.” They left!", ["“It is over.”", "They left!"]),
        ("de", "Am 3. März kam Dr. Vogt. Er blieb.", ["Am 3. März kam Dr. Vogt.", "Er blieb."]),
        ("fr", "M. Blanc est parti. Il pleut.", ["M. Blanc est parti.", "Il pleut."]),
        ("es", "¿Quién llamó? El Sr. Ruiz no lo sabe.", ["¿Quién llamó?", "El Sr. Ruiz no lo sabe."]),
        ("ru", "Это было в 1990 г. в Омске. Никто не спорил.", ["Это было в 1990 г. в Омске.", "Никто не спорил."]),
        ("ja", "雨が降った。「寒い」と彼は言った。", ["雨が降った。", "「寒い」と彼は言った。"]),
        ("zh", "市长说：“很好！”大家鼓掌。", ["市长说：“很好！”", "大家鼓掌。"]),
        ("hi", "वर्षा हुई। सड़क बंद है।", ["वर्षा हुई।", "सड़क बंद है।"]),
        ("ar", "هل وصل؟ نعم وصل.", ["هل وصل؟", "نعم وصل."]),
    ],
)
def test_sentences_of_many_languages(language: str, text: str, expected: list[str]) -> None:
    assert sentence_list(text, language) == expected


def test_no_sentence_crosses_a_paragraph() -> None:
    assert sentence_list("A headline without a stop\n\nThe first sentence. And\n\nthe rest") == [
        "A headline without a stop",
        "The first sentence.",
        "And",
        "the rest",
    ]


def test_sentences_hold_every_letter_once_and_in_order() -> None:
    text = "One. Two… three!\n\n  Four?  “Five.” 六。seven"
    spans = sentences(text)
    assert "".join(text[s.start : s.end] for s in spans).replace(" ", "") == "".join(text.split())
    assert all(before.end <= after.start for before, after in pairwise(spans))


def test_scripts_without_spaces_are_told() -> None:
    assert has_unspaced_script("Der Name 東京")
    assert has_unspaced_script("ข่าว")
    assert not has_unspaced_script("한국어, हिन्दी, русский")
