"""What `copydesk topics` prints is what Kafka's own tool takes, and what the service accepts."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka.admin import (  # type: ignore[attr-defined] # documented, but it exports them implicitly
    AdminClient,
    ConfigResource,
    ResourceType,
)
from tests.support.kafka import CLIENT, KafkaBroker, jars

from copydesk.adapters.kafka.topics import check_topics, topic_configs
from copydesk.app.cli import cli
from copydesk.app.delivery import delivery_config
from copydesk.app.settings import Settings

pytestmark = pytest.mark.kafka


def test_kafkas_own_tool_takes_the_printed_commands(tmp_path: Path) -> None:
    (tmp_path / "admin.properties").write_text("request.timeout.ms=20000\n", encoding="utf-8")
    tool = ["java", "-Xmx128m", "-cp", f"{jars(CLIENT)}/*", "org.apache.kafka.tools.TopicCommand"]
    with KafkaBroker.running() as broker:
        printed = CliRunner().invoke(cli, ["topics", "-b", broker.bootstrap, "--min-insync-replicas", "1"])
        assert printed.exit_code == 0, printed.output
        for line in printed.output.splitlines():
            name, *words = shlex.split(line)
            assert name == "kafka-topics.sh"
            done = subprocess.run([*tool, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        config = delivery_config(Settings(bootstrap_servers=broker.bootstrap))
        asyncio.run(check_topics(config))
        admin = AdminClient({"bootstrap.servers": broker.bootstrap})
        for topic in config.topics.values():
            (described,) = admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic.name)]).values()
            there = {name: entry.value for name, entry in described.result(20).items()}
            assert topic_configs(topic).items() <= there.items()
            assert there["min.insync.replicas"] == "1"
