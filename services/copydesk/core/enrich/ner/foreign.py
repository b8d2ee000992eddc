"""Names of countries and large cities as other languages write them, CLDR's forms, also in scripts without case."""

from __future__ import annotations

import re
from functools import cache

from copydesk.core.enrich.ner.resolve import Found
from copydesk.core.enrich.ner.tables import exonyms, fold
from copydesk_schemas.reasons import EntityType

_UNSPACED = frozenset({"zh", "ja", "th", "km", "lo", "my", "ko"})
"""Scripts without spaces, and Korean, whose particles are written on to the noun."""
_PREFIXED = frozenset({"ar", "fa", "he", "ur"})
_INFLECTED = frozenset(
    {
        "ru",
        "uk",
        "bg",
        "mk",
        "sr",
        "pl",
        "cs",
        "sk",
        "hr",
        "sl",
        "lt",
        "lv",
        "fi",
        "et",
        "hu",
        "tr",
        "el",
        "hi",
        "bn",
        "ta",
        "te",
    }
)
_SHORTEST_STEM = 4


@cache
def _pattern(language: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    names = exonyms(language)
    forms: dict[str, str] = {}
    for name in names:
        if len(name) < 2:
            continue
        # Case endings replace the last vowel: Москва, Москвы.
        cut = language in _INFLECTED and len(name) > _SHORTEST_STEM and name[-1] in "аяеоиыйьъіїaeiouyąęαηοςсीाि"
        forms.setdefault(name[:-1] if cut else name, name)
    if not forms:
        return None, {}
    alternatives = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    if language in _UNSPACED:
        return re.compile(f"({alternatives})"), forms
    prefix = r"(?:(?<!\w)|(?<=(?<!\w)[وبلفכבלמהוש]))" if language in _PREFIXED else r"(?<!\w)"
    suffix = r"\w{0,3}(?!\w)" if language in _INFLECTED else r"(?!\w)"
    return re.compile(f"{prefix}({alternatives}){suffix}"), forms


def find_exonyms(field: int, text: str, language: str) -> list[Found]:
    """Mentions of places by their names in `language`; none for a language without a table."""
    pattern, forms = _pattern(language)
    if pattern is None:
        return []
    names = exonyms(language)
    found = []
    for match in pattern.finditer(text):
        row = names[forms[match.group(1)]]
        found.append(
            Found(
                field,
                match.start(),
                match.end(),
                match.group(),
                (fold(row.name),),
                EntityType.PLACE,
                0.8 if row.kind == "country" else 0.65,
                titled=False,
                cued=True,
                initial=False,
            )
        )
    return found
