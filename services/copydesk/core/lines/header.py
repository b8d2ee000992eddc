"""The head of a story: title, subtitle, key points, byline and date among the lines above its first paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from copydesk.core.lines import patterns
from copydesk.core.lines.byline import agency, has_prefix, is_name, read_byline
from copydesk.core.lines.captions import is_credit, speaks_of_picture
from copydesk.core.lines.features import Look
from copydesk.core.lines.lexicon import tokens_of

_REACH = 60
"""Lines above the first paragraph among which a title is looked for; further up is the page's menu."""
_PAGE_KINDS = ("share", "signup", "consent", "account", "comments", "related", "advert", "legal", "menu", "tags")


@dataclass(slots=True)
class Header:
    """Line numbers of a story's head, None or empty where there is none."""

    title: int | None = None
    subtitle: int | None = None
    key_points: list[int] = field(default_factory=list)
    bylines: list[int] = field(default_factory=list)
    dates: list[int] = field(default_factory=list)
    section: int | None = None
    candidates: int = 0
    """How many lines might have been the title."""


def page_words(one: Look) -> float:
    """Share of a line's words that belong to phrases pages use about themselves."""
    hits = max((one.kinds.get(kind, 0) for kind in _PAGE_KINDS), default=0)
    return hits / max(1, len(one.tokens))


def is_date_line(one: Look) -> bool:
    """Whether a line says no more than when: a date, perhaps with a time, a place or «Published»."""
    text = one.line.text
    if one.line.units > 16 or len(text) > 200 or not any(c.isdigit() for c in text):
        return False
    has_day = patterns.DATE.search(text) is not None or patterns.AGO.search(text) is not None
    if not has_day:
        return False
    dated = one.kinds.get("dated", 0) > 0
    share = patterns.date_share(text)
    return share > 0.5 or (dated and (share > 0.2 or one.line.units <= 8)) or (share > 0.3 and one.line.units <= 7)


def is_time_line(one: Look) -> bool:
    """Whether a line is a time of day and nothing else, as the entries of a live blog have."""
    text = one.line.text
    if one.line.units > 4 or len(text) > 100 or not patterns.TIME.search(text):
        return False
    return len(patterns.TIME.sub("", text).strip(" .|-–:")) <= 4


def read_header(looks: Sequence[Look], start: int, story: Sequence[int], hint: str | None) -> Header:
    """The head of the story whose first paragraph is line `start`.

    Args:
        looks: all lines.
        start: the story's first line of prose.
        story: lines of the story.
        hint: the producer's idea of the title, or None.
    """
    head = Header()
    theme = {token for i in story for token in looks[i].tokens if len(token) > 3 or not token.isascii()}
    wanted = tokens_of(hint) if hint else []
    scored: list[tuple[float, int]] = []
    first = max(0, start - _REACH)
    for i in range(first, start):
        one = looks[i]
        if one.line.units < 2 or one.line.units > 40 or page_words(one) > 0.4 or is_date_line(one):
            continue
        if has_prefix(one.line.text) and read_byline(one.line.text):
            continue
        if is_credit(one) or patterns.is_counter(one.line.text) or agency(one.line.text):
            continue
        scored.append((_title_score(looks, i, start, theme, wanted), i))
    head.candidates = len(scored)
    if scored:
        best = max(score for score, _ in scored)
        if best >= 1.0:
            # Among near-equals the first is the headline; what repeats it below is a caption or the standfirst.
            head.title = next(i for score, i in scored if score >= best - 0.75)
    _read_rest(looks, head, first, start)
    return head


def _title_score(looks: Sequence[Look], i: int, start: int, theme: set[str], wanted: list[str]) -> float:
    one = looks[i]
    line = one.line
    words = {token for token in one.tokens if len(token) > 3 or not token.isascii()}
    score = 2.5 * len(words & theme) / max(2, len(words))
    score += 3.0 if line.heading else 0.0
    score += 6.0 if wanted and list(one.tokens) == wanted else 0.0
    score += 1.0 if 4 <= line.units <= 22 else 0.5 if line.units == 3 else -0.5 if line.units > 28 else 0.0
    score += 0.5 if line.above and line.below else 0.0
    score -= 2.0 if line.bullet else 0.0
    score -= 0.75 if line.ends_sentence and line.text[-1] in ".。" else 0.0
    score -= 0.5 if line.text[-1] in ":：…" else 0.0
    score -= 1.0 if is_name(line.text) and len(words & theme) == 0 else 0.0
    score += 0.5 if any(mark in line.text for mark in "‘’“”„«»「」?？") else 0.0
    return score - min(1.5, 0.04 * (start - i - 1))


def _read_rest(looks: Sequence[Look], head: Header, first: int, start: int) -> None:
    title = head.title
    begin = title + 1 if title is not None else first
    near = range(max(0, (title if title is not None else start) - 4), start)
    for i in near:
        if i == title:
            continue
        one = looks[i]
        text = one.line.text
        if is_date_line(one):
            head.dates.append(i)
            if has_prefix(text) and read_byline(text):
                head.bylines.append(i)
        elif has_prefix(text) and one.line.units <= 20 and read_byline(text):
            head.bylines.append(i)
    if not head.bylines:
        head.bylines = _bare_names(looks, head, begin, start)
    head.key_points = _key_points(looks, begin, start) if title is not None else []
    if title is None:
        return
    taken = {title, *head.bylines, *head.dates, *head.key_points}
    title_tokens = looks[title].tokens
    for i in range(title + 1, min(start, title + 8)):
        one = looks[i]
        if i in taken or page_words(one) > 0.3 or is_credit(one) or is_time_line(one) or one.line.bullet:
            continue
        if speaks_of_picture(one) or (i + 1 < len(looks) and is_credit(looks[i + 1])):
            continue
        if one.line.units < 6 or one.tokens == title_tokens:
            continue
        head.subtitle = i
        break
    above = looks[title - 1] if title else None
    if above and above.line.units <= 3 and title - 1 not in taken and above.shape == "S" and page_words(above) < 0.3:
        text = above.line.text
        if not patterns.is_counter(text) and not is_name(text) and above.line.below and text[0].isalpha():
            head.section = title - 1


def _key_points(looks: Sequence[Look], begin: int, start: int) -> list[int]:
    """The first run of bullets below the title: two to eight statements, not the short entries of a menu."""
    run: list[int] = []
    for i in range(begin, start):
        one = looks[i]
        if one.line.bullet and one.line.units >= 4 and page_words(one) <= 0.4:
            run.append(i)
        elif run:
            break
        elif i > begin + 6:
            return []
    long = sum(looks[i].line.units >= 6 for i in run)
    return run if 2 <= len(run) <= 8 and long * 2 >= len(run) else []


def _bare_names(looks: Sequence[Look], head: Header, begin: int, start: int) -> list[int]:
    """Lines that are only a name, next to a date line or right above the story: a byline without its «By»."""
    for i in range(begin, start):
        one = looks[i]
        if one.line.units > 9 or one.line.bullet or i in head.dates or page_words(one) > 0.3:
            continue
        beside = i + 1 in head.dates or i - 1 in head.dates or i == start - 1
        if beside and read_byline(one.line.text, prefixed=False):
            return [i]
    return []
