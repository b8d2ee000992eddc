from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from tests.support.articles import RAW, parsed, unique

from copydesk.core import stages
from copydesk.core.enrich.content_hash import content_hash, content_hash_of
from copydesk.core.enrich.pipeline import COPIED, NOTHING_FOUND, EnrichError, enrich
from copydesk.core.enrich.registry import BUILT_IN, names, select
from copydesk.core.options import EnrichOptions, Options
from copydesk.core.records import Message, OutcomeKind
from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.parsed import UniqueArticle
from copydesk_schemas.parts import Change, DateCandidate, Keyword, Language, ModelInfo, Stats
from copydesk_schemas.reasons import Action, ChangeKind, Code, DateRole, PubStatus

NOW = datetime(2026, 3, 10, 9, 41, 8, tzinfo=UTC)
BODY = (
    "The council of Port Ellery voted on Tuesday to keep the old ferry. The ferry has run since 1931.\n\n"
    "“Without the boat we would have no doctor in winter,” said Maria Lindqvist, who runs the school."
)
ARTICLE = parsed(BODY, "Port Ellery keeps its ferry", published_at=NOW, fetched_at=NOW)


class Recorder:
    """An enricher that notes what it was given."""

    version = "1"

    def __init__(self, name: str, values: Mapping[str, Any], fields: tuple[str, ...] | None = None) -> None:
        self.name = name
        self.fields = tuple(values) if fields is None else fields
        self._values = dict(values)
        self.given: dict[str, Any] = {}

    def enrich(self, document: object, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - not needed
        self.given = dict(found)
        return self._values

    def models(self) -> tuple[ModelInfo, ...]:
        return (ModelInfo(name=f"table-of-{self.name}", version="1"),)


class Broken(Recorder):
    def enrich(self, document: object, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - it fails
        raise KeyError("no such row")


def run(article: UniqueArticle, **more: Any) -> EnrichedArticle:
    return enrich(article, Options(), service_version="9.9.9", now=NOW, **more)


def test_enrichers_run_in_the_registrys_order_and_see_what_came_before() -> None:
    words = [Keyword(term="ferry", score=1.0)]
    first = Recorder("keywords", {"keywords": words})
    second = Recorder("topics", {"topics": []})
    options = Options(enrich=EnrichOptions(enrichers=("topics", "keywords")))
    record = enrich(unique(ARTICLE), options, service_version="1", now=NOW, enrichers=(first, second))
    assert first.given == {}
    assert second.given == {"keywords": words}
    assert record.keywords == words
    assert list(record.processing.stages) == ["keywords", "topics", "record"]
    assert {model.name for model in record.pipeline.models} == {"py3langid", "table-of-keywords", "table-of-topics"}


def test_the_registry_keeps_its_order_and_names_what_there_is() -> None:
    assert EnrichOptions().enrichers == names()
    assert [e.name for e in select(("summary", "entities"))] == ["entities", "summary"]
    assert select(()) == ()
    with pytest.raises(ValueError, match="no such enricher: horoscope; there are entities, places"):
        select(("horoscope",))


def test_every_field_of_the_record_has_exactly_one_origin() -> None:
    filled = [name for enricher in BUILT_IN for name in enricher.fields]
    own = {"schema_version", "revision", "pub_status", "change", "dedup", "pipeline", "content_hash", "processing"}
    assert sorted(filled) == sorted(NOTHING_FOUND)
    assert sorted([*filled, *COPIED, *own]) == sorted(EnrichedArticle.model_fields)


def test_switched_off_enrichers_leave_their_fields_empty() -> None:
    options = Options(enrich=EnrichOptions(enrichers=()))
    record = enrich(unique(ARTICLE), options, service_version="1", now=NOW)
    assert {name: getattr(record, name) for name in NOTHING_FOUND} == dict(NOTHING_FOUND)
    assert record.body == BODY
    assert list(record.processing.stages) == ["record"]


def test_timings_of_earlier_stages_are_added_up() -> None:
    record = run(unique(ARTICLE), stages={"read": 2.5, "record": 1.0})
    assert record.processing.stages["read"] == 2.5
    assert record.processing.stages["record"] >= 1.0
    assert record.processing.duration_ms == pytest.approx(sum(record.processing.stages.values()), abs=0.01)
    assert record.processing.processed_at == NOW


def test_the_whole_stage_on_one_article() -> None:
    record = run(unique(ARTICLE))
    assert record.pub_status is PubStatus.USABLE
    assert [quote.speaker for quote in record.quotes] == ["Maria Lindqvist"]
    assert record.keywords[0].score == 1.0
    assert [record.body[d.start : d.end] for d in record.dates_mentioned] == ["Tuesday"]
    assert record.pipeline.service_version == "9.9.9"


def test_a_failing_enricher_fails_the_article() -> None:
    with pytest.raises(EnrichError, match="topics: KeyError: 'no such row'") as caught:
        run(unique(ARTICLE), enrichers=(*[e for e in BUILT_IN if e.name != "topics"], Broken("topics", {"topics": []})))
    assert caught.value.enricher == "topics"


def test_an_enricher_that_fills_other_fields_than_it_declares_fails() -> None:
    wrong = Recorder("keywords", {"topics": []}, fields=("keywords",))
    options = Options(enrich=EnrichOptions(enrichers=("keywords",)))
    with pytest.raises(EnrichError, match=r"keywords: ValueError: filled \['topics'\], declared \['keywords'\]"):
        enrich(unique(ARTICLE), options, service_version="1", now=NOW, enrichers=(wrong,))


def test_a_failing_enricher_becomes_a_dead_letter_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*args: Any, **more: Any) -> EnrichedArticle:
        return enrich(*args, **more, enrichers=[*BUILT_IN[:-1], Broken("summary", {"summary": None})])

    monkeypatch.setattr(stages, "enrich", failing)
    value = unique(ARTICLE).model_dump_json().encode()
    result = stages.run_enrich(Message("unique-articles", 3, 4, 0, b"a", value), Options(), NOW)
    (outcome,) = result.outcomes
    assert (outcome.kind, outcome.code) == (OutcomeKind.DEAD, Code.ENRICH_ERROR)
    letter = DeadLetter.model_validate_json(result.emits[0].value or b"")
    assert letter.code is Code.ENRICH_ERROR
    assert "summary: KeyError: 'no such row'" in letter.message
    assert letter.stack is not None
    assert "test_enrich_pipeline.py" in letter.stack
    assert (letter.raw, letter.article_id) == (RAW, ARTICLE.article_id)
    assert BODY not in (result.emits[0].value or b"").decode()


def test_a_takedown_becomes_a_canceled_record_without_content() -> None:
    takedown = parsed("", language="und", action=Action.DELETE, url="https://post.example/ferry", fetched_at=NOW)
    change = Change(kind=ChangeKind.TAKEDOWN, previous_revision=1)
    value = unique(takedown, revision=2, change=change).model_dump_json().encode()
    result = stages.run_enrich(Message("unique-articles", 3, 5, 0, b"a", value), Options(), NOW)
    assert result.outcomes[0].kind is OutcomeKind.ENRICHED
    record = EnrichedArticle.model_validate_json(result.emits[0].value or b"")
    assert record.pub_status is PubStatus.CANCELED
    assert (record.body, record.title, record.revision) == ("", None, 2)
    assert (record.change.kind, record.url) == (ChangeKind.TAKEDOWN, "https://post.example/ferry")
    assert {name: getattr(record, name) for name in NOTHING_FOUND} == dict(NOTHING_FOUND)
    assert record.content_hash == content_hash(record)


def test_a_takedown_says_nothing_of_a_text_that_came_with_it() -> None:
    takedown = ARTICLE.model_copy(update={"action": Action.DELETE})
    record = run(unique(takedown))
    assert "ferry" not in record.model_dump_json()
    assert record.language == Language(code="und", confidence=0.0)
    assert record.stats == Stats(chars=0, words=0, sentences=0, paragraphs=0, reading_seconds=0)


def candidate(role: DateRole) -> DateCandidate:
    return DateCandidate(
        value="2026-03-10", raw="10 March", role=role, source="text", confidence=0.5, chosen=False, reason="weaker"
    )


def test_the_content_hash_is_that_of_canonical_json_and_the_same_each_time() -> None:
    first, second = run(unique(ARTICLE)), run(unique(ARTICLE))
    assert first.content_hash == second.content_hash
    published = json.loads(first.model_dump_json())
    assert content_hash_of(published) == first.content_hash
    shuffled = dict(reversed(published.items()))
    assert content_hash_of(shuffled) == first.content_hash
    left_out = ("content_hash", "processing", "raw", "ingested_at", "fetched_at", "revision", "change", "dedup")
    content = {name: value for name, value in published.items() if name not in left_out}
    assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == first.content_hash


def test_the_content_hash_does_not_hang_on_where_when_and_after_what() -> None:
    later = NOW + timedelta(days=3)
    elsewhere = ARTICLE.model_copy(
        update={
            "raw": RAW.model_copy(update={"offset": 99}),
            "ingested_at": later,
            "fetched_at": later,
            "date_candidates": [candidate(DateRole.FETCHED)],
        }
    )
    dedup = unique(ARTICLE).dedup.model_copy(update={"story_id": "b" * 32})
    again = unique(elsewhere, revision=4, change=Change(kind=ChangeKind.REVISION), dedup=dedup)
    record = enrich(again, Options(), service_version="9.9.9", now=later, stages={"read": 7.0})
    assert record.content_hash == run(unique(ARTICLE)).content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + " More."},
        {"title": "Port Ellery sells its ferry"},
        {"section": "Local"},
        {"url": "https://post.example/ferry"},
        {"date_candidates": [candidate(DateRole.DATELINE)]},
    ],
)
def test_the_content_hash_hangs_on_what_is_said(change: dict[str, Any]) -> None:
    assert run(unique(ARTICLE.model_copy(update=change))).content_hash != run(unique(ARTICLE)).content_hash


def test_the_content_hash_names_the_software() -> None:
    other = enrich(unique(ARTICLE), Options(), service_version="9.9.10", now=NOW)
    assert other.content_hash != run(unique(ARTICLE)).content_hash


def test_canonical_json_is_that_of_the_standard() -> None:
    assert rfc8785.dumps({"b": 1.0, "a": [1e21, 0.5, "ä\n"], "€": None}) == (
        '{"a":[1e+21,0.5,"ä\\n"],"b":1,"€":null}'.encode()
    )
