"""Names of months and weekdays in the languages of news, as patterns.

The table is names.tsv: Unicode CLDR (Unicode License v3) with regional and inflected forms added.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

ANY = "und"
"""All languages at once, without the words that mean different months or days in two of them."""
_ALIASES = {
    "no": "nb",
    "nn": "nb",
    "iw": "he",
    "in": "id",
    "fil": "en",
    "ja": "en",
    "zh": "en",
    "ko": "en",
    "yue": "en",
}
"""Other codes of a language; for those that write months as numbers, the names that they use besides."""
UNSPACED = frozenset({"ja", "zh", "th", "ko", "yue"})
"""Languages in which a name may stand without a space beside it."""


@dataclass(frozen=True)
class Names:
    """Names of one language: lower-cased form to number, and alternations, longest first."""

    months: dict[str, int]
    weekdays: dict[str, int]
    full_weekdays: dict[str, int]
    full_months: dict[str, int]
    month_pattern: str
    weekday_pattern: str
    full_weekday_pattern: str
    full_month_pattern: str


def fold(name: str) -> str:
    """Form under which a name is looked up."""
    return unicodedata.normalize("NFC", name).lower().replace("i̇", "i").strip(". ")


@cache
def _table() -> dict[str, list[tuple[str, int, bool, str]]]:
    text = resources.files("copydesk.core.dates").joinpath("names.tsv").read_text("utf-8")
    rows: dict[str, list[tuple[str, int, bool, str]]] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        language, kind, number, full, short = line.split("\t")
        for is_full, forms in ((True, full), (False, short)):
            rows.setdefault(language, []).extend(
                (kind, int(number), is_full, form) for form in forms.split("|") if form
            )
    return rows


@cache
def languages() -> tuple[str, ...]:
    """Languages with names of their own in the table, sorted."""
    return tuple(sorted(_table()))


def _alternation(forms: list[str]) -> str:
    ordered = sorted(set(forms), key=lambda form: (-len(form), form))
    return "|".join(re.escape(form).replace(r"\ ", " ") for form in ordered) or "(?!)"


@cache
def names(language: str) -> Names:
    """Names of a language (primary BCP 47 code); those of `ANY` where the table lacks it."""
    code = language.partition("-")[0].lower()
    code = _ALIASES.get(code, code)
    table = _table()
    rows = table[code] if code in table else [row for code in languages() for row in table[code]]
    numbers: dict[tuple[str, str], set[int]] = {}
    for kind, number, _, form in rows:
        numbers.setdefault((kind, fold(form)), set()).add(number)
    clear = [row for row in rows if len(numbers[row[0], fold(row[3])]) == 1]
    if code not in table:  # short forms of fifty languages at once would be noise
        clear = [row for row in clear if row[2] or (row[0] == "month" and len(row[3]) >= 3)]

    def pick(kind: str, *, only_full: bool) -> list[tuple[str, int]]:
        return [(form, number) for k, number, full, form in clear if k == kind and (full or not only_full)]

    months, weekdays = pick("month", only_full=False), pick("weekday", only_full=False)
    full_months, full_weekdays = pick("month", only_full=True), pick("weekday", only_full=True)
    return Names(
        months={fold(form): number for form, number in months},
        weekdays={fold(form): number for form, number in weekdays},
        full_weekdays={fold(form): number for form, number in full_weekdays},
        full_months={fold(form): number for form, number in full_months},
        month_pattern=_alternation([form for form, _ in months]),
        weekday_pattern=_alternation([form for form, _ in weekdays]),
        full_weekday_pattern=_alternation([form for form, _ in full_weekdays]),
        full_month_pattern=_alternation([form for form, _ in full_months]),
    )
