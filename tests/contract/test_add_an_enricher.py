"""The steps of docs/add-an-enricher.md, carried out on a copy of the sources."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/add-an-enricher.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^`(?P<path>[\w/]+\.py)`$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str, str]]:
    """File, kind of block and its text, in order."""
    found = []
    path = ""
    for match in BLOCK.finditer(GUIDE):
        if match["path"]:
            path = match["path"]
        else:
            found.append((path, match["kind"], match["text"]))
    return found


def carry_out(root: Path, path: str, kind: str, text: str) -> None:
    file = root / path
    if kind == "python":
        assert not file.exists()
        file.write_text(text, encoding="utf-8")
        return
    lines = text.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] == " ")
    after = "".join(line[1:] for line in lines)
    source = file.read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{path} does not have the lines that the guide shows:\n{before}"
    file.write_text(source.replace(before, after), encoding="utf-8")


def test_the_guide_touches_three_files_beside_the_contract() -> None:
    touched = {path for path, *_ in steps() if not path.startswith("schemas/")}
    assert len(touched) == 3
    assert len(steps()) == 5


def test_the_guide_works(tmp_path: Path) -> None:
    skip = shutil.ignore_patterns("__pycache__")
    for folder in ("services", "schemas/copydesk_schemas", "tests/support"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=skip)
    (tmp_path / "tests/unit").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, kind, text in steps():
        carry_out(tmp_path, path, kind, text)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tmp_path / "services", tmp_path / "schemas")))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_money.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
