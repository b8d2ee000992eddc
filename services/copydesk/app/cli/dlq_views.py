"""How dead letters are shown: a line, a card, counts."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

    from copydesk.adapters.kafka.replay import Found
    from copydesk.core.letters import Letter, ReplayHistory

_BEGINNING = 1_000
"""Characters of an input that a card has room for."""
_HEADER_CHARS = 300


def instant(value: datetime) -> str:
    """RFC 3339, to the millisecond."""
    from copydesk_schemas.base import format_instant

    return format_instant(value)


def line(found: Found, history: ReplayHistory) -> dict[str, Any]:
    """A letter in brief, for a program."""
    letter = found.letter
    return {
        "dead_letter_id": letter.dead_letter_id,
        "state": state(letter, history),
        "kind": letter.kind,
        "stage": letter.stage,
        "code": letter.code,
        "message": letter.message,
        "error_class": letter.error_class,
        "error_fingerprint": letter.error_fingerprint,
        "retryable": letter.retryable,
        "attempts": letter.attempts,
        "replays": history.count(letter.dead_letter_id),
        "first_failed_at": instant(letter.first_failed_at),
        "last_failed_at": instant(letter.last_failed_at),
        "article_id": letter.article_id,
        "place": found.place,
    }


def full(found: Found, history: ReplayHistory) -> dict[str, Any]:
    """Everything on a letter, for a program: its record with the input decoded."""
    letter = found.letter
    original = letter.original
    value = _bytes(original.value_b64)
    return {
        **line(found, history),
        "hint": letter.hint,
        "stack": letter.stack,
        "service_version": letter.pipeline.service_version,
        "config_hash": letter.pipeline.config_hash,
        "raw": {
            "topic": letter.raw.topic,
            "partition": letter.raw.partition,
            "offset": letter.raw.offset,
            "item": letter.raw.item,
            "items": letter.raw.items,
            "timestamp": instant(letter.raw.timestamp),
            "bytes": letter.raw.bytes,
            "media_type": letter.raw.media_type,
        },
        "original": {
            "topic": original.topic,
            "partition": original.partition,
            "offset": original.offset,
            "key": _text(_bytes(original.key_b64)),
            "headers": [[name, _text(_bytes(text))] for name, text in original.headers],
            "bytes": None if value is None else len(value),
            "beginning": beginning(value),
        },
    }


def state(letter: Letter, history: ReplayHistory) -> str:
    """`open` or `replayed`."""
    return "open" if history.is_open(letter) else "replayed"


def beginning(value: bytes | None) -> str | None:
    """The first characters of an input, whatever it is."""
    if value is None:
        return None
    return value[: _BEGINNING * 4].decode("utf-8", "replace")[:_BEGINNING]


def table(lines: list[dict[str, Any]]) -> RenderableType:
    """Letters in brief, for a person; where there is no room, it is the reason that is cut."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, header_style="bold", pad_edge=False)
    rows = [
        (
            row["last_failed_at"][5:16].replace("T", " "),
            row["dead_letter_id"],
            row["code"],
            row["state"],
            row["attempts"],
        )
        for row in lines
    ]
    for name, cells in zip(("Failed", "Id", "Code", "State", "Tries"), zip(*rows, strict=True), strict=True):
        shown.add_column(name, no_wrap=True, min_width=max(len(str(cell)) for cell in (name, *cells)))
    shown.add_column("Why", no_wrap=True, overflow="ellipsis")
    for row, (failed, name, code, state_now, attempts) in zip(lines, rows, strict=True):
        colour = "red" if row["kind"] == "failed" else "yellow"
        style = "dim" if state_now == "replayed" else ""
        why = Text(printable(row["message"]))
        cells = (Text(printable(name)), Text(printable(code), style=colour))
        shown.add_row(failed, *cells, state_now, str(attempts), why, style=style)
    return shown


def card(found: Found, history: ReplayHistory) -> RenderableType:
    """Everything on a letter, for a person."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in _rows(found, history):
        if value:
            grid.add_row(Text(printable(label)), Text(printable(value)))
    parts: list[RenderableType] = [grid]
    letter = found.letter
    if letter.stack:
        parts += [Text("\nstack", style="dim"), Text(printable(letter.stack.rstrip()))]
    first = beginning(_bytes(letter.original.value_b64))
    if first is not None:
        parts += [Text("\nbeginning of the input", style="dim"), Text(printable(first))]
    return Panel(
        Group(*parts),
        title=Text(printable(letter.dead_letter_id), style="bold"),
        title_align="left",
        subtitle=Text(found.place),
        subtitle_align="right",
        border_style="red" if letter.kind == "failed" else "yellow",
    )


def printable(text: str) -> str:
    """Without control characters: an article must not move a person's cursor."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _rows(found: Found, history: ReplayHistory) -> Iterator[tuple[str, str]]:
    letter = found.letter
    original = letter.original
    replays = history.count(letter.dead_letter_id)
    last = history.last(letter.dead_letter_id)
    value = _bytes(original.value_b64)
    yield "state", state(letter, history) + (f", replayed {replays} times, last at {instant(last)}" if last else "")
    yield "kind", f"{letter.kind}, {'may be tried again' if letter.retryable else 'would end the same again'}"
    yield "stage", letter.stage
    yield "code", letter.code
    yield "why", letter.message
    yield "hint", letter.hint
    yield "error", " ".join(part for part in (letter.error_class, letter.error_fingerprint) if part)
    yield "tries", f"{letter.attempts}, first {instant(letter.first_failed_at)}, last {instant(letter.last_failed_at)}"
    yield "made by", f"copydesk {letter.pipeline.service_version}, configuration {letter.pipeline.config_hash}"
    yield "article", letter.article_id or ""
    raw = letter.raw
    of = "" if raw.items is None else f" of {raw.items}"
    yield (
        "raw",
        f"{raw.topic}, partition {raw.partition}, offset {raw.offset}, item {raw.item}{of}, {instant(raw.timestamp)}",
    )
    yield "input", f"{original.topic}, partition {original.partition}, offset {original.offset}"
    yield "key", _text(_bytes(original.key_b64)) or ""
    for name, text in original.headers:
        yield f"header {name}", (_text(_bytes(text)) or "")[:_HEADER_CHARS]
    yield "bytes", "not carried: it is read from its topic" if value is None else f"{len(value):,}"


def _bytes(text: str | None) -> bytes | None:
    """What stands in base64; what is none is shown as it is."""
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return text.encode("utf-8", "replace")


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


@dataclass(slots=True)
class Counts:
    """Letters counted by what they have in common."""

    letters: int = 0
    by: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in ("kind", "state", "stage", "code", "fingerprint", "hour")}
    )
    examples: dict[str, str] = field(default_factory=dict)
    """What a fingerprint stands for: class and message of one letter."""

    def add(self, letter: Letter, history: ReplayHistory) -> None:
        """Count one letter."""
        self.letters += 1
        self.by["kind"][letter.kind] += 1
        self.by["state"][state(letter, history)] += 1
        self.by["stage"][letter.stage] += 1
        self.by["code"][letter.code] += 1
        self.by["hour"][instant(letter.last_failed_at)[:13] + ":00Z"] += 1
        if letter.error_fingerprint is not None:
            self.by["fingerprint"][letter.error_fingerprint] += 1
            self.examples.setdefault(letter.error_fingerprint, letter.message[:120])

    def fields(self) -> dict[str, Any]:
        """For a program; hours in order of time, all else by number."""
        ordered = {
            name: dict(sorted(counter.items()) if name == "hour" else counter.most_common())
            for name, counter in self.by.items()
        }
        return {"letters": self.letters, **{f"by_{name}": values for name, values in ordered.items()}}

    def tables(self) -> RenderableType:
        """For a person."""
        from rich.table import Table
        from rich.text import Text

        shown = Table("", "", "Letters", "", box=None, header_style="bold", pad_edge=False)
        shown.columns[2].justify = "right"
        for name, values in self.fields().items():
            if name == "letters":
                shown.add_row("all", "", f"{values:,}", "")
                continue
            for index, (value, number) in enumerate(values.items()):
                label = name.removeprefix("by_") if index == 0 else ""
                example = Text(printable(self.examples.get(value, "")))
                shown.add_row(label, Text(printable(value)), f"{number:,}", example)
        return shown
