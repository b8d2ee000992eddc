"""Language of a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from copydesk_schemas.parts import Language


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str, claims: Sequence[str] = ()) -> Language:
    """Language of `text` (its first 1,000 characters are read), `und` when unsure.

    Args:
        text: title and body.
        claims: BCP 47 codes that the document claims, the most reliable first.
    """
    sample = text[:1000]
    if not any(c.isalpha() for c in sample):
        return Language(code="und", confidence=0.0)
    code, probability = _identifier().classify(sample)
    return Language(code=code, confidence=round(float(probability), 3))
