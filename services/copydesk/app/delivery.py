"""What the settings mean to the Kafka adapters. Apart from the wiring, so that a command need not import Faust."""

from __future__ import annotations

from copydesk.adapters.kafka.config import DeliveryConfig, TopicConfig
from copydesk.adapters.kafka.connection import connection_kwargs
from copydesk.app.settings import Delivery, Settings
from copydesk_schemas.topics import TopicRole


def delivery_config(settings: Settings) -> DeliveryConfig:
    """What the Kafka adapters need of the settings."""
    return DeliveryConfig(
        connection=connection_kwargs(settings),
        app_id=settings.app_id,
        topics={role: TopicConfig(settings.topic(role), settings.spec(role)) for role in TopicRole},
        transactional=settings.delivery is Delivery.TRANSACTIONAL,
        transaction_timeout_ms=settings.transaction_timeout_ms,
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.heartbeat_interval_ms,
        batch_records=settings.batch_records,
        fetch_bytes=settings.batch_bytes,
        batch_wait_ms=settings.batch_wait_ms,
        lag_interval_s=settings.lag_interval_s,
        fuse=settings.fuse,
    )
