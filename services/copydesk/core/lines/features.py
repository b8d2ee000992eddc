"""What a line looks like by itself, in numbers that hold for any language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.core.lines import patterns
from copydesk.core.lines.byline import has_prefix, is_name
from copydesk.core.lines.lexicon import KINDS, addressed, kinds_in, tokens_of
from copydesk.core.lines.line import CLOSERS, READ_CHARS, SENTENCE_ENDS, Line, is_unspaced

_OPENERS = "\"'“‘„«»「『‹—–-"
_QUOTES = re.compile('["“”„«»「」]')
_COMMAS = re.compile("[,、，،;؛]")
_INNER_END = re.compile(rf"\w\w\w[{re.escape(SENTENCE_ENDS)}]+[{re.escape(CLOSERS)}]*\s")
_DIGIT = re.compile(r"\d")
_UNSPACED_END = re.compile("[。！？]")
_PAGE_KINDS = ("share", "signup", "consent", "account", "comments", "related", "advert", "legal", "menu", "tags")
_END_NAMES = ("stop", "exclaim", "colon", "comma", "ellipsis", "quote", "none")

OWN_NAMES = (
    "units",
    "chars",
    *(f"end_{name}" for name in _END_NAMES),
    "inner_ends",
    "commas",
    "word_length",
    "lower",
    "upper",
    "small",
    "all_caps",
    "starts_lower",
    "starts_quote",
    "quotes",
    "digits",
    "separators",
    "brackets",
    "bullet",
    "heading",
    "unspaced",
    *(f"kind_{kind}" for kind in KINDS),
    "page_words",
    "page_hits",
    "addressed",
    "dated",
    "ago",
    "url",
    "at",
    "counter",
    "credit",
    "pictured",
    "byline",
    "name",
    "full_date",
    "label",
    "label_caps",
    "tail",
    "tail_caps",
)
"""Names of a line's own features, in the order of `Look.own`."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a line looks like by itself.

    Attributes:
        line: the line.
        tokens: its casefolded words, of the first 2,000 characters.
        kinds: words of page phrases by kind.
        shape: one letter: P prose, L long without a sentence's end, M medium sentence, B short in a list, S short.
        unspaced: whether its script has no spaces between words.
        own: its features, as `OWN_NAMES` calls them.
    """

    line: Line
    tokens: tuple[str, ...]
    kinds: dict[str, int]
    shape: str
    unspaced: bool
    own: tuple[float, ...]


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


def look(line: Line) -> Look:
    """The look of one line."""
    text = line.text[:READ_CHARS]
    tokens = tokens_of(text)
    kinds = kinds_in(text, tokens)
    ending = _ending(line.text)
    unspaced = not text.isascii() and is_unspaced(text)
    page = max([kinds.get(kind, 0) for kind in _PAGE_KINDS]) if kinds else 0
    count = max(1, len(tokens))
    own = (
        *_sizes(line, text, ending, unspaced=unspaced),
        *([min(1.0, kinds.get(kind, 0) / count) for kind in KINDS] if kinds else _NO_KINDS),
        page / count,
        float(page),
        addressed(text, tokens) / count,
        *(_short_shapes(text, line.units) if len(text) <= 400 else _NO_SHAPES),
        *(_caption_shapes(text) if len(text) <= 600 else _NO_CAPTION),
    )
    return Look(line, tuple(tokens), kinds, _shape(line, ending), unspaced, own)


_NO_KINDS = (0.0,) * len(KINDS)
_NO_SHAPES = (0.0,) * 9
_NO_CAPTION = (0.0,) * 5


def _sizes(line: Line, text: str, ending: str, *, unspaced: bool) -> tuple[float, ...]:
    words = text.split()
    count = len(words)
    firsts = [word[0] for word in words]
    lower = sum(map(str.islower, firsts))
    upper = sum(map(str.isupper, firsts[1:]))
    inner = len(_INNER_END.findall(text))
    if unspaced:
        inner = max(inner, len(_UNSPACED_END.findall(text)) - 1)
    return (
        min(line.units, 400),
        min(len(line.text), READ_CHARS),
        *[float(ending == name) for name in _END_NAMES],
        inner,
        len(_COMMAS.findall(text)),
        len(text) / count,
        lower / count,
        upper / (count - 1) if count > 1 else 0.0,
        sum([len(word) <= 3 for word in words if word.islower()]) / count,
        float(text.isupper()),
        float(text[0].islower()),
        float(text[0] in _OPENERS),
        float(_QUOTES.search(text) is not None),
        sum(map(str.isdigit, text)) / len(text),
        len(patterns.SEPARATORS.findall(text)),
        text.count("(") + text.count("（") + text.count("["),
        (2.0 if line.bullet[0].isdigit() else 1.0) if line.bullet else 0.0,
        float(line.heading),
        float(unspaced),
    )


def _short_shapes(text: str, units: int) -> tuple[float, ...]:
    digits = _DIGIT.search(text) is not None
    return (
        patterns.date_share(text) if digits else 0.0,
        float(digits and patterns.AGO.search(text) is not None),
        float("." in text and patterns.URL.search(text) is not None),
        float("@" in text),
        float(digits and patterns.is_counter(text)),
        float(patterns.CREDIT.search(text) is not None),
        float(patterns.PICTURED.search(text) is not None or patterns.PICTURE_MARK.match(text) is not None),
        float(units <= 20 and has_prefix(text)),
        float(units <= 5 and is_name(text)),
    )


def _caption_shapes(text: str) -> tuple[float, ...]:
    """A full date, a label in front and words behind the last sentence, with how much of them is in capitals."""
    label = patterns.LABEL.match(text[:60])
    tail = patterns.TAIL.search(text[-70:]) if text[-1] not in SENTENCE_ENDS else None
    words = tail["tail"].split() if tail else []
    return (
        float(patterns.YEAR.search(text) is not None and patterns.FULL_DATE.search(text) is not None),
        float(label is not None),
        float(label is not None and label["name"].isupper()),
        float(len(words)),
        sum(word[0].isupper() for word in words) / max(1, len(words)),
    )


def _shape(line: Line, ending: str) -> str:
    ends = ending in ("stop", "exclaim") or (ending == "colon" and line.units >= 12)
    if line.units >= 12:
        return "P" if ends or line.units >= 35 else "L"
    if ends and line.units >= 4:
        return "M"
    return "B" if line.bullet else "S"
