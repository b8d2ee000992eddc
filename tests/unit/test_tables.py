from __future__ import annotations

from importlib.resources import files

import pytest

from copydesk.core.enrich.ner import tables

FOLDER = files("copydesk.core") / "tables"
DATA = sorted(entry.name for entry in FOLDER.iterdir() if entry.name.endswith((".tsv", ".tsv.gz")))


@pytest.mark.parametrize("name", DATA)
def test_source_and_licence_are_named(name: str) -> None:
    assert f"`{name}`" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", [name for name in DATA if name.endswith(".gz")])
def test_tables_made_of_others_data_are_in_the_notice(name: str) -> None:
    assert name in (FOLDER / "NOTICE").read_text("utf-8")


def test_every_place_is_complete() -> None:
    table = tables.gazetteer()
    kinds = {row.kind for key in list(table.by_key)[::37] for row in table.rows(key)}
    assert kinds == {"country", "capital", "city", "region", "area"}
    for key in list(table.by_key)[::37]:
        for row in table.rows(key):
            assert row.country is None or len(row.country) == 2
            assert (row.latitude is None) == (row.longitude is None)
            assert row.kind not in {"capital", "city"} or (row.latitude is not None and row.geonames_id is not None)


@pytest.mark.parametrize(("name", "bits"), [("anna", tables.FEMALE), ("peter", tables.MALE), ("smith", tables.SURNAME)])
def test_names_know_their_bearers(name: str, bits: int) -> None:
    assert tables.person_names()[name] & bits


def test_common_words_are_no_names() -> None:
    words = tables.common_words()
    assert {"although", "water", "government"} <= words
    assert not words & {"anna", "lisbon", "keller"}


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Côte d’Ivoire", "cote d'ivoire"), ("MÜLLER", "muller"), ("Straße", "strasse"), ("Łódź", "łodz")],
)
def test_fold(text: str, folded: str) -> None:
    assert tables.fold(text) == folded
