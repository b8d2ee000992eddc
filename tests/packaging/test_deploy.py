import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from copydesk_schemas.topics import TOPICS

ROOT = Path(__file__).parents[2]


def test_the_compose_file_is_valid() -> None:
    tool = shutil.which("docker-compose", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    if tool is None:
        pytest.skip("docker-compose is not installed for this platform")
    done = subprocess.run(
        [tool, "-f", str(ROOT / "docker-compose.yml"), "config", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    assert set(services) == {"kafka", "worker", "prometheus", "grafana"}
    largest = max(spec.max_message_bytes for spec in TOPICS.values())
    assert int(services["kafka"]["environment"]["KAFKA_MESSAGE_MAX_BYTES"]) >= largest


def test_files_that_the_compose_file_mounts_exist() -> None:
    for path in ("prometheus/prometheus.yml", "grafana/provisioning/datasources/prometheus.yml", "Dockerfile"):
        assert (ROOT / "deploy" / path).is_file()
