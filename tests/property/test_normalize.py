"""The normal form of text: what is already in it is seen as such, and everything else comes to the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.text.normalize import normalize_body, normalize_line, normalize_lines

_MIXED = st.text(
    st.sampled_from("ab é=.\u0301\u0338\u00a0\u2009\u200b\u00ad\u200d\x1f\x00\t\n\r\x0b\u2028"), max_size=40
)
_TEXTS = st.one_of(st.text(max_size=200), _MIXED)
_UNSEEN = "\u200b"
"""It is taken out, and a text that holds it has to be gone through."""


@given(_TEXTS)
def test_a_text_that_need_not_be_gone_through_comes_to_the_same_as_one_that_must(text: str) -> None:
    assert normalize_lines(text) == normalize_lines(text + _UNSEEN)
    assert normalize_line(text) == normalize_line(_UNSEEN + text)
    assert normalize_body(text) == normalize_body(text + _UNSEEN)


@given(_TEXTS)
def test_a_line_is_its_lines_divided_by_spaces(text: str) -> None:
    assert normalize_line(text) == " ".join(normalize_lines(text).split())


@given(_TEXTS)
def test_normal_form_is_composed_has_plain_spaces_only_and_is_its_own(text: str) -> None:
    found = normalize_lines(text)
    assert found == unicodedata.normalize("NFC", found) == normalize_lines(found)
    assert all(line == line.strip(" ") and "  " not in line for line in found.split("\n"))
    assert not any(c.isspace() for c in found if c not in " \n")
    assert not any(unicodedata.category(c) == "Cc" for c in found if c != "\n")


@pytest.mark.parametrize("marks", [30, 398, 399, 400, 401, 5_000])
def test_a_flood_of_marks_is_cut_wherever_it_stands(marks: int) -> None:
    text = "words " * 100 + "e" + "\u0316\u0301" * (marks // 2) + " and words" * 100
    assert normalize_lines(text) == normalize_lines(text + _UNSEEN)
    assert normalize_line(text) == normalize_line(text + _UNSEEN)
    kept = sum(map(bool, map(unicodedata.combining, normalize_lines(text))))
    assert kept <= 400
