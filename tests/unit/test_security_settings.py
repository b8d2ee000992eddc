from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.app.delivery import delivery_config
from copydesk.app.settings import ConfigurationError, Settings

PASSWORD = "open sesame"  # noqa: S105 - made up
SASL = {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_USERNAME": "desk"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for key in list(os.environ):
        if key.startswith("COPYDESK_"):
            monkeypatch.delenv(key)


def load(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> Settings:
    for key, value in values.items():
        monkeypatch.setenv(f"COPYDESK_{key}", value)
    return Settings.load()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (SASL, "sasl_username and sasl_password: both are needed with PLAIN"),
        (SASL | {"SASL_MECHANISM": "OAUTHBEARER"}, "OAUTHBEARER sends a token instead"),
        (
            {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_MECHANISM": "OAUTHBEARER"},
            "sasl_oauth_provider and sasl_oauth_token_file: OAUTHBEARER needs one of them",
        ),
        (
            {
                "SECURITY_PROTOCOL": "SASL_SSL",
                "SASL_MECHANISM": "OAUTHBEARER",
                "SASL_OAUTH_PROVIDER": "a:b",
                "SASL_OAUTH_TOKEN_FILE": "token",
            },
            "OAUTHBEARER needs one of them",
        ),
        (SASL | {"SASL_PASSWORD": "x", "SASL_OAUTH_TOKEN_FILE": "t"}, "sasl_oauth_token_file: PLAIN sends no token"),
        ({"SASL_USERNAME": "desk"}, "sasl_username: PLAINTEXT sends no credentials"),
        ({"SECURITY_PROTOCOL": "SSL", "SASL_PASSWORD": "x"}, "sasl_password: SSL sends no credentials"),
        ({"SSL_CAFILE": "ca.pem"}, "PLAINTEXT uses no TLS"),
        ({"SSL_CHECK_HOSTNAME": "false"}, "there is no certificate to check"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_KEYFILE": "key.pem"}, "ssl_certfile and ssl_keyfile: give both or neither"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_KEY_PASSWORD": "x"}, "there is no ssl_keyfile that it could open"),
        ({"SASL_MECHANISM": "GSSAPI"}, "COPYDESK_SASL_MECHANISM"),
        ({"WEB_PORT_FILE": "x"}, "COPYDESK_WEB_PORT_FILE: there is no such setting"),
    ],
)
def test_settings_that_do_not_fit_get_a_sentence(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(monkeypatch, values)
    assert words in str(caught.value)


def test_all_that_does_not_fit_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(monkeypatch, {"SSL_CAFILE": "ca.pem", "SASL_USERNAME": "desk"})
    assert [line[-1] for line in str(caught.value).splitlines()] == [".", "."]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_is_read_from_a_file_without_its_newline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / "password"
    file.write_bytes(f" {PASSWORD} {ending}".encode())
    settings = load(monkeypatch, SASL | {"SASL_PASSWORD_FILE": str(file)})
    assert settings.sasl_password is not None
    assert settings.sasl_password.get_secret_value() == f" {PASSWORD} "
    shown = {row.variable: row for row in settings.describe()}["COPYDESK_SASL_PASSWORD"]
    assert shown.changed
    assert PASSWORD not in shown.value


@pytest.mark.parametrize("name", ["SASL_PASSWORD", "SSL_KEY_PASSWORD"])
def test_a_file_that_is_no_secret_is_told_by_variable_and_path_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "secret"
    variable = f"COPYDESK_{name}_FILE"
    monkeypatch.setenv(variable, str(file))
    for content, words in (
        (None, "cannot be read: No such file or directory"),
        (b"\n", "is empty"),
        (PASSWORD.encode() + b"\xff", "is not UTF-8 text"),
    ):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(ConfigurationError) as caught:
            Settings.load()
        assert str(caught.value) == f"{variable}: {file} {words}."
    file.write_text(PASSWORD, encoding="ascii")
    monkeypatch.setenv(f"COPYDESK_{name}", "another")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    assert str(caught.value) == f"COPYDESK_{name} and {variable}: give one of them."


def test_no_representation_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SASL | {"SASL_PASSWORD": PASSWORD})
    config = delivery_config(settings)
    assert config.connection["sasl_plain_password"] == PASSWORD
    for shown in (repr(settings), str(settings), repr(config), settings.model_dump_json()):
        assert PASSWORD not in shown


def test_the_values_that_no_log_may_hold_are_those_of_the_secret_settings() -> None:
    given = {"security_protocol": "SASL_SSL", "sasl_username": "desk", "sasl_password": "hush"}
    assert Settings.load({}, **given).secrets() == ["hush"]
    assert Settings.load({}).secrets() == []
