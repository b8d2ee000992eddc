"""Scores of extraction, after the public article-extraction benchmark: shingles for bodies, plain equality elsewhere.

The scheme: tokens are runs of word characters; the multisets of 4-token shingles of the true and the found text are
compared; precision and recall are means over pages, and F1 is the harmonic mean of those two means.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

SHINGLE = 4
"""Tokens in a shingle."""

_TOKEN = re.compile(r"\w+")
_NO_WORD = re.compile(r"[\W_]+")
_NAME_BREAK = re.compile(r"[,&;|]|\band\b", re.IGNORECASE)

Counts = tuple[float, float, float]
"""True positives, false positives, false negatives of one page, divided by their sum."""


def word_count(text: str) -> int:
    """Number of tokens."""
    return len(_TOKEN.findall(text))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return Counter()
    last = max(1, len(tokens) - SHINGLE + 1)
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(last))


def body_score(gold: str, found: str) -> Counts:
    """Shares of one page's shingles that were found rightly, found wrongly and missed; zeros where both are empty."""
    truth, kept = _shingles(gold), _shingles(found)
    hits = sum((truth & kept).values())
    extra = sum((kept - truth).values())
    missed = sum((truth - kept).values())
    total = hits + extra + missed
    return (hits / total, extra / total, missed / total) if total else (0.0, 0.0, 0.0)


def precision_recall(counts: Counts) -> tuple[float, float]:
    """Precision and recall of one page. Nothing found is fully precise; nothing to be found is fully recalled."""
    hits, extra, missed = counts
    return (hits / (hits + extra) if hits + extra else 1.0, hits / (hits + missed) if hits + missed else 1.0)


def aggregate(pages: Iterable[Counts]) -> dict[str, float]:
    """Means over pages: `precision`, `recall`, `f1` (of the two means) and `pages` (how many)."""
    rates = [precision_recall(counts) for counts in pages]
    if not rates:
        return {"precision": 0.0, "recall": 0.0, "f1": 0.0, "pages": 0.0}
    precision = sum(p for p, _ in rates) / len(rates)
    recall = sum(r for _, r in rates) / len(rates)
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall), "pages": float(len(rates))}


def f1(precision: float, recall: float) -> float:
    """Harmonic mean; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def normal_form(text: str) -> str:
    """NFKC, casefolded, every run of non-word characters one space: the form in which titles and names compare."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def title_matches(gold: str, found: str | None) -> bool:
    """Whether two titles are the same in normal form."""
    return found is not None and normal_form(gold) == normal_form(found)


def author_matches(gold: Sequence[str], found: Sequence[str]) -> bool:
    """Whether any name stands on both sides, after joint bylines were split."""
    return bool(_names(gold) & _names(found))


def _names(authors: Sequence[str]) -> set[str]:
    return {name for author in authors for part in _NAME_BREAK.split(author) if (name := normal_form(part))}


def date_matches(gold: str, found: str | None) -> bool:
    """Whether two ISO 8601 dates name the same day; the same month where the truth states no day."""
    return found is not None and found.startswith(gold[:10])
