"""Reaching the brokers from a command: soon or with one sentence, and without the library's log in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from copydesk.app.cli.errors import CommandError, Exit

if TYPE_CHECKING:
    from copydesk.adapters.kafka.config import DeliveryConfig
    from copydesk.app.settings import Settings

CONNECT_WITHIN_S = 5.0
"""A person waits for it. The library alone would try for 40 s to reach an address that does not answer."""


def quiet_unless(verbose: bool) -> None:  # noqa: FBT001 - the option's own name and only argument
    """Set logging up: the library logs each failed attempt, and what matters is said by the command."""
    from copydesk.adapters.logs import configure_logging

    configure_logging(pretty=True, level="info" if verbose else "critical")


def broker_config(settings: Settings) -> DeliveryConfig:
    """What the Kafka adapters need of the settings.

    Raises:
        CommandError: certificates that cannot be loaded, or a provider of tokens.
    """
    from copydesk.adapters.kafka.tls import CertificateError
    from copydesk.app.delivery import delivery_config

    try:
        return delivery_config(settings)
    except (CertificateError, ValueError) as error:
        raise CommandError(f"{error}.", Exit.USAGE) from error


@contextmanager
def broker_errors(settings: Settings, doing: str) -> Iterator[None]:
    """Turn what the library raises into one sentence.

    Args:
        settings: for the addresses that are named.
        doing: what a refusal interrupts, as in «while reading».

    Raises:
        CommandError: exit code 3 where the brokers are not reached, 4 where they refuse us, else 1.
    """
    from aiokafka.errors import (
        KafkaConnectionError,
        KafkaError,
        KafkaTimeoutError,
        NodeNotReadyError,
        RequestTimedOutError,
    )

    from copydesk.adapters.kafka.authorization import authorization_error, explain_kafka_error
    from copydesk.adapters.kafka.topic_reader import StuckError

    try:
        yield
    except StuckError as error:
        raise CommandError(f"Kafka at {settings.bootstrap_servers}, while {doing}: {error}.") from error
    except (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, RequestTimedOutError, TimeoutError) as error:
        raise _no_connection(settings, error, doing) from error
    except KafkaError as error:
        code = Exit.FAILED if authorization_error(error) is None else Exit.NOT_ALLOWED
        why = explain_kafka_error(error).rstrip(".")
        raise CommandError(f"Kafka at {settings.bootstrap_servers} refused while {doing}: {why}.", code) from error


def _no_connection(settings: Settings, error: BaseException, doing: str) -> CommandError:
    """Look again, and say what is wrong."""
    from aiokafka.errors import KafkaConnectionError, NodeNotReadyError

    from copydesk.adapters.kafka.connection import connection_kwargs
    from copydesk.adapters.kafka.diagnose import diagnose

    # In a thread with a loop of its own: the caller stands in a loop already, in an `except` that cannot wait for it.
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(lambda: asyncio.run(diagnose(settings, connection_kwargs(settings)))).result()
    if found is not None and found.reached:
        return CommandError(f"{found.sentence}.", Exit.NOT_ALLOWED)
    if found is None and not isinstance(error, KafkaConnectionError | NodeNotReadyError):
        return CommandError(f"Kafka at {settings.bootstrap_servers} can be reached, but was too slow while {doing}.")
    what = found.sentence if found is not None else f"no connection to Kafka at {settings.bootstrap_servers}"
    return CommandError(
        f"{what}. Is it running, and is this its address? Set -b or COPYDESK_BOOTSTRAP_SERVERS; without a broker, "
        "`copydesk demo` and `copydesk process` work.",
        Exit.UNREACHABLE,
    )


async def topics_there(settings: Settings, config: DeliveryConfig) -> dict[str, list[int]]:
    """All topics with their partitions. A first request, so it tells whether the brokers can be reached.

    Raises:
        CommandError: they cannot, within `CONNECT_WITHIN_S`, or they refuse us.
    """
    from copydesk.adapters.kafka.connection import admin

    with broker_errors(settings, "connecting"):
        async with asyncio.timeout(CONNECT_WITHIN_S), admin(config) as client:
            described = await client.describe_topics()
    return {topic["topic"]: sorted(part["partition"] for part in topic["partitions"]) for topic in described}
