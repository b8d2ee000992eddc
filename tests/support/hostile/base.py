"""What a kind of hostile record is made with: seeded dice that know how much is much, and the register of kinds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.support.service import Raw

Maker = Callable[["Dice"], "bytes | Raw"]
MAKERS: dict[str, Maker] = {}
"""Every kind by name, in the order of their modules."""

STORY = (
    "The council of Alder decided on Monday to close the harbour bridge, after engineers found cracks in a pillar. "
    "“We should have repaired it much earlier,” said Anna Keller, who lives in the old town. The work will take "
    "eleven months and cost nine hundred thousand pounds, according to a report that was published in March 2022. "
)
"""Ordinary prose, so that a hostile document gets as far as one can."""


class Dice(random.Random):
    """Random numbers of one record. `scale` 1.0 is full size; smaller ones are for quick tests."""

    def __init__(self, seed: str, scale: float) -> None:
        super().__init__(seed)
        self.scale = scale

    def much(self, full: int) -> int:
        """A number up to `full`, within a factor of four, and at least 3."""
        return max(3, int(full * self.scale * self.uniform(0.25, 1.0)))

    def letters(self, count: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
        """A random word."""
        return "".join(self.choices(alphabet, k=count))


@dataclass(frozen=True)
class Hostile:
    """One record and the kind that it is of."""

    kind: str
    raw: Raw


def kind(maker: Maker) -> Maker:
    """Register a kind under its function's name."""
    MAKERS[maker.__name__.replace("_", "-")] = maker
    return maker


def html(body: str, head: str = "") -> bytes:
    """A page with ordinary prose and then `body`."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour bridge closed</title>{head}</head>'
        f"<body><article><h1>Harbour bridge closed</h1><p>{STORY}</p>{body}</article></body></html>"
    ).encode("utf-8", "surrogatepass")


def text(body: str) -> bytes:
    """A plain text with a headline and ordinary prose around `body`."""
    return f"Harbour bridge closed\n\n{STORY}\n\n{body}\n\n{STORY}".encode("utf-8", "surrogatepass")


def headed(value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Raw:
    """A record with headers."""
    return Raw(value, None, tuple(headers))
