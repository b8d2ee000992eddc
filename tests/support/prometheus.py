"""A real Prometheus on this machine, from Debian's package `prometheus`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.kafka import free_port

STARTS_WITHIN_S = 60.0


class UnavailableError(Exception):
    """Prometheus is not installed."""


def program(name: str) -> str:
    """Path of `prometheus` or `promtool`.

    Raises:
        UnavailableError: it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise UnavailableError(f"{name} is not installed; Debian's package is `prometheus`")
    return found


def need(name: str) -> str:
    """The same in a test: without it the test is skipped, or fails where COPYDESK_REQUIRE_PROMETHEUS is 1."""
    import pytest

    try:
        return program(name)
    except UnavailableError as error:
        if os.environ.get("COPYDESK_REQUIRE_PROMETHEUS") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


class Prometheus:
    """Scrapes workers and evaluates rules.

    Args:
        folder: for its configuration, data and log.
        targets: ports of workers on this machine.
        rules: rule files.
        interval: of scraping and, where a rule group says nothing else, of evaluation.
    """

    def __init__(self, folder: Path, targets: Sequence[int], rules: Sequence[Path] = (), interval: str = "1s") -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        config = {
            "global": {"scrape_interval": interval, "evaluation_interval": interval, "scrape_timeout": interval},
            "rule_files": [str(path) for path in rules],
            "scrape_configs": [
                {"job_name": "copydesk", "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in targets]}]}
            ],
        }
        self._config = folder / "prometheus.yml"
        self._config.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when it answers.

        Raises:
            RuntimeError: it ended, or took longer than `STARTS_WITHIN_S`.
        """
        log = self.folder / "prometheus.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    program("prometheus"),
                    f"--config.file={self._config}",
                    f"--storage.tsdb.path={self.folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                ],
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{self.address}/-/ready", timeout=2).close()  # noqa: S310 - an address of our own
                return
            time.sleep(0.2)
        raise RuntimeError(f"Prometheus did not start: {log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """SIGTERM, SIGKILL after ten seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def get(self, path: str, **arguments: str) -> Any:
        """`data` of an answer of its API.

        Raises:
            ValueError: it refused, with its reason.
        """
        url = f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - an address of our own
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(f"{arguments}: {error.read().decode()}") from error

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Series of an instant query, each with `metric` and `value`."""
        return list(self.get("query", query=expression)["result"])

    def over(self, expression: str, start: float, end: float, step: str = "2s") -> list[dict[str, Any]]:
        """Series of a query over a time, each with `metric` and `values`."""
        found = self.get("query_range", query=expression, start=f"{start:.3f}", end=f"{end:.3f}", step=step)
        return list(found["result"])

    def alerts(self, state: str = "firing") -> dict[str, Mapping[str, Any]]:
        """Alerts in a state, by name."""
        return {a["labels"]["alertname"]: a for a in self.get("alerts")["alerts"] if a["state"] == state}


@contextlib.contextmanager
def running(targets: Sequence[int], rules: Sequence[Path] = (), interval: str = "1s") -> Iterator[Prometheus]:
    """A started Prometheus, stopped and removed at the end.

    Raises:
        UnavailableError: it is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="copydesk-prometheus-") as name:
        server = Prometheus(Path(name), targets, rules, interval)
        try:
            server.start()
            yield server
        finally:
            server.stop()
