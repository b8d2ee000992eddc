"""Labels, offers and notices that extraction takes for paragraphs of the story."""

from __future__ import annotations

import pytest

from copydesk.core.page.labels import drop_labels
from copydesk.core.page.removed import Reason
from copydesk.core.trace import RecordingTrace

_STORY = [
    "The ferry between the two islands will run again from May, the harbour office said on Tuesday.",
    "It had been laid up since a storm damaged the pier in the autumn of last year.",
    "Repairs cost about three million, most of which the county paid.",
    "A second boat is to follow next summer, when the new terminal opens.",
]


def _body(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    "label",
    [
        "Advertisement", "ANZEIGE", "Publicité", "広告", "Table of Contents", "Inhaltsverzeichnis", "4 min read",
        "Reading time: 4 min", "Lesedauer: 4 Minuten", "Temps de lecture : 3 min.", "Время чтения: 5 минут",
        "• 12 minute read •", "Auch interessant", "Related articles:", "Lee también", "You might also like", "関連記事",
    ],
)  # fmt: skip
def test_a_label_within_the_story_goes_and_what_follows_it_stays(label: str) -> None:
    assert drop_labels(_body(*_STORY[:2], label, *_STORY[2:])) == _body(*_STORY)


@pytest.mark.parametrize(
    "heading",
    [
        "See also", "Further reading", "Popular", "Next", "Cookies", "Werbung für Kinder wird verboten",
        "Minutes of the meeting", "4 minutes to midnight", "Related", "Sources",
    ],
)  # fmt: skip
def test_headings_that_a_story_may_have_stay(heading: str) -> None:
    body = _body(*_STORY[:2], heading, *_STORY[2:])
    assert drop_labels(body) == body


def test_headlines_of_other_stories_at_the_end_go_with_their_label() -> None:
    others = (
        "New timetable for the island bus",
        "Who pays for the pier (and who does not)",
        "Harbour master retires after 40 years",
    )
    assert drop_labels(_body(*_STORY, "Related stories", *others)) == _body(*_STORY)


def test_below_a_label_statements_stay_and_so_does_what_the_story_is_mostly_made_of() -> None:
    assert drop_labels(_body(*_STORY, "Read more", _STORY[0])) == _body(*_STORY, _STORY[0])
    listed = [f"Place number {n} of the list of the best beaches of the islands" for n in range(8)]
    assert drop_labels(_body(_STORY[0], "You may also like", *listed)) == _body(_STORY[0], *listed)


@pytest.mark.parametrize(
    "offer",
    [
        "Sign up for our daily newsletter, and never miss a tide.",
        "Get the latest tips delivered straight to your inbox.",
        "Follow us on Facebook",
        "Abonnieren Sie hier unseren kostenlosen Newsletter.",
        "Abonnez-vous à notre newsletter pour tout savoir des îles.",
        "Suscríbase a nuestro boletín.",
        "Подпишитесь на наш канал.",
        "Copyright © 2025 The Island Courier",
        "© Island Press Agency 2025. All rights reserved.",
        "Last updated: 4 May 2025",
    ],
)
def test_offers_and_notices_at_the_end_go(offer: str) -> None:
    assert drop_labels(_body(*_STORY, offer)) == _body(*_STORY)


@pytest.mark.parametrize(
    "sentence",
    [
        "The newsletter had forty thousand readers when it was sold in March.",
        "She says that the copyright of the pictures was never hers.",
        "Those who follow the debate know that it is an old one.",
        "The law was last updated in 2019, and nobody has looked at it since.",
        "“They follow us everywhere,” said Ahmed, who has lived here for ten years.",
        "In der Folge haben uns viele Kunden verlassen, sagt der Wirt.",
        "Daraus folgt für uns, dass die Fähre bleiben muss.",
        "Copyright holders have until June to object to the plan.",
        "Victims get a link by email and are asked to pay at once.",
        "Residents who work on the mainland can register by email until 3 May.",
        "The fake message lands in your inbox and looks like one of the bank's.",
        "Подпишутся ли под договором все стороны, пока не ясно.",
        "这些照片未经许可在网上流传。",
    ],
)
def test_a_story_may_be_about_them(sentence: str) -> None:
    body = _body(*_STORY, sentence)
    assert drop_labels(body) == body


@pytest.mark.parametrize(
    "ending",
    [
        ("「港は町の心臓だ」", "「みんなで守りたい」"),
        ("เรือข้ามฟากจะกลับมาให้บริการอีกครั้งในเดือนพฤษภาคม", "ท่าเรือใหม่จะเปิดในฤดูร้อนหน้า"),
        ("“We never gave up!”", "“Who would have?”"),
    ],
)
def test_the_end_of_a_story_below_a_label_is_no_list_of_headlines(ending: tuple[str, str]) -> None:
    assert drop_labels(_body(*_STORY, "関連記事", *ending)) == _body(*_STORY, *ending)


def test_offers_are_looked_for_at_the_end_alone_and_a_body_is_never_emptied_by_them() -> None:
    offer = "Sign up for our daily newsletter."
    body = _body(_STORY[0], offer, *_STORY * 2)
    assert drop_labels(body) == body
    assert drop_labels(offer) == offer


def test_what_goes_is_told() -> None:
    trace = RecordingTrace()
    drop_labels(_body(*_STORY, "Related stories", "New timetable for the island bus"), trace)
    assert [(block.reason, block.start) for block in trace.blocks] == [
        (Reason.LABEL, "Related stories New timetable for the island bus")
    ]
