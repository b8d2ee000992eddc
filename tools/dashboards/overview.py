"""Overview: healthy or not in five seconds, and where to look next."""

from __future__ import annotations

from tools.dashboards.kit import GREEN, RED, YELLOW, Column, Query, cells, pace, quantiles, series, tile
from tools.dashboards.page import Page, Row

W = 'instance=~"$instance"'
ENDED = f'copydesk_outcomes_total{{kind!="forwarded",{W}}}'
SLO_LAG_S = 60

# 0 healthy, 1 a ticket, 2 a page. Without the recording rule the alerts are not evaluated: then it must not say healthy.
STATE = (
    '(2 * (count(ALERTS{alertstate="firing",severity="page",alertname=~"Copydesk.*"}) > bool 0) '
    'or (count(ALERTS{alertstate="firing",severity="ticket",alertname=~"Copydesk.*"}) > bool 0) '
    "or vector(0)) + 0 * copydesk:workers:count"
)

PAGE = Page(
    uid="copydesk-overview",
    title="copydesk / Overview",
    text="Healthy or not. Green tiles and two lines that lie on each other: nothing to do.",
    rows=(
        Row(
            "Now",
            (
                tile(
                    "State",
                    "HEALTHY: no alert fires. LOOK: somebody should look today. BROKEN: somebody should look now. The alerts "
                    "are in the table below. “no rules” means that Prometheus does not evaluate copydesk's rules.",
                    "none",
                    Query(STATE, "state"),
                    words={0: ("HEALTHY", GREEN), 1: ("LOOK", YELLOW), 2: ("BROKEN", RED)},
                    steps=((None, GREEN), (1, YELLOW), (2, RED)),
                    none="no rules",
                    width=5,
                    graph=False,
                ),
                tile(
                    "Workers ready",
                    "Share of the workers whose partitions are open and restored.",
                    "percentunit",
                    Query(f"avg(copydesk_ready{{{W}}})", "ready"),
                    steps=((None, RED), (0.01, YELLOW), (1, GREEN)),
                    none="NO WORKER",
                    decimals=0,
                    graph=False,
                ),
                tile(
                    "In",
                    "Items a second that came in.",
                    "suffix:/s",
                    Query(pace("copydesk_items_received_total", W), "in"),
                    decimals=1,
                    solid=False,
                ),
                tile(
                    "Out",
                    "Items a second that ended: enriched, duplicate or dead. In the long run as many as came in.",
                    "suffix:/s",
                    Query(f"sum(rate({ENDED}[$__rate_interval]))", "out"),
                    decimals=1,
                    solid=False,
                ),
                tile(
                    "Lag",
                    f"Age of the oldest record that waits, of all stages and partitions. The objective is {SLO_LAG_S} s.",
                    "s",
                    Query(f"max(copydesk_lag_seconds{{{W}}})", "lag"),
                    steps=((None, GREEN), (SLO_LAG_S / 2, YELLOW), (SLO_LAG_S, RED)),
                    decimals=1,
                ),
                tile(
                    "End to end, p99",
                    "From the raw record's time to the committed outcome, of 99 in 100 items.",
                    "s",
                    quantiles("copydesk_end_to_end_seconds", of=(0.99,), selector=W)[0],
                    steps=((None, GREEN), (SLO_LAG_S / 2, YELLOW), (SLO_LAG_S, RED)),
                    decimals=1,
                ),
                tile(
                    "Failed",
                    "Share of the ended items that failed by a fault (not by policy) in the last five minutes.",
                    "percentunit",
                    Query("copydesk:failures:ratio5m", "failed"),
                    steps=((None, GREEN), (0.01, YELLOW), (0.1, RED)),
                    none="0 %",
                    decimals=1,
                    width=4,
                ),
            ),
        ),
        Row(
            "Flow",
            (
                series(
                    "In = out",
                    "Items a second that came in and that ended. The lines lie on each other, but for what is in flight.",
                    "suffix:/s",
                    Query(pace("copydesk_items_received_total", W), "in"),
                    Query(f"sum(rate({ENDED}[$__rate_interval]))", "out"),
                    width=8,
                    colors={"in": "blue", "out": "green"},
                ),
                series(
                    "Outcomes",
                    "Items a second by what became of them.",
                    "suffix:/s",
                    Query(f"sum by (kind) (rate({ENDED}[$__rate_interval]))", "{{kind}}"),
                    width=8,
                    stacked=True,
                    colors={"enriched": "green", "duplicate": "blue", "dead": "red"},
                ),
                series(
                    "Lag by stage",
                    "Age of the oldest record that waits, by stage. The dashed line is the objective.",
                    "s",
                    Query(f"max by (stage) (copydesk_lag_seconds{{{W}}})", "{{stage}}"),
                    width=8,
                    line_at=SLO_LAG_S,
                ),
                series(
                    "End-to-end latency",
                    "From the raw record's time to the committed outcome; backfill is left out.",
                    "s",
                    *quantiles("copydesk_end_to_end_seconds", of=(0.5, 0.9, 0.99), selector=W),
                    width=8,
                    logarithmic=True,
                ),
                series(
                    "Dead letters",
                    "Items a second that could not be read, by kind: rejected is policy, failed is a fault.",
                    "suffix:/s",
                    Query(
                        pace("copydesk_dead_letters_total", W, "kind"),
                        "{{kind}}",
                    ),
                    width=8,
                    stacked=True,
                    colors={"failed": "red", "rejected": "orange"},
                ),
                series(
                    "Freshness",
                    "Age of the publication date when the article came out; live articles with a date.",
                    "s",
                    *quantiles("copydesk_freshness_seconds", of=(0.5, 0.9), selector=W),
                    width=8,
                    logarithmic=True,
                ),
            ),
        ),
        Row(
            "Where to look",
            (
                cells(
                    "Alerts",
                    "What fires now; docs/runbook.md has a section for each.",
                    {"alertname": "alert", "severity": "severity", "stage": "stage", "source": "source"},
                    (
                        Column(
                            "since",
                            'ALERTS_FOR_STATE{alertname=~"Copydesk.*"} * 1000 and ignoring (alertstate) ALERTS{alertstate="firing"}',
                            "dateTimeAsIso",
                        ),
                    ),
                    width=12,
                    height=9,
                    none="No alert fires.",
                ),
                cells(
                    "Workers",
                    "One line a worker; live 0 is a stall, ready 0 means that a partition is not open yet.",
                    {"instance": "worker"},
                    (
                        Column(
                            "up", f'max by (instance) (up{{job="copydesk",{W}}})', "none", ((None, RED), (1, GREEN))
                        ),
                        Column("live", f"max by (instance) (copydesk_live{{{W}}})", "none", ((None, RED), (1, GREEN))),
                        Column(
                            "ready", f"max by (instance) (copydesk_ready{{{W}}})", "none", ((None, RED), (1, GREEN))
                        ),
                        Column("partitions", f'sum by (instance) (copydesk_partitions{{state!="closed",{W}}})', "none"),
                        Column("items/s", f"sum by (instance) (rate({ENDED}[1m]))", "suffix:/s", decimals=1),
                        Column(
                            "lag",
                            f"max by (instance) (copydesk_lag_seconds{{{W}}})",
                            "s",
                            ((None, "transparent"), (SLO_LAG_S, RED)),
                            1,
                        ),
                    ),
                    width=12,
                    height=9,
                    none="No worker is scraped.",
                ),
            ),
        ),
    ),
)
