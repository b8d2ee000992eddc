import os
import subprocess
import sys

from tests.support.kafka import free_port


def test_a_worker_without_a_broker_says_so_in_one_sentence() -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COPYDESK_")}
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", "worker", "-b", f"127.0.0.1:{free_port()}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("copydesk: no connection to Kafka at 127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1
