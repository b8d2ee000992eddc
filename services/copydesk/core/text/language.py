"""Language of a text, from its characters; what the document claims of itself only settles doubts.

The identifier is py3langid (naive Bayes over byte n-grams, 97 languages, BSD). It tempers
its probabilities by the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from typing import Any

from copydesk_schemas.parts import Language, ModelInfo

SAMPLE_CHARS = 800
"""On 199 English articles 5,000 characters gave another verdict than 800 once, and that one was wrong."""

_UNDETERMINED = "und"
_ENOUGH = 0.5
"""Below this confidence the answer is `und`."""

_SHARPEN = 2.0
"""Exponent on the identifier's probabilities: as they come, right answers on headlines have .3."""

_CLAIM_ODDS = 20.0
_CLAIM_ODDS_EN = 5.0
# By how much a claim multiplies the odds of its language. Systems that were never told their language claim English.

_FULL_CONFIDENCE_LETTERS = 30
"""With fewer letters than this the confidence is reduced in proportion: a name or two are no evidence."""

_PIDGIN_LETTERS = 200

_CONFUSABLE = (
    frozenset({"no", "nb", "nn"}),
    frozenset({"hr", "sr", "bs"}),
    frozenset({"id", "ms"}),
)
# Written so alike that the publisher knows better than any count of letters.

# Scripts that one language of the news writes alone, or nearly so. Kana before Han: Japanese has both.
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("th", re.compile("[\u0e01-\u0e3a]")),
    ("lo", re.compile("[\u0e81-\u0eb9]")),
    ("my", re.compile("[\u1000-\u102a]")),
    ("km", re.compile("[\u1780-\u17b3]")),
    ("hy", re.compile("[\u0531-\u0587]")),
    ("ka", re.compile("[\u10d0-\u10ff]")),
    ("am", re.compile("[\u1200-\u135a]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("si", re.compile("[\u0d80-\u0dff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
)
_ASCII_ONLY = re.compile("[\x00-\u024f\u2000-\u206f]*")
_KANA_SHARE = 0.1
_SCRIPT_SHARE = 0.6
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_CODE = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def models() -> tuple[ModelInfo, ...]:
    """The model in use."""
    return (ModelInfo(name="py3langid", version=metadata.version("py3langid")),)


def primary_code(tag: str) -> str | None:
    """Primary code of a language tag, lower case: `en` for `en_GB.UTF-8`; None where it is none."""
    match = _CODE.match(tag.strip())
    code = match.group().lower() if match else None
    return None if code in {"und", "mul", "zxx", "mis"} else code


def detect_language(text: str, claims: Sequence[str] = ()) -> Language:
    """Language of `text` (its first 800 characters are read), `und` when unsure.

    Args:
        text: title and body.
        claims: BCP 47 codes that the document claims, the most reliable first.
    """
    sample = _URL.sub(" ", text[:SAMPLE_CHARS])
    letters = sum(map(str.isalpha, sample))
    if letters == 0:
        return Language(code=_UNDETERMINED, confidence=0.0)
    claimed = [code for code in map(primary_code, claims) if code]
    certainty = min(1.0, letters / _FULL_CONFIDENCE_LETTERS)
    by_script = _by_script(sample, letters)
    if by_script is not None:
        return Language(code=by_script, confidence=round(0.99 * min(1.0, 0.5 + certainty / 2), 3))
    ranked: dict[str, float] = {name: p**_SHARPEN for name, p in _identifier().rank(sample)}
    if letters < _PIDGIN_LETTERS and "pcm" not in claimed:
        # A headline without articles looks like Nigerian Pidgin; a whole story does not.
        ranked["en"] = ranked.get("en", 0.0) + ranked.pop("pcm", 0.0)
    # A claim weighs less the more there is to read.
    if claimed and claimed[0] in ranked:
        ranked[claimed[0]] *= _CLAIM_ODDS_EN if claimed[0] == "en" else _CLAIM_ODDS
    total = sum(ranked.values())
    code = max(ranked, key=lambda name: (ranked[name], name))
    probability = ranked[code] / total
    for group in _CONFUSABLE:
        if code in group:
            probability = sum(ranked.get(member, 0.0) for member in sorted(group)) / total
            code = next((claim for claim in claimed if claim in group), code)
    confidence = round(probability * (certainty if code not in claimed else (1 + certainty) / 2), 3)
    if confidence < _ENOUGH:
        return Language(code=_UNDETERMINED, confidence=confidence)
    return Language(code=code, confidence=confidence)


def _by_script(sample: str, letters: int) -> str | None:
    if _ASCII_ONLY.fullmatch(sample):
        return None
    for code, pattern in _SCRIPTS:
        count = len(pattern.findall(sample))
        if code == "ja":
            count = letters if count >= _KANA_SHARE * letters else 0
        if count >= _SCRIPT_SHARE * letters:
            return code
    return None
