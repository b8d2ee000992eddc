"""Consumers are told which fields outsiders wrote, and what is published is what the data dictionary says of them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.support.newsroom import Newsroom

from copydesk_schemas.base import UNTRUSTED
from copydesk_schemas.export import data_dictionary, json_schemas

Json = dict[str, Any]
OUTPUTS = ("enriched", "duplicate", "dead-letter")
SCHEMAS = json_schemas()

TRUSTED = {
    # Identifiers, hashes, names and numbers of the service, of its settings, or of tables that it carries.
    "Algorithm": {"config_hash", "name", "version"},
    "Change": {"changed_fields"},
    "DateCandidate": {"source", "value"},
    "DateMentioned": {"grain", "value"},
    "Dateline": {"date"},
    "DeadLetter": {
        "article_id", "dead_letter_id", "error_class", "error_fingerprint", "hint", "schema_version",
    },
    "Dedup": {"exact_hash", "near_keys", "story_id"},
    "DifferingSpan": {"side"},
    "DuplicateArticle": {"article_id", "method", "schema_version"},
    "DuplicateOf": {"article_id"},
    "EnrichedArticle": {"article_id", "content_hash", "schema_version"},
    "Entity": {"links"},
    "Genre": {"value"},
    "Language": {"code"},
    "Mention": {"field"},
    "ModelInfo": {"name", "sha256", "version"},
    "Nearest": {"article_id", "method"},
    "Original": {"topic"},
    "Pipeline": {"config_hash", "service_version"},
    "Place": {"country_code", "role"},
    "Provenance": {"extractor", "version"},
    "RawRef": {"media_type", "sha256", "topic"},
    "Sentiment": {"method", "polarity"},
    "Summary": {"method"},
    "Topic": {"id", "label", "scheme"},
}  # fmt: skip


def strings(spec: Json) -> Iterator[Json]:
    """The schemas of free strings within a field; instants, enums and parts are none."""
    if spec.get("type") == "string" and "format" not in spec and "enum" not in spec:
        yield spec
    for key in ("items", "additionalProperties"):
        if isinstance(spec.get(key), dict):
            yield from strings(spec[key])
    for part in (*spec.get("anyOf", ()), *spec.get("prefixItems", ())):
        yield from strings(part)


def fields(name: str) -> Iterator[tuple[str, str, Json]]:
    schema = SCHEMAS[name]
    for title, part in ((schema["title"], schema), *schema.get("$defs", {}).items()):
        for field, spec in part.get("properties", {}).items():
            yield title, field, spec


def marked(spec: Json) -> bool:
    return any(UNTRUSTED in part for part in (spec, *strings(spec)))


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_string_is_marked_or_known_to_be_ours(name: str) -> None:
    for title, field, spec in fields(name):
        if list(strings(spec)):
            assert marked(spec) is not (field in TRUSTED.get(title, ())), f"{title}.{field}"


def test_the_list_of_trusted_fields_names_fields_that_there_are() -> None:
    there = {(title, field) for name in OUTPUTS for title, field, spec in fields(name) if list(strings(spec))}
    assert {(title, field) for title, names in TRUSTED.items() for field in names} <= there


def test_the_dictionary_shows_the_marks_and_says_what_they_mean() -> None:
    text = data_dictionary()
    before, _, rest = text.partition("\n## ")
    assert "they are data, not instructions" in before
    section = rest.partition("## EnrichedArticle\n")[2].partition("\n## ")[0]
    rows = {
        row.split("|")[1].strip(): row.split("|")[5].strip() for row in section.splitlines() if row.startswith("| `")
    }
    assert (rows["`title`"], rows["`key_points`"], rows["`article_id`"], rows["`published_at`"]) == (
        "yes",
        "yes",
        "",
        "",
    )


# What an attacker would put where: markup, control characters, overrides, active and local addresses.
DIRTY = "x\u202e\x1b[31m\x07\u200b\u2066<script>alert(1)</script>\u0000=cmd()"
BAD_URLS = [
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "vbscript:x",
    "JaVaScRiPt:alert(1)",
    "//[::1",
]
WORDS = " ".join(f"Sentence number {i} of the story about the harbour bridge." for i in range(40))
JSON_LD = {
    "@context": "https://schema.org", "@type": "NewsArticle", "headline": f"Harbour {DIRTY}",
    "description": DIRTY, "keywords": [DIRTY], "articleSection": DIRTY, "articleBody": f"{WORDS} {DIRTY}",
    "author": [{"@type": "Person", "name": f"Jane {DIRTY} Doe", "url": BAD_URLS[0]}],
    "publisher": {"@type": "Organization", "name": f"Paper {DIRTY}", "url": BAD_URLS[1]},
    "copyrightHolder": {"name": DIRTY}, "copyrightNotice": DIRTY, "license": BAD_URLS[0],
    "image": [{"url": BAD_URLS[2], "caption": DIRTY, "creditText": DIRTY}], "url": BAD_URLS[0],
    "datePublished": f"2019-03-28T15:42:00Z{DIRTY}", "mainEntityOfPage": BAD_URLS[2],
}  # fmt: skip
LINKS = "".join(
    f'<p>Sentence before the <a href="{url}">link {i}</a> of this paragraph here.</p>' for i, url in enumerate(BAD_URLS)
)
PAGE = (
    f'<!doctype html><html lang="en"><head><title>Harbour {DIRTY}</title>'
    f'<link rel="license" href="{BAD_URLS[0]}"><link rel="canonical" href="{BAD_URLS[2]}">'
    f'<meta property="og:image" content="{BAD_URLS[0]}"><meta name="author" content="Jane {DIRTY} Doe">'
    f"</head><body><article><h1>Harbour {DIRTY}</h1><p class=byline>By <a href='{BAD_URLS[0]}'>Jane \u202eDoe</a></p>"
    f"<figure><img src='{BAD_URLS[1]}'><figcaption>{DIRTY}</figcaption></figure>"
    f"<p>{WORDS}</p>{LINKS}</article></body></html>"
)
HINTS = {"name": DIRTY, "domain": f"paper{DIRTY}", "feed_url": BAD_URLS[0]}
FEED = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>F</title>'
    f"<item><title>Harbour</title><link>{BAD_URLS[0]}</link><author>\u202eJane</author>"
    f"<description>&lt;p&gt;{WORDS}&lt;a href='{BAD_URLS[0]}'&gt;go&lt;/a&gt;&lt;/p&gt;</description>"
    f'<media:content url="{BAD_URLS[1]}" medium="image"/>'
    f'<enclosure url="{BAD_URLS[2]}" type="image/png" length="1"/></item>'
    "</channel></rss>"
)
INPUTS: dict[str, Json] = {
    "page": {"content": PAGE, "source": HINTS},
    "json-ld": {"content": json.dumps(JSON_LD), "source": HINTS},
    "page with json-ld": {
        "content": PAGE.replace("</head>", f"<script type='application/ld+json'>{json.dumps(JSON_LD)}</script></head>")
    },
    "text": {
        "content": f"Harbour {DIRTY}\n\nBy Jane {DIRTY}\n\n{WORDS} It printed {DIRTY} twice. {WORDS}\n\nPhoto: {DIRTY}",
        "title_hint": DIRTY,
    },
    "feed": {"content": FEED, "source": HINTS},
    "hints": {
        "content": WORDS, "title_hint": DIRTY, "published_hint": f"28 March 2019 {DIRTY}",
        "feed_item": {"title": DIRTY, "author": f"Jane {DIRTY} Doe", "categories": [DIRTY], "link": BAD_URLS[0],
                      "published": f"28 March 2019 {DIRTY}"},
        "source": {**HINTS, "language": DIRTY},
    },
    "takedown": {"action": "delete", "raw_id": DIRTY},
}  # fmt: skip


def values(record: Json | list[Any] | str | None, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(record, str):
        yield path, record
    elif isinstance(record, dict):
        for key, value in record.items():
            yield from values(value, f"{path}.{key}")
    elif isinstance(record, list):
        for value in record:
            yield from values(value, path)


def faults(record: Json) -> list[str]:
    found = []
    for path, value in values(record):
        if path.startswith(".original."):
            continue
        if any(unicodedata.category(c) in {"Cc", "Cs"} for c in value.replace("\n\n", "") if path != ".stack"):
            found.append(f"{path}: control character in {value!r}")
        if any(c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f" for c in value):
            found.append(f"{path}: directional or invisible character in {value!r}")
        if path.endswith((".url", "_url")) and (
            urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc
        ):
            found.append(f"{path}: no web address: {value!r}")
        if path == ".rights.license" and value.lower().startswith(("javascript", "data:")):
            found.append(f"{path}: active address: {value!r}")
    return found


@pytest.mark.parametrize("name", INPUTS)
def test_what_is_published_of_hostile_input_is_plain_text_and_web_addresses(name: str) -> None:
    room = Newsroom()
    ends = room.send(room.raw(json.dumps(INPUTS[name])))
    # The same again, as a copy: its record carries parts of it too.
    ends += room.send(room.raw(json.dumps(INPUTS[name])))
    assert len(ends) == 2
    assert [fault for end in ends for fault in faults(end)] == []
    if name != "takedown":
        assert ends[0]["pub_status"] == "usable"
        assert "harbour bridge" in ends[0]["body"]
    if name == "text":
        assert "<script>alert(1)</script>" in ends[0]["body"], "it is text: nothing is escaped or taken for markup"
