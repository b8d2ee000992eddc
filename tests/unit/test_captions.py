from __future__ import annotations

import pytest

from copydesk.core.document import RawDocument
from copydesk.core.formats.text import parse_text
from copydesk.core.lines.captions import THRESHOLD, StoryHabits, caption_evidence
from copydesk.core.lines.features import Look, look
from copydesk.core.lines.line import split_lines

QUAYS = ("old", "new", "north", "south", "east", "west", "inner", "outer", "upper", "lower")
PROSE = [
    f"The {name} quay of the town will stay shut until spring, the harbour office said in its report on {name} walls."
    for name in QUAYS
]


def read(rows: list[str]) -> list[Look]:
    return [look(line) for line in split_lines("\n\n".join(rows))]


def evidence(rows: list[str], i: int) -> float:
    looks = read(rows)
    return caption_evidence(looks, i, StoryHabits(looks, range(len(looks))))[0]


CRANE = "A crane lifts heavy stones out of the water"


@pytest.mark.parametrize("twin", [CRANE, f"{CRANE} Jane Roe, press"])
def test_what_the_line_beside_it_repeats_is_a_caption(twin: str) -> None:
    rows = [*PROSE[:5], CRANE, twin, *PROSE[5:]]
    assert evidence(rows, 5) >= THRESHOLD
    assert evidence(rows, 6) >= THRESHOLD


def test_a_sentence_that_is_said_twice_in_a_row_is_a_part_of_the_story() -> None:
    chant = "We shall overcome, the crowd sang again, and they would not go home."
    assert evidence([*PROSE[:5], chant, chant, *PROSE[5:]], 5) < THRESHOLD
    draft = parse_text("\n\n".join(["Quays stay shut", *PROSE[:5], chant, chant, *PROSE[5:]]), RawDocument(b"x"))
    assert draft.body.split("\n\n").count(chant) == 2


def test_what_a_line_further_off_repeats_is_none() -> None:
    assert evidence([*PROSE[:5], "A crane lifts stones.", PROSE[5], "A crane lifts stones.", *PROSE[6:]], 5) < THRESHOLD


def test_a_text_that_repeats_itself_throughout_has_no_captions_for_that() -> None:
    assert evidence([row for row in PROSE for _ in range(2)], 4) < THRESHOLD


def test_restating_the_story_alone_makes_no_caption_of_a_subhead() -> None:
    assert evidence([*PROSE[:5], "The south quay of the town will stay shut", *PROSE[5:]], 5) < THRESHOLD


def test_a_picture_and_its_description_are_kept_out_of_the_body() -> None:
    text = "A crane lifts stones out of the water at the town's quay"
    draft = parse_text(
        "\n\n".join(["Quays stay shut until spring", *PROSE[:5], text, text, *PROSE[5:]]), RawDocument(b"x")
    )
    assert [media.caption for media in draft.media] == [text]
    assert draft.body.split("\n\n") == PROSE
