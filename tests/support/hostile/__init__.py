"""Seeded generator of hostile raw records. The same seed gives the same records.

for one in hostile(seed=7, count=1000):
    one.kind, one.raw.value, one.raw.headers
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.support.hostile import agencies, encodings, feeds, markup, reaching, structured, words
from tests.support.hostile.base import MAKERS, Dice, Hostile
from tests.support.service import Raw

__all__ = ["Hostile", "Raw", "hostile", "kinds"]
_MODULES = (markup, words, encodings, structured, feeds, agencies, reaching)  # each registers its kinds


def kinds() -> tuple[str, ...]:
    """Names of all kinds."""
    return tuple(MAKERS)


def hostile(seed: int, count: int, *, scale: float = 1.0, only: Sequence[str] = ()) -> Iterator[Hostile]:
    """So many records, all kinds in turn.

    Args:
        seed: of the random numbers.
        count: of records.
        scale: of their sizes: 1.0 has pages of 20 MB; .01 does for a quick test of what is not about size.
        only: names of kinds, where not all are wanted.
    """
    names = tuple(only) or kinds()
    for number in range(count):
        name = names[number % len(names)]
        made = MAKERS[name](Dice(f"{seed}-{name}-{number // len(names)}", scale))
        yield Hostile(name, made if isinstance(made, Raw) else Raw(made))
