"""The rights that each part of a deployment needs on the brokers, and no more; derived from its settings.

Read and Write include Describe. No one needs IdempotentWrite on the cluster: since Kafka 3.0 a right to write to a
topic or with a transactional id is enough.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from copydesk.adapters.kafka.config import SOURCES
from copydesk.app.settings import Delivery, Settings
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole

OUTPUTS: Mapping[Stage, tuple[TopicRole, ...]] = {
    Stage.PARSE: (TopicRole.PARSED, TopicRole.DEAD),
    Stage.DEDUPE: (TopicRole.UNIQUE, TopicRole.DUPLICATE, TopicRole.FINGERPRINTS, TopicRole.DEAD),
    Stage.ENRICH: (TopicRole.ENRICHED, TopicRole.DEAD),
}
"""The topics that a stage writes."""

FINISHED = (TopicRole.ENRICHED, TopicRole.DUPLICATE, TopicRole.DEAD)
"""What a consumer reads: every item ends in one of them."""


class Resource(StrEnum):
    """Kinds of resources, as `kafka-acls.sh` names them."""

    TOPIC = "topic"
    GROUP = "group"
    TRANSACTIONAL_ID = "transactional-id"


class Operation(StrEnum):
    """Operations, as `kafka-acls.sh` names them."""

    READ = "Read"
    WRITE = "Write"
    CREATE = "Create"
    DESCRIBE = "Describe"
    DESCRIBE_CONFIGS = "DescribeConfigs"


@dataclass(frozen=True, slots=True, order=True)
class Acl:
    """One right to one resource, or to all whose names begin so."""

    resource: Resource
    name: str
    operation: Operation
    prefixed: bool = False


def worker_acls(settings: Settings) -> Iterator[Acl]:
    """Rights of a worker with the stages, names and delivery of these settings."""
    transactional = settings.delivery is Delivery.TRANSACTIONAL
    for stage in settings.stages:
        source = settings.topic(SOURCES[stage])
        yield Acl(Resource.TOPIC, source, Operation.READ)
        yield Acl(Resource.GROUP, f"{settings.app_id}-{stage}", Operation.READ)
        for role in OUTPUTS[stage]:
            yield Acl(Resource.TOPIC, settings.topic(role), Operation.WRITE)
        if stage is Stage.DEDUPE:
            yield Acl(Resource.TOPIC, settings.topic(TopicRole.FINGERPRINTS), Operation.READ)
        if transactional:
            yield _transactions(f"{settings.app_id}-{source}-")
    if transactional:
        # The self-test at start aborts a record on this topic and sees that it stays invisible.
        yield _transactions(f"{settings.app_id}-self-test-")
        yield Acl(Resource.TOPIC, settings.topic(TopicRole.DEAD), Operation.READ)
        if settings.declare_topics:
            yield from _declared(settings, TopicRole)


def producer_acls(settings: Settings) -> Iterator[Acl]:
    """Rights of whoever sends raw articles."""
    yield Acl(Resource.TOPIC, settings.topic(TopicRole.RAW), Operation.WRITE)
    if settings.declare_topics:
        yield from _declared(settings, [TopicRole.RAW])


def consumer_acls(settings: Settings, group: str | None = None) -> Iterator[Acl]:
    """Rights of whoever reads what is finished, with a consumer group or, as `copydesk consume` does, without."""
    for role in FINISHED:
        yield Acl(Resource.TOPIC, settings.topic(role), Operation.READ)
    if group is not None:
        yield Acl(Resource.GROUP, group, Operation.READ)


def operator_acls(settings: Settings) -> Iterator[Acl]:
    """Rights of whoever audits the topics and replays dead letters."""
    for role in TopicRole:
        yield Acl(Resource.TOPIC, settings.topic(role), Operation.READ)
    for role in (TopicRole.RAW, *FINISHED, TopicRole.REPLAYS):
        # The audit looks whether they are compacted.
        yield Acl(Resource.TOPIC, settings.topic(role), Operation.DESCRIBE_CONFIGS)
    for stage in Stage:
        yield Acl(Resource.GROUP, f"{settings.app_id}-{stage}", Operation.DESCRIBE)
    # A dead letter enters again where it failed.
    for role in (*SOURCES.values(), TopicRole.REPLAYS):
        yield Acl(Resource.TOPIC, settings.topic(role), Operation.WRITE)
    if settings.declare_topics:
        yield from _declared(settings, [TopicRole.REPLAYS])
    if settings.delivery is Delivery.TRANSACTIONAL:
        yield Acl(Resource.TRANSACTIONAL_ID, f"{settings.app_id}-dlq-replay", Operation.WRITE)


def command_lines(acls: Iterable[Acl], *, principal: str, host: str | None, bootstrap: str) -> Iterator[str]:
    """Commands for a shell: one for all resources of a kind that get the same operations."""
    operations: dict[tuple[Resource, str, bool], list[Operation]] = {}
    for acl in sorted(set(acls)):
        operations.setdefault((acl.resource, acl.name, acl.prefixed), []).append(acl.operation)
    names: dict[tuple[Resource, bool, tuple[Operation, ...]], list[str]] = {}
    for (resource, name, prefixed), allowed in operations.items():
        names.setdefault((resource, prefixed, tuple(allowed)), []).append(name)
    for (resource, prefixed, together), of in names.items():
        words = ["kafka-acls.sh", "--bootstrap-server", bootstrap, "--command-config", "admin.properties"]
        words += ["--add", "--allow-principal", principal]
        if host is not None:
            words += ["--allow-host", host]
        for operation in together:
            words += ["--operation", operation.value]
        if prefixed:
            words += ["--resource-pattern-type", "prefixed"]
        for name in of:
            words += [f"--{resource}", name]
        yield shlex.join(words)


def _transactions(prefix: str) -> Acl:
    return Acl(Resource.TRANSACTIONAL_ID, prefix, Operation.WRITE, prefixed=True)


def _declared(settings: Settings, roles: Iterable[TopicRole]) -> Iterator[Acl]:
    for role in roles:
        yield Acl(Resource.TOPIC, settings.topic(role), Operation.CREATE)
        yield Acl(Resource.TOPIC, settings.topic(role), Operation.DESCRIBE)
