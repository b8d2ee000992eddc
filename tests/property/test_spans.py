from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.news import parsed_article

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.entities import find_entities
from copydesk.core.enrich.quotes import ENRICHER
from copydesk.core.enrich.speech.marks import find_speech

PIECES = st.sampled_from(
    [
        "“",
        "”",
        "‘",
        "’",
        "„",
        "«",
        "»",
        "‹",
        "›",
        '"',
        "'",
        "「",
        "」",
        ".",
        ",",
        ":",
        ";",
        "?",
        "!",
        "…",
        "—",
        "\n\n",
        "said",
        "told",
        "asked",
        "he",
        "she",
        "they",
        "adding",
        "according",
        "to",
        "the",
        "The",
        "of",
        "and",
        "in",
        "Anna",
        "Keller",
        "Peter",
        "Voss",
        "Keller’s",
        "O’Brien",
        "Oslo",
        "Washington",
        "state",
        "Russian",
        "U.S.",
        "EU",
        "NATO",
        "Ministry",
        "University",
        "President",
        "May",
        "March",
        "A.",
        "J.K.",
        "Paris-based",
        "US-led",
        "van",
        "der",
        "de",
        "13",
        "’90s",
        "Москва",
        "北京",
        "𝒳",
        "é",
        "é",
        "\xa0",
        "\u200b",
    ]
)
NEWS = st.lists(PIECES, max_size=60).map(" ".join) | st.lists(PIECES, max_size=60).map("".join)
LANGUAGES = st.sampled_from(["en", "de", "fr", "es", "ru", "zh", "ar", "ja", "und"])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | NEWS, NEWS, LANGUAGES)
def test_mentions_hold_their_offsets(body: str, title: str, language: str) -> None:
    article = parsed_article(body, title=title, captions=(title,), language=language)
    fields = {"title": title, "body": body, "media[0].caption": title}
    entities = find_entities(article)
    assert len({entity.id for entity in entities}) == len(entities)
    spans: dict[str, list[tuple[int, int]]] = {}
    for entity in entities:
        assert entity.name
        assert entity.count == len(entity.mentions) > 0
        for mention in entity.mentions:
            assert fields[mention.field][mention.start : mention.end] == mention.text != ""
            spans.setdefault(mention.field, []).append((mention.start, mention.end))
    for found in spans.values():
        assert all(end <= start for (_, end), (start, _) in pairwise(sorted(found)))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | NEWS, LANGUAGES)
def test_quotations_hold_their_offsets(body: str, language: str) -> None:
    document = Document(parsed_article(body, language=language))
    entities = find_entities(document.article)
    known = {entity.id: entity.name for entity in entities}
    quotes = ENRICHER.enrich(document, {"entities": entities})["quotes"]
    for quote in quotes:
        assert body[quote.start : quote.end] == quote.text == quote.text.strip() != ""
        assert quote.speaker == known.get(quote.speaker_entity)
        assert 0 <= quote.confidence <= 1
    assert all(before.end <= after.start for before, after in pairwise(quotes))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | NEWS)
def test_speech_stands_within_its_marks(body: str) -> None:
    spans = find_speech(body)
    for span in spans:
        assert 0 <= span.opened < span.start < span.end <= span.closed <= len(body)
    assert all(before.closed <= after.opened for before, after in pairwise(spans))
