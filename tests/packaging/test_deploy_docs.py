"""docs/deploy.md names commands, files and sums that are there."""

from __future__ import annotations

import re
import shlex

from tests.support.manifests import MAIN_PROCESS_MIB, ROOT

from copydesk.app.cli import cli
from copydesk.app.settings import Settings
from copydesk.app.worker import STOP_WITHIN_S

TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_every_command_is_one_that_the_command_line_takes() -> None:
    lines = re.findall(r"(?m)^ *(copydesk [a-z].*)$", "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)))
    assert len(lines) >= 5
    for line in lines:
        name, *words = shlex.split(line.split(">")[0])[1:]
        cli.commands[name].make_context(name, words)


def test_every_path_exists() -> None:
    paths = set(re.findall(r"\b(?:deploy|tools|tests|docs|benchmarks)/[A-Za-z0-9_./-]+[A-Za-z0-9]", TEXT))
    assert len(paths) >= 6
    for path in paths:
        assert (ROOT / path).exists(), path


def test_every_setting_exists() -> None:
    known = {row.variable for row in Settings().describe()} | {"COPYDESK_SASL_PASSWORD_FILE", "COPYDESK_EVAL_DATA"}
    known |= {f"COPYDESK_TOPICS__{role.upper()}__PARTITIONS" for role in ("raw", "unique")}
    for variable in set(re.findall(r"COPYDESK_[A-Z0-9_]*[A-Z0-9]", TEXT)):
        assert variable in known or any(name.startswith(f"{variable}__") for name in known), variable


def test_sums_are_those_that_the_tests_count_with() -> None:
    assert f"{MAIN_PROCESS_MIB} MiB + `COPYDESK_POOL_WORKERS` × `COPYDESK_POOL_MEMORY_MIB`" in TEXT
    assert f"within {STOP_WITHIN_S:.0f} s" in TEXT
