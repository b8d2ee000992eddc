"""Waits for alerts of a stand and keeps how long they took."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.monitoring.faster import faster
from benchmarks.monitoring.stand import Deployed, Stand, standing
from tools.alerts.files import FOLDER as RULES


@dataclass(frozen=True)
class Fired:
    """An alert and the fault that was to fire it.

    `seconds` is the time from the fault to the firing, None where it did not fire; time in the rules ran `factor` times
    as fast.
    """

    alert: str
    fault: str
    factor: int
    seconds: float | None


@dataclass
class Watch:
    """A stand, how fast its rules run, and what has fired."""

    stand: Stand
    factor: int
    fired: list[Fired]

    def until(self, fault: str, *alerts: str, within_s: float = 180.0, since: float | None = None) -> None:
        """Wait until the alerts fire; one that does not is kept without a time. `since`: when a long fault began."""
        began = time.monotonic() if since is None else since
        left = set(alerts)
        while left and time.monotonic() - began < within_s:
            for name in left & set(self.stand.prometheus.alerts()):
                left.remove(name)
                self._keep(Fired(name, fault, self.factor, round(time.monotonic() - began, 1)))
            time.sleep(0.5)
        for name in left:
            self._keep(Fired(name, fault, self.factor, None))

    def calm(self, *alerts: str, within_s: float = 120.0) -> None:
        """Wait until none of these fires or is about to, so that the next fault is what fires it."""
        deadline = time.monotonic() + within_s
        server = self.stand.prometheus
        while set(alerts) & set(server.alerts() | server.alerts("pending")) and time.monotonic() < deadline:
            time.sleep(0.5)

    def _keep(self, one: Fired) -> None:
        print(one, flush=True)
        self.fired.append(one)


@contextmanager
def watching(fired: list[Fired], factor: int, deployed: Deployed | None = None) -> Iterator[Watch]:
    """A stand whose rules run `factor` times as fast."""
    with tempfile.TemporaryDirectory(prefix="copydesk-rules-") as folder:
        rules = faster(RULES, Path(folder), factor)
        with standing(rules=rules, deployed=deployed or Deployed(), interval="2s") as stand:
            yield Watch(stand, factor, fired)
