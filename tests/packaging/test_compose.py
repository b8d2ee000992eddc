"""docker-compose.yml and the image: valid, confined, and in agreement with the service. No engine is needed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.manifests import ROOT, dockerfile, needed_memory, pages, seconds, settings_of

from copydesk.app.cli import cli
from copydesk.app.settings import Settings
from copydesk.app.worker import STOP_WITHIN_S
from copydesk_schemas.topics import TOPICS

COMPOSE = ROOT / "docker-compose.yml"
SERVICES = ("kafka", "worker", "seeder", "prometheus", "grafana")


@cache
def resolved() -> dict[str, Any]:
    """The file as the real docker compose reads it, which holds it against the schema of the compose specification."""
    tool = shutil.which("docker-compose", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    if tool is None:
        pytest.skip("docker-compose is not installed for this platform")
    done = subprocess.run(
        [tool, "-f", str(COMPOSE), "config", "--format", "json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = resolved()["services"][name]
    return found


def test_the_compose_file_is_valid() -> None:
    assert set(resolved()["services"]) == set(SERVICES)


def test_a_wrong_key_would_be_refused(tmp_path: Path) -> None:
    resolved()
    tool = shutil.which("docker-compose", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    assert tool is not None
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("mem_limit:", "memory_limit:", 1), encoding="utf-8")
    done = subprocess.run([tool, "-f", str(wrong), "config", "-q"], capture_output=True, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    found = service(name)
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert int(found["mem_limit"]) > 0
    assert float(found["cpus"]) > 0
    assert int(found["pids_limit"]) > 0
    user = found.get("user") or dockerfile("USER")[0]
    assert re.fullmatch(r"[1-9]\d*:\d+", user), user
    assert not any("docker.sock" in volume["source"] for volume in found.get("volumes", []))
    for port in found.get("ports", []):
        assert port["host_ip"] == "127.0.0.1"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_serves_is_checked(name: str) -> None:
    check = service(name).get("healthcheck", {})
    if name == "seeder":
        assert check == {"disable": True}
        return
    assert check["test"][0] == "CMD-SHELL"
    # podman 4 and the shell have to be able to take the words apart.
    assert shlex.split(check["test"][1].replace("$$", "$"))


@pytest.mark.parametrize("name", ["worker", "seeder"])
def test_the_settings_are_those_of_the_service(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(service(name)["environment"], monkeypatch)
    listeners = service("kafka")["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert f"INTERNAL://{settings.bootstrap_servers}" in listeners.split(",")


def test_the_worker_has_memory_for_all_its_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(service("worker")["environment"], monkeypatch)
    assert needed_memory(settings) <= int(service("worker")["mem_limit"])


def test_the_worker_may_finish_its_stop() -> None:
    assert seconds(service("worker")["stop_grace_period"]) > STOP_WITHIN_S


def test_ports_and_paths_are_those_of_the_worker() -> None:
    settings = Settings()
    (published,) = service("worker")["ports"]
    assert (published["target"], published["published"]) == (settings.web_port, str(settings.web_port))
    assert dockerfile("EXPOSE") == [str(settings.web_port)]
    for check in (service("worker")["healthcheck"]["test"][1], dockerfile("HEALTHCHECK")[0]):
        found = re.search(rf"http://127\.0\.0\.1:{settings.web_port}(/[a-z/]+)", check)
        assert found is not None
        assert found[1] in pages()


def test_kafka_takes_the_largest_records() -> None:
    environment = service("kafka")["environment"]
    largest = max(spec.max_message_bytes for spec in TOPICS.values())
    assert int(environment["KAFKA_MESSAGE_MAX_BYTES"]) >= largest
    assert int(environment["KAFKA_REPLICA_FETCH_MAX_BYTES"]) >= largest


def test_the_seeder_sends_what_its_command_says_and_ends() -> None:
    name, *arguments = service("seeder")["command"]
    command = cli.commands[name]
    given = command.make_context(name, list(arguments)).params
    hours = given["number"] * given["every"] / 3600
    assert 1 <= hours <= 24
    assert service("seeder")["restart"] == "on-failure"


def test_what_is_mounted_exists() -> None:
    mounts = [volume for name in SERVICES for volume in service(name).get("volumes", []) if volume["type"] == "bind"]
    assert mounts
    for mount in mounts:
        assert Path(mount["source"]).exists(), mount
        assert mount["read_only"] is True


def test_prometheus_scrapes_the_worker() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = [job for job in config["scrape_configs"] if job["job_name"] == "copydesk"]
    (published,) = service("worker")["ports"]
    assert [target for group in job["static_configs"] for target in group["targets"]] == [
        f"worker:{published['target']}"
    ]
    assert job["metrics_path"] in pages()


def test_grafana_opens_with_a_dashboard_that_is_there() -> None:
    environment = service("grafana")["environment"]
    folder = "/var/lib/grafana/dashboards/"
    home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home.startswith(folder)
    assert (ROOT / "deploy" / "grafana" / "dashboards" / home.removeprefix(folder)).is_file()
    (mount,) = [volume for volume in service("grafana")["volumes"] if volume["target"] == folder.rstrip("/")]
    assert Path(mount["source"]) == ROOT / "deploy" / "grafana" / "dashboards"
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "true"
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"


def test_the_image_names_settings_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = dict(pair.split("=", 1) for line in dockerfile("ENV") for pair in shlex.split(line))
    settings = settings_of(variables, monkeypatch)
    assert str(settings.state_dir).startswith(dockerfile("VOLUME")[0])


def test_what_the_image_copies_is_sent_to_the_builder() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    sources = [
        source for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", text) for source in line.split()[:-1]
    ]  # the last word is the destination
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    ]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source.removeprefix("./"), pattern) for pattern in allowed), source


def installed(folder: Path, **arguments: str) -> tuple[int, list[str]]:
    """The exit code of the image's build stage with these arguments, and what it would have called to install."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    stage = re.split(r"(?m)^FROM ", text)[1]
    defaults = {name: value.strip('"') for name, value in re.findall(r"(?m)^ARG (\w+)=(.*)$", stage)}
    assert set(arguments) <= set(defaults)
    called = folder / "called"
    folder.mkdir(exist_ok=True)
    called.touch()
    for tool in ("bin/python3", "opt/uv/bin/python", "opt/uv/bin/uv", "opt/copydesk/bin/python"):
        (folder / tool).parent.mkdir(parents=True, exist_ok=True)
        (folder / tool).write_text(f'#!/bin/sh\necho "${{0##*/}} $*" >> "{called}"\n', encoding="utf-8")
        (folder / tool).chmod(0o755)
    environment = {**defaults, **arguments, "PATH": f"{folder}/bin:/usr/bin:/bin"}
    for line in re.findall(r"(?m)^RUN (.+)$", stage):
        command = line.replace("/opt/", f"{folder}/opt/")
        done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, check=False)
        if done.returncode:
            return done.returncode, called.read_text(encoding="utf-8").splitlines()
    return 0, called.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("extras", "asked"), [("", []), ("otel", ["otel"]), ("otel other", ["otel", "other"])], ids=repr
)
def test_the_image_gets_the_extras_that_its_builder_asks_for(tmp_path: Path, extras: str, asked: list[str]) -> None:
    code, called = installed(tmp_path, EXTRAS=extras)
    assert code == 0
    synced = [shlex.split(line) for line in called if line.startswith("uv ")]
    assert len(synced) == 2, "the dependencies, then the service"
    for words in synced:
        # Both times: what a sync does not name it takes away again.
        assert [after for word, after in pairwise(words) if word == "--extra"] == asked


def test_pip_installs_what_the_exported_file_names_and_refuses_extras(tmp_path: Path) -> None:
    code, called = installed(tmp_path, INSTALLER="pip")
    assert code == 0
    assert "python -m pip install --require-hashes -r requirements.txt" in called
    assert not [line for line in called if line.startswith("uv ")]
    assert installed(tmp_path / "again", INSTALLER="pip", EXTRAS="otel") == (1, [])


def test_the_dockerfile_is_linted() -> None:
    tool = Path(sys.executable).parent / "hadolint"
    if not tool.exists():
        pytest.skip("hadolint is not installed for this platform")
    files = [ROOT / "deploy" / "Dockerfile", *sorted((ROOT / "tools" / "compose_exercise").glob("*.Containerfile"))]
    # DL3008: Debian's versions are pinned by its release.
    done = subprocess.run(
        [str(tool), "--ignore", "DL3008", "--ignore", "DL3006", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_script_that_exercises_all_this_is_sound() -> None:
    script = ROOT / "tools" / "compose_exercise" / "run.sh"
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    for name in re.findall(r"services=\(([^)]*)\)", script.read_text(encoding="utf-8"))[0].split():
        assert name in SERVICES
