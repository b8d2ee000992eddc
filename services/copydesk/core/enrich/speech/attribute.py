"""Who says what: verbs of speech beside a quotation, their subjects, and pronouns resolved by who spoke last.

A wrong speaker is worse than none: where the words do not tell, nobody is named.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from copydesk.core.enrich.ner.tables import FEMALE, MALE, fold, person_names
from copydesk.core.enrich.speech.cues import Cues
from copydesk.core.enrich.speech.marks import Speech
from copydesk_schemas.parts import Entity
from copydesk_schemas.reasons import EntityType

_HIDDEN = "\x01"
"""Stands for quoted text, so that verbs and names within quotations attribute nothing."""
_SENTENCE = re.compile(r"[.!?…。！？][)\]]*\s+(?=[^\Wa-zà-ÿа-яё]|[\x01\"“«‘„])")
_ENDS = frozenset(".…。")
_GAP = re.compile(
    r"(?:\s*,[^,\x01]{1,100},)?\s*(?:\([^)]*\)\s*)?(?:(?:has|have|had|is|was|were|a|hat|ha|also|later|then|once|recently|"
    r"already|again|earlier|himself|herself|who|yesterday|today|(?:on\s)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"\w+ly)\s+){0,4}"
)
_BEFORE_MARK = re.compile(
    r"(?:[^\x01]{0,60}?\b(?:that|que|dass|che|dat|что|as|only\sas)|[^\x01.]{0,30}[:,]|[^\x01.:]{0,14})\s*"
)
_CONTINUES = 3
"""A speaker goes on at most so many paragraphs without being named."""
_MEMORY = 1_500
"""Code points, some four paragraphs, after which a pronoun may mean somebody else. Set by reading news pages."""
_REMEMBERED = 6
_MAX_HOLDERS = 50
_NEAR = 80
_SUBJECT_BEFORE = 200
"""A subject stands at most so far before its verb: a name, an apposition of a hundred characters, some adverbs."""
_LEAD = 1_000
"""What comes before a quotation is read from so far on, however long its sentence."""
_SUBJECT_NAMES = 3
_AUXILIARIES = frozenset({"a", "ha", "hat", "har", "heeft", "hade", "had", "has", "have"})
_FRENCH_PRONOUN = re.compile(r"a-t-(il|elle)")
_SUBJECT_WITHIN = 40
"""A person named so early in a sentence, without a preposition before, is what the sentence is about."""
_STRANGE = re.compile(r"\b(?:who|whose|that|of|for|to|with|about|against|after|when|as|from|in|at|by)\b")
_TITLE = re.compile(r"(\w+)\s\Z")


@dataclass(frozen=True, slots=True)
class Attribution:
    """A quotation with its speaker, where one is known."""

    speech: Speech
    entity: Entity | None
    cue: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    entity: Entity
    possessive: bool


@dataclass(slots=True)
class _Subject:
    entity: Entity
    confidence: float


class Attributor:
    """Walks through a body once, in order, and keeps in mind who spoke last.

    Args:
        body: the text.
        speech: its quotations, in order.
        entities: with mentions in field `body`.
        cues: of the text's language.
    """

    def __init__(self, body: str, speech: Sequence[Speech], entities: Sequence[Entity], cues: Cues) -> None:
        self.body = body
        self.speech = list(speech)
        self.cues = cues
        parts = []
        at = 0
        for span in self.speech:
            parts += [body[at : span.opened], _HIDDEN * (span.closed - span.opened)]
            at = span.closed
        self.story = "".join((*parts, body[at:]))
        self.names = sorted(
            (
                _Name(m.start, m.end, entity, _is_possessive(body, m.end))
                for entity in entities
                for m in entity.mentions
                if m.field == "body" and self.story[m.start : m.start + 1] != _HIDDEN
            ),
            key=lambda name: name.start,
        )
        self._starts = [name.start for name in self.names]
        self._opened = [span.opened for span in self.speech]
        self._closed = [span.closed for span in self.speech]
        self.titles = self._titles()
        self.recent: list[tuple[int, Entity]] = []
        """Persons that spoke or were what a sentence is about, and where; the last one last."""

    def run(self) -> list[Attribution]:
        """An attribution for every quotation, in order."""
        done: list[Attribution] = []
        last: Attribution | None = None
        last_paragraph = silent = 0
        begin = 0
        for paragraph, text in enumerate(self.story.split("\n\n")):
            end = begin + len(text)
            for start, stop in self._sentences(begin, end):
                inside = self.speech[bisect_left(self._opened, start) : bisect_left(self._opened, stop)]
                here: list[Attribution] = []
                for position, span in enumerate(inside):
                    following = inside[position + 1].opened if position + 1 < len(inside) else stop
                    found = self._attribute(span, start, following, here)
                    if found.entity is None and found.cue is None:
                        near = last is not None and paragraph - last_paragraph <= 1 and silent < _CONTINUES
                        alone = self._alone(span, begin, end)
                        if (
                            last is not None
                            and last.entity
                            and near
                            and (alone or self._goes_on(last, span, start, stop))
                        ):
                            found = Attribution(span, last.entity, None, round(last.confidence * 0.75, 3))
                            silent += 1
                    elif found.entity is not None:
                        silent = 0
                    here.append(found)
                    if found.entity is not None:
                        last, last_paragraph = found, paragraph + span.paragraphs - 1
                done += here
                self._remember(start, stop, here)
            begin = end + 2
        return done

    # --- one quotation --------------------------------------------------------------------------------------------

    def _attribute(self, span: Speech, start: int, stop: int, here: Sequence[Attribution]) -> Attribution:
        ended = self.body[span.end - 1 : span.end] in _ENDS
        if not ended:
            after = self._after(span, stop)
            if after is not None:
                return after
        before = self._before(span, start, here)
        if before is not None:
            return before
        return Attribution(span, None, None, 0.4)

    def _after(self, span: Speech, stop: int) -> Attribution | None:
        """«…», said X — or «…», X said."""
        text = self.story[span.closed : stop]
        for match in self.cues.verb.finditer(text, 0, _NEAR + 40):
            lead = text[: match.start()].strip(" ,–—-")
            at = span.closed + match.start()
            french = _FRENCH_PRONOUN.fullmatch(lead)
            if french and french[1] in self.cues.pronouns:
                subject = self._pronoun(french[1], at)
                return Attribution(
                    span, subject.entity if subject else None, match[0], subject.confidence if subject else 0.4
                )
            if lead and lead not in _AUXILIARIES:
                subject = self._subject(span.closed, at)
                if subject is None or len(lead) > _NEAR:
                    break
                return Attribution(span, subject.entity, match[0], round(0.95 * subject.confidence, 3))
            subject = self._inverted(span.closed + match.end(), stop)
            return Attribution(
                span, subject.entity if subject else None, match[0], 0.95 * subject.confidence if subject else 0.4
            )
        return None

    def _inverted(self, start: int, stop: int) -> _Subject | None:
        """The subject after its verb: «said the minister, Anna Keller», «said he»."""
        text = self.story[start : min(stop, start + _NEAR)]
        pronoun = re.match(r"(?:-t)?-?\s*(\w+)", text)
        if pronoun and pronoun[1].lower() in self.cues.pronouns:
            return self._pronoun(pronoun[1].lower(), start)
        for name in self._between(start, start + len(text)):
            if name.possessive:
                continue
            lead = self.story[start : name.start]
            if name.entity.type is EntityType.PERSON:
                strange = _STRANGE.search(lead) is not None
                return None if strange and not lead.rstrip().endswith(",") else _Subject(name.entity, 1.0)
            if name.entity.type is EntityType.ORGANIZATION and re.fullmatch(r"\s*(?:the\s|The\s)?", lead):
                return _Subject(name.entity, 0.8)
        role = self.cues.role.match(text.lstrip())
        return self._by_role(role["role"]) if role else None

    def _before(self, span: Speech, start: int, here: Sequence[Attribution]) -> Attribution | None:
        """X said: «…» — X said that «…» — …, adding that «…»."""
        start = max(start, span.opened - _LEAD)
        text = self.story[start : span.opened]
        verbs = list(self.cues.verb.finditer(text))
        participles = list(self.cues.participle.finditer(text))
        close = [m for m in (*verbs, *participles) if _BEFORE_MARK.fullmatch(text[m.end() :])]
        if close:
            cue = max(close, key=lambda m: m.start())
            if cue in participles:
                subject = self._of_sentence(start, start + cue.start(), here)
            elif cue[0].lower() == "according to":
                subject = self._inverted(start + cue.end(), span.opened)
            else:
                subject = self._subject(start, start + cue.start()) or self._same(here)
            if subject is not None:
                return Attribution(span, subject.entity, cue[0], round(0.9 * subject.confidence, 3))
            return Attribution(span, None, cue[0], 0.4)
        if verbs:
            # A fragment far from its verb belongs to the main clause, which comes first.
            subject = self._subject(start, start + verbs[0].start())
            if subject is not None:
                return Attribution(span, subject.entity, verbs[0][0], round(0.6 * subject.confidence, 3))
        return None

    def _alone(self, span: Speech, begin: int, end: int) -> bool:
        """Whether a paragraph is nothing but a quotation, or begins with one that is a sentence of its own."""
        outside = self.story[begin:end].replace(_HIDDEN, "").strip()
        return not outside or (span.opened == begin and self.body[span.end - 1 : span.end] in ".!?…")

    def _goes_on(self, last: Attribution, span: Speech, start: int, stop: int) -> bool:
        """«…», X said. «…» — a sentence that is nothing but a quotation, with nobody else named since the last one."""
        if self.story[start:stop].replace(_HIDDEN, "").strip():
            return False
        between = self._between(last.speech.closed, span.opened)
        return all(name.entity == last.entity for name in between if name.entity.type is EntityType.PERSON)

    # --- subjects -------------------------------------------------------------------------------------------------

    def _between(self, start: int, stop: int) -> list[_Name]:
        return self.names[bisect_left(self._starts, start) : bisect_left(self._starts, stop)]

    def _subject(self, start: int, at: int) -> _Subject | None:
        """The subject of a finite verb at `at`: a name right before it, a pronoun, an office."""
        start = max(start, at - _SUBJECT_BEFORE)
        # A farther name is the subject only across an apposition that holds the nearer ones: X, the mayor of Y, said.
        for name in reversed(self._between(start, at)[-_SUBJECT_NAMES:]):
            if name.end > at or name.possessive:
                continue
            if _GAP.fullmatch(self.story[name.end : at]):
                sure = 1.0 if name.entity.type is EntityType.PERSON else 0.75
                return _Subject(name.entity, sure)
        lead = self.story[max(start, at - 60) : at]
        pronoun = re.search(r"(\w+)\s+(?:(?:has|had|have|also|later|then|\w+ly)\s+){0,3}$", lead)
        if pronoun and pronoun[1].lower() in self.cues.pronouns:
            return self._pronoun(pronoun[1].lower(), at)
        for role in self.cues.role.finditer(lead):
            if _GAP.fullmatch(lead[role.end() :]):
                return self._by_role(role["role"])
        return None

    def _of_sentence(self, start: int, at: int, here: Sequence[Attribution]) -> _Subject | None:
        """The subject of a participle is that of its sentence: who was quoted in it, else its first person."""
        same = self._same(here)
        if same is not None:
            return same
        for name in self._between(start, at):
            if name.entity.type is EntityType.PERSON and not name.possessive:
                return _Subject(name.entity, 0.85)
        lead = re.match(r"\W*(\w+)", self.story[start:at])
        return self._pronoun(lead[1].lower(), at) if lead and lead[1].lower() in self.cues.pronouns else None

    def _same(self, here: Sequence[Attribution]) -> _Subject | None:
        entity = here[-1].entity if here else None
        return _Subject(entity, 0.9) if entity is not None else None

    def _pronoun(self, pronoun: str, at: int) -> _Subject | None:
        sex = self.cues.pronouns[pronoun]
        if not sex:
            return None
        for position, entity in reversed(self.recent[-_REMEMBERED:]):
            if at - position > _MEMORY:
                break
            known = _sex(entity.name)
            # Where names are told less surely than in English, one of unknown sex may be no person at all.
            if known == sex or (not known and self.cues.guess):
                return _Subject(entity, 0.75 if known else 0.65)
        return None

    def _by_role(self, role: str) -> _Subject | None:
        holders = self.titles.get(role.lower(), [])
        for _, entity in reversed(self.recent[-_MAX_HOLDERS:]):
            if any(entity.id == holder.id for holder in holders):
                return _Subject(entity, 0.65)
        return _Subject(holders[0], 0.6) if len(holders) == 1 else None

    def _titles(self) -> dict[str, list[Entity]]:
        """Offices that stand right before a person's name: «President Donald Trump»."""
        found: dict[str, list[Entity]] = {}
        for name in self.names:
            before = _TITLE.search(self.story[max(0, name.start - 30) : name.start])
            if name.entity.type is EntityType.PERSON and before:
                holders = found.setdefault(before[1].lower(), [])
                if all(holder.id != name.entity.id for holder in holders):
                    holders.append(name.entity)
        return found

    # --- memory ---------------------------------------------------------------------------------------------------

    def _sentences(self, begin: int, end: int) -> list[tuple[int, int]]:
        cuts = {m.end() for m in _SENTENCE.finditer(self.story, begin, end)}
        for span in self.speech[bisect_left(self._closed, begin) : bisect_left(self._closed, end)]:
            if self.body[span.end - 1 : span.end] in _ENDS:
                rest = self.story[span.closed : span.closed + 3]
                if rest[:1].isspace() and not rest.lstrip()[:1].islower():
                    cuts.add(span.closed + 1)
        marks = [begin, *sorted(c for c in cuts if begin < c < end), end]
        return list(pairwise(marks)) if end > begin else []

    def _remember(self, start: int, stop: int, here: Sequence[Attribution]) -> None:
        """Note the persons that this sentence lets speak, or is about."""
        noted: list[tuple[int, Entity]] = []
        for match in self.cues.verb.finditer(self.story, start, stop):
            subject = self._subject(start, match.start())
            if subject is not None and subject.entity.type is EntityType.PERSON:
                noted.append((match.start(), subject.entity))
        first = next((n for n in self._between(start, stop) if n.entity.type is EntityType.PERSON), None)
        if (
            first is not None
            and not first.possessive
            and first.start - start <= 40
            and not _STRANGE.search(self.story[start : first.start])
        ):
            noted.append((first.start, first.entity))
        noted += [
            (a.speech.opened, a.entity) for a in here if a.entity is not None and a.entity.type is EntityType.PERSON
        ]
        self.recent += sorted(noted, key=lambda pair: pair[0])


def _is_possessive(body: str, end: int) -> bool:
    return re.match(r"[’'](?:s\b|\s)", body[end : end + 3]) is not None or body[max(0, end - 2) : end] in ("’s", "'s")


def _sex(name: str) -> str:
    bits = person_names().get(fold(name.split(maxsplit=1)[0]), 0) if name.split() else 0
    if bits & FEMALE and not bits & MALE:
        return "f"
    return "m" if bits & MALE and not bits & FEMALE else ""
