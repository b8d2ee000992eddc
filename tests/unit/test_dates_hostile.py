"""Pages made to take long: dates without number, lines without end."""

from __future__ import annotations

import time

import pytest
from tests.support.dated_pages import TITLE, article, decide

_DATED = "<span>3 March 2019</span>"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{TITLE}</h1><div>" + _DATED * 30_000 + "</div>",
        f"<h1>{TITLE}</h1><div>" + _DATED * 300 + "<i></i> " * 60_000 + "</div>",
        f"<h1>{TITLE}</h1>" * 30_000 + _DATED * 500,
        f"<h1>{TITLE}</h1><div>" + "<time>3 March 2019</time>" * 300 + "word " * 1_000_000 + "</div>",
        f"<h1>{TITLE}</h1>" + "<p>" + "1-" * 2_000_000 + "</p>" + "<p>" + "12 march " * 50 + "</p>",
        f"<h1>{TITLE}</h1><div class='{'date ' * 400_000}'>" + _DATED * 500 + "</div>",
        f"<h1>{TITLE}</h1>" + "<div>" * 450 + _DATED * 500,
        f"<h1>{TITLE}</h1>" + "<p>" + "Published " * 20 + "3 March 2019</p>",
    ],
    ids=["spans", "empty", "headings", "words", "numbers", "classes", "depth", "labels"],
)
def test_hostile_pages_are_read_in_time(body: str) -> None:
    started = time.process_time()
    decision = decide(body)
    assert time.process_time() - started < 10
    assert len(decision.candidates) <= 20


@pytest.mark.timeout(60)
def test_a_flood_of_metadata_is_cut() -> None:
    head = "".join(f'<meta name="x{"a" * (n % 40)}:publish_date" content="2019-03-03">' for n in range(20_000))
    assert len(decide(article(""), head=head).candidates) <= 40
