"""Connections that ask who is there: what works, and the sentence that each failure gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.support.kafka import free_port
from tests.support.secure_kafka import KEY_PASSWORD, PASSWORD, USER, SecureKafka, jwt

from copydesk.app.acls import consumer_acls
from copydesk.app.cli import cli
from copydesk.app.cli.errors import Exit
from copydesk.app.settings import Settings

pytestmark = pytest.mark.kafka

Change = Callable[[SecureKafka], dict[str, str]]
WRONG = {"SASL_PASSWORD": "not-" + PASSWORD}


def variables(settings: dict[str, str]) -> dict[str, str]:
    return {f"COPYDESK_{key}": value for key, value in settings.items()}


def without(settings: dict[str, str], *keys: str) -> dict[str, str]:
    return {key: value for key, value in settings.items() if key not in keys}


def sasl(secure: SecureKafka, mechanism: str) -> dict[str, str]:
    return without(secure.scram(mechanism), "SSL_CAFILE") | {
        "BOOTSTRAP_SERVERS": secure.sasl_plaintext,
        "SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    }


def at(secure: SecureKafka, name: str) -> dict[str, str]:
    """mTLS to the same listener under another name."""
    return secure.with_certificate() | {"BOOTSTRAP_SERVERS": secure.mtls.replace("127.0.0.1", name)}


def stranger(secure: SecureKafka) -> dict[str, str]:
    pem = str(secure.certificates.stranger)
    return secure.with_certificate() | {"SSL_CERTFILE": pem, "SSL_KEYFILE": pem}


FAILURES: dict[str, tuple[Change, str, Exit]] = {
    "a wrong password, SCRAM": (lambda k: k.scram() | WRONG, "refuses user «copydesk»", Exit.NOT_ALLOWED),
    "a wrong password, PLAIN": (lambda k: k.scram("PLAIN") | WRONG, "refuses user «copydesk»", Exit.NOT_ALLOWED),
    "no client certificate": (
        lambda k: without(k.with_certificate(), "SSL_CERTFILE", "SSL_KEYFILE"),
        "wants a client certificate",
        Exit.NOT_ALLOWED,
    ),
    "a stranger's certificate": (stranger, "does not accept the client certificate", Exit.NOT_ALLOWED),
    "an unknown authority": (
        lambda k: k.scram() | {"SSL_CAFILE": str(k.certificates.other_ca)},
        "not trusted by /",
        Exit.NOT_ALLOWED,
    ),
    "the system's authorities": (
        lambda k: without(k.scram(), "SSL_CAFILE"),
        "not trusted by this system",
        Exit.NOT_ALLOWED,
    ),
    "another host name": (lambda k: at(k, "localhost"), "is for another name", Exit.NOT_ALLOWED),
    "plaintext to a TLS port": (
        lambda k: {"BOOTSTRAP_SERVERS": k.mtls},
        "speaks TLS, and COPYDESK_SECURITY_PROTOCOL is PLAINTEXT",
        Exit.NOT_ALLOWED,
    ),
    "TLS to a plaintext port": (
        lambda k: k.with_certificate() | {"BOOTSTRAP_SERVERS": k.plain},
        "speaks no TLS, and COPYDESK_SECURITY_PROTOCOL is SSL",
        Exit.NOT_ALLOWED,
    ),
    "SASL in the clear to a TLS port": (
        lambda k: sasl(k, "PLAIN") | {"BOOTSTRAP_SERVERS": k.sasl_ssl},
        "set it to SASL_SSL",
        Exit.NOT_ALLOWED,
    ),
    "no SASL where it is wanted": (
        lambda k: {"BOOTSTRAP_SERVERS": k.sasl_plaintext},
        "wants SASL (PLAIN, SCRAM",
        Exit.NOT_ALLOWED,
    ),
    "no SASL over TLS where it is wanted": (
        lambda k: without(k.with_certificate(), "SSL_CERTFILE", "SSL_KEYFILE") | {"BOOTSTRAP_SERVERS": k.sasl_ssl},
        "set COPYDESK_SECURITY_PROTOCOL to SASL_SSL",
        Exit.NOT_ALLOWED,
    ),
    "SASL where none is taken": (
        lambda k: sasl(k, "PLAIN") | {"BOOTSTRAP_SERVERS": k.plain},
        "takes no SASL",
        Exit.NOT_ALLOWED,
    ),
    "a mechanism that is not offered": (
        lambda k: (
            without(sasl(k, "OAUTHBEARER"), "SASL_USERNAME", "SASL_PASSWORD") | {"SASL_OAUTH_PROVIDER": "platform:node"}
        ),
        "does not take OAUTHBEARER; it offers PLAIN, SCRAM",
        Exit.NOT_ALLOWED,
    ),
    "nobody listens": (
        lambda k: k.scram() | {"BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}"},
        "nobody listens there",
        Exit.UNREACHABLE,
    ),
    "a name that is not known": (
        lambda k: k.scram() | {"BOOTSTRAP_SERVERS": "kafka.invalid:9093"},
        "the name «kafka.invalid» is not known here",
        Exit.UNREACHABLE,
    ),
}


@pytest.mark.parametrize("command", [("worker",), ("produce", "-"), ("consume",)], ids=lambda words: words[0])
@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_has_its_sentence(secure: SecureKafka, failure: str, command: tuple[str, ...]) -> None:
    change, words, code = FAILURES[failure]
    result = CliRunner().invoke(cli, command, input=b"text", env=variables(change(secure)))
    assert words in result.stderr
    assert result.exit_code == code
    assert len(result.stderr.splitlines()) == 1
    assert PASSWORD not in result.output


@pytest.mark.parametrize("command", [("produce", "-v", "-"), ("consume", "-v")], ids=lambda words: words[0])
@pytest.mark.parametrize("password", ["right", "wrong"])
def test_no_log_shows_the_password(secure: SecureKafka, command: tuple[str, ...], password: str) -> None:
    settings = secure.scram("PLAIN") | (WRONG if password == "wrong" else {})  # noqa: S105 - says which one
    result = CliRunner().invoke(cli, command, input=b"text", env=variables(settings))
    assert result.exit_code != 0  # the user may neither send nor read here
    assert PASSWORD not in result.output


def test_the_sentences_are_all_different() -> None:
    assert len({words for _, words, _ in FAILURES.values()}) == len(FAILURES) - 1  # the password's, twice


@pytest.fixture(scope="module")
def readable(secure: SecureKafka) -> str:
    """A topic that the user may read, with one record. The rights are those of a consumer, as they are printed."""
    name = "readable-articles"
    printed = CliRunner().invoke(
        cli,
        ["acls", "--principal", f"User:{USER}", "--role", "consumer"],
        env={"COPYDESK_TOPICS__ENRICHED__NAME": name},
    )
    for line in printed.stdout.splitlines():
        secure.grant(line)
    settings = Settings.load({}, topics={"enriched": {"name": name}})
    assert len(list(consumer_acls(settings))) == 3
    sent = CliRunner().invoke(
        cli,
        ["produce", "-"],
        input=b'{"n": 1}',
        env={"COPYDESK_BOOTSTRAP_SERVERS": secure.plain, "COPYDESK_TOPICS__RAW__NAME": name},
    )
    assert sent.exit_code == 0, sent.output
    return name


def read(settings: dict[str, str], topic: str) -> str:
    result = CliRunner().invoke(cli, ["consume", "-t", topic, "--exit-at-end"], env=variables(settings))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_user_and_password_open_both_listeners(secure: SecureKafka, readable: str, mechanism: str) -> None:
    assert json.loads(read(secure.scram(mechanism), readable)) == {"n": 1}
    assert json.loads(read(sasl(secure, mechanism), readable)) == {"n": 1}


def test_a_certificate_opens_with_a_key_that_is_encrypted(secure: SecureKafka, readable: str, tmp_path: Path) -> None:
    assert json.loads(read(secure.with_certificate(), readable)) == {"n": 1}
    password = tmp_path / "key-password"
    password.write_text(KEY_PASSWORD + "\n", encoding="ascii")
    encrypted = secure.with_certificate() | {
        "SSL_KEYFILE": str(secure.certificates.encrypted_key),
        "SSL_KEY_PASSWORD_FILE": str(password),
    }
    assert json.loads(read(encrypted, readable)) == {"n": 1}


def test_the_name_is_not_looked_at_where_that_is_asked_for(secure: SecureKafka, readable: str) -> None:
    unchecked = at(secure, "localhost") | {"SSL_CHECK_HOSTNAME": "false"}
    assert json.loads(read(unchecked, readable)) == {"n": 1}
    other = unchecked | {"SSL_CAFILE": str(secure.certificates.other_ca)}
    refused = CliRunner().invoke(cli, ["consume"], env=variables(other))
    assert "an authority that is not trusted" in refused.stderr  # the chain is verified in any case


def test_a_token_from_a_file_opens_and_is_read_again(secure: SecureKafka, readable: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(jwt(USER, 600) + "\n", encoding="ascii")
    assert json.loads(read(secure.oauth(file), readable)) == {"n": 1}
    told = {
        "gone": "cannot be read: No such file",
        "empty": "is empty",
        "expired": "s ago; whatever refreshes the file has stopped",
        "not a token": "does not accept the token (invalid_token)",
    }
    contents = {"empty": "", "expired": jwt(USER, -60), "not a token": "opaque"}
    for what, words in told.items():
        file.unlink(missing_ok=True)
        if what in contents:
            file.write_text(contents[what], encoding="ascii")
        refused = CliRunner().invoke(cli, ["consume"], env=variables(secure.oauth(file)))
        assert words in refused.stderr, what
        assert refused.exit_code == Exit.NOT_ALLOWED
        assert "opaque" not in refused.output


PROVIDERS = """
from aiokafka.abc import AbstractTokenProvider
TOKEN = {token!r}
class Provider(AbstractTokenProvider):
    async def token(self):
        return TOKEN
def function():
    return TOKEN
async def coroutine():
    return TOKEN
def broken():
    raise RuntimeError("with " + TOKEN + " in it")
"""


def test_a_token_comes_from_a_class_or_a_function(
    secure: SecureKafka, readable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = jwt(USER, 600)
    (tmp_path / "our_tokens.py").write_text(PROVIDERS.format(token=token), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    settings = without(secure.oauth(tmp_path), "SASL_OAUTH_TOKEN_FILE")
    for attribute in ("Provider", "function", "coroutine"):
        hooked = settings | {"SASL_OAUTH_PROVIDER": f"our_tokens:{attribute}"}
        assert json.loads(read(hooked, readable)) == {"n": 1}
    broken = variables(settings | {"SASL_OAUTH_PROVIDER": "our_tokens:broken"})
    refused = CliRunner().invoke(cli, ["consume"], env=broken)
    assert "our_tokens:broken raised RuntimeError" in refused.stderr
    assert refused.exit_code == Exit.NOT_ALLOWED
    assert token not in refused.output
