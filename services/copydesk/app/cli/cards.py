"""A record of any topic as a card for a person: what it is about, what became of it, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from copydesk.app.why import Fields, headline, outcome, verdict, why

if TYPE_CHECKING:
    from rich.panel import Panel

COLOURS = {"enriched": "green", "duplicate": "yellow", "dead": "red"}
_SHOWN = 8
"""Names, keywords and topics that a card has room for."""


def card(fields: Any, place: str) -> Panel:
    """The card.

    Args:
        fields: the record's JSON; one of an internal topic is shown as it is.
        place: where the record stands, at the card's foot.
    """
    from rich.json import JSON
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    if not is_outcome(fields):
        return Panel(JSON(json.dumps(fields, ensure_ascii=False)), subtitle=Text(place), subtitle_align="right")
    kind = outcome(fields)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in rows(fields):
        table.add_row(label, Text(value))
    return Panel(
        table,
        title=Text(headline(fields), style="bold"),
        title_align="left",
        subtitle=Text(place),
        subtitle_align="right",
        border_style=COLOURS[kind],
    )


def is_outcome(fields: Any) -> bool:
    """Whether this is a record of one of the three output topics."""
    if not isinstance(fields, dict):
        return False
    return "dead_letter_id" in fields or "duplicate_of" in fields or {"dedup", "change", "entities"} <= fields.keys()


def rows(fields: Fields) -> Iterator[tuple[str, str]]:
    """Labels and values of a card, without those that are empty."""
    kind = outcome(fields)
    yield "became", f"{kind}, {verdict(fields)}"
    yield "why", why(fields)
    details = {"enriched": _article, "duplicate": _copy, "dead": _dead}[kind](fields)
    yield from ((label, value) for label, value in details if value)
    raw = fields["raw"]
    yield "raw", f"{raw['topic']}, partition {raw['partition']}, offset {raw['offset']}, item {raw['item']}"


def _article(fields: Fields) -> Iterator[tuple[str, str]]:
    yield "address", fields["canonical_url"] or fields["url"] or ""
    yield "source", _source(fields["source"])
    yield "by", _joined(author["name"] for author in fields["authors"])
    yield "published", _date(fields)
    yield "language", f"{fields['language']['code']}, {fields['stats']['words']:,} words"
    yield "summary", (fields["summary"] or {}).get("text", "")
    yield "topics", _joined(topic["label"] for topic in fields["topics"])
    yield "names", _joined(f"{entity['name']} ({entity['type']})" for entity in fields["entities"])
    yield "keywords", _joined(keyword["term"] for keyword in fields["keywords"])
    yield "id", f"{fields['article_id']}, revision {fields['revision']}"


def _copy(fields: Fields) -> Iterator[tuple[str, str]]:
    this, original = fields["this"], fields["duplicate_of"]
    yield "address", this["url"] or ""
    yield "source", _source(this["source"])
    yield "original", original["url"] or original["title"] or ""
    yield "id", original["article_id"]


def _dead(fields: Fields) -> Iterator[tuple[str, str]]:
    yield "stage", f"{fields['stage']}, {'may be tried again' if fields['retryable'] else 'would end the same again'}"
    yield "error", fields["error_class"] or ""


def _source(source: Fields) -> str:
    return _joined(part for part in (source["name"], source["domain"]) if part)


def _date(fields: Fields) -> str:
    if fields["published_at"] is None:
        return ""
    zone = "" if fields["published_tz_known"] else ", time zone not stated"
    return f"{fields['published_at']}, to the {fields['published_precision']}{zone}"


def _joined(values: Iterator[str]) -> str:
    everything = list(values)
    more = f" and {len(everything) - _SHOWN} more" if len(everything) > _SHOWN else ""
    return ", ".join(everything[:_SHOWN]) + more
