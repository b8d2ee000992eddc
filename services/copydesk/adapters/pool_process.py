"""Inside a pool process: its memory limit, its models, and the end of a process whose heap is used up."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from copydesk.core.ports import TaskMemoryError

USED_UP = 75
"""Exit code of a process that wants to be replaced, before it has begun with the task that it was given."""
_MIB = 1024 * 1024
_LINUX = sys.platform == "linux"


class _Heap:
    """What this process may hold, and whether it should go on."""

    limit_mib = 0
    worn_bytes = 0
    """From here on, between two tasks, the heap is too full or too torn for the next."""
    used_up = False


_heap = _Heap()


def prepare(warm_up: Callable[[], None] | None, memory_mib: int) -> None:
    """First thing in a new process: leave stop signals to the parent, take the memory limit, load models."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Libraries log words of the document that they read. Nobody has set up a log here, so Python would write them to
    # standard error; what went wrong comes back as the result.
    logging.getLogger().addHandler(logging.NullHandler())
    _die_with_parent()
    if memory_mib:
        _limit(memory_mib * _MIB)
        _heap.limit_mib = memory_mib
    if warm_up is not None:
        warm_up()
    if memory_mib:
        # Half-way between what the models take and the limit: a page of 10 MiB leaves far less behind.
        _heap.worn_bytes = (memory_mib * _MIB + data_bytes()) // 2


def call(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run a task, unless an earlier one has used this process up: then end, and let another have it.

    Raises:
        TaskMemoryError: it needed more memory than a process may have.
    """
    if _heap.used_up:
        os._exit(USED_UP)
    try:
        result = function(*args, **kwargs)
    except MemoryError:
        _heap.used_up = True
    else:
        _heap.used_up = bool(_heap.worn_bytes) and data_bytes() > _heap.worn_bytes
        return result
    # Out here, because the frames of the MemoryError hold on to all that filled the memory.
    raise TaskMemoryError(f"it needs more than the {_heap.limit_mib} MiB that a pool process may have")


def data_bytes() -> int:
    """Private writable memory of this process, as the limit counts it; 0 where the system does not tell."""
    if not _LINUX:
        return 0
    with open("/proc/self/statm", "rb") as pages:  # noqa: PTH123 - twenty microseconds a task, a Path takes twice that
        return int(pages.read().split()[5]) * resource.getpagesize()


def _limit(size: int) -> None:
    """RLIMIT_DATA: heap and private mappings. RLIMIT_AS would count libraries and mapped tables as well."""
    kind = resource.RLIMIT_DATA if _LINUX else resource.RLIMIT_AS
    _, hard = resource.getrlimit(kind)
    allowed = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(kind, (allowed, allowed))


def _die_with_parent() -> None:
    """Ask Linux to kill this worker when the parent dies: after SIGKILL nobody else would."""
    import ctypes

    try:
        libc = ctypes.CDLL(None, use_errno=True)
        pr_set_pdeathsig = 1
        libc.prctl(pr_set_pdeathsig, signal.SIGKILL)
    except (OSError, AttributeError):
        return  # not Linux: workers end when their pipe breaks
    parent = multiprocessing.parent_process()
    # Not «the parent is process 1»: in a container the worker itself has that number.
    if parent is not None and os.getppid() != parent.pid:
        os.kill(os.getpid(), signal.SIGKILL)  # the parent died before the request
