"""Dead letters: what could not be read, why, and from where."""

from __future__ import annotations

from tools.dashboards.kit import BLUE, GREEN, RED, YELLOW, Column, Query, bars, cells, pace, series, tile
from tools.dashboards.page import Page, Row

W = 'instance=~"$instance"'
S = f'stage=~"$stage",{W}'

PAGE = Page(
    uid="copydesk-dead-letters",
    title="copydesk / Dead letters",
    text="What could not be read, why, and from which source. `copydesk dlq` lists, shows and replays them.",
    stage=True,
    source=True,
    rows=(
        Row(
            "How many",
            (
                tile(
                    "Failed",
                    "Share of the ended items that failed by a fault in the last five minutes.",
                    "percentunit",
                    Query("copydesk:failures:ratio5m", "failed"),
                    steps=((None, GREEN), (0.01, YELLOW), (0.1, RED)),
                    width=4,
                    height=9,
                    decimals=1,
                ),
                tile(
                    "Rejected",
                    "Share of the ended items that policy rejected in the last five minutes: no article, too short, and the like.",
                    "percentunit",
                    Query("copydesk:rejections:ratio5m", "rejected"),
                    steps=((None, GREEN), (0.25, YELLOW), (0.5, RED)),
                    width=4,
                    height=9,
                    decimals=1,
                ),
                series(
                    "Dead letters by kind",
                    "Items a second; rejected is policy, failed is a fault.",
                    "suffix:/s",
                    Query(
                        pace("copydesk_dead_letters_total", S, "stage, kind"),
                        "{{stage}} {{kind}}",
                    ),
                    width=16,
                    stacked=True,
                    legend_right=True,
                ),
            ),
        ),
        Row(
            "Why",
            (
                series(
                    "Dead letters by code",
                    "Items a second by stage and code; docs/dead-letters.md explains the codes.",
                    "suffix:/s",
                    Query(
                        pace("copydesk_dead_letters_total", S, "stage, code") + " > 0",
                        "{{stage}} {{code}}",
                    ),
                    width=12,
                    height=9,
                    stacked=True,
                    legend_right=True,
                ),
                bars(
                    "Codes",
                    "Dead letters within the time shown, by kind and code.",
                    "short",
                    Query(
                        f"sort_desc(sum by (kind, code) (increase(copydesk_dead_letters_total{{{S}}}[$__range]))) > 0",
                        "{{kind}}: {{code}}",
                    ),
                    width=12,
                    height=9,
                    steps=((None, BLUE),),
                    decimals=0,
                ),
            ),
        ),
        Row(
            "From where",
            (
                cells(
                    "Sources",
                    "Items that ended within the time shown, and the share of dead letters among them.",
                    {"source": "source"},
                    (
                        Column(
                            "dead",
                            f'sum by (source) (increase(copydesk_source_outcomes_total{{kind="dead",source=~"$source",{W}}}[$__range])) > 0',
                            "short",
                            decimals=0,
                        ),
                        Column(
                            "share",
                            f'sum by (source) (increase(copydesk_source_outcomes_total{{kind="dead",source=~"$source",{W}}}[$__range])) '
                            f'/ sum by (source) (increase(copydesk_source_outcomes_total{{source=~"$source",{W}}}[$__range])) > 0',
                            "percentunit",
                            ((None, GREEN), (0.25, YELLOW), (0.5, RED)),
                            0,
                        ),
                    ),
                    width=12,
                    height=9,
                    sort_by="dead",
                    none="No dead letter.",
                ),
                series(
                    "Dead letters by source",
                    "Items a second, the ten with most.",
                    "suffix:/s",
                    Query(
                        f'topk(10, sum by (source) (rate(copydesk_source_outcomes_total{{kind="dead",source=~"$source",{W}}}[$__rate_interval])))',
                        "{{source}}",
                    ),
                    width=12,
                    height=9,
                    stacked=True,
                    legend_right=True,
                ),
            ),
        ),
    ),
)
