from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from copydesk.core.document import Draft, RawDocument
from copydesk.core.formats.text import parse_text
from copydesk.core.text.normalize import paragraphs
from copydesk.core.trace import RecordingTrace
from copydesk_schemas.reasons import DateRole, LinkRel

HERE = Path(__file__).parent
SCRAPES = sorted((HERE / "scrapes").glob("*.txt"))
FIRST = HERE / "first_article"


def read(path: Path) -> Draft:
    content = path.read_bytes()
    return parse_text(content.decode(), RawDocument(content=content))


def related(draft: Draft) -> list[str | None]:
    return [link.text for link in draft.links if link.rel is LinkRel.RELATED]


@pytest.mark.parametrize("path", SCRAPES, ids=lambda path: path.stem)
def test_scrape_reads_as_by_hand(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    draft = read(path)
    found = {
        "title": draft.title,
        "subtitle": draft.subtitle,
        "key_points": draft.key_points,
        "body": paragraphs(draft.body),
        "authors": [author.name for author in draft.authors],
        "captions": [media.caption for media in draft.media],
        "related": related(draft),
        "dateline": draft.dateline.location if draft.dateline else None,
        "syndicated_from": draft.syndicated_from.name if draft.syndicated_from else None,
        "flags": sorted(draft.flags),
        "dates": {
            role: [date.raw for date in draft.dates if date.role == role]
            for role in sorted({str(date.role) for date in draft.dates} - {"mentioned"})
        },
    }
    assert found == expected | {"flags": sorted(expected["flags"])}


def test_first_article_reads_as_by_hand() -> None:
    expected: dict[str, Any] = json.loads((FIRST / "expected.json").read_text(encoding="utf-8"))
    draft = read(FIRST / "venezuela.txt")
    assert draft.title == expected["title"]
    assert draft.subtitle == expected["subtitle"]
    assert draft.key_points == expected["key_points"]
    assert paragraphs(draft.body) == expected["body"]
    assert [media.caption for media in draft.media] == expected["captions"]
    assert related(draft) == expected["related"]
    assert {"boilerplate_removed", "syndicated"} <= draft.flags
    assert draft.syndicated_from is not None
    texts = [draft.title, draft.subtitle, *draft.key_points, *paragraphs(draft.body)]
    texts += [media.caption for media in draft.media]
    assert not set(expected["removed"]) & set(texts)


def test_first_article_hands_on_its_dates_unread() -> None:
    dates = read(FIRST / "venezuela.txt").dates
    assert [date.raw for date in dates if date.role is DateRole.PAGE] == ["Wednesday, 27 Nov 2024"]
    captions = [date for date in dates if date.source == "text:caption"]
    assert [date.raw for date in captions] == ["March 27", "March 27"]
    assert all("March 27" in date.context for date in captions)


def test_every_line_of_the_first_article_has_a_reason() -> None:
    content = (FIRST / "venezuela.txt").read_bytes()
    trace = RecordingTrace()
    parse_text(content.decode(), RawDocument(content=content), trace=trace)
    rows = [row for row in content.decode().split("\n") if row.strip()]
    assert len(trace.steps) == len(rows)
    assert all(step.reason for step in trace.steps)
