"""The head of an HTTP response as it stands in an archive: status line and fields (RFC 9112), read from memory.

Crawlers keep heads as servers sent them, so lines that are none are passed over, and lines may end with LF alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_HEAD = 1024 * 1024
"""Browsers take 256 KiB and less; a page with a head of 40 KiB of cookies and policies is a page all the same."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_END = re.compile(rb"\n\r{0,2}\n")
_MOST_END = 4
_SINGLE = frozenset({"content-type", "last-modified"})
"""Of these the first counts; what else is repeated is one list (RFC 9110, section 5.3)."""


@dataclass(frozen=True, slots=True)
class HttpHead:
    """Status and fields of a response, those by their lower-case names."""

    status: int
    fields: Mapping[str, str]


def find_body(block: bytes | bytearray, start: int = 0) -> int | None:
    """Where the body begins, searched from `start` on or a little before it; None where the head does not end."""
    end = _END.search(block, max(0, start - _MOST_END))
    return end.end() if end is not None else None


def read_head(head: bytes) -> HttpHead | None:
    """A head without its body; None where it does not begin with a status line."""
    status = _STATUS.match(head)
    if status is None:
        return None
    parts: dict[str, list[str]] = {}  # joined once: a head may have any number of lines
    name = ""
    for line in head.split(b"\n")[1:]:
        text = line.decode("latin-1").strip("\r")
        if text[:1] in {" ", "\t"}:  # a folded line goes on with the one above
            if name:
                parts[name] += [" ", text.strip()]
            continue
        before, colon, value = text.partition(":")
        name = before.strip().lower() if colon else ""
        if name in _SINGLE and name in parts:
            name = ""
        if name:
            said = parts.setdefault(name, [])
            said += [", ", value.strip()] if said else [value.strip()]
    return HttpHead(int(status[1]), {name: "".join(said).strip(" ,") for name, said in parts.items()})
