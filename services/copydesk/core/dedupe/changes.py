"""What a new revision changed, in words for a person, from the little that is remembered of the one before."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from copydesk.core.dedupe.state import Head
from copydesk.core.fingerprint import Containment, normalised_words
from copydesk_schemas.base import format_instant
from copydesk_schemas.parsed import ParsedArticle

TEXT_FIELDS = ("title", "subtitle", "body")
"""A change of any of these makes a revision; pages change tags and teasers with every fetch."""
_OTHER_FIELDS = ("description", "key_points", "authors", "section", "tags", "published_at", "modified_at", "language")
FIELDS = (*TEXT_FIELDS, *_OTHER_FIELDS)

# A paragraph or a title that announces a correction: the word, then a colon, a dash, a bracket or the end. Words that
# may open any sentence ("Correct", "Update") are left out, and so are words inside of sentences.
_LABEL = (
    r"corrections?|corrected|clarification|erratum|errata|errata corrige|editor[’']s note[:,–—-]* correct(?:ion|ed)"
    r"|rectificatifs?|rectification|korrektur|berichtigung|richtigstellung|korrigiert|korrigierte fassung"
    r"|corrección|correccion|corregido|fe de erratas|fe de errores|rettifica|correzione|correção|correcção|corrigido"
    r"|correctie|rectificatie|rättelse|rettelse|oikaisu|sprostowanie|oprava|исправление|поправка|уточнение|更正|訂正|정정"
)
_CORRECTION = re.compile(rf"[\W_]*(?:{_LABEL})\s*(?:[:：–—\-()\[\]]|$)", re.IGNORECASE)
_SENTENCE = re.compile(
    r"\bthis (?:article|story|report|headline|piece|post) (?:was|has been) (?:corrected|amended)\b", re.IGNORECASE
)


def field_hashes(article: ParsedArticle) -> dict[str, bytes]:
    """Four bytes of a hash for each field with a value. Texts count in the form in which texts are compared."""
    found: dict[str, bytes] = {}
    for name in FIELDS:
        text = _as_text(article, name)
        if text:
            found[name] = hashlib.sha256(text.encode("utf-8", "replace")).digest()[:4]
    return found


def _as_text(article: ParsedArticle, name: str) -> str:
    if name == "body":
        return article.fingerprint.exact_hash if article.fingerprint.words else ""
    if name == "authors":
        return "\n".join(author.name for author in article.authors)
    if name == "language":
        return article.language.code
    value = getattr(article, name)
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, list):
        return "\n".join(value)
    return " ".join(normalised_words(value)) if value else ""


def changed_fields(old: Head, new: dict[str, bytes]) -> list[str]:
    """Fields that differ, in the order of `FIELDS`."""
    return [name for name in FIELDS if old.fields.get(name) != new.get(name)]


def says_corrected(article: ParsedArticle) -> bool:
    """Whether title or body announces a correction."""
    return any(_says_corrected(text) for text in (article.title, article.subtitle, article.body) if text)


def _says_corrected(text: str) -> bool:
    # Only where paragraphs begin: searching whole texts for the labels took longer than all the rest of a decision.
    if any(_CORRECTION.match(line) for line in text.split("\n")):
        return True
    lower = text.lower()
    return ("corrected" in lower or "amended" in lower) and _SENTENCE.search(text) is not None


def describe(old: Head, article: ParsedArticle, changed: list[str], kept: Containment | None) -> list[str]:
    """One short sentence a change; `kept` is the containment of the new and the old body, where both have sketches."""
    return [_sentence(name, old, article, kept) for name in changed]


def _sentence(name: str, old: Head, article: ParsedArticle, kept: Containment | None) -> str:
    if name == "title":
        return f"Title changed from {_quoted(old.title)} to {_quoted(article.title)}."
    if name == "body":
        before, after = old.words, article.fingerprint.words
        size = f"Body grew from {before} to {after} words" if after > before else ""
        size = size or (f"Body shrank from {before} to {after} words" if after < before else f"Body of {after} words")
        share = f"; {kept.of_old:.0%} of the earlier text is kept" if kept is not None else " changed"
        return f"{size}{share if after == before or kept is not None else ''}."
    if name == "published_at":
        then = _moment(old.published_ms)
        now = format_instant(article.published_at) if article.published_at else "none"
        return f"Publication date changed from {then} to {now}."
    verb = "changed"
    if name not in old.fields:
        verb = "appeared"
    elif not _as_text(article, name):
        verb = "disappeared"
    return f"{name.replace('_', ' ').capitalize()} {verb}."


def _quoted(text: str | None) -> str:
    if text is None:
        return "none"
    return f"«{text if len(text) <= 120 else text[:119] + '…'}»"


def _moment(ms: int | None) -> str:
    return format_instant(datetime.fromtimestamp(ms / 1000, UTC)) if ms is not None else "none"
