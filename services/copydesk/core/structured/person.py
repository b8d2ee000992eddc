"""Whether a text is a person's name: by how it is written, and by the tables of given names and surnames."""

from __future__ import annotations

import re

from copydesk.core.enrich.ner.tables import FEMALE, MALE, SURNAME, fold, person_names

_NO_NAMES = frozenset({
    "read", "min", "mins", "minute", "minutes", "view", "views", "post", "posts", "all", "follow", "share", "comment",
    "comments", "updated", "published", "editors", "table", "contents", "home", "news", "about", "contact",
    "subscribe", "sign", "login", "search", "more", "your", "our", "this", "that", "what", "how", "why", "who",
    "with", "from", "into", "category", "categories", "tags", "blog", "article", "articles", "guide", "guides",
    "review", "reviews", "best", "top", "company", "inc", "llc", "ltd", "monday", "tuesday", "wednesday", "thursday",
    "friday", "saturday", "sunday", "january", "february", "march", "april", "june", "july", "august", "september",
    "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec", "policy", "privacy", "terms", "menu", "advertisement", "learn", "get", "see", "here", "written", "by",
    "last", "photo", "image", "credit", "source", "disclosure", "fact", "checked", "reviewed", "medically", "team",
    "finance", "personal", "business", "sports", "sport", "politics", "health", "technology", "world", "opinion",
    "lifestyle", "culture", "science", "travel", "the", "and", "for", "is", "are", "was", "on", "of", "to", "it",
    "you", "we", "times", "chronicle", "today", "tribune", "herald", "gazette", "journal", "daily", "press",
    "magazine", "media", "observer", "guardian", "telegraph", "independent", "globe", "courier", "sentinel",
    "register", "dispatch", "bulletin", "university", "institute", "foundation", "center", "centre", "group",
    "agency", "network", "tv", "radio", "online", "clinic", "hospital", "college", "council", "association",
    "society", "department", "ministry", "committee", "staff", "desk", "newsroom", "editor", "correspondent",
    "reporter", "reporters", "writer", "writers", "contributor", "contributors", "expert", "experts", "reviewer",
    "redaktion", "nachrichten", "zeitung", "email", "address", "account", "password", "cookie", "cookies", "services",
    "solutions", "products", "advisers", "advisors", "partners", "holdings", "bank", "corporation", "corp", "gmbh",
    "capital", "ventures", "systems", "software", "studio", "studios", "consulting", "insurance", "market", "markets",
    "text", "size", "united", "states", "topics", "guidelines", "tips", "ideas", "plan", "plans", "questions",
    "resources", "links", "thoughts", "options",
})  # fmt: skip
"""Words that stand where names stand: on buttons, in dates, as sections, in names of newspapers and institutions."""
_PARTICLES = frozenset({
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "do", "la", "le", "el", "al", "bin",
    "ibn", "ben", "ten", "ter", "zu", "zum", "zur", "af", "av", "y", "e", "du", "des", "los", "las", "dal", "abu",
    "st", "und",
})  # fmt: skip
_ARTICLES = frozenset({"le", "la", "les", "der", "die", "das", "the", "el", "los", "il", "my"})
_UNCASED = re.compile(r"[^\W\d_A-Za-z\u00c0-\u052f\u10a0-\u10ff\u1e00-\u1fff]")
"""A letter of a script without capitals."""
_TEAM = re.compile(
    r"(?:the )?[^\W\d_][\w&'’.-]*(?: [\w&'’.-]+){0,3} "
    r"(?:team|staff|editors|newsroom|desk|contributors?|redaktion|rédaction|redacción|redazione|redactie|redaksjon)",
    re.IGNORECASE,
)
"""A name of people who write together; a word of its own says who they are."""
_ONE_WORD = re.compile(r"[^\W\d_][\w.-]{2,19}")


def is_uncased(text: str) -> bool:
    """Whether a text is in a script without capitals."""
    return _UNCASED.search(text) is not None


def is_person(name: str) -> bool:
    """Whether a text is written like a person's name: two to five capitalised words, or few in other scripts."""
    words = name.split()
    if is_uncased(name):
        return len(words) <= 4 and len(name) <= (6 if len(words) == 1 else 30)
    if not 2 <= len(words) <= 5 or any(word.strip(".,'’").lower() in _NO_NAMES for word in words):
        return False
    return all(word[0].isupper() or word.lower() in _PARTICLES for word in words) and words[-1][0].isupper()


def is_nickname(name: str) -> bool:
    """Whether a text is one word that may be a given name or a name on a forum."""
    return _ONE_WORD.fullmatch(name) is not None and name.lower() not in _NO_NAMES


def is_team(name: str) -> bool:
    """Whether a text names people who write together: `The Example Team`, `Example Editors`."""
    return _TEAM.fullmatch(name) is not None


def name_parts(name: str) -> tuple[bool, bool]:
    """Whether the first word of two or more is a given name, and whether the last one is a surname."""
    words = fold(name).replace(".", " ").split()
    if " " not in name or len(words) < 2 or words[0] in _ARTICLES:
        return False, False
    names = person_names()
    given = any(names.get(part, 0) & (FEMALE | MALE) for part in (words[0], *words[0].split("-")))
    return given, bool(names.get(words[-1], 0) & SURNAME)
