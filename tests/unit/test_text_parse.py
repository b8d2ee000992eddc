from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.core.document import RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.formats.text import MAX_LINES, parse_text
from copydesk.core.lines.byline import is_name, read_byline
from copydesk.core.lines.dateline import read_dateline
from copydesk.core.lines.line import split_lines
from copydesk.core.text.normalize import normalize_body
from copydesk_schemas.reasons import Code, Flag

DOCUMENT = RawDocument(content=b"x")
PIECES = st.sampled_from(
    [
        "By Ann Lee",
        "Share",
        "• one two three four",
        "14:05",
        "# Head",
        "A plain sentence ends here.",
        "Source: X",
        "***",
        "\n",
    ]
)


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=400), st.lists(st.one_of(PIECES, st.text(max_size=60)), max_size=25).map("\n".join)))
def test_any_text_is_read_or_rejected(text: str) -> None:
    try:
        draft = parse_text(text, DOCUMENT)
    except Rejected as rejection:
        assert rejection.code in (Code.EMPTY, Code.NO_TEXT)  # noqa: PT017 - both outcomes are looked at
    else:
        assert draft.body
        assert normalize_body(draft.body) == draft.body
        assert "body" in draft.provenance


@pytest.mark.parametrize(("text", "code"), [("", Code.EMPTY), (" \n\t", Code.EMPTY), ("***\n---\n", Code.NO_TEXT)])
def test_nothing_readable_is_rejected(text: str, code: Code) -> None:
    with pytest.raises(Rejected) as rejection:
        parse_text(text, DOCUMENT)
    assert rejection.value.code is code


def test_the_same_text_reads_the_same() -> None:
    text = "A head\n\n" + "\n\n".join(f"Sentence number {i} of a longer story ends with a full stop." for i in range(9))
    assert parse_text(text, DOCUMENT) == parse_text(text, DOCUMENT)


def test_too_many_lines_are_cut_with_a_flag() -> None:
    draft = parse_text("One more line of the same words.\n" * (MAX_LINES + 5), DOCUMENT)
    assert Flag.TRUNCATED in draft.flags


def test_one_endless_line_is_a_paragraph() -> None:
    line = "word and another word, " * 40_000
    assert parse_text(line + "end.", DOCUMENT).body.endswith("end.")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("BY JANE DOE", ["Jane Doe"]),
        ("Von Anna Schmidt und Karl von der Heide", ["Anna Schmidt", "Karl von der Heide"]),
        ("Par Élodie Garsin", ["Élodie Garsin"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("By all accounts a quiet night", []),
        ("A story by the river", []),
    ],
)
def test_bylines(line: str, names: list[str]) -> None:
    assert [author.name for author in read_byline(line)] == names


def test_a_role_goes_with_its_author() -> None:
    assert [(a.name, a.role) for a in read_byline("By Jane Doe, Political Editor")] == [
        ("Jane Doe", "Political Editor")
    ]


def test_a_desk_is_no_name() -> None:
    assert not is_name("Staff Reporter")


@pytest.mark.parametrize(
    ("paragraph", "place", "agency", "day"),
    [
        ("CARACAS, March 28 (Reuters) — Troops arrived.", "CARACAS", "Reuters", "March 28"),
        ("LONDON (AP) — The bridge closed.", "LONDON", "AP", None),
        ("Berlin (dpa) - Der Bundestag tagt.", "Berlin", "dpa", None),
        ("PARIS — The museum reopened.", "PARIS", None, None),
    ],
)
def test_datelines(paragraph: str, place: str, agency: str | None, day: str | None) -> None:
    reading = read_dateline(paragraph)
    assert reading is not None
    assert (reading.dateline.location, reading.agency, reading.date) == (place, agency, day)
    assert paragraph.startswith(reading.dateline.text)


@pytest.mark.parametrize(
    "paragraph", ["He came home — and left again.", "The plan (once secret) is out.", "No dateline."]
)
def test_prose_is_no_dateline(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


def test_lines_know_the_gaps_around_them() -> None:
    lines = split_lines("a b\n\n\n  • c d\ne")
    assert [(line.text, line.bullet, line.above, line.below) for line in lines] == [
        ("a b", "", 1, 2),
        ("c d", "•", 2, 0),
        ("e", "", 0, 1),
    ]
