"""`copydesk produce` and `consume` on a real broker, where transactions leave their markers."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiokafka import AIOKafkaProducer
from click.testing import CliRunner
from tests.support.kafka import KafkaBroker

from copydesk.app.cli import cli

pytestmark = pytest.mark.kafka


async def transactions(broker: KafkaBroker, topic: str, endings: str) -> None:
    """A record in a transaction of its own for each letter: c is committed, a is aborted; each leaves a marker."""
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=f"{topic}-writer")
    await producer.start()
    try:
        for number, ending in enumerate(endings):
            await producer.begin_transaction()
            await producer.send_and_wait(topic, json.dumps({"n": number}).encode(), partition=0)
            await (producer.commit_transaction() if ending == "c" else producer.abort_transaction())
    finally:
        await producer.stop()


@pytest.mark.parametrize("endings", ["ccc", "cac", "cca", "a"])
def test_the_end_is_found_behind_markers_and_what_was_aborted(broker: KafkaBroker, app_id: str, endings: str) -> None:
    asyncio.run(transactions(broker, app_id, endings))
    read = CliRunner().invoke(cli, ["consume", "-b", broker.bootstrap, "-t", app_id, "--exit-at-end"])
    assert read.exit_code == 0, read.output
    committed = [number for number, ending in enumerate(endings) if ending == "c"]
    assert [json.loads(line)["n"] for line in read.stdout.splitlines()] == committed


def test_the_topic_of_raw_articles_is_declared_with_its_limit(broker: KafkaBroker, app_id: str) -> None:
    env = {"COPYDESK_TOPICS__RAW__NAME": app_id, "COPYDESK_BOOTSTRAP_SERVERS": broker.bootstrap}
    large = b"x" * 5_000_000
    sent = CliRunner().invoke(cli, ["produce", "-"], input=large, env=env)
    assert sent.exit_code == 0, sent.output
    # The limit that the topic was declared with counts, not what this command believes of it.
    more = env | {"COPYDESK_TOPICS__RAW__MAX_MESSAGE_BYTES": "30000000"}
    refused = CliRunner().invoke(cli, ["produce", "-"], input=large * 3, env=more)
    assert refused.exit_code == 1, refused.output
    assert "standard input has 15,000,000 bytes, more than the broker lets" in refused.stderr
    read = CliRunner().invoke(cli, ["consume", "-t", "raw", "--exit-at-end"], env=env)
    (line,) = read.stdout.splitlines()
    assert len(json.loads(line)["value"]) == len(large)
