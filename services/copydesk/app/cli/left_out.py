"""What web archives hold besides documents, counted by reason, with the first of each strange kind by its address."""

from __future__ import annotations

from collections import Counter

_REASONS = 8
"""As many as are told by name; archives of whole sites hold any number of media types."""
_ADDRESS = 200
"""Characters of an address on a terminal."""


class LeftOut(Counter[str]):
    """Counts by reason; a reason ends a sentence that begins with the number."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: dict[str, str] = {}
        """Address of the first record, for reasons that should not happen in a sound archive."""

    def add_strange(self, reason: str, address: str | None) -> None:
        """Count a record whose loss somebody may want to look into."""
        self[reason] += 1
        self.strange.setdefault(reason, (address or "one without address")[:_ADDRESS])

    def sentence(self) -> str:
        """What was left out, strange records first, then by number; empty where there is nothing."""
        if not self:
            return ""
        told = [f"{self[reason]:,} {reason} (the first: {address})" for reason, address in self.strange.items()]
        ordinary = Counter({reason: count for reason, count in self.items() if reason not in self.strange})
        named = ordinary.most_common(_REASONS)
        told += [f"{count:,} {reason}" for reason, count in named]
        others = ordinary.total() - sum(count for _, count in named)
        if others:
            told.append(f"{others:,} others")
        noun = "record" if self.total() == 1 else "records"
        return f"Left out {self.total():,} {noun} of web archives: {', '.join(told)}."
