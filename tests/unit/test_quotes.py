from __future__ import annotations

from itertools import pairwise

import pytest
from tests.support.news import parsed_article

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.entities import find_entities
from copydesk.core.enrich.quotes import ENRICHER
from copydesk.core.enrich.speech.marks import MAX_CHARS, find_speech
from copydesk_schemas.parts import Quote


def quotes(body: str, language: str = "en") -> list[Quote]:
    document = Document(parsed_article(body, language=language))
    found: list[Quote] = ENRICHER.enrich(document, {"entities": find_entities(document.article)})["quotes"]
    assert all(body[quote.start : quote.end] == quote.text for quote in found)
    return found


def said(body: str, language: str = "en") -> list[tuple[str, str | None]]:
    return [(quote.text, quote.speaker) for quote in quotes(body, language)]


WHO = "The mayor, Anna Keller, met the engineer Peter Voss in Oslo.\n\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # marks
        ('"We will open the bridge today," said Anna Keller.', [("We will open the bridge today,", "Anna Keller")]),
        ("“We will open the bridge today,” said Anna Keller.", [("We will open the bridge today,", "Anna Keller")]),
        ("‘We will open the bridge today,’ said Anna Keller.", [("We will open the bridge today,", "Anna Keller")]),
        ("'We won't open the bridge today,' said Anna Keller.", [("We won't open the bridge today,", "Anna Keller")]),
        (
            "‘We don’t think it’s the engineers’ fault,’ Anna Keller said.",
            [("We don’t think it’s the engineers’ fault,", "Anna Keller")],
        ),
        (
            "“He called it ‘a very fine bridge’ and left,” Anna Keller said.",
            [("He called it ‘a very fine bridge’ and left,", "Anna Keller")],
        ),
        # order of name and verb
        ("“The bridge is open again,” Anna Keller said.", [("The bridge is open again,", "Anna Keller")]),
        ("“The bridge is open again,” Anna Keller told reporters.", [("The bridge is open again,", "Anna Keller")]),
        ("“Is the bridge open again?” asked Anna Keller.", [("Is the bridge open again?", "Anna Keller")]),
        (
            "“The bridge is open again,” said the mayor, Anna Keller, on Monday.",
            [("The bridge is open again,", "Anna Keller")],
        ),
        (
            "“The bridge is open again,” Anna Keller, the mayor of Oslo, said.",
            [("The bridge is open again,", "Anna Keller")],
        ),
        ("Anna Keller said: “The bridge is open again.”", [("The bridge is open again.", "Anna Keller")]),
        ("Anna Keller said, “The bridge is open again.”", [("The bridge is open again.", "Anna Keller")]),
        ("Anna Keller said that “the bridge is open again”.", [("the bridge is open again", "Anna Keller")]),
        (
            "“The bridge,” Anna Keller said, “is open to everyone again.”",
            [("The bridge,", "Anna Keller"), ("is open to everyone again.", "Anna Keller")],
        ),
        (
            "Anna Keller thanked the builders, adding: “The bridge is open again.”",
            [("The bridge is open again.", "Anna Keller")],
        ),
        (
            "According to Anna Keller, “the bridge is open to everyone”.",
            [("the bridge is open to everyone", "Anna Keller")],
        ),
        # pronouns
        (WHO + "Voss left early. “It was late,” he said.", [("It was late,", "Peter Voss")]),
        (WHO + "Keller stayed. “I wanted to see it all,” she said.", [("I wanted to see it all,", "Anna Keller")]),
        (
            WHO + "“It was a long way,” Keller said. “But we have arrived at last.”",
            [("It was a long way,", "Anna Keller"), ("But we have arrived at last.", "Anna Keller")],
        ),
        # paragraphs
        (
            "“It was a long way,” Anna Keller said.\n\n“Now the bridge is open to everyone.”",
            [("It was a long way,", "Anna Keller"), ("Now the bridge is open to everyone.", "Anna Keller")],
        ),
        (
            "“It was a long way to go.\n\n“Now the bridge is open,” Anna Keller said.",
            [("It was a long way to go.\n\n“Now the bridge is open,", "Anna Keller")],
        ),
        # nobody rather than somebody
        ("“The bridge is open again,” said a woman nearby.", [("The bridge is open again,", None)]),
        (WHO + "“We were never asked about this,” a resident said.", [("We were never asked about this,", None)]),
        (
            WHO + "“It was a long way,” Keller said. Voss nodded to her. “We have arrived at last.”",
            [("It was a long way,", "Anna Keller"), ("We have arrived at last.", None)],
        ),
        (WHO + "“We were never asked,” said a friend of Anna Keller.", [("We were never asked,", None)]),
        (WHO + "“We were never asked,” said Anna Keller’s brother.", [("We were never asked,", None)]),
        ("Peter Voss came. “We were never asked about it,” she said.", [("We were never asked about it,", None)]),
        ("“We were never asked about any of it,” they said.", [("We were never asked about any of it,", None)]),
        # organisations may speak
        ("“We regret the delay,” the European Commission said.", [("We regret the delay,", "European Commission")]),
        # no speech
        ("The so-called ‘bridge of sighs’ is closed.", []),
        ("They read “The Old Man and the Sea” at school.", []),
        ("The dogs’ owner and the cats’ owner met in the ’90s; rock ’n’ roll.", []),
        ("The 6' 2\" player and the 5' 11\" keeper train.", []),
        ("“”", []),
    ],
)
def test_english(body: str, expected: list[tuple[str, str | None]]) -> None:
    assert said(body) == expected


@pytest.mark.parametrize(
    ("language", "body", "expected"),
    [
        (
            "de",
            "„Die Brücke ist wieder offen“, sagte der Minister Karl Müller am Montag.",
            [("Die Brücke ist wieder offen", "Karl Müller")],
        ),
        (
            "de",
            "»Die Brücke ist wieder offen«, sagte Karl Müller.",
            [("Die Brücke ist wieder offen", "Karl Müller")],
        ),
        (
            "fr",
            "« Le pont est enfin ouvert à tous », a déclaré Emmanuel Macron.",
            [("Le pont est enfin ouvert à tous", "Emmanuel Macron")],
        ),
        (
            "es",
            "«El puente está abierto para todos», dijo Pedro Sánchez.",
            [("El puente está abierto para todos", "Pedro Sánchez")],
        ),
        (
            "fr",
            "Emmanuel Macron a visité Lyon. « Le pont est enfin ouvert à tous », a-t-il déclaré.",
            [("Le pont est enfin ouvert à tous", "Emmanuel Macron")],
        ),
        (
            "fr",
            "Emmanuel Macron a visité Lyon. « Le pont est enfin ouvert à tous », indique-t-il.",
            [("Le pont est enfin ouvert à tous", "Emmanuel Macron")],
        ),
        (
            "fr",
            "Marine Le Pen a visité Lyon. « Le pont est enfin ouvert à tous », indique-t-il.",
            [("Le pont est enfin ouvert à tous", None)],
        ),
        ("ja", "知事は「橋は今日からまた開いています。」と述べた。", [("橋は今日からまた開いています。", None)]),
    ],
)
def test_other_languages(language: str, body: str, expected: list[tuple[str, str | None]]) -> None:
    assert said(body, language) == expected


def test_cue_and_entity_are_named() -> None:
    quote = quotes("“The bridge is open again,” Anna Keller said.")[0]
    assert (quote.cue, quote.speaker_entity) == ("said", "person:anna-keller")
    assert 0.9 < quote.confidence <= 1


def test_a_pronoun_reaches_back_some_paragraphs_only() -> None:
    gap = "The builders came and went without a word to anybody in the town.\n\n"
    story = "Peter Voss left early.\n\n{}“It was late and it rained,” he said."
    assert said(story.format(gap)) == [("It was late and it rained,", "Peter Voss")]
    assert said(story.format(gap * 30)) == [("It was late and it rained,", None)]


def test_a_far_attribution_is_less_sure_than_a_near_one() -> None:
    near, far = quotes("“It was a long way,” Anna Keller said.\n\n“Now the bridge is open to everyone.”")
    assert far.confidence < near.confidence


def test_a_mark_that_is_never_closed_does_not_swallow_the_story() -> None:
    body = "“It began on Monday and nobody knew why.\n\n" + "The builders came and went without a word.\n\n" * 50
    found = find_speech(body)
    assert [body[s.start : s.end] for s in found] == ["It began on Monday and nobody knew why."]
    assert found[0].unclosed
    assert find_speech("He began “and then nothing closed. " + "The builders came. " * 50) == []


def test_a_quotation_has_a_longest_length() -> None:
    body = "“" + "word " * MAX_CHARS + "”"
    assert find_speech(body) == []
    paragraphs = "\n\n".join("“One more paragraph of the same speech goes on here." for _ in range(1000))
    assert all(s.end - s.start <= 2 * MAX_CHARS for s in find_speech(paragraphs))


def test_quotations_do_not_overlap() -> None:
    body = "“One ‘two’ three,” said A. „Vier “fünf„ sechs” ‘seven “eight’ nine” «dix » onze» \"twelve\" 'thir'teen'"
    spans = find_speech(body)
    assert all(a.closed <= b.opened for a, b in pairwise(spans))


def test_an_enormous_body_is_read_up_to_a_limit() -> None:
    paragraph = "“The bridge is open to everyone again,” Anna Keller said.\n\n"
    found = quotes(paragraph * (1_000_000 // len(paragraph)))
    assert len(found) == 300
    assert {quote.speaker for quote in found} == {"Anna Keller"}


@pytest.mark.parametrize(
    "unit",
    [
        "‘",
        "“",
        "„",
        "«",
        '"',
        "' ",
        "a’ ",
        "“ said ",
        "“a” ",
        "said Anna Keller ",
        "Anna Keller, ",
        "“a”\n\n",
        "‘a\n\n",
    ],
)
def test_no_text_takes_the_square_of_its_length(unit: str) -> None:
    # A scan that began anew at every mark, verb or name would take minutes here.
    assert len(quotes(unit * (100_000 // len(unit)))) <= 300


def test_without_entities_nobody_speaks() -> None:
    document = Document(parsed_article("“The bridge is open again,” Anna Keller said."))
    found = ENRICHER.enrich(document, {})["quotes"]
    assert [(quote.text, quote.speaker) for quote in found] == [("The bridge is open again,", None)]
