"""Names in a page's bylines, each with its chance of being an author of the page."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.bylines import Byline
from copydesk.core.structured.person import is_nickname, name_parts
from copydesk.core.structured.titles import key_of
from copydesk_schemas.parts import Author

# A logistic regression over names in bylines of pages with known authors, rounded. benchmarks/eval/fit_choices.py fits
# one anew and holds these against it.
POINTS = {
    "no name yet": -4.75,
    "marked": 0.15,
    "named": -0.4,
    "class": 0.15,
    "by": 0.85,
    "profile": 0.45,
    "bare": -1.3,
    "just under the headline": 1.9,
    "near the headline": 1.15,
    "no headline": 0.85,
    "in the story": 0.5,
    "«by» in a link": -1.0,
    "beside the story": -0.65,
    "given name": 1.45,
    "surname": 0.55,
    "one word": 0.55,
    "known in several ways": 1.55,
    "often": 1.0,
    "one of many": -1.6,
    "first name under the headline": 2.0,
}
"""What speaks for a name, in logits."""

_OWN = frozenset({"marked", "named", "class"})
_JUST_UNDER, _NEAR = 15, 100
"""Elements after the headline."""
_MANY = 5
"""Names of one kind, from which on they are a list of people or of stories."""
_NAMES_OF_LINE = 6


@dataclass(slots=True)
class NameSeen:
    """A name and what is known of it."""

    author: Author
    best: Byline
    """The byline that says most: one beside the story, or above the headline, only where there is no other."""
    kinds: set[str] = field(default_factory=set)
    shapes: set[tuple[object, ...]] = field(default_factory=set)
    times: int = 0
    facts: set[str] = field(default_factory=set)
    """Keys of `POINTS` that hold."""

    @property
    def chance(self) -> float:
        """How likely it is an author of the page, 0..1."""
        return 1 / (1 + math.exp(-sum(POINTS[fact] for fact in self.facts)))


def weigh_names(bylines: Sequence[Byline], sites: Sequence[str]) -> list[NameSeen]:
    """All names, in the order of the page.

    Args:
        bylines: of the page, in document order.
        sites: names of the site, which are no authors.
    """
    names: dict[str, NameSeen] = {}
    of_kind: dict[str, set[str]] = defaultdict(set)
    for byline in bylines:
        for author in _read(byline, sites):
            key = key_of(author.name)
            name = names.setdefault(key, NameSeen(author, byline))
            name.kinds |= {byline.kind, "by"} if byline.opens else {byline.kind}
            name.shapes.add(byline.shape)
            name.times += 1
            of_kind[byline.kind].add(key)
            if (byline.beside, byline.distance is None) < (name.best.beside, name.best.distance is None):
                name.best = byline
    headless = all(byline.distance is None for byline in bylines)
    first = next((name for name in names.values() if headless or name.best.distance is not None), None)
    for name in names.values():
        many = any(len(of_kind[kind]) > _MANY for kind in name.kinds)
        name.facts = _facts(name, first=name is first, many=many, headless=headless)
    return list(names.values())


def _read(byline: Byline, sites: Sequence[str]) -> list[Author]:
    found = read_authors([(byline.text, byline.url)], sites, strict=True)
    if not found and byline.kind in _OWN:
        # A name on a forum, or a given name: only where the whole byline is nothing else.
        found = read_authors([(byline.text, byline.url)], sites)
        if len(found) != 1 or not is_nickname(found[0].name):
            return []
    return found[:_NAMES_OF_LINE]


def _facts(name: NameSeen, *, first: bool, many: bool, headless: bool) -> set[str]:
    best = name.best
    given, surname = name_parts(name.author.name)
    distance = best.distance if best.distance is not None else _NEAR
    facts = {
        "no name yet": True,
        "just under the headline": distance < _JUST_UNDER,
        "near the headline": _JUST_UNDER <= distance < _NEAR,
        "no headline": headless,
        "in the story": best.in_story,
        "«by» in a link": best.in_link and best.kind == "by",
        "beside the story": best.beside,
        "given name": given,
        "surname": surname,
        "one word": " " not in name.author.name,
        "known in several ways": len(name.kinds) > 1,
        "often": name.times > 2,
        "one of many": many,
        "first name under the headline": first,
    }
    return name.kinds | {fact for fact, holds in facts.items() if holds}
