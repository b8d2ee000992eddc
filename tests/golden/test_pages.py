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
    "is_accessible_for_free", "dateline", "syndicated_from", "rights",
)  # fmt: skip


PARSED = (
    "canonical_url", "syndicated_from", "title", "subtitle", "description", "key_points", "body", "authors", "dateline",
    "section", "tags", "genre", "published_at", "modified_at", "media", "links", "is_accessible_for_free", "rights",
)  # fmt: skip
"""Every field that a page is parsed for; language and source have members of their own that tell."""


def parsed(path: Path) -> ParsedArticle:
    headers = (("x-url", f"https://www.quay-herald.example/{path.stem}".encode()),)
    (item,) = parse_message(Message("raw-articles", 0, 0, 0, None, path.read_bytes(), headers), Options()).items
    assert isinstance(item, ParsedArticle), item
    return item


def reading(path: Path) -> dict[str, Any]:
    item = parsed(path)
    record = json.loads(item.model_dump_json())
    return {
        **{name: record[name] for name in FIELDS},
        "body": paragraphs(item.body),
        "authors": [author.name for author in item.authors],
        "media": [[media.url, media.caption, media.credit] for media in item.media],
        "links": [[link.rel, link.url, link.text] for link in item.links],
        "language": item.language.code,
        "source": item.source.name,
        "genre": item.genre.value if item.genre else None,
        "charset": item.raw.charset,
        "flags": record["quality"]["flags"],
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_reads_as_by_hand(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert reading(path) == expected


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_field_that_is_not_empty_says_who_found_it_and_no_other(path: Path) -> None:
    item = parsed(path)
    filled = {name for name in PARSED if getattr(item, name) not in (None, [], "")}
    assert set(item.provenance) == filled
    assert {name for name, found in item.provenance.items() if not found.extractor or found.confidence <= 0} == set()


def test_the_golden_pages_fill_every_field_that_a_page_is_parsed_for() -> None:
    filled = {name for path in PAGES for name in parsed(path).provenance}
    assert filled == set(PARSED)
