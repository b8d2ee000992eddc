"""Writes the table of `/api/now` in docs/watching.md from its models: `python tools/build_watching.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copydesk.app.now import Now
from copydesk_schemas.export import is_nullable, meaning_and_example, part_says, type_name

PAGE = Path(__file__).parents[1] / "docs" / "watching.md"
BEGIN, END = "<!-- fields: made from the models, do not edit -->\n", "<!-- end of fields -->\n"


def with_table(page: str) -> str:
    """The page with the table as the models have it."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"no {END.strip()} in {PAGE.name}")
    return before + BEGIN + "\n".join(_lines()) + "\n" + END + after


def _lines() -> Iterator[str]:
    schema = Now.model_json_schema(mode="serialization")
    parts: dict[str, Any] = schema.pop("$defs")
    for name, part in {"Now": schema, **parts}.items():
        if "properties" not in part:
            continue  # an enum, told where it is used
        yield f"\n### {name}\n"
        yield f"{' '.join(part['description'].split())}\n"
        yield "| field | type | meaning |\n|---|---|---|"
        for field, spec in part["properties"].items():
            meaning = meaning_and_example(spec)[0] or part_says(spec, parts)
            null = " or null" if is_nullable(spec) else ""
            yield f"| `{field}` | {type_name(spec)}{null} | {meaning} |"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
