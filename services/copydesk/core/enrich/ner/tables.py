"""The packaged tables of names and places, loaded at the first use and kept for the process.

Sources and licences: `core/tables/README.md`. Keys are folded (lower case, no accents, straight apostrophes).
"""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

FEMALE, MALE, SURNAME = 1, 2, 4
"""Bits of `person_names()`: borne by women, by men, as a surname."""

_SEX = {"f": FEMALE, "m": MALE, "u": FEMALE | MALE, "-": 0}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of the gazetteer. `kind` is country, capital, city, region or area (larger than a country)."""

    name: str
    kind: str
    country: str | None
    latitude: float | None = None
    longitude: float | None = None
    geonames_id: int | None = None
    population: int = 0
    region: str = ""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by folded name. Rows stay as lines until they are asked for: 37,000 objects would cost 15 MB."""

    lines: Sequence[str]
    by_key: Mapping[str, tuple[int, ...]]
    by_id: Mapping[str, int]
    extra: Sequence[PlaceRow]
    """Rows written by hand; index -1 - i of `by_key` means extra[i]."""

    def rows(self, key: str) -> list[PlaceRow]:
        """Places of that folded name, countries first, then by population; empty when unknown."""
        return [self.extra[-1 - i] if i < 0 else _row(self.lines[i]) for i in self.by_key.get(key, ())]


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Lower case without accents and with straight apostrophes: the form in which names are compared."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.replace("’", "'").replace("‘", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@cache
def gazetteer() -> Gazetteer:
    """Countries, capitals, cities of 15,000 people and more, regions, and larger areas."""
    lines = _read("places.tsv.gz").splitlines()
    order = {"country": 0, "capital": 1, "city": 2, "region": 3}
    found: dict[str, list[int]] = {}
    by_id: dict[str, int] = {}
    countries: dict[str, int] = {}
    ranks: list[tuple[int, int]] = []
    for i, line in enumerate(lines):
        name, kind, country, _, _, key, population, _ = line.split("\t")
        # A US state counts as a city of a million: it comes before its towns and after world cities.
        weight = int(population) or (1_000_000 if kind == "region" and key else 0)
        ranks.append((0 if order[kind] == 0 else 1, -weight))
        found.setdefault(fold(name), []).append(i)
        if key:
            by_id[key] = i
        if kind == "country":
            countries[country] = i
    keys = {key: tuple(sorted(indices, key=ranks.__getitem__)) for key, indices in found.items()}
    extra: list[PlaceRow] = []
    for row in _table("place_aliases.tsv"):
        country, kind, *names = row
        target = countries.get(country) if kind == "country" else by_id.get(kind.partition(":")[2])
        for name in names:
            if target is None:
                extra.append(PlaceRow(name, kind.partition(":")[0], country or None))
                target_index = -len(extra)
            else:
                target_index = target
            key = fold(name)
            keys[key] = (target_index, *(i for i in keys.get(key, ()) if i != target_index))
    return Gazetteer(lines, keys, by_id, extra)


@lru_cache(maxsize=4_096)
def _row(line: str) -> PlaceRow:
    name, kind, country, latitude, longitude, key, population, region = line.split("\t")
    return PlaceRow(
        name,
        kind,
        country,
        float(latitude) if latitude else None,
        float(longitude) if longitude else None,
        int(key) if key else None,
        int(population),
        region,
    )


@cache
def multiword() -> Mapping[str, tuple[int, ...]]:
    """Lengths in words, longest first, of the names of several words that begin with a folded word."""
    lengths: dict[str, set[int]] = {}
    for table in (gazetteer().by_key, organizations()):
        for key in table:
            parts = key.split(" ")
            if len(parts) > 1:
                lengths.setdefault(parts[0], set()).add(len(parts))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}


@cache
def organizations() -> Mapping[str, str]:
    """Usual name of an organisation by any of its folded names."""
    found: dict[str, str] = {}
    for name, *aliases in _table("organizations.tsv"):
        for alias in (name, *aliases):
            found.setdefault(fold(alias), name)
    return found


@cache
def demonyms() -> Mapping[str, str]:
    """Country code by folded demonym; empty for those of no single country."""
    return {fold(word): country for country, words in _table("demonyms.tsv") for word in words.split()}


@cache
def person_names() -> Mapping[str, int]:
    """Bits by folded name: given name of women, of men, surname."""
    found: dict[str, int] = {}
    for line in _read("person_names.tsv.gz").splitlines():
        name, sex, surname = line.split("\t")
        key = fold(name)
        found[key] = found.get(key, 0) | _SEX[sex] | (SURNAME if surname == "s" else 0)
    return found


@cache
def common_words() -> frozenset[str]:
    """Frequent English words that are not names of people or places."""
    return frozenset(_read("common_words.tsv.gz").split())


@cache
def exonyms(language: str) -> Mapping[str, PlaceRow]:
    """Places by their name in a language, as written there: countries and cities that stand for time zones."""
    table = gazetteer()
    found: dict[str, PlaceRow] = {}
    for line in _read("exonyms.tsv.gz").splitlines():
        code, name, key = line.split("\t")
        if code == language:
            found[name] = _row(table.lines[table.by_id[key]])
    return found


def table_digest() -> str:
    """SHA-256 over the bytes of all tables of names, hex."""
    import hashlib

    digest = hashlib.sha256()
    for name in (*_COMPRESSED, *_WRITTEN):
        digest.update((files("copydesk.core") / "tables" / name).read_bytes())
    return digest.hexdigest()


_COMPRESSED = ("common_words.tsv.gz", "exonyms.tsv.gz", "person_names.tsv.gz", "places.tsv.gz")
_WRITTEN = ("demonyms.tsv", "organizations.tsv", "place_aliases.tsv")


def _read(name: str) -> str:
    content = (files("copydesk.core") / "tables" / name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")


def _table(name: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in _read(name).splitlines() if line)
