"""What all tests share, real Kafka brokers above all: each is started once a session."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.support import kafka
from tests.support.secure_kafka import SecureKafka, secure_kafka

# A loaded machine is no fault of the code: no test fails for the time that it took.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def free_port() -> int:
    return kafka.free_port()


def need(*poms: Path) -> None:
    """Skip, or fail where a broker is required, if the jars cannot be had."""
    try:
        for pom in poms:
            kafka.jars(pom)
    except kafka.UnavailableError as error:
        if os.environ.get("COPYDESK_REQUIRE_KAFKA") == "1":
            pytest.fail(f"a real Kafka broker is required: {error}")
        pytest.skip(f"no real Kafka broker: {error}")


@pytest.fixture(scope="session")
def broker() -> Iterator[kafka.KafkaBroker]:
    need(kafka.BROKER)
    with kafka.KafkaBroker.running() as running:
        yield running


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """A broker with TLS, SASL and an authorizer; a user who may nothing until a test grants it."""
    need(kafka.BROKER, kafka.CLIENT)
    with secure_kafka(tmp_path_factory.mktemp("secure")) as running:
        yield running


@pytest.fixture
def app_id() -> str:
    """A name of its own for each test, so that groups, transactions and topics stay apart."""
    return f"t{uuid.uuid4().hex[:10]}"
