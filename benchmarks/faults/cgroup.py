"""A memory limit for a process and its children, by a control group of version 1 or 2; needs root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults.damage import NotPossibleError

from copydesk_schemas.topics import MIB

_ROOT = Path("/sys/fs/cgroup")


@contextmanager
def memory_limit(mib: int) -> Iterator[MemoryLimit]:
    """A group whose processes together may hold so many MiB; the kernel kills what goes over it.

    Raises:
        NotPossibleError: no group can be made here.
    """
    two = (_ROOT / "cgroup.controllers").exists()
    parent = _ROOT if two else _ROOT / "memory"
    group = parent / f"copydesk-faults-{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.max" if two else "memory.limit_in_bytes")).write_text(str(mib * MIB))
    except OSError as error:
        if group.exists():
            group.rmdir()
        raise NotPossibleError(f"a memory limit needs root and control groups: {error}") from error
    try:
        yield MemoryLimit(group)
    finally:
        group.rmdir()


class MemoryLimit:
    """A control group."""

    def __init__(self, group: Path) -> None:
        self._group = group

    def enter(self, pid: int) -> None:
        """Put a process into it; its later children follow."""
        (self._group / "cgroup.procs").write_text(str(pid))
