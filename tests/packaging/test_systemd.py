"""deploy/systemd: the unit is read by systemd itself where there is one, and agrees with the service."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.manifests import ROOT, needed_memory, settings_of, size

from copydesk.app.cli import cli
from copydesk.app.cli.errors import Exit
from copydesk.app.settings import Settings
from copydesk.app.worker import STOP_WITHIN_S

UNIT = ROOT / "deploy" / "systemd" / "copydesk.service"
EXPOSURE = 20
"""Tenths of systemd's own measure, 0 to 100; below 50 it says OK."""


def values(key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", UNIT.read_text(encoding="utf-8"))


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd is not installed")
    return subprocess.run([tool, *words], capture_output=True, text=True, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit with a program that is there; everything else as it is."""
    unit = tmp_path / UNIT.name
    program = Path(sys.executable).parent / "copydesk"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/copydesk/bin/copydesk", str(program))
    unit.write_text(text, encoding="utf-8")
    return unit


def test_systemd_understands_the_unit(installed: Path) -> None:
    done = analyze("verify", str(installed))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_systemd_would_tell_of_a_misspelt_key(installed: Path) -> None:
    installed.write_text(installed.read_text(encoding="utf-8").replace("PrivateTmp=", "PrivatTmp="), encoding="utf-8")
    assert "PrivatTmp" in analyze("verify", str(installed)).stderr


def test_the_service_is_confined(installed: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(installed))
    assert done.returncode == 0, done.stdout


def test_it_runs_the_worker_and_lets_it_finish() -> None:
    (start,) = values("ExecStart")
    program, command = shlex.split(start)
    assert Path(program).name == "copydesk"
    assert command in cli.commands
    assert int(values("TimeoutStopSec")[0]) > STOP_WITHIN_S
    # With the default, pool processes would be told to stop too, and the worker would see them crash.
    assert values("KillMode") == ["mixed"]
    assert values("Restart") == ["always"]
    assert [int(code) for code in values("RestartPreventExitStatus")] == [Exit.USAGE]


def test_its_settings_are_those_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = dict(word.split("=", 1) for line in values("Environment") for word in line.split())
    settings = settings_of(variables, monkeypatch)
    assert variables["COPYDESK_STATE_DIR"].startswith(f"%S/{values('StateDirectory')[0]}/")
    assert settings.log_format == "json"


def test_its_memory_is_enough_for_what_it_says() -> None:
    assert needed_memory(Settings(pool_workers=2, pool_memory_mib=1024)) <= size(values("MemoryMax")[0])
