from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from copydesk.core.enrich.content_hash import content_hash_of
from copydesk.core.options import Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Emit, Message, OutcomeKind
from copydesk.core.stages import run_dedupe, run_enrich, run_parse
from copydesk_schemas.export import PUBLIC, RECORDS, json_schemas
from copydesk_schemas.raw import RAW_MEDIA_TYPE
from copydesk_schemas.topics import TopicRole

EXAMPLES = Path(__file__).parents[2] / "schemas/examples"
VALID = sorted(EXAMPLES.glob("*/valid/*.json"))
INVALID = sorted(EXAMPLES.glob("*/invalid/*.json"))
NOW = datetime(2026, 3, 10, 9, 41, 8, tzinfo=UTC)
SCHEMAS = {name: jsonschema.Draft202012Validator(json_schemas()[name]) for name in PUBLIC}

WRONG = {
    "raw/action-unknown": ("action", "Input should be 'upsert' or 'delete'"),
    "raw/content-base64-not-base64": ("content_base64", "content_base64 is not base64"),
    "raw/content-missing": ("", "exactly one of content and content_base64 is required"),
    "raw/content-not-a-text": ("content", "Input should be a valid string"),
    "raw/content-null": ("", "exactly one of content and content_base64 is required"),
    "raw/content-twice": ("", "exactly one of content and content_base64 is required"),
    "raw/delete-with-content": ("", "a delete carries no content"),
    "raw/delete-without-target": ("", "a delete names a url or a raw_id"),
    "raw/fetched-at-without-zone": ("fetched_at", "an instant needs a time zone"),
    "raw/http-status-not-a-number": ("http.status", "Input should be a valid integer"),
    "raw/priority-unknown": ("priority", "Input should be 'live' or 'backfill'"),
    "raw/raw-id-empty": ("raw_id", "String should have at least 1 character"),
    "raw/source-country-not-a-code": ("source.country", "String should match pattern"),
    "enriched/body-missing": ("body", "Field required"),
    "enriched/keywords-null": ("keywords", "Input should be a valid array"),
    "enriched/language-null": ("language", "Input should be an object"),
    "enriched/pub-status-unknown": ("pub_status", "Input should be 'usable', 'withheld' or 'canceled'"),
    "enriched/quality-score-above-one": ("quality.score", "Input should be less than or equal to 1"),
    "enriched/revision-zero": ("revision", "Input should be greater than 0"),
    "enriched/tags-not-a-list": ("tags", "Input should be a valid array"),
    "enriched/unknown-key": ("headline", "Extra inputs are not permitted"),
    "duplicate/copies-zero": ("copies", "Input should be greater than 0"),
    "duplicate/differing-spans-too-many": ("evidence.differing_spans", "List should have at most 3 items"),
    "duplicate/duplicate-of-missing": ("duplicate_of", "Field required"),
    "duplicate/similarity-above-one": ("similarity", "Input should be less than or equal to 1"),
    "duplicate/verdict-unique": ("verdict", "Input should be 'redelivered', 'exact_bytes'"),
    "dead_letter/attempts-zero": ("attempts", "Input should be greater than 0"),
    "dead_letter/code-unknown": ("code", "Input should be 'empty', 'undecodable'"),
    "dead_letter/hint-missing": ("hint", "Field required"),
    "dead_letter/message-too-long": ("message", "String should have at most 500 characters"),
    "dead_letter/original-offset-negative": ("original.offset", "Input should be greater than or equal to 0"),
}
"""The field that is wrong in each invalid example, and how the sentence on it begins."""

BEYOND_JSON_SCHEMA = {"raw/content-base64-not-base64", "raw/fetched-at-without-zone"}
"""What only the models see: JSON Schema takes `format` and `contentEncoding` for remarks."""

STAGE_CODES = {"raw/delete-with-content": "bad_takedown", "raw/delete-without-target": "bad_takedown"}
"""Dead letters of invalid raw examples other than invalid_envelope."""


def name_of(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


def record_of(path: Path) -> str:
    return path.parts[-3].replace("_", "-")


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_public_record_has_examples_of_both_kinds() -> None:
    assert {record_of(path) for path in VALID} == {record_of(path) for path in INVALID} == set(PUBLIC)
    assert {name_of(path) for path in INVALID} == set(WRONG)


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_examples_pass_model_and_schema(path: Path) -> None:
    SCHEMAS[record_of(path)].validate(load(path))
    model = RECORDS[record_of(path)].model_validate_json(path.read_bytes())
    if record_of(path) != "raw":
        assert json.loads(model.model_dump_json()) == load(path), "every key is written, in the published form"


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_examples_are_refused_for_the_reason_in_their_name(path: Path) -> None:
    field, sentence = WRONG[name_of(path)]
    with pytest.raises(ValidationError) as caught:
        RECORDS[record_of(path)].model_validate_json(path.read_bytes())
    assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == [field]
    assert caught.value.errors()[0]["msg"].removeprefix("Value error, ").startswith(sentence)


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_examples_are_refused_by_the_schema_too(path: Path) -> None:
    errors = list(leaves(SCHEMAS[record_of(path)].iter_errors(load(path))))
    if name_of(path) in BEYOND_JSON_SCHEMA:
        assert errors == []
        return
    field = WRONG[name_of(path)][0]
    assert errors, "the schema accepts it"
    assert field == "" or any(
        ".".join(map(str, error.absolute_path)) == field or f"'{field}'" in error.message for error in errors
    ), [error.message for error in errors]


def leaves(errors: Iterable[jsonschema.ValidationError]) -> Iterator[jsonschema.ValidationError]:
    """Errors, and those of the options of an `anyOf` in its place."""
    for error in errors:
        if error.context:
            yield from leaves(error.context)
        else:
            yield error


class _Nothing:
    def get(self, key: bytes) -> bytes | None:  # noqa: ARG002 - it knows none
        return None


def through(value: bytes, offset: int, state: Overlay) -> Iterator[Emit]:
    """Everything that a raw record ends in."""
    arrived = round(NOW.timestamp() * 1000) - 500
    headers = (("content-type", RAW_MEDIA_TYPE.encode()),)
    for parsed in run_parse(Message("raw-articles", 0, offset, arrived, None, value, headers), Options(), NOW).emits:
        if parsed.role is not TopicRole.PARSED:
            yield parsed
            continue
        message = Message("parsed-articles", 0, offset, arrived, parsed.key, parsed.value, parsed.headers)
        for decided in run_dedupe(message, state, Options(), NOW).result.emits:
            if decided.role is not TopicRole.UNIQUE:
                yield decided
                continue
            message = Message("unique-articles", 0, offset, arrived, decided.key, decided.value, decided.headers)
            yield from run_enrich(message, Options(), NOW).emits


def published(name: str, offset: int, state: Overlay) -> list[dict[str, Any]]:
    made = []
    for emit in through((EXAMPLES / f"raw/valid/{name}.json").read_bytes(), offset, state):
        assert emit.role is TopicRole.ENRICHED, emit.value
        record = json.loads(emit.value or b"")
        SCHEMAS["enriched"].validate(record)
        hold_what_the_schema_cannot_say(record)
        made.append(record)
    return made


def hold_what_the_schema_cannot_say(record: dict[str, Any]) -> None:
    texts = {name: record[name] or "" for name in ("title", "subtitle", "body")}
    texts |= {f"media[{i}].caption": media["caption"] or "" for i, media in enumerate(record["media"])}
    for mention in (m for entity in record["entities"] for m in entity["mentions"]):
        assert texts[mention["field"]][mention["start"] : mention["end"]] == mention["text"]
    for found in (*record["quotes"], *record["dates_mentioned"]):
        assert record["body"][found["start"] : found["end"]] == found["text"]
    known = {entity["id"] for entity in record["entities"]}
    assert {quote["speaker_entity"] for quote in record["quotes"]} <= known | {None}
    assert record["content_hash"] == content_hash_of(record)


@pytest.mark.parametrize("path", [p for p in VALID if record_of(p) == "enriched"], ids=name_of)
def test_enriched_examples_keep_the_promises_beyond_the_schema(path: Path) -> None:
    hold_what_the_schema_cannot_say(load(path))


def test_valid_raw_examples_become_articles() -> None:
    state = Overlay(_Nothing())
    (bare,) = published("content-only", 1, state)
    assert bare["title"] == "Snow closes the pass above Brenna"
    (page,) = published("envelope", 2, state)
    assert page["title"] == "Port Ellery keeps its ferry"
    assert page["body"].startswith("The council of Port Ellery voted on Tuesday")
    assert page["published_at"] == "2026-03-10T09:30:00Z"
    assert page["source"]["domain"] == "post.example"
    (french,) = published("bytes", 3, state)
    assert "travaux, le marché couvert de Valmont a rouvert" in french["body"]
    assert french["language"]["code"] == "fr"
    first, second = published("feed", 4, state)
    assert [first["title"], second["title"]] == ["Library opens on Sundays", "Old oak falls in the storm"]
    assert [first["raw"]["item"], second["raw"]["item"]] == [0, 1]
    (unknown,) = published("unknown-keys", 5, state)
    assert unknown["title"] == "Choir wins prize in Tarvel"
    assert unknown["source"]["name"] == "Alpine Wire"
    (canceled,) = published("takedown", 6, state)
    assert (canceled["pub_status"], canceled["body"], canceled["change"]["kind"]) == ("canceled", "", "takedown")
    assert canceled["article_id"] == page["article_id"]
    assert {path.stem for path in VALID if record_of(path) == "raw"} == {
        "content-only",
        "envelope",
        "bytes",
        "feed",
        "unknown-keys",
        "takedown",
    }


@pytest.mark.parametrize("path", [p for p in INVALID if record_of(p) == "raw"], ids=name_of)
def test_invalid_raw_examples_become_dead_letters(path: Path) -> None:
    message = Message("raw-articles", 0, 0, 1, None, path.read_bytes(), (("content-type", RAW_MEDIA_TYPE.encode()),))
    result = run_parse(message, Options(), NOW)
    (outcome,) = result.outcomes
    assert outcome.kind is OutcomeKind.DEAD
    assert outcome.code == STAGE_CODES.get(name_of(path), "invalid_envelope")
    field, sentence = WRONG[name_of(path)]
    assert field in (outcome.message or "")
    assert sentence in (outcome.message or "")
    letter = json.loads(result.emits[0].value or b"")
    SCHEMAS["dead-letter"].validate(letter)
