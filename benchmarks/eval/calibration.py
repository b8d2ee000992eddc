"""Whether `quality.fields` means what it says: the confidence given to a field against the share that is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.eval.measure import PageScore

BUCKETS = (("≥ .9", 0.9, 1.01), (".7–.9", 0.7, 0.9), ("< .7", 0.0, 0.7))
"""Name, lower end (within), upper end (without)."""
RIGHT_BODY = 0.9
"""F1 from which a body counts as right."""

FIELDS: dict[str, Callable[[PageScore], bool | None]] = {
    "title": lambda page: page.title,
    "authors": lambda page: page.author,
    "published_at": lambda page: page.date,
    "body": lambda page: page.f1 >= RIGHT_BODY,
}
"""By the field's name in `quality.fields`: whether it is right on a page; None where the truth states none."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Fields that were given a confidence of one range."""

    given: int
    right: int

    @property
    def share(self) -> float | None:
        """Of those given, the share that is right."""
        return self.right / self.given if self.given else None


def calibrate(pages: Sequence[PageScore]) -> dict[str, dict[str, Bucket]]:
    """By field and bucket: how many were given that confidence, and how many of these are right."""
    table: dict[str, dict[str, Bucket]] = {}
    for name, is_right in FIELDS.items():
        judged = [
            (confidence, right)
            for page in pages
            if (confidence := page.reading.confidence.get(name)) is not None and (right := is_right(page)) is not None
        ]
        table[name] = {}
        for bucket, low, high in BUCKETS:
            within = [right for confidence, right in judged if low <= confidence < high]
            table[name][bucket] = Bucket(len(within), sum(within))
    return table
