"""Records that the broker does not take: too large, no such topic, not authorised."""

from __future__ import annotations

import time

from benchmarks.faults.reading import read_topics
from benchmarks.faults.result import Row
from benchmarks.faults.trial import Bench, Stand, Trial
from confluent_kafka.admin import (  # type: ignore[attr-defined] # re-exported, though its stubs do not say so
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from copydesk_schemas.topics import TOPICS, TopicRole

_LIMIT = 100_000


def refused(bench: Bench) -> list[Row]:
    """All three, each on a broker of its own."""
    return [too_large(bench), no_topic(bench), not_authorised(bench)]


def too_large(bench: Bench) -> Row:
    """See `large`."""
    with bench.with_broker() as stand:
        return large(stand)


def large(stand: Stand, records: int = 6_000) -> Row:
    """The output topic takes less than the worker believes: what is too large is a dead letter, no neighbour is.

    A dozen of its neighbours are too large together, in one batch of the producer, though none of them is alone.
    """
    records = stand.many(records, 1_000)
    marked = frozenset(range(137, records, 200))
    with Trial(
        stand,
        "refused-too-large",
        records,
        rate=500,
        size=_LIMIT // 10,
        marked=marked,
        marked_size=2 * _LIMIT,
    ) as trial:
        topic = trial.names[TopicRole.ENRICHED]
        entry = ConfigEntry("max.message.bytes", str(_LIMIT), incremental_operation=AlterConfigOpType.SET)
        change = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])
        admin = _admin(stand.broker.bootstrap)  # ends what it has begun when it is let go
        for done in admin.incremental_alter_configs([change]).values():
            done.result()
        trial.load.start()
        trial.deployment.start("one")
        row = trial.finish()
        raw = read_topics(stand.broker.bootstrap, [trial.names[TopicRole.RAW]])
        oversized = {record.coordinates for record in raw if len(record.value) > _LIMIT}
        repeated = {r.origin for r in read_topics(stand.broker.bootstrap, [trial.names[TopicRole.DUPLICATE]])}
        dead = {r.origin for r in read_topics(stand.broker.bootstrap, [trial.names[TopicRole.DEAD]])}
        # A large record whose key came before ends as a duplicate, and that record is small.
        what = (
            f"{len(oversized)} records too large, {len(dead)} dead letters, {len(oversized & repeated)} were duplicates"
        )
        return trial.judged(row, what, true=bool(dead) and dead == oversized - repeated)


def no_topic(bench: Bench, records: int = 20_000) -> Row:
    """The output topic is deleted under load and made again 30 s later; nothing makes topics by itself.

    That is longer than a transaction may take: until then the client tries again on its own.
    """
    records = bench.many(records, 4_000)
    with (
        bench.with_broker({"auto.create.topics.enable": "false"}) as stand,
        Trial(stand, "refused-no-topic", records, rate=records / 40) as trial,
    ):
        topic, spec = trial.names[TopicRole.ENRICHED], TOPICS[TopicRole.ENRICHED]
        admin = _admin(stand.broker.bootstrap)
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        time.sleep(4.0)
        # What the topic holds goes with it, so that must be read first: nothing may be under way.
        trial.load.hold()
        time.sleep(0.5)
        trial.follower.until(trial.load.sent, 60)
        trial.follower.quiet(1.5)
        kept = read_topics(stand.broker.bootstrap, [topic])
        admin.delete_topics([topic])[topic].result()
        trial.load.resume()
        seen = trial.watch(30.0)
        trial.notes.append(f"meanwhile: {seen}")
        trial.expect("no partition waited for the topic", true=bool(seen.troubles))
        admin.create_topics([NewTopic(topic, spec.partitions, 1)])[topic].result()
        moment = trial.struck(everywhere=True)
        trial.refollow()
        trial.recovered(moment)
        return trial.finish(kept=kept)


def not_authorised(bench: Bench, records: int = 20_000) -> Row:
    """Writing to an output topic is denied for 15 s under load, then allowed again."""
    records = bench.many(records, 4_000)
    properties = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "true",
    }
    with (
        bench.with_broker(properties) as stand,
        Trial(stand, "refused-not-authorised", records, rate=records / 40) as trial,
    ):
        topic = trial.names[TopicRole.ENRICHED]
        admin = _admin(stand.broker.bootstrap)
        # Once a topic has one ACL, all that is not allowed is denied: reading stays allowed.
        acls = [
            AclBinding(
                ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*", operation, permission
            )
            for operation, permission in (
                (AclOperation.ALL, AclPermissionType.ALLOW),
                (AclOperation.WRITE, AclPermissionType.DENY),
            )
        ]
        trial.load.start()
        trial.deployment.start("one")
        trial.expect("not ready", true=trial.deployment.ready("one"))
        time.sleep(4.0)
        for made in admin.create_acls(acls).values():
            made.result()
        seen = trial.watch(15.0)
        trial.notes.append(f"meanwhile: {seen}")
        trial.expect("no partition waited for the right", true=seen.says("not allowed", "authori"))
        anything = AclBindingFilter(
            ResourceType.TOPIC,
            topic,
            ResourcePatternType.LITERAL,
            "User:ANONYMOUS",
            "*",
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        for deleted in admin.delete_acls([anything]).values():
            deleted.result()
        trial.recovered(trial.struck(everywhere=True))
        return trial.finish()


def _admin(bootstrap: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
