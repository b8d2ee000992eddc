"""The fields of an article in which names are looked for. Teasers, key points and junk are not among them."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk_schemas.parsed import ParsedArticle

MAX_CHARS = 100_000
"""Code points of a field that are read: a body of a megabyte would take longer than all its news is worth."""


@dataclass(frozen=True, slots=True)
class FieldText:
    """One field: its name in the record, its text (the beginning of it), the weight of a mention in it."""

    name: str
    text: str
    weight: float


def named_fields(article: ParsedArticle) -> list[FieldText]:
    """Title, subtitle, body and captions, in that order; empty ones are left out."""
    candidates = [
        FieldText("title", article.title or "", 3.0),
        FieldText("subtitle", article.subtitle or "", 2.0),
        FieldText("body", article.body, 1.0),
        *(FieldText(f"media[{i}].caption", item.caption or "", 0.5) for i, item in enumerate(article.media)),
    ]
    return [FieldText(f.name, f.text[:MAX_CHARS], f.weight) for f in candidates if f.text]
