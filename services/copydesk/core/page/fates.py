"""What became of each block of a page, and why, in words for a person. Told only while a trace is on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from copydesk.core.document import Draft
from copydesk.core.page.against import Against, Fact, Kind
from copydesk.core.page.align import Match, align
from copydesk.core.page.blocks import Block, PageBlocks, Place, words_of
from copydesk.core.page.removed import Reason, Removed
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_line, paragraphs
from copydesk_schemas.reasons import FoundIn

_CELLS = " | "
"""Between the cells of a row of data in a body."""
_KEPT_SHARE = 0.25
"""Share of a block's words that stand in the body from which on it was kept, if not all of it."""
_WHOLE_SHARE = 0.9
"""The same from which on it is not worth telling that some are missing: a button, a time."""
_FIELD_WORDS = 20
"""Words of a byline or date line at most."""
_FIELDS = frozenset({Reason.CAPTION, Reason.KEY_POINT, Reason.OWN_FIELD})
"""Reasons that say that a block has gone to another field."""
WEAK = frozenset({Kind.HEADING, Kind.LINKS, Kind.LABEL})
"""Facts of a block's own words: in a list of teasers they change from block to block."""
_NAME_KEY = 4
_DATE_KEY = 5


class Fate(StrEnum):
    """What became of a block."""

    KEPT = "kept"
    FIELD = "field"
    REMOVED = "removed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class BlockFate:
    """A block's fate.

    Attributes:
        block: the block.
        fate: what became of it.
        reason: why, in words.
        because: what of the reason is the same for blocks that share it; without numbers of the one block.
        paragraphs: number of its first and last paragraph in the body, counted from 1; None unless it was kept.
        facts: what speaks against a block that was left out, the weightiest first.
    """

    block: Block
    fate: Fate
    reason: str
    because: str
    paragraphs: tuple[int, int] | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.block.place


@dataclass(frozen=True, slots=True)
class PageFates:
    """The fates of a page's blocks in their order; `more` blocks beyond the last one are not told."""

    blocks: tuple[BlockFate, ...]
    more: int
    reader: str
    """What the body was read with, or taken from, in words."""

    def words(self, fate: Fate) -> int:
        """Words of the blocks with a fate."""
        return sum(len(one.block.words) for one in self.blocks if one.fate is fate)

    def count(self, fate: Fate) -> int:
        """Blocks with a fate."""
        return sum(one.fate is fate for one in self.blocks)

    def linked(self) -> float:
        """Share of all their words that stand in links, 0..1."""
        total = sum(len(one.block.words) for one in self.blocks)
        return sum(one.block.linked for one in self.blocks) / total if total else 0.0


def tell_fates(page: PageBlocks, draft: Draft, removed: Sequence[Removed]) -> PageFates:
    """What became of a page's blocks.

    Args:
        page: its blocks before anything was taken out.
        draft: the article with all its fields.
        removed: what was taken out of this page, in order.
    """
    blocks = page.blocks
    reasons = _removed_elements(page, removed)
    rest = [number for number in range(len(blocks)) if number not in reasons]
    found = zip(rest, _align(blocks, rest, draft.body), strict=True)
    kept = {number: match for number, match in found if match and _enough(match, blocks[number])}
    rest = [number for number in rest if number not in kept]
    texts = [one for one in removed if isinstance(one.source, str)]
    dropped = zip(rest, _align(blocks, rest, "\n\n".join(_line(one) for one in texts)), strict=True)
    reasons |= {n: texts[match.first].reason for n, match in dropped if match and _enough(match, blocks[n])}
    fields = _Fields(draft)
    against = Against(blocks, [match.words if (match := kept.get(n)) else 0 for n in range(len(blocks))])
    reader, looked = _reader(draft)
    told: list[BlockFate] = []
    for number, block in enumerate(blocks):
        if number in kept:
            told.append(_kept(block, kept[number]))
        elif (reason := reasons.get(number)) in _FIELDS:
            sentence = (fields.of(block) if reason is Reason.OWN_FIELD else None) or reason.sentence
            told.append(BlockFate(block, Fate.FIELD, sentence, sentence))
        elif reason is not None:
            told.append(_removed(block, reason.sentence))
        elif _is_gone(block, page):
            told.append(_removed(block, "it was gone from the page before the body was read"))
        elif field := fields.of(block):
            told.append(BlockFate(block, Fate.FIELD, field, field))
        else:
            told.append(_left_out(block, against, reader, looked=looked))
    return PageFates(tuple(told), page.more, reader)


def _line(removed: Removed) -> str:
    return normalize_line(removed.source)


def _align(blocks: Sequence[Block], numbers: Sequence[int], body: str) -> list[Match | None]:
    parts = [[words_of(part) for part in paragraph.split(_CELLS)] for paragraph in paragraphs(body)]
    return align([blocks[number].words for number in numbers], parts)


def _enough(match: Match, block: Block) -> bool:
    return match.words >= _KEPT_SHARE * len(block.words)


def _removed_elements(page: PageBlocks, removed: Sequence[Removed]) -> dict[int, Reason]:
    """By the block's number, why the element that holds it was taken out."""
    reasons: dict[int, Reason] = {}
    parts: Counter[int] = Counter()
    for one in removed:
        place = None if isinstance(one.source, str) else page.places.get(one.source)
        if place is None:
            continue
        for number in range(place.first, min(place.end, len(page.blocks))):
            reasons.setdefault(number, one.reason)
        if place.part_of is not None and place.part_of < len(page.blocks):
            parts[place.part_of] += len(words_of(place.element.text_content()))
            if parts[place.part_of] >= len(page.blocks[place.part_of].words):
                reasons.setdefault(place.part_of, one.reason)
    return reasons


def _kept(block: Block, match: Match) -> BlockFate:
    first, last = match.first + 1, match.last + 1
    where = in_paragraphs([(first, last)])
    if match.words >= _WHOLE_SHARE * len(block.words):
        return BlockFate(block, Fate.KEPT, where, "", (first, last))
    part = f"{where}, in part: {match.words} of its {len(block.words)} words"
    return BlockFate(block, Fate.KEPT, part, part, (first, last))


def in_paragraphs(stretches: Iterable[tuple[int, int]]) -> str:
    """Stretches of paragraphs in words, those that follow each other joined: «paragraphs 1–3, 7 of the body»."""
    ranges: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    listed = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
    return f"paragraph{'' if listed.isdecimal() else 's'} {listed} of the body"


def _removed(block: Block, sentence: str) -> BlockFate:
    return BlockFate(block, Fate.REMOVED, f"taken out: {sentence}", sentence)


def _is_gone(block: Block, page: PageBlocks) -> bool:
    """Whether its element stands in the page's tree no more."""
    above = list(block.place.element.iterancestors())
    top = page.places.get(above[-1] if above else block.place.element)
    return top is None or top.parent is not None


def _left_out(block: Block, against: Against, reader: str, *, looked: bool) -> BlockFate:
    if not looked:
        reason = f"the body was taken from {reader}, which does not have it"
        return BlockFate(block, Fate.LEFT_OUT, reason, "")
    facts = tuple(against.facts(block))
    weak = bool(facts) and facts[0].kind in WEAK
    because = "weak" if weak else facts[0].text if facts else ""
    return BlockFate(block, Fate.LEFT_OUT, left_out([fact.text for fact in facts]), because, facts=facts)


def left_out(facts: Sequence[str], *, several: bool = False) -> str:
    """That the extraction left out a block, and the facts that speak against it, in a sentence."""
    if not facts:
        return "left out by trafilatura; nothing known here speaks against it"
    return f"left out by trafilatura; speaks against {'them' if several else 'it'}: {'; '.join(facts)}"


def _reader(draft: Draft) -> tuple[str, bool]:
    """What the body was read with or taken from, and whether that looked at the page's blocks."""
    took = draft.provenance.get("body")
    if took is None:
        return "trafilatura, which found no story", True
    if took.extractor == "trafilatura":
        return f"trafilatura {took.version}", True
    if took.extractor == "prose":
        return "the page's long paragraphs, for trafilatura found no story", True
    return ("JSON-LD articleBody" if took.source is FoundIn.JSONLD else "a script's text"), False


class _Fields:
    """What of the article's fields the words of a block are; blocks are asked for in their order."""

    def __init__(self, draft: Draft) -> None:
        texts = (("title", draft.title), ("subtitle", draft.subtitle), ("description", draft.description))
        self._texts = [(name, key_of(text)) for name, text in texts if text]
        self._names = {key for author in draft.authors if len(key := key_of(author.name)) >= _NAME_KEY}
        self._dates = {
            key: date.role.value
            for date in draft.dates
            if date.source.startswith("dom:") and len(key := key_of(date.raw)) >= _DATE_KEY
        }

    def of(self, block: Block) -> str | None:
        """Which fields, in words; None where they are none."""
        key = key_of(block.text)
        for name, text in self._texts:
            if key == text:
                return f"its words are the {name}"
        if len(block.words) > _FIELD_WORDS:
            return None
        # The first that has it: teasers and captions below name the same people and days again.
        found = [(name, "names the author") for name in self._names if name in key]
        found += [(date, f"holds a date that was read ({role})") for date, role in self._dates.items() if date in key][
            :1
        ]
        for known, _ in found:
            self._names.discard(known)
            self._dates.pop(known, None)
        return ", ".join(dict.fromkeys(words for _, words in found)) or None
