"""Every Kafka client of the service is made here, so that addresses, security and limits agree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import SecretStr

from copydesk.adapters.kafka.config import DeliveryConfig
from copydesk.adapters.kafka.tls import tls_context
from copydesk.adapters.kafka.tokens import TokenFile, supplied
from copydesk_schemas.topics import MIB

MAX_BATCH_BYTES = 256 * 1024
"""Producer batches stay below the smallest topic limit (1 MiB): the broker refuses a batch as a whole, and innocent
records would fall with a guilty one. A larger record is a batch of its own."""

REQUEST_TIMEOUT_MS = 15_000
"""For a broker to answer. One that is frozen keeps its connections open: with the library's forty seconds nobody would
look for another leader until then. Joining a group may take as long as a rebalance, which is less."""


class ConnectionSettings(Protocol):
    """The part of the settings that says how to reach the brokers."""

    @property
    def bootstrap_servers(self) -> str:
        """Addresses, host:port."""

    @property
    def security_protocol(self) -> str:
        """PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""

    @property
    def sasl_mechanism(self) -> str:
        """PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER."""

    @property
    def sasl_username(self) -> str | None:
        """SASL user."""

    @property
    def sasl_password(self) -> SecretStr | None:
        """SASL password."""

    @property
    def sasl_oauth_provider(self) -> str | None:
        """`module:attribute` of a provider of tokens."""

    @property
    def sasl_oauth_token_file(self) -> Path | None:
        """File with a token, read at each connection."""

    @property
    def ssl_cafile(self) -> Path | None:
        """Certificate authority, PEM."""

    @property
    def ssl_certfile(self) -> Path | None:
        """Client certificate, PEM."""

    @property
    def ssl_keyfile(self) -> Path | None:
        """Client key, PEM."""

    @property
    def ssl_key_password(self) -> SecretStr | None:
        """Password of the client key."""

    @property
    def ssl_check_hostname(self) -> bool:
        """Whether the broker's certificate must be for its address."""


def connection_kwargs(settings: ConnectionSettings) -> dict[str, Any]:
    """Keyword arguments for any aiokafka client. They hold secrets: never log them.

    Raises:
        CertificateError: a certificate or key cannot be used.
        ValueError: there is no such provider of tokens.
    """
    kwargs: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
    }
    if settings.security_protocol in ("SSL", "SASL_SSL"):
        kwargs["ssl_context"] = tls_context(
            settings.ssl_cafile,
            settings.ssl_certfile,
            settings.ssl_keyfile,
            settings.ssl_key_password.get_secret_value() if settings.ssl_key_password else None,
            check_hostname=settings.ssl_check_hostname,
        )
    if settings.security_protocol.startswith("SASL"):
        kwargs["sasl_mechanism"] = settings.sasl_mechanism
        if settings.sasl_mechanism == "OAUTHBEARER":
            kwargs["sasl_oauth_token_provider"] = _tokens(settings)
        else:
            kwargs["sasl_plain_username"] = settings.sasl_username
            kwargs["sasl_plain_password"] = (
                settings.sasl_password.get_secret_value() if settings.sasl_password else None
            )
    return kwargs


def _tokens(settings: ConnectionSettings) -> AbstractTokenProvider:
    if settings.sasl_oauth_token_file is not None:
        return TokenFile(settings.sasl_oauth_token_file)
    try:
        return supplied(settings.sasl_oauth_provider or "")
    except ValueError as error:
        raise ValueError(f"COPYDESK_SASL_OAUTH_PROVIDER: {error}") from error


async def start_producer(config: DeliveryConfig, transactional_id: str | None) -> AIOKafkaProducer:
    """A started producer. With a `transactional_id` it has fenced its predecessor and ended its transaction."""
    largest = max(topic.spec.max_message_bytes for topic in config.topics.values())
    kwargs: dict[str, Any] = {
        "acks": "all",
        "linger_ms": 0,
        "max_batch_size": min(MAX_BATCH_BYTES, *(topic.spec.max_message_bytes for topic in config.topics.values())),
        "max_request_size": largest + MIB,
    }
    if transactional_id is not None:
        kwargs["transactional_id"] = transactional_id
        kwargs["transaction_timeout_ms"] = config.transaction_timeout_ms
    producer = AIOKafkaProducer(**config.connection, **kwargs)
    try:
        await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer


def group_consumer(config: DeliveryConfig, group: str) -> AIOKafkaConsumer:
    """The consumer of a stage, not yet started: committed records only, offsets committed by the outbox."""
    return AIOKafkaConsumer(
        **config.connection,
        group_id=group,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        session_timeout_ms=config.session_timeout_ms,
        heartbeat_interval_ms=config.heartbeat_interval_ms,
        rebalance_timeout_ms=config.rebalance_timeout_ms,
        # A slow batch is no reason to leave the group: the time limit a record bounds it, the live probe watches it.
        max_poll_interval_ms=3_600_000,
        max_partition_fetch_bytes=config.fetch_bytes,
        fetch_max_bytes=config.fetch_bytes * 2,
        # One fetch a broker is under way at a time: a drained partition waits for it, so it must not linger.
        fetch_max_wait_ms=config.batch_wait_ms,
    )


@asynccontextmanager
async def reader(config: DeliveryConfig, *, isolation_level: str = "read_committed") -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group that sees committed records only, by default.

    `auto_offset_reset` is earliest: with the library's default, latest, a restore reads nothing and says so nowhere.
    """
    consumer = AIOKafkaConsumer(
        **config.connection,
        enable_auto_commit=False,
        isolation_level=isolation_level,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=config.fetch_bytes,
        fetch_max_bytes=config.fetch_bytes * 2,
        fetch_max_wait_ms=config.batch_wait_ms,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def admin(config: DeliveryConfig) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client for a few calls."""
    client = AIOKafkaAdminClient(**config.connection)
    try:
        await client.start()
        yield client
    finally:
        await client.close()
