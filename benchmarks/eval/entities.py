"""Score of the entity finder on token-tagged news: exact span and kind, micro F1 over person, place, organisation.

`COPYDESK_EVAL_DATA=… python benchmarks/eval/entities.py` prints one line a set and the CPU time of a 5 KB article.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from copydesk.core.enrich.entities import find_entities
from copydesk_schemas.parsed import Fingerprint, ParsedArticle
from copydesk_schemas.parts import Language, Quality, RawRef, Stats
from copydesk_schemas.reasons import EntityType

KINDS = {EntityType.PERSON: "PER", EntityType.PLACE: "LOC", EntityType.ORGANIZATION: "ORG"}
_GOLD = {"Person": "PER", "Location": "LOC", "Organization": "ORG", "PER": "PER", "LOC": "LOC", "ORG": "ORG"}
Span = tuple[int, int, str]


@dataclass
class Score:
    """Counts of spans, by kind."""

    right: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)

    def f1(self, kind: str | None = None) -> float:
        """Micro F1, in per cent."""
        right, answered, gold = ((c[kind] if kind else sum(c.values())) for c in (self.right, self.answered, self.gold))
        return 200 * right / (answered + gold) if answered + gold else 0.0

    def line(self) -> str:
        """One line for people."""
        kinds = ", ".join(
            f"{k} F1 {self.f1(k):.1f} (P {100 * self.right[k] / max(1, self.answered[k]):.0f} "
            f"R {100 * self.right[k] / max(1, self.gold[k]):.0f})"
            for k in ("PER", "LOC", "ORG")
        )
        return f"F1 {self.f1():.1f}: {kinds}"


def article_of(body: str, language: str = "en") -> ParsedArticle:
    """An article with nothing but a body."""
    return ParsedArticle(
        article_id="0" * 32,
        body=body,
        language=Language(code=language, confidence=1.0),
        ingested_at=datetime(2024, 1, 1, tzinfo=UTC),
        stats=Stats(chars=len(body), words=0, sentences=0, paragraphs=0, reading_seconds=0),
        quality=Quality(score=1.0),
        fingerprint=Fingerprint(exact_hash=""),
        raw=RawRef(
            topic="raw-articles",
            partition=0,
            offset=0,
            timestamp=datetime(2024, 1, 1, tzinfo=UTC),
            sha256="",
            bytes=0,
            media_type=None,
            charset=None,
        ),
    )


_CONTRACTED = frozenset({"s", "t", "re", "ve", "ll", "d", "m"})
_GLUED = frozenset({",", ".", ";", ":", "!", "?", ")", "]", "%", "”", "-", "n't", "/", "'s", "’s"})
_GLUING = frozenset({"(", "[", "“", "$", "#", "-", "/"})


def detokenize(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Text as a newspaper prints it, and the code points of each token."""
    text = ""
    places = []
    glue = True
    open_quote = False
    for i, word in enumerate(tokens):
        before, after = tokens[i - 1] if i else "", tokens[i + 1] if i + 1 < len(tokens) else ""
        contracted = word in _CONTRACTED and before in {"'", "’"}
        contracts = word in {"'", "’"} and after in _CONTRACTED
        straight = word == '"'
        if not (glue or word in _GLUED or contracted or contracts or (straight and open_quote)):
            text += " "
        places.append((len(text), len(text) + len(word)))
        text += word
        glue = word in _GLUING or contracts or (straight and not open_quote)
        open_quote = open_quote != straight
    return text, places


def gold_spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """Half-open token ranges of IOB, IOB2 or BIOES tags."""
    spans: list[tuple[int, int, str]] = []
    begin, kind = -1, ""
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if begin >= 0 and (prefix in {"O", "B", "S"} or label != kind):
            spans.append((begin, i, kind))
            begin = -1
        if prefix != "O" and begin < 0:
            begin, kind = i, label
    return [(start, end, _GOLD[label]) for start, end, label in spans if label in _GOLD]


def read_newswire(folder: Path) -> list[list[list[tuple[str, str]]]]:
    """Documents of sentences of (token, tag); the first line, an address, is left out."""
    documents = []
    for path in sorted(folder.glob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()[1:]
        documents.append(_sentences(lines, "\t"))
    return documents


def read_wikigold(path: Path) -> list[list[list[tuple[str, str]]]]:
    """Documents of sentences of (token, tag)."""
    blocks = path.read_text("utf-8").split("-DOCSTART- O")
    return [_sentences(block.splitlines(), " ") for block in blocks if block.strip()]


def _sentences(lines: list[str], separator: str) -> list[list[tuple[str, str]]]:
    sentences: list[list[tuple[str, str]]] = [[]]
    for line in lines:
        token, _, tag = line.rpartition(separator)
        if token.strip():
            sentences[-1].append((token, tag))
        elif sentences[-1]:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def compare(document: list[list[tuple[str, str]]]) -> tuple[str, set[Span], set[Span]]:
    """Text of a document, gold spans and answers in code points, a leading «the» left out of both."""
    text, gold = "", set()
    for sentence in document:
        tokens, tags = [t for t, _ in sentence], [t for _, t in sentence]
        line, places = detokenize(tokens)
        for first, end, kind in gold_spans(tags):
            begin = first + 1 if tokens[first].lower() == "the" and end > first + 1 else first
            gold.add((len(text) + places[begin][0], len(text) + places[end - 1][1], kind))
        text += line + "\n\n"
    answers = set()
    for entity in find_entities(article_of(text)):
        if entity.type in KINDS:
            for mention in entity.mentions:
                cut = 4 if mention.text.lower().startswith("the ") else 0
                answers.add((mention.start + cut, mention.end, KINDS[entity.type]))
    return text, gold, answers


def evaluate(documents: list[list[list[tuple[str, str]]]]) -> Score:
    """Score over documents."""
    score = Score()
    for document in documents:
        _, gold, answers = compare(document)
        score.gold.update(kind for *_, kind in gold)
        score.answered.update(kind for *_, kind in answers)
        score.right.update(kind for *_, kind in gold & answers)
    return score


def milliseconds(text: str, repeats: int = 20) -> float:
    """CPU time of one article, the tables being loaded."""
    article = article_of(text)
    find_entities(article)
    began = time.process_time()
    for _ in range(repeats):
        find_entities(article)
    return (time.process_time() - began) * 1000 / repeats


def scores(data: Path) -> dict[str, Score]:
    """Score of each set; `data` is the folder of all evaluation data."""
    root = data / "entities"
    return {
        "newswire": evaluate(read_newswire(root / "newswire")),
        "wikigold": evaluate(read_wikigold(root / "wikigold.conll.txt")),
    }


def report(data: Path) -> str:
    """A Markdown table of the scores; `data` is the folder of all evaluation data."""
    lines = [
        "### Entities: exact span and kind, per cent",
        "",
        "| set | names | F1 | persons | places | organisations |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, score in scores(data).items():
        kinds = " | ".join(f"{score.f1(kind):.1f}" for kind in ("PER", "LOC", "ORG"))
        lines.append(f"| {name} | {score.gold.total()} | {score.f1():.1f} | {kinds} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Print the scores."""
    root = Path(os.environ["COPYDESK_EVAL_DATA"]) / "entities"
    newswire = read_newswire(root / "newswire")
    print("newswire", evaluate(newswire).line())
    print("wikigold", evaluate(read_wikigold(root / "wikigold.conll.txt")).line())
    text = "".join(compare(document)[0] for document in newswire[:8])[:5000]
    print(f"{len(text)} characters: {milliseconds(text):.2f} ms CPU")


if __name__ == "__main__":
    main()
