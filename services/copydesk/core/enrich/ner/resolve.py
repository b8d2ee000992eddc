"""From candidates to entities: surnames to full names, acronyms to organisations, namesakes to places."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from copydesk.core.enrich.ner.finder import ORDINARY, Candidate
from copydesk.core.enrich.ner.lexicon import PLACE_CUES
from copydesk.core.enrich.ner.tables import (
    SURNAME,
    PlaceRow,
    common_words,
    demonyms,
    fold,
    gazetteer,
    organizations,
    person_names,
)
from copydesk.core.enrich.ner.tokens import Token
from copydesk_schemas.reasons import EntityType

_RANK = 10
"""A namesake with a tenth of the people is still of the same rank: Birmingham in Alabama, Valencia in Spain."""
_MAX_NAMESAKES = 64
"""Persons of one article that share a name and are told apart; a list of members would take its square."""
_SMALL = frozenset({"of", "for", "and", "the", "&", "on", "to", "in"})


@dataclass(slots=True)
class Found:
    """One mention in a field: code points, folded words, and what it is taken for."""

    field: int
    start: int
    end: int
    text: str
    words: tuple[str, ...]
    kind: EntityType | None
    confidence: float
    titled: bool
    cued: bool
    """A word that goes before places stands before it."""
    initial: bool
    key: str = ""
    """Of the entity that it belongs to, within its kind."""


@dataclass(slots=True)
class Names:
    """What the article calls its own."""

    persons: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Words of a full name to the name as written, in order of appearance."""
    by_part: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    """Full names by each of their words."""
    acronyms: dict[str, str] = field(default_factory=dict)
    """Folded acronym to the organisation's folded name."""
    kinds: dict[tuple[str, ...], EntityType] = field(default_factory=dict)
    """The kind that most decided mentions of the same words have."""


def to_found(index: int, text: str, tokens: list[Token], candidate: Candidate) -> Found:
    """A candidate as a mention with code points."""
    first, last = tokens[candidate.first], tokens[candidate.last - 1]
    before = tokens[candidate.first - 1] if candidate.first else None
    words = tuple(t.key for t in tokens[candidate.first : candidate.last] if t.word)
    return Found(
        index,
        first.start,
        last.end,
        text[first.start : last.end],
        words,
        candidate.kind,
        candidate.confidence,
        candidate.titled,
        before is not None and before.key in PLACE_CUES,
        first.initial,
    )


def collect(mentions: list[Found]) -> Names:
    """Learn full names, acronyms and kinds from the decided mentions."""
    names = Names()
    votes: dict[tuple[str, ...], Counter[EntityType]] = {}
    for mention in mentions:
        if mention.kind is None:
            continue
        votes.setdefault(mention.words, Counter())[mention.kind] += 1
        if mention.kind is EntityType.PERSON and len(mention.words) > 1:
            names.persons.setdefault(mention.words, mention.text)
        elif mention.kind is EntityType.ORGANIZATION and len(mention.words) > 1:
            full = " ".join(mention.words)
            large = [word for word in mention.words if word not in _SMALL]
            for parts in (large, mention.words):
                if len(parts) > 1:
                    names.acronyms.setdefault("".join(word[0] for word in parts), full)
    names.kinds = {words: counter.most_common(1)[0][0] for words, counter in votes.items()}
    _merge_longer(names)
    for words in names.persons:
        for word in dict.fromkeys(words):
            sharing = names.by_part.setdefault(word, [])
            if len(sharing) < _MAX_NAMESAKES:
                sharing.append(words)
    return names


def _merge_longer(names: Names) -> None:
    """Nicolas Maduro and Nicolas Maduro Moros are one: the longer name keeps both."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for words in names.persons:
        by_first.setdefault(words[0], []).append(words)
    for group in by_first.values():
        del group[_MAX_NAMESAKES:]
        for short in group:
            longer = [words for words in group if len(words) > len(short) and set(short) < set(words)]
            if longer:
                names.persons[short] = names.persons[max(longer, key=len)]


def person_of(words: tuple[str, ...], names: Names, recent: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The full name in this article that these words stand for: by last name, else by another part, else None.

    Args:
        words: folded words of the mention.
        names: what the article calls its own.
        recent: full names in the order of their mentions so far, to choose among namesakes.
    """
    if words in names.persons:
        return words
    matching = [full for full in names.by_part.get(words[-1], ()) if len(full) > len(words) and set(words) <= set(full)]
    by_last = [full for full in matching if full[-1] == words[-1]]
    matching = by_last or matching
    if not matching:
        return None
    if len({names.persons[full] for full in matching}) > 1:
        latest = [full for full in reversed(recent[-_MAX_NAMESAKES:]) if full in matching]
        return latest[0] if latest else matching[0]
    return matching[0]


def settle(mentions: list[Found], names: Names, *, english: bool) -> list[Found]:
    """Decide the undecided and give every mention the key of its entity; what stays unexplained is dropped."""
    recent: list[tuple[str, ...]] = []
    kept: list[Found] = []
    for mention in mentions:
        person = _as_person(mention, names, recent)
        if person:
            mention.kind = EntityType.PERSON
            mention.key = names.persons[person]
            mention.confidence = max(mention.confidence, 0.8)
            recent.append(person)
        elif mention.kind is None:
            _decide(mention, names, english=english)
        if mention.kind is None:
            continue
        if not mention.key:
            mention.key = _key_of(mention, names)
        kept.append(mention)
    return kept


def _as_person(mention: Found, names: Names, recent: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    if mention.kind is EntityType.PERSON or mention.kind is None:
        full = person_of(mention.words, names, recent)
        if mention.kind is None and mention.confidence <= ORDINARY and (full is None or full[-1] != mention.words[-1]):
            return None
        return full
    if mention.kind is EntityType.PLACE and len(mention.words) == 1 and not mention.cued:
        # «Washington» in a story about Denzel Washington, unless a place's preposition stands before it.
        full = person_of(mention.words, names, recent)
        rows = gazetteer().rows(mention.words[0])
        if (
            full
            and full[-1] == mention.words[0]
            and not (rows and rows[0].kind == "country" and mention.confidence > 0.85)
        ):
            return full
    return None


def _decide(mention: Found, names: Names, *, english: bool) -> None:
    """A single word that is no known person's: by the kind that it has elsewhere, else by its context."""
    if mention.confidence <= ORDINARY:
        return
    kind = names.kinds.get(mention.words)
    if kind:
        mention.kind, mention.confidence = kind, 0.6
        return
    word = mention.words[-1]
    if word in names.acronyms:
        mention.kind, mention.confidence = EntityType.ORGANIZATION, 0.7
        return
    if not english or mention.initial or word in common_words() or word in demonyms():
        return
    bits = person_names().get(word, 0)
    if mention.titled or bits & SURNAME:
        mention.kind, mention.confidence = EntityType.PERSON, 0.5 if mention.titled else 0.4
    elif mention.confidence >= 0.45:
        mention.kind, mention.confidence = EntityType.PLACE, 0.45
    elif bits:
        mention.kind, mention.confidence = EntityType.PERSON, 0.4


def _key_of(mention: Found, names: Names) -> str:
    folded = " ".join(mention.words)
    if mention.kind is EntityType.ORGANIZATION:
        folded = folded.removeprefix("the ")
        folded = names.acronyms.get(folded.replace(".", ""), folded)
        return organizations().get(folded, folded)
    return folded


def choose_place(
    rows: list[PlaceRow], evidence: Counter[str], regions: frozenset[tuple[str, str]] = frozenset()
) -> PlaceRow | None:
    """The namesake meant: the first (country, then the most populous), unless the article speaks for another one.

    Args:
        rows: namesakes, the most usual one first.
        evidence: how often countries are spoken of, by code.
        regions: country and name of the regions spoken of. They speak for a region against a city of the same name
            outside of it (Washington), not against one within (New York).
    """
    if not rows:
        return None
    best = rows[0]
    for row in rows[1:]:
        inside = (best.country, best.region) == (row.country, row.name)
        if row.kind == "region" and (row.country, row.name) in regions and best.kind != "country" and not inside:
            return row
    if best.kind == "country" or best.country in evidence:
        return best
    # A story set in Canada may still mean London in England: a world city yields only to a city of its own rank.
    least = best.population // _RANK if best.population >= 1_000_000 else 0
    return next((row for row in rows if row.country in evidence and row.population >= least), best)


def slug(name: str) -> str:
    """Lower-case letters and digits joined by hyphens; hexadecimal code points for scripts without a Latin form."""
    parts = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(name)).split()
    return "-".join(parts) or "-".join(f"{ord(c):x}" for c in name if not c.isspace())
