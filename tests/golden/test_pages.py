"""Pages of our own making, read as a person reads them. Look at each difference before taking it over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from copydesk.core.options import Options
from copydesk.core.parse import parse_message
from copydesk.core.records import Message
from copydesk.core.text.normalize import paragraphs
from copydesk_schemas.parsed import ParsedArticle

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
FIELDS = (
    "title", "subtitle", "description", "key_points", "section", "tags", "published_at", "modified_at", "canonical_url",
    "is_accessible_for_free",
)  # fmt: skip


def reading(path: Path) -> dict[str, Any]:
    headers = (("x-url", f"https://www.quay-herald.example/{path.stem}".encode()),)
    (item,) = parse_message(Message("raw-articles", 0, 0, 0, None, path.read_bytes(), headers), Options()).items
    assert isinstance(item, ParsedArticle), item
    record = json.loads(item.model_dump_json())
    return {
        **{name: record[name] for name in FIELDS},
        "body": paragraphs(item.body),
        "authors": [author.name for author in item.authors],
        "media": [[media.url, media.caption, media.credit] for media in item.media],
        "links": [[link.url, link.text] for link in item.links],
        "language": item.language.code,
        "source": item.source.name,
        "genre": item.genre.value if item.genre else None,
        "charset": item.raw.charset,
        "tdm_reserved": item.rights.tdm_reserved if item.rights else None,
        "flags": record["quality"]["flags"],
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_reads_as_by_hand(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert reading(path) == expected
