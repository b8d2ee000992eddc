"""Time of one dedupe decision on real news texts: `python -m benchmarks.decide DATA`, where DATA/dedupe has the texts.

To compare two checkouts, run it with the PYTHONPATH of each in turn; the copies found must be the same.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.eval.dedupe import Text, article, read_jsonl

from copydesk.adapters.state_memory import MemoryStore
from copydesk.core.dedupe import decide
from copydesk.core.options import DedupeOptions
from copydesk.core.ports import Overlay
from copydesk_schemas.parsed import ParsedArticle

_ROUNDS = 7


def dated_articles(data: Path) -> list[ParsedArticle]:
    """The texts of the largest set, published in the hours before the first arrival."""
    found = []
    for offset, record in enumerate(read_jsonl(data / "dedupe" / "reuters_c50.jsonl")):
        parsed = article(Text(record["id"], record["text"]), offset)
        published = parsed.ingested_at - timedelta(hours=offset % 100)
        found.append(parsed.model_copy(update={"published_at": published}))
    return found


def one_round(articles: list[ParsedArticle]) -> tuple[float, int, int]:
    """Microseconds of CPU a decision, copies, and bytes of state."""
    state, options, copies = Overlay(MemoryStore()), DedupeOptions(), 0
    start = time.process_time()
    for parsed in articles:
        copies += decide(parsed, state, options, now=parsed.ingested_at).duplicate is not None
    spent = time.process_time() - start
    size = sum(len(key) + len(value or b"") for key, value in state.changes.items())
    return spent / len(articles) * 1e6, copies, size


def main() -> None:
    """Print one line."""
    articles = dated_articles(Path(sys.argv[1]))
    rounds = [one_round(articles) for _ in range(_ROUNDS)]
    best = min(spent for spent, _, _ in rounds)
    sys.stdout.write(
        f"{len(articles)} decisions: {best:.0f} us each (best of {_ROUNDS}), "
        f"{rounds[0][1]} copies, {rounds[0][2]:,} bytes of state\n"
    )


if __name__ == "__main__":
    main()
