from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.core.fingerprint import MIN_WORDS, containment, fingerprint

words = st.lists(st.text(alphabet="abcdefgh", min_size=3, max_size=6), min_size=60, max_size=200, unique=True)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_a_fingerprint(text: str) -> None:
    fp = fingerprint(text, "und")
    assert len(fp.exact_hash) == 64
    assert (fp.method == "exact") == (fp.words < MIN_WORDS)
    assert len(fp.near_keys) == min(16, fp.shingles)
    assert fp == fingerprint(text, "und")


@settings(deadline=None)
@given(words)
def test_punctuation_case_and_breaks_fold(tokens: list[str]) -> None:
    plain, dressed = " ".join(tokens), ",\n\n".join(token.upper() for token in tokens) + "."
    assert fingerprint(plain, "en") == fingerprint(dressed, "en")


@settings(deadline=None)
@given(words, st.integers(0, 10))
def test_a_cut_is_contained_in_its_whole(tokens: list[str], start: int) -> None:
    whole = fingerprint(" ".join(tokens), "en")
    part = fingerprint(" ".join(tokens[start : start + 45]), "en")
    measured = containment(part.sketch, whole.sketch)
    assert measured.shared == measured.total == len(part.sketch)
    assert measured.shared <= len(whole.sketch)
