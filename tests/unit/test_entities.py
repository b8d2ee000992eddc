from __future__ import annotations

from itertools import pairwise

import pytest
from tests.support.news import parsed_article

from copydesk.core.enrich.entities import find_entities
from copydesk.core.enrich.ner.fields import MAX_CHARS
from copydesk_schemas.parts import Entity
from copydesk_schemas.reasons import EntityType

PER, LOC, ORG = EntityType.PERSON, EntityType.PLACE, EntityType.ORGANIZATION


def names(text: str, kind: EntityType, *, language: str = "en") -> list[str]:
    return sorted(e.name for e in find_entities(parsed_article(text, language=language)) if e.type is kind)


def one(entities: list[Entity], name: str) -> Entity:
    found = [entity for entity in entities if entity.name == name]
    assert len(found) == 1, [entity.name for entity in entities]
    return found[0]


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("The minister, Anna Keller, left. Keller gave no reason.", ["Anna Keller"]),
        ("President Emmanuel Macron met Chancellor Olaf Scholz on Monday.", ["Emmanuel Macron", "Olaf Scholz"]),
        ("The vote was lost by Ursula von der Leyen in the end.", ["Ursula von der Leyen"]),
        ("The novelist J.K. Rowling and the actor Sean O’Brien were there.", ["J.K. Rowling", "Sean O’Brien"]),
        ("We met John Smith’s brother, Peter Smith, in the street.", ["John Smith", "Peter Smith"]),
        ("US Defense Secretary Lloyd Austin spoke first.", ["Lloyd Austin"]),
        ("The engineers met on Monday, and in March they will meet again.", []),
        ("Yesterday the weather was fine. Nobody was hurt.", []),
        ("Nobody knew Abu Hassan Amer, who sold bread.", ["Abu Hassan Amer"]),
        ("Prime Minister Theresa May met reporters in May. May said little.", ["Theresa May"]),
    ],
)
def test_persons(text: str, persons: list[str]) -> None:
    assert names(text, PER) == sorted(persons)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("The ship sailed from Lisbon to New York via the Suez Canal.", ["Lisbon", "New York City", "Suez Canal"]),
        ("A court in the U.S. ruled; the United States will appeal.", ["United States"]),
        ("Flights between Kyiv and Warsaw were cancelled.", ["Kyiv", "Warsaw"]),
        ("The river reached Springfield, Illinois, on Tuesday.", ["Illinois", "Springfield"]),
        ("She went to Côte d’Ivoire and to Ivory Coast’s capital again.", ["Ivory Coast"]),
    ],
)
def test_places(text: str, places: list[str]) -> None:
    assert names(text, LOC) == sorted(places)


@pytest.mark.parametrize(
    ("text", "organizations"),
    [
        ("The Ministry of Foreign Affairs denied it.", ["Ministry of Foreign Affairs"]),
        ("Shares of Acme Widgets Inc. fell.", ["Acme Widgets Inc"]),
        ("Students of the University of Leeds protested.", ["University of Leeds"]),
        (
            "The European Union and NATO will meet; the EU asked first.",
            ["European Union", "North Atlantic Treaty Organization"],
        ),
        ("It cost 5 percent of GDP, the CEO said on TV.", []),
    ],
)
def test_organizations(text: str, organizations: list[str]) -> None:
    assert names(text, ORG) == sorted(organizations)


def test_a_surname_counts_for_the_full_name_across_fields() -> None:
    entities = find_entities(
        parsed_article(
            "The mayor, Anna Keller, opened the bridge.\n\nAfterwards Keller walked across.",
            title="Keller opens the bridge",
            captions=("Keller on the bridge on Monday",),
        )
    )
    keller = one(entities, "Anna Keller")
    assert [(m.field, m.text) for m in keller.mentions] == [
        ("title", "Keller"),
        ("body", "Anna Keller"),
        ("body", "Keller"),
        ("media[0].caption", "Keller"),
    ]
    assert keller.id == "person:anna-keller"
    assert keller.count == 4


def test_capitals_of_a_headline_prove_nothing() -> None:
    entities = find_entities(
        parsed_article(
            "The city council voted on Monday to close the old bridge for two years.",
            title="Angry Voters Demand Answers After Sudden Bridge Closure",
        )
    )
    assert [entity.name for entity in entities if entity.mentions[0].field == "title"] == []


def test_most_salient_first_and_shares_add_up() -> None:
    entities = find_entities(
        parsed_article("Kenya and Uganda signed. Kenya will pay.\n\nKenya said so.", title="Kenya signs")
    )
    assert [entity.name for entity in entities] == ["Kenya", "Uganda"]
    assert sum(entity.salience for entity in entities) == pytest.approx(1.0, abs=0.001)
    assert one(entities, "Kenya").links == {"iso3166": "KE", "geonames": "192950"}


@pytest.mark.parametrize(
    ("text", "geonames"),
    [
        ("Officials in Washington told the White House and Congress.", "4140963"),
        ("Floods hit Washington state on Monday. Washington will ask for help.", "5815135"),
        ("Firms in Seattle and Spokane asked Washington for a tax cut.", "5815135"),
        ("Voters in the state of Washington decide in November.", "5815135"),
        ("The embassy in Washington, D.C., was closed.", "4140963"),
    ],
)
def test_washington(text: str, geonames: str) -> None:
    links = {entity.links.get("geonames") for entity in find_entities(parsed_article(text))}
    assert geonames in links
    assert len(links & {"4140963", "5815135"}) == 1


def test_the_namesake_of_the_country_spoken_of() -> None:
    at_home = find_entities(parsed_article("Police in Venezuela searched a house in Valencia. Venezuela is large."))
    abroad = find_entities(parsed_article("Police in Spain searched a house in Valencia. Spain is large."))
    assert one(at_home, "Valencia").links["iso3166"] == "VE"
    assert one(abroad, "Valencia").links["iso3166"] == "ES"


def test_a_world_city_does_not_yield_to_a_small_namesake() -> None:
    entities = find_entities(parsed_article("Canada sent a minister to London. Canada hopes for a deal."))
    assert one(entities, "London").links["iso3166"] == "GB"


def test_no_two_mentions_overlap() -> None:
    text = "The Ministry of Foreign Affairs and the Bank of England asked the University of Cape Town in South Africa."
    spans = sorted((m.start, m.end) for e in find_entities(parsed_article(text)) for m in e.mentions)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert len(spans) == 4


def test_a_person_called_like_a_city() -> None:
    entities = find_entities(parsed_article("The actor Denzel Washington arrived. Washington waved to his fans."))
    assert [(e.name, e.count) for e in entities] == [("Denzel Washington", 2)]


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("de", "Die Delegation aus Frankreich reiste am Montag ab.", "FR"),
        ("ru", "Делегация из Франции прибыла в понедельник.", "FR"),
        ("zh", "法国代表团星期一抵达。", "FR"),
        ("ar", "وصل وفد من فرنسا يوم الاثنين", "FR"),
        ("ja", "フランスの代表団が月曜日に到着した。", "FR"),
    ],
)
def test_countries_in_other_languages(language: str, text: str, country: str) -> None:
    entities = find_entities(parsed_article(text, language=language))
    assert [entity.links.get("iso3166") for entity in entities if entity.type is LOC] == [country]


def test_german_nouns_are_no_names() -> None:
    text = "Die Regierung will den Haushalt im Bundestag beraten. Der Minister Karl Müller sprach mit Abgeordneten."
    assert names(text, PER, language="de") == ["Karl Müller"]


def test_text_without_names() -> None:
    assert find_entities(parsed_article("")) == []
    assert find_entities(parsed_article("nothing here is a name, and nothing happens.")) == []


def test_the_same_text_gives_the_same_entities() -> None:
    article = parsed_article("Anna Keller of Acme Corp met Peter Voss in Oslo, Norway.", title="Keller in Oslo")
    assert find_entities(article) == find_entities(article)


def test_only_the_beginning_of_an_enormous_body_is_read() -> None:
    sentence = "The mayor of Lisbon, Anna Keller, met nobody. "
    body = sentence * (1_000_000 // len(sentence))
    entities = find_entities(parsed_article(body))
    assert {entity.name for entity in entities} == {"Lisbon", "Anna Keller"}
    assert max(m.end for entity in entities for m in entity.mentions) <= MAX_CHARS


@pytest.mark.parametrize(
    "unit",
    ["Russian ", "A", "A. ", "Keller ", "The Ministry of ", "President ", "CAPITALS ", "van Der ", "x", "& ", "May "],
)
def test_no_text_is_too_strange(unit: str) -> None:
    body = unit * (50_000 // len(unit))
    for entity in find_entities(parsed_article(body)):
        assert all(body[m.start : m.end] == m.text for m in entity.mentions)


def test_a_long_list_of_members() -> None:
    letters = "bcdfghklmnprstvz"
    surnames = [f"{a.upper()}o{b}e{c}a{d}" for a in letters for b in letters for c in letters for d in letters[:1]]
    body = "\n\n".join(f"Anna {name}" for name in surnames)
    entities = find_entities(parsed_article(body))
    assert len([entity for entity in entities if entity.type is PER]) > 1000
