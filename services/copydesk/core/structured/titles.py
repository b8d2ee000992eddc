"""The headline: chosen among what the page offers, without the site's name.

Publishers write a headline for the page, one for search engines and one for social networks, into as many as a dozen
places. Places that agree are one candidate. A candidate's points come from where it stands, whether others agree, and
what the address says; the share of its points among all (softmax) is how sure the choice is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from copydesk.core.structured.headings import Heading
from copydesk.core.structured.title_text import (
    GERMANIC,
    NAME_KEY,
    SHORT,
    columns,
    folders_of,
    key_of,
    slug_of,
    without_accents,
    without_site,
)
from copydesk_schemas.reasons import FoundIn

_CUT = re.compile(r"\s+[|\-–—•·»«:/~]{1,2}\s+|\s*[|｜»ㅣ：]\s*|\s*:\s+|(?<=\w)[-—_](?=\w)|--")
"""Wider than the separators: a part is cut off here only if another place has the title without it."""
_RUBRIC = re.compile(r"\s*:\s+|\s+[–—|-]\s+")
"""What stands between a rubric and the headline after it."""
_SURE_KEY = 10
"""Characters of a candidate from which on it is no accident that another begins or ends with it."""
_CUTS = 8
_HEADINGS = frozenset({"h1", "first h1", "later h1", "h2"})
_WORD = re.compile(r"[^\W_]+")

# A conditional logit over the candidates of pages with known headlines, rounded. benchmarks/eval/fit_choices.py fits
# one anew, on pages of which most have no JSON-LD, and holds these against it.
POINTS = {
    "jsonld:headline": 0.9,
    "og:title": 0.65,
    "meta:title": 0.5,
    "h1": -0.6,
    "first heading shown": 0.35,
    "first h1 shown": 1.2,
    "og:title agrees with another place": 1.1,
    "another place has it with an addition": 1.2,
    "short": -1.2,
    "words in the address": 1.4,
}
"""What speaks for a candidate."""

_CEILING = {"title": 0.6, "h1": 0.8, "og:title": 0.85, "jsonld:headline": 0.9}
"""How sure a candidate can be that stands in one place only; 0.6 in any other place."""
_AGREED = 0.98


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible headline and where it stood."""

    text: str
    found_in: FoundIn
    where: str
    heading: Heading | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The headline that was chosen."""

    text: str
    found_in: FoundIn
    where: str
    confidence: float
    candidates: int
    reason: str


@dataclass(slots=True)
class TitleSeen:
    """Candidates that are one text, or one text with additions."""

    members: list[Candidate]
    added_to: bool = False
    facts: dict[str, float] = field(default_factory=dict)
    """How far keys of `POINTS` hold, 0..1."""

    @property
    def places(self) -> set[str]:
        """Where it stands."""
        return {member.where for member in self.members}

    @property
    def headings(self) -> list[Heading]:
        """Those of its places that are headings."""
        return [member.heading for member in self.members if member.heading is not None]

    @property
    def total(self) -> float:
        """The sum of its points."""
        return sum(POINTS[fact] * share for fact, share in self.facts.items())


def choose_title(candidates: Sequence[Candidate], sites: Sequence[str], url: str | None = None) -> Choice | None:
    """The headline with how sure it is, and the reason; None where no candidate is more than the site's name.

    Args:
        candidates: in the order in which their spelling is preferred. A second-level heading counts only where
            another place agrees or its mark-up calls it the headline.
        sites: names of the site, which are cut off.
        url: of the page; headlines share words with their address.
    """
    listed = weigh_titles(candidates, sites, url)
    if not listed:
        return None
    best = max(listed, key=lambda group: group.total)
    share = 1 / sum(math.exp(group.total - best.total) for group in listed)
    places = {"h1" if place in _HEADINGS else place for place in best.places}
    ceiling = _AGREED if len(places) > 1 else _CEILING.get(next(iter(places)), 0.6)
    shown = next((m for m in best.members if not m.text.isupper()), best.members[0])
    reason = ", ".join(f"{fact} {POINTS[fact] * held:+.2f}" for fact, held in best.facts.items()) or "nothing else"
    return Choice(shown.text, shown.found_in, shown.where, round(share * ceiling, 3), len(listed), reason)


def weigh_titles(candidates: Sequence[Candidate], sites: Sequence[str], url: str | None = None) -> list[TitleSeen]:
    """Candidates that are one text together, with what speaks for each; arguments as above."""
    groups = _groups(candidates, sites, url)
    _share_ends(groups, [key for site in sites if len(key := key_of(site)) >= NAME_KEY])
    _merge(groups)
    listed = list(groups.values())
    _score(listed, url)
    return listed


def _groups(candidates: Sequence[Candidate], sites: Sequence[str], url: str | None) -> dict[str, TitleSeen]:
    """Candidates by the key of their text without the site's name."""
    bare = {key_of(site) for site in sites}
    rubrics = folders_of(url)
    groups: dict[str, TitleSeen] = {}
    for candidate in sorted(candidates, key=lambda c: c.where == "h2"):
        text = without_site(candidate.text, sites, rubrics)
        key = key_of(text)
        if not key or key in bare:
            continue
        heading = candidate.heading
        known = candidate.where != "h2" or key in groups
        if not known and not (heading and heading.marked and heading.in_story and heading.is_printed(url)):
            continue
        groups.setdefault(key, TitleSeen([])).members.append(replace(candidate, text=text))
    return groups


def _merge(groups: dict[str, TitleSeen]) -> None:
    """Join a title with a rubric, section or site added to the one without, and one cut short to the whole one."""
    for key in list(groups):
        group = groups[key]
        if group.members[0].text.endswith(("…", "...")):
            other = next((longer for longer in groups if longer != key and longer.startswith(key)), None)
        elif "jsonld:headline" not in group.places and (quoting := _quoting(group.members[0].text, groups)):
            other = quoting
        elif {"jsonld:headline", "og:title"} <= group.places:
            other = None  # two that agree on it mean it so
        else:
            other = next((part for part in map(key_of, _parts(group)) if part != key and part in groups), None)
            if other is not None and len(other) >= _SURE_KEY:
                groups[other].added_to = True
        if other is not None and len(other) >= _SURE_KEY:
            whole = groups[other]
            whole.members += [replace(member, text=whole.members[0].text) for member in group.members]
            del groups[key]


def _share_ends(groups: dict[str, TitleSeen], names: Sequence[str]) -> None:
    """A candidate for what two have in common after different words: each place has a rubric of its own before it.

    Args:
        groups: by key, to which it is added.
        names: keys of the site's names, which are no rubrics.
    """
    before: dict[str, tuple[str, TitleSeen]] = {}
    for group in list(groups.values()):
        for start, end in _divided(group):
            key, rubric = key_of(end), key_of(start)
            if key in groups or columns(end) < SHORT or rubric.startswith(tuple(names)):
                continue
            other, first = before.setdefault(key, (rubric, group))
            if first is not group and other not in rubric and rubric not in other:
                groups[key] = TitleSeen([replace(first.members[0], text=end)])


def _divided(group: TitleSeen) -> Iterator[tuple[str, str]]:
    """The text before and after its first break; a heading's first piece and the others."""
    text = group.members[0].text
    if cut := _RUBRIC.search(text):
        yield text[: cut.start()], text[cut.end() :]
    for heading in group.headings[:4]:
        if len(heading.pieces) > 1:
            yield heading.pieces[0], " ".join(heading.pieces[1:])


def _quoting(text: str, groups: dict[str, TitleSeen]) -> str | None:
    """The key of a title that goes on with a quotation mark where the text ends, as an attribute does."""
    for key, group in groups.items():
        whole = group.members[0].text
        if whole.startswith(text) and whole[len(text) :].lstrip().startswith('"') and len(key) > len(key_of(text)):
            return key
    return None


def _parts(group: TitleSeen) -> Iterator[str]:
    """The text without its last segments, the longest rest first; a heading's without its first or last pieces."""
    if not group.headings:
        text = group.members[0].text
        for cut in list(_CUT.finditer(text))[: -_CUTS - 1 : -1]:
            yield text[: cut.start()]
    for heading in group.headings[:4]:
        for count in range(1, min(4, len(heading.pieces))):
            yield " ".join(heading.pieces[count:])
            yield " ".join(heading.pieces[:-count])


def _score(groups: Sequence[TitleSeen], url: str | None) -> None:
    printed = _first_printed(groups, 2, url)
    first = _first_printed(groups, 1, url)
    slug = slug_of(url)
    for group in groups:
        places = group.places
        text = group.members[0].text
        levels = {heading.level for heading in group.headings}
        facts = {
            "jsonld:headline": "jsonld:headline" in places,
            "og:title": "og:title" in places,
            "meta:title": "meta:title" in places,
            "h1": 1 in levels,
            "first heading shown": group is printed,
            "first h1 shown": group is first,
            "og:title agrees with another place": "og:title" in places
            and (bool(levels) or "jsonld:headline" in places or "jsonld:name" in places),
            "another place has it with an addition": group.added_to,
            "short": columns(text) < SHORT,
        }
        group.facts = {name: 1.0 for name, holds in facts.items() if holds}
        words = set(_WORD.findall(text.casefold()))
        if slug and words:
            shared = sum(1 for word in words if without_accents(word) in slug or word.translate(GERMANIC) in slug)
            group.facts["words in the address"] = shared / max(3, len(words))


def _first_printed(groups: Sequence[TitleSeen], level: int, url: str | None) -> TitleSeen | None:
    """The group of the first heading of this level or a higher one that a reader can take for the headline."""
    found = [
        (heading.position, number)
        for number, group in enumerate(groups)
        for heading in group.headings
        if heading.level <= level and heading.is_printed(url) and columns(heading.text) >= SHORT
    ]
    return groups[min(found)[1]] if found else None
