"""`make eval`: quality against held-out truth, every set, as Markdown tables.

Usage: COPYDESK_EVAL_DATA=FOLDER python -m benchmarks.eval [NAME ...]
"""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.pages import data_folder

PARTS = ("html", "scrapes", "dedupe", "entities")
"""Modules of this folder with a function `report(data) -> str`."""


def main() -> int:
    """Print a table a part."""
    parser = argparse.ArgumentParser(description="Quality against held-out truth")
    parser.add_argument("parts", nargs="*", choices=(*PARTS, []), help="which parts (default: all)")
    arguments = parser.parse_args()
    data = data_folder()
    for name in arguments.parts or PARTS:
        part = importlib.import_module(f"benchmarks.eval.{name}")
        print(part.report(data), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
