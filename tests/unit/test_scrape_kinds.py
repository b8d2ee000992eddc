from __future__ import annotations

import random

import pytest

from copydesk.core.lines.lexicon import PHRASES
from copydesk.core.lines.line import split_lines

foreign = pytest.importorskip("benchmarks.eval.foreign", reason="the bench dependencies are not installed")
kinds = pytest.importorskip("benchmarks.eval.scrape_kinds", reason="the bench dependencies are not installed")
labels = pytest.importorskip("benchmarks.eval.line_labels").labels

PARAGRAPHS = [
    f"The {word} report of the harbour office says that the quay will stay shut until the spring tide is over."
    for word in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]
GOLD = "\n".join(PARAGRAPHS)
SCRAPE = "Home\nSport\n\n" + "\n\n".join(PARAGRAPHS) + "\n\nRead more\nImprint of the paper"


def kept(scrape: str, gold: str) -> list[str]:
    lines = split_lines(scrape)
    return [line.text for line, share in zip(lines, labels(lines, gold), strict=True) if share >= 0.5]


def test_the_lines_of_the_body_are_told_from_the_page() -> None:
    assert kept(SCRAPE, GOLD) == PARAGRAPHS


def test_a_line_counts_as_often_as_the_body_has_it() -> None:
    assert kept(f"{PARAGRAPHS[0]}\nmenu\n{SCRAPE}", GOLD) == PARAGRAPHS
    assert kept(f"{PARAGRAPHS[0]}\n{PARAGRAPHS[0]}", f"{PARAGRAPHS[0]}\n{PARAGRAPHS[0]}") == [PARAGRAPHS[0]] * 2


@pytest.mark.parametrize("name", sorted(kinds.RESHAPED))
def test_no_shape_loses_a_word_of_the_story(name: str) -> None:
    assert kept(kinds.RESHAPED[name](SCRAPE), GOLD) == PARAGRAPHS


def test_a_crop_keeps_the_story() -> None:
    assert kept(kinds.cropped(random.Random(1), SCRAPE, GOLD), GOLD) == PARAGRAPHS


def test_boxes_change_truth_and_scrape_alike() -> None:
    made = kinds.with_boxes(random.Random(2), SCRAPE, GOLD, [["Sign up for our letter", "Every morning in your post"]])
    assert made is not None
    scrape, gold = made
    assert scrape != SCRAPE
    truth = [row for row in gold.split("\n") if row]
    assert len(truth) > len(PARAGRAPHS) / 2
    assert set(truth) <= set(PARAGRAPHS) & set(kept(scrape, gold))
    assert not {"Sign up for our letter", "Home", "Imprint of the paper"} & set(kept(scrape, gold))


def test_a_short_story_gets_no_boxes() -> None:
    assert kinds.with_boxes(random.Random(2), PARAGRAPHS[0], PARAGRAPHS[0], [["box of a few words here"]]) is None


def test_pieces_and_source_of_a_page() -> None:
    html = (
        "<html><head><script>x()</script></head><body><p>One <a href='/a'>two</a>, three.</p><!-- no --></body></html>"
    )
    assert kinds.pieces(html) == "One\ntwo\n, three."
    assert kinds.source(html) == "One two, three."


@pytest.mark.parametrize("unspaced", [False, True])
def test_a_made_language_keeps_lines_and_their_ends(*, unspaced: bool) -> None:
    lines = split_lines(SCRAPE)
    made = foreign.Language(random.Random(3), unspaced=unspaced).lines(lines)
    assert [line.ends_sentence for line in made] == [line.ends_sentence for line in lines]
    assert [(line.above, line.below, line.bullet) for line in made] == [
        (line.above, line.below, line.bullet) for line in lines
    ]
    assert sum(line.units for line in made) == pytest.approx(sum(line.units for line in lines), rel=0.25)
    prose = [line.text for line in made if line.units >= 12]
    assert len(prose) == len(PARAGRAPHS)
    assert all((" " in text) is not unspaced for text in prose)


def test_a_made_language_says_a_word_always_alike_and_keeps_digits() -> None:
    language = foreign.Language(random.Random(5), unspaced=False)
    first, second = language.text("Harbour 1987 quay"), language.text("harbour quay 24")
    assert first.casefold().split()[0] == second.split()[0] != "harbour"
    assert first.split()[1:] == ["1987", second.split()[1]]


def test_a_made_language_knows_some_page_phrases_and_not_others() -> None:
    phrases = [phrase for phrase in PHRASES["related"].split("|") if phrase.isascii()]
    language = foreign.Language(random.Random(1), unspaced=False)
    same = sum(language.text(phrase) == phrase for phrase in phrases)
    assert 0 < same < len(phrases)
