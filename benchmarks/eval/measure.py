"""Readings of a set's pages by one reader, in a process of its own, and how they score page by page."""

from __future__ import annotations

import gzip
import json
import resource
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.eval.readers import READERS, Reading
from benchmarks.eval.scoring import (
    author_matches,
    body_score,
    date_matches,
    f1,
    precision_recall,
    title_matches,
    word_count,
)

Truth = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page: its body's figures, and of each field whether it is right; None where the truth states none."""

    page: str
    precision: float
    recall: float
    f1: float
    length_ratio: float
    """Words found to words of the true body."""
    title: bool | None
    author: bool | None
    date: bool | None
    cpu_ms: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class Measured:
    """One reader on one set."""

    set_name: str
    reader: str
    pages: list[PageScore]
    peak_mib: float
    """Greatest resident memory of the process that did nothing else."""


def load_truth(data: Path, set_name: str, every: int = 1) -> dict[str, Truth]:
    """What is true of each `every`-th page of a set, by id; `data` is the folder of all evaluation data."""
    path = data / "extraction" / set_name / "expected.json"
    expected: dict[str, Truth] = json.loads(path.read_text(encoding="utf-8"))
    return {page: expected[page] for page in sorted(expected)[::every]}


def measure(data: Path, set_name: str, reader: str, every: int = 1) -> Measured:
    """Read each `every`-th page of a set in a new process and score what comes back."""
    truth = load_truth(data, set_name, every)
    folder = data / "extraction" / set_name / "html"
    addresses = [(page, gold.get("url") or "") for page, gold in truth.items()]
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        readings, peak_mib = processes.submit(_read_all, reader, folder, addresses).result()
    pages = [score_page(page, truth[page], reading, cpu_ms) for page, reading, cpu_ms in readings]
    return Measured(set_name, reader, pages, peak_mib)


def score_page(page: str, gold: Truth, found: Reading, cpu_ms: float = 0.0) -> PageScore:
    """Hold a reading against the truth."""
    precision, recall = precision_recall(body_score(gold["body"], found.body))
    return PageScore(
        page=page,
        precision=precision,
        recall=recall,
        f1=f1(precision, recall),
        length_ratio=word_count(found.body) / max(1, word_count(gold["body"])),
        title=title_matches(gold["title"], found.title) if gold.get("title") else None,
        author=author_matches(gold["authors"], found.authors) if gold.get("authors") else None,
        date=date_matches(gold["date"], found.date) if gold.get("date") else None,
        cpu_ms=cpu_ms,
        reading=found,
    )


def _read_all(
    reader: str, folder: Path, addresses: list[tuple[str, str]]
) -> tuple[list[tuple[str, Reading, float]], float]:
    """Readings with their CPU milliseconds, all threads together, and the peak of memory in MiB."""
    readings: list[tuple[str, Reading, float]] = []
    for page, url in addresses:
        html = gzip.decompress((folder / f"{page}.html.gz").read_bytes())
        if not readings:  # what is loaded once is no page's time
            _read(reader, html, url)
        began = time.process_time()
        found = _read(reader, html, url)
        readings.append((page, found, (time.process_time() - began) * 1000))
    return readings, peak_memory_mib()


def _read(reader: str, html: bytes, url: str) -> Reading:
    try:
        return READERS[reader](html, url)
    except ImportError:
        raise  # a reader that is not installed has read nothing
    except Exception as error:  # noqa: BLE001 - whatever a reader dies of, it has read nothing of that page
        return Reading(failure=type(error).__name__)


def peak_memory_mib() -> float:
    """Greatest resident memory of this process since it began its program.

    Linux hands `ru_maxrss` on through fork and exec, so that a child starts with its parent's; VmHWM is its own.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
