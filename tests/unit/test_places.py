from __future__ import annotations

import pytest
from tests.support.news import parsed_article

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.entities import find_entities
from copydesk.core.enrich.ner.tables import _table, fold, gazetteer
from copydesk.core.enrich.places import ENRICHER
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.parts import Place


def places(article: ParsedArticle) -> list[Place]:
    found = ENRICHER.enrich(Document(article), {"entities": find_entities(article)})["places"]
    assert all(isinstance(place, Place) for place in found)
    return list(found)


def test_the_dateline_comes_first_with_coordinates() -> None:
    article = parsed_article("Peru and Chile signed. Peru will pay.", dateline="CARACAS, Venezuela")
    found = places(article)
    assert [(p.name, p.role, p.country_code) for p in found[:2]] == [
        ("Caracas", "dateline", "VE"),
        ("Peru", "subject", "PE"),
    ]
    assert found[0].geonames_id == 3646738
    assert found[0].lat == pytest.approx(10.49, abs=0.05)
    assert found[0].lon == pytest.approx(-66.88, abs=0.05)


def test_the_country_of_the_dateline_chooses_the_namesake() -> None:
    assert places(parsed_article("x", dateline="VALENCIA, Spain"))[0].country_code == "ES"
    assert places(parsed_article("x", dateline="VALENCIA, Venezuela"))[0].country_code == "VE"


def test_a_place_of_dateline_and_body_stands_once() -> None:
    found = places(parsed_article("The mayor of Oslo met the king in Oslo.", dateline="OSLO"))
    assert [(p.name, p.role) for p in found] == [("Oslo", "dateline")]


def test_an_unknown_dateline_keeps_its_name() -> None:
    found = places(parsed_article("x", dateline="ON THE RIVER"))
    assert [(p.name, p.country_code, p.geonames_id) for p in found] == [("ON THE RIVER", None, None)]


def test_subjects_and_mentions() -> None:
    found = places(parsed_article("Peru votes. In Peru many wait. Peru counts. A friend in Oslo watches."))
    assert {p.name: p.role for p in found} == {"Peru": "subject", "Oslo": "mentioned"}


def test_no_names_no_places() -> None:
    assert places(parsed_article("nothing happens anywhere.")) == []


def test_without_entities_only_the_dateline_is_left() -> None:
    article = parsed_article("Peru and Chile signed.", dateline="LIMA")
    assert [p.name for p in ENRICHER.enrich(Document(article), {})["places"]] == ["Lima"]


def test_persons_are_no_places() -> None:
    assert places(parsed_article("The actor Denzel Washington arrived. Washington waved.")) == []


ALIASES = [
    (country, kind, tuple(names)) for country, kind, *names in _table("place_aliases.tsv") if ":" in kind or country
]


@pytest.mark.parametrize(("country", "kind", "names"), ALIASES, ids=lambda value: str(value)[:30])
def test_every_alias_leads_to_a_place_of_its_country(country: str, kind: str, names: tuple[str, ...]) -> None:
    table = gazetteer()
    sort, _, key = kind.partition(":")
    for name in names:
        row = table.rows(fold(name))[0]
        assert row.country == country
        if key:
            assert row.geonames_id == int(key)
            assert row.kind in {sort, "capital" if sort == "city" else sort}
        elif sort == "country":
            assert row.kind == "country"
            assert row.geonames_id is not None
