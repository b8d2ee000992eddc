"""`make eval`: quality against held-out truth, every set, as Markdown tables.

Usage: COPYDESK_EVAL_DATA=FOLDER python -m benchmarks.eval [PART ...]

Of the pages alone: --only SET, --sample K (every K-th page), --readers A,B; --worst N and --fields title,author,date
list pages instead of the tables; --write PAGE puts the tables into the documentation.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from benchmarks.pages import data_folder

PARTS = ("html", "fields", "scrapes", "dedupe", "entities")
"""Modules of this folder with a function `report(data) -> str`."""


def main(arguments: list[str] | None = None) -> int:
    """Print a table a part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.eval", description="Quality against held-out truth")
    parser.add_argument("parts", nargs="*", choices=(*PARTS, []), help="which parts (default: all)")
    pages = parser.add_argument_group("pages", "With one of these, the part html is run alone.")
    pages.add_argument("--only", metavar="SET", help="one set of pages")
    pages.add_argument("--sample", type=_positive, metavar="K", help="every K-th page")
    pages.add_argument("--readers", type=_names, metavar="A,B", help="these readers (default: all; ours for lists)")
    pages.add_argument("--worst", type=_positive, metavar="N", help="list the N worst pages of each set")
    pages.add_argument("--fields", type=_names, metavar="A,B", help="list what title, author or date say where wrong")
    pages.add_argument(
        "--write", type=Path, metavar="PAGE", help="write the figures into docs/extraction.md or the like"
    )
    chosen = parser.parse_args(arguments)
    of_pages = any(getattr(chosen, name) for name in ("only", "sample", "readers", "worst", "fields", "write"))
    if of_pages and chosen.parts not in ([], ["html"]):
        parser.error("--only, --sample, --readers, --worst, --fields and --write are of the part html")
    data = data_folder()
    if of_pages:
        from benchmarks.eval import html

        listing = chosen.worst or chosen.fields
        try:
            selection = html.select(
                only=chosen.only,
                readers=chosen.readers or ((html.OURS,) if listing else ()),
                every=chosen.sample or 1,
                worst=chosen.worst or 0,
                fields=chosen.fields or (),
                page=chosen.write,
            )
        except ValueError as error:
            parser.error(str(error))
        print(html.report(data, selection), flush=True)
        return 0
    for name in chosen.parts or PARTS:
        part = importlib.import_module(f"benchmarks.eval.{name}")
        print(part.report(data), flush=True)
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return number


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


if __name__ == "__main__":
    sys.exit(main())
