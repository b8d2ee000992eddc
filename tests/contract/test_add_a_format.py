"""What docs/add-a-format.md shows stands in the files that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/add-a-format.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^`(?P<path>[\w/]+\.[\w.]+)`$|^```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def shown() -> list[tuple[str, str]]:
    """File and lines that are shown of it, in order."""
    found = []
    path = ""
    for match in BLOCK.finditer(GUIDE):
        if match["path"]:
            path = match["path"]
        else:
            found += [(path, part) for part in re.split(r"^…\n", match["text"], flags=re.MULTILINE)]
    return found


def test_the_guide_shows_each_step() -> None:
    assert {path.rpartition("/")[2] for path, _ in shown()} == {
        "sniff.py", "nitf.py", "parse.py", "story.nitf", "story.nitf.json", "agencies.py",
    }  # fmt: skip


@pytest.mark.parametrize(("path", "lines"), shown())
def test_the_guide_shows_what_is_there(path: str, lines: str) -> None:
    assert lines in (ROOT / path).read_text(encoding="utf-8")
