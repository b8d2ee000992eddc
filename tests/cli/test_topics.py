import shlex
from itertools import pairwise

import pytest
from click.testing import CliRunner

from copydesk.app.cli import cli
from copydesk.app.settings import Settings
from copydesk_schemas.topics import TopicRole


def lines(*arguments: str) -> list[list[str]]:
    done = CliRunner().invoke(cli, ["topics", *arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    return [shlex.split(line) for line in done.output.splitlines()]


def after(words: list[str], option: str) -> list[str]:
    return [value for name, value in pairwise(words) if name == option]


def test_each_topic_is_created_as_the_service_would_declare_it() -> None:
    settings = Settings()
    printed = {after(words, "--topic")[0]: words for words in lines("--replication-factor", "3")}
    assert set(printed) == {settings.topic(role) for role in TopicRole}
    for role in TopicRole:
        words, spec = printed[settings.topic(role)], settings.spec(role)
        assert after(words, "--partitions") == [str(spec.partitions)]
        assert after(words, "--replication-factor") == ["3"]
        configs = dict(entry.split("=") for entry in after(words, "--config"))
        assert configs["retention.ms"] == str(spec.retention_ms)
        assert configs["max.message.bytes"] == str(spec.max_message_bytes)
        assert configs["message.timestamp.type"] == "LogAppendTime"
        assert "min.insync.replicas" not in configs


def test_names_and_shards_follow_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_TOPICS__RAW__NAME", "in")
    monkeypatch.setenv("COPYDESK_DEDUPE__SHARDS", "4")
    printed = {after(words, "--topic")[0]: after(words, "--partitions") for words in lines()}
    assert "in" in printed
    assert "raw-articles" not in printed
    assert printed["parsed-articles"] == printed["article-fingerprints"] == ["4"]


def test_replicas_in_step() -> None:
    for words in lines("--replication-factor", "3", "--min-insync-replicas", "2"):
        assert "min.insync.replicas=2" in after(words, "--config")
    refused = CliRunner().invoke(cli, ["topics", "--min-insync-replicas", "2"], standalone_mode=False)
    assert "nothing could be written" in str(refused.exception)
