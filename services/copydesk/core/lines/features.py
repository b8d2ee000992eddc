"""What a line looks like, by itself and among its neighbours, as names of binary features.

Features are names rather than numbers: a score is then a sum of named weights, which a person can read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.core.lines import patterns
from copydesk.core.lines.lexicon import kinds_in, tokens_of
from copydesk.core.lines.line import CLOSERS, READ_CHARS, SENTENCE_ENDS, Line, is_unspaced

_SIZES = ((1, "1"), (2, "2"), (4, "3-4"), (7, "5-7"), (11, "8-11"), (17, "12-17"), (29, "18-29"), (59, "30-59"))
_OPENERS = "\"'“‘„«»「『‹—–-"

MARKS_OF_PAGES = ("related", "comments", "signup", "share", "legal", "tags", "author")
"""Kinds whose short lines head or end a part of the page that is not the story."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a line looks like by itself.

    Attributes:
        line: the line.
        tokens: its casefolded words, of the first 2,000 characters.
        kinds: words of page phrases by kind.
        shape: one letter: P prose, L long without a sentence's end, M medium sentence, B short in a list, S short.
        own: names of its features.
    """

    line: Line
    tokens: tuple[str, ...]
    kinds: dict[str, int]
    shape: str
    own: tuple[str, ...]


def size_of(units: int) -> str:
    """Length class of a line, in words."""
    for limit, name in _SIZES:
        if units <= limit:
            return name
    return "60+"


def _ending(text: str) -> str:
    bare = text.rstrip(CLOSERS + " ")
    last = bare[-1:]
    if bare.endswith(("…", "...", "[...]")):
        return "ellipsis"
    if last in ".。।።۔։":
        return "stop"
    if last in "!?！？؟":
        return "exclaim"
    if last in ":：":
        return "colon"
    if last in ",;、，،":
        return "comma"
    return "quote" if text[-1:] in CLOSERS else "none"


def _share(part: int, whole: int) -> str:
    ratio = part / whole if whole else 0.0
    return "0" if ratio == 0 else "low" if ratio < 0.25 else "mid" if ratio < 0.6 else "high"


def look(line: Line) -> Look:
    """The look of one line."""
    text = line.text[:READ_CHARS]
    tokens = tokens_of(text)
    words = text.split()
    kinds = kinds_in(text, tokens)
    size = size_of(line.units)
    ending = _ending(line.text)
    own = [f"size={size}", f"end={ending}", f"size={size}&end={ending}"]
    inner = sum(1 for word in words[:-1] if word.rstrip(CLOSERS)[-1:] in SENTENCE_ENDS and len(word) > 3)
    if is_unspaced(text):
        own.append("script=unspaced")
        inner = max(inner, sum(text.count(mark) for mark in "。！？") - 1)
    own.append(f"inner={min(inner, 3)}")
    own.append(f"commas={min(sum(text.count(mark) for mark in ',、，،;'), 3)}")
    lower = sum(word[0].islower() for word in words)
    upper = sum(word[0].isupper() for word in words[1:])
    if lower or upper:
        own.append(f"size={'short' if line.units < 8 else 'long'}&upper={_share(upper, len(words) - 1)}")
        own.append(f"small={_share(sum(len(w) <= 3 and w.islower() for w in words), len(words))}")
        if text.isupper():
            own.append(f"caps&size={'short' if line.units < 5 else 'long'}")
        if text[0].islower():
            own.append("starts=lower")
    if line.bullet:
        own.append(f"bullet={'number' if line.bullet[0].isdigit() else 'mark'}&size={size}")
    if line.heading:
        own.append("heading")
    if text[0] in _OPENERS:
        own.append("starts=quote")
    if any(mark in text for mark in '“”„«»「」"'):
        own.append("quotes")
    digits = sum(c.isdigit() for c in text)
    own.append(f"digits={_share(digits, len(text))}")
    if patterns.SEPARATORS.search(text):
        own.append("separators")
    long = "short" if line.units < 12 else "long"
    own += [f"{kind}&size={long}{'&most' if hits * 2 >= len(tokens) else ''}" for kind, hits in kinds.items()]
    if len(text) <= 400:
        own += _short_shapes(text)
    shape = _shape(line, ending)
    return Look(line, tuple(tokens), kinds, shape, tuple(own))


def _short_shapes(text: str) -> list[str]:
    found = []
    dated = patterns.date_share(text)
    if dated:
        found.append("date=most" if dated > 0.45 else "date=some")
    if patterns.AGO.search(text):
        found.append("ago")
    if "." in text and patterns.URL.search(text):
        found.append("url")
    if "@" in text:
        found.append("at")
    if patterns.is_counter(text):
        found.append("counter")
    if patterns.CREDIT.search(text):
        found.append("credit")
    return found


def _shape(line: Line, ending: str) -> str:
    ends = ending in ("stop", "exclaim") or (ending == "colon" and line.units >= 12)
    if line.units >= 12:
        return "P" if ends or line.units >= 35 else "L"
    if ends and line.units >= 4:
        return "M"
    return "B" if line.bullet else "S"


def _bin(value: float, limits: Sequence[float]) -> int:
    return sum(value > limit for limit in limits)


def in_context(looks: Sequence[Look]) -> list[list[str]]:
    """Features of every line, its neighbours' looks included."""
    shapes = ["^", "^", *(one.shape for one in looks), "$", "$"]
    prose = [min(one.line.units, 120) if one.shape == "P" else 0 for one in looks]
    total = sum(prose) or 1
    copies = Counter(one.line.text for one in looks)
    features: list[list[str]] = []
    before, marks, since_mark = 0, 0, 99
    running = [0]
    for amount in prose:
        running.append(running[-1] + amount)
    mark_kind = ""
    for i, one in enumerate(looks):
        line = one.line
        here = list(one.own)
        left, mine, right = shapes[i + 1], shapes[i + 2], shapes[i + 3]
        here.append(f"shapes={left}{mine}{right}")
        here.append(f"wide={shapes[i]}{left}.{mine}")
        here.append(f"wide={mine}.{right}{shapes[i + 4]}")
        near = running[min(len(looks), i + 6)] - running[max(0, i - 5)] - prose[i]
        far = running[min(len(looks), i + 21)] - running[max(0, i - 20)] - prose[i]
        here.append(f"{mine}&near={_bin(near, (0, 30, 80, 160, 300))}")
        here.append(f"{mine}&far={_bin(far, (0, 60, 200, 500, 1000))}")
        share = before / total
        after = (total - before - prose[i]) / total
        here.append(f"{mine}&before={_bin(share, (0, 0.03, 0.15, 0.5, 0.85, 0.97))}")
        here.append(f"{mine}&after={_bin(after, (0, 0.03, 0.15, 0.5, 0.85, 0.97))}")
        here.append(f"{mine}&gap={min(line.above, 2)}{min(line.below, 2)}")
        if copies[line.text] > 1:
            here.append(f"copies&{mine}")
        here.append(f"{mine}&marks={min(marks, 4)}")
        if since_mark <= 12:
            here.append(f"{mine}&since={_bin(since_mark, (1, 2, 5))}&{mark_kind}")
        before += prose[i]
        if line.units <= 8 and one.shape in "SBM":
            for kind in MARKS_OF_PAGES:
                if one.kinds.get(kind, 0) * 2 >= len(one.tokens) > 0:
                    marks += share > 0.25
                    since_mark, mark_kind = 0, kind
                    break
        since_mark += 1
        features.append(here)
    return features
