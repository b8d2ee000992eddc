"""Named entities over title, subtitle, body and captions, with surnames resolved to full names of the same article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from copydesk.core.enrich.base import Document
from copydesk.core.enrich.ner.fields import FieldText, named_fields
from copydesk.core.enrich.ner.finder import Finder
from copydesk.core.enrich.ner.foreign import find_exonyms
from copydesk.core.enrich.ner.resolve import Found, Names, choose_place, collect, settle, slug, to_found
from copydesk.core.enrich.ner.tables import PlaceRow, demonyms, fold, gazetteer, organizations, table_digest
from copydesk.core.enrich.ner.tokens import Token, headline_case, tokenize
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.parts import Entity, Mention, ModelInfo
from copydesk_schemas.reasons import EntityType

VERSION = "1"

LATIN = frozenset(
    [
        "af",
        "bg",
        "ca",
        "cs",
        "da",
        "de",
        "en",
        "es",
        "et",
        "eu",
        "fi",
        "fr",
        "gl",
        "hr",
        "hu",
        "id",
        "it",
        "lt",
        "lv",
        "ms",
        "nb",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "sk",
        "sl",
        "sq",
        "sv",
        "sw",
        "tr",
        "vi",
    ]
)
"""Languages whose capitals are read; of others, only names of countries and large cities are looked up."""

_STATE_AFTER = re.compile(r"[ -]state(?!\w)")
_STATE_BEFORE = re.compile(r"(?<!\w)state of\s\Z")

_OPENING_CHARS = 600
"""About two paragraphs: where the story says what it is about."""


def find_entities(article: ParsedArticle, language: str | None = None) -> list[Entity]:
    """Entities, the most salient first.

    Args:
        article: title, subtitle, body and captions are read; nothing else.
        language: primary code; the article's own by default.
    """
    code = (language or article.language.code).partition("-")[0].lower()
    fields = named_fields(article)
    mentions, evidence = _mentions(fields, code)
    return _entities(fields, mentions, evidence)


def _mentions(fields: list[FieldText], language: str) -> tuple[list[Found], Counter[str]]:
    english = language == "en"
    evidence: Counter[str] = Counter()
    found: list[list[Found]] = [[] for _ in fields]
    shouted: list[tuple[int, list[Token]]] = []
    for index, item in enumerate(fields):
        if language not in {"en", "und"}:
            found[index].extend(find_exonyms(index, item.text, language))
        if language not in LATIN and language != "und":
            continue
        tokens = tokenize(item.text)
        evidence.update(demonyms()[t.key] for t in tokens if t.capital and t.key in demonyms())
        if english and item.name != "body" and headline_case(tokens):
            shouted.append((index, tokens))
            continue
        taken = [(mention.start, mention.end) for mention in found[index]]
        for candidate in Finder(tokens, english=english, nouns_capital=language == "de").find():
            mention = to_found(index, item.text, tokens, candidate)
            if not any(mention.start < end and start < mention.end for start, end in taken):
                found[index].append(mention)
        found[index].sort(key=lambda mention: mention.start)
    body_first = sorted(range(len(fields)), key=lambda i: fields[i].name != "body")
    ordered = [mention for index in body_first for mention in found[index]]
    names = collect(ordered)
    for index, tokens in shouted:
        found[index] = _in_headline(index, fields[index].text, tokens, names)
    if shouted:
        ordered = [mention for index in body_first for mention in found[index]]
    settled = settle(ordered, names, english=english)
    settled.sort(key=lambda mention: (mention.field, mention.start))
    del evidence[""]
    return settled, evidence


def _in_headline(index: int, text: str, tokens: list[Token], names: Names) -> list[Found]:
    """In a headline with capitals throughout only names known from the tables or from the story are taken."""
    found = []
    for candidate in Finder(tokens, english=True).find():
        mention = to_found(index, text, tokens, candidate)
        folded = " ".join(mention.words)
        known = (
            mention.words in names.kinds
            or (len(mention.words) == 1 and mention.words[0] in names.by_part)
            or folded in organizations()
            or (mention.kind is EntityType.PLACE and mention.confidence >= 0.75)
            or (mention.kind is EntityType.PERSON and mention.confidence >= 0.8 and len(mention.words) < 4)
        )
        if known:
            mention.kind = names.kinds.get(mention.words, mention.kind)
            found.append(mention)
            continue
        for k in range(candidate.first, candidate.last):
            token = tokens[k]
            if token.word and (token.key in names.by_part or (token.key,) in names.kinds):
                kind = names.kinds.get((token.key,), EntityType.PERSON)
                found.append(
                    Found(
                        index,
                        token.start,
                        token.end,
                        token.text,
                        (token.key,),
                        kind,
                        0.7,
                        titled=False,
                        cued=False,
                        initial=False,
                    )
                )
    return found


def _entities(fields: list[FieldText], mentions: list[Found], evidence: Counter[str]) -> list[Entity]:
    groups: dict[tuple[EntityType, str], list[Found]] = {}
    rows: dict[str, PlaceRow] = {}
    places = [mention for mention in mentions if mention.kind is EntityType.PLACE]
    regions = _regions(fields, places)
    for mention in places:
        namesakes = gazetteer().rows(mention.key)
        if namesakes and namesakes[0].kind == "country" and namesakes[0].country:
            evidence[namesakes[0].country] += 1
    for mention in mentions:
        kind = mention.kind or EntityType.OTHER
        key = mention.key
        if kind is EntityType.PLACE:
            row = choose_place(gazetteer().rows(key), evidence, regions)
            if row:
                key = f"{row.name}|{row.geonames_id or row.country}"
                rows[key] = row
        elif kind is EntityType.PERSON and len(mention.words) == 1 and key == mention.words[0]:
            key = mention.text
        groups.setdefault((kind, key), []).append(mention)
    weights = {group: sum(_weight(fields[m.field], m) for m in found) for group, found in groups.items()}
    total = sum(weights.values()) or 1.0
    entities = []
    used: Counter[str] = Counter()
    for (kind, key), found in sorted(groups.items(), key=lambda item: (-weights[item[0]], item[0][1])):
        row = rows.get(key) if kind is EntityType.PLACE else None
        name = _name(kind, key, found, row)
        identifier = f"{kind.value}:{slug(name)}"
        used[identifier] += 1
        if used[identifier] > 1:
            identifier = f"{identifier}-{used[identifier]}"
        entities.append(
            Entity(
                id=identifier,
                type=kind,
                name=name,
                mentions=[Mention(field=fields[m.field].name, start=m.start, end=m.end, text=m.text) for m in found],
                count=len(found),
                salience=round(weights[kind, key] / total, 4),
                confidence=round(min(0.99, max(m.confidence for m in found) + 0.02 * (len(found) - 1)), 3),
                links=_links(row),
            )
        )
    return entities


def _regions(fields: list[FieldText], places: list[Found]) -> frozenset[tuple[str, str]]:
    """Country and name of the regions that the article speaks of: «Washington state», or one of the region's cities."""
    spoken: set[tuple[str, str]] = set()
    for mention in places:
        rows = gazetteer().rows(mention.key)
        if rows and rows[0].region and rows[0].country:
            spoken.add((rows[0].country, rows[0].region))
        text = fields[mention.field].text
        if _STATE_AFTER.match(text, mention.end) or _STATE_BEFORE.search(
            text[max(0, mention.start - 12) : mention.start]
        ):
            spoken.update((row.country, row.name) for row in rows if row.kind == "region" and row.country)
    return frozenset(spoken)


def _weight(field: FieldText, mention: Found) -> float:
    return 2.0 if field.name == "body" and mention.start < _OPENING_CHARS else field.weight


def _name(kind: EntityType, key: str, found: list[Found], row: PlaceRow | None) -> str:
    if row:
        return row.name
    longest = max(found, key=lambda m: len(m.text)).text.removeprefix("The ")
    if kind is EntityType.PERSON:
        # A key in lower case is that of a name seen in a headline or caption only.
        return longest if key.islower() else key
    return organizations().get(fold(longest), longest) if kind is EntityType.ORGANIZATION else longest


def _links(row: PlaceRow | None) -> dict[str, str]:
    links = {}
    if row and row.country:
        links["iso3166"] = row.country
    if row and row.geonames_id:
        links["geonames"] = str(row.geonames_id)
    return links


class EntityEnricher:
    """Fills `entities`."""

    name = "entities"
    version = VERSION
    fields: tuple[str, ...] = ("entities",)

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - it runs first
        """Entities, the most salient first."""
        entities = find_entities(document.article, document.language)
        if document.trace.enabled:
            for entity in entities:
                words = sorted({mention.text for mention in entity.mentions})
                document.trace.note(
                    "entities", entity.name, entity.type.value, f"{entity.count} × as {', '.join(words)}"
                )
        return {"entities": entities}

    def models(self) -> tuple[ModelInfo, ...]:
        """The tables of names."""
        return (ModelInfo(name="copydesk-names", version=VERSION, sha256=_digest()),)


@cache
def _digest() -> str:
    return table_digest()


ENRICHER = EntityEnricher()
