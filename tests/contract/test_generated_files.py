from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from copydesk.core.headers import schema_uri
from copydesk_schemas.export import (
    PUBLIC,
    RECORDS,
    data_dictionary,
    example_record,
    json_schemas,
    meaning_and_example,
    part_says,
    type_name,
)

ROOT = Path(__file__).parents[2]
SCHEMAS = json_schemas()


@pytest.mark.parametrize("name", RECORDS)
def test_the_committed_schema_is_that_of_the_models(name: str) -> None:
    committed = json.loads((ROOT / f"schemas/json/{name}.schema.json").read_text(encoding="utf-8"))
    assert committed == SCHEMAS[name], "run `make schemas`"


def test_no_schema_is_left_over() -> None:
    assert {path.name for path in (ROOT / "schemas/json").glob("*.json")} == {f"{n}.schema.json" for n in RECORDS}


def test_the_committed_dictionary_is_that_of_the_models(tmp_path: Path) -> None:
    committed = (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
    assert committed == data_dictionary(), "run `make schemas`"
    written = tmp_path / "dictionary.md"
    subprocess.run([sys.executable, "-m", "copydesk_schemas.export", str(written)], check=True)
    assert written.read_text(encoding="utf-8") == committed


def test_the_dictionary_is_written_to_one_named_file_only() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "copydesk_schemas.export"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


@pytest.mark.parametrize("name", RECORDS)
def test_schemas_are_schemas_and_carry_the_name_that_events_give(name: str) -> None:
    schema = SCHEMAS[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == schema_uri(name)


PARTS = {title: part for name in PUBLIC for title, part in SCHEMAS[name]["$defs"].items() if "properties" in part}
TITLED = {SCHEMAS[name]["title"]: SCHEMAS[name] for name in PUBLIC} | PARTS
FIELDS = [(title, field) for title, part in TITLED.items() for field in part["properties"]]


@pytest.mark.parametrize(("part", "field"), FIELDS)
def test_a_public_field_has_meaning_type_and_example(part: str, field: str) -> None:
    spec = TITLED[part]["properties"][field]
    meaning, example = meaning_and_example(spec)
    meaning = meaning or part_says(spec, PARTS)
    assert meaning, "no meaning"
    assert meaning[-1] in ".)", "its meaning is no sentence"
    assert type_name(spec) not in {"", "any", "object"}
    # A part's example is put together from its own fields, which stand in the same list.
    assert example or type_name(spec).rsplit(" ", 1)[-1] in PARTS, "no example"


def test_fields_of_all_records_and_parts_are_looked_at() -> None:
    assert {("EnrichedArticle", "body"), ("Mention", "start"), ("FeedItemHint", "guid"), ("Original", "headers")} < set(
        FIELDS
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_the_examples_of_the_fields_make_a_valid_record(name: str) -> None:
    record = example_record(name)
    jsonschema.Draft202012Validator(SCHEMAS[name]).validate(record)
    model = RECORDS[name].model_validate_json(json.dumps(record))
    assert json.loads(model.model_dump_json(exclude_unset=True)) == record
