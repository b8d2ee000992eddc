"""Topics are declared before anything subscribes: a source topic that appears later is found late or never."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, TopicAuthorizationFailedError, for_code

from copydesk.adapters.kafka.authorization import HINT
from copydesk.adapters.kafka.config import DeliveryConfig, TopicConfig
from copydesk.adapters.kafka.connection import admin

_log = structlog.get_logger("copydesk.delivery")
_VISIBLE_WITHIN_S = 30.0
_CLEANUP = "cleanup.policy"


class TopicError(Exception):
    """A topic is missing or has the wrong shape."""


async def declare_topics(config: DeliveryConfig, replication_factor: int) -> list[str]:
    """Create the topics that are missing, with their limits; the names that were created.

    Topics that exist are left as they are. Returns when every topic is visible.

    Raises:
        TopicError: the broker refused one.
    """
    created: list[str] = []
    async with admin(config) as client:
        existing = set(await client.list_topics())
        missing = [topic for topic in config.topics.values() if topic.name not in existing]
        if missing:
            response = await client.create_topics([_new_topic(topic, replication_factor) for topic in missing])
            for name, code, *rest in response.topic_errors:
                error = for_code(code)
                if code == 0:
                    created.append(name)
                elif error is TopicAuthorizationFailedError:
                    raise TopicError(f"not allowed: Create and Describe on topic {name}, or it exists unseen. {HINT}")
                elif error is not TopicAlreadyExistsError:  # another worker was quicker
                    raise TopicError(f"topic {name} could not be created: {error.__name__} {rest[0] if rest else ''}")
            async with asyncio.timeout(_VISIBLE_WITHIN_S):
                names = {topic.name for topic in config.topics.values()}
                while not names <= set(await client.list_topics()):  # noqa: ASYNC110 - the broker tells nobody
                    await asyncio.sleep(0.1)
    if created:
        _log.info("topics created", topics=created)
    return created


def _new_topic(topic: TopicConfig, replication_factor: int) -> NewTopic:
    return NewTopic(
        name=topic.name,
        num_partitions=topic.spec.partitions,
        replication_factor=replication_factor,
        topic_configs=topic_configs(topic),
    )


def topic_configs(topic: TopicConfig) -> dict[str, str]:
    """What is configured of a topic itself, by Kafka's names."""
    return {
        "retention.ms": str(topic.spec.retention_ms),
        "max.message.bytes": str(topic.spec.max_message_bytes),
        # With the event's time as Kafka timestamp, backfill would be deleted as soon as it is written.
        "message.timestamp.type": "LogAppendTime",
        _CLEANUP: "delete",
    }


async def compacted(config: DeliveryConfig, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Which of the topics are compacted, and of which that cannot be told, for want of a right to see.

    Raises:
        KafkaError: the brokers could not be asked.
    """
    found, unknown = [], []
    async with admin(config) as client:
        asked = [ConfigResource(ConfigResourceType.TOPIC, name, configs={_CLEANUP: None}) for name in names]
        for response in await client.describe_configs(asked):
            for code, _, _, name, entries, *_ in response.resources:
                policy = next((entry[1] for entry in entries if entry[0] == _CLEANUP), None)
                if code != 0 or policy is None:
                    unknown.append(name)
                elif "compact" in policy:
                    found.append(name)
    return sorted(found), sorted(unknown)


async def check_topics(config: DeliveryConfig) -> None:
    """Warn of topics that differ from the configuration in what matters.

    Raises:
        TopicError: the state log and its source have different partition counts.
    """
    async with admin(config) as client:
        try:
            described = await client.describe_topics([topic.name for topic in config.topics.values()])
        except KafkaError as error:
            raise TopicError(f"topics could not be described: {error!r}") from error
    counts = {entry["topic"]: len(entry["partitions"]) for entry in described}
    for topic in config.topics.values():
        actual = counts.get(topic.name, 0)
        if actual == 0:
            raise TopicError(f"topic {topic.name} does not exist; create it or set COPYDESK_DECLARE_TOPICS=true")
        if actual != topic.spec.partitions:
            _log.warning("topic differs", topic=topic.name, partitions=actual, configured=topic.spec.partitions)
