"""`seed` against the embedded broker, through the command line itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

from click.testing import CliRunner

from copydesk.adapters.embedded_broker import EmbeddedBroker
from copydesk.app.cli import cli
from copydesk.app.samples import load_samples


def raw(env: dict[str, str]) -> list[dict[str, Any]]:
    command = ["consume", "-t", "raw", "--exit-at-end", "--json", "--with-place"]
    done = CliRunner().invoke(cli, command, env=env)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_samples_then_so_many_made_up_records() -> None:
    with EmbeddedBroker() as broker:
        broker.create_topics("raw-articles")
        env = {"COPYDESK_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
        done = CliRunner().invoke(cli, ["seed", "--every", "0.01", "-n", "20", "--seed", "7"], env=env)
        assert done.exit_code == 0, done.output
        records = raw(env)
    assert len(records) == len(load_samples()) + 20
    addresses = [dict(record["headers"]).get("x-url", "") for record in records]
    assert sum("/news/7-" in address for address in addresses) >= 15
    assert f"{len(records)} sent" in done.output


def test_it_stops_when_it_is_told_to() -> None:
    with EmbeddedBroker() as broker:
        broker.create_topics("raw-articles")
        with subprocess.Popen(
            [sys.executable, "-m", "copydesk", "seed", "--every", "600"],
            env=os.environ | {"COPYDESK_BOOTSTRAP_SERVERS": broker.bootstrap_servers},
            stderr=subprocess.PIPE,
            text=True,
        ) as seeder:
            assert seeder.stderr is not None
            assert "samples" in seeder.stderr.readline()
            seeder.send_signal(signal.SIGTERM)
            assert seeder.wait(60) == 0
            assert "sent" in seeder.stderr.read()
