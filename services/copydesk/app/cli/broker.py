"""Reaching the brokers from a command: soon or with one sentence, and without the library's log in between."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
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
        CommandError: certificates that cannot be loaded.
    """
    from copydesk.app.delivery import delivery_config

    try:
        return delivery_config(settings)
    except (OSError, ssl.SSLError) as error:
        raise CommandError(f"the certificates of COPYDESK_SSL_… cannot be loaded: {error}.", Exit.USAGE) from error


@contextmanager
def broker_errors(settings: Settings, doing: str) -> Iterator[None]:
    """Turn what the library raises into one sentence.

    Args:
        settings: for the addresses that are named.
        doing: what a refusal interrupts, as in «while reading».

    Raises:
        CommandError: exit code 3 where the brokers are not reached, else 1.
    """
    from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError, RequestTimedOutError

    try:
        yield
    except (KafkaConnectionError, KafkaTimeoutError, RequestTimedOutError, TimeoutError) as error:
        raise CommandError(
            f"no connection to Kafka at {settings.bootstrap_servers}. Is it running, and is this its address? Set -b "
            "or COPYDESK_BOOTSTRAP_SERVERS; without a broker, `copydesk demo` and `copydesk process` work.",
            Exit.UNREACHABLE,
        ) from error
    except KafkaError as error:
        raise CommandError(f"Kafka at {settings.bootstrap_servers} refused while {doing}: {error}") from error


async def topics_there(settings: Settings, config: DeliveryConfig) -> dict[str, list[int]]:
    """All topics with their partitions. A first request, so it tells whether the brokers can be reached.

    Raises:
        CommandError: they cannot, within `CONNECT_WITHIN_S`.
    """
    from copydesk.adapters.kafka.connection import admin

    with broker_errors(settings, "connecting"):
        async with asyncio.timeout(CONNECT_WITHIN_S), admin(config) as client:
            described = await client.describe_topics()
    return {topic["topic"]: sorted(part["partition"] for part in topic["partitions"]) for topic in described}
