from __future__ import annotations

import itertools
import json
import shlex

import pytest
from click.testing import CliRunner

from copydesk.app.acls import Acl, Operation, Resource, consumer_acls, operator_acls, producer_acls, worker_acls
from copydesk.app.cli import cli
from copydesk.app.settings import Settings
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TopicRole


def may(settings: Settings, operation: Operation) -> set[str]:
    return {a.name for a in worker_acls(settings) if a.operation is operation and a.resource is Resource.TOPIC}


def test_a_stage_gets_what_it_reads_and_writes_and_no_more() -> None:
    settings = Settings.load({}, stages=(Stage.ENRICH,), declare_topics=False)
    assert set(worker_acls(settings)) == {
        Acl(Resource.TOPIC, "unique-articles", Operation.READ),
        Acl(Resource.TOPIC, "enriched-articles", Operation.WRITE),
        Acl(Resource.TOPIC, "dead-letter", Operation.WRITE),
        Acl(Resource.TOPIC, "dead-letter", Operation.READ),
        Acl(Resource.GROUP, "copydesk-enrich", Operation.READ),
        Acl(Resource.TRANSACTIONAL_ID, "copydesk-unique-articles-", Operation.WRITE, prefixed=True),
        Acl(Resource.TRANSACTIONAL_ID, "copydesk-self-test-", Operation.WRITE, prefixed=True),
    }


def test_no_worker_may_write_what_it_is_given_or_delete_anything() -> None:
    settings = Settings.load({})
    assert "raw-articles" not in may(settings, Operation.WRITE)
    assert "enriched-articles" not in may(settings, Operation.READ)
    assert {acl.name for acl in worker_acls(settings) if acl.prefixed and acl.resource is Resource.TOPIC} == set()


def test_the_right_to_create_goes_with_declaring() -> None:
    assert may(Settings.load({}, declare_topics=False), Operation.CREATE) == set()
    assert may(Settings.load({}), Operation.CREATE) == {role.value for role in TopicRole}
    for declared in (True, False):
        operations = {acl.operation for acl in producer_acls(Settings.load({}, declare_topics=declared))}
        assert (Operation.CREATE in operations) is declared


def test_without_transactions_no_transactional_id_is_needed() -> None:
    acls = list(worker_acls(Settings.load({}, delivery="at_least_once")))
    assert Resource.TRANSACTIONAL_ID not in {acl.resource for acl in acls}
    assert Acl(Resource.TOPIC, "dead-letter", Operation.READ) not in acls


def test_names_follow_the_settings() -> None:
    settings = Settings.load({}, app_id="night", topics={"dead": {"name": "lost"}}, stages=(Stage.PARSE,))
    acls = set(worker_acls(settings))
    assert Acl(Resource.TOPIC, "lost", Operation.WRITE) in acls
    assert Acl(Resource.GROUP, "night-parse", Operation.READ) in acls
    assert not any("copydesk" in acl.name for acl in acls)
    assert not any("copydesk" in acl.name for acl in operator_acls(settings))


def test_a_consumer_may_only_read() -> None:
    acls = set(consumer_acls(Settings.load({}), "readers"))
    assert {acl.operation for acl in acls} == {Operation.READ}
    assert Acl(Resource.GROUP, "readers", Operation.READ) in acls
    assert {a.resource for a in consumer_acls(Settings.load({}))} == {Resource.TOPIC}


def test_an_operator_may_replay_but_not_forge_what_is_finished() -> None:
    written = {acl.name for acl in operator_acls(Settings.load({})) if acl.operation is Operation.WRITE}
    sources = {"raw-articles", "parsed-articles", "unique-articles"}
    assert written == sources | {"dead-letter-replays", "copydesk-dlq-replay"}


@pytest.mark.parametrize("role", ["worker", "producer", "consumer", "operator"])
def test_commands_and_json_say_the_same(role: str) -> None:
    words = ["acls", "--principal", "User:CN=desk, O=x", "--role", role, "--host", "10.0.0.7", "--group", "readers"]
    commands = CliRunner().invoke(cli, words)
    rows = CliRunner().invoke(cli, [*words, "--json"])
    assert commands.exit_code == rows.exit_code == 0
    said = set()
    for line in commands.stdout.splitlines():
        options = shlex.split(line)
        assert options[0] == "kafka-acls.sh"
        pairs = list(itertools.pairwise(options))
        given = {key: [value for name, value in pairs if name == key] for key, _ in pairs}
        assert given["--allow-principal"] == ["User:CN=desk, O=x"]
        assert given["--allow-host"] == ["10.0.0.7"]
        pattern = given.get("--resource-pattern-type", ["literal"])[0]
        for kind in Resource:
            for name in given.get(f"--{kind}", []):
                said |= {(kind.value, name, pattern, operation) for operation in given["--operation"]}
    documents = map(json.loads, rows.stdout.splitlines())
    assert said == {(d["resource"], d["name"], d["pattern"], d["operation"]) for d in documents}


def test_a_principal_has_a_type() -> None:
    result = CliRunner().invoke(cli, ["acls", "--principal", "desk"])
    assert result.exit_code == 2
    assert "as in User:desk" in result.stderr
