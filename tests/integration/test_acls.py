"""The service with an authorizer on: exactly the printed rights are enough, and none of them is too much."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from confluent_kafka.admin import (  # type: ignore[attr-defined] # documented, but it exports them implicitly
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from tests.support.secure_kafka import (
    KEY_PASSWORD,
    OPERATOR,
    PASSWORD,
    USER,
    SecureKafka,
    environment,
    jwt,
    secure_kafka,
)
from tests.support.service import Follower, Raw, Service, declare, ending, following, get_page, own_names, produce

from copydesk.app.acls import Acl, Operation, Resource, operator_acls, worker_acls
from copydesk.app.cli import cli
from copydesk.app.settings import Settings
from copydesk_schemas.topics import TopicRole

pytestmark = pytest.mark.kafka

BODY = """The town council of Marlow voted on Tuesday to rebuild the old ferry landing, which was swept away by the
floods of last winter. Work will begin in April and is expected to take a year, the engineer, Ruth Adler, said.
Shopkeepers along the quay had asked for the landing to be rebuilt in stone, but the council chose timber because it
is cheaper and can be repaired piece by piece."""

KINDS = {
    Resource.TOPIC: ResourceType.TOPIC,
    Resource.GROUP: ResourceType.GROUP,
    Resource.TRANSACTIONAL_ID: ResourceType.TRANSACTIONAL_ID,
}
OPERATIONS = {
    Operation.READ: AclOperation.READ,
    Operation.WRITE: AclOperation.WRITE,
    Operation.CREATE: AclOperation.CREATE,
    Operation.DESCRIBE: AclOperation.DESCRIBE,
    Operation.DESCRIBE_CONFIGS: AclOperation.DESCRIBE_CONFIGS,
}


def binding(acl: Acl, kind: type[AclBinding | AclBindingFilter], user: str = USER) -> Any:
    pattern = ResourcePatternType.PREFIXED if acl.prefixed else ResourcePatternType.LITERAL
    operation, allow = OPERATIONS[acl.operation], AclPermissionType.ALLOW
    return kind(KINDS[acl.resource], acl.name, pattern, f"User:{user}", "*", operation, allow)


class Rights:
    """Grants and revokes what the user may do."""

    def __init__(self, secure: SecureKafka) -> None:
        self._admin = AdminClient({"bootstrap.servers": secure.plain})

    def grant(self, acls: Iterable[Acl], user: str = USER) -> None:
        for done in self._admin.create_acls([binding(acl, AclBinding, user) for acl in acls]).values():
            done.result(20)

    def revoke(self, acls: Iterable[Acl]) -> None:
        for acl in acls:
            (done,) = self._admin.delete_acls([binding(acl, AclBindingFilter)]).values()
            assert len(done.result(20)) == 1, acl


class Desk:
    """A deployment with topics of its own, and its records."""

    def __init__(self, secure: SecureKafka, app_id: str, folder: Path, **more: str) -> None:
        self.secure = secure
        self.names = own_names(app_id)
        self.log = folder / "one.log"
        connection = secure.scram() | more
        self.service = Service(
            connection.pop("BOOTSTRAP_SERVERS"),
            app_id,
            folder,
            self.names,
            {"DECLARE_TOPICS": "false", "LOG_LEVEL": "debug"} | connection,
        )

    def settings(self, **more: Any) -> Settings:
        topics = {role.name.lower(): {"name": name} for role, name in self.names.items()}
        return Settings.load({}, app_id=self.service.app_id, topics=topics, **more)

    def acls(self) -> list[Acl]:
        return sorted(set(worker_acls(self.settings(declare_topics=False))))

    async def command(self, *words: str, user: str) -> Result:
        """A command of another user."""
        names = {f"TOPICS__{role.name}__NAME": name for role, name in self.names.items()}
        own = {"SASL_USERNAME": user, "APP_ID": self.service.app_id, "DECLARE_TOPICS": "false"}
        env = {f"COPYDESK_{key}": value for key, value in (self.secure.scram() | names | own).items()}
        return await asyncio.to_thread(CliRunner().invoke, cli, words, env=env)

    async def send(self, number: int, first: int = 0) -> None:
        envelopes = [{"url": f"https://a.example/{n}", "content": f"Ferry {n}\n\n{BODY}"} for n in range(first, number)]
        records = [Raw(json.dumps(envelope).encode()) for envelope in envelopes]
        await produce(self.secure.plain, self.names[TopicRole.RAW], [*records, Raw(b"\x00\x01\xff")])

    async def told(self, words: str, within_s: float = 60.0) -> None:
        deadline = time.monotonic() + within_s
        while words not in self.log.read_text(errors="replace"):
            assert time.monotonic() < deadline, f"«{words}» is not in the log: {self.service.tail()}"
            await asyncio.sleep(0.1)


def origins(follower: Follower) -> Counter[tuple[int, int]]:
    """How often each raw record, by partition and offset, had an outcome."""
    documents = [json.loads(record.value) for records in follower.seen.values() for record in records]
    return Counter((d["raw"]["partition"], d["raw"]["offset"]) for d in documents)


def without_secrets(*texts: str) -> None:
    for text in texts:
        assert PASSWORD not in text
        assert KEY_PASSWORD not in text


async def test_the_printed_rights_are_enough_and_nothing_shows_the_password(
    secure: SecureKafka, app_id: str, tmp_path: Path, free_port: int
) -> None:
    """All stages over TLS, with rights from the very lines that are printed. PLAIN sends the password as it is."""
    desk = Desk(secure, app_id, tmp_path, SASL_MECHANISM="PLAIN")
    await declare(secure.plain, desk.names)
    names = {f"COPYDESK_TOPICS__{role.name}__NAME": name for role, name in desk.names.items()}
    env = names | {"COPYDESK_APP_ID": app_id, "COPYDESK_DECLARE_TOPICS": "false"}
    printed = await asyncio.to_thread(CliRunner().invoke, cli, ["acls", "--principal", f"User:{USER}"], env=env)
    assert printed.exit_code == 0, printed.output
    for line in printed.stdout.splitlines():
        await asyncio.to_thread(secure.grant, line)
    with ending(desk.service) as service:
        worker = service.start("one", free_port)
        await service.ready(worker, free_port)
        async with following(secure.plain, desk.names) as follower:
            await desk.send(5)
            await follower.until(6, 60)
            await follower.quiet(1.0)
        pages = [get_page(free_port, page) for page in ("/metrics", "/health/live", "/health/ready")]
        for other in ("/router/", "/table/", "/stats/", "/graph/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                get_page(free_port, other)
        assert await service.stop(worker) == 0
    assert set(origins(follower).values()) == {1}
    assert len(follower.seen[TopicRole.DEAD]) == 1
    records = [repr(record) for seen in follower.seen.values() for record in seen]
    config = CliRunner().invoke(cli, ["config"], env=environment(service.settings))
    assert "SASL_PASSWORD" in config.stdout
    log = desk.log.read_text()
    assert '"level":"debug"' in log
    without_secrets(log, *pages, *records, config.output)


async def test_the_whole_path_runs_over_mutual_tls(
    secure: SecureKafka, app_id: str, tmp_path: Path, free_port: int
) -> None:
    """The key is encrypted, its password is in a file, and the topics are the worker's own to declare."""
    password = tmp_path / "key-password"
    password.write_text(KEY_PASSWORD + "\n", encoding="ascii")
    desk = Desk(secure, app_id, tmp_path)
    desk.service.bootstrap = secure.mtls
    desk.service.settings = secure.with_certificate() | {
        "SSL_KEYFILE": str(secure.certificates.encrypted_key),
        "SSL_KEY_PASSWORD_FILE": str(password),
        "BOOTSTRAP_SERVERS": secure.mtls,
        "LOG_LEVEL": "debug",
    }
    Rights(secure).grant(set(worker_acls(desk.settings())))
    with ending(desk.service) as service:
        worker = service.start("one", free_port)
        await service.ready(worker, free_port)
        async with following(secure.plain, desk.names) as follower:
            await desk.send(3)
            await follower.until(4, 60)
            await follower.quiet(1.0)
        assert await service.stop(worker) == 0
    assert set(origins(follower).values()) == {1}
    without_secrets(desk.log.read_text())


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        (Acl(Resource.TOPIC, "{app}-parsed-articles", Operation.WRITE), "Write on topic {app}-parsed-articles"),
        (Acl(Resource.TOPIC, "{app}-article-fingerprints", Operation.WRITE), "Write on topic {app}-article-finger"),
        (Acl(Resource.TOPIC, "{app}-dead-letter", Operation.WRITE), "Write on topic {app}-dead-letter"),
        (Acl(Resource.TOPIC, "{app}-raw-articles", Operation.READ), "Read on topic {app}-raw-articles"),
        (Acl(Resource.GROUP, "{app}-enrich", Operation.READ), "Read on group {app}-enrich"),
        (
            Acl(Resource.TRANSACTIONAL_ID, "{app}-{app}-raw-articles-", Operation.WRITE, prefixed=True),
            "Write on transactional id {app}-{app}-raw-articles-",
        ),
    ],
    ids=lambda value: f"{value.resource}-{value.name[6:]}" if isinstance(value, Acl) else None,
)
async def test_a_running_worker_that_loses_a_right_says_which_and_loses_nothing(
    secure: SecureKafka, app_id: str, tmp_path: Path, free_port: int, lost: Acl, sentence: str
) -> None:
    desk = Desk(secure, app_id, tmp_path)
    await declare(secure.plain, desk.names)
    rights = Rights(secure)
    rights.grant(desk.acls())
    gone = [acl for acl in desk.acls() if acl.resource is lost.resource and acl.operation is lost.operation]
    gone = [acl for acl in gone if acl.name == lost.name.format(app=app_id)]
    assert len(gone) == 1
    with ending(desk.service) as service:
        worker = service.start("one", free_port)
        await service.ready(worker, free_port)
        async with following(secure.plain, desk.names) as follower:
            await desk.send(2)
            await follower.until(3, 60)
            rights.revoke(gone)
            await desk.send(6, first=2)
            await desk.told(f"not allowed: {sentence.format(app=app_id)}")
            rights.grant(gone)
            if worker.poll() is not None:  # a supervisor's part
                worker = service.start("one", free_port)
            await follower.until(8, 90)
            await follower.quiet(1.0)
        service.kill(worker)
    assert set(origins(follower).values()) == {1}
    assert len(origins(follower)) == 8


@pytest.mark.parametrize(
    ("kind", "name", "operation"),
    [
        (Resource.GROUP, "{app}-parse", Operation.READ),
        (Resource.TOPIC, "{app}-raw-articles", Operation.READ),
        (Resource.TOPIC, "{app}-dead-letter", Operation.READ),
        (Resource.TOPIC, "{app}-dead-letter", Operation.WRITE),
        (Resource.TRANSACTIONAL_ID, "{app}-self-test-", Operation.WRITE),
    ],
)
async def test_a_worker_without_a_right_that_it_needs_at_once_says_which_and_ends(
    secure: SecureKafka,
    app_id: str,
    tmp_path: Path,
    free_port: int,
    kind: Resource,
    name: str,
    operation: Operation,
) -> None:
    desk = Desk(secure, app_id, tmp_path)
    await declare(secure.plain, desk.names)
    missing = (kind, name.format(app=app_id), operation)
    granted = [acl for acl in desk.acls() if (acl.resource, acl.name, acl.operation) != missing]
    assert len(granted) == len(desk.acls()) - 1
    Rights(secure).grant(granted)
    with ending(desk.service) as service:
        worker = service.start("one", free_port)
        assert await asyncio.to_thread(worker.wait, 60) == 1
    resource = {Resource.TRANSACTIONAL_ID: "transactional id"}.get(kind, str(kind))
    assert f"not allowed: {operation} on {resource} {missing[1]}" in desk.log.read_text()


async def test_a_worker_that_may_not_create_its_topics_says_so_and_ends(
    secure: SecureKafka, app_id: str, tmp_path: Path, free_port: int
) -> None:
    desk = Desk(secure, app_id, tmp_path, DECLARE_TOPICS="true")
    Rights(secure).grant(desk.acls())
    with ending(desk.service) as service:
        worker = service.start("one", free_port)
        assert await asyncio.to_thread(worker.wait, 60) == 1
    assert f"not allowed: Create and Describe on topic {app_id}-" in desk.log.read_text()


async def test_the_whole_path_runs_on_tokens_and_outlives_them(app_id: str, tmp_path: Path, free_port: int) -> None:
    """A broker ends connections whose session is over; the next one has the token that stands in the file by then."""
    name = "listener.name.sasl_ssl.oauthbearer.connections.max.reauth.ms"
    file = tmp_path / "token"
    file.write_text(jwt(USER, 600), encoding="ascii")
    (tmp_path / "broker").mkdir()
    tokens: list[str] = []
    with secure_kafka(tmp_path / "broker", {name: "2000"}) as secure:
        desk = Desk(secure, app_id, tmp_path)
        desk.service.settings = secure.oauth(file) | {"DECLARE_TOPICS": "false", "LOG_LEVEL": "debug"}
        await declare(secure.plain, desk.names)
        Rights(secure).grant(desk.acls())
        with ending(desk.service) as service:
            worker = service.start("one", free_port)
            await service.ready(worker, free_port)
            async with following(secure.plain, desk.names) as follower:
                for round_ in range(3):
                    tokens.append(jwt(USER, 600 + round_))
                    file.write_text(tokens[-1], encoding="ascii")
                    await desk.send(2 * round_ + 2, first=2 * round_)
                    await follower.until(3 * round_ + 3, 60)
                    await follower.quiet(2.5)  # longer than a session
            assert await service.stop(worker) == 0
        assert set(origins(follower).values()) == {1}
        assert len(origins(follower)) == 9
        log = desk.log.read_text()
        assert "KafkaConnectionError" in log  # sessions were ended
        assert not any(token in log for token in tokens)


async def test_an_operator_audits_and_replays_with_the_printed_rights(
    secure: SecureKafka, app_id: str, tmp_path: Path, free_port: int
) -> None:
    desk = Desk(secure, app_id, tmp_path)
    await declare(secure.plain, desk.names)
    rights = Rights(secure)
    rights.grant(desk.acls())
    replay = ("dlq", "replay", "--kind", "rejected", "--yes")
    with ending(desk.service) as service:
        worker = service.start("one", free_port)
        async with following(secure.plain, desk.names) as follower:
            await desk.send(2)
            await follower.until(3, 60)
            refused = await desk.command(*replay, user=OPERATOR)
            assert refused.exit_code != 0
            needed = list(operator_acls(desk.settings(declare_topics=False)))
            rights.grant([acl for acl in needed if acl.operation is not Operation.DESCRIBE_CONFIGS], OPERATOR)
            half_blind = await desk.command("audit", "--wait", "30", "--json", user=OPERATOR)
            assert half_blind.exit_code == 0, half_blind.output
            judged = (TopicRole.RAW, TopicRole.ENRICHED, TopicRole.DUPLICATE, TopicRole.DEAD, TopicRole.REPLAYS)
            assert json.loads(half_blind.stdout)["policy_unknown"] == sorted(desk.names[role] for role in judged)
            rights.grant(needed, OPERATOR)
            for number in (3, 4):
                audited = await desk.command("audit", "--wait", "30", "--json", user=OPERATOR)
                assert audited.exit_code == 0, audited.output
                assert json.loads(audited.stdout)["policy_unknown"] == []
                assert json.loads(audited.stdout)["items"] == 3
                if number == 3:
                    replayed = await desk.command(*replay, user=OPERATOR)
                    assert replayed.exit_code == 0, replayed.output
                    await follower.until(4, 60)
        service.kill(worker)
