"""Made-up news without end: what `copydesk seed` sends after the samples, so that there is something to watch."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from copydesk.app.samples import Expected, Sample

_BACK = 40
"""A story comes again at most so many records after it was sent."""


@dataclass(frozen=True, slots=True)
class Story:
    """One made-up article, before it takes the form of its outlet."""

    outlet: Mapping[str, str]
    url: str
    title: str
    author: str
    published: datetime
    paragraphs: Sequence[str]


class MadeUp:
    """Numbered records: mostly new stories, some copies and revisions, a few that cannot be read.

    The same seed, beginning and number give the same record.

    Args:
        seed: another seed gives other stories.
        began: when number 0 is sent; with time zone.
        every: time between two records, for the dates of the stories.
    """

    def __init__(self, seed: int, began: datetime, every: timedelta) -> None:
        self._seed = seed
        self._began = began
        self._every = every

    def record(self, number: int) -> Sample:
        """The record of a number, with the outcome that it should have; its verdict depends on what came before."""
        chance = self._random(number, "record")
        kind = self._kind(number)
        about = number
        if kind in _OF_EARLIER:
            # Only stories that were sent as such: what repeats another has none of its own.
            earlier = [n for n in range(max(0, number - _BACK), number) if self._kind(n) is _new]
            kind, about = (kind, chance.choice(earlier)) if earlier else (_new, number)
        return kind(self.story(about), chance)

    def story(self, number: int) -> Story:
        """The story of a number."""
        chance = self._random(number, "story")
        words = _words()
        pick = chance.choice
        outlet = pick(words["outlet"])
        places = chance.sample(words["places"], 2)
        things = chance.sample(words["things"], 2)
        fixed = {"place": places[0], "place2": places[1], "thing": things[0], "thing2": things[1]}

        def fill(template: str) -> str:
            name = f"{pick(words['first_names'])} {pick(words['last_names'])}"
            numbers = {key: chance.randrange(*span) for key, span in _NUMBERS.items()}
            some = {"name": name, "role": pick(words["roles"]), "day": pick(words["days"])}
            return template.format(**fixed, **numbers, **some, event=pick(words["events"]).format(**numbers))

        sentences = [fill(template) for template in chance.sample(words["sentences"], 9)]
        said = [fill(pick(words["speech"]).replace("{quote}", quote)) for quote in chance.sample(words["quotes"], 2)]
        title = fill(pick(words["headlines"]))
        paragraphs = (
            f"{fill(pick(words['openers']))} {sentences[0]}",
            f"{said[0]} {sentences[1]}",
            " ".join(sentences[2:5]),
            f"{said[1]} {sentences[5]}",
            " ".join(sentences[6:]),
        )
        return Story(
            outlet,
            f"https://{outlet['domain']}/news/{self._seed}-{number}",
            title[0].upper() + title[1:],
            f"{pick(words['first_names'])} {pick(words['last_names'])}",
            self._began + number * self._every - timedelta(seconds=chance.randrange(60, 1800)),
            paragraphs,
        )

    def _kind(self, number: int) -> Kind:
        return self._random(number, "kind").choices(list(_MIX), list(_MIX.values()))[0]

    def _random(self, number: int, purpose: str) -> random.Random:
        return random.Random(f"{self._seed} {number} {purpose}")


_NUMBERS = {
    "months": (2, 19), "count": (12, 480), "million": (2, 97), "thousand": (1_000, 9_000), "year": (1887, 2019),
    "percent": (3, 65), "pages": (14, 320), "minutes": (8, 55), "millimetres": (4, 60), "metres": (120, 2_400),
}  # fmt: skip


@cache
def _words() -> Any:
    return tomllib.loads(files(__package__ or "").joinpath("made_up.toml").read_text(encoding="utf-8"))


def _new(story: Story, chance: random.Random) -> Sample:  # noqa: ARG001 - one signature for all kinds
    return _sample("new", "a made-up story", story, Expected("enriched", "unique"))


def _again(story: Story, chance: random.Random) -> Sample:
    """The same page under a tracking address."""
    address = f"{story.url}?utm_source=newsletter&utm_content={chance.randrange(10**6)}"
    return _sample("again", "a page again, under a tracking address", story, Expected("duplicate", ""), address)


def _copied(story: Story, chance: random.Random) -> Sample:
    """The same text on another site."""
    others = [outlet for outlet in _words()["outlet"] if outlet is not story.outlet]
    outlet = chance.choice(others)
    address = f"https://{outlet['domain']}/agency/{chance.randrange(10**9)}"
    copy = replace(story, outlet=outlet, url=address)
    return _sample("copied", "a story word for word on another site", copy, Expected("duplicate", ""))


def _revised(story: Story, chance: random.Random) -> Sample:
    """The same page with another end."""
    words = _words()
    values = {key: chance.randrange(*span) for key, span in _NUMBERS.items()}
    note = chance.choice(words["later"]).format(
        **values, day=chance.choice(words["days"]), place2=chance.choice(words["places"])
    )
    revised = replace(story, paragraphs=(*story.paragraphs, note))
    return _sample("revised", "a story with a paragraph more", revised, Expected("enriched", "revision"))


def _unreadable(story: Story, chance: random.Random) -> Sample:
    """What a crawler brings home besides articles."""
    kinds = (
        (b"%PDF-1.7\n" + story.title.encode(), "application/pdf", "a PDF file"),
        (b"", "text/html", "a record without a value"),
        (story.title.encode(), "text/plain", "a headline and nothing else"),
    )
    value, media_type, what = chance.choice(kinds)
    return Sample("unreadable", what, _key(story.url), value, _headers(media_type, story.url), (Expected("dead", ""),))


Kind = Callable[[Story, random.Random], Sample]
_MIX: Mapping[Kind, int] = {_new: 78, _again: 7, _copied: 6, _revised: 5, _unreadable: 4}
"""Of a hundred records; invented, to show each kind of outcome now and then."""
_OF_EARLIER = (_again, _copied, _revised)


def _sample(name: str, what: str, story: Story, expected: Expected, address: str | None = None) -> Sample:
    value, media_type = _FORMS[story.outlet["form"]](story)
    return Sample(name, what, _key(story.url), value.encode(), _headers(media_type, address or story.url), (expected,))


def _key(url: str) -> bytes:
    return url.encode()


def _headers(media_type: str, url: str) -> tuple[tuple[str, bytes], ...]:
    return (("content-type", media_type.encode()), ("x-url", url.encode()))


def _page(story: Story, head: str) -> str:
    body = "\n".join(f"<p>{escape(text)}</p>" for text in story.paragraphs)
    name = escape(story.outlet["name"])
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>{escape(story.title)} | {name}</title>\n"
        f'<link rel="canonical" href="{story.url}">\n<meta property="og:site_name" content="{name}">\n{head}</head>\n'
        '<body><nav><a href="/">Home</a> <a href="/local">Local</a> <a href="/sport">Sport</a></nav>\n'
        f'<main><article><h1>{escape(story.title)}</h1>\n<p class="byline">By {escape(story.author)}</p>\n{body}\n'
        f"</article></main><footer><p>© {name}. All rights reserved.</p></footer></body></html>\n"
    )


def _json_ld(story: Story) -> tuple[str, str]:
    fields = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": story.published.isoformat(),
        "author": [{"@type": "Person", "name": story.author}],
        "publisher": {"@type": "Organization", "name": story.outlet["name"]},
    }
    head = f'<script type="application/ld+json">{json.dumps(fields, ensure_ascii=False)}</script>\n'
    return _page(story, head), "text/html; charset=utf-8"


def _meta(story: Story) -> tuple[str, str]:
    head = (
        f'<meta property="og:type" content="article">\n<meta property="og:title" content="{escape(story.title)}">\n'
        f'<meta property="article:published_time" content="{story.published.isoformat()}">\n'
    )
    return _page(story, head), "text/html; charset=utf-8"


def _text(story: Story) -> tuple[str, str]:
    date = f"{story.published:%d %B %Y}"
    lines = (story.title, f"By {story.author}", date, *story.paragraphs, f"© {story.outlet['name']}")
    return "\n\n".join(lines) + "\n", "text/plain; charset=utf-8"


_FORMS: Mapping[str, Callable[[Story], tuple[str, str]]] = {"json-ld": _json_ld, "meta": _meta, "text": _text}
