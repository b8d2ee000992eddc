"""The wheel holds everything that the service needs, and nothing else, and runs from its own files."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = target.glob("*.whl")
    return built


def test_it_holds_both_packages_with_their_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"copydesk", "copydesk_schemas"}
    source = ROOT / "services" / "copydesk"
    for path in source.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"copydesk/{path.relative_to(source).as_posix()}" in names
    assert "copydesk_schemas/py.typed" in names


def test_it_runs_from_its_own_files(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    place = subprocess.run(
        [
            sys.executable,
            "-c",
            "import copydesk, copydesk_schemas; print(copydesk.__file__, copydesk_schemas.__file__)",
        ],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=tmp_path,
    )
    assert place.stdout.count(str(tmp_path)) == 2
    story = '{"content": "%s", "media_type": "text/plain"}' % ("The council met on Monday to vote on the bridge. " * 20)
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", "process", "-"],
        input=story + "\n",
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert '"verdict":"unique"' in done.stdout.replace(" ", "")
