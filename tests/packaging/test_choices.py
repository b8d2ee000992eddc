"""docs/choices.md says of every dependency why it was chosen."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(name: str) -> str:
    """A distribution's name as registries compare them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named() -> set[str]:
    """Distributions of pyproject.toml: to build, to run, extras, groups."""
    groups = [PROJECT["build-system"]["requires"], PROJECT["project"]["dependencies"]]
    groups += [*PROJECT["project"]["optional-dependencies"].values(), *PROJECT["dependency-groups"].values()]
    return {normal(re.split(r"[\[<>=!~; ]", entry)[0]) for group in groups for entry in group}


def chosen() -> dict[str, str]:
    """What the second column of the table names, with the reason in the third."""
    text = (ROOT / "docs" / "choices.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^## Libraries$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip("|") for line in table.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return {normal(entry.split()[0]): row[2] for row in rows[2:] for entry in row[1].split(",")}


def test_every_dependency_has_a_line_that_says_why() -> None:
    assert len(named()) > 50
    assert named() - set(chosen()) == set()
    assert [name for name, why in chosen().items() if not why] == []
