"""Fingerprints of texts: what deduplication compares instead of the texts themselves.

Broder's resemblance and containment (Broder 1997, «On the resemblance and containment of documents») on hashed
shingles, twice: the 16 smallest hashes are index keys, and every fourth hash by value is a sketch on which containment
is measured. A modulo sketch takes hashes at the same rate from both texts, however different they are in length; that
is what lets a half, a quarter or a wrapped copy be found, where MinHash and SimHash compare whole with whole.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import xxhash

from copydesk_schemas.parsed import Fingerprint

WORDS_PER_SHINGLE = 3
CHARACTERS_PER_SHINGLE = 15
"""For scripts that put no spaces between words."""
KEYS = 16
SKETCH_MODULO = 4
MAX_SKETCH = 1024
"""Longer sketches keep their smallest hashes; at 4,100 words and more. See `containment`."""
MIN_WORDS = 40
"""Shorter texts have too few shingles to tell copies from formulas: they are compared exactly only."""

_ASCII_WORD = re.compile(r"[a-z0-9]+")
# Ideographs, kana, bopomofo; Thai, Lao, Tibetan, Myanmar, Khmer and the Tai scripts next to them; Javanese, Balinese.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u1b00-\u1b7f\u2e80-\u2fdf"
    "\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua980-\ua9df\uaa60-\uaa7f"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
_JOINERS = re.compile("[\u200c\u200d\u00ad\u2060\ufe0e\ufe0f]")
_CHARACTERS_PER_WORD = 2
"""Unspaced scripts: Chinese words have 1.6 characters on average, Japanese 2, Thai 4; a count need not be exact."""


@dataclass(frozen=True, slots=True)
class Containment:
    """How much of each of two texts stands in the other."""

    shared: int
    """Sketch hashes that both have."""
    total: int
    """Sketch hashes of the new text."""
    of_new: float
    """Share of the new text that stands in the old one, 0 to 1."""
    of_old: float
    """Share of the old text that stands in the new one, 0 to 1."""


def fingerprint(body: str, language: str) -> Fingerprint:  # noqa: ARG001 - see the docstring
    """The fingerprint of a clean body.

    Args:
        body: normalised text; paragraphs and punctuation make no difference, digits do.
        language: BCP 47 code. Whether words are divided by spaces is seen in the text itself, because two copies of one
            text may have been given different languages and must still meet; no language needs another rule today.
    """
    words = normalised_words(body)
    exact_hash = hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()
    unspaced = 0 if body.isascii() else len(_UNSPACED.findall("".join(words)))
    by_character = unspaced > 0 and 2 * unspaced > sum(map(len, words))
    count = len(words) if unspaced == 0 else _mixed_count(words)
    if count < MIN_WORDS:
        return Fingerprint(exact_hash=exact_hash, words=count, method="exact")
    hashes = _character_hashes(words) if by_character else _word_hashes(words)
    ordered = sorted(hashes)
    sketch = sorted({h >> 32 for h in ordered if h % SKETCH_MODULO == 0})[:MAX_SKETCH]
    return Fingerprint(
        exact_hash=exact_hash,
        near_keys=ordered[:KEYS],
        sketch=sketch,
        shingles=len(ordered),
        words=count,
        method="char15" if by_character else "word3",
    )


def near_keys_b64(fp: Fingerprint) -> str:
    """The near keys, 64 bit big endian, base64url without padding; empty where there are none."""
    packed = struct.pack(f">{len(fp.near_keys)}Q", *fp.near_keys)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def containment(new: list[int] | tuple[int, ...], old: list[int] | tuple[int, ...]) -> Containment:
    """Containment of two ascending sketches.

    A full sketch (`MAX_SKETCH`) knows its text only up to its largest hash. Both are then read up to the smaller of
    such bounds, so that the rate is again the same on both sides.
    """
    bounds = [sketch[-1] for sketch in (new, old) if len(sketch) >= MAX_SKETCH]
    if bounds:
        end = min(bounds) + 1
        new, old = new[: bisect_left(new, end)], old[: bisect_left(old, end)]
    shared = len(set(new).intersection(old))
    return Containment(
        shared=shared,
        total=len(new),
        of_new=shared / len(new) if new else 0.0,
        of_old=shared / len(old) if old else 0.0,
    )


def normalised_words(text: str) -> list[str]:
    """Words in the form in which texts are compared: NFKC, casefolded, divided at everything but letters and digits."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    folded = unicodedata.normalize("NFKC", _JOINERS.sub("", unicodedata.normalize("NFKC", text).casefold()))
    return _word_pattern().findall(folded)


@cache
def _word_pattern() -> re.Pattern[str]:
    """Letters, digits and the marks that belong to letters, which the word class leaves out (Indic vowel signs)."""
    marks = "".join(chr(c) for c in range(0x300, 0x10000) if unicodedata.category(chr(c)) in ("Mn", "Mc"))
    return re.compile(f"(?:[^\\W_]|[{re.escape(marks)}])+")


def _mixed_count(words: list[str]) -> int:
    count = 0
    for word in words:
        unspaced = len(_UNSPACED.findall(word))
        count += max(1, round(unspaced / _CHARACTERS_PER_WORD)) if unspaced else 1
    return count


def _word_hashes(words: list[str]) -> set[int]:
    digest = xxhash.xxh3_64_intdigest
    encoded = [word.encode("utf-8", "replace") for word in words]
    return {digest(b" ".join(three)) for three in zip(encoded, encoded[1:], encoded[2:], strict=False)}


def _character_hashes(words: list[str]) -> set[int]:
    digest = xxhash.xxh3_64_intdigest
    text = "".join(words)
    size = CHARACTERS_PER_SHINGLE
    return {digest(text[i : i + size].encode("utf-8", "replace")) for i in range(max(1, len(text) - size + 1))}


def sampled_shingle(shingle: str) -> int | None:
    """The sketch hash of one shingle; None where the sketch does not sample it."""
    value = xxhash.xxh3_64_intdigest(shingle.encode("utf-8", "replace"))
    return value >> 32 if value % SKETCH_MODULO == 0 else None


def sketch_bound(sketch: list[int] | tuple[int, ...]) -> int:
    """Largest hash up to which an ascending sketch is complete."""
    return sketch[-1] if len(sketch) >= MAX_SKETCH else 0xFFFF_FFFF
