"""Whether a text is Markdown: it opens with a mark that people do not write in plain text, and has another.

Marks further down prove nothing: scrapes of pages hold number signs in code, mails with quotes, and Markdown that a
page forgot to render, all of it among menus that only the reader of plain text can tell from a story.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from itertools import islice

_LOOKED_AT = 200_000
_OPENING_LINES = 3
_FRONT_MATTER = re.compile(
    r"\A\ufeff?(?:---|\+\+\+)[ \t]*\r?\n"
    r"(?=(?:[^\n]{0,2000}\n){0,60}?(?:title|date|authors?|layout|tags|slug|description)[ \t]*[:=])"
    r"(?:(?!---|\+\+\+)[^\n]{0,10000}\n){1,300}?(?:---|\+\+\+|\.\.\.)[ \t]*\r?(?:\n|\Z)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^#{1,6}[ \t]+(?!\d+[ .:)])\S", re.MULTILINE)
_SETEXT = re.compile(r"^([^\s>|#\-=][^\n]{1,150})\n(={3,}|-{3,})[ \t]*$(?=\n\n|\Z)", re.MULTILINE)
_LINK = re.compile(
    r"(?<![\\!])\[[^\[\]\n]{1,300}\]\((?:https?://|/|#|\.{1,2}/|mailto:)[^\s()<>]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)"
)
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^\s()<>]{1,2000}(?:\s+\"[^\"\n]{0,500}\")?\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]{1,100}\]:[ \t]+<?(?:https?://|/)\S{1,2000}", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_STRONG = re.compile(
    r"(?<![*\w\\])\*\*(?=[^\s*])[^*\n]{0,300}[^\s*]\*\*(?!\*)|(?<![_\w\\])__(?=[^\s_])[^_\n]{0,300}[^\s_]__(?![_\w])"
)
_EMPHASIS = re.compile(
    r"(?<![*\w\\])\*(?=[^\s*])[^*\n]{1,300}[^\s*]\*(?![*\w])|(?<![_\w\\])_(?=[^\s_])[^_\n]{1,300}[^\s_]_(?![_\w])"
)
_QUOTE = re.compile(r"^> ?\S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Marks:
    """How many marks of Markdown a text has, by kind."""

    front_matter: int = 0
    headings: int = 0
    links: int = 0
    images: int = 0
    definitions: int = 0
    fences: int = 0
    strong: int = 0
    emphasis: int = 0
    quotes: int = 0
    opens: int = 0
    """Whether one of the first lines is a heading, or has a link or a picture."""

    @property
    def total(self) -> int:
        """All together."""
        return sum(int(getattr(self, one.name)) for one in fields(self)) - self.opens

    @property
    def clear(self) -> bool:
        """Whether the text can hardly be anything else.

        Front matter does alone. Else a heading, link or picture in the first lines needs a second mark: number signs,
        asterisks and underscores stand in plain text too.
        """
        linked = self.links + self.images + min(self.definitions, self.links + self.images + 1)
        weak = (self.strong > 0) + (self.emphasis > 1) + (self.quotes > 1) + (self.fences > 1)
        return bool(self.front_matter) or (bool(self.opens) and self.headings + linked + weak > 1)

    def __str__(self) -> str:
        return ", ".join(
            f"{getattr(self, one.name)} {one.name}" for one in fields(self)[:-1] if getattr(self, one.name)
        )


def markdown_marks(text: str, *, claimed: bool) -> Marks:
    """The marks of Markdown in the head of a text.

    Args:
        text: the document.
        claimed: whether its producer says that it is Markdown; else they are only counted where it opens with one.
    """
    head = text[:_LOOKED_AT].replace("\r\n", "\n")
    underlined = [found for found in _SETEXT.finditer(head) if len(found[2]) <= 2 * len(found[1]) + 3]
    top = list(islice((line for line in head[:10_000].split("\n") if line.strip()), _OPENING_LINES))
    opens = any(pattern.search(line) for line in top for pattern in (_HEADING, _LINK, _IMAGE)) or (
        bool(top and underlined) and underlined[0][1] in top
    )
    front_matter = _FRONT_MATTER.match(head) is not None
    if not (front_matter or opens or claimed):
        return Marks()
    return Marks(
        front_matter=int(front_matter),
        headings=len(_HEADING.findall(head)) + len(underlined),
        links=len(_LINK.findall(head)),
        images=len(_IMAGE.findall(head)),
        definitions=len(_DEFINITION.findall(head)),
        fences=len(_FENCE.findall(head)),
        strong=len(_STRONG.findall(head)),
        emphasis=len(_EMPHASIS.findall(head)),
        quotes=len(_QUOTE.findall(head)),
        opens=int(opens),
    )
