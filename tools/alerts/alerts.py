"""Alerting rules: symptoms that somebody must look at, and the causes that point the way."""

from __future__ import annotations

from tools.alerts.model import Alert, Group, Severity
from tools.alerts.records import BUDGET

PAGE, TICKET = Severity.PAGE, Severity.TICKET


def _burn(rate: float, long: str, short: str) -> str:
    share = f"{rate * BUDGET:g}"
    return (
        f"copydesk:lag_over_objective:ratio{long} > {share}\n  and copydesk:lag_over_objective:ratio{short} > {share}"
    )


# Burn rates and windows: Google's Site Reliability Workbook, chapter 5, for an objective over 30 days.
FAST = f"{_burn(14.4, '1h', '5m')}\nor\n{_burn(6, '6h', '30m')}"
SLOW = f"{_burn(3, '1d', '2h')}\nor\n{_burn(1, '3d', '6h')}"

REACHABLE = Group(
    "copydesk-reachable",
    "15s",
    (
        Alert(
            "CopydeskTargetDown",
            PAGE,
            'up{job="copydesk"} == 0',
            "1m",
            "{{ $labels.instance }} does not answer Prometheus.",
        ),
        Alert("CopydeskNoWorker", PAGE, "absent(copydesk_build_info)", "2m", "No worker is running."),
        Alert(
            "CopydeskNotReady",
            PAGE,
            "copydesk_ready == 0",
            "5m",
            "{{ $labels.instance }} has partitions that are not open or not restored.",
        ),
        Alert(
            "CopydeskBrokerDown",
            PAGE,
            "min by (instance, stage) (copydesk_broker_up) == 0",
            "1m",
            "The brokers do not answer {{ $labels.stage }} of {{ $labels.instance }}.",
        ),
        Alert(
            "CopydeskEventLoopSlow",
            TICKET,
            "histogram_quantile(0.99, sum by (le, instance) (rate(copydesk_event_loop_delay_seconds_bucket[5m]))) > 0.5",
            "10m",
            "The event loop of {{ $labels.instance }} comes back {{ $value | humanizeDuration }} late.",
        ),
    ),
)

DELIVERY = Group(
    "copydesk-delivery",
    "15s",
    (
        Alert(
            "CopydeskLagBurnsFast",
            PAGE,
            FAST,
            "2m",
            "Records wait over a minute, {{ $value | humanizePercentage }} of the time.",
        ),
        Alert(
            "CopydeskLagBurnsSlowly",
            TICKET,
            SLOW,
            "15m",
            "Records wait over a minute, {{ $value | humanizePercentage }} of the time.",
        ),
        Alert(
            "CopydeskStalled",
            PAGE,
            "max by (instance, stage, topic, partition) (copydesk_progress_age_seconds) > 60\n"
            "  and on (instance, stage, topic, partition) (copydesk_lag_seconds > 0)\n"
            '  unless on (instance, stage) (copydesk_partitions{state="paused"} > 0)',
            "30s",
            "{{ $labels.topic }} {{ $labels.partition }} has got no further for {{ $value | humanizeDuration }}.",
        ),
        Alert(
            "CopydeskRestarting",
            PAGE,
            'changes(process_start_time_seconds{job="copydesk"}[30m]) > 2',
            "",
            "{{ $labels.instance }} has started {{ $value }} times within half an hour.",
        ),
        Alert(
            "CopydeskNoInput",
            TICKET,
            "sum(increase(copydesk_items_received_total[15m])) == 0",
            "15m",
            "Nothing has come in for half an hour.",
        ),
        Alert(
            "CopydeskBalanceOff",
            TICKET,
            "abs(copydesk:items_unaccounted:1h) > 50 + 0.05 * sum(increase(copydesk_items_received_total[1h]))",
            "15m",
            "{{ $value | humanize }} items of the last hour are not accounted for.",
        ),
        Alert(
            "CopydeskFuseBlown",
            PAGE,
            'sum by (instance, stage) (max_over_time(copydesk_partitions{state="paused"}[2m])) > 0',
            "",
            "{{ $labels.stage }} of {{ $labels.instance }} holds batches back: too many records fail.",
        ),
        Alert(
            "CopydeskPartitionFailing",
            PAGE,
            "sum by (instance, stage) (increase(copydesk_partition_restarts_total[5m])) > 3",
            "2m",
            "Partitions of {{ $labels.stage }} of {{ $labels.instance }} fail and are opened again and again.",
        ),
        Alert(
            "CopydeskTransactionsAborted",
            TICKET,
            'sum by (stage) (rate(copydesk_transactions_total{result!="committed"}[10m]))\n'
            "  / sum by (stage) (rate(copydesk_transactions_total[10m])) > 0.1",
            "10m",
            "{{ $value | humanizePercentage }} of the transactions of {{ $labels.stage }} do not commit.",
        ),
        Alert(
            "CopydeskRestoreSlow",
            TICKET,
            'sum by (instance) (copydesk_partitions{state="restoring"}) > 0',
            "10m",
            "{{ $labels.instance }} has been restoring the dedupe state for ten minutes.",
        ),
    ),
)

OUTCOMES = Group(
    "copydesk-outcomes",
    "15s",
    (
        Alert(
            "CopydeskFailures",
            PAGE,
            "copydesk:failures:ratio5m > 0.05",
            "5m",
            "{{ $value | humanizePercentage }} of the items fail by a fault.",
        ),
        Alert(
            "CopydeskRejections",
            TICKET,
            "copydesk:rejections:ratio5m > 0.5",
            "15m",
            "{{ $value | humanizePercentage }} of the items are rejected.",
        ),
        Alert(
            "CopydeskRecordsRefused",
            TICKET,
            "sum by (stage) (increase(copydesk_refused_records_total[15m])) > 0",
            "",
            "The broker refused records of {{ $labels.stage }}.",
        ),
        Alert(
            "CopydeskPoolCrashes",
            TICKET,
            "sum by (instance) (increase(copydesk_pool_crashes_total[10m])) > 3",
            "",
            "{{ $value | humanize }} pool processes of {{ $labels.instance }} died within ten minutes.",
        ),
        Alert(
            "CopydeskPoolTimeouts",
            TICKET,
            "sum by (instance) (increase(copydesk_pool_timeouts_total[10m])) > 3",
            "",
            "{{ $value | humanize }} records of {{ $labels.instance }} ran over their time limit within ten minutes.",
        ),
        Alert(
            "CopydeskPoolSaturated",
            TICKET,
            "avg_over_time(copydesk_pool_busy[5m]) / copydesk_pool_workers > 0.95\n"
            "  and on () (copydesk:lag_seconds:max > 30)",
            "15m",
            "All processes of {{ $labels.instance }} are busy and records wait: it needs more cores or more workers.",
        ),
    ),
)

QUALITY = Group(
    "copydesk-quality",
    "1m",
    (
        Alert(
            "CopydeskFillRateDropped",
            TICKET,
            "copydesk:source_fill_drop:ratio > 0.3",
            "10m",
            "{{ $labels.field }} of {{ $labels.source }} fell by {{ $value | humanizePercentage }}.",
        ),
        Alert(
            "CopydeskSourceSilent",
            TICKET,
            "time() - max by (source) (last_over_time(copydesk_source_last_seen_timestamp_seconds[1d])) > 3600\n"
            "  and on (source)\n"
            '  sum by (source) (increase(copydesk_source_outcomes_total{source!~"other|unknown"}[1d] offset 1h)) > 48',
            "10m",
            "{{ $labels.source }} has sent nothing for {{ $value | humanizeDuration }}.",
        ),
    ),
)

GROUPS = (REACHABLE, DELIVERY, OUTCOMES, QUALITY)
ALERTS = tuple(rule for group in GROUPS for rule in group.rules if isinstance(rule, Alert))
"""All alerts, in the order of the runbook."""
