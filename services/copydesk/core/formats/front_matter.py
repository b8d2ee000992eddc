"""Front matter: the block of metadata above a Markdown text, in YAML between `---` or in TOML between `+++`.

Of YAML only what front matter is made of is read: keys with a value, a list, a block of text, or names one level below.
Nothing is ever constructed from it but strings; what is not understood is left out.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

_MAX_CHARS = 50_000
_MAX_ITEMS = 100
_OPENING = re.compile(r"\A\ufeff?\s{0,20}(---|\+\+\+)[ \t]*\r?\n")
_KEY = re.compile(r"([A-Za-z_][\w.\-]{0,60})[ \t]*:(?:[ \t]+(.*))?")
_TOML_LINE = re.compile(r"^[ \t]*([\w-]{1,100})[ \t]*=[ \t]*([^\r\n]+)", re.MULTILINE)
_COMMENT = re.compile(r"(?:\A|\s)#.*\Z")
_ESCAPES = {"n": " ", "t": " ", '"': '"', "\\": "\\", "/": "/"}
_NAMES = ("name", "title", "label", "src", "url")
"""Keys of an object that stand for it: of an author, a category, a picture."""

FrontMatter = dict[str, list[str]]


def read_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Values by key (lower case, `_` for `-`), each a list of strings, and the text below."""
    opening = _OPENING.match(text)
    if opening is None:
        return {}, text
    closing = re.compile(
        r"^(?:\+\+\+)[ \t]*\r?$" if opening[1] == "+++" else r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE
    )
    end = closing.search(text, opening.end(), opening.end() + _MAX_CHARS)
    if end is None:
        return {}, text
    block, below = text[opening.end() : end.start()], text[end.end() :]
    found = _toml(block) if opening[1] == "+++" else _yaml(block)
    # Without a single key it is a text between two rules.
    return (found, below) if found else ({}, text)


def _toml(block: str) -> FrontMatter:
    try:
        values = tomllib.loads(block.replace("\r\n", "\n"))
    except (ValueError, RecursionError):  # one bad value (a day that does not exist, a number without end) costs itself
        return _yaml("\n".join(f"{key}: {value}" for key, value in _TOML_LINE.findall(block)))
    found: FrontMatter = {}
    for key, value in values.items():
        _add(found, key, _flat(value))
    return found


def _flat(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value[:_MAX_ITEMS] if not isinstance(item, list) for text in _flat(item)]
    if isinstance(value, dict):
        return next((_flat(value[key]) for key in _NAMES if isinstance(value.get(key), str)), [])
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(value)]


def _yaml(block: str) -> FrontMatter:
    found: FrontMatter = {}
    key: str | None = None
    value, below = "", list[str]()
    for raw in [*block.splitlines(), "end:"]:
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        match = _KEY.fullmatch(raw.rstrip()) if not raw[0].isspace() and raw[0] != "-" else None
        if match is None:
            below.append(raw)
            continue
        if key is not None:
            _add(found, key, _value(value, below))
        key, value, below = match[1], (match[2] or "").strip(), []
    return found


def _add(found: FrontMatter, key: str, values: list[str]) -> None:
    texts = [text for value in values[:_MAX_ITEMS] if (text := value.strip())]
    if texts:
        found.setdefault(key.lower().replace("-", "_"), texts)


def _value(value: str, below: list[str]) -> list[str]:
    """The strings of one key, from what stands behind it and in the lines below it."""
    if value[:1] in {"|", ">"}:
        return [" ".join(line.strip() for line in below)]
    if value[:1] == "[":
        return _list(" ".join([value, *(line.strip() for line in below)]))
    if value[:1] == "{":
        return _object(value)
    if value:
        bare = _scalar(value)
        return [" ".join([bare, *(_scalar(line.strip()) for line in below)])] if bare not in {"null", "~"} else []
    items: list[str] = []
    fields: dict[str, str] = {}
    for line in below:
        text = line.strip()
        dashed = text.startswith("- ") or text == "-"
        if dashed:
            items += _named(fields)
            fields = {}
            text = text[1:].strip()
        match = _KEY.fullmatch(text) if text[:1] not in {'"', "'"} else None
        if match is not None:
            fields.setdefault(match[1].lower(), _scalar((match[2] or "").strip()))
        elif dashed:
            items += _object(text) if text[:1] == "{" else [_scalar(text)]
    return items + _named(fields)


def _named(fields: dict[str, str]) -> list[str]:
    return next(([fields[key]] for key in _NAMES if fields.get(key)), [])


def _list(text: str) -> list[str]:
    """The items of `[a, "b, c"]`."""
    items: list[str] = []
    current: list[str] = []
    quote = ""
    for character in text[1:]:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'" and not "".join(current).strip():
            quote = character
        elif character == "]":
            break
        elif character == ",":
            items.append("".join(current))
            current = []
            continue
        current.append(character)
    return [_scalar(item.strip()) for item in [*items, "".join(current)]]


def _object(text: str) -> list[str]:
    fields: dict[str, str] = {}
    for part in text.strip(" {}").split(","):
        name, colon, value = part.partition(":")
        if colon:
            fields.setdefault(name.strip(" \"'").lower(), _scalar(value.strip()))
    return _named(fields)


def _scalar(text: str) -> str:
    if len(text) >= 2 and text[0] == '"':
        inner = text[1 : text.rindex('"')] if text.rindex('"') > 0 else text[1:]
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), inner)
    if len(text) >= 2 and text[0] == "'":
        inner = text[1 : text.rindex("'")] if text.rindex("'") > 0 else text[1:]
        return inner.replace("''", "'")
    return _COMMENT.sub("", text, count=1).strip()
