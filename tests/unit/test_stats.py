from __future__ import annotations

from copydesk.core.text.stats import CHARACTERS_A_MINUTE, WORDS_A_MINUTE, compute_stats


def test_counts_of_a_body() -> None:
    body = "The ferry is late. Nobody minds.\n\nIt is spring."
    stats = compute_stats(body, "en-GB")
    assert (stats.chars, stats.words, stats.sentences, stats.paragraphs) == (len(body), 9, 3, 2)
    assert stats.reading_seconds == round(9 * 60 / WORDS_A_MINUTE)


def test_an_empty_body_counts_nothing() -> None:
    assert set(compute_stats("", "und").model_dump().values()) == {0}


def test_characters_beyond_the_basic_plane_count_once() -> None:
    assert compute_stats("𠮷野家", "ja").chars == 3


def test_a_minute_of_english_and_a_minute_of_chinese() -> None:
    assert compute_stats(" ".join(["word"] * WORDS_A_MINUTE), "en").reading_seconds == 60
    assert compute_stats("好" * CHARACTERS_A_MINUTE, "zh").reading_seconds == 60


def test_a_mixed_text_is_read_by_its_parts() -> None:
    chinese = compute_stats("好" * CHARACTERS_A_MINUTE, "zh").reading_seconds
    mixed = compute_stats("好" * CHARACTERS_A_MINUTE + " word" * WORDS_A_MINUTE, "zh").reading_seconds
    assert mixed == chinese + 60


def test_thai_is_not_read_letter_by_letter() -> None:
    body = "ข่าววันนี้" * 30
    stats = compute_stats(body, "th")
    assert stats.words > 100
    assert stats.reading_seconds < stats.words * 60 / WORDS_A_MINUTE / 2
