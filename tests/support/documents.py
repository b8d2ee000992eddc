"""Raw records for tests of the whole pipeline: generated ones, and a mix of the real pages of the evaluation data."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from benchmarks.pages import load_pages
from tests.support.service import Raw

_PLACES = ["Alder", "Brimley", "Corton", "Dunmere", "Eastry", "Farrow", "Gorley", "Hexton", "Ibsley", "Jarrow"]
_PEOPLE = ["Anna Keller", "Ruth Adler", "Martin Hale", "Peter Lund", "Clara Voss", "Simon Pike", "Edith Marsh"]
_THINGS = [
    "bridge", "harbour", "library", "railway station", "hospital", "market hall", "reservoir", "school", "theatre",
    "town hall", "ferry landing", "swimming pool", "power station", "lighthouse", "museum", "bakery", "brewery",
]  # fmt: skip
_WORK = ["reopen", "close", "repair", "rebuild", "sell", "extend", "paint", "rent out", "insure", "demolish", "light"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_REASONS = [
    "the roof had begun to leak after the winter storms", "visitors complained about long queues at the entrance",
    "engineers found cracks in one of the outer walls", "the owner could no longer pay for the heating",
    "a survey counted twice as many users as ten years before", "the insurance ran out at the end of the summer",
    "neighbours collected more than a thousand signatures", "a lorry damaged the gate on its way to the depot",
]  # fmt: skip
_SENTENCES = [
    "The council of {place} decided on {day} to {work} the {thing}, after {reason}.",
    "“We should have decided to {work} the {thing} much earlier,” said {person}, who lives in {place}.",
    "The work on the {thing} will take {number} months and cost {sum} thousand pounds, according to {person}.",
    "In {place}, where {reason}, people had waited for such a decision since {day}.",
    "{person} told the meeting on {day} that {number} other towns had already chosen to {work} their {thing}.",
    "Whether the neighbouring town of {place} will {work} its own {thing} as well is to be settled by {day}.",
    "A report of {number} pages, written by {person}, explains that {reason}.",
]
_FEED = b'<?xml version="1.0"?><rss version="2.0">'


class Writer:
    """Writes made-up news; the same seed gives the same text."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def sentence(self) -> str:
        """One sentence."""
        pick = self._random.choice
        return pick(_SENTENCES).format(
            place=pick(_PLACES),
            person=pick(_PEOPLE),
            thing=pick(_THINGS),
            work=pick(_WORK),
            day=pick(_DAYS),
            reason=pick(_REASONS),
            number=self._random.randrange(2, 90),
            sum=self._random.randrange(10, 9_000),
        )

    def paragraphs(self, count: int = 5) -> list[str]:
        """Paragraphs of three sentences each."""
        return [" ".join(self.sentence() for _ in range(3)) for _ in range(count)]

    def title(self) -> str:
        """A headline."""
        pick = self._random.choice
        number = self._random.randrange(10_000)
        return f"{pick(_PLACES)} to {pick(_WORK)} its {pick(_THINGS)} for {number} residents"


def page(url: str, title: str, paragraphs: Sequence[str]) -> bytes:
    """An HTML page with the usual surroundings."""
    body = "\n".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<link rel="canonical" href="{url}"></head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>'
        f"<article><h1>{escape(title)}</h1>\n{body}\n</article><footer>All rights reserved.</footer></body></html>"
    ).encode()


def feed(address: str, writers: Iterable[Writer]) -> bytes:
    """An RSS feed with an item of each writer."""
    entries = "".join(
        f"<item><title>{escape(w.title())}</title><link>{address}/{number}</link>"
        f"<description>{escape(' '.join(w.paragraphs(3)))}</description></item>"
        for number, w in enumerate(writers)
    )
    return _FEED + f"<channel><title>News</title>{entries}</channel></rss>".encode()


def items(raw: Raw) -> int:
    """How many items a record of this module has."""
    return 3 if (raw.value or b"").startswith(_FEED) else 1


BROKEN: tuple[bytes | None, ...] = (
    b"",
    None,
    b"   \n\t ",
    bytes(range(256)) * 8,
    b"\x89PNG\r\n\x1a\n" + bytes(500),
    b'{"content": 5}',
    b'{"url": "https://broken.example/both", "content": "a", "content_base64": "YQ=="}',
    b"<html><body></body></html>",
    b"too short",
)
"""Records that no article can come of."""


def with_url(value: bytes, url: str) -> Raw:
    """A bare page, fetched from `url`."""
    return Raw(value, url.encode(), (("x-url", url.encode()), ("content-type", b"text/html")))


def generated(count: int, seed: int = 1) -> list[Raw]:
    """Pages, texts in envelopes, feeds of three, copies, revisions and broken records, mixed."""
    numbers = random.Random(seed)
    records: list[Raw] = []
    for number in range(count):
        writer = Writer(seed * 1_000_000 + number)
        url = f"https://paper{number % 7}.example/news/{number}"
        kind = numbers.random()
        if kind < 0.45 or not records:
            records.append(with_url(page(url, writer.title(), writer.paragraphs()), url))
        elif kind < 0.60:
            text = "\n\n".join((writer.title(), *writer.paragraphs()))
            envelope = {"content": text, "media_type": "text/plain", "url": url, "raw_id": f"generated-{number}"}
            records.append(Raw(json.dumps(envelope).encode(), url.encode()))
        elif kind < 0.65:
            writers = [Writer(seed * 1_000_000 + 500_000 + number * 3 + item) for item in range(3)]
            records.append(Raw(feed(f"https://paper{number % 7}.example/feed/{number}", writers), None))
        elif kind < 0.80:
            records.append(numbers.choice(records))
        elif kind < 0.90:
            # Other text at the address of an earlier page.
            earlier = numbers.choice(records)
            url = dict(earlier.headers).get("x-url", url.encode()).decode()
            records.append(with_url(page(url, writer.title(), writer.paragraphs()), url))
        else:
            records.append(Raw(numbers.choice(BROKEN), f"broken-{number}".encode()))
    return records


def mixed(data: Path, count: int = 2_000, seed: int = 1) -> list[Raw]:
    """Real pages and texts, made `count` by copies, revisions, other addresses, texts and broken records."""
    numbers = random.Random(seed)
    pages = [with_url(found.html, found.url) for found in load_pages(data)]
    lines = (data / "dedupe" / "bbc.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line) for line in numbers.sample(lines, 500)]
    records = list(pages)
    records += [Raw(f"{text['title']}\n\n{text['text']}".encode()) for text in texts]
    broken = [Raw(numbers.choice(BROKEN), f"broken-{number}".encode()) for number in range(90)]
    left = count - len(records) - len(broken)
    if left < 0:
        raise ValueError(f"{len(records)} records are there already, {count} were asked for")
    copies = [numbers.choice(records) for _ in range(left // 3)]
    revisions = [_revised(numbers.choice(pages), Writer(seed * 1_000_000 + n)) for n in range(left // 3)]
    moved: list[Raw] = []
    for number in range(left - len(copies) - len(revisions)):
        original = numbers.choice(pages)
        moved.append(with_url(original.value or b"", f"https://copies{number % 5}.example/story/{number}"))
    later = [*copies, *revisions, *moved, *broken]
    numbers.shuffle(later)
    # Mixed in, each after the first third, so that most follow what they are copies of.
    head, tail = records[: count // 3], [*records[count // 3 :], *later]
    numbers.shuffle(tail)
    return [*head, *tail]


def _revised(original: Raw, writer: Writer) -> Raw:
    """The page with two more paragraphs at its end."""
    more = "".join(f"<p>{escape(text)}</p>" for text in writer.paragraphs(2)).encode()
    value = original.value or b""
    at = value.rfind(b"</p>")
    return Raw(value[: at + 4] + more + value[at + 4 :], original.key, original.headers)
