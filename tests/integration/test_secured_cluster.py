"""The three secured brokers of docs/deploy.md, with the properties and the commands that stand there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from confluent_kafka.admin import (  # type: ignore[attr-defined] # documented, but it exports them implicitly
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from tests.support import kafka
from tests.support.kafka import CLIENT, KafkaBroker, free_port, jars
from tests.support.secure_kafka import environment

pytestmark = pytest.mark.kafka

DOCS = Path(__file__).parents[2] / "docs" / "deploy.md"
NODES = (1, 2, 3)
LISTENERS = ("BROKER", "CLIENT", "CONTROLLER")
PASSWORD = "open-sesame-9S"  # noqa: S105 - made up
TOOLS = {
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
    "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
}


def documented() -> dict[str, str]:
    """The properties of the first node."""
    text = DOCS.read_text(encoding="utf-8")
    found = re.search(r"```properties\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return dict(line.split("=", 1) for line in found[1].splitlines() if line)


def here(properties: dict[str, str], node: int, ports: dict[tuple[int, str], int], folder: Path) -> dict[str, str]:
    """The same for a node on this machine: addresses, ports and paths differ, and nothing else."""
    text = json.dumps(properties)
    text = text.replace('"node.id": "1"', f'"node.id": "{node}"')
    text = text.replace("/etc/kafka/broker.pem", str(folder / f"broker-{node}.pem"))
    text = text.replace("/etc/kafka/ca.pem", str(folder / "ca.pem")).replace("/var/lib/kafka", "{data}")
    changed: dict[str, str] = json.loads(text)
    for key, listener in (("listeners", None), ("advertised.listeners", None), ("controller.quorum.voters", "voters")):
        value = changed[key]
        for other in NODES if listener else (node,):
            for name, port in zip(LISTENERS, (9092, 9093, 9094), strict=True):
                ours = f"127.0.0.1:{ports[other, name]}"
                value = value.replace(f"kafka-{other}.example:{port}", ours)
                value = value.replace(f"{name}://:{port}", f"{name}://{ours}")
                value = value.replace(f"{name}://kafka-1.example:{port}", f"{name}://{ours}")
        changed[key] = value
    return changed


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The client addresses of three started nodes."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    ports = {(node, name): free_port() for node in NODES for name in LISTENERS}
    brokers = []
    for node in NODES:
        issued = authority.issue_cert("127.0.0.1", common_name=f"kafka-{node}.example")
        key = load_pem_private_key(issued.private_key_pem.bytes(), None)
        (folder / f"broker-{node}.pem").write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + b"".join(part.bytes() for part in issued.cert_chain_pems)
        )
        home = folder / f"node-{node}"
        home.mkdir()
        brokers.append(
            KafkaBroker(
                home,
                # The repository's defaults are those of a lone node.
                properties={
                    **here(documented(), node, ports, folder),
                    "controlled.shutdown.enable": "true",
                    "group.initial.rebalance.delay.ms": "0",
                },
                format_options=["--add-scram", f"SCRAM-SHA-512=[name=admin,password={PASSWORD}]"],
                port=ports[node, "CLIENT"],
                controller=ports[node, "CONTROLLER"],
            )
        )
    try:
        with ThreadPoolExecutor(len(brokers)) as pool:
            list(pool.map(lambda broker: broker.start(), brokers))
        yield ",".join(f"127.0.0.1:{ports[node, 'CLIENT']}" for node in NODES)
    finally:
        with ThreadPoolExecutor(len(brokers)) as pool:
            list(pool.map(lambda broker: broker.stop(5), brokers))


def run_tool(line: str, folder: Path) -> None:
    """A printed line, by Kafka's own tool."""
    name, *words = shlex.split(line)
    java = ["java", "-Xmx128m", "-cp", f"{jars(CLIENT)}/*", TOOLS[name]]
    done = subprocess.run([*java, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, line + done.stdout + done.stderr


def make_users(bootstrap: str, folder: Path, names: Iterable[str]) -> None:
    """What kafka-configs.sh asks for; that tool is not among the client's jars."""
    admin = AdminClient(
        {
            "bootstrap.servers": bootstrap,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": "admin",
            "sasl.password": PASSWORD,
            "ssl.ca.location": str(folder / "ca.pem"),
        }
    )
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
    wanted: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(name, info, PASSWORD.encode()) for name in names
    ]
    for done in admin.alter_user_scram_credentials(wanted).values():
        done.result(60)


def audited(audit: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """What the audit counted."""
    assert audit.returncode == 0, audit.stdout + audit.stderr
    counted: dict[str, int] = json.loads(audit.stdout)
    return counted


def test_the_documented_cluster_runs_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Three Java processes that shake hands with each other: on a busy machine it takes minutes.
    monkeypatch.setattr(kafka, "STARTS_WITHIN_S", 240.0)
    (tmp_path / "admin.properties").write_text(
        "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n"
        "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required "
        f'username="admin" password="{PASSWORD}";\n'
        f"ssl.truststore.type=PEM\nssl.truststore.location={tmp_path}/ca.pem\n",
        encoding="utf-8",
    )
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")

    with cluster(tmp_path) as bootstrap:

        def copydesk(*words: str, user: str = "copydesk", **settings: str) -> subprocess.CompletedProcess[str]:
            shared = {
                "BOOTSTRAP_SERVERS": bootstrap,
                "DECLARE_TOPICS": "false",
                "SECURITY_PROTOCOL": "SASL_SSL",
                "SASL_MECHANISM": "SCRAM-SHA-512",
                "SASL_USERNAME": user,
                "SASL_PASSWORD_FILE": str(tmp_path / "password"),
                "SSL_CAFILE": str(tmp_path / "ca.pem"),
            }
            command = [sys.executable, "-m", "copydesk", *words]
            variables = environment(shared | settings)
            return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=300)

        make_users(bootstrap, tmp_path, ("copydesk", "crawler", "desk-operator"))
        printed = copydesk("topics", "--replication-factor", "3", "--min-insync-replicas", "2").stdout
        for words in (
            ("--principal", "User:copydesk"),
            ("--principal", "User:crawler", "--role", "producer"),
            ("--principal", "User:desk-operator", "--role", "operator"),
        ):
            printed += copydesk("acls", *words).stdout
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda line: run_tool(line, tmp_path), printed.splitlines()))

        variables = environment(
            {
                "BOOTSTRAP_SERVERS": bootstrap,
                "DECLARE_TOPICS": "false",
                "SECURITY_PROTOCOL": "SASL_SSL",
                "SASL_MECHANISM": "SCRAM-SHA-512",
                "SASL_USERNAME": "copydesk",
                "SASL_PASSWORD_FILE": str(tmp_path / "password"),
                "SSL_CAFILE": str(tmp_path / "ca.pem"),
                "STATE_DIR": str(tmp_path / "state"),
                "POOL_WORKERS": "1",
                "WEB_PORT": str(free_port()),
            }
        )
        log = (tmp_path / "worker.log").open("wb")
        with log, subprocess.Popen([sys.executable, "-m", "copydesk", "worker"], env=variables, stderr=log) as worker:
            try:
                sent = copydesk("seed", "--every", "0.01", "-n", "10", user="crawler")
                assert sent.returncode == 0, sent.stderr
                deadline = time.monotonic() + 240
                counted = audited(copydesk("audit", user="desk-operator"))
                # It is content while everything still waits to be read.
                while counted["waiting"] + counted["in_flight"] and time.monotonic() < deadline:
                    assert worker.poll() is None, (tmp_path / "worker.log").read_text("utf-8")
                    time.sleep(2)
                    counted = audited(copydesk("audit", user="desk-operator"))
                assert counted["enriched"] >= 10
                assert counted["waiting"] == counted["in_flight"] == counted["lost"] == counted["twice"] == 0
                refused = copydesk("produce", str(tmp_path / "ca.pem"), user="desk-operator-without-rights")
                assert refused.returncode == 4, refused.stderr
            finally:
                worker.terminate()
            assert worker.wait(30) == 0
