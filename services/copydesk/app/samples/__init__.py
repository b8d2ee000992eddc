"""Sample records, packaged: what `copydesk demo` sends, and what must become of each record."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from copydesk.core.records import Headers


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of one item.

    Attributes:
        outcome: `enriched`, `duplicate` or `dead`.
        why: the verdict of deduplication, or the dead letter's code.
        title: the headline that must come out, where one is named.
        change: `change.kind` of the enriched record, where it matters.
    """

    outcome: str
    why: str
    title: str | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One record to send: key, value and headers as a producer would set them, and one expectation an item."""

    name: str
    what: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    expected: tuple[Expected, ...]


@cache
def load_samples() -> Sequence[Sample]:
    """All samples, in the order in which they are sent."""
    folder = files(__name__)
    table = tomllib.loads(folder.joinpath("samples.toml").read_text(encoding="utf-8"))
    samples = []
    for row in table["record"]:
        headers = []
        if "content_type" in row:
            headers.append(("content-type", row["content_type"].encode()))
        if "url" in row:
            headers.append(("x-url", row["url"].encode()))
        samples.append(
            Sample(
                name=row["name"],
                what=row["what"],
                key=row["key"].encode() if "key" in row else None,
                value=folder.joinpath("records", row["file"]).read_bytes() or None,
                headers=tuple(headers),
                expected=tuple(Expected(**entry) for entry in row["expect"]),
            )
        )
    return tuple(samples)
