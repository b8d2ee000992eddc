"""What was taken out of a page, and why: kept only while a trace is on, for `copydesk explain`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk.core.trace import Trace

START = 80
"""Characters of its text that a removed block is shown by."""


class Reason(StrEnum):
    """Why a block is no part of the body. The value is a code that stays; `sentence` says it to a person."""

    HIDDEN = "hidden"
    TEASER_GROUP = "teaser_group"
    BLOCK_LINK = "block_link"
    READ_ALSO = "read_also"
    REPEATED = "repeated"
    CAPTION = "caption"
    KEY_POINT = "key_point"
    SUBSCRIPTION_OFFER = "subscription_offer"
    OWN_FIELD = "own_field"
    LABEL = "label"

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.HIDDEN: "hidden from readers, or a dialog",
    Reason.TEASER_GROUP: "a group of teasers of other stories",
    Reason.BLOCK_LINK: "one link around a heading or paragraph: a teaser of another story",
    Reason.READ_ALSO: "a line that leads to another story",
    Reason.REPEATED: "stands word for word before",
    Reason.CAPTION: "caption",
    Reason.KEY_POINT: "key point",
    Reason.SUBSCRIPTION_OFFER: "subscription offer",
    Reason.OWN_FIELD: "headline, deck or byline: has its own field",
    Reason.LABEL: "a label, offer or notice of the page itself, or the headlines below one",
}


@dataclass(frozen=True, slots=True)
class Removed:
    """One block that was taken out.

    Attributes:
        path: its element and those around it, outermost first, as CSS selectors, such as `main > div.related#more`;
            empty for paragraphs that were taken out of the body after extraction.
        words: words of its text, divided by white space.
        start: the first `START` characters of its text, white space collapsed.
        reason: why.
        source: the element or the text itself, so that it can be found among the page's blocks.
    """

    path: str
    words: int
    start: str
    reason: Reason
    source: Any = field(default=None, compare=False, repr=False)


def note_removed(trace: Trace, removed: Any, reason: Reason) -> None:
    """Record an element, or a text, that is about to be taken out, unless it is blank. Free without a trace."""
    if not trace.enabled:
        return
    path, text = ("", removed) if isinstance(removed, str) else (path_of(removed), " ".join(removed.itertext()))
    words = text.split()
    if words:
        trace.remove(Removed(path, len(words), " ".join(words[:START])[:START], reason, removed))


def path_of(element: Any) -> str:
    """An element and up to three around it as CSS selectors, outermost first."""
    around = [parent for parent in element.iterancestors() if parent.tag not in {"body", "html"}]
    return " > ".join(_selector(one) for one in [*reversed(around[:3]), element])


def _selector(element: Any) -> str:
    classes = "".join(f".{name}" for name in (element.get("class") or "").split()[:3])
    own_id = element.get("id")
    return f"{element.tag}{classes}{f'#{own_id}' if own_id else ''}"
