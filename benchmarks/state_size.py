"""What the dedupe state takes: bytes of its log and of its store an article, and how fast the log is applied again.

COPYDESK_EVAL_DATA=FOLDER python -m benchmarks.state_size [--pages 400]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.pages import data_folder, load_pages

from copydesk.adapters.state_rocksdict import RocksStores
from copydesk.core.dedupe import apply_event
from copydesk.core.options import Options
from copydesk.core.ports import Overlay
from copydesk.core.records import Message, OutcomeKind
from copydesk.core.stages import run_dedupe, run_parse
from copydesk.core.warm_up import warm_up

_ARRIVED = datetime(2026, 3, 1, tzinfo=UTC)
_ROUNDS = 5
"""How often the log is applied, each time to an empty store."""


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=400)
    number = arguments.parse_args().pages
    options = Options()
    warm_up(options)
    events: list[tuple[bytes, bytes | None]] = []
    articles = 0
    with tempfile.TemporaryDirectory(prefix="copydesk-state-") as folder:
        stores = RocksStores(Path(folder))
        store = stores.open(0)
        for count, page in enumerate(load_pages(data_folder())[:number]):
            now = _ARRIVED + timedelta(minutes=count)
            stamp = int(now.timestamp() * 1000)
            raw = Message("raw-articles", 0, count, stamp, None, page.html, (("x-url", page.url.encode()),))
            for emit in run_parse(raw, options, now).emits:
                overlay = Overlay(store)
                decided = run_dedupe(
                    Message("parsed-articles", 0, count, stamp, emit.key, emit.value), overlay, options, now
                )
                articles += any(outcome.kind is OutcomeKind.FORWARDED for outcome in decided.result.outcomes)
                events.extend(decided.events)
                store.write(overlay.changes, count + 1)
        kept = sum(len(key) + len(value) for key, value in store.scan(b""))
        store.close()
        spent = 0.0
        for turn in range(1, _ROUNDS + 1):
            again = stores.open(turn)
            overlay = Overlay(again)
            began = time.perf_counter()
            for key, value in events:
                apply_event(key, value, overlay, options.dedupe)
            again.write(overlay.changes, len(events))
            spent += time.perf_counter() - began
            again.close()
    logged = sum(len(key) + len(value or b"") for key, value in events)
    print(f"{articles} unique articles, {len(events)} events in the log")
    print(f"log: {logged / articles:,.0f} bytes an article; store: {kept / articles:,.0f} bytes an article")
    print(f"applied again: {_ROUNDS * articles / spent:,.0f} articles a second")


if __name__ == "__main__":
    main()
