"""What breaks between two versions of a JSON Schema, for those who read a record and for those who send one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "format", "const", "uniqueItems", "additionalProperties", "if", "then", "else", "oneOf", "allOf")


def breaks(old: Json, new: Json, *, published: bool) -> list[str]:
    """Changes that a minor version may not make, one sentence each, the field's path first.

    A minor version may add optional input fields, output fields, and members of enums that call themselves open.

    Args:
        old: schema of the last release.
        new: schema of today.
        published: a record that the service writes; else one that it reads.
    """
    return list(_Comparison(old.get("$defs", {}), new.get("$defs", {}), published=published).schema("", old, new))


class _Comparison:
    def __init__(self, old_parts: Json, new_parts: Json, *, published: bool) -> None:
        self._old = old_parts
        self._new = new_parts
        self._published = published

    def schema(self, path: str, old: Json, new: Json) -> Iterator[str]:
        was, now = _options(old, self._old), _options(new, self._new)
        for kind in was.keys() - now.keys():
            yield f"{path}: may no longer be {kind}"
        if self._published:
            for kind in now.keys() - was.keys():
                yield f"{path}: may now be {kind}"
        for kind in sorted(was.keys() & now.keys()):
            yield from self._same_kind(path, was[kind], now[kind])

    def _same_kind(self, path: str, old: Json, new: Json) -> Iterator[str]:
        yield from self._fields(path, old, new)
        yield from self._members(path, old, new)
        yield from self._limits(path, old, new)
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
                yield from self.schema(f"{path}[]", old[key], new[key])
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(before) != len(after):
            yield f"{path}: had {len(before)} positions, has {len(after)}"
        for position, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from self.schema(f"{path}[{position}]", one, other)

    def _fields(self, path: str, old: Json, new: Json) -> Iterator[str]:
        was, now = old.get("properties", {}), new.get("properties", {})
        for name in was:
            place = f"{path}.{name}".lstrip(".")
            if name not in now:
                yield f"{place}: removed"
                continue
            yield from self.schema(place, was[name], now[name])
        required, needed = set(old.get("required", ())), set(new.get("required", ()))
        lost = sorted((required - needed) & now.keys()) if self._published else []
        for name in lost:
            yield f"{path}.{name}: may now be absent".lstrip(".")
        gained = [] if self._published else sorted(needed - required)
        for name in gained:
            yield f"{path}.{name}: is now required".lstrip(".")

    def _members(self, path: str, old: Json, new: Json) -> Iterator[str]:
        if "enum" not in old and "enum" not in new:
            return
        was, now = old.get("enum"), new.get("enum")
        if was is None or now is None:
            yield f"{path}: {'became' if was is None else 'is no longer'} an enum"
            return
        for member in was:
            if member not in now:
                yield f"{path}: member {member} removed"
        if self._published and "(open)" not in old.get("description", ""):
            for member in now:
                if member not in was:
                    yield f"{path}: member {member} added to a closed enum"

    def _limits(self, path: str, old: Json, new: Json) -> Iterator[str]:
        for key in (*_LOWER, *_UPPER):
            was, now = old.get(key), new.get(key)
            if was == now:
                continue
            tighter = now is not None and (was is None or (now > was if key in _LOWER else now < was))
            # Looser limits of a published field surprise its readers, tighter ones refuse what was published.
            if tighter or self._published:
                yield f"{path}: {key} was {was}, is {now}"
        for key in _EXACT:
            was, now = old.get(key), new.get(key)
            if was != now and not (isinstance(was, dict) and isinstance(now, dict) and key == "additionalProperties"):
                yield f"{path}: {key} was {was}, is {now}"


def _options(spec: Json, parts: Json) -> dict[str, Json]:
    """The kinds of value that a schema allows, by JSON type; references are followed, siblings of `$ref` are prose."""
    found: dict[str, Json] = {}
    for option in spec.get("anyOf", [spec]):
        name = option.get("$ref")
        target = parts[name.rsplit("/", 1)[-1]] if name else option
        if "anyOf" in target:
            found |= _options(target, parts)
            continue
        kinds = target.get("type", "any")
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            found[kind] = target
    return found
