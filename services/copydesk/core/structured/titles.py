"""The headline: chosen among what the page offers, without the site's name.

Publishers write a headline for the page, one for search engines and one for social networks, into as many as a dozen
places. Places that agree are one candidate. A candidate's points come from where it stands, whether others agree, and
what the address says; the share of its points among all (softmax) is how sure the choice is.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from copydesk.core.structured.headings import Heading
from copydesk_schemas.reasons import FoundIn

_SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]{1,2}\s+|\s*\|\s*|\s+::\s+|\s*[»｜]\s*")
_CUT = re.compile(r"\s+[|\-–—•·»«:/~]{1,2}\s+|\s*[|｜»ㅣ：]\s*|\s*:\s+|(?<=\w)[-—_](?=\w)|--")
"""Wider than the separators: a part is cut off here only if another place has the title without it."""
_TITLE_CHARS = 1_000
_NO_WORD = re.compile(r"[\W_]+")
_SHORT = 15
"""Columns below which a text rather names a section or the site."""
_SURE_KEY = 10
"""Characters of a candidate from which on it is no accident that another begins or ends with it."""
_CUTS = 8
_HEADINGS = frozenset({"h1", "first h1", "later h1", "h2"})
_WORD = re.compile(r"[^\W_]+")
_GERMANIC = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})

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


def key_of(text: str) -> str:
    """The form in which names compare: NFKC, casefolded, letters and digits only."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def without_site(title: str, sites: Sequence[str]) -> str:
    """The title without the site's name before or after it.

    Args:
        title: such as `Rain ends drought | The Example Times`.
        sites: names of the site, and labels of its domain.
    """
    if len(title) > _TITLE_CHARS:
        return title  # no headline, and each part that is cut off means another look at the rest
    names = [folded for site in sites if (key := key_of(site)) for folded in {key, key.translate(_GERMANIC)}]
    breaks = list(_SEPARATOR.finditer(title))
    for cut in breaks[-2:]:
        tail = key_of(title[cut.end() :])
        if tail and title[: cut.start()].strip() and _is_site(tail, names):
            return without_site(title[: cut.start()].strip(), sites)
    if breaks:
        head = key_of(title[: breaks[0].start()])
        rest = title[breaks[0].end() :].strip()
        if head and rest and head in names:
            return rest
    return title


def _is_site(key: str, names: Sequence[str]) -> bool:
    """Whether a segment names the site: equal to a name of it, or one begins with the other (`cnn`, `cnnpolitics`)."""
    for form in {key, key.translate(_GERMANIC)}:
        for name in names:
            if form == name:
                return True
            short, long = sorted((form, name), key=len)
            if len(short) >= 4 and (long.startswith(short) or long.endswith(short)) and len(long) <= len(short) * 3:
                return True
    return False


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
    groups = _groups(candidates, sites)
    _merge(groups)
    listed = list(groups.values())
    _score(listed, url)
    return listed


def _groups(candidates: Sequence[Candidate], sites: Sequence[str]) -> dict[str, TitleSeen]:
    """Candidates by the key of their text without the site's name."""
    bare = {key_of(site) for site in sites}
    groups: dict[str, TitleSeen] = {}
    for candidate in sorted(candidates, key=lambda c: c.where == "h2"):
        text = without_site(candidate.text, sites)
        key = key_of(text)
        if not key or key in bare:
            continue
        heading = candidate.heading
        known = candidate.where != "h2" or key in groups
        if not known and not (heading and heading.marked and heading.in_story and heading.is_printed):
            continue
        groups.setdefault(key, TitleSeen([])).members.append(replace(candidate, text=text))
    return groups


def _merge(groups: dict[str, TitleSeen]) -> None:
    """Join a title with a rubric, section or site added to the one without, and one cut short to the whole one."""
    for key in list(groups):
        group = groups[key]
        if group.members[0].text.endswith(("…", "...")):
            other = next((longer for longer in groups if longer != key and longer.startswith(key)), None)
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
    printed = _first_printed(groups, 2)
    first = _first_printed(groups, 1)
    slug = _slug(url)
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
            "short": _columns(text) < _SHORT,
        }
        group.facts = {name: 1.0 for name, holds in facts.items() if holds}
        words = set(_WORD.findall(text.casefold()))
        if slug and words:
            shared = sum(1 for word in words if _plain(word) in slug or word.translate(_GERMANIC) in slug)
            group.facts["words in the address"] = shared / max(3, len(words))


def _first_printed(groups: Sequence[TitleSeen], level: int) -> TitleSeen | None:
    """The group of the first heading of this level or a higher one that a reader can take for the headline."""
    found = [
        (heading.position, number)
        for number, group in enumerate(groups)
        for heading in group.headings
        if heading.level <= level and heading.is_printed and _columns(heading.text) >= _SHORT
    ]
    return groups[min(found)[1]] if found else None


def _slug(url: str | None) -> set[str]:
    """Words of an address's path, without accents; none where there is no address."""
    try:
        path = unquote(urlsplit(url or "").path)
    except ValueError:
        return set()
    return {_plain(word) for word in _WORD.findall(path.casefold()[:_TITLE_CHARS])}


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _columns(text: str) -> int:
    """Width of a text: an East Asian character says as much as two letters."""
    return len(text) + sum(1 for c in text if unicodedata.east_asian_width(c) in "WF")
