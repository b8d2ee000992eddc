"""Faults inside the worker: documents that kill, loop or are slow; too many failures; too much work."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from benchmarks.monitoring.stand import Deployed
from benchmarks.monitoring.watch import Fired, watching
from tests.support.newswire import newswire
from tests.support.poisoned import CRASH, FAIL, LOOP, SLOW
from tests.support.service import Raw

_POISONED = ("-m", "tests.support.poisoned")
_NO_FUSE = {"FUSE__RUN": "0", "FUSE__RATIO": "0"}


def _every(number: int, poison: bytes) -> Iterator[Raw]:
    """News of which one in `number` is poisoned."""
    for count, raw in enumerate(newswire()):
        yield Raw(poison, b"poison") if count % number == 0 else raw


def pool(fired: list[Fired]) -> None:
    """Documents that fail, and documents that kill their process."""
    settings = {**_NO_FUSE, "POOL_WORKERS": "2"}
    with watching(fired, 20, Deployed(settings, _POISONED)) as watch:
        watch.stand.stream(_every(8, FAIL), 3)
        watch.until("one document in eight hits a bug of the parser", "CopydeskFailures")
        watch.stand.send(*[CRASH] * 3)
        watch.until("documents that kill the process which reads them", "CopydeskPoolCrashes")


def timeouts(fired: list[Fired]) -> None:
    """Documents on which the parser never ends. It takes a while to replace a process: a longer window."""
    settings = {**_NO_FUSE, "PARSE_TIMEOUT_S": "2", "POOL_WORKERS": "2"}
    with watching(fired, 4, Deployed(settings, _POISONED)) as watch:
        watch.stand.send(*[LOOP] * 10)
        watch.until("documents that loop until their time limit", "CopydeskPoolTimeouts", within_s=240)


def backlog(fired: list[Fired]) -> None:
    """More work than the processes can do."""
    settings = {"POOL_WORKERS": "2"}
    with watching(fired, 20, Deployed(settings, _POISONED)) as watch:
        slow = (Raw(SLOW + (raw.value or b""), raw.key, raw.headers) for raw in newswire())
        watch.stand.stream(slow, 12)
        watch.until(
            "four times the articles that two processes can read",
            "CopydeskPoolSaturated",
            "CopydeskLagBurnsFast",
            "CopydeskLagBurnsSlowly",
            within_s=300,
        )


def stuck(fired: list[Fired]) -> None:
    """A document on which a partition gets no further."""
    settings = {"PARSE_TIMEOUT_S": "115", "POOL_WORKERS": "2"}
    with watching(fired, 20, Deployed(settings, _POISONED)) as watch:
        # Nothing else in the stage: while other partitions move on, a slow document is no stall.
        watch.stand.send(LOOP, key=b"a")
        watch.until("a document that loops, with a time limit of 115 s", "CopydeskStalled")


def fuse(fired: list[Fired]) -> None:
    """A fault that fails everything that comes."""
    settings = {"FUSE__RUN": "5", "POOL_WORKERS": "2"}
    with watching(fired, 20, Deployed(settings, _POISONED)) as watch:
        watch.stand.send(*itertools.repeat(FAIL, 8), key=b"a")
        watch.until("eight documents in a row fail, with a fuse of five", "CopydeskFuseBlown")
