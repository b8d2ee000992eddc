from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.compatibility import breaks

from copydesk_schemas.export import PUBLIC, json_schemas
from copydesk_schemas.version import SCHEMA_VERSION

ROOT = Path(__file__).parents[2]
RELEASED = sorted((ROOT / "schemas/json/released").iterdir())
SCHEMAS = json_schemas()

Json = dict[str, Any]


def released(folder: Path, name: str) -> Json:
    loaded: Json = json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


def test_there_are_releases_to_compare_with() -> None:
    assert RELEASED
    for folder in RELEASED:
        assert {path.name for path in folder.iterdir()} >= {f"{name}.schema.json" for name in PUBLIC}
        assert folder.name.split(".")[0] == SCHEMA_VERSION.split(".")[0]


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("folder", RELEASED, ids=lambda folder: folder.name)
def test_todays_schema_breaks_nothing_that_a_release_promised(folder: Path, name: str) -> None:
    assert breaks(released(folder, name), SCHEMAS[name], published=name != "raw") == []


def remove_title(schema: Json) -> None:
    del schema["properties"]["title"]
    schema["required"].remove("title")


def remove_nested(schema: Json) -> None:
    del schema["$defs"]["Quote"]["properties"]["cue"]


def body_as_list(schema: Json) -> None:
    schema["properties"]["body"] = {"type": "array", "items": {"type": "string"}}


def body_nullable(schema: Json) -> None:
    schema["properties"]["body"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def title_never_null(schema: Json) -> None:
    schema["properties"]["title"] = {"type": "string"}


def integer_score(schema: Json) -> None:
    schema["$defs"]["Keyword"]["properties"]["score"]["type"] = "integer"


def no_canceled(schema: Json) -> None:
    schema["$defs"]["PubStatus"]["enum"].remove("canceled")


def new_status(schema: Json) -> None:
    schema["$defs"]["PubStatus"]["enum"].append("embargoed")


def optional_body(schema: Json) -> None:
    schema["required"].remove("body")


def larger_score(schema: Json) -> None:
    schema["$defs"]["Topic"]["properties"]["score"]["maximum"] = 100


def other_format(schema: Json) -> None:
    del schema["properties"]["ingested_at"]["format"]


@pytest.mark.parametrize(
    ("doctor", "expected"),
    [
        (remove_title, "title: removed"),
        (remove_nested, "quotes[].cue: removed"),
        (body_as_list, "body: may no longer be string"),
        (body_nullable, "body: may now be null"),
        (title_never_null, "title: may no longer be null"),
        (integer_score, "keywords[].score: may no longer be number"),
        (no_canceled, "pub_status: member canceled removed"),
        (new_status, "pub_status: member embargoed added to a closed enum"),
        (optional_body, "body: may now be absent"),
        (larger_score, "topics[].score: maximum was 1.0, is 100"),
        (other_format, "ingested_at: format was date-time, is None"),
    ],
)
def test_a_break_of_a_published_record_is_seen(doctor: Callable[[Json], None], expected: str) -> None:
    old = SCHEMAS["enriched"]
    new = copy.deepcopy(old)
    doctor(new)
    assert expected in breaks(old, new, published=True)


def url_required(schema: Json) -> None:
    schema["required"] = ["url"]


def no_charset(schema: Json) -> None:
    del schema["properties"]["charset"]


def no_backfill(schema: Json) -> None:
    schema["$defs"]["Priority"]["enum"].remove("backfill")


def short_ids(schema: Json) -> None:
    schema["properties"]["raw_id"]["anyOf"][0]["maxLength"] = 10


def lower_case_country(schema: Json) -> None:
    schema["$defs"]["SourceHint"]["properties"]["country"]["anyOf"][0]["pattern"] = "^[a-z]{2}$"


def headers_of_numbers(schema: Json) -> None:
    schema["$defs"]["HttpHint"]["properties"]["headers"]["additionalProperties"] = {"type": "integer"}


def text_only(schema: Json) -> None:
    schema["else"] = {"required": ["content"]}


@pytest.mark.parametrize(
    ("doctor", "expected"),
    [
        (url_required, "url: is now required"),
        (no_charset, "charset: removed"),
        (no_backfill, "priority: member backfill removed"),
        (short_ids, "raw_id: maxLength was 512, is 10"),
        (lower_case_country, "source.country: pattern was ^[A-Z]{2}$, is ^[a-z]{2}$"),
        (headers_of_numbers, "http.headers[]: may no longer be string"),
        (text_only, ": else was"),
    ],
)
def test_a_break_of_an_input_is_seen(doctor: Callable[[Json], None], expected: str) -> None:
    old = SCHEMAS["raw"]
    new = copy.deepcopy(old)
    doctor(new)
    assert any(sentence.startswith(expected) for sentence in breaks(old, new, published=False))


def test_what_a_minor_version_may_do_is_no_break() -> None:
    enriched = SCHEMAS["enriched"]
    new = copy.deepcopy(enriched)
    new["properties"]["mood"] = {"type": "string"}
    new["$defs"]["Flag"]["enum"].append("satire")
    new["properties"]["body"]["description"] = "Other words for the same thing."
    assert breaks(enriched, new, published=True) == []
    raw = SCHEMAS["raw"]
    new = copy.deepcopy(raw)
    new["properties"]["crawler"] = {"type": "string"}
    new["properties"]["raw_id"]["anyOf"][0]["maxLength"] = 1024
    new["$defs"]["Priority"]["enum"].append("flash")
    assert breaks(raw, new, published=False) == []
