"""Plain text: a scrape's lines become an article, each line that is left out with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.errors import Rejected
from copydesk.core.lines.asides import is_sign_off, reason_to_drop, source_name, teasers_in
from copydesk.core.lines.byline import agency, read_byline
from copydesk.core.lines.captions import THRESHOLD, StoryHabits, caption_evidence, is_credit, split_credit
from copydesk.core.lines.dateline import read_dateline
from copydesk.core.lines.features import Look, look
from copydesk.core.lines.header import Header, is_date_line, is_time_line, page_words, read_header
from copydesk.core.lines.line import split_lines
from copydesk.core.lines.model import Opinion, chance, judge, why
from copydesk.core.lines.patterns import DATE, PICTURE_MARK, is_counter
from copydesk.core.text.normalize import normalize_body, normalize_line
from copydesk.core.text.segment import sentences
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Link, Media, SyndicatedFrom
from copydesk_schemas.reasons import Code, DateRole, Flag, FoundIn, LinkRel

EXTRACTOR = "text_lines"
VERSION = "2"

MAX_LINES = 6_000
"""Lines that are read; a story never has more, and what follows is cut with the flag truncated."""
MAX_CHARS = 2_000_000
"""Characters that are read, four times the longest body; likewise."""
MAX_LINKS = 50
_DOUBT = -4.0
"""Log odds down to which a paragraph in one stretch with the story is taken for part of it where a document is short:
the model has learned from whole pages, and hardly any page stands around such a story."""
_SURE, _MORE = 2.0, 1.5
"""Log odds from which on a line needs more evidence to be a caption, and how much more; what is marked as a picture's
or repeated right beside itself does not."""
_SHORT = 40
"""Lines up to which a document is such a short one."""
_REACH = 8
"""Lines that may lie between such a paragraph and the story: a newsletter box or a share bar has about as many."""
_PAGE_TALK = 0.12
"""Share of a paragraph's words in page phrases from which on it speaks of the page, not of the news."""
MAX_DATES = 40

_PUBLISHED = re.compile(
    r"\b(?:published|posted|first published|created|issued|released|veröffentlicht|erstellt|publié|"
    r"publicado|pubblicato|"
    r"gepubliceerd|opublikowano|опубликовано|опубліковано|publicerad|publisert|publiceret|julkaistu|publikováno|"
    r"vydáno|yayınlanma|megjelent|publicat|نشر)|发布|發布|公開|掲載|입력",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:updated|modified|last update|aktualisiert|mis à jour|mise à jour|modifié|actualizado|aggiornato|atualizado|"
    r"bijgewerkt|aktualizacja|обновлено|оновлено|uppdaterad|oppdatert|opdateret|päivitetty|aktualizováno|güncelle\w*|"
    r"frissítve|actualizat)\b|更新|수정",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*(?:\[?\+?\d+ chars\]?)?$")
_CLOSING_AGENCY = re.compile(r"\(([^()]{2,30})\)$")
_WALL = re.compile(
    r"\b(?:subscribers? only|subscribe to (?:continue|read|keep)|to continue reading|for subscribers|"
    r"already a subscriber|"
    r"nur für abonnenten|weiterlesen mit|réservé aux abonnés|solo para suscriptores|exclusivo para suscriptores|"
    r"riservato agli abbonati|exclusivo para assinantes)\b|会員限定|有料会員",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Reading:
    """What each line was taken for, while the document is read."""

    looks: list[Look]
    opinions: list[Opinion]
    trace: Trace
    taken: dict[int, str] = field(default_factory=dict)

    def take(self, i: int, decision: str, reason: str) -> None:
        self.taken[i] = decision
        if self.trace.enabled:
            self.trace.note("text", self.looks[i].line.text[:120], decision, reason)


def parse_text(text: str, document: RawDocument, *, trace: Trace = NO_TRACE) -> Draft:
    """Read a plain-text document as one article.

    Args:
        text: the decoded document.
        document: where it came from; its hints help to find the title.
        trace: notes what became of every line.

    Raises:
        Rejected: code empty where there is nothing at all, no_text where nothing reads like a story.
    """
    if not text.strip():
        raise Rejected(Code.EMPTY, "The document is empty.")
    draft = Draft(content=document.content)
    lines = split_lines(text[:MAX_CHARS])
    if len(text) > MAX_CHARS:
        draft.flags.add(Flag.TRUNCATED)
    if len(lines) > MAX_LINES:
        lines = lines[:MAX_LINES]
        draft.flags.add(Flag.TRUNCATED)
    if not lines:
        raise Rejected(Code.NO_TEXT, "The document has no line with words in it.")
    looks = [look(line) for line in lines]
    reading = _Reading(looks, judge(looks), trace)
    story = _story(reading)
    start = _first_paragraph(looks, story)
    if start is None:
        raise Rejected(Code.NO_TEXT, f"None of the {len(lines)} lines reads like part of a story.")
    header = read_header(looks, start, story, _hint(document))
    _take_header(reading, header, draft)
    story = [i for i in story if i not in reading.taken and i >= start]
    _take_asides(reading, draft, story, start)
    story = [i for i in story if i not in reading.taken]
    _take_captions(reading, draft, story, start)
    story = [i for i in story if i not in reading.taken]
    if not story:
        raise Rejected(Code.NO_TEXT, "Only headers and captions were found, no story.")
    _write_body(reading, draft, story)
    _drop_rest(reading, draft, start, story[-1])
    return draft


def _hint(document: RawDocument) -> str | None:
    item = document.feed_item
    hint = document.title_hint or (item.title if item else None)
    return normalize_line(hint) if hint else None


def _story(reading: _Reading) -> list[int]:
    """Lines of the story, ascending, header lines perhaps among them."""
    looks, opinions = reading.looks, reading.opinions
    total = sum(one.line.units for one in looks)
    prose = sum(one.line.units for one in looks if one.shape == "P" and page_words(one) < 0.3)
    # The model has learned from pages with menus and footers. Where nearly all is prose there are none, and a
    # paragraph needs no proof.
    buttons = sum(_is_button(one) for one in looks)
    clean = len(looks) <= 400 and ((prose >= 0.75 * total and buttons <= 2) or (prose >= 0.4 * total and not buttons))
    story = [
        i
        for i, (one, opinion) in enumerate(zip(looks, opinions, strict=True))
        if (opinion.inside and opinion.odds > 0 and not _is_button(one)) or (clean and _is_paragraph(one))
    ]
    story = _extend(reading, story) or [i for i, one in enumerate(looks) if _is_paragraph(one)]
    if clean and story:
        _keep_between(reading, story)
    return story


def _is_paragraph(one: Look) -> bool:
    """Whether a line is a sentence or more that does not speak of the page."""
    return one.shape in "PM" and page_words(one) < _PAGE_TALK


def _extend(reading: _Reading, story: list[int]) -> list[int]:
    """In a short document, add paragraphs that the model doubts but that stand in one stretch with the story.

    A heading over comments or other stories ends the stretch, and so does a long run of lines that are no paragraphs.
    """
    looks, opinions = reading.looks, reading.opinions
    if not story or len(looks) > _SHORT:
        return story
    known = set(story)
    away = 0
    for i in range(story[0], len(looks)):
        one = looks[i]
        if i in known:
            away = 0
            continue
        away += 1
        if away > _REACH or (i > story[-1] and _ends_story(one)):
            if i > story[-1]:
                break
            continue
        if one.line.ends_sentence and _is_paragraph(one) and opinions[i].odds > _DOUBT:
            known.add(i)
            away = 0
    return sorted(known)


def _ends_story(one: Look) -> bool:
    hits = max(one.kinds.get("related", 0), one.kinds.get("comments", 0), one.kinds.get("legal", 0))
    return one.line.units <= 8 and one.shape in "SBM" and hits * 2 >= len(one.tokens) > 0


def _is_button(one: Look) -> bool:
    """Whether a short line is made of what pages say about themselves."""
    return one.shape in "SB" and (page_words(one) >= 0.5 or is_counter(one.line.text))


def _keep_between(reading: _Reading, story: list[int]) -> None:
    """In a clean text, lines between two paragraphs stay unless they speak of the page: subheads, list items, verse."""
    looks = reading.looks
    known = set(story)
    between = [i for i in range(story[0], story[-1]) if i not in known and page_words(looks[i]) == 0]
    story += [i for i in between if not is_date_line(looks[i]) and not looks[i].line.text.isdigit()]
    story.sort()


def _first_paragraph(looks: Sequence[Look], story: Sequence[int]) -> int | None:
    """The first line of prose in the story; where a text has none, the first line at all."""
    ended = any(looks[i].line.ends_sentence and looks[i].shape == "P" for i in story)
    for i in story:
        one = looks[i]
        if ended and not one.line.ends_sentence and not one.line.text.endswith((":", "：")):
            continue
        if one.line.heading or (
            one.line.bullet and any(looks[k].shape == "P" and not looks[k].line.bullet for k in story)
        ):
            continue
        followed = any(k > i and looks[k].shape in "PM" for k in story)
        if one.shape == "P" or (one.shape == "M" and one.line.units >= 6):
            return i
        if one.shape == "L" and not followed:
            return i
    return story[0] if story else None


def _take_header(reading: _Reading, header: Header, draft: Draft) -> None:
    looks = reading.looks
    if header.title is not None:
        draft.title = normalize_line(looks[header.title].line.text)
        reading.take(header.title, "title", "the heading nearest to the story that shares its words")
        _took(draft, "title", 0.85 if header.candidates <= 3 else 0.7, max(1, header.candidates))
        for i in range(len(looks)):
            if i != header.title and i not in reading.taken and looks[i].tokens == looks[header.title].tokens:
                reading.take(i, "dropped", "a copy of the title")
    if header.subtitle is not None and header.subtitle not in reading.taken:
        draft.subtitle = normalize_line(looks[header.subtitle].line.text)
        reading.take(header.subtitle, "subtitle", "the line below the title, apart from the story")
        _took(draft, "subtitle", 0.7)
    for i in header.key_points:
        if i not in reading.taken:
            draft.key_points.append(normalize_line(looks[i].line.text))
            reading.take(i, "key point", "a bullet between the title and the story")
    if draft.key_points:
        _took(draft, "key_points", 0.8)
    for i in header.bylines:
        text = looks[i].line.text
        for author in read_byline(text) or read_byline(text, prefixed=False):
            if all(author.name != known.name for known in draft.authors):
                draft.authors.append(author)
        reading.take(i, "byline", "it names who wrote the story")
    if draft.authors:
        _took(draft, "authors", 0.75)
    for i in header.dates:
        _take_date(draft, looks[i].line.text)
        reading.take(i, "date line", "a date above the story")
    if header.section is not None and header.section not in reading.taken:
        draft.section = normalize_line(looks[header.section].line.text)
        reading.take(header.section, "section", "a short line above the title")
        _took(draft, "section", 0.4)


def _take_date(draft: Draft, text: str) -> None:
    """A date line as candidates: one for each thing it says happened."""
    marks = sorted(
        [(m.start(), DateRole.PUBLISHED, "text:published-line") for m in _PUBLISHED.finditer(text)][:1]
        + [(m.start(), DateRole.MODIFIED, "text:updated-line") for m in _UPDATED.finditer(text)][:1]
    )
    if not marks or (marks[0][0] > 0 and DATE.search(text[: marks[0][0]])):
        marks.insert(0, (0, DateRole.PAGE, "text:header-line"))
    for k, (begin, role, source) in enumerate(marks):
        end = marks[k + 1][0] if k + 1 < len(marks) else len(text)
        raw = text[begin:end].strip(" |,;·•-–()")
        if any(c.isdigit() for c in raw):
            draft.dates.append(FoundDate(raw[:200], role, source, 0.6 if role is DateRole.PAGE else 0.8))


def _take_asides(reading: _Reading, draft: Draft, story: Sequence[int], start: int) -> None:
    """Source lines, teasers and times of a live blog, wherever they stand."""
    looks = reading.looks
    inside = set(story)
    times = [i for i, one in enumerate(looks) if i >= start and is_time_line(one)]
    timed = [i for i in times if any(k in inside for k in (i + 1, i + 2, i + 3))]
    if len(timed) >= 3:
        draft.flags.add(Flag.LIVE_BLOG)
        for i in timed:
            reading.take(i, "dropped", "the time of an entry in a live blog")
    related = False
    for i, one in enumerate(looks):
        if i in reading.taken:
            continue
        text = one.line.text
        is_source, name = source_name(text) if i > start else (False, None)
        if is_source and one.line.units <= 14:
            draft.syndicated_from = SyndicatedFrom(name=normalize_line(name) if name else None)
            draft.flags.add(Flag.SYNDICATED)
            draft.links.append(Link(url=None, text=normalize_line(text), rel=LinkRel.SOURCE))
            reading.take(i, "source line", "it names where the story was taken from")
            _took(draft, "syndicated_from", 0.7)
            continue
        if i > start and is_sign_off(text):
            reading.take(i, "dropped", "it says who worked on the story")
            continue
        found = teasers_in(one)
        if found and (i not in inside or len(found) > 1 or one.line.bullet or not one.line.ends_sentence):
            _add_links(draft, found)
            reading.take(i, "teaser", "headlines of other stories, cut short or announced")
            continue
        if _heads_related(one):
            related = True
        elif i in inside and one.shape in "PM":
            related = False
        elif related and i not in inside and i > start and 4 <= one.line.units <= 30 and page_words(one) < 0.3:
            if is_date_line(one) or is_credit(one) or one.shape == "P":
                continue
            _add_links(draft, [text])
            reading.take(i, "teaser", "a headline below a heading over other stories")
    if draft.links:
        _took(draft, "links", 0.6)


def _heads_related(one: Look) -> bool:
    return one.line.units <= 6 and one.kinds.get("related", 0) * 2 >= len(one.tokens) > 0


def _add_links(draft: Draft, texts: Sequence[str]) -> None:
    for text in texts:
        if len(draft.links) < MAX_LINKS and all(link.text != text for link in draft.links):
            draft.links.append(Link(url=None, text=normalize_line(text), rel=LinkRel.RELATED))


def _take_captions(reading: _Reading, draft: Draft, story: Sequence[int], start: int) -> None:
    looks = reading.looks
    if not story:
        return
    headed = [i for i, decision in reading.taken.items() if decision in ("subtitle", "key point", "title")]
    habits = StoryHabits(looks, story, headed)
    for i in range(max(0, min(start, story[0]) - 4), story[-1] + 2):
        if i >= len(looks) or i in reading.taken or looks[i].line.units < 4 or is_credit(looks[i]):
            continue
        weight, reasons = caption_evidence(looks, i, habits)
        proven = i in habits.twins or PICTURE_MARK.match(looks[i].line.text)
        if weight < THRESHOLD + (_MORE if reading.opinions[i].odds > _SURE and not proven else 0.0):
            continue
        caption, credit = split_credit(looks[i].line.text)
        after = i + 1
        if after < len(looks) and after not in reading.taken and is_credit(looks[after]) and after not in story:
            credit = credit or normalize_line(looks[after].line.text)
            reading.take(after, "credit", "a picture's credit below its caption")
        caption = normalize_line(caption)
        reading.take(i, "caption", "; ".join(reasons))
        if caption and all(caption != known.caption for known in draft.media):
            draft.media.append(Media(caption=caption, credit=credit))
            _mention_dates(draft, caption, "text:caption")
    if draft.media:
        _took(draft, "media", 0.7)


def _write_body(reading: _Reading, draft: Draft, story: Sequence[int]) -> None:
    looks = reading.looks
    kept = [normalize_line(looks[i].line.text) for i in story]
    kept = [paragraph for paragraph in kept if paragraph]
    found = read_dateline(kept[0]) if kept else None
    if found:
        draft.dateline = found.dateline
        _took(draft, "dateline", 0.8)
        if found.date:
            draft.dates.append(FoundDate(found.date, DateRole.DATELINE, "text:dateline", 0.7, context=kept[0][:300]))
    closing = _CLOSING_AGENCY.search(kept[-1]) if kept else None
    wire = (found.agency if found else None) or (agency(closing[1]) if closing else None)
    if wire and draft.syndicated_from is None:
        draft.syndicated_from = SyndicatedFrom(name=wire)
        draft.flags.add(Flag.SYNDICATED)
        _took(draft, "syndicated_from", 0.8)
    draft.body = normalize_body("\n\n".join(kept))
    if not draft.body:
        raise Rejected(Code.NO_TEXT, "Nothing readable remains of the document.")
    odds = [chance(reading.opinions[i].odds) for i in story]
    _took(draft, "body", sum(odds) / len(odds))
    if _CUT_OFF.search(kept[-1]) and looks[story[-1]].line.units >= 8:
        draft.flags.add(Flag.TRUNCATED)
    for paragraph in kept:
        _mention_dates(draft, paragraph, "text:body")
    if reading.trace.enabled:
        for i in story:
            reading.trace.note("text", looks[i].line.text[:120], "body", why(looks[i], reading.opinions[i]))


def _mention_dates(draft: Draft, text: str, source: str) -> None:
    if len(draft.dates) >= MAX_DATES or not any(c.isdigit() for c in text):
        return
    spans = sentences(text)
    for match in DATE.finditer(text):
        around = next((text[s.start : s.end] for s in spans if s.start <= match.start() < s.end), text)
        if len(draft.dates) < MAX_DATES:
            draft.dates.append(FoundDate(match[0], DateRole.MENTIONED, source, 0.5, context=around[:500]))


def _drop_rest(reading: _Reading, draft: Draft, start: int, last: int) -> None:
    """Note every line that was left out, and what the omissions say of the document."""
    looks = reading.looks
    kept = {text for text in (draft.title, draft.subtitle) if text}
    dropped = any(decision == "dropped" for decision in reading.taken.values())
    in_body = set(draft.body.split("\n\n"))
    for i, one in enumerate(looks):
        if _WALL.search(one.line.text[:400]) and one.line.text not in in_body:
            draft.flags.add(Flag.PAYWALL_SUSPECTED)
        if i in reading.taken or one.line.text in in_body or one.line.text in kept:
            continue
        dropped = True
        if reading.trace.enabled:
            place = "above the story" if i < start else "below the story" if i > last else "inside the story"
            reading.trace.note("text", one.line.text[:120], "dropped", reason_to_drop(one, place))
    if dropped or any(link.rel is LinkRel.RELATED for link in draft.links):
        draft.flags.add(Flag.BOILERPLATE_REMOVED)


def _took(draft: Draft, name: str, confidence: float, candidates: int = 1) -> None:
    draft.took(name, EXTRACTOR, VERSION, FoundIn.TEXT, confidence, candidates)
