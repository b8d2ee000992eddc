"""Texts of headlines and names: how they compare, and what in them names the site, its sections or the address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from urllib.parse import unquote, urlsplit

_SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]{1,2}\s+|\s*\|\s*|\s+::\s+|\s*[»｜]\s*")
_NO_WORD = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+")
_CHARS = 1_000
SHORT = 15
"""Columns below which a text rather names a section or the site."""
NAME_KEY = 4
"""Characters of a key from which on it is no accident that a text holds the name."""
GERMANIC = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})
"""Letters as they are written in addresses."""


def key_of(text: str) -> str:
    """The form in which names compare: NFKC, casefolded, letters and digits only."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def without_site(title: str, sites: Sequence[str], rubrics: Collection[str] = ()) -> str:
    """The title without the site's name before or after it, and without a rubric after it.

    Args:
        title: such as `Rain ends drought | Weather | The Example Times`.
        sites: names of the site, and labels of its domain.
        rubrics: keys of its sections' names.
    """
    if len(title) > _CHARS:
        return title  # no headline, and each part that is cut off means another look at the rest
    names = [folded for site in sites if (key := key_of(site)) for folded in {key, key.translate(GERMANIC)}]
    breaks = list(_SEPARATOR.finditer(title))
    if breaks:
        head = key_of(title[: breaks[0].start()])
        rest = title[breaks[0].end() :].strip()
        if head and rest and head in names:
            return without_site(rest, sites, rubrics)
    for cut in breaks[-2:]:
        tail, rest = key_of(title[cut.end() :]), title[: cut.start()].strip()
        if not tail or not rest:
            continue
        last = cut is breaks[-1]
        if (last and tail in rubrics) or _is_site(tail, names, alone=last, longest=4 if last and "|" in cut[0] else 3):
            return without_site(rest, sites, rubrics)
    return title


def _is_site(key: str, names: Sequence[str], *, alone: bool, longest: int) -> bool:
    """Whether a segment names the site: equal to a name of it, or one begins or ends with the other (`cnnpolitics`).

    Args:
        key: of the segment.
        names: keys of the site's names.
        alone: it is one segment. Of two together the first may be a short rubric, or the end of the headline.
        longest: how many times as long as the other one may be.
    """
    for form in {key, key.translate(GERMANIC)}:
        for name in names:
            if form == name:
                return True
            short, long = sorted((form, name), key=len)
            ends = long.endswith(short) and (alone or len(long) - len(short) < SHORT)
            added = long.startswith(short) or ends
            if len(short) >= NAME_KEY and added and len(long) <= len(short) * longest:
                return True
    return False


def folders_of(url: str | None) -> set[str]:
    """Keys of the folders in an address: sections of the site."""
    try:
        path = unquote(urlsplit(url or "").path)
    except ValueError:
        return set()
    return {key for part in path[:_CHARS].rstrip("/").split("/")[:-1] if len(key := key_of(part)) >= NAME_KEY}


def slug_of(url: str | None) -> set[str]:
    """Words of an address's path, without accents; none where there is no address."""
    try:
        path = unquote(urlsplit(url or "").path)
    except ValueError:
        return set()
    return {without_accents(word) for word in _WORD.findall(path.casefold()[:_CHARS])}


def without_accents(word: str) -> str:
    """A word's letters without their marks."""
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def columns(text: str) -> int:
    """Width of a text: an East Asian character says as much as two letters."""
    return len(text) + sum(1 for c in text if unicodedata.east_asian_width(c) in "WF")
