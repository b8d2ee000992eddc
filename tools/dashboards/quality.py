"""Data quality: what enriched articles have, by source; “source X stopped having authors”."""

from __future__ import annotations

from tools.dashboards.kit import BLUE, GREEN, RED, YELLOW, Column, Query, bars, cells, pace, quantiles, series
from tools.dashboards.page import Page, Row

W = 'instance=~"$instance"'
S = f'source=~"$source",{W}'
FIELDS = ("title", "description", "authors", "published_at", "section", "tags", "media")
LOW = ((None, RED), (0.2, YELLOW), (0.7, GREEN))


def _fill(field: str) -> str:
    articles = f'sum by (source) (increase(copydesk_source_outcomes_total{{kind="enriched",{S}}}[$__range]))'
    filled = f'sum by (source) (increase(copydesk_source_fields_filled_total{{field="{field}",{S}}}[$__range]))'
    return f"({filled} or 0 * {articles}) / ({articles} > 0)"


PAGE = Page(
    uid="copydesk-quality",
    title="copydesk / Data quality",
    text="What the enriched articles have, by source: a source that stopped having authors, or that fell silent, shows here.",
    source=True,
    field=True,
    rows=(
        Row(
            "Sources",
            (
                cells(
                    "What stopped",
                    "Fill rate of the last 30 minutes beside that of the day before; the ten largest drops, of sources and fields "
                    "with enough articles for a judgement.",
                    {"source": "source", "field": "field"},
                    (
                        Column(
                            "drop",
                            'topk(10, copydesk:source_fill_drop:ratio{source=~"$source"} > 0.05)',
                            "percentunit",
                            ((None, GREEN), (0.2, YELLOW), (0.4, RED)),
                            0,
                        ),
                    ),
                    width=8,
                    height=10,
                    none="Nothing fell.",
                    sort_by="drop",
                ),
                series(
                    "Fill rate of “$field” by source",
                    "Share of a source's enriched articles in which the field is not empty, over 30 minutes.",
                    "percentunit",
                    Query('copydesk:source_fill:ratio30m{source=~"$source",field=~"$field"}', "{{source}}"),
                    width=16,
                    height=10,
                    high=1,
                    legend_right=True,
                ),
                cells(
                    "Fill rates by source",
                    "Share of the enriched articles of a source, within the time shown, in which a field is not empty.",
                    {"source": "source"},
                    (
                        Column(
                            "articles",
                            f'sum by (source) (increase(copydesk_source_outcomes_total{{kind="enriched",{S}}}[$__range]))',
                            "short",
                            decimals=0,
                        ),
                        *(Column(field, _fill(field), "percentunit", LOW, 0) for field in FIELDS),
                    ),
                    height=11,
                    sort_by="articles",
                ),
                cells(
                    "Silence",
                    "Time since the last item of a source.",
                    {"source": "source"},
                    (
                        Column(
                            "silent for",
                            f"time() - max by (source) (copydesk_source_last_seen_timestamp_seconds{{{S}}})",
                            "s",
                            ((None, GREEN), (3600, YELLOW), (21600, RED)),
                            1,
                        ),
                    ),
                    width=8,
                    height=9,
                    sort_by="silent for",
                ),
                series(
                    "Items by source",
                    "Items a second that ended, the twelve busiest sources.",
                    "suffix:/s",
                    Query(
                        f"topk(12, sum by (source) (rate(copydesk_source_outcomes_total{{{S}}}[$__rate_interval])))",
                        "{{source}}",
                    ),
                    width=16,
                    height=9,
                    stacked=True,
                    legend_right=True,
                ),
            ),
        ),
        Row(
            "All articles",
            (
                bars(
                    "Fill rates",
                    "Share of the enriched articles, within the time shown, in which a field is not empty.",
                    "percentunit",
                    Query(
                        f'sort_desc(sum by (field) (increase(copydesk_fields_filled_total{{{W}}}[$__range])) / ignoring(field) group_left sum(increase(copydesk_outcomes_total{{kind="enriched",{W}}}[$__range])))',
                        "{{field}}",
                    ),
                    height=11,
                    high=1,
                    decimals=0,
                ),
                bars(
                    "Flags",
                    "Share of the enriched articles, within the time shown, with a quality flag.",
                    "percentunit",
                    Query(
                        f'sort_desc(sum by (flag) (increase(copydesk_flags_total{{{W}}}[$__range])) / ignoring(flag) group_left sum(increase(copydesk_outcomes_total{{kind="enriched",{W}}}[$__range]))) > 0',
                        "{{flag}}",
                    ),
                    height=11,
                    high=1,
                    steps=((None, BLUE),),
                    decimals=0,
                ),
                bars(
                    "Languages",
                    "Enriched articles within the time shown, by language; the twelve most frequent.",
                    "short",
                    Query(
                        f"sort_desc(topk(12, sum by (language) (increase(copydesk_languages_total{{{W}}}[$__range])))) > 0",
                        "{{language}}",
                    ),
                    height=11,
                    decimals=0,
                ),
                series(
                    "Extractors",
                    "Enriched articles a second by what took the body out of the page.",
                    "suffix:/s",
                    Query(
                        pace("copydesk_extractors_total", W, "extractor"),
                        "{{extractor}}",
                    ),
                    width=8,
                    stacked=True,
                ),
                series(
                    "Quality score",
                    "Half of the articles, and nine in ten, have at least this score.",
                    "percentunit",
                    Query(
                        f"histogram_quantile(0.5, sum by (le) (rate(copydesk_quality_score_ratio_bucket{{{W}}}[5m])))",
                        "half",
                    ),
                    Query(
                        f"histogram_quantile(0.1, sum by (le) (rate(copydesk_quality_score_ratio_bucket{{{W}}}[5m])))",
                        "nine in ten",
                    ),
                    width=8,
                    high=1,
                ),
                series(
                    "Words of a body",
                    "Length of the enriched articles.",
                    "short",
                    *quantiles("copydesk_article_words", of=(0.1, 0.5, 0.9), selector=W),
                    width=8,
                ),
                series(
                    "Sources tracked",
                    "Sources with series of their own; the rest is counted as other.",
                    "none",
                    Query(f"sum by (instance) (copydesk_sources_tracked{{{W}}})", "{{instance}}"),
                    width=24,
                    height=6,
                ),
            ),
        ),
    ),
)
