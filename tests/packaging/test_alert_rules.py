"""The rules are what their builder writes, are valid, and each alert fires when it should and only then."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from tests.support import prometheus
from tests.support.promql import exported_names, selectors
from tools.alerts.alerts import ALERTS
from tools.alerts.files import FOLDER, render
from tools.alerts.model import Record
from tools.alerts.records import GROUPS as RECORDS

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "runbook.md"
RECORDED = {rule.name: rule for group in RECORDS for rule in group.rules if isinstance(rule, Record)}
W = 'job="copydesk",instance="worker:6066"'
P = f'{W},stage="parse",topic="raw-articles",partition="0"'


@dataclass(frozen=True)
class Case:
    """An alert with series for which it fires, by what it must say, and others for which it must not.

    Series are in promtool's notation, a value a minute.
    """

    alert: str
    fires: dict[str, str]
    says: str
    labels: dict[str, str]
    quiet: dict[str, str]
    at: str = "30m"


STAGE = {"instance": "worker:6066", "stage": "parse"}
WORKER = {"instance": "worker:6066"}
JOB = {"instance": "worker:6066", "job": "copydesk"}
PLACE = {**STAGE, "topic": "raw-articles", "partition": "0"}
ENDED = f'copydesk_outcomes_total{{{W},stage="enrich",kind="enriched",reason="ok"}}'
RECEIVED = f"copydesk_items_received_total{{{W}}}"


def dead(kind: str) -> str:
    return f'copydesk_outcomes_total{{{W},stage="parse",kind="dead",reason="{kind}"}}'


def letters(kind: str) -> str:
    return f'copydesk_dead_letters_total{{{W},stage="parse",kind="{kind}",code="x"}}'


def lag(values: str) -> dict[str, str]:
    return {f"copydesk_lag_seconds{{{P}}}": values}


def of_source(field_values: str, articles: str = "0+10x3000") -> dict[str, str]:
    return {
        f'copydesk_source_outcomes_total{{{W},source="example.com",kind="enriched"}}': articles,
        f'copydesk_source_fields_filled_total{{{W},source="example.com",field="authors"}}': field_values,
    }


CASES = (
    Case(
        "CopydeskTargetDown",
        {f"up{{{W}}}": "1x5 0x60"},
        "worker:6066 does not answer Prometheus.",
        JOB,
        {f"up{{{W}}}": "1x60"},
    ),
    Case(
        "CopydeskNoWorker",
        {"up": "1x60"},
        "No worker is running.",
        {},
        {f'copydesk_build_info{{{W},version="1"}}': "1x60"},
    ),
    Case(
        "CopydeskNotReady",
        {f"copydesk_ready{{{W}}}": "0x60"},
        "worker:6066 has partitions that are not open or not restored.",
        JOB,
        # A rebalance or a restore of a few minutes is no alert.
        {f"copydesk_ready{{{W}}}": "1x26 0x3 1x60"},
    ),
    Case(
        "CopydeskBrokerDown",
        {f'copydesk_broker_up{{{W},stage="parse"}}': "1x5 0x60"},
        "The brokers do not answer parse of worker:6066.",
        STAGE,
        {f'copydesk_broker_up{{{W},stage="parse"}}': "1x60"},
    ),
    Case(
        "CopydeskEventLoopSlow",
        {
            f'copydesk_event_loop_delay_seconds_bucket{{{W},le="0.5"}}': "0x60",
            f'copydesk_event_loop_delay_seconds_bucket{{{W},le="1.0"}}': "0+120x60",
            f'copydesk_event_loop_delay_seconds_bucket{{{W},le="+Inf"}}': "0+120x60",
        },
        "The event loop of worker:6066 comes back 995ms late.",
        WORKER,
        {
            f'copydesk_event_loop_delay_seconds_bucket{{{W},le="0.5"}}': "0+120x60",
            f'copydesk_event_loop_delay_seconds_bucket{{{W},le="1.0"}}': "0+120x60",
            f'copydesk_event_loop_delay_seconds_bucket{{{W},le="+Inf"}}': "0+120x60",
        },
    ),
    Case(
        "CopydeskLagBurnsFast",
        lag("0x55 90x15"),
        "Records wait over a minute, 20.33% of the time.",
        {},
        # Three bad minutes of two hours: the budget of a month allows for that.
        lag("0x63 90x2 0x60"),
        at="68m",
    ),
    Case(
        "CopydeskLagBurnsSlowly",
        lag("0x60 90x3 " * 6),
        "Records wait over a minute, 5.329% of the time.",
        {},
        lag("0x180 90x1 0x1000"),
        at="5h",
    ),
    Case(
        "CopydeskStalled",
        {f"copydesk_progress_age_seconds{{{P}}}": "0x5 60+60x60", f"copydesk_lag_seconds{{{P}}}": "60x90"},
        "raw-articles 0 has got no further for 25m 0s.",
        PLACE,
        # Held back by the fuse: that has an alert of its own.
        {
            f"copydesk_progress_age_seconds{{{P}}}": "0x5 60+60x60",
            f"copydesk_lag_seconds{{{P}}}": "60x90",
            f'copydesk_partitions{{{W},stage="parse",state="paused"}}': "1x90",
        },
    ),
    Case(
        "CopydeskRestarting",
        {f"process_start_time_seconds{{{W}}}": "0x10 700x5 1100x5 1400x60"},
        "worker:6066 has started 3 times within half an hour.",
        JOB,
        {f"process_start_time_seconds{{{W}}}": "0x10 700x60"},
    ),
    Case(
        "CopydeskNoInput",
        {RECEIVED: "100x120"},
        "Nothing has come in for half an hour.",
        {},
        {RECEIVED: "100+1x120"},
        at="60m",
    ),
    Case(
        "CopydeskBalanceOff",
        {
            RECEIVED: "0+100x200",
            ENDED: "0+80x200",
            f'copydesk_lag_records{{{W},stage="enrich",topic="unique-articles",partition="0"}}': "1x200",
        },
        "1.2k items of the last hour are not accounted for.",
        {},
        # What does not end waits before enrich.
        {
            RECEIVED: "0+100x200",
            ENDED: "0+80x200",
            f'copydesk_lag_records{{{W},stage="enrich",topic="unique-articles",partition="0"}}': "0+20x200",
        },
        at="120m",
    ),
    Case(
        "CopydeskFuseBlown",
        # It is not paused while it tries again: the alert must hold all the same.
        {f'copydesk_partitions{{{W},stage="parse",state="paused"}}': "0x20 1x9 0 0 1"},
        "parse of worker:6066 holds batches back: too many records fail.",
        STAGE,
        {f'copydesk_partitions{{{W},stage="parse",state="paused"}}': "0x60"},
    ),
    Case(
        "CopydeskPartitionFailing",
        {f'copydesk_partition_restarts_total{{{W},stage="parse",reason="OSError"}}': "0+2x60"},
        "Partitions of parse of worker:6066 fail and are opened again and again.",
        STAGE,
        {f'copydesk_partition_restarts_total{{{W},stage="parse",reason="OSError"}}': "0x10 1x60"},
    ),
    Case(
        "CopydeskTransactionsAborted",
        {
            f'copydesk_transactions_total{{{W},stage="parse",result="committed"}}': "0+60x60",
            f'copydesk_transactions_total{{{W},stage="parse",result="aborted"}}': "0+20x60",
        },
        "25% of the transactions of parse do not commit.",
        {"stage": "parse"},
        {
            f'copydesk_transactions_total{{{W},stage="parse",result="committed"}}': "0+60x60",
            f'copydesk_transactions_total{{{W},stage="parse",result="aborted"}}': "0+2x60",
        },
    ),
    Case(
        "CopydeskRestoreSlow",
        {f'copydesk_partitions{{{W},stage="dedupe",state="restoring"}}': "1x60"},
        "worker:6066 has been restoring the dedupe state for ten minutes.",
        WORKER,
        {f'copydesk_partitions{{{W},stage="dedupe",state="restoring"}}': "0x24 1x5 0x60"},
    ),
    Case(
        "CopydeskFailures",
        {letters("failed"): "0+10x60", dead("parse_error"): "0+10x60", ENDED: "0+90x60"},
        "10% of the items fail by a fault.",
        {},
        {letters("rejected"): "0+10x60", dead("not_article"): "0+10x60", ENDED: "0+90x60"},
    ),
    Case(
        "CopydeskRejections",
        {letters("rejected"): "0+60x60", dead("not_article"): "0+60x60", ENDED: "0+40x60"},
        "60% of the items are rejected.",
        {},
        {letters("rejected"): "0+10x60", dead("not_article"): "0+10x60", ENDED: "0+90x60"},
    ),
    Case(
        "CopydeskRecordsRefused",
        {f'copydesk_refused_records_total{{{W},stage="enrich"}}': "0x20 1x60"},
        "The broker refused records of enrich.",
        {"stage": "enrich"},
        {f'copydesk_refused_records_total{{{W},stage="enrich"}}': "7x60"},
    ),
    Case(
        "CopydeskPoolCrashes",
        {f"copydesk_pool_crashes_total{{{W}}}": "0+1x60"},
        "10 pool processes of worker:6066 died within ten minutes.",
        WORKER,
        {f"copydesk_pool_crashes_total{{{W}}}": "0x20 2x60"},
    ),
    Case(
        "CopydeskPoolTimeouts",
        {f"copydesk_pool_timeouts_total{{{W}}}": "0+1x60"},
        "10 records of worker:6066 ran over their time limit within ten minutes.",
        WORKER,
        {f"copydesk_pool_timeouts_total{{{W}}}": "0x20 2x60"},
    ),
    Case(
        "CopydeskPoolSaturated",
        {f"copydesk_pool_busy{{{W}}}": "2x60", f"copydesk_pool_workers{{{W}}}": "2x60", **lag("40x60")},
        "All processes of worker:6066 are busy and records wait: it needs more cores or more workers.",
        JOB,
        # Busy, and keeping up.
        {f"copydesk_pool_busy{{{W}}}": "2x60", f"copydesk_pool_workers{{{W}}}": "2x60", **lag("1x60")},
    ),
    Case(
        "CopydeskFillRateDropped",
        of_source("0+9x60 540x120"),
        "authors of example.com fell by 77.14%.",
        {"source": "example.com", "field": "authors"},
        of_source("0+9x60 540+8x120"),
        at="100m",
    ),
    Case(
        "CopydeskSourceSilent",
        {
            f'copydesk_source_last_seen_timestamp_seconds{{{W},source="example.com"}}': "0+60x100 6000x300",
            f'copydesk_source_outcomes_total{{{W},source="example.com",kind="enriched"}}': "0+1x100 100x300",
        },
        "example.com has sent nothing for 1h 30m 0s.",
        {"source": "example.com"},
        # One that sends little is silent most of the time.
        {
            f'copydesk_source_last_seen_timestamp_seconds{{{W},source="example.com"}}': "0+60x100 6000x300",
            f'copydesk_source_outcomes_total{{{W},source="example.com",kind="enriched"}}': "0x50 1x50 2x300",
        },
        at="190m",
    ),
)


def expected(case: Case) -> dict[str, Any]:
    alert = next(alert for alert in ALERTS if alert.name == case.alert)
    return {
        "exp_labels": {"severity": str(alert.severity), **case.labels},
        "exp_annotations": {"summary": case.says, "runbook_url": f"docs/runbook.md#{alert.name.lower()}"},
    }


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([prometheus.need("promtool"), *words], capture_output=True, text=True, check=False)


def rule_files() -> list[str]:
    return [str(FOLDER / name) for name in render()]


def group_names() -> list[str]:
    """Groups in the order in which Prometheus' own clock would have them: what is recorded, then alerts on it."""
    texts = render()
    ordered = sorted(texts, key=lambda name: "alerts" in name)
    return [name for file in ordered for name in re.findall(r"^ *- name: ([\w-]+)$", texts[file], re.MULTILINE)]


def unit_test(case: Case, series: dict[str, str], *, fires: bool) -> dict[str, Any]:
    return {
        "name": f"{case.alert} {'fires' if fires else 'is quiet'}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values.strip()} for name, values in series.items()],
        "alert_rule_test": [
            {"eval_time": case.at, "alertname": case.alert, "exp_alerts": [expected(case)] if fires else []}
        ],
    }


def test_the_committed_rules_are_what_their_builder_writes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(render())
    for name, text in render().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text


def test_the_rules_and_the_configuration_are_valid() -> None:
    checked = promtool("check", "rules", *rule_files())
    assert checked.returncode == 0, checked.stdout + checked.stderr
    found = [int(number) for number in re.findall(r"SUCCESS: (\d+) rules found", checked.stdout)]
    assert sum(found) == len(ALERTS) + len(RECORDED)
    # It also looks for the rule files that the configuration names.
    checked = promtool("check", "config", str(ROOT / "deploy" / "prometheus" / "prometheus.yml"))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(ALERTS)} rules found" in checked.stdout


def test_each_alert_has_a_case() -> None:
    assert [case.alert for case in CASES] == [alert.name for alert in ALERTS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_alert(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "tests.yml"  # JSON is YAML
    tests = [unit_test(case, case.fires, fires=True), unit_test(case, case.quiet, fires=False)]
    # Without an order promtool takes the groups as they come, and figures differ from run to run.
    suite = {
        "rule_files": rule_files(),
        "evaluation_interval": "15s",
        "group_eval_order": group_names(),
        "tests": tests,
    }
    file.write_text(json.dumps(suite))
    done = promtool("test", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


UNKNOWN_LAG = (
    # Nothing waited, the brokers did not answer for forty minutes, nothing waits.
    ("nothing waits", "CopydeskLagBurnsFast", lag("0x20 stale _x40 0x20"), "70m", None),
    # Two minutes too slow just before: what nobody knows must not make a large share of them.
    ("two bad minutes", "CopydeskLagBurnsFast", lag("0x60 90x1 stale _x40 0x20"), "106m", None),
    # What waits for minutes once they answer again has waited all the time.
    ("a backlog", "CopydeskLagBurnsFast", lag("0x20 stale _x40 2400x20"), "68m", "32.47%"),
    # One partition is known to wait, and the other one's zero is gone: the largest lag is the same.
    (
        "one of two",
        "CopydeskLagBurnsFast",
        {**lag("0x20 stale"), f'copydesk_lag_seconds{{{W},stage="parse",topic="raw-articles",partition="1"}}': "90x80"},
        "70m",
        "100%",
    ),
    # Sums over a partition of which nobody knows that it has no backlog are what they were with its zero.
    (
        "the balance",
        "CopydeskBalanceOff",
        {
            RECEIVED: "0+100x200",
            ENDED: "0+80x200",
            f'copydesk_lag_records{{{W},stage="enrich",topic="unique-articles",partition="0"}}': "0+20x200",
            f'copydesk_lag_records{{{W},stage="enrich",topic="unique-articles",partition="1"}}': "0x60 stale _x40 0x99",
        },
        "95m",
        None,
    ),
)
"""Lags with a gap, as they are while the brokers do not answer, and what the alert says at the end, if anything."""


@pytest.mark.parametrize(
    ("alert", "series", "at", "says"), [row[1:] for row in UNKNOWN_LAG], ids=[row[0] for row in UNKNOWN_LAG]
)
def test_a_lag_that_nobody_knows_neither_fires_nor_hides_an_alert(
    alert: str, series: dict[str, str], at: str, says: str | None, tmp_path: Path
) -> None:
    case = Case(alert, series, f"Records wait over a minute, {says} of the time.", {}, {}, at)
    file = tmp_path / "tests.yml"
    suite = {
        "rule_files": rule_files(),
        "evaluation_interval": "15s",
        "group_eval_order": group_names(),
        "tests": [unit_test(case, series, fires=says is not None)],
    }
    file.write_text(json.dumps(suite))
    done = promtool("test", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_expectation_would_be_caught(tmp_path: Path) -> None:
    file = tmp_path / "tests.yml"
    tests = [unit_test(CASES[0], CASES[0].quiet, fires=True)]
    file.write_text(json.dumps({"rule_files": rule_files(), "evaluation_interval": "15s", "tests": tests}))
    assert promtool("test", "rules", str(file)).returncode != 0


@pytest.mark.parametrize("rule", [*ALERTS, *RECORDED.values()], ids=lambda rule: rule.name)
def test_each_rule_names_metrics_and_labels_that_exist(rule: Any) -> None:
    names = exported_names() | dict.fromkeys(RECORDED, ("source", "field"))
    found = selectors(promql_parser.parse(rule.expression))
    assert found
    for selector in found:
        assert selector.name in names
        for matcher in selector.matchers.matchers:
            assert matcher.name in (*names[selector.name], "job", "instance")


def test_the_runbook_has_a_section_for_each_alert_and_no_other() -> None:
    text = RUNBOOK.read_text(encoding="utf-8")
    assert re.findall(r"^### (Copydesk\w+)$", text, re.MULTILINE) == [alert.name for alert in ALERTS]
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        for part in ("**Means:**", "**Look at:**", "**Do:**"):
            assert part in section, section.splitlines()[0]


def test_the_page_of_fired_alerts_has_a_line_for_each() -> None:
    text = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| \[(\w+)\]\(runbook\.md#(\w+)\) \| (\w+) \|", text, re.MULTILINE)
    assert lines == [(alert.name, alert.name.lower(), str(alert.severity)) for alert in ALERTS]
