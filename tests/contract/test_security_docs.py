"""docs/security.md: the commands in it print what stands below them, and it leaves nothing out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from copydesk.app.cli import cli
from copydesk.app.settings import Settings
from copydesk_schemas.enriched import EnrichedArticle

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n\$ (.*?)\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize(("command", "printed"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_a_command_prints_what_is_shown(command: str, printed: str) -> None:
    words = shlex.split(command)
    first = words.index("copydesk")
    env = dict(word.split("=", 1) for word in words[:first])
    result = CliRunner().invoke(cli, words[first + 1 :], env=env)
    assert result.exit_code == 0, result.output
    assert printed == result.stdout


def test_every_role_is_shown() -> None:
    assert len(COMMANDS) == 5
    assert set(re.findall(r"--role (\w+)", TEXT)) == {"producer", "consumer", "operator"}


def test_every_setting_of_security_is_explained() -> None:
    names = [name for name in Settings.model_fields if name.startswith(("sasl_", "ssl_", "security_", "web_"))]
    assert len(names) > 10
    assert [name for name in names if f"COPYDESK_{name.upper()}" not in TEXT] == []


def test_every_field_of_an_article_is_called_trusted_or_not() -> None:
    table = TEXT.partition("## Untrusted fields")[2].partition("## Pages")[0]
    assert [name for name in EnrichedArticle.model_fields if f"`{name}`" not in table] == []


@pytest.mark.parametrize("block", re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
def test_an_example_is_a_valid_configuration(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text("made up\n", encoding="ascii")
    for line in block.splitlines():
        name, value = line.removeprefix("export ").split("=", 1)
        monkeypatch.setenv(name, str(secret) if name.endswith("PASSWORD_FILE") else value)
    assert Settings.load().security_protocol.endswith("SSL")
