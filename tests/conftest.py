"""A real Kafka broker for the tests, started once a session."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest
from tests.support import kafka


@pytest.fixture
def free_port() -> int:
    return kafka.free_port()


@pytest.fixture(scope="session")
def broker() -> Iterator[kafka.KafkaBroker]:
    try:
        kafka.jars()
    except kafka.UnavailableError as error:
        if os.environ.get("COPYDESK_REQUIRE_KAFKA") == "1":
            pytest.fail(f"a real Kafka broker is required: {error}")
        pytest.skip(f"no real Kafka broker: {error}")
    with kafka.KafkaBroker.running() as running:
        yield running


@pytest.fixture
def app_id() -> str:
    """A name of its own for each test, so that groups, transactions and topics stay apart."""
    return f"t{uuid.uuid4().hex[:10]}"
