"""Bylines: «By Jane Doe and John Roe, Political Editor» as authors with roles."""

from __future__ import annotations

import re

from copydesk_schemas.parts import Author

_PREFIX = re.compile(
    r"(?:(?:text|story|words|article|written|report(?:ed|ing)?|posted|published|created|interview|ein interview|texto|"
    r"texte|propos recueillis|testo|tekst|bericht|kommentar|eine? \w+|posté|publié|publicado|escrito)\s+)?"
    r"(?:by|von|par|por|di|door|av|af|przez|přes|от|od|de)\s+(?=\S)"
    r"|(?:author|authors|autor|autorin|autoren|auteur|auteurs|autore|autora|autores|автор|авторы|text|"
    r"texte|texto|testo|"
    r"tekst|tekst og foto|forfatter|skribent|toimittaja|yazar|muhabir|szerző|reporter|journalist|journalistin|"
    r"redactor|redacción|redazione|written by|by|von|par|por|di|بقلم|كتب|كتبت|作者|记者|記者|文|撰文|기자|लेखक)"
    r"\s*[:：/／|]\s*(?=\S)"
    r"|(?:بقلم|كتب|كتبت)\s+",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\s*(?:;|/|／|、|&|\bund\b|\band\b|\bet\b|\be\b|\by\b|\bog\b|\boch\b|\ben\b|\bi\b|\bи\b|\bta\b|\bve\b|"
    r"\bja\b|\s\+\s|,\s*and\b)\s*"
)
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*['’.\-]?$")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "do",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
        "ten",
        "ter",
        "zu",
        "zum",
        "zur",
        "af",
        "av",
        "y",
        "e",
        "du",
        "des",
        "los",
        "las",
        "dal",
        "abu",
        "st",
    ]
)
_NOT_NAMES = frozenset(
    [
        "staff",
        "correspondent",
        "reporter",
        "editor",
        "newsroom",
        "desk",
        "team",
        "agency",
        "news",
        "editorial",
        "redaktion",
        "redaktionen",
        "redazione",
        "redacción",
        "redacao",
        "redação",
        "rédaction",
        "redactie",
        "redakcja",
        "редакция",
        "agencies",
        "agencia",
        "agence",
        "wire",
        "service",
        "services",
        "contributor",
        "online",
        "guest",
        "writer",
        "writers",
        "the",
        "press",
        "today",
        "daily",
        "times",
        "post",
        "media",
        "nachrichtenagentur",
    ]
)
_ROLE_WORDS = re.compile(
    r"\b(?:editor|reporter|correspondent|writer|columnist|producer|analyst|photographer|journalist|journalistin|"
    r"redakteur\w*|korrespondent\w*|chef\w*|envoyée? spéciale?|correspondante?|corresponsal|redactor\w*|inviato|"
    r"corrispondente|correspondente|korrespondent|корреспондент|обозреватель|spokesman|professor|director|"
    r"head|chief)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:\||•|·|—|–|\s-\s|\(|\bfor\b|\bin\b|\bfür\b|\baus\b|\bpour\b|\bat\b|@|\bupdated\b|\bpublished\b|\bposted\b|"
    r"\bveröffentlicht\b|\baktualisiert\b|\bpublié\b|\d).*$",
    re.IGNORECASE | re.DOTALL,
)
_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")

AGENCIES = {
    "reuters": "Reuters", "ap": "AP", "associated press": "Associated Press",
    "the associated press": "Associated Press",
    "afp": "AFP", "agence france-presse": "AFP", "dpa": "dpa", "apa": "APA", "sda": "Keystone-SDA",
    "keystone-sda": "Keystone-SDA", "efe": "EFE", "ansa": "ANSA", "pa": "PA", "pa media": "PA Media",
    "press association": "PA Media", "upi": "UPI", "tass": "TASS", "тасс": "ТАСС", "interfax": "Interfax",
    "интерфакс": "Интерфакс", "риа новости": "РИА Новости", "ria novosti": "RIA Novosti", "xinhua": "Xinhua",
    "新华社": "新华社", "新華社": "新華社", "kyodo": "Kyodo", "共同": "共同通信",
    "yonhap": "Yonhap", "연합뉴스": "연합뉴스",
    "ians": "IANS", "pti": "PTI", "ani": "ANI", "lusa": "Lusa", "belga": "Belga", "anp": "ANP", "ntb": "NTB",
    "tt": "TT", "ritzau": "Ritzau", "stt": "STT", "čtk": "ČTK", "pap": "PAP", "mti": "MTI", "agerpres": "Agerpres",
    "anadolu": "Anadolu", "aa": "Anadolu", "bloomberg": "Bloomberg", "europa press": "Europa Press", "aap": "AAP",
    "cp": "The Canadian Press", "the canadian press": "The Canadian Press", "سبوتنيك": "سبوتنيك", "رويترز": "رويترز",
    "وكالات": "وكالات", "sid": "SID", "epd": "epd", "kna": "KNA", "unian": "УНИАН", "укринформ": "Укринформ",
}  # fmt: skip
"""News agencies, by casefolded name."""


def agency(name: str) -> str | None:
    """The agency that a credit names, in its usual spelling, or None."""
    return AGENCIES.get(name.strip(" .()/-–—:").casefold())


def is_name(text: str) -> bool:
    """Whether a text looks like one person's name: two to five words, each capitalised or a particle."""
    text = text.strip(" .,")
    if _ASIAN.search(text):
        return 2 <= len(text) <= 8 and " " not in text and not any(c.isdigit() for c in text)
    words = text.split()
    if not 2 <= len(words) <= 5 or len(text) > 60:
        return False
    if any(word.casefold().strip(".") in _NOT_NAMES for word in words):
        return False
    if not all(_NAME_WORD.match(word) for word in words):
        return False
    caseless = not any(c.isupper() or c.islower() for c in text)
    proper = [word for word in words if word[0].isupper() or caseless]
    return len(proper) >= 2 and all(w in proper or w.casefold() in _PARTICLES or "’" in w or "'" in w for w in words)


def has_prefix(text: str) -> bool:
    """Whether a line opens like a byline: «By …», «Von …», «Автор: …»."""
    return _PREFIX.match(text) is not None


def read_byline(text: str, *, prefixed: bool = True) -> list[Author]:
    """The authors that a byline names, in order; an empty list where it is none.

    Args:
        text: one line, in normal form.
        prefixed: whether the line must open with «By» or its like. Without that, every part must be a name.
    """
    if len(text) > 200:
        return []
    match = _PREFIX.match(text)
    if prefixed and not match:
        return []
    rest = text[match.end() :] if match else text
    if rest.isupper():
        rest = rest.title()
    rest = _AFTER.sub("", rest).strip(" .,:")
    parts = [part for joint in _JOINT.split(rest) for part in joint.split(",") if part.strip(" .")]
    authors: list[Author] = []
    for part in (part.strip(" .,") for part in parts):
        wire = agency(part)
        if (_ROLE_WORDS.search(part) and authors and not is_name(part)) or (
            _ROLE_WORDS.search(part) and authors and authors[-1].role is None
        ):
            authors[-1] = authors[-1].model_copy(update={"role": part})
        elif wire or is_name(part):
            authors.append(Author(name=wire or part, raw=text[:200]))
        elif not match:
            return []
    return authors[:10]
