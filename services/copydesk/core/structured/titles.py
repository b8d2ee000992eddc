"""The headline: chosen among what the page offers, without the site's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk_schemas.reasons import FoundIn

_SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]{1,2}\s+|\s*\|\s*|\s+::\s+|\s*[»｜]\s*")
_TITLE_CHARS = 1_000
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible headline and where it stood."""

    text: str
    found_in: FoundIn
    where: str
    confidence: float


def key_of(text: str) -> str:
    """The form in which names compare: NFKC, casefolded, letters and digits only."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def without_site(title: str, sites: Sequence[str]) -> str:
    """The title without the site's name before or after it.

    Args:
        title: such as `Rain ends drought | The Example Times`.
        sites: names of the site, and the label of its domain.
    """
    if len(title) > _TITLE_CHARS:
        return title  # no headline, and each part that is cut off means another look at the rest
    names = [key for site in sites if (key := key_of(site))]
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
    for name in names:
        if key == name:
            return True
        short, long = sorted((key, name), key=len)
        if len(short) >= 4 and (long.startswith(short) or long.endswith(short)) and len(long) <= len(short) * 3:
            return True
    return False


def choose_title(candidates: Sequence[Candidate], sites: Sequence[str]) -> tuple[Candidate | None, str]:
    """The headline and the reason for it; candidates come in order of trust.

    Two that agree on a text outweigh one that is trusted more: the commonest fault is one field made for search
    engines or social networks while the others carry the printed headline.
    """
    cleaned = [
        Candidate(text, c.found_in, c.where, c.confidence)
        for c in candidates
        if (text := without_site(c.text, sites)) and key_of(text) and not _is_bare_site(text, sites)
    ]
    if not cleaned:
        return None, "no candidate"
    return cleaned[0], f"the most trusted of {len(cleaned)}"


def _is_bare_site(text: str, sites: Sequence[str]) -> bool:
    return any(key_of(text) == key_of(site) for site in sites)
