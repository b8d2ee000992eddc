"""Words that attribute speech, by language: verbs, participles, pronouns with their gender."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns of one language. `pronouns` maps to `m`, `f` or an empty text where both are meant."""

    verb: re.Pattern[str]
    participle: re.Pattern[str]
    pronouns: dict[str, str]
    role: re.Pattern[str]
    """«the president»: a definite description by office."""
    guess: bool = False
    """Whether a pronoun may mean a person whose name tells no sex."""


_EN = (
    "said says say told tells added adds asked asks replied replies insisted insists warned warns argued "
    "argues claimed claims explained explains announced announces declared declares wrote writes tweeted "
    "posted stated states noted notes continued continues admitted admits confirmed confirms denied "
    "denies suggested suggests recalled recalls joked concluded concludes stressed stresses urged urges "
    "vowed vows promised complained shouted whispered cried responded responds remarked observed pointed "
    "acknowledged maintained reiterated reasserted testified predicted boasted pleaded described "
    "describes called calls branded dubbed labelled labeled thinks believes hopes hailed praised blasted "
    "slammed"
)
_EN_PARTICIPLES = (
    "saying adding asking insisting warning arguing claiming explaining announcing declaring writing "
    "stating noting admitting confirming suggesting stressing urging vowing promising complaining "
    "shouting responding remarking acknowledging maintaining reiterating reasserting describing calling "
    "branding dubbing labelling labeling telling"
    "predicting joking concluding"
)
_EN_ROLES = (
    "president minister premier mayor governor senator chancellor king queen prince princess pope "
    "spokesman spokeswoman spokesperson secretary chief director chairman chairwoman ambassador general "
    "commissioner coach manager judge prosecutor professor doctor author actor singer leader"
)
_OTHERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "de": (
        (
            "sagte sagt erklärte erklärt betonte betont meinte meint teilte fügte ergänzte warnte schrieb "
            "schreibt forderte kritisierte kündigte berichtete antwortete fragte versicherte äußerte lobte so "
            "nannte zitierte"
        ),
        "",
        {"er": "m", "sie": "f"},
    ),
    "fr": (
        (
            "déclaré dit affirmé expliqué ajouté indiqué estimé assuré précisé souligné lancé confié écrit "
            "déclare affirme explique ajoute indique estime assure précise souligne répond répondu martelé "
            "raconte raconté"
        ),
        "",
        {"il": "m", "elle": "f"},
    ),
    "es": (
        (
            "dijo afirmó aseguró explicó añadió agregó señaló indicó declaró sostuvo expresó manifestó comentó "
            "advirtió destacó apuntó respondió subrayó dice afirma asegura explica añade señala escribió"
        ),
        "",
        {"él": "m", "ella": "f"},
    ),
    "it": (
        ("detto dichiarato spiegato aggiunto affermato sottolineato dice spiega aggiunge afferma scrive scritto ha"),
        "",
        {"lui": "m", "lei": "f"},
    ),
    "pt": (
        (
            "disse afirmou explicou acrescentou declarou destacou ressaltou completou comentou escreveu diz "
            "afirma explica"
        ),
        "",
        {"ele": "m", "ela": "f"},
    ),
    "nl": (
        "zei zegt vertelde verklaarde stelde stelt aldus schreef liet benadrukte",
        "",
        {"hij": "m", "zij": "f", "ze": "f"},
    ),
    "sv": ("sa säger sade berättade skriver menar förklarar tillade", "", {"han": "m", "hon": "f"}),
    "ru": (
        (
            "сказал сказала заявил заявила отметил отметила сообщил сообщила подчеркнул подчеркнула добавил "
            "добавила пояснил пояснила рассказал рассказала написал написала считает уверен уверена"
        ),
        "",
        {"он": "m", "она": "f"},
    ),
}


@cache
def cues(language: str) -> Cues | None:
    """Cues of a language (primary code); None where there are none."""
    if language == "en":
        verbs, participles, pronouns = _EN, _EN_PARTICIPLES, {"he": "m", "she": "f", "they": ""}
        first = r"(?:was|were|is|has\sbeen)\squoted\sas\ssaying|[Aa]ccording\sto|"
        roles = rf"\b[Tt]he\s(?:(?:\w+|\w+-\w+)\s)?(?P<role>{_alternatives(_EN_ROLES)})\b"
    elif language in _OTHERS:
        verbs, participles, pronouns = _OTHERS[language]
        first, roles = "", "(?!)"
    else:
        return None
    return Cues(
        verb=re.compile(rf"(?<!\w)(?:{first}{_alternatives(verbs)})(?!\w)"),
        participle=re.compile(rf"(?<!\w)(?:{_alternatives(participles)})(?!\w)" if participles else "(?!)"),
        pronouns=pronouns,
        role=re.compile(roles),
        guess=language == "en",
    )


def _alternatives(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))
