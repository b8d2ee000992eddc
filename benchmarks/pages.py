"""The pages that the benchmarks run on, found through COPYDESK_EVAL_DATA."""

from __future__ import annotations

import gzip
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

SETS = ("fundus_rest", "wcxb_dev_articles300", "mozilla_readability130")


@dataclass(frozen=True)
class Page:
    """One page of an evaluation set; `url` is made unique where the set gives none."""

    name: str
    url: str
    html: bytes


def data_folder() -> Path:
    """Folder of the evaluation data.

    Raises:
        SystemExit: the environment does not name one.
    """
    named = os.environ.get("COPYDESK_EVAL_DATA")
    if not named:
        sys.exit("COPYDESK_EVAL_DATA must name the folder of the evaluation data (see docs/performance.md)")
    return Path(named)


def load_pages(data: Path) -> list[Page]:
    """All pages of the three extraction sets, in a fixed order that mixes the sets."""
    pages: list[Page] = []
    seen: set[str] = set()
    for name in SETS:
        folder = data / "extraction" / name
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        for key, truth in sorted(expected.items()):
            html = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes())
            url = truth.get("url") or ""
            if not url.startswith("http") or url in seen:
                url = f"https://{name.replace('_', '-')}.example/{key}"
            seen.add(url)
            pages.append(Page(f"{name}/{key}", url, html))
    return sorted(pages, key=lambda page: page.name.rsplit("/", 1)[-1])
