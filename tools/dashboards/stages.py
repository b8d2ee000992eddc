"""Stages: which stage is slow, which step takes the time, and how the pool of processes is doing."""

from __future__ import annotations

from tools.dashboards.kit import Query, pace, quantiles, series
from tools.dashboards.page import Page, Row

W = 'instance=~"$instance"'
J = f'job="copydesk",{W}'
S = f'stage=~"$stage",{W}'


PAGE = Page(
    uid="copydesk-stages",
    title="copydesk / Stages",
    text="Pace, work time and steps of parse, dedupe and enrich; the pool that works for them; the event loop.",
    stage=True,
    rows=(
        Row(
            "Pace",
            (
                series(
                    "Records by stage",
                    "Input records a second that a stage has finished.",
                    "suffix:/s",
                    Query(
                        pace("copydesk_stage_duration_seconds_count", S, "stage"),
                        "{{stage}}",
                    ),
                    width=6,
                ),
                series(
                    "Outcomes by stage",
                    "Items a second by stage and what became of them; forwarded goes on to the next stage.",
                    "suffix:/s",
                    Query(
                        pace("copydesk_outcomes_total", S, "stage, kind"),
                        "{{stage}} {{kind}}",
                    ),
                    width=12,
                    legend_right=True,
                ),
                series(
                    "In flight",
                    "Records between fetch and commit.",
                    "short",
                    Query(f"sum by (stage) (copydesk_in_flight_records{{{S}}})", "{{stage}}"),
                    width=6,
                ),
                series(
                    "Input in work, share of its limit",
                    "Bytes in work over those that may be; at 100 % further records wait in the broker.",
                    "percentunit",
                    Query(
                        f"sum by (stage) (copydesk_in_flight_bytes{{{S}}}) / sum by (stage) (copydesk_in_flight_limit_bytes{{{S}}})",
                        "{{stage}}",
                    ),
                    width=8,
                    high=1,
                ),
                series(
                    "Bytes in",
                    "Bytes a second of committed input records.",
                    "Bps",
                    Query(pace("copydesk_consumed_bytes_total", S, "stage"), "{{stage}}"),
                    width=8,
                ),
                series(
                    "Balance",
                    "Items received minus items ended, since the start of the workers: what is between the stages. The other "
                    "line is what waits there by the lag; the two move together.",
                    "short",
                    Query(f"sum(copydesk_balance_items{{{W}}})", "balance"),
                    Query(f'sum(copydesk_lag_records{{stage=~"dedupe|enrich",{W}}})', "lag of dedupe and enrich"),
                    width=8,
                    low=None,
                ),
            ),
        ),
        Row(
            "Work",
            (
                series(
                    "Work time of a record",
                    "Time that a stage worked on a record.",
                    "s",
                    *quantiles("copydesk_stage_duration_seconds", "stage", selector=S),
                    width=12,
                    legend_right=True,
                    logarithmic=True,
                ),
                series(
                    "Where the time goes",
                    "Cores that a step of a stage keeps busy; the ten busiest.",
                    "suffix:cores",
                    Query(
                        f"topk(10, sum by (stage, step) (rate(copydesk_step_duration_seconds_total{{{S}}}[$__rate_interval])))",
                        "{{stage}} {{step}}",
                    ),
                    width=12,
                    stacked=True,
                    legend_right=True,
                ),
            ),
        ),
        Row(
            "Pool and event loop",
            (
                series(
                    "Pool saturation",
                    "Share of the processes that have a call.",
                    "percentunit",
                    Query(
                        f"sum by (instance) (copydesk_pool_busy{{{W}}}) / sum by (instance) (copydesk_pool_workers{{{W}}})",
                        "{{instance}}",
                    ),
                    width=6,
                    high=1,
                ),
                series(
                    "Calls that wait",
                    "Calls that wait for a process.",
                    "short",
                    Query(f"sum by (instance) (copydesk_pool_waiting{{{W}}})", "{{instance}}"),
                    width=6,
                ),
                series(
                    "Wait for a process",
                    "Time of a call until it is handed to the processes.",
                    "s",
                    *quantiles("copydesk_pool_wait_seconds", selector=W),
                    width=6,
                    logarithmic=True,
                ),
                series(
                    "Pool troubles",
                    "Calls over their time limit, processes that died, processes replaced because they had grown, and rebuilds "
                    "of the whole pool, in the last five minutes.",
                    "none",
                    Query(f"sum(increase(copydesk_pool_timeouts_total{{{W}}}[5m]))", "timeouts"),
                    Query(f"sum(increase(copydesk_pool_crashes_total{{{W}}}[5m]))", "crashes"),
                    Query(f"sum(increase(copydesk_pool_recycled_total{{{W}}}[5m]))", "recycled"),
                    Query(f"sum(increase(copydesk_pool_rebuilds_total{{{W}}}[5m]))", "rebuilds"),
                    width=6,
                ),
                series(
                    "Event loop delay",
                    "How much later than asked the event loop came back, 99 in 100 times.",
                    "s",
                    Query(
                        f"histogram_quantile(0.99, sum by (le, instance) (rate(copydesk_event_loop_delay_seconds_bucket{{{W}}}[$__rate_interval])))",
                        "{{instance}}",
                    ),
                    width=6,
                    line_at=0.5,
                ),
                series(
                    "Memory",
                    "Resident memory of the worker's main process; the processes of its pool come on top.",
                    "bytes",
                    Query(f"max by (instance) (process_resident_memory_bytes{{{J}}})", "{{instance}}"),
                    width=6,
                ),
                series(
                    "CPU",
                    "Cores that the worker's main process keeps busy; above 0.9 it is the bottleneck, and another worker helps.",
                    "suffix:cores",
                    Query(
                        f"sum by (instance) (rate(process_cpu_seconds_total{{{J}}}[$__rate_interval]))", "{{instance}}"
                    ),
                    width=6,
                    line_at=0.9,
                ),
                series(
                    "Log lines",
                    "Lines a second by level; dropped ones came too often.",
                    "suffix:/s",
                    Query(pace("copydesk_log_lines_total", W, "level") + " > 0", "{{level}}"),
                    Query(
                        pace("copydesk_log_lines_dropped_total", W, "level") + " > 0",
                        "{{level}} dropped",
                    ),
                    width=6,
                ),
            ),
        ),
    ),
)
