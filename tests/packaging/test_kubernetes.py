"""deploy/kubernetes: both overlays are built, and held against schemas and the service. No cluster is needed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.support.manifests import MAIN_PROCESS_MIB, ROOT, dockerfile, needed_memory, pages, settings_of, size

from copydesk.adapters.kafka.config import SOURCES
from copydesk.app.delivery import delivery_config
from copydesk.app.settings import Settings
from copydesk.app.worker import STOP_WITHIN_S
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import TOPICS, TopicRole

OVERLAYS = ("trial", "production")
WORKLOADS = (("trial", "Deployment"), ("production", "Deployment"), ("production", "StatefulSet"))
SCHEMAS = Path(__file__).parent / "schemas"
KUBERNETES = "1.33"
"""Version that is validated for; fields of later ones are refused."""

NAMESPACE = "kubernetes.io/metadata.name"
"""Label of a namespace that holds its name."""

Manifest = dict[str, Any]


@cache
def built(overlay: str) -> tuple[Manifest, ...]:
    """The resources of an overlay."""
    return kustomized(ROOT / "deploy" / "kubernetes" / "overlays" / overlay)


def kustomized(folder: Path) -> tuple[Manifest, ...]:
    """The resources that a kustomization makes."""
    tool = shutil.which("kubectl", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    if tool is None:
        pytest.skip("kubectl is not installed for this platform")
    done = subprocess.run([tool, "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, kind: str) -> Manifest:
    (found,) = (manifest for manifest in built(overlay) if manifest["kind"] == kind)
    return found


def pod(overlay: str, kind: str = "Deployment") -> Manifest:
    found: Manifest = of_kind(overlay, kind)["spec"]["template"]
    return found


def container(overlay: str, kind: str = "Deployment") -> Manifest:
    (found,) = pod(overlay, kind)["spec"]["containers"]
    worker: Manifest = found
    return worker


def problems(manifest: Manifest) -> list[str]:
    """What is wrong with a resource by its schema."""
    custom = SCHEMAS / f"{manifest['kind'].lower()}.json"
    if custom.exists():
        schema = json.loads(custom.read_text(encoding="utf-8"))
        return [error.message for error in Draft202012Validator(schema).iter_errors(manifest)]
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [error.message]
    return []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_resource_is_what_its_schema_says(overlay: str) -> None:
    assert len(built(overlay)) >= 7
    for manifest in built(overlay):
        assert problems(manifest) == [], manifest["kind"]


@pytest.mark.parametrize("kind", ["Deployment", "ConfigMap", "NetworkPolicy", "ScaledObject", "ServiceMonitor"])
def test_a_misspelt_field_would_be_refused(kind: str) -> None:
    manifest = of_kind("production", kind)
    part = "data" if kind == "ConfigMap" else "spec"
    wrong = {**manifest, "spek": 1} if part not in manifest else {**manifest, part: {**manifest[part], "replikas": 1}}
    assert problems(wrong)


@pytest.mark.parametrize(("overlay", "kind"), WORKLOADS)
def test_the_settings_are_those_of_the_service(
    overlay: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(variables(overlay, kind, tmp_path), monkeypatch)
    assert settings.web_port == container(overlay, kind)["ports"][0]["containerPort"]
    assert settings.web_bind == "0.0.0.0"  # noqa: S104 - probes come from outside of the container
    mounts = {mount["mountPath"] for mount in container(overlay, kind)["volumeMounts"]}
    assert any(settings.state_dir.is_relative_to(mount) for mount in mounts)
    limit = size(container(overlay, kind)["resources"]["limits"]["memory"])
    assert (MAIN_PROCESS_MIB * 1024**2 if settings.stages == (Stage.DEDUPE,) else needed_memory(settings)) <= limit
    assert pod(overlay, kind)["spec"]["enableServiceLinks"] is False, (
        "COPYDESK_SERVICE_HOST would be an unknown setting"
    )


def variables(overlay: str, kind: str, tmp_path: Path) -> dict[str, str]:
    """The container's environment, with files of this machine where secrets are mounted."""
    found = dict(of_kind(overlay, "ConfigMap")["data"])
    (source,) = container(overlay, kind)["envFrom"]
    assert source["configMapRef"]["name"] == of_kind(overlay, "ConfigMap")["metadata"]["name"]
    for entry in container(overlay, kind).get("env", []):
        found[entry["name"]] = entry.get("value", "from-the-secret")
    for mount in container(overlay, kind)["volumeMounts"]:
        for name, value in found.items():
            if value.startswith(f"{mount['mountPath']}/") and "STATE" not in name:
                there = tmp_path / Path(value).name
                there.write_text("x", encoding="utf-8")
                found[name] = str(there)
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_update_never_leaves_partitions_without_a_worker(overlay: str) -> None:
    spec = of_kind(overlay, "Deployment")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert container(overlay)["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    session_s = Settings().session_timeout_ms / 1000
    assert spec["minReadySeconds"] > session_s, "the next old worker would go before the groups have settled"
    assert pod(overlay)["spec"]["terminationGracePeriodSeconds"] > STOP_WITHIN_S


@pytest.mark.parametrize(("overlay", "kind"), WORKLOADS)
def test_probes_and_ports_are_those_of_the_worker(overlay: str, kind: str) -> None:
    worker = container(overlay, kind)
    (port,) = worker["ports"]
    assert str(port["containerPort"]) == dockerfile("EXPOSE")[0]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert worker[probe]["httpGet"]["port"] == port["name"]
        assert worker[probe]["httpGet"]["path"] in pages()
    (published,) = of_kind(overlay, "Service")["spec"]["ports"]
    assert published["targetPort"] == port["name"]
    # A worker that is slow to be ready is left alone; only one that does not move is ended.
    assert worker["startupProbe"]["httpGet"]["path"] == worker["livenessProbe"]["httpGet"]["path"] == "/health/live"


@pytest.mark.parametrize(("overlay", "kind"), WORKLOADS)
def test_the_restricted_pod_security_standard_is_met(overlay: str, kind: str) -> None:
    assert of_kind(overlay, "Namespace")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    spec, worker = pod(overlay, kind)["spec"], container(overlay, kind)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert worker["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert f"{spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}" == dockerfile("USER")[0]
    assert spec["automountServiceAccountToken"] is False
    assert all(set(volume) <= {"name", "emptyDir", "secret"} for volume in spec["volumes"])
    assert "cpu" not in worker["resources"]["limits"], "a limit of CPU holds up heartbeats"


@pytest.mark.parametrize(("overlay", "kind"), WORKLOADS)
def test_selectors_meet_the_pods(overlay: str, kind: str) -> None:
    labels = pod(overlay, kind)["metadata"]["labels"]
    selectors = [
        of_kind(overlay, kind)["spec"]["selector"]["matchLabels"],
        of_kind(overlay, "Service")["spec"]["selector"],
        of_kind(overlay, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        of_kind(overlay, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ]
    for selector in selectors:
        assert selector
        assert selector.items() <= labels.items()


def test_the_two_workloads_share_the_stages_out_and_no_pods(tmp_path: Path) -> None:
    stages = [
        set(variables("production", kind, tmp_path)["COPYDESK_STAGES"].split(","))
        for kind in ("Deployment", "StatefulSet")
    ]
    assert stages[0] | stages[1] == {str(stage) for stage in Stage}
    assert not stages[0] & stages[1]
    for kind, other in (("Deployment", "StatefulSet"), ("StatefulSet", "Deployment")):
        selector = of_kind("production", kind)["spec"]["selector"]["matchLabels"]
        assert not selector.items() <= pod("production", other)["metadata"]["labels"].items()


def test_the_state_of_dedupe_is_on_a_volume_that_stays() -> None:
    spec = of_kind("production", "StatefulSet")["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["metadata"]["name"] in {
        mount["name"] for mount in container("production", "StatefulSet")["volumeMounts"]
    }
    assert spec["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"
    assert spec["replicas"] <= Settings().dedupe.shards
    assert pod("production", "StatefulSet")["spec"]["terminationGracePeriodSeconds"] > STOP_WITHIN_S


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_network_policy_lets_brokers_and_prometheus_through(overlay: str) -> None:
    spec = of_kind(overlay, "NetworkPolicy")["spec"]
    (entry,) = spec["ingress"]
    assert [port["port"] for port in entry["ports"]] == [container(overlay)["ports"][0]["name"]]
    assert entry["from"], "everyone could read the pages"
    out = {port["port"] for rule in spec["egress"] for port in rule["ports"]}
    brokers = of_kind(overlay, "ConfigMap")["data"]["COPYDESK_BOOTSTRAP_SERVERS"]
    assert {int(address.rpartition(":")[2]) for address in brokers.split(",")} <= out
    assert 53 in out


def test_with_traces_the_worker_may_reach_its_collector_and_nothing_else_is_opened(tmp_path: Path) -> None:
    folders = [ROOT / "deploy" / "kubernetes" / part for part in ("overlays/production", "components/tracing")]
    overlay, component = (os.path.relpath(folder, tmp_path) for folder in folders)
    written = {"resources": [overlay], "components": [component]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    traced = kustomized(tmp_path)
    assert [wrong for manifest in traced for wrong in problems(manifest)] == []
    assert len(traced) == len(built("production"))
    plain, (policy,) = of_kind("production", "NetworkPolicy"), [m for m in traced if m["kind"] == "NetworkPolicy"]
    assert policy["spec"]["ingress"] == plain["spec"]["ingress"]
    (added,) = [rule for rule in policy["spec"]["egress"] if rule not in plain["spec"]["egress"]]
    (settings,) = [m["data"] for m in traced if m["kind"] == "ConfigMap"]
    before = of_kind("production", "ConfigMap")["data"]
    assert {name for name, value in settings.items() if before.get(name) != value} == {"COPYDESK_OTEL_ENDPOINT"}
    collector = urlsplit(Settings.load({}, otel_endpoint=settings["COPYDESK_OTEL_ENDPOINT"]).otel_endpoint or "")
    assert [entry["port"] for entry in added["ports"]] == [collector.port]
    (peer,) = added["to"]
    assert (collector.hostname or "").split(".")[1] == peer["namespaceSelector"]["matchLabels"][NAMESPACE]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_without_the_component_nothing_is_sent_to_a_collector(overlay: str) -> None:
    assert not any("OTEL" in name for name in of_kind(overlay, "ConfigMap")["data"])


def test_the_autoscaler_reads_the_lag_of_this_deployment() -> None:
    spec = of_kind("production", "ScaledObject")["spec"]
    deployment = of_kind("production", "Deployment")
    assert spec["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert "replicas" not in deployment["spec"], "each apply would undo what the autoscaler did"
    data = of_kind("production", "ConfigMap")["data"]
    config = delivery_config(Settings(app_id=data["COPYDESK_APP_ID"]))
    groups = {f"{config.app_id}-{stage}": config.topics[role].name for stage, role in SOURCES.items()}
    for trigger in spec["triggers"]:
        assert trigger["metadata"]["bootstrapServers"] == data["COPYDESK_BOOTSTRAP_SERVERS"]
        assert groups[trigger["metadata"]["consumerGroup"]] == trigger["metadata"]["topic"]
    assert 2 <= spec["minReplicaCount"] <= spec["maxReplicaCount"] <= TOPICS[TopicRole.RAW].partitions


def test_the_secret_has_the_keys_that_the_manifests_want() -> None:
    described = (ROOT / "deploy" / "kubernetes" / "components" / "secured" / "kustomization.yaml").read_text("utf-8")
    (volume,) = [volume for volume in pod("production")["spec"]["volumes"] if "secret" in volume]
    mounted = {item["path"] for item in volume["secret"]["items"]}
    by_variable = {entry["name"]: entry for entry in container("production")["env"]}
    (mount,) = [mount for mount in container("production")["volumeMounts"] if mount["name"] == volume["name"]]
    for name in ("COPYDESK_SASL_PASSWORD_FILE", "COPYDESK_SSL_CAFILE"):
        assert Path(by_variable[name]["value"]).relative_to(mount["mountPath"]).as_posix() in mounted
    keys = {"username"} | mounted
    assert {entry["key"] for entry in of_kind("production", "TriggerAuthentication")["spec"]["secretTargetRef"]} == keys
    assert all(re.search(rf"\b{re.escape(key)}\b", described) for key in keys)
    assert "value" not in by_variable["COPYDESK_SASL_USERNAME"]


def test_prometheus_finds_the_worker_under_the_name_of_the_rules() -> None:
    spec = of_kind("production", "ServiceMonitor")["spec"]
    service = of_kind("production", "Service")
    assert spec["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert service["metadata"]["labels"][spec["jobLabel"]] == "copydesk"
    (endpoint,) = spec["endpoints"]
    assert endpoint["path"] in pages()
    assert endpoint["port"] == service["spec"]["ports"][0]["name"]
    assert service["spec"]["publishNotReadyAddresses"] is True, "a worker that is not ready has most to tell"
