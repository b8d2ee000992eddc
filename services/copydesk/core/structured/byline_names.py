"""Names in a page's bylines, each with its chance of being an author of the page."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from copydesk.core.enrich.ner.tables import fold
from copydesk.core.structured.authors import BYLINE_START, read_authors
from copydesk.core.structured.bylines import Byline
from copydesk.core.structured.person import is_nickname, is_team, name_parts
from copydesk.core.structured.title_text import key_of
from copydesk_schemas.parts import Author

# A logistic regression over names in bylines of pages with known authors, rounded. benchmarks/eval/fit_choices.py fits
# one anew and holds these against it.
POINTS = {
    "no name yet": -4.25,
    "marked": 0.5,
    "named": -0.15,
    "class": 0.2,
    "by": 0.5,
    "profile": 0.3,
    "bare": -1.3,
    "just under the headline": 1.55,
    "near the headline": 1.2,
    "just above the headline": 1.3,
    "no headline": 0.55,
    "in the story": 0.2,
    "«by» in a link": -0.9,
    "beside the story": -1.5,
    "given name": 1.2,
    "surname": 0.45,
    "one word": 0.1,
    "known in several ways": 1.25,
    "often": 0.9,
    "one of many": -1.55,
    "first name under the headline": 2.0,
    "first name far under the headline": 1.95,
    "beside a date": 1.4,
    "«written by» or «author»": 0.85,
    "surname in an address": 2.2,
}
"""What speaks for a name, in logits."""

_WRITTEN = re.compile(
    r"\W*(?:\w+ ){0,3}?(?:written|authors?|authored|words|story|article|verfasst|geschrieben|autor\w*|écrit|rédigé|"
    r"auteure?s?|escrito|autore|scritto|skrevet|skriven|napisał\w*|tekst|texte?o?|forfatter|skribent|szerző|автор\w*|"
    r"作者|撰文|記者|记者|文)(?!\w)",
    re.IGNORECASE,
)
"""A byline that says what its name did: a plain «by» may be any other's."""
_OWN = frozenset({"marked", "named", "class"})
_JUST_UNDER, _NEAR = 15, 100
"""Elements after the headline."""
_NEAR_FACTS = frozenset({
    "just under the headline", "near the headline", "just above the headline", "no headline"
})  # fmt: skip
_SURNAME = 5
"""Letters from which on it is no accident that an address holds a surname."""
_ABOVE = 25
"""Elements before it."""
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
    lines: set[str] = field(default_factory=set)
    """Texts of its bylines that are more than a bare name."""
    facts: set[str] = field(default_factory=set)
    """Keys of `POINTS` that hold."""

    @property
    def chance(self) -> float:
        """How likely it is an author of the page, 0..1."""
        # Exact, since a set has another order in each process.
        return 1 / (1 + math.exp(-math.fsum(POINTS[fact] for fact in self.facts)))

    @property
    def is_near(self) -> bool:
        """Whether a byline with it stands near the headline, or there is no headline."""
        return not self.facts.isdisjoint(_NEAR_FACTS)


def weigh_names(bylines: Sequence[Byline], sites: Sequence[str], handles: str = "") -> list[NameSeen]:
    """All names, in the order of the page.

    Args:
        bylines: of the page, in document order.
        sites: names of the site, which are no authors.
        handles: the key of addresses and accounts that the metadata give for authors.
    """
    names: dict[str, NameSeen] = {}
    of_kind: dict[str, set[str]] = defaultdict(set)
    own_first = False
    """Whether the site itself is named before anybody."""
    for byline in bylines:
        authors = _read(byline, sites)
        if not authors and not names and byline.distance is not None and _names_site(byline, sites):
            own_first = True
        for author in authors:
            key = key_of(author.name)
            name = names.setdefault(key, NameSeen(author, byline))
            name.kinds |= {byline.kind, "by"} if byline.opens else {byline.kind}
            name.shapes.add(byline.shape)
            name.times += 1
            if byline.kind != "bare":
                name.lines.add(byline.text)
            of_kind[byline.kind].add(key)
            if (byline.beside, byline.distance is None) < (name.best.beside, name.best.distance is None):
                name.best = byline
    headless = all(byline.distance is None for byline in bylines)
    first = None if own_first else _first(names.values(), headless=headless)
    for name in names.values():
        many = any(len(of_kind[kind]) > _MANY for kind in name.kinds)
        name.facts = _facts(name, first=name is first, many=many, headless=headless)
        if _is_addressed(name.author.name, handles):
            name.facts.add("surname in an address")
    return list(names.values())


def _names_site(byline: Byline, sites: Sequence[str]) -> bool:
    """Whether a byline gives the site as author."""
    text = BYLINE_START.sub("", byline.text.replace(" | ", " ") + " ", count=1)
    return byline.kind != "bare" and key_of(text) in {key_of(site) for site in sites}


def _first(names: Collection[NameSeen], *, headless: bool) -> NameSeen | None:
    """The first name under the headline; one in plain words, as a heading or a button has, only where it is all."""
    under = [name for name in names if headless or name.best.distance is not None]
    telling = (
        name
        for name in under
        if (name.kinds != {"bare"} or name_parts(name.author.name)[0])
        and not (name.best.in_link and name.kinds == {"by"})
    )
    return next(telling, under[0] if under else None)


def _read(byline: Byline, sites: Sequence[str]) -> list[Author]:
    entry = [(byline.text, byline.url)]
    found = read_authors(entry, sites, strict=True)
    if found or byline.kind == "bare":
        return found[:_NAMES_OF_LINE]
    # A name on a forum, a given name, a team: only where it stands alone, after a word for «by» at most.
    pieces = byline.text.split(" | ")
    if len(pieces) > 1 and BYLINE_START.fullmatch(f"{pieces[0]} "):
        entry = [(pieces[1], byline.url)]
    found = read_authors(entry, sites)
    if byline.kind == "marked" and all(is_nickname(author.name) for author in found):
        return found[:_NAMES_OF_LINE]
    if len(found) == 1 and (is_team(found[0].name) or (byline.kind in _OWN and is_nickname(found[0].name))):
        return found
    return []


def _is_addressed(name: str, handles: str) -> bool:
    """Whether the last word of a name stands in an address or account of an author."""
    words = fold(name).split()
    return bool(handles) and len(words) > 1 and len(last := key_of(words[-1])) >= _SURNAME and last in handles


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
        "first name under the headline": first and (headless or distance < _NEAR),
        "first name far under the headline": first and not headless and distance >= _NEAR,
        "just above the headline": best.distance is None and best.above is not None and best.above < _ABOVE,
        "beside a date": best.dated,
        "«written by» or «author»": any(_WRITTEN.match(line) for line in name.lines),
    }
    return name.kinds | {fact for fact, holds in facts.items() if holds}
