"""`/api/now` and the page: what they say of the worker, and to whom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.support.looked_at import behind, ended, example, forwarded, partition, pump, served
from tools.build_watching import with_table

from copydesk.adapters.kafka.partition import State
from copydesk.app.look import health, look
from copydesk.app.now import Condition, Lag, Now, Part
from copydesk.app.page import address, host_of, is_loopback
from copydesk.app.recent import Recent
from copydesk.app.settings import Settings
from copydesk.app.wiring import Desk, Overrides, build_app
from copydesk.core.records import OutcomeKind
from copydesk_schemas.reasons import Code, Stage

ROOT = Path(__file__).parents[2]
FILES = ("/", "/page.css", "/page.js", "/icon.svg", "/api/now")


def settings(folder: Path, **values: Any) -> Settings:
    return Settings.load({}, app_id="looked-at", state_dir=folder, **values)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = build_app(settings(tmp_path), overrides=Overrides(web=False)).desk
    desk.starting = None
    desk.pumps = {stage: pump(stage, partition(0), partition(1)) for stage in Stage}
    return desk


@pytest.fixture
def recent(desk: Desk) -> Recent:
    assert desk.recent is not None
    return desk.recent


def test_a_healthy_worker(desk: Desk, recent: Recent) -> None:
    for _ in range(3):
        recent.record(*forwarded())
    recent.record(*ended(OutcomeKind.ENRICHED))
    now = look(desk, recent)
    assert (now.health.condition, now.health.sentence) == ("healthy", "Healthy: reads 6 partitions")
    assert (now.totals.received, now.totals.enriched, now.totals.in_flight) == (3, 1, 2)
    assert now.lag == Lag(records=18, seconds=1.5)
    assert now.stages[0].lag.records == 6
    assert [stage.stage for stage in now.stages] == ["parse", "dedupe", "enrich"]
    assert now.stages[0].partitions[1].in_flight == 2
    assert now.latency is None
    assert len(now.history.received) == 300
    assert now.articles[0].title == example(OutcomeKind.ENRICHED)["title"]
    assert Now.model_validate_json(now.model_dump_json()) == now


def test_a_worker_of_some_stages_does_not_know_what_is_in_flight(tmp_path: Path) -> None:
    desk = build_app(settings(tmp_path, stages="enrich"), overrides=Overrides(web=False)).desk
    assert desk.recent is not None
    assert look(desk, desk.recent).totals.in_flight is None


def test_what_nobody_has_measured_is_null_and_no_zero(desk: Desk, recent: Recent) -> None:
    desk.pumps = {Stage.PARSE: pump(Stage.PARSE, partition(0, behind=behind(None, None)))}
    assert look(desk, recent).lag == Lag(records=None, seconds=None)


@pytest.mark.parametrize(
    ("pumps", "condition", "reason"),
    [
        ({"stalled": lambda after_s: ["parse: stuck"]}, Condition.UNHEALTHY, "parse: stuck"),  # noqa: ARG005
        ({"broker_answers": False}, Condition.UNHEALTHY, "parse: the brokers do not answer"),
        ({"joined": False, "ready": False}, Condition.STARTING, "parse: waits for the consumer group"),
    ],
)
def test_why_it_is_not_healthy(
    desk: Desk, recent: Recent, pumps: dict[str, Any], condition: Condition, reason: str
) -> None:
    desk.pumps = {Stage.PARSE: pump(Stage.PARSE, **pumps)}
    found = health(desk, recent)
    assert found.condition is condition
    assert found.reasons[0].startswith(reason)


@pytest.mark.parametrize(
    ("state", "values", "condition", "reason"),
    [
        (State.WAITING, {"trouble": "the disk is full"}, Condition.UNHEALTHY, "parse, partition 4: the disk is full"),
        (State.PAUSED, {}, Condition.UNHEALTHY, "parse, partition 4: paused"),
        (
            State.RESTORING,
            {"restored": (5, 9_000)},
            Condition.STARTING,
            "parse, partition 4: restoring, 5 of 9,000 restored",
        ),
    ],
)
def test_a_partition_in_trouble_is_named(
    desk: Desk, recent: Recent, state: State, values: dict[str, Any], condition: Condition, reason: str
) -> None:
    desk.pumps = {Stage.PARSE: pump(Stage.PARSE, partition(4, state, **values))}
    found = health(desk, recent)
    assert found.condition is condition
    assert found.reasons == [reason]


def test_faults_of_the_last_minutes_want_attention_and_no_older_ones(desk: Desk) -> None:
    now = [1_000.0]
    recent = Recent(10, steady=lambda: now[0])
    letter = example(OutcomeKind.DEAD, "failed")

    def fails(code: Code) -> None:
        recent.record(*ended(OutcomeKind.DEAD, letter | {"code": str(code)}))

    recent.record(*ended(OutcomeKind.DEAD))  # policy: nothing is wrong
    now[0] += 1
    assert health(desk, recent).condition is Condition.HEALTHY
    fails(Code.PARSE_TIMEOUT)
    now[0] += 200
    fails(Code.PARSE_ERROR)
    now[0] += 1
    found = health(desk, recent)
    assert found.condition is Condition.ATTENTION
    assert found.sentence == "Works; 2 items failed in the last 5 minutes"
    assert found.reasons == ["dead letters of faults: parse_error, parse_timeout"]
    now[0] += 100  # the first one is older than five minutes now
    found = health(desk, recent)
    assert found.sentence == "Works; 1 item failed in the last 5 minutes"
    assert found.reasons == ["dead letters of faults: parse_error"]
    now[0] += 200
    assert health(desk, recent).condition is Condition.HEALTHY
    assert set(recent.letters) >= {"parse_error", "parse_timeout"}, "they are counted since the start all the same"


def test_a_start_says_what_it_is_at(desk: Desk, recent: Recent) -> None:
    desk.starting = "loading models"
    assert health(desk, recent).sentence == "Starting: loading models"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    secrets = {"sasl_password": "hunter2-sasl", "sasl_username": "the-user"}
    given = settings(tmp_path, security_protocol="SASL_SSL", **secrets)
    desk = build_app(given, overrides=Overrides(web=False)).desk
    assert desk.recent is not None
    body = look(desk, desk.recent).model_dump_json()
    for secret in secrets.values():
        assert secret not in body


# --- over HTTP ----------------------------------------------------------------------------------------------------


async def test_every_answer_is_locked_down(tmp_path: Path) -> None:
    async with served(settings(tmp_path)) as (_, url), aiohttp.ClientSession() as session:
        for path in FILES:
            async with session.get(url.rstrip("/") + path) as answer:
                assert answer.status == 200, path
                policy = answer.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
                assert "unsafe" not in policy
                assert "frame-ancestors 'none'" in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Cache-Control"] == "no-store"
                assert "Access-Control-Allow-Origin" not in answer.headers
                body = await answer.text()
                if path != "/api/now":
                    outside = re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?!/|#|\")(\S+)", body)
                    assert [found for found in outside if "://" in found] == [], path


async def test_the_api_tells_that_it_is_starting(tmp_path: Path) -> None:
    async with (
        served(settings(tmp_path)) as (_, url),
        aiohttp.ClientSession() as session,
        session.get(f"{url}api/now") as answer,
    ):
        assert answer.content_type == "application/json"
        now = Now.model_validate_json(await answer.read())
    assert now.health.condition is Condition.STARTING
    assert now.worker.app_id == "looked-at"


async def test_it_can_be_turned_off_and_then_keeps_nothing(tmp_path: Path) -> None:
    async with served(settings(tmp_path, web_page=False)) as (desk, url), aiohttp.ClientSession() as session:
        assert desk.recent is None
        for path in FILES:
            async with session.get(url.rstrip("/") + path) as answer:
                assert answer.status == 404
                assert "COPYDESK_WEB_PAGE=true" in await answer.text()
        async with session.get(f"{url}metrics") as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("bind", "host", "status"),
    [
        ("127.0.0.1", "evil.example", 421),
        ("127.0.0.1", "evil.example:6066", 421),
        ("localhost", "evil.example", 421),
        ("127.0.0.1", "localhost:6066", 200),
        ("127.0.0.1", "[::1]:6066", 200),
        ("0.0.0.0", "worker-1.desk.example", 200),  # noqa: S104
    ],
)
async def test_on_loopback_another_name_is_turned_away(tmp_path: Path, bind: str, host: str, status: int) -> None:
    async with (
        served(settings(tmp_path, web_bind=bind)) as (_, url),
        aiohttp.ClientSession() as session,
        session.get(f"{url}api/now", headers={"Host": host}) as answer,
    ):
        assert answer.status == status
        assert ("localhost only" in await answer.text()) is (status == 421)


@pytest.mark.parametrize(
    ("header", "host", "loopback"),
    [
        ("localhost", "localhost", True),
        ("LOCALHOST.:80", "LOCALHOST.", True),
        ("127.0.0.1:6066", "127.0.0.1", True),
        ("127.8.0.1", "127.8.0.1", True),
        ("[::1]:6066", "::1", True),
        ("[::1]", "::1", True),
        ("localhost.evil.example", "localhost.evil.example", False),
        ("127.0.0.1.evil.example:80", "127.0.0.1.evil.example", False),
        ("10.0.0.1", "10.0.0.1", False),
        ("", "", False),
    ],
)
def test_what_a_host_header_means(header: str, host: str, loopback: bool) -> None:  # noqa: FBT001 - a case of the table
    assert host_of(header) == host
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "http://127.0.0.1:6066/"),
        ({"web_port": 81}, "http://127.0.0.1:81/"),
        ({"web_bind": "0.0.0.0"}, "http://localhost:6066/"),  # noqa: S104
        ({"web_bind": "::1"}, "http://[::1]:6066/"),
        ({"web_page": False}, None),
    ],
)
def test_the_address_that_the_log_names(tmp_path: Path, values: dict[str, Any], expected: str | None) -> None:
    assert address(settings(tmp_path, **values)) == expected


def test_the_committed_table_of_fields_is_that_of_the_models() -> None:
    page = (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
    assert with_table(page) == page, "run `python tools/build_watching.py`"
    for model in Part.__subclasses__():
        assert f"### {model.__name__}" in page
