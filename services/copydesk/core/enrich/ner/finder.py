"""Candidates: runs of capitalised words in one field, cut, classified where the run itself tells what it names.

A single word that only the rest of the article can explain (a surname) leaves here with kind `None`.
"""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.core.enrich.ner import lexicon
from copydesk.core.enrich.ner.tables import (
    FEMALE,
    MALE,
    SURNAME,
    common_words,
    demonyms,
    gazetteer,
    multiword,
    organizations,
    person_names,
)
from copydesk.core.enrich.ner.tokens import Token
from copydesk_schemas.reasons import EntityType

_GIVEN = FEMALE | MALE
_INNER = frozenset(
    {
        "of",
        "for",
        "and",
        "the",
        "&",
        "on",
        "to",
        "in",
        "de",
        "la",
        "del",
        "des",
        "du",
        "da",
        "do",
        "dos",
        "di",
        "y",
        "e",
    }
)
_COUNTRY_KINDS = frozenset({"country", "area", "capital"})
_LINKERS = frozenset({"of", "for", "de", "del", "des", "du", "da", "do", "di", "on"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "jnr", "snr"})
_LONGEST_PERSON = 5
_LONGEST_RUN = 40
"""Tokens: no name is longer, and a text in capitals throughout would otherwise be one run."""


ORDINARY = 0.1
"""Confidence of a sentence's first word that is a common word: kept only as the surname of a person named in full."""


@dataclass(slots=True)
class Candidate:
    """One candidate mention: tokens `first` to `last` (half open) of a field; `kind` None while undecided."""

    first: int
    last: int
    kind: EntityType | None
    confidence: float
    titled: bool = False
    """A title, role or speech verb says that it is a person."""


class Finder:
    """Finds candidates in the tokens of one field.

    Args:
        tokens: of one field.
        english: whether unknown capitalised words may be names at all (English rules), else only known ones.
        nouns_capital: German: any noun has a capital.
    """

    def __init__(self, tokens: list[Token], *, english: bool, nouns_capital: bool = False) -> None:
        self.tokens = tokens
        self.english = english
        self.nouns_capital = nouns_capital
        self.found: list[Candidate] = []

    def find(self) -> list[Candidate]:
        """All candidates in order, none overlapping."""
        i, count = 0, len(self.tokens)
        while i < count:
            if self._starts(i):
                j = self._run_end(i)
                self._read(i, j)
                # A name may reach beyond its run: Ministry of Foreign Affairs.
                i = max(j, self.found[-1].last) if self.found else j
            else:
                i += 1
        return self.found

    def _starts(self, i: int) -> bool:
        token = self.tokens[i]
        if not token.capital or (len(token.text) == 1 and token.text in "IA"):
            return False
        return token.key not in lexicon.CALENDAR or (
            token.text == "May" and (self._next_is_name(i) or self._next_speaks(i))
        )

    def _next_is_name(self, i: int) -> bool:
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        return after is not None and after.capital and bool(person_names().get(after.key, 0) & SURNAME)

    def _next_speaks(self, i: int) -> bool:
        return i + 1 < len(self.tokens) and self.tokens[i + 1].key in lexicon.SPEECH_VERBS

    def _surname_may(self, i: int) -> bool:
        """Theresa May: the one month that is a usual surname, after a given name and not before a day or year."""
        following = self.tokens[i + 1].text if i + 1 < len(self.tokens) else ""
        given = person_names().get(self.tokens[i - 1].key, 0) & _GIVEN
        return self.tokens[i].text == "May" and bool(given) and not following[:1].isdigit()

    def _joined(self, i: int) -> bool:
        """Whether token i follows token i - 1 after at most one space."""
        return self.tokens[i].start - self.tokens[i - 1].end <= 1 and not self.tokens[i - 1].possessive

    def _run_end(self, i: int) -> int:
        tokens = self.tokens
        j = i + 1
        while j < min(len(tokens), i + _LONGEST_RUN) and self._joined(j):
            token = tokens[j]
            if token.capital:
                if self._surname_may(j):
                    j += 1
                    continue
                if token.key in lexicon.CALENDAR or (token.key in lexicon.FUNCTION_WORDS and len(token.text) > 1):
                    break
                if token.initial:
                    break
                j += 1
                continue
            if token.text == "." and len(tokens[j - 1].text) == 1 and tokens[j - 1].capital and self._capital_at(j + 1):
                j += 1  # the point of an initial
                continue
            if token.text == "." and tokens[j - 1].key in lexicon.TITLES and self._capital_at(j + 1):
                j += 1  # the point of an abbreviated title
                continue
            if token.key in lexicon.PARTICLES and token.key not in {"e", "y", "la", "al"} and self._capital_at(j + 1):
                j += 1
                continue
            if (
                token.key in {"de", "van", "von"}
                and self._word_at(j + 1, {"la", "los", "las", "der", "den"})
                and self._capital_at(j + 2)
            ):
                j += 2
                continue
            if token.text == "&" and self._capital_at(j + 1):
                j += 1
                continue
            break
        return j

    def _capital_at(self, i: int) -> bool:
        return i < len(self.tokens) and self.tokens[i].capital and self._joined(i)

    def _word_at(self, i: int, words: set[str]) -> bool:
        return i < len(self.tokens) and self.tokens[i].key in words

    def _key(self, i: int, j: int) -> str:
        return " ".join(token.key for token in self.tokens[i:j])

    def _add(self, i: int, j: int, kind: EntityType | None, confidence: float, *, titled: bool = False) -> None:
        self.found.append(Candidate(i, j, kind, confidence, titled))

    def _read(self, i: int, j: int) -> None:
        """Read the run i to j: cut at known names, titles and heads, and add what it names."""
        tokens = self.tokens
        while i < j and tokens[i].key in lexicon.FUNCTION_WORDS and not tokens[i].text.isupper():
            i += 1
        while j > i and not tokens[j - 1].word:
            j -= 1
        if i >= j:
            return
        if self._organization(i, j):
            return
        known = self._known(i, j)
        if known > i:
            self._known_then(i, known, j)
            return
        title = self._title_end(i, j)
        if title > i:
            self._read_places(i, title)
            if title < j:
                while title < j and not self.tokens[title].word:
                    title += 1
                if title >= j:
                    return
                person = self._person_end(title, j)
                self._add(title, person, EntityType.PERSON, 0.95 if person - title > 1 else 0.85, titled=True)
                self._read(person, j)
            return
        if tokens[i].key in demonyms() and not self._named_person(i, j):
            self._read(i + 1, j)
            return
        # A known name or title further on ends what stands before it.
        for k in range(i + 1, j):
            if (tokens[k].key in demonyms() and not self._named_person(i, j)) or (
                tokens[k].key in lexicon.TITLES and tokens[k].key not in person_names()
            ):
                self._plain(i, k)
                self._read(k, j)
                return
        self._plain(i, j)

    def _known(self, i: int, j: int) -> int:
        """End of the longest name of several words in the tables that begins at i; i where there is none."""
        for size in multiword().get(self.tokens[i].key, ()):
            end = i + size
            if end > len(self.tokens) or not self.tokens[end - 1].capital:
                continue
            if any(self.tokens[k].start - self.tokens[k - 1].end > 1 for k in range(i + 1, end)):
                continue
            key = self._key(i, end)
            if key in organizations() or (key in gazetteer().by_key and not (end < j and self._named_person(i, end))):
                return end
        return i

    def _known_then(self, i: int, end: int, j: int) -> None:
        key = self._key(i, end)
        organization = key in organizations()
        self._add(i, end, EntityType.ORGANIZATION if organization else EntityType.PLACE, 0.9)
        if end < j:
            self._read(end, j)

    def _organization(self, i: int, j: int) -> bool:
        """Organisations told by a head: X Ministry, University of X, X Inc."""
        if not self.english and self.nouns_capital:
            return False
        tokens = self.tokens
        head = -1
        for k in range(j - 1, i - 1, -1):
            key = tokens[k].key
            if key in lexicon.ORG_HEADS and (k > i or key in lexicon.ORG_LEADS):
                head = k
                break
            if key in lexicon.TITLES:
                break
        if head < 0:
            return False
        end = self._complement(head + 1, j) if tokens[head].key in lexicon.ORG_LEADS else head + 1
        start = i
        for k in range(i, head):  # a title before the head's own words: Prime Minister X's Office is cut there
            if tokens[k].key in lexicon.TITLES and k + 1 < head:
                start = k + 1
        if end - start < 2:
            return False
        if (
            end == head + 1
            and all(t.key in demonyms() for t in tokens[start:head])
            and tokens[head].key
            in {
                "army",
                "navy",
                "police",
                "force",
                "forces",
                "government",
                "press",
                "team",
                "club",
                "movement",
                "church",
            }
        ):
            # Russian Army, Israeli Police: named, but as often a plain description.
            self._add(start, end, EntityType.ORGANIZATION, 0.6)
        else:
            if head + 1 < j and end == head + 1 and tokens[j - 1].key not in lexicon.ORG_HEADS:
                rest = self._title_end(head + 1, j)
                if rest == head + 1 and head > start and not self._named_person(head + 1, j):
                    return False
            self._add(start, end, EntityType.ORGANIZATION, 0.85)
        if start > i:
            self._read_places(i, start)
        if end < j:
            self._read(end, j)
        return True

    def _complement(self, k: int, j: int) -> int:
        """End of «of Foreign Affairs», «for Peace and Justice» from k on; k where there is none."""
        tokens = self.tokens
        end = k
        while end < len(tokens):
            if end < j and tokens[end].capital and end == k:
                break
            ahead = end
            steps = 0
            while ahead < len(tokens) and tokens[ahead].key in _INNER and self._joined(ahead) and steps < 2:
                ahead += 1
                steps += 1
            if not steps or not self._capital_at(ahead) or tokens[ahead].key in lexicon.CALENDAR:
                break
            if end == k and tokens[end].key not in _LINKERS:
                break
            if tokens[end].key == "and" and self._key(ahead, ahead + 1) in gazetteer().by_key:
                break
            if tokens[end].key in {"in", "to", "on"} and end > k:
                break
            end = ahead + 1
            while (
                self._capital_at(end)
                and tokens[end].key not in lexicon.CALENDAR
                and tokens[end].key not in lexicon.FUNCTION_WORDS
            ):
                end += 1
        return end

    def _title_end(self, i: int, j: int) -> int:
        """End of the titles that the run begins with, i where there are none: «US Defense Secretary» before a name."""
        tokens = self.tokens
        last = i
        for k in range(i, j):
            key = tokens[k].key
            if key in lexicon.TITLES:
                if (
                    person_names().get(key, 0) & _GIVEN
                    and k + 1 < j
                    and k == i
                    and person_names().get(tokens[k + 1].key, 0) & SURNAME
                ):
                    break  # Prince Fielder, Judge Reinhold: given names too
                last = k + 1
            elif not (
                key in lexicon.TITLE_MODIFIERS
                or key in demonyms()
                or key in gazetteer().by_key
                or tokens[k].text in {".", "&"}
            ):
                break
        if last < j and tokens[last].text == ".":
            last += 1
        return last

    def _read_places(self, i: int, j: int) -> None:
        """Known places and organisations among title words: the US in «US Defense Secretary»."""
        k = i
        while k < j:
            end = min(self._known(k, j), j)
            if end > k:
                self._known_then(k, end, end)
                k = end
                continue
            token = self.tokens[k]
            if (
                token.key not in lexicon.TITLES
                and token.key not in lexicon.TITLE_MODIFIERS
                and token.key not in demonyms()
            ):
                self._single(k)
            k += 1

    def _person_end(self, i: int, j: int) -> int:
        """End of a person's name that begins at i."""
        end = i
        while end < j and end - i < _LONGEST_PERSON + 1:
            key = self.tokens[end].key
            if end > i + 1 and key in lexicon.TITLES and key not in _SUFFIXES and key not in person_names():
                break
            if end > i and key in demonyms() and key not in person_names():
                break
            end += 1
        while end > i + 1 and (
            not self.tokens[end - 1].word
            or (self.tokens[end - 1].key in lexicon.PARTICLES - {"al", "el"} and not self.tokens[end - 1].capital)
        ):
            end -= 1
        return end

    def _named_person(self, i: int, j: int) -> bool:
        """Whether the name tables speak for a person: a known given name first, followed by a name."""
        if j - i < 2 or j - i > _LONGEST_PERSON + 2:
            return False
        names = person_names()
        first, last = self.tokens[i], self.tokens[j - 1]
        bits = names.get(first.key, 0) or (names.get(first.key.partition("-")[0], 0) if "-" in first.key else 0)
        given = bool(bits & _GIVEN) or (
            len(first.text) <= 2 and first.text.isupper() and self.tokens[i + 1].text == "."
        )
        if first.text.isupper() and len(first.text) > 2 and not last.text.isupper():
            given = False
        if last.key in common_words() and not names.get(last.key, 0):
            return False
        if last.key in lexicon.MISC_HEADS or last.key in lexicon.ORG_HEADS or last.key in lexicon.PLACE_HEADS:
            return given and bool(names.get(last.key, 0) & SURNAME)
        return given or (
            bool(names.get(last.key, 0) & SURNAME) and first.key not in common_words() and first.key not in demonyms()
        )

    def _plain(self, i: int, j: int) -> None:
        """A run without titles, heads of organisations or known names of several words at its start."""
        tokens = self.tokens
        while j > i and not tokens[j - 1].word:
            j -= 1
        size = j - i
        if size <= 0:
            return
        if size == 1:
            self._single(i)
            return
        last, first = tokens[j - 1], tokens[i]
        key = self._key(i, j)
        if key in gazetteer().by_key or key in organizations():
            self._add(i, j, EntityType.ORGANIZATION if key in organizations() else EntityType.PLACE, 0.85)
            return
        if last.key in lexicon.PLACE_HEADS and not self._named_person(i, j):
            self._add(i, j, EntityType.PLACE, 0.75)
            return
        if first.key in lexicon.PLACE_LEADS and first.text[0].isupper() and not self._named_person(i, j):
            self._add(i, j, EntityType.PLACE, 0.75)
            return
        if last.key in lexicon.MISC_HEADS and not person_names().get(last.key, 0) & SURNAME:
            if self.english:
                self._add(i, j, EntityType.OTHER, 0.5)
            return
        if self._cut_at_place(i, j):
            return
        role = self._role_before(i)
        if self._named_person(i, j) and (not self.nouns_capital or person_names().get(first.key, 0) & _GIVEN):
            self._add(i, self._person_end(i, j), EntityType.PERSON, 0.9 if role else 0.8, titled=role)
            return
        if (
            first.initial
            and (first.key in common_words() or first.key in lexicon.FUNCTION_WORDS)
            and not first.text.isupper()
        ):
            self._read(i + 1, j)
            return
        if 2 < size <= _LONGEST_PERSON and any(t.key in lexicon.KINSHIP for t in tokens[i : j - 1]):
            self._add(i, j, EntityType.PERSON, 0.7)
            return
        if role and size <= _LONGEST_PERSON:
            self._add(i, j, EntityType.PERSON, 0.85, titled=True)
            return
        if not self.english or self.nouns_capital:
            return
        words = [t for t in tokens[i:j] if t.word]
        common = sum(t.key in common_words() for t in words)
        if all(t.text.isupper() and len(t.text) > 1 for t in words):
            self._add(i, j, EntityType.ORGANIZATION, 0.4)
        elif not common and size <= 4:
            self._add(i, j, EntityType.PERSON, 0.6)
        elif common < len(words):
            self._add(i, j, EntityType.ORGANIZATION, 0.45)
        elif any(k.capital and not k.initial for k in words) and not first.initial:
            self._add(i, j, EntityType.ORGANIZATION, 0.35)

    def _cut_at_place(self, i: int, j: int) -> bool:
        """A country or known city at the run's start followed by something else: «Kenya Power», «Syria Kurds»."""
        tokens = self.tokens
        rows = gazetteer().rows(tokens[i].key)
        if not rows or rows[0].kind not in _COUNTRY_KINDS or self._named_person(i, j):
            return False
        if self._named_person(i + 1, j):
            self._single(i)
            self._read(i + 1, j)
            return True
        return False

    def _role_before(self, i: int) -> bool:
        before = self.tokens[i - 1] if i else None
        return before is not None and before.word and before.key in lexicon.ROLES and self._joined(i)

    def _single(self, i: int) -> None:
        """One capitalised word."""
        token = self.tokens[i]
        if not token.word:  # the point of an abbreviated title
            return
        key, text = token.key, token.text
        if text == "May" and self._next_speaks(i):
            self._add(i, i + 1, None, ORDINARY)
            return
        if key in lexicon.FUNCTION_WORDS and not text.isupper():
            return
        if key in demonyms() or key in lexicon.NOT_ORGANIZATIONS or key in lexicon.CALENDAR:
            return
        before = self.tokens[i - 1] if i and self._joined(i) else None
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        cue = before is not None and before.key in lexicon.PLACE_CUES
        names = person_names().get(key, 0)
        if (
            key in {"us", "who", "is", "it", "pa", "la", "un", "ap", "au", "eu", "fed", "ec"}
            and not text.isupper()
            and "." not in text
        ):
            return
        rows = gazetteer().rows(key)
        if key in organizations() and (text.isupper() or not rows) and not (token.initial and key in common_words()):
            self._add(i, i + 1, EntityType.ORGANIZATION, 0.9 if key not in common_words() else 0.6)
            return
        if rows and not (text.isupper() and len(text) < 4 and rows[0].kind not in _COUNTRY_KINDS):
            best = rows[0]
            if best.kind in _COUNTRY_KINDS or (best.population >= 500_000 and not names & _GIVEN):
                self._add(i, i + 1, EntityType.PLACE, 0.9 if not names else 0.8)
                return
            followed = self._followed_by_region(i)
            if cue or followed or best.population >= 1_000_000:
                self._add(i, i + 1, EntityType.PLACE, 0.75)
                return
            if (
                not names
                and key not in common_words()
                and key not in lexicon.DIRECTIONS
                and (self.english or best.population > 100_000)
            ):
                self._add(i, i + 1, EntityType.PLACE, 0.6)
                return
        if self._role_before(i) and not self.nouns_capital and key not in common_words():
            self._add(i, i + 1, EntityType.PERSON, 0.7, titled=True)
            return
        if text.isupper() and 2 <= len(text.replace(".", "")) <= 6 and text.isalpha():
            if self.english and key not in common_words():
                self._add(i, i + 1, EntityType.ORGANIZATION, 0.6)
            return
        if len(text) < 2 or (not text.isalpha() and any(c.isdigit() for c in text)):
            return
        if token.initial and key in common_words():
            # «Trump said»: an ordinary word unless the article has a person of that surname.
            self._add(i, i + 1, None, ORDINARY)
            return
        speech = after is not None and after.key in lexicon.SPEECH_VERBS
        strong = before is not None and before.key in lexicon.STRONG_PLACE_CUES and not names
        self._add(i, i + 1, None, 0.5 if speech else 0.45 if strong else 0.3, titled=speech and not strong)

    def _followed_by_region(self, i: int) -> bool:
        """Springfield, Illinois."""
        if i + 2 >= len(self.tokens) or self.tokens[i + 1].text != "," or not self.tokens[i + 2].capital:
            return False
        rows = gazetteer().rows(self.tokens[i + 2].key)
        return bool(rows) and rows[0].kind in {"country", "region"}
