from __future__ import annotations

import base64
import random
import struct

import pytest

from copydesk.core.dedupe.similarity import new_stretches, title_similarity
from copydesk.core.fingerprint import (
    KEYS,
    MAX_SKETCH,
    containment,
    fingerprint,
    near_keys_b64,
    normalised_words,
    sketch_bound,
)


def prose(words: int, seed: int = 1) -> str:
    numbers = random.Random(seed)
    return " ".join(f"w{numbers.randrange(50_000)}" for _ in range(words))


def test_looks_do_not_matter_and_digits_do() -> None:
    plain = fingerprint("The bridge's 28 workers - all of them - left.\n\nNobody stayed.", "en")
    dressed = fingerprint("THE  BRIDGE’S 28 workers — all of them — left. “Nobody stayed”", "en")
    assert plain == dressed
    assert (
        plain.exact_hash != fingerprint("The bridge's 29 workers - all of them - left. Nobody stayed.", "en").exact_hash
    )


def test_short_texts_have_only_an_exact_hash() -> None:
    short, long = fingerprint(prose(39), "en"), fingerprint(prose(40), "en")
    assert (short.method, short.near_keys, short.sketch, short.words) == ("exact", [], [], 39)
    assert (long.method, len(long.near_keys), long.words, long.shingles) == ("word3", KEYS, 40, 38)


def test_keys_and_sketch_are_ascending_samples() -> None:
    fp = fingerprint(prose(2000), "en")
    assert fp.near_keys == sorted(set(fp.near_keys))
    assert fp.sketch == sorted(set(fp.sketch))
    assert max(fp.sketch) < 2**32
    assert fp.shingles == 1998
    # A quarter, within four standard deviations of the binomial.
    assert abs(len(fp.sketch) - fp.shingles / 4) < 4 * (fp.shingles * 3 / 16) ** 0.5


def test_known_values_hold_because_state_depends_on_them() -> None:
    fp = fingerprint(prose(60), "en")
    assert fp.exact_hash.startswith("8b12873790f49186")
    assert (fp.near_keys[0], fp.sketch[0]) == (467833320147686, 533033060)


def test_keys_as_text() -> None:
    fp = fingerprint(prose(100), "en")
    text = near_keys_b64(fp)
    assert "=" not in text
    assert list(struct.unpack(">16Q", base64.urlsafe_b64decode(text + "=="))) == fp.near_keys
    assert near_keys_b64(fingerprint("short", "en")) == ""


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("国务院总理周三在北京宣布新的经济政策将于下月开始实施" * 6, "char15"),
        ("รัฐบาลประกาศนโยบายเศรษฐกิจใหม่ในวันพุธที่กรุงเทพมหานคร" * 6, "char15"),
        ("정부는 수요일 서울에서 새로운 경제 정책을 발표했다 " * 12, "word3"),
        ("सरकार ने बुधवार को नई आर्थिक नीति की घोषणा की " * 12, "word3"),
        ("The Chinese word 国务院 stands in an English text of words. " * 12, "word3"),
    ],
)
def test_scripts_without_spaces_have_shingles_of_characters(text: str, method: str) -> None:
    assert fingerprint(text, "und").method == method
    assert fingerprint(text, "en") == fingerprint(text, "zh")


def test_vowel_signs_belong_to_their_words() -> None:
    assert normalised_words("नीति की") == ["नीति", "की"]


def test_a_part_is_found_at_the_same_rate_even_of_a_text_whose_sketch_is_full() -> None:
    whole = prose(40_000)
    part = " ".join(whole.split()[5_000:11_000])
    long, short = fingerprint(whole, "en").sketch, fingerprint(part, "en").sketch
    assert len(long) == MAX_SKETCH
    assert len(short) == MAX_SKETCH
    measured = containment(short, long)
    assert measured.of_new == 1.0
    assert measured.of_old == pytest.approx(6_000 / 40_000, abs=0.04)


def test_containment_has_a_direction() -> None:
    whole = prose(400)
    half = fingerprint(" ".join(whole.split()[:200]), "en").sketch
    measured = containment(half, fingerprint(whole, "en").sketch)
    assert measured.of_new == 1.0
    assert measured.of_old == pytest.approx(0.5, abs=0.12)
    nothing = containment([], [])
    assert (nothing.of_new, nothing.of_old, nothing.shared, nothing.total) == (0.0, 0.0, 0, 0)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ("Bridge reopens in Lisbon", "BRIDGE REOPENS IN LISBON!", 1.0, 1.0),
        ("Bridge reopens in Lisbon", "Lisbon bridge re-opens after repairs", 0.5, 0.95),
        ("Bridge reopens in Lisbon", "Quake shakes Tokyo", 0.0, 0.3),
        ("…", "Quake", 0.0, 0.0),
    ],
)
def test_title_similarity(a: str, b: str, low: float, high: float) -> None:
    measured = title_similarity(a, b)
    assert measured is not None
    assert low <= measured <= high


def test_a_missing_title_has_no_similarity() -> None:
    assert title_similarity(None, "Quake") is None
    assert title_similarity("", "Quake") is None


@pytest.mark.parametrize("added", [prose(80, seed=7)])
def test_added_stretches_are_shown(added: str) -> None:
    original = prose(400)
    head, tail = original[: len(original) // 2], original[len(original) // 2 :]
    body = f"{head} {added} {tail}"
    sketch = fingerprint(original, "en").sketch
    spans = new_stretches(body, "word3", frozenset(sketch), sketch_bound(sketch))
    assert len(spans) == 1
    assert spans[0] in body
    assert len(set(spans[0].split()) & set(added.split())) > 10
    assert new_stretches(original, "word3", frozenset(sketch), sketch_bound(sketch)) == []
