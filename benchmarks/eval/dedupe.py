"""Scores of deduplication on pairs of real news texts and on scripted edits, through the real decision function.

Pairs: both texts go through one empty state in the order of the pair. A pair counts as found if the second is set aside
as a copy of the first, or published as an expansion of it. Precision and recall are taken on the label `duplicate`; a
grey pair (two versions of a developing story) counts neither way, but a grey pair that is set aside is a lost update.
Edits: the source and its edited form, in this order; what counts is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import Decision, decide
from copydesk.core.fingerprint import fingerprint
from copydesk.core.ids import article_id, content_sha256
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay
from copydesk_schemas.parsed import Fingerprint, ParsedArticle
from copydesk_schemas.parts import Language, Quality, RawRef, Source, Stats
from copydesk_schemas.reasons import Verdict

PAIR_SETS = ("reuters_c50", "bbc", "news_cluster")
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a set."""

    id: str
    body: str
    title: str | None = None


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@cache
def _fingerprint(body: str) -> Fingerprint:
    return fingerprint(body, "en")


def article(text: Text, offset: int) -> ParsedArticle:
    """A parsed article without an address, as a plain-text scrape gives it."""
    sha256 = content_sha256(f"{text.id}\n{text.body}".encode())
    arrival = _START + timedelta(seconds=offset)
    return ParsedArticle(
        article_id=article_id(None, sha256),
        source=Source(),
        title=text.title,
        body=text.body,
        language=Language(code="en", confidence=1.0),
        ingested_at=arrival,
        stats=Stats(chars=len(text.body), words=0, sentences=0, paragraphs=0, reading_seconds=0),
        quality=Quality(score=1.0),
        fingerprint=_fingerprint(text.body),
        raw=RawRef(
            topic="raw-articles", partition=0, offset=offset, timestamp=arrival, sha256=sha256,
            bytes=len(text.body), media_type="text/plain", charset="utf-8",
        ),
    )  # fmt: skip


def second_of(first: Text, second: Text, options: DedupeOptions) -> Decision:
    """What is decided on `second` where only `first` is known."""
    state = Overlay(MemoryStore())
    decide(article(first, 0), state, options, now=_START)
    return decide(article(second, 1), state, options, now=_START)


def kind(decision: Decision) -> str:
    """`copy`, `expanded` or `apart`."""
    if decision.duplicate is not None:
        return "copy"
    unique = decision.unique
    return "expanded" if unique is not None and unique.dedup.verdict is Verdict.EXPANDED else "apart"


def _pairs(data: Path, options: DedupeOptions) -> dict[str, Any]:
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[tuple[str, str, str]] = []
    for name in PAIR_SETS:
        texts = {r["id"]: Text(r["id"], r["text"], r.get("title")) for r in read_jsonl(data / f"{name}.jsonl")}
        for pair in read_jsonl(data / f"{name}_pairs.jsonl"):
            found = kind(second_of(texts[pair["a"]], texts[pair["b"]], options))
            kinds[pair["label"]][found] += 1
            if pair["label"] != "grey" and (pair["label"] == "duplicate") != (found != "apart"):
                wrong.append((pair["label"], pair["a"], pair["b"]))
    return {"kinds": {label: dict(sorted(counts.items())) for label, counts in sorted(kinds.items())}, "wrong": wrong}


def _stream(data: Path, options: DedupeOptions) -> dict[str, int]:
    """All texts of the largest set through one state: copies that no labelled pair explains are false alarms."""
    labels = {
        frozenset((p["a"], p["b"])): p["label"] for p in read_jsonl(data / f"{PAIR_SETS[0]}_pairs.jsonl")
    }  # fmt: skip
    state, ids = Overlay(MemoryStore()), {}
    counts = Counter({"texts": 0, "set_aside": 0, "unlabelled": 0, "different": 0})
    for offset, record in enumerate(read_jsonl(data / f"{PAIR_SETS[0]}.jsonl")):
        parsed = article(Text(record["id"], record["text"]), offset)
        ids[parsed.article_id] = record["id"]
        decision = decide(parsed, state, options, now=_START)
        counts["texts"] += 1
        if decision.duplicate is not None:
            pair = frozenset((record["id"], ids[decision.duplicate.duplicate_of.article_id]))
            label = labels.get(pair, "unlabelled")
            counts["set_aside"] += 1
            counts[label] += 1
    return dict(sorted(counts.items()))


def _edits(data: Path, options: DedupeOptions) -> dict[str, dict[str, float]]:
    sources = {r["id"]: Text(r["id"], r["text"]) for r in read_jsonl(data / "reuters_c50.jsonl")}
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for record in read_jsonl(data / "edits.jsonl"):
        edited = Text(f"{record['of']}/{record['edit']}", record["text"])
        kinds[record["edit"]][kind(second_of(sources[record["of"]], edited, options))] += 1
    return {
        edit: {k: round(counts[k] / counts.total(), 3) for k in ("copy", "expanded", "apart")}
        for edit, counts in sorted(kinds.items())
    }


def evaluate(data: Path, options: DedupeOptions | None = None) -> dict[str, Any]:
    """All scores on the sets in `data` (the folder that holds `reuters_c50.jsonl` and its siblings)."""
    options = options or DedupeOptions()
    pairs = _pairs(data, options)
    kinds = pairs["kinds"]
    duplicates, different, grey = kinds["duplicate"], kinds["different"], kinds["grey"]
    hits = duplicates.get("copy", 0) + duplicates.get("expanded", 0)
    false = different.get("copy", 0) + different.get("expanded", 0)
    return {
        "precision": round(hits / (hits + false), 4),
        "recall": round(hits / sum(duplicates.values()), 4),
        "different_set_aside": different.get("copy", 0),
        "grey_set_aside": grey.get("copy", 0),
        "grey": sum(grey.values()),
        "kinds": kinds,
        "wrong": pairs["wrong"],
        "stream": _stream(data, options),
        "edits": _edits(data, options),
    }


def report(data: Path) -> str:
    """Markdown tables of the scores; `data` is the folder of all evaluation data."""
    found = evaluate(data / "dedupe")
    stream, kinds = found["stream"], found["kinds"]
    lines = [
        "### Deduplication: pairs of news texts",
        "",
        "| precision | recall | different, set aside | grey, set aside |",
        "|---:|---:|---:|---:|",
        (
            f"| {found['precision']:.4f} | {found['recall']:.4f} | {found['different_set_aside']} of "
            f"{sum(kinds['different'].values())} | {found['grey_set_aside']} of {found['grey']} |"
        ),
        "",
        (
            f"A stream of {stream['texts']} texts: {stream['set_aside']} set aside, of these "
            f"{stream['different'] + stream['unlabelled']} that no labelled pair explains."
        ),
        "",
        "### Deduplication: scripted edits, shares",
        "",
        "| edit | copy | expanded | apart |",
        "|---|---:|---:|---:|",
        *(
            f"| {edit} | {shares['copy']:.3f} | {shares['expanded']:.3f} | {shares['apart']:.3f} |"
            for edit, shares in found["edits"].items()
        ),
    ]
    return "\n".join([*lines, ""])


def checksum(data: Path, names: Iterable[str]) -> str:
    """SHA-256 over the files that a score rests on, so that a floor is never met on other data."""
    digest = hashlib.sha256()
    for name in names:
        digest.update((data / name).read_bytes())
    return digest.hexdigest()
