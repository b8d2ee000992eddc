"""Documents of our own making in each format, read as a person reads them. Look at each difference, then adopt it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.records import raw

from copydesk.core.errors import Rejected
from copydesk.core.options import Options
from copydesk.core.parse import ItemFailure, parse_message
from copydesk.core.text.normalize import paragraphs
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import Action

FOLDER = Path(__file__).parent / "formats"
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix != ".json")
FIELDS = (
    "title", "subtitle", "description", "section", "tags", "published_at", "published_precision", "modified_at",
    "canonical_url", "dateline", "rights",
)  # fmt: skip


def reading(item: ParsedArticle | ItemFailure) -> dict[str, Any]:
    """What is read of one item, without what is empty."""
    if isinstance(item, ItemFailure):
        assert isinstance(item.error, Rejected), item.error
        return {"refused": item.error.code, "message": item.error.message}
    if item.action is Action.DELETE:
        return {"takedown": item.canonical_url, "language": item.language.code}
    record = json.loads(item.model_dump_json())
    found = {
        **{name: record[name] for name in FIELDS},
        "body": paragraphs(item.body),
        "authors": [" | ".join(filter(None, (author.name, author.role))) for author in item.authors],
        "dates": [f"{one.role} {one.source} {one.value}" for one in item.date_candidates if one.role != "fetched"],
        "media": [[media.type, media.url, media.caption, media.credit, media.width] for media in item.media],
        "links": [[link.rel, link.url, link.text] for link in item.links],
        "language": item.language.code,
        "source": [item.source.name, item.source.domain],
        "syndicated_from": item.syndicated_from.name if item.syndicated_from else None,
        "genre": item.genre.value if item.genre else None,
        "media_type": item.raw.media_type,
        "found_in": {name: one.source for name, one in item.provenance.items()},
        "flags": record["quality"]["flags"],
    }
    return {name: value for name, value in found.items() if value not in (None, [], {})}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document_reads_as_by_hand(path: Path) -> None:
    expected: list[dict[str, Any]] = json.loads(path.with_suffix(f"{path.suffix}.json").read_text(encoding="utf-8"))
    assert [reading(item) for item in parse_message(raw(path.read_bytes()), Options()).items] == expected
