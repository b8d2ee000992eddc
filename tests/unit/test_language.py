from __future__ import annotations

import pytest

from copydesk.core.text.language import detect_language, models, primary_code

TEXTS = {
    "en": "The council voted on Tuesday to keep the old ferry running for two more years, the mayor said.",
    "de": "Der Stadtrat hat am Dienstag beschlossen, die alte Fähre noch zwei Jahre lang fahren zu lassen.",
    "fr": "Le conseil municipal a décidé mardi de garder le vieux bac pendant encore deux années, dit le maire.",
    "es": "El ayuntamiento decidió el martes mantener el viejo transbordador durante dos años más, dijo el alcalde.",
    "it": "Il consiglio comunale ha deciso martedì di tenere il vecchio traghetto per altri due anni.",
    "pt": "A câmara municipal decidiu na terça-feira manter a velha balsa por mais dois anos, disse o prefeito.",
    "nl": "De gemeenteraad besloot dinsdag om de oude veerboot nog twee jaar te laten varen, zei de burgemeester.",
    "pl": "Rada miasta postanowiła we wtorek utrzymać stary prom przez kolejne dwa lata, powiedział burmistrz.",
    "ru": "Городской совет решил во вторник сохранить старый паром ещё на два года, сообщил мэр города.",
    "uk": "Міська рада вирішила у вівторок зберегти старий пором ще на два роки, повідомив міський голова.",
    "tr": "Belediye meclisi salı günü eski feribotu iki yıl daha çalıştırmaya karar verdi, dedi belediye başkanı.",
    "ar": "قرر مجلس المدينة يوم الثلاثاء الإبقاء على العبارة القديمة لمدة عامين آخرين، كما قال رئيس البلدية.",
    "fa": "شورای شهر روز سه‌شنبه تصمیم گرفت کشتی قدیمی را برای دو سال دیگر نگه دارد، شهردار گفت.",
    "hi": "नगर परिषद ने मंगलवार को पुरानी नौका को दो और वर्षों तक चलाने का निर्णय लिया, महापौर ने कहा।",
    "ja": "市議会は火曜日、古いフェリーをあと二年間運航させることを決めたと市長が述べた。",
    "ko": "시의회는 화요일 낡은 여객선을 2년 더 운항하기로 결정했다고 시장이 말했다.",
    "zh": "市议会星期二决定让旧渡轮再运营两年，市长表示。",
    "th": "สภาเมืองตัดสินใจเมื่อวันอังคารให้เรือข้ามฟากลำเก่าวิ่งต่อไปอีกสองปี",
    "el": "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να κρατήσει το παλιό φέρι για δύο ακόμη χρόνια.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_one_sentence_is_enough(code: str) -> None:
    found = detect_language(TEXTS[code])
    assert found.code == code
    assert found.confidence >= 0.8


@pytest.mark.parametrize("text", ["", "12 345", "— !", "https://post.example/the/council/voted"])
def test_without_letters_there_is_no_language(text: str) -> None:
    assert (detect_language(text).code, detect_language(text).confidence) == ("und", 0.0)


def test_a_name_alone_is_no_evidence() -> None:
    assert detect_language("Ana Marin").code == "und"


def test_a_wrong_claim_does_not_overrule_a_text() -> None:
    assert detect_language(TEXTS["de"], ["en-US"]).code == "de"
    assert detect_language(TEXTS["fr"], ["es"]).code == "fr"


def test_a_claim_settles_what_no_count_of_letters_can() -> None:
    text = "Kommunestyret vedtok tirsdag at den gamle ferja skal gå i to år til, sier ordføreren i Vik."
    assert detect_language(text, ["nb-NO"]).code == "nb"
    assert detect_language(text).code in {"no", "nb", "nn"}


def test_addresses_do_not_count_as_text() -> None:
    noise = " https://news.example/this-is-the-story-of-the-week-and-more " * 3
    assert detect_language(TEXTS["it"] + noise).code == "it"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en_GB.UTF-8", "en"),
        ("pt-BR", "pt"),
        (" DE ", "de"),
        ("und", None),
        ("mul", None),
        ("", None),
        ("english", None),
    ],
)
def test_primary_codes_of_tags(tag: str, code: str | None) -> None:
    assert primary_code(tag) == code


def test_the_model_is_named() -> None:
    assert [model.name for model in models()] == ["py3langid"]
