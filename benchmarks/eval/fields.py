"""How often each field of a page is filled, set by set, and how often two of them are right where a truth is known.

The truth of fundus_rest has the page's own summary, as `body` less `body_nosum`, and its topics: what a subtitle and
tags should be. The other fields have no truth; how often they are filled says at least whether they are read at all.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.eval.measure import Truth, load_truth
from benchmarks.pages import SETS

from copydesk.core.errors import Rejected
from copydesk.core.options import Options
from copydesk.core.parse import ItemFailure, parse_message
from copydesk.core.records import Message
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.reasons import LinkRel

FIELDS = (
    "title", "authors", "published_at", "subtitle", "description", "key_points", "dateline", "section", "tags", "genre",
    "modified_at", "media", "links", "is_accessible_for_free", "rights", "syndicated_from",
)  # fmt: skip
FLAGS = ("paywall_suspected", "live_blog", "syndicated")
TRUE_SET = "fundus_rest"
_NO_WORD = re.compile(r"[\W_]+")


def report(data: Path) -> str:
    """Markdown: a line a field, a column a set; shares of the pages that were read."""
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        counts = {name: processes.submit(count, data, name).result() for name in SETS}
    names = [*FIELDS, "media: caption", "media: credit", *(f"links: {rel}" for rel in LinkRel), "rights: tdm_reserved"]
    names += [f"flag {flag}" for flag in FLAGS]
    heads = " | ".join(f"{name} ({found['read']} read)" for name, found in counts.items())
    lines = ["## Fields of a page\n", f"| field | {heads} |", f"|---|{'---|' * len(counts)}"]
    lines += [f"| {name} | {' | '.join(_share(f[name], f['read']) for f in counts.values())} |" for name in names]
    found = counts[TRUE_SET]
    subtitles = (
        f"Subtitles on {TRUE_SET}: of {found['true subtitles']} pages with a summary of their own, "
        f"{found['right subtitles']} have it as subtitle; {found['subtitle']} subtitles were given."
    )
    precision, recall = (_share(found["right tags"], found[name]) for name in ("given tags", "true tags"))
    tags = f"Tags on {TRUE_SET}, where the truth has any: precision {precision}, recall {recall}."
    lines += ["", subtitles, tags]
    for name, found in counts.items():
        turned = ", ".join(f"{key[7:]} {number}" for key, number in sorted(found.items()) if key.startswith("reject "))
        lines.append(f"Not read of {name}: {turned or 'none'}.")
    return "\n".join(lines) + "\n"


def count(data: Path, set_name: str) -> Counter[str]:
    """How many pages of a set have each field, and how many of each true value were found."""
    found: Counter[str] = Counter()
    for truth, item in _read(data, set_name):
        if isinstance(item, ItemFailure):
            code = item.error.code if isinstance(item.error, Rejected) else type(item.error).__name__
            found[f"reject {code}"] += 1
            continue
        found["read"] += 1
        found.update(name for name in FIELDS if getattr(item, name) not in (None, [], ""))
        found.update(f"links: {rel}" for rel in {link.rel for link in item.links})
        found["media: caption"] += any(media.caption for media in item.media)
        found["media: credit"] += any(media.credit for media in item.media)
        found["rights: tdm_reserved"] += item.rights is not None and item.rights.tdm_reserved is not None
        found.update(f"flag {flag}" for flag in item.quality.flags if flag in FLAGS)
        if set_name == TRUE_SET:
            _compare(truth, item, found)
    return found


def _compare(truth: Truth, item: ParsedArticle, found: Counter[str]) -> None:
    body, rest = str(truth["body"]), str(truth["body_nosum"])
    summary = _key(body[: len(body) - len(rest)]) if body.endswith(rest) and body != rest else ""
    if summary:
        found["true subtitles"] += 1
        found["right subtitles"] += _key(item.subtitle or "") == summary
    topics = {_key(topic) for topic in truth.get("topics") or ()}
    if topics:
        tags = {_key(tag) for tag in item.tags}
        found["right tags"] += len(topics & tags)
        found["true tags"] += len(topics)
        found["given tags"] += len(tags)


def _read(data: Path, set_name: str) -> Iterator[tuple[Truth, ParsedArticle | ItemFailure]]:
    folder = data / "extraction" / set_name / "html"
    for page, truth in load_truth(data, set_name).items():
        html = gzip.decompress((folder / f"{page}.html.gz").read_bytes())
        url = str(truth.get("url") or "")
        headers = (("x-url", url.encode()),) if url.startswith("http") else ()
        yield truth, parse_message(Message("raw-articles", 0, 0, 0, None, html, headers), Options()).items[0]


def _key(text: str) -> str:
    return _NO_WORD.sub(" ", text).casefold().strip()


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}".lstrip("0") if whole and part < whole else "1.00" if whole else "–"
