"""A stream of made-up news from several sources, with all that happens to news, for watching a worker at work."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape

from tests.support.documents import BROKEN, Writer, feed, with_url
from tests.support.service import Raw

SOURCES = (
    "harbour-times.com", "valley-post.com", "northern-echoes.com", "daily-lantern.com", "coast-gazette.com",
    "marsh-courier.com", "hill-observer.com", "river-mail.com",
)  # fmt: skip
_SECTIONS = ("Politics", "Business", "Sport", "Culture", "Science")
_FOREIGN = {
    "de": "Der Stadtrat hat am Montag beschlossen, die alte Brücke am Hafen zu erneuern, weil sie seit dem Winter "
    "gesperrt ist. Die Arbeiten dauern nach Angaben der Verwaltung mindestens {n} Monate und kosten mehr als geplant. ",
    "fr": "Le conseil municipal a décidé lundi de rénover le vieux pont du port, fermé depuis l’hiver dernier. Les "
    "travaux dureront au moins {n} mois, selon la mairie, et coûteront plus cher que prévu aux habitants. ",
    "es": "El ayuntamiento decidió el lunes renovar el viejo puente del puerto, cerrado desde el invierno pasado. Las "
    "obras durarán al menos {n} meses, según el alcalde, y costarán más de lo previsto a los vecinos. ",
}  # fmt: skip


@dataclass
class Trouble:
    """What befalls sources."""

    without_authors: set[str] = field(default_factory=set)
    """They no longer name their authors."""
    silent: set[str] = field(default_factory=set)
    """They send nothing any more."""


NO_TROUBLE = Trouble()


def story(
    number: int,
    source: str,
    *,
    authors: bool = True,
    clock: Callable[[], datetime] | None = None,
    text: int | None = None,
) -> Raw:
    """A page of a source with everything that a page can say about itself.

    Args:
        number: the same number gives the same page, but for its date.
        source: its domain.
        authors: name them; a source may stop doing so.
        clock: what time it is.
        text: number of the text, where it is to be another's.
    """
    dice = random.Random(number)
    writer = Writer(number if text is None else text)
    url = f"https://{source}/news/{number}"
    now = clock() if clock else datetime.now(UTC)
    published = now - timedelta(seconds=dice.expovariate(1 / 5400))
    title = f"{writer.title()} ({number})" if text is None else writer.title()
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "description": writer.sentence(),
        "datePublished": published.isoformat(),
        "articleSection": dice.choice(_SECTIONS),
        **(
            {"author": [{"@type": "Person", "name": dice.choice(["Anna Keller", "Ruth Adler", "Martin Hale"])}]}
            if authors
            else {}
        ),
        **({"image": f"https://{source}/img/{number}.jpg", "keywords": "council, town"} if dice.random() < 0.7 else {}),
    }
    if dice.random() < 0.1:
        del said["datePublished"]
    language = dice.choice(list(_FOREIGN)) if text is None and dice.random() < 0.15 else "en"
    paragraphs = writer.paragraphs(dice.randrange(3, 9))
    if language != "en":
        paragraphs = [_FOREIGN[language].format(n=number + n) * 2 for n in range(4)]
    body = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<link rel="canonical" href="{url}"><script type="application/ld+json">{json.dumps(said)}</script></head>'
        f"<body><article><h1>{escape(title)}</h1>\n{body}\n</article></body></html>"
    )
    return with_url(page.encode(), url)


def newswire(seed: int = 1, sources: Sequence[str] = SOURCES, trouble: Trouble = NO_TROUBLE) -> Iterator[Raw]:
    """News without end: pages, agency copy on other sites, copies, revisions, feeds, takedowns and broken records.

    Args:
        seed: the same seed gives the same news, but for their dates.
        sources: domains, the most productive ones first.
        trouble: what befalls sources; it may be changed while the news flow.
    """
    dice = random.Random(seed)
    weights = [2 + len(sources) - place for place in range(len(sources))]
    sent: list[tuple[int, str]] = []
    number = seed * 1_000_000
    while True:
        number += 1
        (source,) = dice.choices(sources, weights)
        if source in trouble.silent:
            continue
        authors = source not in trouble.without_authors
        kind = dice.random()
        earlier, place = dice.choice(sent[-300:]) if sent else (number, source)
        if place in trouble.silent:
            continue
        if kind < 0.62 or not sent:
            sent.append((number, source))
            yield story(number, source, authors=authors)
        elif kind < 0.72:  # the text of another, at an address of its own
            yield story(number, source, authors=authors, text=earlier)
        elif kind < 0.80:  # once more
            yield story(earlier, place, authors=authors)
        elif kind < 0.86:  # other text at a known address
            raw = story(number, source, authors=authors)
            url = f"https://{place}/news/{earlier}"
            yield with_url((raw.value or b"").replace(f"https://{source}/news/{number}".encode(), url.encode()), url)
        elif kind < 0.90:
            yield Raw(feed(f"https://{source}/feed/{number}", [Writer(number * 7 + n) for n in range(3)]), None)
        elif kind < 0.92:
            takedown = {"url": f"https://{place}/news/{earlier}", "action": "delete", "raw_id": f"takedown-{number}"}
            yield Raw(json.dumps(takedown).encode(), place.encode())
        else:
            yield Raw(dice.choice(BROKEN), f"broken-{number}".encode())
