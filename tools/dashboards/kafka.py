"""Kafka: lag by partition, transactions, restarts and rebalances."""

from __future__ import annotations

from tools.dashboards.kit import GREEN, RED, YELLOW, Column, Query, cells, pace, quantiles, series
from tools.dashboards.page import Page, Row

W = 'instance=~"$instance"'
S = f'stage=~"$stage",{W}'
BY = "stage, topic, partition"

PAGE = Page(
    uid="copydesk-kafka",
    title="copydesk / Kafka",
    text="Which partition is behind, and whether its transactions commit.",
    stage=True,
    rows=(
        Row(
            "Partitions",
            (
                series(
                    "Lag by partition",
                    "Age of the oldest record that waits. The dashed line is the objective.",
                    "s",
                    Query(f"max by ({BY}) (copydesk_lag_seconds{{{S}}})", "{{topic}} {{partition}}"),
                    width=12,
                    line_at=60,
                    legend_right=True,
                ),
                series(
                    "Lag by partition, records",
                    "Records behind the end, with one transaction marker that always remains on internal topics.",
                    "short",
                    Query(f"max by ({BY}) (copydesk_lag_records{{{S}}})", "{{topic}} {{partition}}"),
                    width=12,
                    legend_right=True,
                ),
                cells(
                    "Partitions",
                    "One line a partition. Pace is what is committed, input what comes; no progress is the time since it last "
                    "got further or had nothing to do.",
                    {"stage": "stage", "topic": "topic", "partition": "partition"},
                    (
                        Column(
                            "lag",
                            f"max by ({BY}) (copydesk_lag_seconds{{{S}}})",
                            "s",
                            ((None, GREEN), (30, YELLOW), (60, RED)),
                            1,
                        ),
                        Column("records behind", f"max by ({BY}) (copydesk_lag_records{{{S}}})", "short"),
                        Column(
                            "pace", f"sum by ({BY}) (rate(copydesk_next_offset{{{S}}}[1m]))", "suffix:/s", decimals=1
                        ),
                        Column(
                            "input", f"sum by ({BY}) (rate(copydesk_end_offset{{{S}}}[1m]))", "suffix:/s", decimals=1
                        ),
                        Column(
                            "no progress",
                            f"max by ({BY}) (copydesk_progress_age_seconds{{{S}}})",
                            "s",
                            ((None, GREEN), (30, YELLOW), (60, RED)),
                            1,
                        ),
                    ),
                    height=9,
                    sort_by="lag",
                ),
                series(
                    "What partitions do",
                    "Assigned partitions by state; waiting is after a failure, paused means that the fuse has blown.",
                    "none",
                    Query(f"sum by (state) (copydesk_partitions{{{S}}}) > 0", "{{state}}"),
                    width=12,
                    stacked=True,
                    colors={"paused": "red", "waiting": "orange", "restoring": "purple", "opening": "yellow"},
                ),
                series(
                    "Brokers",
                    "1 while the brokers answer the stage.",
                    "bool_on_off",
                    Query(f"min by (stage) (copydesk_broker_up{{{S}}})", "{{stage}}"),
                    width=12,
                    high=1,
                ),
            ),
        ),
        Row(
            "Transactions",
            (
                series(
                    "Transactions",
                    "Transactions a second by result; aborted and fenced ones were done again.",
                    "suffix:/s",
                    Query(pace("copydesk_transactions_total", S, "result"), "{{result}}"),
                    width=8,
                    colors={"committed": "green", "aborted": "orange", "fenced": "red"},
                ),
                series(
                    "Time of a transaction",
                    "From begin to commit.",
                    "s",
                    *quantiles("copydesk_transaction_duration_seconds", "stage", selector=S),
                    width=8,
                    logarithmic=True,
                ),
                series(
                    "Records a transaction",
                    "Mean number of input records in a transaction.",
                    "short",
                    Query(
                        f"sum by (stage) (rate(copydesk_batch_records_sum{{{S}}}[$__rate_interval])) / sum by (stage) (rate(copydesk_batch_records_count{{{S}}}[$__rate_interval]))",
                        "{{stage}}",
                    ),
                    width=8,
                ),
                series(
                    "Published records",
                    "Output records a second by topic.",
                    "suffix:/s",
                    Query(pace("copydesk_published_records_total", S, "topic"), "{{topic}}"),
                    width=12,
                    legend_right=True,
                ),
                series(
                    "Published bytes",
                    "Bytes a second by topic.",
                    "Bps",
                    Query(pace("copydesk_published_bytes_total", S, "topic"), "{{topic}}"),
                    width=12,
                    legend_right=True,
                ),
            ),
        ),
        Row(
            "Troubles",
            (
                series(
                    "Time since the last commit",
                    "Grows while a stage has nothing to do, too.",
                    "s",
                    Query(f"time() - max by (stage) (copydesk_last_commit_timestamp_seconds{{{S}}})", "{{stage}}"),
                    width=8,
                ),
                series(
                    "Restarts and rebalances",
                    "In the last five minutes: partitions that failed and were opened again, and rebalances.",
                    "none",
                    Query(
                        f"sum by (stage, reason) (increase(copydesk_partition_restarts_total{{{S}}}[5m]))",
                        "{{stage}} restart: {{reason}}",
                    ),
                    Query(f"sum by (stage) (increase(copydesk_rebalances_total{{{S}}}[5m]))", "{{stage}} rebalances"),
                    width=8,
                    legend_right=True,
                ),
                series(
                    "Held back and refused",
                    "In the last five minutes: batches that the fuse held back, and output records that were too large or that "
                    "the broker refused.",
                    "none",
                    Query(
                        f"sum by (stage) (increase(copydesk_fuse_blown_total{{{S}}}[5m]))",
                        "{{stage}} fuse",
                    ),
                    Query(
                        f"sum by (stage) (increase(copydesk_refused_records_total{{{S}}}[5m]))",
                        "{{stage}} refused",
                    ),
                    width=8,
                    legend_right=True,
                ),
            ),
        ),
    ),
)
