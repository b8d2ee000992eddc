"""Authors: bylines split into names, without prefixes, site names, roles and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from copydesk.core.structured.person import is_person, is_uncased
from copydesk.core.structured.publisher import agency
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_line
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parts import Author

BYLINE_START = re.compile(
    # A word for «by», with what is told of the text before it.
    r"(?:(?:this\s+)?(?:(?:post|article|story|words|text|report|analysis|opinion|interview|content)\s+)?(?:was\s+)?"
    r"(?:(?:written|reported|posted|published|authored|submitted|created|contributed)\s+)?by|"
    r"(?:(?:ein\w*\s+)?(?:beitrag|artikel|bericht|text|kommentar|analyse|interview|gastbeitrag|kolumne|geschrieben|"
    r"fotos?\s+und\s+text)\s+)?von|"
    r"(?:(?:texte|propos\s+recueillis|publié|écrit|rédigé)\s+)?par|(?:(?:escrito|publicado|texto)\s+)?por|"
    r"door|przez|oleh|(?:(?:skrevet|skriven|tekst)\s+)?a[vf]|napsal[ai]?|napisała?|написал[аи]?|yazan)\s*[:：|]?(?:\s|\Z)"
    # A word for «author» or «source».
    r"|(?:quelle|source|fuente|autor(?:in(?:/autor)?|en|a|es|zy|i)?|text[eo]?|testo|автор[иы]?|authors?|auteure?s?|autore|"
    r"autrice|reporter|forfatter|skribent|tekst|yazar|muhabir|kirjoittaja|toimittaja|szerző|von|by|"
    r"文|撰文|記者|记者|作者|责编|责任编辑|编辑|기자|글|लेखक)\s*(?:[:：/|]\s*|\Z)"
    r"|(?:автор[иы]?|autor(?:en|a|in|es|zy|i)?|authors?|auteur|autore|szerző|kirjoittaja|skribent)\s+",
    re.IGNORECASE,
)
"""The beginning of a byline up to its first name. It ends in white space, or where the text ends."""

_BREAK = re.compile(
    r"\s*[;|/•·、，]\s*|\s*,\s*(?:and|und|y|et|e|og|och|en|i|и|ja|és|ve|a|si|și|dan|και|&)\s+|\s*,\s*|\s+[&+]\s+"
    r"|\s+(?:and|und|et|och|og|ja|és|и|та|й|with|mit|con|avec|και|или|और|এবং)\s+|\s+و\s?"
)
_WEAK_BREAK = re.compile(r"\s+(?:y|e|i|a|en|si|și|dan|ve|dhe|va|og)\s+(?=[^\W\d_a-z])")
"""Words for «and» that also stand within names (Ortega y Gasset): they divide only two names of two words or more."""
ROLE = re.compile(
    r"\b(?:editors?|correspondents?|reporters?|writers?|columnist|producer|analyst|bureau|chief|contributor|journalist|"
    r"critic|commentator|coordinator|manager|specialist|strategist|consultant|freelance|head of|attorney|advisor|"
    r"staff|desk|director|professor|lecturer|fellow|researcher|author of|photographer|founder|ceo|president|officer|"
    r"redakteur(?:in)?|korrespondent(?:in)?|redaktion|chefredakteur(?:in)?|ressortleiter(?:in)?|leiter(?:in)?|"
    r"redactora?|corresponsal|periodista|rédact(?:eur|rice)|journaliste|giornalista|redattore|inviato|redaktør|"
    r"journalist(?:en|in)?|toimittaja|dziennikarz|dziennikarka|gazeteci|muhabir[i]?|корреспондент|журналист|редактор)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    key_of(name)
    for name in (
        "admin", "administrator", "editor", "editors", "editorial", "editorial team", "editorial staff",
        "editorial board", "staff", "staff writer", "staff reporter", "news desk", "newsdesk", "web desk",
        "online desk", "webmaster", "redaktion", "online redaktion", "die redaktion", "redacción", "redaccion",
        "la redacción", "rédaction", "la rédaction", "redazione", "la redazione", "redactie", "redaksi", "redakcja",
        "redakce", "redakcia", "toimitus", "redaktionen", "редакция", "редакція", "guest", "guest author",
        "contributor", "contributors", "author", "authors", "unknown", "anonymous", "none", "null", "undefined",
        "n/a", "team", "web team", "press release", "newsroom", "desk", "by", "written by", "posted by",
        "published by", "reviewed by", "updated", "updated on", "published", "von", "par", "authored by", "por",
        "and", "und", "et", "y", "on", "in", "posted", "posted on", "published on", "written", "last updated",
        "share", "follow", "read more", "min read", "about", "about the author", "the author", "more", "bio", "user",
        "nobody", "home", "super user", "root", "autor", "autoren", "author name", "default author", "view all posts",
        "see all", "read bio", "full bio",
    )
)  # fmt: skip
_CREDENTIAL = re.compile(
    r"M\.?D\.?|Ph\.?\s?D\.?|D\.?V\.?M\.?|R\.?N\.?|R\.?D\.?N?\.?|MBA|MPH|MSc|M\.?A\.?|B\.?A\.?|LL\.?M\.?|Esq\.?|CPA|CFA|CFP|"
    r"J\.?D\.?|Jr\.?|Sr\.?|I{2,3}|D\.?O\.?|DDS|LCSW|FAAP|[A-Z]{2,6}|[A-Z]{1,4}(?:-[A-Z]{1,4})+"
)
_HONORIFIC = re.compile(r"\s*(?:기자|記者|记者)\Z")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.\S+|https?://\S+|www\.\S+|(?<!\w)@\w+")
_PARENTHESIS = re.compile(r"\s*[(\[（].{0,60}?[)\]）]\s*")
_TRAILING = re.compile(
    r"(?<=\w)\s+(?:for|at|in|für|bei|aus|pour|para|en|til|dla|per)\s+(?:the\s+|die\s+|el\s+|la\s+)?[^\W\d_a-zß-ÿ].*\Z"
)
_DATEISH = re.compile(r"(?<![^\W_])\d")
"""A number of its own: a date, or minutes. One within a name of letters (`BR24`) is none."""
_STRIPPED = " ,;:：-–—|.&\"'“”„()*•·"
_BYLINE_CHARS = 2_000
"""What is read of a byline: more than a hundred names have no room in it."""
_MAX_AUTHORS = 100
_MAX_BYLINES = 300
_SURNAME_FIRST = re.compile(r"[^\W\d_]+, [^\W\d_]+")


def read_authors(
    bylines: Sequence[tuple[str, str | None]],
    sites: Sequence[str],
    *,
    strict: bool = False,
    whole: bool = False,
    trace: Trace = NO_TRACE,
) -> list[Author]:
    """Authors in order, without repeats.

    Args:
        bylines: text and profile page, as found in one place.
        sites: names of the site and of its domain; they are no authors.
        strict: keep only what is written like a person's name; for texts that only may be bylines.
        whole: each is one name, such as an organisation's, which may hold an «and».
        trace: told of every part that is dropped.
    """
    dropped = {key_of(site) for site in sites if site}
    found: dict[str, Author] = {}
    for byline, url in bylines[:_MAX_BYLINES]:
        raw = normalize_line(byline[: 2 * _BYLINE_CHARS])[:_BYLINE_CHARS]
        parts = [(raw, None)] if whole else _split(raw)
        for number, (name, role) in enumerate(parts):
            key = key_of(name)
            reason = _not_a_name(name, key, dropped)
            if reason is None and number and _is_place(name, parts[0][0]):
                reason = "a word after a whole name: a place"
            if reason is None and number and " " in name and key_of(name.split()[0]) in dropped:
                reason = "a part of the site"
            if reason is None and strict and not is_person(name):
                reason = "not written like a name"
            if reason:
                trace.note("html", "author", f"dropped {name[:60]!r}", reason)
            elif key not in found:
                found[key] = Author(name=name, url=url if len(parts) == 1 else None, role=role, raw=raw[:200])
    return list(found.values())[:_MAX_AUTHORS]


def _split(byline: str) -> list[tuple[str, str | None]]:
    """Names with their roles: a part that reads like a role belongs to the name before it."""
    text = _without_start(_PARENTHESIS.sub(" ", _ADDRESS.sub(" ", byline)))
    parts: list[tuple[str, str | None]] = []
    for piece in _pieces(text):
        name = _HONORIFIC.sub("", normalize_line(_without_start(piece.strip(_STRIPPED), once=True)).strip(" ,;:：-–—|"))
        if not name or (parts and _CREDENTIAL.fullmatch(name) and agency(name) is None):
            continue
        words = name.split()
        if parts and ROLE.search(name) and len(words) <= 6:
            last, role = parts[-1]
            parts[-1] = (last, role or name)
        else:
            where = _TRAILING.search(name) if len(words) > 3 else None
            parts.append((name[: where.start()] if where and " " in name[: where.start()] else name, None))
    if len(parts) == 2 and _SURNAME_FIRST.fullmatch(text):
        return [(f"{parts[1][0]} {parts[0][0]}", parts[1][1])]
    return parts


def _without_start(text: str, *, once: bool = False) -> str:
    """The text without «by» and the like, which may stand twice: «Author: By Jane Doe»."""
    for _ in range(1 if once else 2):
        text = text.strip(_STRIPPED)
        start = BYLINE_START.match(text)
        if start is None or start.end() == len(text):
            return text
        text = text[start.end() :]
    return text


def _pieces(text: str) -> Iterator[str]:
    for piece in _BREAK.split(text):
        start = 0
        for weak in _WEAK_BREAK.finditer(piece):
            if len(piece[start : weak.start()].split()) > 1 and len(piece[weak.end() :].split()) > 1:
                yield piece[start : weak.start()]
                start = weak.end()
        yield piece[start:]


def _is_place(name: str, first: str) -> bool:
    """Whether a single word follows a whole name: «Jane Doe, Berlin»."""
    return " " in first and " " not in name and not is_uncased(name) and agency(name) is None


def _not_a_name(name: str, key: str, sites: set[str]) -> str | None:
    if not key or len(key) < 2:
        return "no letters"
    if key in sites or any(len(site) >= 4 and key in {f"the{site}", f"{site}com"} for site in sites):
        return "the site's own name"
    if key in _GENERIC or BYLINE_START.fullmatch(f"{name} "):
        return "a function, not a name"
    if len(name) > 80 or len(name.split()) > 7:
        return "too long for a name"
    if _DATEISH.search(name):
        return "holds a number"
    if ": " in name:
        return "a label and what it labels"
    return None
