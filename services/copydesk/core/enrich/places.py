"""Places with country codes and coordinates: the place entities and the dateline, through the gazetteer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.ner.tables import PlaceRow, fold, gazetteer, table_digest
from copydesk_schemas.parts import Entity, ModelInfo, Place
from copydesk_schemas.reasons import EntityType

VERSION = "1"
_SUBJECT_SALIENCE = 0.08
"""From where on a place is what the story is about: about a twelfth of its attention. Set by judgement."""
_SUBJECT_COUNT = 2
"""A place named once is mentioned, however short the story."""


class PlacesEnricher:
    """Fills `places`."""

    name = "places"
    version = VERSION
    fields: tuple[str, ...] = ("places",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:
        """Places in order of salience, the dateline first; without entities only the dateline is left."""
        entities: Sequence[Entity] = found.get("entities") or []
        places: dict[str, Place] = {}
        dateline = document.article.dateline
        if dateline is not None and dateline.location:
            place = _dateline(dateline.location)
            places[_key(place)] = place
        for entity in entities:
            if entity.type is not EntityType.PLACE:
                continue
            subject = entity.salience >= _SUBJECT_SALIENCE and entity.count >= _SUBJECT_COUNT
            place = _place(entity.name, "subject" if subject else "mentioned", _row_of(entity))
            if place.country_code is None:
                place = place.model_copy(update={"country_code": entity.links.get("iso3166")})
            places.setdefault(_key(place), place)
        return {"places": list(places.values())}

    def models(self) -> tuple[ModelInfo, ...]:
        """The gazetteer."""
        return (ModelInfo(name="copydesk-gazetteer", version=VERSION, sha256=table_digest()),)


def _key(place: Place) -> str:
    return str(place.geonames_id) if place.geonames_id is not None else f"{fold(place.name)}|{place.country_code}"


def _row_of(entity: Entity) -> PlaceRow | None:
    """The gazetteer's row that the entity was resolved to."""
    identifier, country = entity.links.get("geonames"), entity.links.get("iso3166")
    rows = gazetteer().rows(fold(entity.name))
    for row in rows:
        if identifier is not None and str(row.geonames_id) == identifier:
            return row
    return next((row for row in rows if country is not None and row.country == country), None)


def _dateline(location: str) -> Place:
    """«CARACAS, Venezuela»: the first part is the place, a later one may name its country."""
    parts = [part.strip() for part in location.split(",") if part.strip()]
    rows = gazetteer().rows(fold(parts[0])) if parts else []
    countries = {row.country for part in parts[1:] for row in gazetteer().rows(fold(part)) if row.country}
    row = next((r for r in rows if r.country in countries), None) or next(iter(rows), None)
    return _place(row.name if row else location, "dateline", row)


def _place(name: str, role: str, row: PlaceRow | None) -> Place:
    return Place(
        name=name,
        role=role,
        country_code=row.country if row else None,
        lat=row.latitude if row else None,
        lon=row.longitude if row else None,
        geonames_id=row.geonames_id if row else None,
    )


ENRICHER = PlacesEnricher()
