from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.core.lines.features import OWN_NAMES, look
from copydesk.core.lines.first_look import FIRST_NAMES, first_matrix
from copydesk.core.lines.layout import mend, unwrap
from copydesk.core.lines.lexicon import addressed, tokens_of
from copydesk.core.lines.line import count_units, split_lines
from copydesk.core.lines.model import bar, judge, stretches
from copydesk.core.lines.page import LinePage, beyond, outward, since, valley
from copydesk.core.lines.second_look import SECOND_NAMES, best_block, second_matrix
from copydesk.core.lines.trees import Trees

TABLE = {
    "base": 0.5,
    "trees": [
        [[["a", 1.0, -1, 1], ["b", 10.0, -2, -3]], [1.0, 2.0, 4.0]],
        [[], [0.25]],
    ],
}


def page_of(text: str) -> LinePage:
    return LinePage([look(line) for line in split_lines(text)])


def test_trees_add_up_the_leaves_that_the_questions_lead_to() -> None:
    rows = np.array([[1.0, 99.0], [1.5, 10.0], [1.5, 10.5]])
    assert Trees(TABLE, ["a", "b"]).sums(rows).tolist() == [1.75, 2.75, 4.75]


def test_trees_read_their_columns_by_name() -> None:
    rows = np.array([[10.5, 7.0, 1.5]])
    assert Trees(TABLE, ["b", "unused", "a"]).sums(rows).tolist() == [4.75]
    with pytest.raises(KeyError):
        Trees(TABLE, ["a"])


def test_trees_give_a_line_the_same_sum_alone_and_among_many() -> None:
    rows = np.random.default_rng(1).normal(size=(1500, 2)) * 10
    trees = Trees(TABLE, ["a", "b"])
    assert trees.sums(rows).tolist() == [float(trees.sums(row[None])[0]) for row in rows]


def test_a_stretch_bridges_a_short_doubt_and_not_a_long_one() -> None:
    odds = np.array([-3.0, 4, 4, -0.5, 4, 4, -3, -3, -3, -3, 4, 4])
    units = np.full(12, 20.0)
    assert stretches(odds, units, switch=40.0) == [kept == "x" for kept in "-xxxxx----xx"]


def test_a_lone_likely_line_makes_no_stretch_where_that_is_dear() -> None:
    odds = np.array([-3.0, -3, 0.5, -3, -3])
    units = np.full(5, 10.0)
    assert not any(stretches(odds, units, switch=8.0))
    assert stretches(odds, units, switch=1.0)[2]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab .\n•#1é中の。"), max_size=300))
def test_every_line_of_any_text_has_every_feature(text: str) -> None:
    lines = split_lines(text)
    if not lines:
        return
    looks = [look(line) for line in lines]
    page = LinePage(looks)
    first = first_matrix(page)
    assert first.shape == (len(lines), len(FIRST_NAMES))
    second = second_matrix(page, first, np.linspace(-9, 9, len(lines)))
    assert second.shape == (len(lines), len(SECOND_NAMES))
    assert np.isfinite(first).all()
    assert np.isfinite(second).all()
    assert all(len(one.own) == len(OWN_NAMES) for one in looks)
    assert len(judge(looks)) == len(lines)


def test_no_feature_is_named_twice() -> None:
    assert len(set(FIRST_NAMES)) == len(FIRST_NAMES)
    assert len(set(SECOND_NAMES)) == len(SECOND_NAMES)


def test_lines_that_restate_another_know_it() -> None:
    page = page_of(
        "The old bridge over the river closed\nNothing of that here at all\nThe old bridge over the river opened"
    )
    restated = page.restated(np.ones(3))
    assert restated[1] == 0.0
    assert restated[0] == restated[2] == pytest.approx(0.8)
    assert page.restated(np.array([0.0, 1.0, 1.0])).tolist() == [pytest.approx(0.8), 0.0, 0.0]


def test_sums_and_distances_along_the_lines() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    above, below = beyond(values, 2)
    assert above.tolist() == [0, 1, 3, 6]
    assert below.tolist() == [6, 12, 8, 0]
    assert outward(values, 1).tolist() == [0, 0, 0, 4]
    assert since(np.array([False, True, False, False])).tolist() == [99, 99, 0, 1]


def test_the_valley_is_the_deepest_fall_on_the_way_out() -> None:
    gain = np.array([5.0, -3.0, 2.0, 4.0, -1.0, 2.0, -6.0])
    assert valley(gain, 3).tolist() == [3, 3, 0, 0, 1, 1, 6]


def test_the_block_is_the_run_with_the_greatest_gain() -> None:
    page = page_of("\n".join(["one two three four five six"] * 6))
    assert best_block(page, np.array([0.1, 0.9, 0.9, 0.4, 0.9, 0.1])) == (1, 5)
    assert best_block(page, np.zeros(6)) == (0, 0)


@pytest.mark.parametrize(
    ("text", "units"), [("one two three", 3), ("中文文本", 3), ("ひらがなです。", 2), ("Tokyo 東京 now", 4)]
)
def test_length_in_words(text: str, units: int) -> None:
    assert count_units(text) == units


WRAPPED = [
    "The council of the harbour town has put off its vote on the new bridge,",
    "since the engineers who were to survey the piers could not work in the",
    "storm of the past week, and no other firm would take the work on before",
    "the end of the month, as the mayor said when the session was adjourned",
    "on Tuesday evening to the protest of the shopkeepers of the old quarter",
    "who lose their customers to the detour for as long as the crossing from",
    "the station is shut to cars.",
]


def test_hard_wraps_are_undone_among_short_menu_lines() -> None:
    rows = ["Home", "Sport", "Weather", "", *WRAPPED, "", "Contact", "Imprint"]
    joined = unwrap(rows)
    assert joined == ["Home", "Sport", "Weather", "", " ".join(WRAPPED), "", "Contact", "Imprint"]


def test_a_longer_line_means_that_nothing_was_wrapped() -> None:
    rows = [*WRAPPED, "word " * 30]
    assert unwrap(rows) is rows


def test_an_address_may_stick_out_of_wrapped_text() -> None:
    rows = [*WRAPPED, "", "https://news.example/" + "x" * 100]
    assert unwrap(rows)[0] == " ".join(WRAPPED)


def test_sentences_broken_at_links_are_mended() -> None:
    piece = ["The council said in a", "statement", "on Monday that the bridge would open", ", after all, in May."]
    rows = ["Home", "Sport", *(piece * 5)]
    whole = "The council said in a statement on Monday that the bridge would open, after all, in May."
    assert mend(rows) == ["Home", "Sport", *([whole] * 5)]


def test_lower_case_menus_are_not_mended() -> None:
    rows = ["home", "sport", "weather", "about us", "contact"] * 4
    assert mend(rows) is rows


PROSE = "\n".join(f"The harbour office says in its report of today that quay {i} will stay shut." for i in range(12))


def test_the_bar_is_high_where_the_story_is_sure_and_prose() -> None:
    page = page_of(PROSE)
    assert bar(np.full(page.count, 4.1), page) == pytest.approx(1.0)
    assert bar(np.full(page.count, 9.0), page) == 1.5


def test_the_bar_is_low_where_nothing_is_sure() -> None:
    page = page_of(PROSE)
    assert bar(np.full(page.count, 1.1), page) == pytest.approx(-0.5)
    assert bar(np.full(page.count, 0.1), page) == -0.8
    assert bar(np.full(page.count, -1.0), page) == 0.0


def test_lists_and_lines_without_ends_do_not_raise_the_bar() -> None:
    listed = page_of("\n".join(f"- {row}" for row in PROSE.split("\n")))
    assert bar(np.full(listed.count, 4.1), listed) == 0.0
    unended = page_of(PROSE.replace(".", ""))
    assert bar(np.full(unended.count, 4.1), unended) == 0.0


def test_the_bar_goes_by_words_not_by_lines() -> None:
    page = page_of(f"{PROSE}\n" + "\n".join(["Yes."] * 40))
    odds = np.where(page.units > 2, 4.1, 0.5)
    assert bar(odds, page) == pytest.approx(1.0)


def test_the_reader_is_addressed_in_many_languages() -> None:
    texts = ["You can end your plan.", "Hier finden Sie Ihren Brief.", "Ici, vous lisez.", "あなたのページです。"]
    assert [addressed(text, tokens_of(text)) for text in texts] == [2, 2, 1, 1]
    assert not addressed("Sie sagte, er war da.", tokens_of("Sie sagte, er war da."))


def test_a_caption_shows_by_its_date_label_and_tail() -> None:
    def own(text: str) -> dict[str, float]:
        return dict(zip(OWN_NAMES, look(split_lines(text)[0]).own, strict=True))

    shape = ("full_date", "label_caps", "tail", "tail_caps")
    assert [own("FILE - The quay is seen on March 1, 2024.")[name] for name in shape] == [1, 1, 0, 0]
    assert [own("The quay is shut again. Jane Roe")[name] for name in shape] == [0, 0, 2, 1]
    assert [own("The quay was shut on 3 May and it stays shut.")[name] for name in shape] == [0, 0, 0, 0]


def test_copies_know_how_near_they_are() -> None:
    page = page_of("A quay by night\nA quay by night\nother\nlines\nA quay by night\nmore")
    column = FIRST_NAMES.index("copy_near")
    assert first_matrix(page)[:, column].tolist() == [1, 1, 20, 20, 3, 20]
