"""What the tests of compose file, manifests and unit compare with: settings, pages, sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from copydesk.app.health import declare_pages
from copydesk.app.settings import Settings

ROOT = Path(__file__).parents[2]
MAIN_PROCESS_MIB = 400
"""What the worker's main process and its libraries are given beside the pool: 712 MiB were measured for all."""

_UNITS = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "ki": 1024, "mi": 1024**2, "gi": 1024**3}


def size(written: str) -> int:
    """Bytes of `2500m`, `2500Mi`, `1g`, `2500M`; memory sizes all count by 1024 here."""
    found = re.fullmatch(r"(\d+)([A-Za-z]*)", written)
    assert found, written
    return int(found[1]) * _UNITS[found[2].lower()]


def seconds(written: str) -> int:
    """Seconds of `20s`, `1m0s` or `20`."""
    found = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s?)?", written)
    assert found, written
    return 60 * int(found[1] or 0) + int(found[2] or 0)


def needed_memory(settings: Settings) -> int:
    """Bytes that a worker with these settings may come to have."""
    assert settings.pool_workers > 0, "one process a core of the machine, whatever the limit of the container is"
    assert settings.pool_memory_mib > 0, "a pool process without a limit"
    return (MAIN_PROCESS_MIB + settings.pool_workers * settings.pool_memory_mib) * 1024**2


def settings_of(variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings as the worker would read them; raises where it would not start."""
    ours = {name: value for name, value in variables.items() if name.startswith("COPYDESK_")}
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    return Settings.load(ours)


def pages() -> set[str]:
    """Paths that the worker serves."""
    found: set[str] = set()

    class App:
        def page(self, path: str, *, name: str | None = None) -> Any:  # noqa: ARG002 - as Faust has it
            found.add(path)
            return lambda view: view

    declare_pages(App())  # type: ignore[arg-type] # it only hears of the paths
    return found


def dockerfile(instruction: str) -> list[str]:
    """Arguments of each such instruction of the image's last stage."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    last = re.split(r"(?m)^FROM ", text)[-1]
    return [line.removeprefix(instruction).strip() for line in last.splitlines() if line.startswith(f"{instruction} ")]
