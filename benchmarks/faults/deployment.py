"""Workers under a supervisor that starts again what ends by itself, and counts it."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from tests.support.kafka import free_port
from tests.support.service import Service, get_page

from copydesk_schemas.topics import MIB, TopicRole

COUNTING = ("-m", "tests.support.counting")
REAL = ("-m", "copydesk", "worker")
_LOOK_EVERY_S = 0.1


class Deployment:
    """Worker processes with one app id.

    Args:
        bootstrap: the broker, or a proxy before it.
        app_id: name of the deployment.
        folder: for states and logs.
        names: names of the topics.
        settings: further settings, without the prefix.
        program: what Python runs.
        environment: further variables as they are.
        started: told the process id of each worker right after its start.
    """

    def __init__(
        self,
        bootstrap: str,
        app_id: str,
        folder: Path,
        names: Mapping[TopicRole, str],
        settings: Mapping[str, str] | None = None,
        *,
        program: Sequence[str] = COUNTING,
        environment: Mapping[str, str] | None = None,
        started: Callable[[int], None] | None = None,
    ) -> None:
        self.folder = folder
        self.app_id = app_id
        self.restarts = 0
        """Times that a worker ended without being told to."""
        self.exits: list[int] = []
        """Exit codes of those."""
        self.rss_max_mib = 0.0
        """Most memory that one worker has held, its pool processes included."""
        self.ended: Callable[[], object] | None = None
        """Called when a worker has ended by itself, before it is started again."""
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self._service = Service(
            bootstrap, app_id, folder, names, settings or {}, program=program, environment=environment or {}
        )
        self._started = started
        self._ports: dict[str, int] = {}
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
        self._thread.start()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of copydesk against the deployment."""
        program = [sys.executable, "-m", "copydesk", *words]
        return subprocess.run(
            program, env=self._service.variables("command"), capture_output=True, text=True, check=False
        )

    def start(self, name: str = "one") -> subprocess.Popen[bytes]:
        """Start a worker with a state folder of its own, the same for the same name."""
        with self._lock:
            port = self._ports.setdefault(name, free_port())
            self.workers[name] = self._service.start(name, port)
            if self._started is not None:
                self._started(self.workers[name].pid)
            return self.workers[name]

    def kill(self, name: str = "one") -> None:
        """SIGKILL; it is not started again."""
        self._service.kill(self._forget(name))

    def stop(self, name: str = "one", within_s: float = 25.0) -> tuple[int, float]:
        """SIGTERM; the exit code and the seconds that it took. A worker that does not end is killed, with -9."""
        worker = self._forget(name)
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(within_s)
        except subprocess.TimeoutExpired:
            self._service.kill(worker)
        return worker.returncode, time.monotonic() - began

    def signal(self, name: str, number: int) -> None:
        """Send a signal, such as SIGSTOP and SIGCONT."""
        self.workers[name].send_signal(number)

    def ready(self, name: str = "one", within_s: float = 90.0) -> bool:
        """Wait until a worker says that its partitions are open; whether it did, in time."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, OSError):
                get_page(self._ports[name], "/health/ready")
                return True
            time.sleep(0.1)
        return False

    def metric(self, name: str, metric: str, label: str = "") -> float:
        """Sum of a metric of a worker over the series that carry a label, such as `result="fenced"`."""
        page = get_page(self._ports[name], "/metrics")
        series = re.findall(rf"^{metric}(\{{.*\}})? (\S+)$", page, re.MULTILINE)
        return sum(float(value) for labels, value in series if label in labels)

    def page(self, name: str, path: str) -> dict[str, Any]:
        """Body of one of its JSON pages, whatever the status; empty where none answers."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            try:
                text = get_page(self._ports[name], path)
            except urllib.error.HTTPError as error:
                text = error.read().decode()
            found: dict[str, Any] = json.loads(text)
            return found
        return {}

    def fenced(self, name: str = "one") -> int:
        """Times that a worker has met a newer owner, or a transaction that the broker had ended."""
        return int(self.metric(name, "copydesk_transactions_total", 'result="fenced"'))

    def state(self, name: str = "one") -> Path:
        """Folder of a worker's state stores."""
        return self.folder / name / self.app_id

    def tail(self) -> str:
        """The last lines of all logs."""
        return self._service.tail()

    def end(self) -> None:
        """Kill whatever still runs."""
        self._ended.set()
        self._thread.join()
        self._service.end()

    def _forget(self, name: str) -> subprocess.Popen[bytes]:
        with self._lock:
            return self.workers.pop(name)

    def _supervise(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            with self._lock:
                for name, worker in list(self.workers.items()):
                    code = worker.poll()
                    if code is None:
                        self.rss_max_mib = max(self.rss_max_mib, _rss_mib(worker.pid))
                    else:
                        self.restarts += 1
                        self.exits.append(code)
                        if self.ended is not None:
                            self.ended()
                        self.start(name)


def _rss_mib(pid: int) -> float:
    total = 0.0
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        total = root.memory_info().rss / MIB
        for child in root.children(recursive=True):
            total += child.memory_info().rss / MIB
    return total
