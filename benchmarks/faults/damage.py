"""What can happen to a state folder: bytes flipped, and a disk without space."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

KINDS = ("*.sst", "*.log", "CURRENT", "MANIFEST-*", "OPTIONS-*")
"""Files of a RocksDB folder: tables, write-ahead log, and those that say which of them count."""


class NotPossibleError(Exception):
    """This machine or user cannot make the fault, and why."""


def flip(folder: Path, kind: str, rng: random.Random, share: float = 0.001) -> int:
    """Flip bits in a share of the bytes of every file of a kind, one byte at least; the number of bytes."""
    flipped = 0
    for path in sorted(folder.rglob(kind)):
        content = bytearray(path.read_bytes())
        if not content:
            continue
        for _ in range(max(1, round(len(content) * share))):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            flipped += 1
        path.write_bytes(content)
    return flipped


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[SmallDisk]:
    """A file system of so many MiB at a folder.

    Raises:
        NotPossibleError: it cannot be mounted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        raise NotPossibleError(f"a small file system needs root and mount: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


class SmallDisk:
    """A file system that can be filled and freed."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no byte."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while file.write(os.urandom(size)):
                        pass

    def free(self) -> None:
        """Give the space back."""
        self._ballast.unlink()
