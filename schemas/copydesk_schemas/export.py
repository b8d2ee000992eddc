"""The contract as JSON Schema (draft 2020-12) and as a data dictionary, both from the models."""

from __future__ import annotations

from pydantic import BaseModel

from copydesk_schemas.base import Json
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
    """Markdown: for each record and each part of it, every field with its type, whether it may be null, its meaning."""
    lines = ["# Data dictionary", "", f"Version {SCHEMA_VERSION} of the contract. Made from the models: do not edit."]
    seen: set[str] = set()
    for schema in json_schemas().values():
        for title, part in ((schema["title"], schema), *sorted(schema.get("$defs", {}).items())):
            if title in seen:
                continue
            seen.add(title)
            lines += ["", f"## {title}", "", _cell(part.get("description", "")), ""]
            if "enum" in part:
                lines.append(", ".join(f"`{member}`" for member in part["enum"]))
                continue
            lines += ["| field | type | required | nullable | meaning |", "|---|---|---|---|---|"]
            required = part.get("required", [])
            for field, spec in part.get("properties", {}).items():
                kind = _type(spec)
                flags = ("yes" if field in required else "no", "yes" if "null" in kind.split(" or ") else "no")
                kind = " or ".join(k for k in kind.split(" or ") if k != "null")
                meaning = _cell(spec.get("description", ""))
                lines.append(f"| `{field}` | {kind} | {flags[0]} | {flags[1]} | {meaning} |")
    return "\n".join(lines) + "\n"


def _type(spec: Json) -> str:
    if "$ref" in spec:
        return str(spec["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in spec:
        return " or ".join(_type(option) for option in spec["anyOf"])
    kind = str(spec.get("format") or spec.get("type", "any"))
    return f"list of {_type(spec['items'])}" if kind == "array" and "items" in spec else kind


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
