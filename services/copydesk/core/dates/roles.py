"""What a date beside words claims to be: «Published», «Updated», or neither, in the languages of news."""

from __future__ import annotations

import re
from enum import Enum

from copydesk_schemas.reasons import DateRole


class Label(Enum):
    """Kinds of words that stand beside dates. The value is the role, None where the date is none of the page's."""

    PUBLISHED = DateRole.PUBLISHED
    MODIFIED = DateRole.MODIFIED
    TODAY = DateRole.PAGE
    OTHER = None


# Stems where a language inflects: a word of the page need only start with one. Signs without spaces between words
# (Chinese, Japanese, Korean, Thai) stand in lists of their own.
_PUBLISHED = (
    # English
    "publish", "published", "publication date", "pub date", "posted", "first posted", "released", "release date",
    "issued", "written on", "created", "filed", "uploaded", "submitted", "date posted",
    "originally appeared", "originally posted",
    # German, Dutch
    "veröffentlich", "erschienen", "publiziert", "erstellt", "online seit", "gepubliceerd", "geplaatst", "gepost",
    "publicatiedatum", "aangemaakt",
    # Romance
    "publié", "publie le", "paru le", "mis en ligne", "mise en ligne", "posté", "créé le", "écrit le", "publication :",
    "publicad", "publicación", "publicação", "publicat", "fecha de publica", "data de publica", "postado", "postat",
    "creado", "criado em", "subido", "publica:", "pubblicat", "pubblicazione", "data pubblicazione",
    # Nordic
    "publicerad", "publicerat", "publicerades", "skapad", "publiceret", "offentliggjort", "udgivet", "oprettet",
    "publisert", "lagt ut", "opprettet", "julkaistu", "birt", "birtist",
    # Slavic
    "opublikowan", "data publikacji", "publikacja", "dodano", "utworzono", "publikován", "publikováno", "zveřejněn",
    "vydáno", "vloženo", "publikovan", "zverejnen", "uverejnen", "vydané", "objavljen", "objava", "objavil",
    "опубликован", "дата публикации", "публикация", "размещен", "создано", "опубліковано", "дата публікації",
    "публікація", "розміщено", "публикуван", "публикувано", "објављено", "објављен", "објавено",
    # Baltic, Finno-Ugric, Greek, Turkish, Albanian
    "paskelbta", "publikuota", "publicēts", "publicēt", "avaldatud", "megjelen", "publikálva", "közzétéve",
    "létrehozva", "δημοσιεύ", "δημοσίευση", "αναρτήθηκε", "δημιουργήθηκε", "yayınlan", "yayımlan", "yayın tarihi",
    "giriş", "oluşturulma", "eklenme", "publikuar",
    # Semitic, Iranian, Indic
    "نشر", "نُشر", "نشرت", "تاريخ النشر", "تم النشر", "انتشار", "منتشر", "تاریخ انتشار", "פורסם", "תאריך פרסום",
    "प्रकाशित", "प्रकाशन", "প্রকাশ", "প্রকাশিত", "شائع", "اشاعت", "வெளியிடப்பட்ட", "ప్రచురణ", "പ്രസിദ്ധീകരിച്ച",
    # Austronesian, Vietnamese
    "diterbitkan", "dipublikasikan", "terbit", "diposting", "tayang", "xuất bản", "đăng ngày", "đăng lúc", "ngày đăng",
)  # fmt: skip
_PUBLISHED_SIGNS = (
    "公開日", "掲載日", "投稿日", "配信", "掲載", "公開", "発表日", "発売", "发布", "发表", "發布", "發表", "刊登",
    "发稿", "時間：", "时间：", "입력", "등록", "게시", "작성", "발행", "เผยแพร่", "โพสต์", "ลงวันที่",
)  # fmt: skip
_MODIFIED = (
    # English
    "update", "updated", "modified", "edited", "revised", "corrected", "changed", "refreshed", "amended", "last active",
    # German, Dutch
    "aktualisier", "geändert", "bearbeitet", "stand:", "stand ", "letzte änderung", "zuletzt", "bijgewerkt",
    "gewijzigd", "geüpdatet", "aangepast", "laatste update",
    # Romance
    "mis à jour", "mise à jour", "modifié", "actualisé", "màj", "actualizad", "actualización", "modificad", "editado",
    "aggiornat", "aggiornamento", "modificat", "ultima modifica", "atualizad", "atualização", "actualitzat",
    "actualizat",
    # Nordic
    "uppdatera", "ändrad", "opdatere", "ændret", "oppdater", "endret", "päivitet", "muokattu", "uppfært",
    # Slavic
    "aktualizac", "zaktualizowan", "zmodyfikowan", "modyfikac", "aktualizován", "upraven", "aktualizovan", "ažuriran",
    "izmijenjen", "izmenjen", "osvježen", "posodobljen", "обновлен", "обновлён", "обновлено", "изменен", "изменён",
    "отредактирован", "оновлен", "змінено", "редагован", "обновен", "актуализиран", "последна промяна", "ажурирано",
    # Baltic, Finno-Ugric, Greek, Turkish, Albanian
    "atnaujint", "atjaunin", "atjaunots", "uuendat", "muudetud", "frissít", "módosít", "ενημερώθηκε", "ενημέρωση:",
    "τελευταία ενημέρωση", "τροποποι", "güncelle", "përditësuar",
    # Semitic, Iranian, Indic
    "تحديث", "آخر تحديث", "تعديل", "به‌روزرسانی", "بروزرسانی", "ویرایش", "עודכן", "עדכון", "अपडेट", "अद्यतन", "संशोधित",
    "আপডেট", "হালনাগাদ", "اپ ڈیٹ", "புதுப்பிக்கப்பட்ட",
    # Austronesian, Vietnamese
    "diperbarui", "diupdate", "dikemas kini", "cập nhật", "chỉnh sửa",
)  # fmt: skip
_MODIFIED_SIGNS = ("更新", "改訂", "修改", "修订", "修訂", "編集", "수정", "업데이트", "อัปเดต", "อัพเดท", "แก้ไข")
_TODAY = (
    "today is", "today's date", "heute ist", "nous sommes", "aujourd'hui", "hoy es", "oggi è", "hoje é", "сегодня",
    "сьогодні", "bugün", "dzisiaj jest", "dziś jest", "dnes je", "ma van",
)  # fmt: skip
_TODAY_SIGNS = ("今天是", "本日は", "오늘은")
_OTHER = (
    "copyright", "all rights reserved", "accessed", "retrieved", "expires", "expiry", "valid until", "valid through",
    "deadline", "due date", "joined", "member since", "registered", "born", "died", "starts", "ends", "until",
    "through", "effective", "since", "established", "founded", "event date", "last reviewed", "reviewed on",
    "medically reviewed", "fact checked", "fact-checked", "replied", "archived", "webinar", "photo", "captured",
    "next update", "sale ends", "version", "recorded on", "filmed", "applies to", "prices as of", "registriert seit",
    "mitglied seit", "gültig bis", "foto", "consulté le", "inscrit", "fecha límite", "gestorben", "geboren", "air date",
)  # fmt: skip
_OTHER_SIGNS = ("©", "(c)", "发行日期", "截止")
_MAX = 300
_DIGIT = re.compile(r"\d")


def _words(words: tuple[str, ...], signs: tuple[str, ...]) -> str:
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})|{'|'.join(map(re.escape, signs))}"


_LABEL = re.compile(
    rf"(?P<MODIFIED>{_words(_MODIFIED, _MODIFIED_SIGNS)})|(?P<PUBLISHED>{_words(_PUBLISHED, _PUBLISHED_SIGNS)})"
    rf"|(?P<TODAY>{_words(_TODAY, _TODAY_SIGNS)})|(?P<OTHER>{_words(_OTHER, _OTHER_SIGNS)})",
    re.IGNORECASE,
)


def labels_in(text: str) -> list[Label]:
    """All labels of a line, in order."""
    return [Label[match.lastgroup] for match in _LABEL.finditer(text[:_MAX]) if match.lastgroup]


def label_before(text: str) -> Label | None:
    """The last label in the words before a date; None where there is none."""
    return next(reversed(labels_in(text[-_MAX:])), None)


def label_after(text: str) -> Label | None:
    """The label right after a date, where some languages say what happened then; none that has a time of its own."""
    match = _LABEL.search(text[:_MAX])
    if match is None or not match.lastgroup or _DIGIT.search(text, match.end()):
        return None
    label = Label[match.lastgroup]
    return label if label in (Label.PUBLISHED, Label.MODIFIED) else None
