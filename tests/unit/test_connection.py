"""What can be seen of connections without a broker: certificates, tokens, addresses, rights."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from types import FunctionType

import pytest
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
from tests.support.kafka import free_port
from tests.support.secure_kafka import KEY_PASSWORD, Certificates, jwt

from copydesk.adapters.kafka import diagnose
from copydesk.adapters.kafka.authorization import authorization_error, explain_kafka_error
from copydesk.adapters.kafka.connection import connection_kwargs
from copydesk.adapters.kafka.tls import CertificateError, tls_context
from copydesk.adapters.kafka.tokens import TokenError, TokenFile, expired_for, supplied
from copydesk.app.settings import Settings


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.make(tmp_path_factory.mktemp("certificates"))


def test_a_broker_is_verified_unless_its_name_alone_is_let_be(files: Certificates) -> None:
    for checked in (True, False):
        context = tls_context(files.ca, files.client, files.client_key, None, check_hostname=checked)
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname is checked
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_without_a_ca_file_the_system_decides() -> None:
    system = ssl.create_default_context().cert_store_stats()
    assert tls_context(None, None, None, None).cert_store_stats() == system


def test_the_password_of_a_key_is_used_and_never_asked_for(files: Certificates) -> None:
    tls_context(files.ca, files.client, files.encrypted_key, KEY_PASSWORD)
    with pytest.raises(CertificateError, match="is encrypted; set COPYDESK_SSL_KEY_PASSWORD"):
        tls_context(files.ca, files.client, files.encrypted_key, None)
    with pytest.raises(CertificateError) as caught:
        tls_context(files.ca, files.client, files.encrypted_key, "wrong-word")
    assert str(caught.value) == f"COPYDESK_SSL_KEY_PASSWORD: it does not open {files.encrypted_key}"


def test_each_file_that_cannot_be_used_is_named(files: Certificates, tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("no certificate\n", encoding="ascii")
    missing = tmp_path / "missing.pem"
    for (ca, certificate, key), words in (
        ((missing, None, None), f"COPYDESK_SSL_CAFILE: {missing} cannot be read: No such file"),
        ((text, None, None), f"COPYDESK_SSL_CAFILE: {text} holds no PEM certificate"),
        ((files.ca, missing, files.client_key), f"COPYDESK_SSL_CERTFILE: {missing} cannot be read"),
        ((files.ca, files.client, missing), f"COPYDESK_SSL_KEYFILE: {missing} cannot be read"),
        ((files.ca, files.client, text), f"{files.client} and {text} are not a PEM certificate and its key"),
        ((files.ca, files.client, files.stranger), f"{files.stranger} is not the key of the certificate"),
    ):
        with pytest.raises(CertificateError) as caught:
            tls_context(ca, certificate, key, None)
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("platform", "is not module:attribute"),
        ("platform:", "is not module:attribute"),
        ("no_such_module:f", "cannot be loaded: ModuleNotFoundError"),
        ("platform:no_such", "cannot be loaded: AttributeError"),
        ("sys:version", "is neither a token provider nor a function"),
    ],
)
def test_a_provider_that_is_none_gets_a_sentence(name: str, words: str) -> None:
    settings = Settings.load({}, security_protocol="SASL_SSL", sasl_mechanism="OAUTHBEARER", sasl_oauth_provider=name)
    with pytest.raises(ValueError, match=f"^COPYDESK_SASL_OAUTH_PROVIDER: .*{words}"):
        connection_kwargs(settings)


async def test_a_function_that_gives_no_token_is_told() -> None:
    with pytest.raises(TokenError, match="time:time gave float, not a token"):
        await supplied("time:time").token()
    assert await supplied("platform:python_version").token()
    assert supplied("platform:python_version").extensions() == {}


async def test_a_token_file_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "token"
    provider = TokenFile(file)
    for token in ("first", jwt("desk", 60)):
        file.write_text(f"{token}\n", encoding="ascii")
        assert await provider.token() == token
    file.write_bytes("jeton expiré".encode())
    with pytest.raises(TokenError, match="it is not ASCII text"):
        await provider.token()


def test_only_a_token_that_says_so_has_expired() -> None:
    now = time.time()
    assert expired_for(jwt("desk", -60), now) == pytest.approx(60, abs=2)
    for token in (jwt("desk", 60), "opaque", "a.b.c", "a.bm8.c", "a.W10.c"):
        assert expired_for(token, now) is None


async def test_an_advertised_address_that_leads_nowhere_is_told() -> None:
    port = free_port()
    brokers = [(1, "127.0.0.1", port, None)]
    found = await diagnose._advertised("kafka.example:9092", brokers)
    assert found is not None
    assert not found.reached
    assert found.sentence.startswith(f"no connection to Kafka at 127.0.0.1:{port}: nobody listens there.")
    assert "The broker at kafka.example:9092 gives this as its address (advertised.listeners)" in found.sentence


async def test_of_several_addresses_the_worst_is_not_the_only_one_told() -> None:
    settings = Settings.load({}, bootstrap_servers=f"kafka.invalid:9092,127.0.0.1:{free_port()}")
    found = await diagnose.diagnose(settings, connection_kwargs(settings))
    assert found is not None
    assert "«kafka.invalid» is not known here" in found.sentence


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TopicAuthorizationFailedError("raw"), "not allowed: Write on topic raw."),
        (TopicAuthorizationFailedError({"b", "a"}), "not allowed: Write on topic a; Write on topic b."),
        (TopicAuthorizationFailedError(), "not allowed: a right on a topic, which the broker does not name."),
        (GroupAuthorizationFailedError("desk-parse"), "not allowed: Read on group desk-parse."),
        (TransactionalIdAuthorizationFailed("desk-raw-0"), "not allowed: Write on transactional id desk-raw-0."),
        (ClusterAuthorizationFailedError(), "not allowed: Create or IdempotentWrite on the cluster."),
    ],
)
def test_an_error_of_rights_names_the_right(error: Exception, words: str) -> None:
    assert explain_kafka_error(error).startswith(words)
    assert "copydesk acls" in explain_kafka_error(error)
    wrapped = KafkaConnectionError("closed")
    wrapped.__cause__ = error
    assert authorization_error(wrapped) is error


@pytest.mark.parametrize(
    ("module", "operation"),
    [
        ("aiokafka.consumer.fetcher", "Read"),
        ("aiokafka.producer.sender", "Write"),
        ("aiokafka.admin.client", "Describe"),
    ],
)
def test_the_client_that_raised_it_tells_the_operation(module: str, operation: str) -> None:
    def fail() -> None:
        raise TopicAuthorizationFailedError("raw")

    there = FunctionType(fail.__code__, globals() | {"__name__": module})
    with pytest.raises(TopicAuthorizationFailedError) as caught:
        there()
    assert explain_kafka_error(caught.value).startswith(f"not allowed: {operation} on topic raw.")


def test_who_is_not_known_is_not_sent_to_the_rights() -> None:
    assert explain_kafka_error(SaslAuthenticationFailed("no")) == "not allowed: wrong user or password"


def test_what_a_provider_says_when_it_cannot_be_loaded_is_not_repeated() -> None:
    with pytest.raises(ValueError, match=r"cannot be loaded: ModuleNotFoundError$") as caught:
        supplied("no_such_module_secret:f")
    assert caught.value.__cause__ is None


def test_any_other_error_keeps_its_text() -> None:
    assert explain_kafka_error(RuntimeError("the pool is gone")) == "RuntimeError: the pool is gone"
    assert explain_kafka_error(TimeoutError()) == "TimeoutError"
    assert explain_kafka_error(KafkaConnectionError("closed")) == "KafkaConnectionError: closed"
