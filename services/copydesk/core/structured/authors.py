"""Authors: bylines split into names, without prefixes, site names, roles and addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copydesk.core.structured.titles import key_of
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Author

_PREFIX = re.compile(
    r"\A(?:(?:(?:written|reported|posted|published|story|words|text|report|article|analysis|opinion|interview|by)\s+)*"
    r"by|von|por|par|door|av|af|od|quelle|source|fuente|przez|napsal[ai]?|autor(?:en|a|in|es|zy)?|author|auteur|autore|text[eo]?|"
    r"автор|написал[аи]?|yazan|oleh|kirjoittaja|szerző|skribent|tekst|fotos?\s+und\s+text)\s*[:：]?\s+"
    r"|\A(?:quelle|source|fuente|by|autor(?:en)?|text|von|автор|author|reporter|文|記者|记者|作者)\s*[:：/]\s*",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"\s*[;|/•·]\s*|\s*,\s*(?:and|und|y|et|e|og|och|en|i|и|ja|és|&)\s+|\s*,\s*|\s*，\s*|\s*、\s*|\s+&\s+|\s+\+\s+"
    r"|\s+(?:and|und|et|och|og|ja|és|и|та|with|mit|con|avec)\s+|\s+[ye]\s+(?=[A-ZÁÉÍÓÚÑ])",
)
_ROLE = re.compile(
    r"\b(?:editor|editors|correspondent|reporter|writer|columnist|producer|analyst|bureau|chief|contributor|journalist|"
    r"critic|commentator|coordinator|manager|specialist|strategist|consultant|freelance|"
    r"staff|desk|director|professor|lecturer|fellow|researcher|author of|photographer|"
    r"redakteur(?:in)?|korrespondent(?:in)?|redaktion|chefredakteur(?:in)?|ressortleiter(?:in)?|reporter(?:in)?|"
    r"redactora?|corresponsal|periodista|rédact(?:eur|rice)|journaliste|giornalista|redattore|inviato|redaktør|"
    r"journalist(?:en)?|toimittaja|dziennikarz|dziennikarka|gazeteci|muhabir[i]?|корреспондент|журналист|редактор)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    key_of(name)
    for name in (
        "admin", "administrator", "editor", "editorial", "editorial team", "editorial staff", "editorial board",
        "staff",
        "staff writer", "staff reporter", "news desk", "newsdesk", "web desk", "online desk", "webmaster", "redaktion",
        "online redaktion", "die redaktion", "redacción", "redaccion", "la redacción", "rédaction", "la rédaction",
        "redazione", "la redazione", "redactie", "redaksi", "redakcja", "redakce", "redakcia", "toimitus",
        "redaktionen",
        "редакция", "редакція", "guest", "guest author", "contributor", "contributors", "author", "authors", "unknown",
        "anonymous", "none", "null", "undefined", "n/a", "team", "web team", "press release", "newsroom", "desk",
        "by", "written by", "posted by", "published by", "reviewed by", "updated", "updated on", "published",
        "von", "par", "authored by",
        "por", "and", "und", "et", "y", "on", "in", "posted", "posted on", "published on", "written", "last updated",
        "share", "follow", "read more", "min read", "about", "about the author", "the author", "more", "bio",
        "user", "nobody", "home", "super user", "root", "autor", "autoren",
    )
)  # fmt: skip
_CREDENTIAL = re.compile(
    r"M\.?D\.?|Ph\.?\s?D\.?|D\.?V\.?M\.?|R\.?N\.?|R\.?D\.?N?\.?|MBA|MPH|MSc|M\.?A\.?|B\.?A\.?|LL\.?M\.?|Esq\.?|CPA|CFA|CFP|"
    r"J\.?D\.?|Jr\.?|Sr\.?|I{2,3}|D\.?O\.?|DDS|LCSW|FAAP",
)
_HONORIFIC = re.compile(r"\s*(?:기자|記者|记者)\Z")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.\S+|https?://\S+|www\.\S+|(?<!\w)@\w+")
_PARENTHESIS = re.compile(r"\s*[(\[（].{0,60}?[)\]）]\s*")
_TRAILING = re.compile(r"\s+(?:for|at|in|für|bei|für die|pour|para)\s+(?:the\s+)?[A-ZÄÖÜ].*\Z")
_DATEISH = re.compile(r"\d{2,}")
_BYLINE_CHARS = 2_000
"""What is read of a byline: more than a hundred names have no room in it."""
_MAX_AUTHORS = 100


def read_authors(
    bylines: Sequence[tuple[str, str | None]], sites: Sequence[str], *, trace: Trace = NO_TRACE
) -> list[Author]:
    """Authors in order, without repeats.

    Args:
        bylines: text and profile page, as found in one place.
        sites: names of the site and of its domain; they are no authors.
        trace: told of every part that is dropped.
    """
    dropped = {key_of(site) for site in sites if site}
    found: dict[str, Author] = {}
    for byline, url in bylines:
        raw = normalize_line(byline[: 2 * _BYLINE_CHARS])[:_BYLINE_CHARS]
        parts = _split(raw)
        for part in parts:
            name, role = part
            key = key_of(name)
            reason = _not_a_name(name, key, dropped)
            if reason:
                trace.note("html", "author", f"dropped {name[:60]!r}", reason)
            elif key not in found:
                found[key] = Author(name=name, url=url if len(parts) == 1 else None, role=role, raw=raw[:200])
    return list(found.values())[:_MAX_AUTHORS]


def _split(byline: str) -> list[tuple[str, str | None]]:
    """Names with their roles: a part that reads like a role belongs to the name before it."""
    text = _PARENTHESIS.sub(" ", _ADDRESS.sub(" ", byline))
    for _ in range(2):
        text = _PREFIX.sub("", text.strip(" ,;:-–—|"), count=1)
    parts: list[tuple[str, str | None]] = []
    for piece in _BREAK.split(text):
        if piece is None:
            continue
        bare = _PREFIX.sub("", piece.strip(" ,;:-–—|.&\"'“”„()"), count=1)
        name = _HONORIFIC.sub("", normalize_line(bare).strip(" ,;:-–—|"))
        if not name or (parts and _CREDENTIAL.fullmatch(name)):
            continue
        if _ROLE.search(name) and parts and len(name.split()) <= 6:
            last, role = parts[-1]
            parts[-1] = (last, role or name)
        else:
            parts.append((_TRAILING.sub("", name) if len(name.split()) > 4 else name, None))
    return parts


def _not_a_name(name: str, key: str, sites: set[str]) -> str | None:
    if not key or len(key) < 2:
        return "no letters"
    if key in sites or any(len(site) >= 4 and key in {f"the{site}", f"{site}com"} for site in sites):
        return "the site's own name"
    if key in _GENERIC:
        return "a function, not a name"
    if len(name) > 80 or len(name.split()) > 7:
        return "too long for a name"
    if _DATEISH.search(name):
        return "holds a number"
    return None
