"""The first article through all three stages, field by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk.core.options import Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Emit, Message, OutcomeKind, StageResult
from copydesk.core.stages import run_dedupe, run_enrich, run_parse
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.parts import Entity, Quote
from copydesk_schemas.reasons import DateRole, EntityType, LinkRel, Verdict

HERE = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
ARRIVAL = datetime(2024, 11, 27, 12, tzinfo=UTC)


def _message(emit: Emit) -> Message:
    return Message("between", emit.partition or 0, 0, 0, emit.key, emit.value, emit.headers)


def _only(result: StageResult, kind: OutcomeKind) -> Emit:
    assert [outcome.kind for outcome in result.outcomes] == [kind]
    return result.emits[0]


@pytest.fixture(scope="module")
def article() -> EnrichedArticle:
    options = Options()
    raw = Message("raw-articles", 0, 7, int(ARRIVAL.timestamp() * 1000), None, (HERE / "venezuela.txt").read_bytes())
    parsed = _only(run_parse(raw, options, ARRIVAL), OutcomeKind.FORWARDED)
    known: dict[bytes, bytes | None] = {}
    unique = _only(run_dedupe(_message(parsed), Overlay(known), options, ARRIVAL).result, OutcomeKind.FORWARDED)
    enriched = _only(run_enrich(_message(unique), options, ARRIVAL), OutcomeKind.ENRICHED)
    return EnrichedArticle.model_validate_json(enriched.value or b"")


def _field(article: EnrichedArticle, name: str) -> str:
    if name.startswith("media["):
        return article.media[int(name[6 : name.index("]")])].caption or ""
    text = getattr(article, name)
    assert isinstance(text, str)
    return text


def _named(article: EnrichedArticle, kind: EntityType) -> dict[str, Entity]:
    return {entity.name: entity for entity in article.entities if entity.type is kind}


def _fields(entity: Entity) -> set[str]:
    return {mention.field.partition("[")[0] for mention in entity.mentions}


def _norm(text: str) -> str:
    return text.strip(" ,.")


@pytest.mark.parametrize("name", ["title", "subtitle", "key_points"])
def test_text_fields(article: EnrichedArticle, name: str) -> None:
    assert getattr(article, name) == EXPECTED[name]


def test_body_captions_and_related_stories(article: EnrichedArticle) -> None:
    assert article.body.split("\n\n") == EXPECTED["body"]
    assert [media.caption for media in article.media] == EXPECTED["captions"]
    assert [link.text for link in article.links if link.rel is LinkRel.RELATED] == EXPECTED["related"]


def test_page_furniture_is_in_no_field(article: EnrichedArticle) -> None:
    texts = [
        article.title,
        article.subtitle,
        article.description,
        article.body,
        *article.key_points,
        *(media.caption for media in article.media),
        *(link.text for link in article.links if link.rel is not LinkRel.SOURCE),
        article.summary.text if article.summary else None,
    ]
    lines = {line.strip() for text in texts if text for line in text.splitlines()}
    assert not lines & set(EXPECTED["removed"])


def test_it_is_new(article: EnrichedArticle) -> None:
    assert (article.dedup.verdict, article.revision) == (Verdict.UNIQUE, 1)


def test_dates(article: EnrichedArticle) -> None:
    assert article.published_at is None
    assert EXPECTED["published_at"] is None
    candidates = {(date.role, date.value): date for date in article.date_candidates}
    page = candidates[DateRole.PAGE, EXPECTED["page_date"]]
    assert not page.chosen
    assert "27 March" in (page.reason or "")
    day = f"--{EXPECTED['story_day']['month']:02}-{EXPECTED['story_day']['day']:02}"
    story = candidates[DateRole.MENTIONED, day]
    assert not story.chosen
    assert all(str(year) in (story.reason or "") for year in EXPECTED["story_day"]["years_possible"])
    assert not any(date.chosen for date in article.date_candidates)


def test_flags_and_language(article: EnrichedArticle) -> None:
    assert sorted(article.quality.flags) == sorted(EXPECTED["flags"])
    assert article.authors == []
    assert article.language.code == EXPECTED["language"]


def test_offsets_hold_in_every_field(article: EnrichedArticle) -> None:
    assert article.entities
    for entity in article.entities:
        assert entity.count == len(entity.mentions) > 0
        for mention in entity.mentions:
            assert _field(article, mention.field)[mention.start : mention.end] == mention.text
    for quote in article.quotes:
        assert article.body[quote.start : quote.end] == quote.text


def test_persons(article: EnrichedArticle) -> None:
    persons = _named(article, EntityType.PERSON)
    in_text = {name for name, entity in persons.items() if _fields(entity) != {"media"}}
    assert in_text == set(EXPECTED["persons"])
    assert set(persons) - in_text == set(EXPECTED["persons_only_in_captions"])
    words = {mention.text for entity in article.entities for mention in entity.mentions}
    for surname in EXPECTED["persons_that_must_not_appear"]:
        assert not any(surname.split()[-1] in word for word in words)


def test_surnames_count_for_the_full_name(article: EnrichedArticle) -> None:
    persons = _named(article, EntityType.PERSON)
    assert {mention.text for mention in persons["Nicolas Maduro"].mentions} == {"Maduro", "Nicolas Maduro"}
    assert "title" in _fields(persons["Vladimir Putin"])


def test_countries(article: EnrichedArticle) -> None:
    places = _named(article, EntityType.PLACE)
    in_body = {entity.links.get("iso3166") for entity in places.values() if _fields(entity) != {"media"}}
    everywhere = {entity.links.get("iso3166") for entity in places.values()}
    assert in_body == set(EXPECTED["countries"])
    assert everywhere - in_body == set(EXPECTED["countries_only_in_captions"])
    assert {place.country_code for place in article.places} == everywhere


def test_places_and_organizations(article: EnrichedArticle) -> None:
    assert set(EXPECTED["places"]) <= set(_named(article, EntityType.PLACE))
    assert set(EXPECTED["organizations"]) <= set(_named(article, EntityType.ORGANIZATION))
    assert _named(article, EntityType.PLACE)["Washington"].links["geonames"] == "4140963"
    assert {place.name: place.role for place in article.places}["Venezuela"] == "subject"


@pytest.mark.parametrize("quote", EXPECTED["quotes"], ids=lambda quote: quote["text"][:20])
def test_quote(article: EnrichedArticle, quote: dict[str, str]) -> None:
    found = [one for one in article.quotes if one.text == quote["text"]]
    assert [one.speaker for one in found] == [quote["speaker"]]
    speaker = next(entity for entity in article.entities if entity.name == quote["speaker"])
    assert found[0].speaker_entity == speaker.id


def test_fragments_have_no_other_speaker(article: EnrichedArticle) -> None:
    sure = {quote["text"] for quote in EXPECTED["quotes"]}
    optional = {_norm(quote["text"]): quote["speaker"] for quote in EXPECTED["quotes_optional"]}
    others: list[Quote] = [quote for quote in article.quotes if quote.text not in sure]
    assert {_norm(quote.text) for quote in others} <= set(optional)
    for quote in others:
        assert quote.speaker in (None, optional[_norm(quote.text)])
