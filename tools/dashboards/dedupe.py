"""Dedupe: copies and revisions, how they were found, and the state behind the verdicts."""

from __future__ import annotations

from tools.dashboards.kit import BLUE, Query, bars, pace, quantiles, series, tile
from tools.dashboards.page import Page, Row

W = 'instance=~"$instance"'
DECIDED = f'copydesk_outcomes_total{{stage="dedupe",kind!="dead",{W}}}'

PAGE = Page(
    uid="copydesk-dedupe",
    title="copydesk / Dedupe",
    text="Copies and revisions, how they were found, and the state behind the verdicts.",
    rows=(
        Row(
            "Verdicts",
            (
                tile(
                    "Copies",
                    "Share of the decided articles that were set aside, over the last five minutes.",
                    "percentunit",
                    Query(
                        f'sum(rate(copydesk_outcomes_total{{stage="dedupe",kind="duplicate",{W}}}[5m])) / sum(rate({DECIDED}[5m]))',
                        "copies",
                    ),
                    width=4,
                    height=9,
                    decimals=0,
                    solid=False,
                ),
                series(
                    "Verdicts",
                    "Articles a second by verdict.",
                    "suffix:/s",
                    Query(f"sum by (reason) (rate({DECIDED}[$__rate_interval]))", "{{reason}}"),
                    width=10,
                    stacked=True,
                    legend_right=True,
                ),
                series(
                    "Changes",
                    "Published articles a second by what happened to them.",
                    "suffix:/s",
                    Query(pace("copydesk_changes_total", W, "change"), "{{change}}"),
                    width=10,
                    legend_right=True,
                ),
                bars(
                    "How copies were found",
                    "Copies within the time shown, by verdict and method.",
                    "short",
                    Query(
                        f"sort_desc(sum by (verdict, method) (increase(copydesk_duplicates_total{{{W}}}[$__range]))) > 0",
                        "{{verdict}}: {{method}}",
                    ),
                    width=12,
                    steps=((None, BLUE),),
                    decimals=0,
                ),
                series(
                    "Similarity of copies",
                    "Of copies that were found by their text: half of them, and nine in ten, are at least this similar. Many near "
                    "the threshold mean that it may be wrong for this news.",
                    "percentunit",
                    Query(
                        f"histogram_quantile(0.5, sum by (le, verdict) (rate(copydesk_duplicate_similarity_ratio_bucket{{{W}}}[5m])))",
                        "{{verdict}}, half",
                    ),
                    Query(
                        f"histogram_quantile(0.1, sum by (le, verdict) (rate(copydesk_duplicate_similarity_ratio_bucket{{{W}}}[5m])))",
                        "{{verdict}}, nine in ten",
                    ),
                    width=12,
                    high=1,
                ),
            ),
        ),
        Row(
            "State",
            (
                series(
                    "Keys",
                    "Keys of the state by partition, as RocksDB estimates them.",
                    "short",
                    Query(f"sum by (partition) (copydesk_state_keys{{{W}}})", "partition {{partition}}"),
                    width=6,
                ),
                series(
                    "Size on the disk",
                    "Bytes of the state by partition.",
                    "bytes",
                    Query(f"sum by (partition) (copydesk_state_bytes{{{W}}})", "partition {{partition}}"),
                    width=6,
                ),
                series(
                    "Pruned",
                    "Records a second removed because they fell out of the window.",
                    "suffix:/s",
                    Query(f"sum(rate(copydesk_state_pruned_records_total{{{W}}}[5m]))", "pruned"),
                    width=6,
                ),
                series(
                    "Restore",
                    "Offsets of the state log restored and to restore, at the latest opening of a partition.",
                    "short",
                    Query(
                        f"sum by (partition, what) (copydesk_restore_records{{{W}}})",
                        "partition {{partition}} {{what}}",
                    ),
                    width=6,
                ),
                series(
                    "Time of a decision",
                    "Work time of a record in the dedupe stage.",
                    "s",
                    *quantiles("copydesk_stage_duration_seconds", selector=f'stage="dedupe",{W}'),
                    width=24,
                    height=7,
                    logarithmic=True,
                ),
            ),
        ),
    ),
)
