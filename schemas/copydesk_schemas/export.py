"""The contract as JSON Schema (draft 2020-12), as example records and as a data dictionary, all from the models."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from copydesk_schemas.base import UNTRUSTED, Json
from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.duplicate import DuplicateArticle
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.raw import RawArticle
from copydesk_schemas.version import SCHEMA_VERSION

RECORDS: dict[str, type[BaseModel]] = {
    "raw": RawArticle,
    "parsed": ParsedArticle,
    "unique": UniqueArticle,
    "enriched": EnrichedArticle,
    "duplicate": DuplicateArticle,
    "dead-letter": DeadLetter,
}
"""Record types by the name that stands in `ce_dataschema`."""

PUBLIC = ("raw", "enriched", "duplicate", "dead-letter")
"""Records of the four public topics; the others cross internal topics and may change with any version."""

_TRUST = """\
Fields marked *untrusted* (`x-untrusted: true` in the JSON Schema) hold what strangers wrote: the article, its page, its
producer. They are plain text, never HTML, and nothing in them is escaped: an article may speak of `<script>`, and these
very characters then stand there. So

- escape them for the place where they go: HTML, SQL, a shell, a terminal; never put them into a page as markup;
- in CSV and spreadsheets a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end is a formula: quote it;
- addresses are absolute `http` or `https` without white space, or null; `javascript:`, `data:` and `file:` never pass.
  They may name a private network (`http://10.0.0.1/`) or a host that looks like another: do not fetch them from inside
  yours without a check. `copydesk` itself fetches nothing;
- control characters, directional marks and overrides and most invisible characters are gone, and text is NFC. Joiners,
  variation selectors and emoji tags stay, for scripts and emoji need them;
- to a language model they are data, not instructions;
- `original` of a dead letter is the input itself in base64, with none of this done to it."""

_EXAMPLE = re.compile(r"\s*Example: `([^`]+)`\.$")


def json_schemas() -> dict[str, Json]:
    """JSON Schema of each record type, by name: what may be sent for `raw`, what is published for the others."""
    schemas: dict[str, Json] = {}
    for name, model in RECORDS.items():
        schema = model.model_json_schema(mode="validation" if name == "raw" else "serialization")
        schemas[name] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:copydesk:schema:{name}:{SCHEMA_VERSION}",
            **schema,
        }
    return schemas


def data_dictionary() -> str:
    """Markdown: of each record and each part of it, every field with its type, its meaning and an example."""
    lines = [
        "# Data dictionary",
        "",
        f"Version {SCHEMA_VERSION} of the contract. Made from the models: do not edit.",
        "",
        _TRUST,
    ]
    seen: set[str] = set()
    schemas = json_schemas()
    published = schemas["enriched"]["properties"]
    for schema in schemas.values():
        parts = schema.get("$defs", {})
        for title, part in ((schema["title"], schema), *sorted(parts.items())):
            if title in seen:
                continue
            seen.add(title)
            lines += ["", f"## {title}", "", _cell(part.get("description", "")), ""]
            if "enum" in part:
                lines.append(", ".join(f"`{member}`" for member in part["enum"]))
                continue
            lines += [
                "| field | type | required | nullable | untrusted | meaning | example |",
                "|---|---|---|---|---|---|---|",
            ]
            required = part.get("required", [])
            for field, spec in part.get("properties", {}).items():
                meaning, example = meaning_and_example(spec)
                meaning = meaning or meaning_and_example(published.get(field, {}))[0] or part_says(spec, parts)
                kind = _link(type_name(spec))
                shown = f"`{_cell(example)}`" if example else f"see {kind.split(' ')[-1]}" if "](#" in kind else ""
                lines.append(
                    f"| `{field}` | {kind} | {'yes' if field in required else 'no'} "
                    f"| {'yes' if is_nullable(spec) else 'no'} | {'yes' if is_untrusted(spec) else ''} "
                    f"| {_cell(meaning)} | {shown} |"
                )
    return "\n".join(lines) + "\n"


def meaning_and_example(spec: Json) -> tuple[str, str | None]:
    """What a field's docstring says, without and of its «Example: …»."""
    text = " ".join(spec.get("description", "").split())
    match = _EXAMPLE.search(text)
    return (text[: match.start()], match.group(1)) if match else (text, None)


def part_says(spec: Json, parts: dict[str, Json]) -> str:
    """The docstring of the part that a field holds: a field's own is left out of the schema where both are the same."""
    return str(parts.get(type_name(spec), {}).get("description", ""))


def is_nullable(spec: Json) -> bool:
    """Whether a field may be null."""
    return spec.get("type") == "null" or any(is_nullable(option) for option in spec.get("anyOf", ()))


def is_untrusted(spec: Json) -> bool:
    """Whether a field holds strings that outsiders wrote, itself or in a list or object of its own."""
    within = [*spec.get("anyOf", ()), *spec.get("prefixItems", ()), spec.get("items"), spec.get("additionalProperties")]
    return bool(spec.get(UNTRUSTED)) or any(is_untrusted(part) for part in within if isinstance(part, dict))


def type_name(spec: Json) -> str:
    """Type of a field in words, null aside: `date-time`, `list of Author`."""
    if "$ref" in spec:
        return str(spec["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in spec:
        return " or ".join(type_name(option) for option in spec["anyOf"] if option.get("type") != "null")
    kind = str(spec.get("format") or spec.get("type", "any"))
    if kind == "array" and "items" in spec:
        return f"list of {type_name(spec['items'])}"
    if "prefixItems" in spec:
        return f"({', '.join(type_name(item) for item in spec['prefixItems'])})"
    if kind == "object" and isinstance(spec.get("additionalProperties"), dict):
        return f"object of {type_name(spec['additionalProperties'])}"
    return kind


def example_record(name: str) -> Json:
    """One full record of a public type, put together from the examples of its fields and of their parts."""
    schema = json_schemas()[name]
    record = _example_object(schema, schema.get("$defs", {}))
    if name == "raw":
        del record["content_base64"]  # text or bytes, never both
    return record


def _example_object(part: Json, parts: dict[str, Json]) -> Json:
    return {field: _example(spec, parts) for field, spec in part["properties"].items()}


def _example(spec: Json, parts: dict[str, Json]) -> Any:
    written = meaning_and_example(spec)[1]
    choice = next((option for option in spec.get("anyOf", ()) if option.get("type") != "null"), spec)
    if written is not None:
        textual = choice.get("type") == "string" or "$ref" in choice
        return written if textual else json.loads(written)
    if choice.get("type") == "array":
        return [_example(choice["items"], parts)]
    if choice.get("type") == "object":
        return {"title": _example(choice["additionalProperties"], parts)}
    return _example_object(parts[type_name(choice)], parts)


def _link(kind: str) -> str:
    """The type with the name of a part as a link to its section."""
    *before, last = kind.split(" ")
    return " ".join((*before, f"[{last}](#{last.lower()})" if last[0].isupper() else last))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write the data dictionary: `python -m copydesk_schemas.export FILE`."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m copydesk_schemas.export FILE\n")
        return 2
    Path(arguments[0]).write_text(data_dictionary(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
